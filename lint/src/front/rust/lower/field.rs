//! Looks up what a crate declares of the kernel's types: fields and enumerators.

use std::collections::HashMap;
use std::rc::Rc;

use bpf_core_catalogue::Form;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, FieldsNamed, Token, Variant};

use super::Lowering;
use crate::front::rust::core_attribute::Core;
use crate::front::rust::facts::StructKind;
use crate::front::rust::ty::Ty;
use crate::known::Question;

/// A field or enumerator of a declaration.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    pub(super) ty: Ty,
    /// The kernel's name.
    name: String,
    pub(super) is_optional: bool,
}

/// The part of a path that is one read: fields of one struct, by their names.
#[derive(Debug)]
pub(super) struct Hop {
    pub(super) field: Question,
    pub(super) is_optional: bool,
}

/// The declarations of a crate that were looked up before, by their type.
pub(super) type Looked = HashMap<String, Rc<HashMap<String, Declared>>>;

/// Aliases that are followed from one to the next.
const MAX_ALIASES: usize = 4;

impl Lowering<'_> {
    /// The type that is written in the source, with what the crate's aliases stand for.
    pub(super) fn ty(&self, ty: &syn::Type) -> Ty {
        self.unaliased(Ty::of(ty), 0)
    }

    fn unaliased(&self, ty: Ty, hops: usize) -> Ty {
        match ty {
            Ty::Ptr(to) => Ty::ptr(self.unaliased(*to, hops)),
            Ty::Array(of) => Ty::Array(Box::new(self.unaliased(*of, hops))),
            Ty::Named(name, bound) if hops < MAX_ALIASES => {
                let facts = self.input.facts;
                let alias = facts.aliases.get(&name);
                let alias = alias.filter(|_| !facts.structs.contains_key(&name));
                let stands_for = alias.and_then(|text| syn::parse_str::<syn::Type>(text).ok());
                match stands_for.map(|ty| Ty::of(&ty)) {
                    // `type Result<T> = ...`: what it holds stands where it is used.
                    Some(Ty::Named(of, _)) if of.len() == 1 || of == name => Ty::Named(name, bound),
                    Some(Ty::Unknown) | None => Ty::Named(name, bound),
                    Some(ty) => self.unaliased(ty, hops + 1),
                }
            }
            ty => ty,
        }
    }

    /// The type of a field.
    pub(super) fn field_ty(&mut self, record: &Ty, field: &str) -> Ty {
        let declared = self.field(record, field);
        declared.map(|field| field.ty).unwrap_or_default()
    }

    fn field(&mut self, record: &Ty, field: &str) -> Option<Declared> {
        let Ty::Named(name, _) = record else {
            return None;
        };
        let body = || Some(&self.input.facts.structs.get(name)?.body);
        if !self.fields.contains_key(name) {
            let fields = body().and_then(|body| syn::parse_str::<FieldsNamed>(body).ok());
            let fields = fields.into_iter().flat_map(|fields| fields.named);
            let of = fields.filter_map(|field| {
                let ident = field.ident.as_ref()?;
                Some(declared(ident, self.ty(&field.ty), &field.attrs))
            });
            let of = Rc::new(of.collect());
            self.fields.insert(name.clone(), of);
        }
        self.fields.get(name)?.get(field).cloned()
    }

    /// What a path of `core_read!` asks for, hop by hop, and the type of its last field. `groups` are the
    /// tokens between its commas.
    pub(super) fn hops(
        &mut self,
        mut ty: Ty,
        groups: impl Iterator<Item = TokenStream>,
    ) -> (Vec<Hop>, Ty) {
        let mut hops = Vec::new();
        for group in groups {
            if let Ty::Ptr(to) = ty {
                ty = *to;
            }
            let owner = self.kernel_name(&ty);
            let (mut path, mut is_optional, mut form) = (Vec::new(), false, None);
            let mut tokens = group.into_iter();
            while let Some(token) = tokens.next() {
                match token {
                    TokenTree::Ident(field) => {
                        let declared = self.field(&ty, &field.unraw().to_string());
                        let declared = declared.unwrap_or_default();
                        is_optional |= declared.is_optional;
                        path.push(declared.name);
                        ty = declared.ty;
                        form = form_of(&ty);
                    }
                    TokenTree::Group(index) if index.delimiter() == Delimiter::Bracket => {
                        if let Ok(index) = syn::parse2(index.stream()) {
                            self.index(&index);
                        }
                        if let Ty::Array(element) = ty {
                            ty = *element;
                        }
                    }
                    TokenTree::Punct(dot) if dot.as_char() == '.' => {}
                    // `core_element_ptr!(pid, numbers; level)`, `core_write!(task, slice = value)`
                    _ => {
                        if let Ok(last) = syn::parse2(tokens.collect()) {
                            self.index(&last);
                        }
                        break;
                    }
                }
            }
            if let Some(owner) = owner
                && !path.iter().any(String::is_empty)
            {
                let field = Question::Field(owner.as_str().into(), path.join("."), form);
                hops.push(Hop { field, is_optional });
            }
        }
        (hops, ty)
    }

    /// An index, a bound or a value beside a path.
    fn index(&mut self, index: &Expr) {
        if !matches!(index, Expr::Lit(_)) {
            self.eval(index);
        }
    }

    /// The kernel's name for a type that the crate declares by `#[derive(CoreStruct)]`.
    pub(super) fn kernel_name(&self, ty: &Ty) -> Option<String> {
        let Ty::Named(name, _) = ty else { return None };
        let declared = self.input.facts.structs.get(name)?;
        (declared.kind == StructKind::Core).then(|| declared.kernel_name.clone())
    }

    /// The enumerator `Enum::NAME` of a `#[derive(CoreEnum)]`, and whether it is optional.
    pub(super) fn enumerator(&mut self, path: &syn::Path) -> Option<Hop> {
        let mut words = path.segments.iter().rev();
        let (name, of) = (words.next()?, words.next()?);
        let of = of.ident.to_string();
        let declaration = self.input.facts.enums.get(&of)?;
        if !self.fields.contains_key(&of) {
            let body = declaration
                .body
                .trim_start_matches('{')
                .trim_end_matches('}');
            let variants = Punctuated::<Variant, Token![,]>::parse_terminated.parse_str(body);
            let variants = variants.into_iter().flatten();
            let all = variants.map(|one| declared(&one.ident, Ty::Unknown, &one.attrs));
            self.fields.insert(of.clone(), Rc::new(all.collect()));
        }
        let found = self.fields.get(&of)?.get(&name.ident.unraw().to_string())?;
        let of = declaration.kernel_name.as_str().into();
        Some(Hop {
            field: Question::Enumerator(of, found.name.as_str().into()),
            is_optional: found.is_optional,
        })
    }
}

/// The form in which a loader looks for a field of this type, if the type tells.
fn form_of(ty: &Ty) -> Option<Form> {
    match ty {
        Ty::Int(_) => Some(Form::Number),
        Ty::Ptr(_) => Some(Form::Pointer),
        Ty::Array(element) => Some(Form::Array(Box::new(form_of(element)?))),
        _ => None,
    }
}

fn declared(name: &syn::Ident, ty: Ty, attributes: &[Attribute]) -> (String, Declared) {
    let core = Core::of(attributes);
    let name = name.unraw().to_string();
    let declared = Declared {
        ty,
        name: core.name.unwrap_or_else(|| name.clone()),
        is_optional: core.is_optional,
    };
    (name, declared)
}
