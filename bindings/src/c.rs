//! Declarations in C: a `vmlinux.h` with few types, under `preserve_access_index`.

use std::collections::BTreeSet;

use bpf_core_catalogue::{KernelSet, NameSpace};

use crate::declared::{Body, Declared, Field};
use crate::merge::Merged;
use crate::model::Model;
use crate::shape::{Int, Shape};

/// What `bpf_helpers.h` of libbpf needs in front of it.
const START: &str = "#ifndef __VMLINUX_H__
#define __VMLINUX_H__

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef __s8 s8;
typedef __u8 u8;
typedef __s16 s16;
typedef __u16 u16;
typedef __s32 s32;
typedef __u32 u32;
typedef __s64 s64;
typedef __u64 u64;
typedef _Bool bool;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

";

const END: &str = "
#pragma clang attribute pop

#endif
";

impl Model {
    /// The declarations as a header. `chosen` are the kernels that they are for.
    pub fn c(&self, chosen: &KernelSet, phrase: &dyn Fn(&KernelSet) -> String) -> String {
        let mut writer = Writer {
            chosen,
            phrase,
            enumerators: BTreeSet::new(),
        };
        let mut text = START.to_owned();
        let records = self
            .types
            .iter()
            .filter(|one| matches!(one.key.0, NameSpace::Struct | NameSpace::Union));
        for declared in records {
            text.push_str(&format!("{};\n", word(declared, 0)));
        }
        for declared in &self.types {
            let body = match &declared.body {
                Body::Record(fields) => writer.record(declared, fields),
                Body::Enum { enumerators, .. } => writer.declare_enum(declared, enumerators),
            };
            if !body.is_empty() {
                text.push('\n');
                text.push_str(&body);
            }
        }
        text + END
    }
}

struct Writer<'m> {
    chosen: &'m KernelSet,
    phrase: &'m dyn Fn(&KernelSet) -> String,
    /// C has one name space for all of them.
    enumerators: BTreeSet<String>,
}

/// `struct task_struct`, `struct task_struct___2`.
fn word(declared: &Declared, kind: usize) -> String {
    let name = &declared.key.1;
    let word = if declared.is_union { "union" } else { "struct" };
    match kind {
        0 => format!("{word} {name}"),
        _ => format!("{word} {name}___{}", kind + 1),
    }
}

impl Writer<'_> {
    fn record(&self, declared: &Declared, fields: &[Field]) -> String {
        let is_typedef = declared.key.0 == NameSpace::Typedef;
        let kinds = fields.iter().map(|field| field.kinds.len()).max();
        let texts = (0..kinds.unwrap_or(0).max(1)).map(|kind| {
            let lines: String = fields.iter().map(|field| self.field(field, kind)).collect();
            let body = if lines.is_empty() {
                " {}".to_owned()
            } else {
                format!(" {{\n{lines}}}")
            };
            let head = word(declared, kind);
            match (is_typedef, head.split_once(' ')) {
                (true, Some((word, name))) => format!("typedef {word}{body} {name};\n"),
                _ => format!("{head}{body};\n"),
            }
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    fn field(&self, field: &Field, kind: usize) -> String {
        let mut text = String::new();
        if kind == 0 {
            for (why, on) in &field.left_out {
                let on = (self.phrase)(on);
                text.push_str(&format!(
                    "\t/* `{}` is left out for {on}: {why} */\n",
                    field.name
                ));
            }
        }
        let Some(merged) = field.kinds.get(kind) else {
            return text;
        };
        let mut notes = Vec::new();
        if merged.on != *self.chosen {
            notes.push((self.phrase)(&merged.on));
        }
        for (shape, on) in &merged.of {
            notes.push(format!("{}: {}", declarator(shape, ""), (self.phrase)(on)));
        }
        if !notes.is_empty() {
            text.push_str(&format!("\t/* {} */\n", notes.join("; ")));
        }
        text.push_str(&format!("\t{};\n", member(merged, &field.name)));
        text
    }

    fn declare_enum(
        &mut self,
        declared: &Declared,
        enumerators: &[(String, u64, KernelSet)],
    ) -> String {
        let mut text = format!("enum {} {{\n", declared.key.1);
        for (name, value, on) in enumerators {
            // libbpf leaves a flavour away from an enumerator too.
            let mut name = name.clone();
            let mut flavour = 2;
            while !self.enumerators.insert(name.clone()) {
                name = format!("{name}___{flavour}");
                flavour += 1;
            }
            let note = match *on == declared.on {
                true => String::new(),
                false => format!(" /* {} */", (self.phrase)(on)),
            };
            text.push_str(&format!("\t{name} = {},{note}\n", value.cast_signed()));
        }
        text.push_str("};\n");
        text
    }
}

/// A bit-field is declared as one where the newest kernels have one: `BPF_CORE_READ_BITFIELD` takes either.
fn member(merged: &Merged, name: &str) -> String {
    let newest = merged.of.first().map_or(&merged.shape, |(shape, _)| shape);
    match (merged.is_bitfield, &merged.shape, newest) {
        (true, Shape::Int(int), Shape::Int(newest)) if newest.bits > 0 => {
            format!("{} {name}: {}", int_text(*int), newest.bits)
        }
        (_, shape, _) => declarator(shape, name),
    }
}

/// `struct list_head *name[2]`: C writes a type around the name.
pub(crate) fn declarator(shape: &Shape, name: &str) -> String {
    match shape {
        Shape::Pointer(None) => format!("void *{name}"),
        Shape::Pointer(Some(to)) => declarator(to, &format!("*{name}")),
        Shape::Array(element, len) => {
            let len = if *len == 0 {
                String::new()
            } else {
                len.to_string()
            };
            declarator(element, &format!("{name}[{len}]"))
        }
        other => {
            let space = if name.is_empty() { "" } else { " " };
            format!("{}{space}{name}", base(other))
        }
    }
}

fn base(shape: &Shape) -> String {
    match shape {
        Shape::Int(int) if int.bits > 0 => format!("{}:{}", int_text(*int), int.bits),
        Shape::Int(int) => int_text(*int),
        Shape::Record(NameSpace::Typedef, name) => name.clone(),
        Shape::Record(NameSpace::Union, name) => format!("union {name}"),
        Shape::Record(_, name) => format!("struct {name}"),
        Shape::Enum(name) => format!("enum {name}"),
        _ => "void".to_owned(),
    }
}

fn int_text(int: Int) -> String {
    match (int.is_bool, int.size, int.is_signed) {
        (true, ..) => "bool".to_owned(),
        (_, 16, true) => "__int128".to_owned(),
        (_, 16, false) => "unsigned __int128".to_owned(),
        (_, size, true) => format!("s{}", size * 8),
        (_, size, false) => format!("u{}", size * 8),
    }
}
