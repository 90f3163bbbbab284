//! The declarations that take the place of bindings, by the crate `bpf-core-bindings`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use anyhow::{Context as _, Result};
use bpf_core_bindings::{Kernels, Model, Want};
use bpf_core_catalogue::KernelSet;
use syn::spanned::Spanned as _;
use syn::{Fields, Item};

use super::site::{Field, Site};
use super::types::{Shape, Types};
use crate::front::rust::facts::Facts;
use crate::known::{Known, phrase};

/// What the supported kernels have, asked once for each field.
pub(super) struct Declarations<'k, 't> {
    pub(super) known: &'k Known<'static>,
    pub(super) chosen: KernelSet,
    pub(super) types: &'t Types<'t>,
    pub(super) asked: HashMap<(String, String), Result<Shape, String>>,
}

impl Declarations<'_, '_> {
    /// Why a field cannot be declared as the bindings have it.
    pub(super) fn refuses(&mut self, field: &Field) -> Option<String> {
        match (self.declared(field), &field.shape) {
            (Err(why), _) => Some(why),
            (Ok(declared), Some(shape)) if !declared.is_like(shape) => {
                let (of, name) = (&field.of, &field.name);
                Some(format!(
                    "`{of}.{name}` has another type than in the bindings"
                ))
            }
            (Ok(_), _) => None,
        }
    }

    /// The type that a field is declared with, or why it cannot be declared.
    pub(super) fn declared(&mut self, field: &Field) -> Result<Shape, String> {
        let key = (field.of.clone(), field.name.clone());
        if let Some(known) = self.asked.get(&key) {
            return known.clone();
        }
        let answer = self.judge(field);
        self.asked.insert(key, answer.clone());
        answer
    }

    fn text(&self, wants: &[(String, Want)]) -> Result<String, bpf_core_bindings::Error> {
        let kernels = Kernels::new(self.known.catalogues().collect(), self.chosen.clone());
        let model = Model::new(&kernels, wants)?;
        let words = |set: &KernelSet| phrase(self.known.kernels(), &self.chosen, set);
        Ok(model.rust(&self.chosen, &words))
    }

    fn judge(&self, field: &Field) -> Result<Shape, String> {
        let of = &field.of;
        let name = &field.name;
        let want = format!("{}.{name}", field.asked);
        let want = Want::parse(&want).map_err(|error| error.to_string())?;
        let text = self.text(&[want]).map_err(|error| error.to_string())?;
        let members = members(&text)?;
        let flavour = format!("{of}___2");
        if members.contains_key(&(flavour, name.clone())) {
            return Err(format!(
                "`{of}.{name}` has another kind of type on some kernels"
            ));
        }
        let member = members.get(&(of.clone(), name.clone()));
        let member =
            member.ok_or_else(|| format!("`{of}.{name}` cannot be declared for all kernels"))?;
        if member.is_optional {
            return Err(format!(
                "not every supported kernel has `{of}.{name}`: declare it `#[core(optional)]`"
            ));
        }
        if member.is_bitfield {
            return Err(format!(
                "`{of}.{name}` changes its size: declare it `#[core(bitfield)]`"
            ));
        }
        Ok(self.types.shape(&member.ty, 0))
    }

