//! Declarations in Rust: `#[derive(CoreStruct)]` and `#[derive(CoreEnum)]`.

use std::collections::BTreeMap;

use bpf_core_catalogue::{KernelSet, NameSpace, type_name};

use crate::declared::{Body, Declared, Field, Key};
use crate::merge::Merged;
use crate::model::Model;
use crate::shape::{Int, Shape};

/// Says in words which kernels a set has.
type Phrase<'p> = &'p dyn Fn(&KernelSet) -> String;

impl Model {
    /// The declarations as a module in Rust. `chosen` are the kernels that they are for.
    pub fn rust(&self, chosen: &KernelSet, phrase: Phrase<'_>) -> String {
        let writer = Writer {
            idents: idents(&self.types),
            chosen,
            phrase,
        };
        let declared: Vec<String> = self.types.iter().map(|one| writer.declare(one)).collect();
        let of = |derive: &str| declared.iter().any(|text| text.contains(derive));
        let uses = match (of("CoreEnum)]"), of("CoreStruct)]")) {
            (true, true) => "{CoreEnum, CoreStruct}",
            (true, false) => "CoreEnum",
            (false, _) => "CoreStruct",
        };
        format!(
            "#![allow(dead_code, non_camel_case_types, non_snake_case)]\n\nuse bpf_core::{uses};\n\n{}",
            declared.join("\n")
        )
    }
}

struct Writer<'m> {
    idents: BTreeMap<&'m Key, String>,
    chosen: &'m KernelSet,
    phrase: Phrase<'m>,
}

/// A name for each type. C has a struct and a typedef of one name, Rust has not.
fn idents(types: &[Declared]) -> BTreeMap<&Key, String> {
    let mut idents: BTreeMap<&Key, String> = BTreeMap::new();
    for declared in types {
        let mut ident = ident(&declared.key.1);
        while idents.values().any(|other| *other == ident) || is_primitive(&ident) {
            ident.push('_');
        }
        idents.insert(&declared.key, ident);
    }
    idents
}

fn is_primitive(ident: &str) -> bool {
    matches!(
        ident,
        "bool"
            | "char"
            | "str"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "f32"
            | "f64"
            | "Clone"
            | "Copy"
            | "CoreEnum"
            | "CoreStruct"
    )
}

const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Words that `r#` does not help.
const NEVER: [&str; 5] = ["Self", "_", "crate", "self", "super"];

