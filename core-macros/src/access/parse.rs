//! Parses the arguments of a macro with a path.

use std::slice;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Error, Expr, ExprUnary, Ident, Lit, Result, Token, Type, UnOp,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    token,
};

use super::{Form, as_in_c::path_of_place};

/// An access, by what it does at the end of its path.
pub(super) enum Access {
    /// Follows the pointers, and reads the last place.
    Read {
        destination: Option<Expr>,
        base: Expr,
        hops: Vec<Hop>,
    },
    /// Follows the pointers, and takes an element of the array at the last place.
    Element {
        base: Expr,
        hops: Vec<Hop>,
        index: Expr,
    },
    /// Writes to a place in the struct itself.
    Write { base: Expr, place: Hop, value: Expr },
    /// Asks about the last place, and reads nothing.
    Question { root: Root, hops: Vec<Hop> },
    /// From a field to the struct around it.
    ContainerOf { field: Expr, of: Type, place: Hop },
    /// The entries of a list, which are linked by a field.
    ListEntries {
        head: Expr,
        of: Type,
        place: Hop,
        most: Expr,
    },
}

/// The struct that a question starts from.
pub(super) enum Root {
    Type(Type),
    /// What the pointer points to: `*task`.
    Pointee(Expr),
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
    /// The brackets, and the constant in them.
    Index(Span, Box<Expr>),
    /// The brackets, and what is known at run time.
    At(Span, Box<Expr>),
}

impl Access {
    /// The parts of its path.
    pub(super) fn hops(&self) -> &[Hop] {
        match self {
            Self::Read { hops, .. } | Self::Element { hops, .. } | Self::Question { hops, .. } => {
                hops
            }
            Self::Write { place, .. }
            | Self::ContainerOf { place, .. }
            | Self::ListEntries { place, .. } => slice::from_ref(place),
        }
    }
}

impl Step {
    /// The token that it begins with, or its brackets.
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Dot(at, _) | Self::Index(at, _) | Self::At(at, _) => *at,
        }
    }
}

pub(super) fn parse(form: Form, input: TokenStream) -> Result<Access> {
    (|input: ParseStream| Arguments { form, input }.access()).parse2(input)
}

/// The arguments of a macro, from the first to the last.
struct Arguments<'a> {
    form: Form,
    input: ParseStream<'a>,
}

