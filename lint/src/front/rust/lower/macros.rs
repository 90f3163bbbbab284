//! Follows values through macros: those of `bpf_core` and `core`, and the arguments of others.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Block, Expr, Macro, Pat, Token};

use super::field::Hop;
use super::{Lowering, guard};
use crate::front::facts::Space;
use crate::front::rust::expand;
use crate::front::rust::ty::Ty;
use crate::front::rust::view::{Amount, How, Origin, Place, Read, Says, Value};
use crate::known::{Layout, Question};

impl Lowering<'_> {
    pub(super) fn macro_call(&mut self, call: &Macro) -> Value {
        let Some(name) = call.path.segments.last().map(|last| last.ident.to_string()) else {
            return Value::default();
        };
        match name.as_str() {
            "core_read" | "core_read_into" | "core_read_str" | "core_field_ptr"
            | "core_element_ptr" | "core_write" => self.core_macro(&name, call),
            "core_field_exists" | "core_field_offset" | "core_field_size" => {
                self.about_field(&name, call)
            }
            "core_enum_value" | "core_enum_value_exists" => self.about_enumerator(&name, call),
            "core_recast" => self.recast(call),
            "core_container_of" | "core_list_entries" => self.members(call),
            "addr_of" | "addr_of_mut" => match syn::parse2::<Expr>(call.tokens.clone()) {
                Ok(place) => {
                    let spot = self.spot(&place);
                    self.address(spot, &place)
                }
                Err(_) => Value::default(),
            },
            "offset_of" => self.offset_of(call),
            "matches" => self.matches(call),
            _ => match self.expanded(&name, call) {
                Some(value) => value,
                None => {
                    self.arguments(call);
                    Value::default()
                }
            },
        }
    }

    /// The functions that a macro of the crate makes.
    pub(super) fn item_macro(&mut self, call: &Macro) {
        if let Some(tokens) = self.made_by(call)
            && let Ok(file) = syn::parse2::<syn::File>(tokens)
        {
            self.expanding += 1;
            self.items(&file.items);
            self.expanding -= 1;
        }
    }

    /// What a call of a macro of the crate becomes. `None` if it is another's, or is too deep.
    fn made_by(&self, call: &Macro) -> Option<TokenStream> {
        /// Macros in macros that are looked into.
        const DEEPEST: usize = 8;
        let name = call.path.segments.last()?.ident.to_string();
        let declared = self.input.facts.macros.get(&name)?;
        let is_deep = self.expanding >= DEEPEST;
        let made = || expand::expand(&declared.rules, call.tokens.clone(), call.span());
        (!is_deep).then(made)?
    }

    /// What a macro of the crate stands for. `None` if it is another's, or is too deep.
    fn expanded(&mut self, name: &str, call: &Macro) -> Option<Value> {
        let tokens = self.made_by(call)?;
        let statements = Block::parse_within.parse2(tokens).ok()?;
        if self.expanding == 0 {
            let at = self.range(call);
            self.function.macros.push((at, name.to_owned()));
        }
        self.expanding += 1;
        let mut value = Value::default();
        for statement in &statements {
            value = self.statement(statement);
        }
        self.expanding -= 1;
        Some(value)
    }

    /// The arguments of a macro that is not known: expressions, or statements, or something else.
    fn arguments(&mut self, call: &Macro) {
        let list = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(arguments) = list.parse2(call.tokens.clone()) {
            for argument in &arguments {
                self.eval(argument);
            }
        } else if let Ok(statements) = Block::parse_within.parse2(call.tokens.clone()) {
            for statement in &statements {
                self.statement(statement);
            }
        }
    }

    fn core_macro(&mut self, name: &str, call: &Macro) -> Value {
        let mut groups = split(call.tokens.clone()).into_iter();
        let fills = matches!(name, "core_read_into" | "core_read_str");
        let buffer = fills.then(|| groups.next()).flatten();
        let buffer = buffer.and_then(|tokens| syn::parse2::<Expr>(tokens).ok());
        let Some(base) = groups.next() else {
            return Value::default();
        };
        // Most are a variable, and need no parser.
        let known = variable(&base).and_then(|name| self.get(&name).cloned());
        let source = match known {
            Some(value) => value,
            None => match syn::parse2::<Expr>(base) {
                Ok(base) => self.eval(&base),
                Err(_) => return Value::default(),
            },
        };
        let source = self.checked(source);
        self.address_use(&source);
        let (hops, ty) = self.hops(source.ty.clone(), groups);
        let buffer = buffer.and_then(|buffer| self.buffer_name(&buffer));
        let span = self.range(call);
        self.need(&hops, &span);
        // Only a write of a plain field, or an address without a hop, cannot fail.
        let says = Says {
            is_in_result: true,
            ..guard::of_hops(&hops)
        };
        let says = says.told();
        if name == "core_write" {
            return Value {
                says,
                ..Value::default()
            };
        }
        if let "core_field_ptr" | "core_element_ptr" = name {
            let to = match ty {
                Ty::Array(element) if name == "core_element_ptr" => *element,
                ty => ty,
            };
            return Value {
                origin: Origin::Typed,
                ty: Ty::ptr(to),
                source: Some(span),
                says,
                ..Value::default()
            };
        }
        let read = self.read(Read {
            fills,
            source,
            fields: match hops.last().map(|hop| &hop.field) {
                Some(Question::Field(_, path, _)) => path.clone(),
                _ => String::new(),
            },
            buffer,
            ..Read::by(format!("{name}!"), Space::Kernel, span.clone())
        });
        let is_number = matches!(ty, Ty::Int(_));
        Value {
            origin: if fills || is_number {
                Origin::Unknown
            } else {
                Origin::Kernel
            },
            born: ty.clone(),
            ty,
            source: Some(span),
            read: Some(read),
            says,
            ..Value::default()
        }
    }

    /// `core_field_exists!(Type, field)`, `core_field_offset!(*pointer, field, ...)`.
    fn about_field(&mut self, name: &str, call: &Macro) -> Value {
        let mut groups = split(call.tokens.clone()).into_iter();
        let first = groups.next().unwrap_or_default();
        let ty = match syn::parse2::<Expr>(first.clone()) {
            Ok(Expr::Unary(pointer)) => self.eval(&pointer.expr).ty,
            _ => syn::parse2::<syn::Type>(first).map_or(Ty::Unknown, |ty| self.ty(&ty)),
        };
        let (mut hops, _) = self.hops(ty, groups);
        let Some(asked) = hops.pop() else {
            return Value::default();
        };
        self.about(asked, name == "core_field_exists", call)
    }

    /// `core_enum_value!(Enum::NAME)`, `core_enum_value_exists!(Enum::NAME)`.
    fn about_enumerator(&mut self, name: &str, call: &Macro) -> Value {
        let path = syn::parse2::<syn::Path>(call.tokens.clone());
        let Some(asked) = path.ok().and_then(|path| self.enumerator(&path)) else {
            return Value::default();
        };
        self.about(asked, name == "core_enum_value_exists", call)
    }

    /// A question whether the kernel has something, or a number about it, which needs it.
    fn about(&mut self, asked: Hop, is_question: bool, call: &Macro) -> Value {
        let says = if is_question {
            Says::asks(asked.field)
        } else {
            let asked = [asked];
            self.need(&asked, &self.range(call));
            guard::of_hops(&asked)
        };
        Value {
            says: says.told(),
            ..Value::default()
        }
    }

    /// `core_recast!(pointer, Type)`
    fn recast(&mut self, call: &Macro) -> Value {
        let groups = split(call.tokens.clone());
        let [pointer, ty] = &groups[..] else {
            return Value::default();
        };
        let pointer = syn::parse2::<Expr>(pointer.clone()).ok();
        let value = pointer.map_or_else(Value::default, |pointer| self.eval(&pointer));
        let ty = syn::parse2::<syn::Type>(ty.clone()).map_or(Ty::Unknown, |ty| self.ty(&ty));
        Value {
            ty: Ty::ptr(ty),
            ..value
        }
    }

    /// `core_container_of!(pointer, Type, field)`, `core_list_entries!(head, Type, field; MAX)`.
    fn members(&mut self, call: &Macro) -> Value {
        let mut groups = split(call.tokens.clone()).into_iter();
        if let Some(Ok(pointer)) = groups.next().map(syn::parse2::<Expr>) {
            self.eval(&pointer);
        }
        let ty = groups.next().map(syn::parse2::<syn::Type>);
        let Some(Ok(ty)) = ty else {
            return Value::default();
        };
        let ty = self.ty(&ty);
        let (hops, _) = self.hops(ty.clone(), groups);
        self.need(&hops, &self.range(call));
        Value {
            ty: Ty::ptr(ty),
            says: guard::of_hops(&hops).told(),
            ..Value::default()
        }
    }

    /// `matches!(value, pattern)`
    fn matches(&mut self, call: &Macro) -> Value {
        let parse = |input: syn::parse::ParseStream<'_>| {
            let value: Expr = input.parse()?;
            input.parse::<Token![,]>()?;
            let pattern = Pat::parse_multi_with_leading_vert(input)?;
            let guard = input.parse::<Option<Token![if]>>()?;
            let guard = guard.map(|_| input.parse::<Expr>()).transpose()?;
            input.parse::<Option<Token![,]>>()?;
            Ok((value, pattern, guard))
        };
        let Ok((value, pattern, guard)) = parse.parse2(call.tokens.clone()) else {
            return Value::default();
        };
        let asked = self.condition(&value);
        let mut says = self.fits(&pattern, &asked);
        if let Some(guard) = guard {
            says = says.and(self.condition(&guard));
        }
        Value {
            says: says.told(),
            ..Value::default()
        }
    }

    fn offset_of(&mut self, call: &Macro) -> Value {
        let groups = split(call.tokens.clone());
        let [ty, fields, ..] = &groups[..] else {
            return Value::default();
        };
        let Ok(ty) = syn::parse2::<syn::Type>(ty.clone()) else {
            return Value::default();
        };
        let Ty::Named(owner, bound) = self.ty(&ty) else {
            return Value::default();
        };
        let fields: String = fields
            .clone()
            .into_iter()
            .map(|token| token.to_string())
            .collect();
        if self.input.facts.is_kernel(&owner, bound) {
            self.function.places.push(Place {
                base: Value::default(),
                owner: owner.clone(),
                bound,
                fields: fields.clone(),
                how: How::OffsetOf,
                span: self.range(call),
                pointer: String::new(),
                layout: Layout::Unknown,
            });
        }
        Value {
            amount: Some(Amount::OffsetOf(owner, fields)),
            ..Value::default()
        }
    }
}

/// The name, if the tokens are one.
fn variable(tokens: &TokenStream) -> Option<String> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(name)), None) => Some(name.to_string()),
        _ => None,
    }
}

/// The tokens between commas.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut groups = vec![Vec::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => groups.push(Vec::new()),
            _ => {
                if let Some(group) = groups.last_mut() {
                    group.push(token);
                }
            }
        }
    }
    groups.into_iter().map(TokenStream::from_iter).collect()
}
