//! Tokens to a path.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Error, Expr, ExprUnary, Ident, Lit, Result, Token, Type, UnOp,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    token,
};

use super::{Form, From};

/// libbpf and the kernel refuse a longer one: `BPF_CORE_SPEC_MAX_LEN` (`relo_core.h`),
/// of which the root takes the first.
const MAX_STEPS: usize = 63;

pub(super) struct Access {
    /// What stands before the base.
    pub(super) first: Option<Expr>,
    pub(super) base: Base,
    pub(super) hops: Vec<Hop>,
    /// What stands behind the path: the value behind a `=`, the bound behind a `;`.
    pub(super) last: Option<Expr>,
}

pub(super) enum Base {
    Pointer(Box<Expr>),
    Type(Box<Type>),
    /// What the pointer points to: `*task`.
    Pointee(Box<Expr>),
}

/// What stands between two commas: one relocation.
pub(super) struct Hop {
    pub(super) field: Ident,
    pub(super) steps: Vec<Step>,
    /// The comma behind, where a hop follows.
    pub(super) comma: Option<Span>,
}

pub(super) enum Step {
    Dot(Span, Ident),
    /// The brackets, and what is in them.
    Index(Span, Box<Expr>),
}

pub(super) fn parse<F: Form>(input: TokenStream) -> Result<Access> {
    (|input: ParseStream| access::<F>(input)).parse2(input)
}

fn access<F: Form>(input: ParseStream) -> Result<Access> {
    let usage = |what: &str| format!("{what}, as in `{}`", F::USAGE);
    let comma = |input: ParseStream, before: &dyn ToTokens, what: &str| {
        if input.is_empty() {
            return Err(Error::new_spanned(before, usage(what)));
        }
        input
            .parse::<Token![,]>()
            .map_err(|error| Error::new(error.span(), usage("a comma is missing before this")))
    };

    let base = match F::FROM {
        From::Pointer | From::PointerMut => "base",
        From::Struct => "struct",
        From::Type | From::List => "type",
    };
    if input.is_empty() {
        let what = match F::FIRST {
            Some(first) => format!("nothing to access: write a {first}, a {base} and a field"),
            None => format!("nothing to access: write a {base} and a field"),
        };
        return Err(Error::new(Span::call_site(), usage(&what)));
    }
    let first = match F::FIRST {
        Some(what) => {
            let first: Expr = input.parse()?;
            let what = format!("a {what} alone: write the {base} and a field behind it");
            comma(input, &first, &what)?;
            Some(first)
        }
        None => None,
    };
    let what = match F::FIRST {
        Some(first) => format!("no field: write the {first}, the {base} and the field"),
        None => format!("no field: write a comma and the field behind the {base}"),
    };
    let base: Base = match F::FROM {
        From::Pointer | From::PointerMut => Base::Pointer(input.parse()?),
        From::Struct => subject(input)?,
        From::Type | From::List => Base::Type(input.parse()?),
    };
    let before: &dyn ToTokens = match &base {
        Base::Type(ty) => ty,
        Base::Pointer(pointer) | Base::Pointee(pointer) => pointer,
    };
    let behind_base = comma(input, before, &what)?;
    if input.is_empty() {
        return Err(Error::new(
            behind_base.span,
            usage("no field behind this comma: write one"),
        ));
    }

    let is_write = matches!(F::FROM, From::PointerMut);
    let mut hops = vec![hop(input)?];
    let ends = |input: ParseStream| {
        input.is_empty()
            || match F::FROM {
                From::PointerMut => input.peek(Token![=]),
                From::List => input.peek(Token![;]),
                _ => false,
            }
    };
    while !ends(input) {
        if !input.peek(Token![,]) {
            return Err(unexpected(input));
        }
        let comma: Token![,] = input.parse()?;
        if input.is_empty() {
            break;
        }
        if let Base::Type(_) = base {
            return Err(Error::new(
                comma.span,
                "a type has no pointer to follow: name the type behind the pointer, and its field",
            ));
        }
        if is_write {
            return Err(Error::new(
                comma.span,
                "only the struct itself can be written: a pointer that was read from memory is not \
                 trusted",
            ));
        }
        hops.last_mut().expect("the first was parsed").comma = Some(comma.span);
        hops.push(hop(input)?);
    }
    let last = match F::FROM {
        From::PointerMut => Some(value(input, &hops[0], &usage)?),
        From::List => Some(bound(input, &usage)?),
        _ => None,
    };
    Ok(Access {
        first,
        base,
        hops,
        last,
    })
}

