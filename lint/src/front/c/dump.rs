//! Writes the types of known kernels as a C header for libclang: what any of them has, under one name.
//! Each type stands in an order that compiles. The header has no padding, so its offsets are those of no
//! kernel.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use anyhow::Result;
use bpf_core_catalogue::{
    Definition, Enum, KernelSet, Member, NameSpace, Prototype, Qualifier, Record, TypeRef,
};
use bpf_core_kernel_facts::enumerators;

use super::members::{members, record, skip_tags};
use crate::known::Known;

/// Unnamed records in each other, and chains of modifiers. C compilers stop at 256.
const MAX_DEPTH: usize = 64;

/// Types that the compiler brings along.
const BUILTIN: &[&str] = &["__builtin_va_list", "__va_list_tag"];

/// What `bpftool btf dump file vmlinux format c` defines too, for the kfuncs that it declares.
const MACROS: &str = "#ifndef __ksym\n#define __ksym __attribute__((section(\".ksyms\")))\n#endif\n\
    #ifndef __weak\n#define __weak __attribute__((weak))\n#endif\n\
    #ifndef __bpf_fastcall\n#define __bpf_fastcall\n#endif\n";

/// A name of one name space.
type Key = (NameSpace, String);

/// What kernels have under a name, the newest first.
type Types = BTreeMap<Key, Vec<Definition>>;

/// The newest kernel's definition comes first, and that of the kernel itself before those of modules.
type Rank = std::cmp::Reverse<([u32; 3], bool)>;

/// Writes the header of some kernels.
pub(super) fn header(known: &Known<'_>, kernels: &KernelSet) -> Result<String> {
    let types = types(known, kernels)?;
    let mut dump = Dump {
        types: &types,
        out: String::with_capacity(8 << 20),
        state: HashMap::new(),
        tags: Names::default(),
        ordinary: Names::default(),
    };
    dump.out
        .push_str("#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n");
    dump.out.push_str(MACROS);
    dump.out.push_str(
        "#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n",
    );
    dump.forward();
    for (key, all) in &types {
        match key.0 {
            NameSpace::Struct | NameSpace::Union => dump.complete(key, all, 0),
            NameSpace::Typedef => dump.typedef(key, all, 0),
            _ => {}
        }
    }
    dump.out.push_str("#pragma clang attribute pop\n");
    dump.unnamed();
    dump.out.push_str("#endif\n");
    Ok(dump.out)
}