impl Arguments<'_> {
    fn access(&self) -> Result<Access> {
        if self.input.is_empty() {
            let base = self.form.base();
            let what = match self.form.first() {
                Some(first) => format!("nothing to access: write a {first}, a {base} and a field"),
                None => format!("nothing to access: write a {base} and a field"),
            };
            return Err(Error::new(Span::call_site(), self.usage(&what)));
        }
        match self.form {
            Form::Read | Form::FieldPtr => Ok(Access::Read {
                destination: None,
                base: self.base(pointer)?,
                hops: self.hops(&|input| input.is_empty())?,
            }),
            Form::ElementPtr => Ok(Access::Element {
                base: self.base(pointer)?,
                hops: self.hops(&|input| input.peek(Token![;]))?,
                index: self.index()?,
            }),
            Form::ReadInto | Form::ReadStr => Ok(Access::Read {
                destination: Some(self.first()?),
                base: self.base(pointer)?,
                hops: self.hops(&|input| input.is_empty())?,
            }),
            Form::FieldExists | Form::FieldSize | Form::FieldOffset => match self.base(root)? {
                Root::Type(of) => Ok(Access::Question {
                    root: Root::Type(of),
                    hops: vec![self.place(&|input| input.is_empty())?],
                }),
                Root::Pointee(pointer) => Ok(Access::Question {
                    root: Root::Pointee(pointer),
                    hops: self.hops(&|input| input.is_empty())?,
                }),
            },
            Form::ContainerOf => Ok(Access::ContainerOf {
                field: self.first()?,
                of: self.base(Type::parse)?,
                place: self.place(&|input| input.is_empty())?,
            }),
            Form::Write => {
                let base = self.base(pointer)?;
                let place = self.place(&|input| input.peek(Token![=]))?;
                let value = self.value(&place)?;
                Ok(Access::Write { base, place, value })
            }
            Form::ListEntries => Ok(Access::ListEntries {
                head: self.first()?,
                of: self.base(Type::parse)?,
                place: self.place(&|input| input.peek(Token![;]))?,
                most: self.bound()?,
            }),
        }
    }

    fn usage(&self, what: &str) -> String {
        format!("{what}, as in `{}`", self.form.usage())
    }

    /// What stands before the base, and its comma.
    fn first(&self) -> Result<Expr> {
        let first: Expr = self.input.parse()?;
        let (what, base) = (self.form.first().unwrap_or_default(), self.form.base());
        let alone = format!("a {what} alone: write the {base} and a field behind it");
        self.comma(&first, &alone)?;
        Ok(first)
    }

    /// The base, and its comma with a field behind it.
    fn base<T: ToTokens>(&self, parse: fn(ParseStream) -> Result<T>) -> Result<T> {
        let parsed = parse(self.input)?;
        let base = self.form.base();
        let alone = match self.form.first() {
            Some(first) => format!("no field: write the {first}, the {base} and the field"),
            None => format!("no field: write a comma and the field behind the {base}"),
        };
        let comma = self.comma(&parsed, &alone)?;
        if self.input.is_empty() {
            let what = self.usage("no field behind this comma: write one");
            return Err(Error::new(comma.span, what));
        }
        Ok(parsed)
    }

    fn comma(&self, before: &dyn ToTokens, alone: &str) -> Result<Token![,]> {
        if self.input.is_empty() {
            return Err(Error::new_spanned(before, self.usage(alone)));
        }
        if self.form.is_question() && self.input.peek(Token![->]) {
            let before = before.to_token_stream();
            let what = format!(
                "a star stands before a pointer, and a comma behind it: write `*{before}, `"
            );
            return Err(at_next::<Token![->]>(self.input, &what));
        }
        self.input.parse().map_err(|error: Error| {
            let what = match self.input.peek(Token![.]) || self.input.peek(Token![;]) {
                true => "a comma stands here: write `, ` for this",
                false => "a comma is missing before this",
            };
            Error::new(error.span(), self.usage(what))
        })
    }

    /// Hops with commas between them, up to where they `end`.
    fn hops(&self, end: &dyn Fn(ParseStream) -> bool) -> Result<Vec<Hop>> {
        let mut hops = vec![hop(self.input)?];
        while let Some(comma) = self.comma_behind(end)? {
            if let Some(last) = hops.last_mut() {
                last.comma = Some(comma.span);
            }
            hops.push(hop(self.input)?);
        }
        Ok(hops)
    }

    /// The only hop, up to where it `ends`.
    fn place(&self, ends: &dyn Fn(ParseStream) -> bool) -> Result<Hop> {
        let place = hop(self.input)?;
        match self.comma_behind(ends)? {
            None => Ok(place),
            Some(comma) => Err(Error::new(
                comma.span,
                match self.form {
                    Form::Write => {
                        "only the struct itself can be written: a pointer that was read from memory is not \
                         trusted"
                    }
                    _ => {
                        "a type has no pointer to follow: name the type behind the pointer, and its field"
                    }
                },
            )),
        }
    }

    /// The comma that another hop follows; the last may have one too.
    fn comma_behind(&self, ends: &dyn Fn(ParseStream) -> bool) -> Result<Option<Token![,]>> {
        if self.input.is_empty() || ends(self.input) {
            return Ok(None);
        }
        if !self.input.peek(Token![,]) {
            return Err(unexpected(self.input));
        }
        let comma = self.input.parse()?;
        Ok((!self.input.is_empty()).then_some(comma))
    }

    /// `= 5`, to the end.
    fn value(&self, place: &Hop) -> Result<Expr> {
        if self.input.is_empty() {
            let what = self.usage("no value: write ` = ` and one behind the field");
            return Err(Error::new(place.end(), what));
        }
        let equals: Token![=] = self.input.parse()?;
        if self.input.is_empty() {
            let what = self.usage("no value behind this: write one");
            return Err(Error::new(equals.span, what));
        }
        self.input.parse()
    }

    /// `; 64`, to the end.
    fn bound(&self) -> Result<Expr> {
        self.behind_semicolon(
            "bound",
            "no bound: write the most entries that may come behind a `;`",
        )
    }

    /// `; level`, to the end.
    fn index(&self) -> Result<Expr> {
        self.behind_semicolon(
            "index",
            "no index: write the number of the element behind a `;`",
        )
    }

    /// The last argument, called `what`, or the error that there is `none`.
    fn behind_semicolon(&self, what: &str, none: &str) -> Result<Expr> {
        let none = self.usage(none);
        let at = self.input.span();
        if self.input.parse::<Option<Token![;]>>()?.is_none() {
            return Err(Error::new(Span::call_site(), none));
        }
        if self.input.is_empty() {
            return Err(Error::new(at, none));
        }
        let argument: Expr = self.input.parse()?;
        match self.input.is_empty() {
            true => Ok(argument),
            false => {
                let more = format!("nothing follows the {what}: remove this");
                Err(self.input.error(more))
            }
        }
    }
}

