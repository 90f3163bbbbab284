//! Follows values through macros: those of `bpf_core` and `core`, and the arguments of others.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Block, Expr, Macro, Token};

use super::Lowering;
use crate::front::Space;
use crate::front::rust::ty::Ty;
use crate::front::rust::view::{Amount, How, Origin, Place, Read, Value};

impl Lowering<'_> {
    pub(super) fn macro_call(&mut self, call: &Macro) -> Value {
        let Some(name) = call.path.segments.last().map(|last| last.ident.to_string()) else {
            return Value::default();
        };
        match name.as_str() {
            "core_read" | "core_read_into" | "core_read_str" | "core_field_ptr" => {
                self.core_macro(&name, call)
            }
            // The rest of the family names things, and takes no value.
            name if name.starts_with("core_") => Value::default(),
            "addr_of" | "addr_of_mut" => match syn::parse2::<Expr>(call.tokens.clone()) {
                Ok(place) => {
                    let spot = self.spot(&place);
                    self.address(spot, &place)
                }
                Err(_) => Value::default(),
            },
            "offset_of" => self.offset_of(call),
            "matches" => {
                let mut groups = split(call.tokens.clone()).into_iter();
                if let Some(Ok(value)) = groups.next().map(syn::parse2::<Expr>) {
                    self.condition(&value);
                }
                Value::default()
            }
            _ => {
                self.arguments(call);
                Value::default()
            }
        }
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
        let mut ty = source.ty.pointee().cloned().unwrap_or_default();
        for hop in groups {
            if let Ty::Ptr(to) = ty {
                ty = *to;
            }
            for token in hop {
                if let TokenTree::Ident(field) = token {
                    ty = self.field_ty(&ty, &field.to_string());
                }
            }
        }
        let buffer = buffer.and_then(|buffer| self.buffer_name(&buffer));
        let span = self.range(call);
        if name == "core_field_ptr" {
            return Value {
                origin: Origin::Typed,
                ty: Ty::ptr(ty),
                source: Some(span),
                ..Value::default()
            };
        }
        let read = self.read(Read {
            callee: format!("{name}!"),
            space: Space::Kernel,
            fills,
            source,
            block: span.clone(),
            span: span.clone(),
            checked: false,
            buffer,
            used: None,
            replaceable: false,
        });
        Value {
            origin: if fills {
                Origin::Unknown
            } else {
                Origin::Kernel
            },
            born: ty.clone(),
            ty,
            source: Some(span),
            read: Some(read),
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
        let Ty::Named(owner, bound) = Ty::of(&ty) else {
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