/// The definitions that some of the kernels have.
fn types(known: &Known<'_>, kernels: &KernelSet) -> Result<Types> {
    let mut found: BTreeMap<Key, Vec<(Rank, Definition)>> = BTreeMap::new();
    for (first, catalogue) in known.catalogues() {
        let mut failed = None;
        catalogue.for_each(|entry| {
            let wanted = matches!(
                entry.space,
                NameSpace::Struct | NameSpace::Union | NameSpace::Enum | NameSpace::Typedef
            );
            if !wanted || !is_name(entry.name) || BUILTIN.contains(&entry.name) {
                return;
            }
            let on = entry.kernels();
            let numbers = on.iter().filter(|at| kernels.contains(first + at));
            let newest = numbers.map(|at| catalogue.kernels()[at].numbers()).max();
            let Some(newest) = newest else { return };
            let in_kernel = entry.owners.iter().any(|(module, _)| module.is_none());
            let rank = std::cmp::Reverse((newest, in_kernel));
            match entry.definition() {
                // One without enumerators is none in C.
                Ok(Definition::Enum(one))
                    if !one.enumerators.iter().any(|(name, _)| is_name(name)) => {}
                Ok(definition) => {
                    let key = (entry.space, entry.name.to_owned());
                    found.entry(key).or_default().push((rank, definition));
                }
                Err(error) => failed = Some(error),
            }
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
    }
    let newest_first = found.into_iter().map(|(key, mut all)| {
        all.sort_by_key(|(rank, _)| *rank);
        let definitions = all.into_iter().map(|(_, definition)| definition);
        (key, definitions.collect())
    });
    Ok(newest_first.collect())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// On its way: met again, it is its own member, in kernels that do not agree.
    Entered,
    Done,
}

/// The names that are taken in one of C's name spaces, and which type has which.
#[derive(Default)]
struct Names {
    taken: HashMap<String, u32>,
    of: HashMap<Key, String>,
}

impl Names {
    /// A name for something called `name`: itself, or with a suffix that CO-RE ignores.
    fn take(&mut self, name: &str) -> String {
        let count = self.taken.entry(name.to_owned()).or_insert(0);
        *count += 1;
        match *count {
            1 => name.to_owned(),
            count => format!("{name}___{count}"),
        }
    }

    fn of(&mut self, key: &Key) -> String {
        if let Some(name) = self.of.get(key) {
            return name.clone();
        }
        let name = self.take(&key.1);
        self.of.insert(key.clone(), name.clone());
        name
    }
}

struct Dump<'t> {
    types: &'t Types,
    out: String,
    state: HashMap<&'t Key, State>,
    tags: Names,
    ordinary: Names,
}

impl<'t> Dump<'t> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// What stands for itself: names of records, and enums.
    fn forward(&mut self) {
        for (key, all) in self.types {
            match key.0 {
                NameSpace::Struct | NameSpace::Union => {
                    let name = self.tags.of(key);
                    self.line(&format!("{} {name};", keyword(key.0)));
                }
                NameSpace::Enum => {
                    let enums = all.iter().filter_map(|one| match one {
                        Definition::Enum(one) => Some(one),
                        _ => None,
                    });
                    let name = self.tags.of(key);
                    let text = self.enumeration(&name, enums);
                    self.line(&format!("{text};"));
                }
                _ => {}
            }
        }
    }

    /// An enum with the enumerators of all of `enums`. The value is that of the first that has it.
    fn enumeration<'e>(&mut self, name: &str, enums: impl Iterator<Item = &'e Enum>) -> String {
        let mut seen = HashSet::new();
        let mut text = format!("enum {name} {{");
        let mut size = None;
        for one in enums {
            size.get_or_insert(one.size);
            for (name, value) in &one.enumerators {
                if !is_name(name) || !seen.insert(name.clone()) {
                    continue;
                }
                let name = self.ordinary.take(name);
                // Writing to a string does not fail, here and below.
                let _ = match i64::try_from(*value) {
                    Ok(value) => write!(text, " {name} = {value},"),
                    // The bits of a negative number.
                    Err(_) if one.is_signed => {
                        write!(text, " {name} = {},", negative(value.cast_signed()))
                    }
                    Err(_) => write!(text, " {name} = {value}ULL,"),
                };
            }
        }
        let size = match size {
            Some(1) => " __attribute__((mode(byte)))",
            Some(2) => " __attribute__((mode(HI)))",
            _ => "",
        };
        format!("{text} }}{size}")
    }

    /// The enumerators of enums without a name, of which catalogues keep nothing.
    fn unnamed(&mut self) {
        for (name, value) in enumerators::unnamed() {
            if !self.ordinary.taken.contains_key(name) {
                let name = self.ordinary.take(name);
                self.line(&format!("enum {{ {name} = {} }};", negative(value)));
            }
        }
    }

    /// Writes a record, what it needs before it.
    fn complete(&mut self, key: &'t Key, all: &'t [Definition], depth: usize) {
        if depth > MAX_DEPTH || self.state.contains_key(key) {
            return;
        }
        self.state.insert(key, State::Entered);
        let members = members(all.iter().filter_map(record));
        for member in &members {
            self.need(&member.type_ref, true, depth + 1);
        }
        let name = self.tags.of(key);
        let body = self.body(&members, depth);
        self.line(&format!("{} {name} {body};", keyword(key.0)));
        self.state.insert(key, State::Done);
    }

    fn typedef(&mut self, key: &'t Key, all: &'t [Definition], depth: usize) {
        let Some(Definition::Typedef(to)) = all.first() else {
            return;
        };
        if depth > MAX_DEPTH || self.state.contains_key(key) {
            return;
        }
        self.state.insert(key, State::Entered);
        let name = self.ordinary.of(key);
        let text = match self.unnamed_records(all) {
            // `kernel_cap_t` had `cap`, and has `val`.
            Some(records) => {
                let members = members(records.into_iter());
                for member in &members {
                    self.need(&member.type_ref, true, depth + 1);
                }
                format!("struct {} {name}", self.body(&members, depth))
            }
            None => {
                self.need(to, false, depth + 1);
                self.declare(to, name, depth)
            }
        };
        self.line(&format!("typedef {text};"));
        self.state.insert(key, State::Done);
    }

    /// The records that kernels give a name by a typedef, where they differ and not all have a name of their own.
    fn unnamed_records(&self, all: &'t [Definition]) -> Option<Vec<&'t Record>> {
        let types = self.types;
        let mut has_unnamed = false;
        let mut records = Vec::new();
        for definition in all {
            let Definition::Typedef(to) = definition else {
                return None;
            };
            match to {
                TypeRef::Unnamed(inner) => {
                    has_unnamed = true;
                    records.push(record(inner)?);
                }
                TypeRef::Named { space, name, .. } => {
                    let of = types.get(&(*space, name.clone()))?;
                    records.extend(of.iter().filter_map(record));
                }
                _ => return None,
            }
        }
        (has_unnamed && records.len() > 1).then_some(records)
    }

    /// Writes what a type needs before it can be named; with `whole`, before it can be a member.
    fn need(&mut self, of: &'t TypeRef, whole: bool, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match of {
            TypeRef::Named { space, name, .. } => {
                let types = self.types;
                let Some((key, all)) = types.get_key_value(&(*space, name.clone())) else {
                    return;
                };
                match space {
                    NameSpace::Struct | NameSpace::Union if whole => {
                        self.complete(key, all, depth + 1);
                    }
                    NameSpace::Typedef => {
                        self.typedef(key, all, depth + 1);
                        if whole && let Some(Definition::Typedef(to)) = all.first() {
                            self.need(to, true, depth + 1);
                        }
                    }
                    _ => {}
                }
            }
            TypeRef::Pointer(to) => self.need(to, false, depth + 1),
            TypeRef::Qualified(_, to) | TypeRef::Tagged(_, to) => self.need(to, whole, depth + 1),
            TypeRef::Array { element, .. } => self.need(element, true, depth + 1),
            TypeRef::Prototype(prototype) => {
                for (_, parameter) in &prototype.parameters {
                    self.need(parameter, false, depth + 1);
                }
                self.need(&prototype.result, false, depth + 1);
            }
            TypeRef::Unnamed(definition) => {
                if let Definition::Record(record) = &**definition {
                    for member in &record.members {
                        self.need(&member.type_ref, true, depth + 1);
                    }
                }
            }
            TypeRef::Void | TypeRef::Forward { .. } => {}
        }
    }

    fn body(&mut self, members: &[&'t Member], depth: usize) -> String {
        let mut text = "{".to_owned();
        for member in members {
            // A record that contains itself, in kernels that do not agree.
            if !self.is_whole(&member.type_ref) {
                continue;
            }
            let name = match is_name(&member.name) {
                true => member.name.clone(),
                false => String::new(),
            };
            let declared = self.declare(&member.type_ref, name, depth + 1);
            let _ = match member.bitfield_size {
                0 => write!(text, " {declared};"),
                bits => write!(text, " {declared} : {bits};"),
            };
        }
        text.push_str(" }");
        text
    }

    /// Whether a type is complete where it is a member.
    fn is_whole(&self, of: &TypeRef) -> bool {
        match of {
            TypeRef::Named { space, name, .. } => {
                match self.types.get_key_value(&(*space, name.clone())) {
                    Some((key, all)) => match (space, all.first()) {
                        (NameSpace::Struct | NameSpace::Union, _) => {
                            self.state.get(key) == Some(&State::Done)
                        }
                        (NameSpace::Typedef, Some(Definition::Typedef(to))) => {
                            self.state.get(key) == Some(&State::Done) && self.is_whole(to)
                        }
                        _ => true,
                    },
                    None => !matches!(
                        space,
                        NameSpace::Struct | NameSpace::Union | NameSpace::Typedef
                    ),
                }
            }
            TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => self.is_whole(of),
            TypeRef::Array { element, .. } => self.is_whole(element),
            TypeRef::Forward { .. } | TypeRef::Void => false,
            _ => true,
        }
    }

    /// `inner`, declared to be of a type.
    fn declare(&mut self, of: &'t TypeRef, inner: String, depth: usize) -> String {
        if depth > MAX_DEPTH {
            return format!("int {inner}");
        }
        let named = |base: &str| format!("{base} {inner}").trim_end().to_owned();
        match of {
            TypeRef::Void => named("void"),
            TypeRef::Named { space, name, .. } => {
                let text = self.named(*space, name);
                named(&text)
            }
            TypeRef::Forward { is_union, name } => named(&format!(
                "{} {name}",
                if *is_union { "union" } else { "struct" }
            )),
            TypeRef::Pointer(to) => {
                let inner = match skip_tags(to) {
                    TypeRef::Array { .. } | TypeRef::Prototype(_) => format!("(*{inner})"),
                    _ => format!("*{inner}"),
                };
                self.declare(to, inner, depth + 1)
            }
            TypeRef::Array { element, len } => {
                self.declare(element, format!("{inner}[{len}]"), depth + 1)
            }
            TypeRef::Prototype(prototype) => self.prototype(prototype, &inner, depth),
            TypeRef::Qualified(Qualifier::Const, to) => match skip_tags(to) {
                TypeRef::Array { .. } | TypeRef::Prototype(_) => self.declare(to, inner, depth + 1),
                _ => self.declare(to, format!("const {inner}"), depth + 1),
            },
            TypeRef::Tagged(tag, to) if tag == "user" => {
                let tag = format!("__attribute__((btf_type_tag(\"user\"))) {inner}");
                self.declare(to, tag, depth + 1)
            }
            TypeRef::Qualified(_, to) | TypeRef::Tagged(_, to) => {
                self.declare(to, inner, depth + 1)
            }
            TypeRef::Unnamed(definition) => match &**definition {
                Definition::Record(record) => {
                    let members: Vec<&Member> = record.members.iter().collect();
                    let body = self.body(&members, depth + 1);
                    named(&format!(
                        "{} {body}",
                        if record.is_union { "union" } else { "struct" }
                    ))
                }
                _ => named("int"),
            },
        }
    }

    fn prototype(&mut self, prototype: &'t Prototype, inner: &str, depth: usize) -> String {
        let mut parameters: Vec<String> = Vec::new();
        for (_, parameter) in &prototype.parameters {
            parameters.push(match parameter {
                TypeRef::Void => "...".to_owned(),
                of => self.declare(of, String::new(), depth + 1),
            });
        }
        if parameters.first().is_none_or(|first| first == "...") {
            parameters = vec!["void".to_owned()];
        }
        let inner = format!("{inner}({})", parameters.join(", "));
        self.declare(&prototype.result, inner, depth + 1)
    }

    /// A type by its name. One that C does not have is a number: vectors of arm64.
    fn named(&mut self, space: NameSpace, name: &str) -> String {
        let key = (space, name.to_owned());
        match space {
            NameSpace::Struct | NameSpace::Union | NameSpace::Enum => {
                let text = match self.types.contains_key(&key) {
                    true => self.tags.of(&key),
                    false => name.to_owned(),
                };
                match (space, self.types.contains_key(&key)) {
                    (NameSpace::Enum, false) => "int".to_owned(),
                    _ => format!("{} {text}", keyword(space)),
                }
            }
            NameSpace::Typedef if BUILTIN.contains(&name) => name.to_owned(),
            NameSpace::Typedef if self.types.contains_key(&key) => self.ordinary.of(&key),
            NameSpace::Int | NameSpace::Float
                if !name.starts_with("__SV") && !name.starts_with("__Int") =>
            {
                name.to_owned()
            }
            _ => "int".to_owned(),
        }
    }
}

fn keyword(space: NameSpace) -> &'static str {
    match space {
        NameSpace::Union => "union",
        NameSpace::Enum => "enum",
        _ => "struct",
    }
}

/// The least number has no literal of its own.
fn negative(value: i64) -> String {
    match value {
        i64::MIN => "(-9223372036854775807LL - 1)".to_owned(),
        value => value.to_string(),
    }
}

/// Whether it can stand in C. Kernels with Rust in them have others.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}