    /// The source of the module: declarations of all that the sites read, and the rest of the bindings.
    /// Without bindings there is no rest.
    pub(super) fn module(
        &self,
        sites: &[Site],
        bindings: Option<&str>,
        facts: &Facts,
    ) -> Result<String> {
        let fields: Vec<&Field> = sites.iter().flat_map(|site| &site.fields).collect();
        let names: BTreeSet<(&str, &str)> = fields
            .iter()
            .map(|field| (field.asked.as_str(), field.name.as_str()))
            .collect();
        let wants = names
            .iter()
            .map(|(of, name)| Want::parse(&format!("{of}.{name}")));
        let wants = wants.collect::<Result<Vec<_>, _>>()?;
        let mut text = self.text(&wants)?;
        let of_bindings: BTreeMap<(String, String), &Shape> = fields
            .iter()
            .filter_map(|field| {
                let shape = field.shape.as_ref()?;
                Some(((field.of.clone(), field.name.clone()), shape))
            })
            .collect();
        let members = members(&text).map_err(anyhow::Error::msg)?;
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for (key, member) in &members {
            let shape = of_bindings.get(key).and_then(|shape| shape.text());
            edits.extend(shape.map(|shape| (member.range.clone(), shape)));
        }
        // What stands behind pointers only is still that of the bindings.
        let embedded: BTreeSet<String> = members.values().filter_map(Member::record).collect();
        for (name, range) in empty(&text)? {
            if embedded.contains(&name) {
                continue;
            }
            if facts.structs.contains_key(&name) && !fields.iter().any(|field| field.of == name) {
                edits.push((range, String::new()));
            }
        }
        edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        for (range, with) in edits {
            text.replace_range(range, &with);
        }
        let head = "\n\nuse bpf_core::";
        let at = text
            .find(head)
            .context("declarations without their imports")?;
        let (attributes, rest) = text.split_at(at);
        let (attributes, others) = match bindings {
            Some(module) => {
                let root = format!("crate::{module}");
                (
                    attributes.replacen("#![allow(", "#![allow(unused_imports, ", 1),
                    format!(
                        "// What is not declared here is still that of one kernel.\npub use {root}::*;\n"
                    ),
                )
            }
            None => (attributes.to_owned(), String::new()),
        };
        let mut text = format!(
            "//! Types of the kernel, for many kernels at once, by `cargo corelint migrate`.\n\n{attributes}\n\n\
             {others}{}",
            &rest[2..]
        );
        while text.contains("\n\n\n") {
            text = text.replace("\n\n\n", "\n\n");
        }
        Ok(text.trim_end().to_owned() + "\n")
    }
}

/// A declared field.
struct Member {
    ty: syn::Type,
    range: Range<usize>,
    is_optional: bool,
    is_bitfield: bool,
}

impl Member {
    /// The struct that it is, by its name.
    fn record(&self) -> Option<String> {
        let mut ty = &self.ty;
        while let syn::Type::Array(array) = ty {
            ty = &array.elem;
        }
        match ty {
            syn::Type::Path(path) => path.path.get_ident().map(ToString::to_string),
            _ => None,
        }
    }
}

/// The fields of all structs of a source, by struct and name in the kernel.
fn members(text: &str) -> Result<BTreeMap<(String, String), Member>, String> {
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let mut members = BTreeMap::new();
    for item in file.items {
        let (name, fields) = match item {
            Item::Struct(item) => (item.ident, item.fields),
            Item::Union(item) => (item.ident, Fields::Named(item.fields)),
            _ => continue,
        };
        let name = name.to_string();
        for field in fields {
            let Some(ident) = field.ident else { continue };
            let attributes = field
                .attrs
                .iter()
                .filter(|attribute| attribute.path().is_ident("core"));
            let words: String = attributes
                .filter_map(|attribute| attribute.meta.require_list().ok())
                .map(|list| list.tokens.to_string())
                .collect();
            let field_name = ident.to_string();
            let field_name = field_name
                .strip_prefix("r#")
                .unwrap_or(&field_name)
                .to_owned();
            let member = Member {
                range: field.ty.span().byte_range(),
                ty: field.ty,
                is_optional: words.contains("optional"),
                is_bitfield: words.contains("bitfield"),
            };
            members.insert((name.clone(), field_name), member);
        }
    }
    proc_macro2::extra::invalidate_current_thread_spans();
    Ok(members)
}

/// The structs without fields, with their comments and attributes.
fn empty(text: &str) -> Result<Vec<(String, Range<usize>)>> {
    let file = syn::parse_file(text)?;
    let mut found = Vec::new();
    for item in &file.items {
        if let Item::Struct(item) = item
            && item.fields.is_empty()
        {
            found.push((item.ident.to_string(), item.span().byte_range()));
        }
    }
    proc_macro2::extra::invalidate_current_thread_spans();
    Ok(found)
}