/// A name of C as one of Rust.
fn ident(name: &str) -> String {
    if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else if NEVER.contains(&name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

impl Writer<'_> {
    fn declare(&self, declared: &Declared) -> String {
        let doc = self.doc(declared);
        match &declared.body {
            Body::Enum {
                size,
                is_signed,
                enumerators,
            } => self.declare_enum(declared, &doc, (*size, *is_signed), enumerators),
            Body::Record(fields) => {
                let kinds = fields.iter().map(|field| field.kinds.len()).max();
                let texts = (0..kinds.unwrap_or(0).max(1))
                    .map(|kind| self.declare_record(declared, &doc, fields, kind));
                texts.collect::<Vec<_>>().join("\n")
            }
        }
    }

    fn doc(&self, declared: &Declared) -> String {
        let (space, name) = &declared.key;
        let mut doc = match declared.is_unnamed {
            true => "/// It has no name in the kernel".to_owned(),
            false => format!("/// `{}`", type_name(*space, name)),
        };
        if declared.on != *self.chosen && !declared.on.is_empty() && !declared.is_unnamed {
            doc.push_str(&format!(": {}", (self.phrase)(&declared.on)));
        }
        doc.push('\n');
        doc
    }

    /// The fields of one kind: the first ones, or those of a flavour.
    fn declare_record(
        &self,
        declared: &Declared,
        doc: &str,
        fields: &[Field],
        kind: usize,
    ) -> String {
        let ident = &self.idents[&declared.key];
        let kernel_name = &declared.key.1;
        let mut attributes = Vec::new();
        let (ident, name) = match kind {
            0 => (ident.clone(), kernel_name.clone()),
            _ => {
                let flavour = format!("{kernel_name}___{}", kind + 1);
                (flavour.clone(), flavour)
            }
        };
        if ident.trim_start_matches("r#") != name {
            attributes.push(format!("name = \"{name}\""));
        }
        if declared.key.0 == NameSpace::Typedef {
            attributes.push("typedef".to_owned());
        }
        let mut text = doc.to_owned();
        text.push_str("#[derive(Clone, Copy, CoreStruct)]\n");
        if !attributes.is_empty() {
            text.push_str(&format!("#[core({})]\n", attributes.join(", ")));
        }
        let lines: Vec<String> = fields
            .iter()
            .filter_map(|field| self.field(field, kind))
            .collect();
        // A union of Rust has a field.
        let has_fields = fields.iter().any(|field| field.kinds.len() > kind);
        let word = if declared.is_union && has_fields {
            "union"
        } else {
            "struct"
        };
        match lines.is_empty() {
            true => text.push_str(&format!("pub {word} {ident} {{}}\n")),
            false => text.push_str(&format!("pub {word} {ident} {{\n{}}}\n", lines.concat())),
        }
        text
    }

    fn field(&self, field: &Field, kind: usize) -> Option<String> {
        let mut text = String::new();
        if kind == 0 {
            for (why, on) in &field.left_out {
                let on = (self.phrase)(on);
                text.push_str(&format!(
                    "    // `{}` is left out for {on}: {why}.\n",
                    field.name
                ));
            }
        }
        if let Some(merged) = field.kinds.get(kind) {
            let is_optional = merged.on != *self.chosen;
            if is_optional {
                text.push_str(&format!(
                    "    /// {}\n",
                    sentence(&(self.phrase)(&merged.on))
                ));
            }
            for (shape, on) in &merged.of {
                let what = self.told(shape);
                text.push_str(&format!("    /// {what}: {}\n", (self.phrase)(on)));
            }
            let ident = ident(&field.name);
            let mut attributes = Vec::new();
            if ident.trim_start_matches("r#") != field.name {
                attributes.push(format!("name = \"{}\"", field.name));
            }
            if is_optional {
                attributes.push("optional".to_owned());
            }
            if merged.is_bitfield {
                attributes.push("bitfield".to_owned());
            }
            if !attributes.is_empty() {
                text.push_str(&format!("    #[core({})]\n", attributes.join(", ")));
            }
            text.push_str(&format!("    pub {ident}: {},\n", self.type_text(merged)));
        }
        (!text.is_empty()).then_some(text)
    }

    fn type_text(&self, merged: &Merged) -> String {
        self.shape_text(&merged.shape)
    }

    fn shape_text(&self, shape: &Shape) -> String {
        match shape {
            Shape::Int(int) => int_text(*int),
            Shape::Pointer(None) => "*const core::ffi::c_void".to_owned(),
            Shape::Pointer(Some(to)) => format!("*const {}", self.shape_text(to)),
            Shape::Array(element, len) => format!("[{}; {len}]", self.shape_text(element)),
            Shape::Record(space, name) => self.ident(&(*space, name.clone())),
            Shape::Enum(name) => self.ident(&(NameSpace::Enum, name.clone())),
            Shape::Unnamed(_) | Shape::Other => "()".to_owned(),
        }
    }

    fn ident(&self, key: &Key) -> String {
        let known = self.idents.get(key).cloned();
        known.unwrap_or_else(|| ident(&key.1))
    }

    /// One of several types, in words.
    fn told(&self, shape: &Shape) -> String {
        match shape {
            Shape::Int(int) if int.bits > 0 => {
                format!("{} bits of `{}`", int.bits, int_text(*int)).replace("1 bits", "1 bit")
            }
            Shape::Pointer(Some(to)) => match &**to {
                Shape::Record(space, name) => format!("`{} *`", type_name(*space, name)),
                to => format!("`*const {}`", self.shape_text(to)),
            },
            shape => format!("`{}`", self.shape_text(shape)),
        }
    }

    fn declare_enum(
        &self,
        declared: &Declared,
        doc: &str,
        (size, is_signed): (u32, bool),
        enumerators: &[(String, u64, KernelSet)],
    ) -> String {
        let repr = int_text(Int {
            size,
            is_signed,
            is_bool: false,
            bits: 0,
        });
        let own = &self.idents[&declared.key];
        let mut text = format!("{doc}#[derive(Clone, Copy, CoreEnum)]\n");
        if own.trim_start_matches("r#") != declared.key.1 {
            text.push_str(&format!("#[core(name = \"{}\")]\n", declared.key.1));
        }
        text.push_str(&format!("#[repr({repr})]\npub enum {own} {{\n"));
        let limit = match (size, is_signed) {
            (8, _) => u64::MAX,
            (size, _) => (1 << (size * 8)) - 1,
        };
        let mut taken: Vec<u64> = Vec::new();
        for (name, value, on) in enumerators {
            let is_optional = *on != declared.on;
            if is_optional {
                text.push_str(&format!("    /// {}\n", sentence(&(self.phrase)(on))));
            }
            let ident = ident(name);
            let mut attributes = Vec::new();
            if ident.trim_start_matches("r#") != name {
                attributes.push(format!("name = \"{name}\""));
            }
            if is_optional {
                attributes.push("optional".to_owned());
            }
            if !attributes.is_empty() {
                text.push_str(&format!("    #[core({})]\n", attributes.join(", ")));
            }
            let mut value = value & limit;
            if taken.contains(&value) {
                text.push_str(&format!(
                    "    // {}, as another one.\n",
                    number(value, size, is_signed)
                ));
                // Any other: the loader puts the kernel's value in.
                value = (0..=limit)
                    .rev()
                    .find(|other| !taken.contains(other))
                    .unwrap_or(value);
            }
            taken.push(value);
            text.push_str(&format!(
                "    {ident} = {},\n",
                number(value, size, is_signed)
            ));
        }
        text.push_str("}\n");
        text
    }
}

/// A value of an enum as its integer has it.
fn number(value: u64, size: u32, is_signed: bool) -> String {
    if !is_signed {
        return value.to_string();
    }
    let unused = 64 - size * 8;
    ((value << unused).cast_signed() >> unused).to_string()
}

fn int_text(int: Int) -> String {
    if int.is_bool {
        return "bool".to_owned();
    }
    let sign = if int.is_signed { 'i' } else { 'u' };
    format!("{sign}{}", int.size * 8)
}

/// Begins with a capital letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