impl ToTokens for Root {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Type(of) => of.to_tokens(tokens),
            Self::Pointee(pointer) => pointer.to_tokens(tokens),
        }
    }
}

/// What a question is about: a type, or what a pointer points to. No type starts with a star
/// but that of a raw pointer.
fn root(input: ParseStream) -> Result<Root> {
    if input.peek(Token![struct]) || input.peek(Token![union]) || input.peek(Token![enum]) {
        return Err(at_next::<TokenTree>(
            input,
            "the name of a type is enough: remove this",
        ));
    }
    let ahead = input.fork();
    if let Ok(expr) = ahead.parse::<Expr>()
        && let Some(path) = path_of_place(&expr)
    {
        let what =
            format!("a star stands before a pointer, and a comma behind it: write `*{path}`");
        return Err(Error::new_spanned(expr, what));
    }
    let is_pointee =
        input.peek(Token![*]) && !input.peek2(Token![const]) && !input.peek2(Token![mut]);
    if !is_pointee {
        return input.parse().map(Root::Type);
    }
    match input.parse()? {
        Expr::Unary(ExprUnary {
            op: UnOp::Deref(_),
            expr,
            ..
        }) => Ok(Root::Pointee(*expr)),
        other => Err(Error::new_spanned(
            other,
            "not a struct to ask about: write a type, or a star and a pointer, as `*task`",
        )),
    }
}

/// The pointer that a read starts from.
fn pointer(input: ParseStream) -> Result<Expr> {
    let ahead = input.fork();
    let pointer: Expr = input.parse().map_err(|error| {
        // `task->pid` is a difference up to the `>`.
        while !ahead.is_empty() && !ahead.peek(Token![,]) {
            if ahead.peek(Token![->]) {
                return unexpected(&ahead);
            }
            let _ = ahead.parse::<TokenTree>();
        }
        error
    })?;
    match path_of_place(&pointer) {
        Some(path) if input.is_empty() => {
            let what =
                format!("a comma follows a pointer, and no star stands before it: write `{path}`");
            Err(Error::new_spanned(pointer, what))
        }
        _ => Ok(pointer),
    }
}

fn hop(input: ParseStream) -> Result<Hop> {
    let field = field(input, "a field")?;
    let mut steps = Vec::new();
    let ends = |input: ParseStream| {
        input.is_empty() || input.peek(Token![,]) || input.peek(Token![=]) || input.peek(Token![;])
    };
    while !ends(input) {
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
            steps.push(Step::Index(brackets, Box::new(index)));
        } else {
            return Err(unexpected(input));
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
    if input.peek(Token![&]) && input.peek2(Token![mut]) {
        return Err(input.error("a destination comes first, before the base"));
    }
    if input.peek(Token![*]) || input.peek(Token![&]) {
        return Err(input.error("a path has no operators: the comma behind a pointer follows it"));
    }
    Err(input.error(format!("expected {wanted}")))
}

fn unexpected(input: ParseStream) -> Error {
    if input.peek(token::Paren) {
        return at_next::<TokenTree>(input, "a field is no function: remove the parentheses");
    }
    if input.peek(Token![=>]) {
        return at_next::<Token![=>]>(input, "a comma follows a pointer: write `, ` for `=>`");
    }
    if input.peek(Token![?]) {
        return at_next::<Token![?]>(
            input,
            "the macro's result may be an error, no field is: write this behind `)`",
        );
    }
    if input.peek(Token![as]) {
        return at_next::<Token![as]>(
            input,
            "a field is read as it is declared: write the cast behind `)`",
        );
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
