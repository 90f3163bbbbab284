//! Tokens to a path.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    Error, Expr, Ident, Lit, Result, Token, Type,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    token,
};

use super::Form;

/// libbpf and the kernel refuse a longer one: `BPF_CORE_SPEC_MAX_LEN` (`relo_core.h`),
/// of which the root takes the first.
const MAX_STEPS: usize = 63;

pub(super) struct Access {
    pub(super) destination: Option<Expr>,
    pub(super) base: Base,
    pub(super) hops: Vec<Hop>,
}

pub(super) enum Base {
    Pointer(Box<Expr>),
    Type(Box<Type>),
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
    Index(Box<Expr>),
}

pub(super) fn parse<F: Form>(input: TokenStream) -> Result<Access> {
    (|input: ParseStream| access::<F>(input)).parse2(input)
}

fn access<F: Form>(input: ParseStream) -> Result<Access> {
    let usage = |what: &str| format!("{what}, as in `{}`", F::USAGE);
    let comma = |input: ParseStream, what: &str| {
        if input.is_empty() {
            return Err(Error::new(Span::call_site(), usage(what)));
        }
        input
            .parse::<Token![,]>()
            .map_err(|error| Error::new(error.span(), usage("expected a comma")))
    };

    if input.is_empty() {
        return Err(Error::new(
            Span::call_site(),
            usage("nothing to access: write the base and a field"),
        ));
    }
    let destination = match F::DESTINATION {
        true => {
            let destination = input.parse()?;
            comma(
                input,
                "a destination alone: the base and a field are missing",
            )?;
            Some(destination)
        }
        false => None,
    };
    let base = match F::OF_TYPE {
        true => Base::Type(input.parse()?),
        false => Base::Pointer(input.parse()?),
    };
    let behind_base = comma(
        input,
        "no field: write a comma and the field behind the base",
    )?;
    if input.is_empty() {
        return Err(Error::new(
            behind_base.span,
            usage("no field behind this comma"),
        ));
    }

    let mut hops = vec![hop(input)?];
    while !input.is_empty() {
        if !input.peek(Token![,]) {
            return Err(unexpected(input));
        }
        let comma: Token![,] = input.parse()?;
        if input.is_empty() {
            break;
        }
        if F::OF_TYPE {
            return Err(Error::new(
                comma.span,
                "a type has no pointer to follow: name the type behind the pointer, and its field",
            ));
        }
        hops.last_mut().expect("the first was parsed").comma = Some(comma.span);
        hops.push(hop(input)?);
    }
    Ok(Access {
        destination,
        base,
        hops,
    })
}

fn hop(input: ParseStream) -> Result<Hop> {
    let field = field(input, "a field")?;
    let mut steps = Vec::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        let at = input.span();
        if input.peek(Token![.]) {
            let dot: Token![.] = input.parse()?;
            if input.is_empty() || input.peek(Token![,]) {
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
            syn::bracketed!(content in input);
            if content.is_empty() {
                return Err(Error::new(
                    at,
                    "no index: write the number of the element, `[0]`",
                ));
            }
            let index: Expr = content.parse()?;
            if !content.is_empty() {
                return Err(content.error("one index a bracket: `[1][2]`"));
            }
            steps.push(Step::Index(Box::new(index)));
        } else {
            return Err(unexpected(input));
        }
        if steps.len() == MAX_STEPS {
            return Err(Error::new(
                at,
                "too deep: libbpf and the kernel follow at most 63 steps without a pointer in between",
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
    Err(input.error(format!("expected {wanted}")))
}

fn unexpected(input: ParseStream) -> Error {
    if input.peek(token::Paren) {
        return input.error("a field is no function: remove the parentheses");
    }
    if input.peek(Token![->]) {
        return input.error("a pointer is followed by a comma: write `,` for `->`");
    }
    input.error("expected `,` behind a pointer, `.` into a struct by value, or `[n]` of an array")
}