/// `= 5`, to the end.
fn value(input: ParseStream, place: &Hop, usage: &dyn Fn(&str) -> String) -> Result<Expr> {
    if input.is_empty() {
        return Err(Error::new(
            place.end(),
            usage("no value: write ` = ` and one behind the field"),
        ));
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() {
        return Err(Error::new(
            equals.span,
            usage("no value behind this: write one"),
        ));
    }
    input.parse()
}

/// `; 64`, to the end.
fn bound(input: ParseStream, usage: &dyn Fn(&str) -> String) -> Result<Expr> {
    let none = usage("no bound: write the most entries that may come behind a `;`");
    let at = input.span();
    if input.parse::<Option<Token![;]>>()?.is_none() {
        return Err(Error::new(Span::call_site(), none));
    }
    if input.is_empty() {
        return Err(Error::new(at, none));
    }
    let bound: Expr = input.parse()?;
    if !could_be_usize(&bound) {
        return Err(Error::new_spanned(
            &bound,
            "a bound is a constant of type `usize`",
        ));
    }
    match input.is_empty() {
        true => Ok(bound),
        false => Err(input.error("nothing follows the bound: remove this")),
    }
}

/// What a question is about: a type, or what a pointer points to. No type starts with a star
/// but that of a raw pointer.
fn subject(input: ParseStream) -> Result<Base> {
    let is_pointee =
        input.peek(Token![*]) && !input.peek2(Token![const]) && !input.peek2(Token![mut]);
    if !is_pointee {
        return Ok(Base::Type(input.parse()?));
    }
    match input.parse()? {
        Expr::Unary(ExprUnary {
            op: UnOp::Deref(_),
            expr,
            ..
        }) => Ok(Base::Pointee(expr)),
        other => Err(Error::new_spanned(
            other,
            "not a struct to ask about: write a type, or a star and a pointer, as `*task`",
        )),
    }
}

fn hop(input: ParseStream) -> Result<Hop> {
    let field = field(input, "a field")?;
    let mut steps = Vec::new();
    let ends = |input: ParseStream| {
        input.is_empty() || input.peek(Token![,]) || input.peek(Token![=]) || input.peek(Token![;])
    };
    while !ends(input) {
        let at = input.span();
        if input.peek(Token![.]) {
            let dot: Token![.] = input.parse()?;
            if input.is_empty() || input.peek(Token![,]) || input.peek(Token![.]) {
                return Err(Error::new(
                    dot.span,
                    "no field behind this dot: write one, or remove the dot",
                ));
            }
            steps.push(Step::Dot(
                dot.span,
                self::field(input, "a field behind the dot")?,
            ));
        } else if input.peek(token::Bracket) {
            let content;
            let brackets = syn::bracketed!(content in input).span.join();
            if content.is_empty() {
                return Err(Error::new(
                    brackets,
                    "no index: write the number of the element, `[0]`",
                ));
            }
            let index: Expr = content.parse()?;
            if !content.is_empty() {
                return Err(content.error("each index has its own brackets: `[1][2]`"));
            }
            if !could_be_usize(&index) {
                return Err(Error::new_spanned(
                    &index,
                    "an index is a constant of type `usize`, counted from 0",
                ));
            }
            steps.push(Step::Index(brackets, Box::new(index)));
        } else {
            return Err(unexpected(input));
        }
        if steps.len() == MAX_STEPS {
            return Err(Error::new(
                at,
                "too deep: libbpf and the kernel follow at most 63 steps from one address, so take the \
                 one half way with `core_field_ptr!`",
            ));
        }
    }
    Ok(Hop {
        field,
        steps,
        comma: None,
    })
}

/// A field's name. `macro_rules` wraps what it captured in a group without delimiters.
fn field(input: ParseStream, wanted: &str) -> Result<Ident> {
    if input.peek(Ident::peek_any) {
        return Ident::parse_any(input);
    }
    if input.peek(token::Group) {
        let group = input.parse::<TokenTree>()?;
        let TokenTree::Group(group) = group else {
            unreachable!("peeked")
        };
        return (|input: ParseStream| field(input, wanted)).parse2(group.stream());
    }
    if let Ok(literal) = input.fork().parse::<Lit>() {
        let message = match &literal {
            Lit::Str(name) if syn::parse_str::<Ident>(&name.value()).is_ok() => {
                format!("a field is written without quotes: `{}`", name.value())
            }
            Lit::Int(number) => {
                format!("expected {wanted}: an element of an array is `[{number}]`")
            }
            Lit::Float(_) => format!("expected {wanted}: an element of an array is `[0]`"),
            _ => format!("expected {wanted}, not a literal"),
        };
        return Err(Error::new(literal.span(), message));
    }
    if input.peek(Token![,]) {
        return Err(input.error("no field before this comma: write one, or remove the comma"));
    }
    if input.peek(Token![*]) || input.peek(Token![&]) {
        return Err(input.error("a path has no operators: the comma behind a pointer follows it"));
    }
    Err(input.error(format!("expected {wanted}")))
}

/// What the compiler would refuse as a number and as a constant, with an error for each.
fn could_be_usize(index: &Expr) -> bool {
    match index {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => matches!(number.suffix(), "" | "usize"),
            _ => false,
        },
        Expr::Unary(unary) => !matches!(unary.op, UnOp::Neg(_)),
        Expr::Range(_) => false,
        Expr::Group(group) => could_be_usize(&group.expr),
        Expr::Paren(paren) => could_be_usize(&paren.expr),
        _ => true,
    }
}

fn unexpected(input: ParseStream) -> Error {
    if input.peek(token::Paren) {
        return at_next::<TokenTree>(input, "a field is no function: remove the parentheses");
    }
    if input.peek(Token![=]) {
        return at_next::<Token![=]>(input, "this macro does not write: `core_write!` does");
    }
    if input.peek(Token![->]) {
        return at_next::<Token![->]>(input, "a comma follows a pointer: write `, ` for `->`");
    }
    if input.peek(Token![::]) {
        return at_next::<Token![::]>(
            input,
            "a dot goes into a struct by value: write `.` for `::`",
        );
    }
    input.error("expected `,` behind a pointer, `.` into a struct by value, or `[n]` of an array")
}

fn at_next<T: Parse + ToTokens>(input: ParseStream, message: &str) -> Error {
    match input.parse::<T>() {
        Ok(token) => Error::new_spanned(token, message),
        Err(error) => error,
    }
}
