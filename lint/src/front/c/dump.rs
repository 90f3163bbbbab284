//! Writes the BTF of a kernel as a C header for libclang. Each type has its name and stands in an
//! order that compiles. The header has no padding, so its offsets are not those of the kernel.

use std::collections::HashMap;
use std::fmt::Write as _;

use bpf_core_btf::{Btf, Kind, Type, TypeId};

/// Anonymous records in each other, and chains of modifiers. C compilers stop at 256.
const MAX_DEPTH: usize = 64;

/// Types that the compiler brings along.
const BUILTIN: &[&str] = &["__builtin_va_list", "__va_list_tag"];

/// Writes the header.
pub(super) fn header(btf: &Btf<'_>) -> String {
    let mut dump = Dump {
        btf,
        out: String::with_capacity(4 << 20),
        state: vec![State::New; btf.type_count() as usize],
        tags: Names::default(),
        ordinary: Names::default(),
    };
    dump.out.push_str(
        "#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\
         #pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n",
    );
    dump.forward();
    for ty in btf.types() {
        match ty.kind() {
            Kind::Struct | Kind::Union if !ty.name().is_empty() => dump.complete(ty.id(), 0),
            Kind::Typedef => dump.typedef(ty.id(), 0),
            _ => {}
        }
    }
    dump.out.push_str("#pragma clang attribute pop\n#endif\n");
    dump.out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On its way: met again, it is its own member, which only broken BTF has.
    Entered,
    Done,
}

/// The names that are taken, and which type has which.
#[derive(Default)]
struct Names {
    taken: HashMap<String, u32>,
    of: HashMap<TypeId, String>,
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

    fn of(&mut self, id: TypeId, name: &str) -> String {
        if let Some(name) = self.of.get(&id) {
            return name.clone();
        }
        let name = self.take(name);
        self.of.insert(id, name.clone());
        name
    }
}

struct Dump<'b> {
    btf: &'b Btf<'b>,
    out: String,
    state: Vec<State>,
    tags: Names,
    ordinary: Names,
}

impl<'b> Dump<'b> {
    fn get(&self, id: TypeId) -> Option<Type<'b>> {
        self.btf.type_by_id(id)
    }

    /// What stands for itself: names of records, and enumerations.
    fn forward(&mut self) {
        for ty in self.btf.types() {
            match ty.kind() {
                Kind::Struct | Kind::Union if is_name(ty.name()) => {
                    let name = self.tags.of(ty.id(), ty.name());
                    self.line(&format!("{} {name};", keyword(ty)));
                }
                Kind::Enum | Kind::Enum64 => self.enumeration(ty),
                _ => {}
            }
        }
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn enumeration(&mut self, ty: Type<'b>) {
        if ty.enumerators().next().is_none() {
            return;
        }
        let name = match ty.name() {
            name if is_name(name) => self.tags.of(ty.id(), name),
            _ => String::new(),
        };
        let mut text = format!("enum {name} {{");
        for one in ty.enumerators().filter(|one| is_name(one.name)) {
            let name = self.ordinary.take(one.name);
            // Writing to a string does not fail, here and below.
            let _ = match i64::try_from(one.value) {
                Ok(value) => write!(text, " {name} = {value},"),
                // The bits of a negative number.
                Err(_) if ty.kind_flag() => {
                    write!(text, " {name} = {},", negative(one.value.cast_signed()))
                }
                Err(_) => write!(text, " {name} = {}ULL,", one.value),
            };
        }
        let size = match ty.size() {
            Some(1) => " __attribute__((mode(byte)))",
            Some(2) => " __attribute__((mode(HI)))",
            _ => "",
        };
        self.line(&format!("{text} }}{size};"));
    }

    /// Writes a record, what it needs before it.
    fn complete(&mut self, id: TypeId, depth: usize) {
        let Some(ty) = self.get(id).filter(|_| depth < MAX_DEPTH) else {
            return;
        };
        let at = id.0 as usize;
        if self.state[at] != State::New || BUILTIN.contains(&ty.name()) || !is_name(ty.name()) {
            return;
        }
        self.state[at] = State::Entered;
        self.need_members(ty, depth + 1);
        let name = self.tags.of(id, ty.name());
        let body = self.body(ty, depth);
        self.line(&format!("{} {name} {body};", keyword(ty)));
        self.state[at] = State::Done;
    }

    fn typedef(&mut self, id: TypeId, depth: usize) {
        let Some(ty) = self.get(id).filter(|_| depth < MAX_DEPTH) else {
            return;
        };
        let at = id.0 as usize;
        if self.state[at] != State::New || BUILTIN.contains(&ty.name()) || !is_name(ty.name()) {
            return;
        }
        self.state[at] = State::Entered;
        let to = ty.referenced().unwrap_or(TypeId::VOID);
        self.need(to, false, depth + 1);
        let name = self.ordinary.of(id, ty.name());
        let text = self.declare(to, name, depth);
        self.line(&format!("typedef {text};"));
        self.state[at] = State::Done;
    }

    /// Writes what `id` needs before it can be named; with `whole`, before it can be a member.
    fn need(&mut self, id: TypeId, whole: bool, depth: usize) {
        let Some(ty) = self.get(id).filter(|_| depth < MAX_DEPTH) else {
            return;
        };
        match ty.kind() {
            Kind::Struct | Kind::Union if ty.name().is_empty() => self.need_members(ty, depth + 1),
            Kind::Struct | Kind::Union if whole => self.complete(id, depth + 1),
            Kind::Typedef => {
                self.typedef(id, depth + 1);
                if whole && let Some(to) = ty.referenced() {
                    self.need(to, true, depth + 1);
                }
            }
            Kind::Array => {
                if let Some(array) = ty.array() {
                    self.need(array.element, true, depth + 1);
                }
            }
            Kind::FuncProto => {
                for param in ty.params() {
                    self.need(param.type_id, false, depth + 1);
                }
                if let Some(to) = ty.referenced() {
                    self.need(to, false, depth + 1);
                }
            }
            Kind::Ptr => {
                if let Some(to) = ty.referenced() {
                    self.need(to, false, depth + 1);
                }
            }
            _ => {
                if let Some(to) = ty.referenced() {
                    self.need(to, whole, depth + 1);
                }
            }
        }
    }

    fn need_members(&mut self, ty: Type<'b>, depth: usize) {
        for member in ty.members() {
            self.need(member.type_id, true, depth);
        }
    }

    fn body(&mut self, ty: Type<'b>, depth: usize) -> String {
        let mut text = "{".to_owned();
        for member in ty.members() {
            let name = if is_name(member.name) {
                member.name
            } else {
                ""
            };
            let declared = self.declare(member.type_id, name.to_owned(), depth + 1);
            let _ = match member.bitfield_size {
                0 => write!(text, " {declared};"),
                bits => write!(text, " {declared} : {bits};"),
            };
        }
        text.push_str(" }");
        text
    }

    /// `inner`, declared to be of a type.
    fn declare(&mut self, id: TypeId, inner: String, depth: usize) -> String {
        let Some(ty) = self.get(id).filter(|_| depth < MAX_DEPTH) else {
            return format!("int {inner}");
        };
        let to = ty.referenced().unwrap_or(TypeId::VOID);
        let named = |base: &str| format!("{base} {inner}").trim_end().to_owned();
        match ty.kind() {
            Kind::Void => named("void"),
            Kind::Int | Kind::Float => named(ty.name()),
            Kind::Ptr => {
                let inner = match self.skip_tags(to).map(|to| to.kind()) {
                    Some(Kind::Array | Kind::FuncProto) => format!("(*{inner})"),
                    _ => format!("*{inner}"),
                };
                self.declare(to, inner, depth + 1)
            }
            Kind::Array => {
                let Some(array) = ty.array() else {
                    return named("int");
                };
                let inner = format!("{inner}[{}]", array.nelems);
                self.declare(array.element, inner, depth + 1)
            }
            Kind::FuncProto => {
                let mut params: Vec<String> = Vec::new();
                for param in ty.params() {
                    params.push(match param.type_id {
                        TypeId::VOID => "...".to_owned(),
                        id => self.declare(id, String::new(), depth + 1),
                    });
                }
                if params.first().is_none_or(|first| first == "...") {
                    params = vec!["void".to_owned()];
                }
                self.declare(to, format!("{inner}({})", params.join(", ")), depth + 1)
            }
            Kind::Const => match self.skip_tags(to).map(|to| to.kind()) {
                Some(Kind::Array | Kind::FuncProto) => self.declare(to, inner, depth + 1),
                _ => self.declare(to, format!("const {inner}"), depth + 1),
            },
            Kind::TypeTag if ty.name() == "user" => {
                let tag = format!("__attribute__((btf_type_tag(\"user\"))) {inner}");
                self.declare(to, tag, depth + 1)
            }
            Kind::Volatile | Kind::Restrict | Kind::TypeTag => self.declare(to, inner, depth + 1),
            Kind::Typedef if is_name(ty.name()) => {
                let name = match ty.name() {
                    name if BUILTIN.contains(&name) => name.to_owned(),
                    name => self.ordinary.of(id, name),
                };
                named(&name)
            }
            Kind::Struct | Kind::Union if ty.name().is_empty() => {
                let body = self.body(ty, depth + 1);
                named(&format!("{} {body}", keyword(ty)))
            }
            Kind::Struct | Kind::Union | Kind::Fwd if is_name(ty.name()) => {
                let name = match ty.kind() {
                    Kind::Fwd => ty.name().to_owned(),
                    _ => self.tags.of(id, ty.name()),
                };
                named(&format!("{} {name}", keyword(ty)))
            }
            Kind::Enum | Kind::Enum64 if is_name(ty.name()) && ty.enumerators().len() > 0 => {
                let name = self.tags.of(id, ty.name());
                named(&format!("enum {name}"))
            }
            Kind::Enum64 => named("long"),
            _ => named("int"),
        }
    }

    /// The type behind tags and qualifiers, which do not change how a pointer to it is written.
    fn skip_tags(&self, mut id: TypeId) -> Option<Type<'b>> {
        for _ in 0..MAX_DEPTH {
            let ty = self.get(id)?;
            match ty.kind() {
                Kind::Const | Kind::Volatile | Kind::Restrict | Kind::TypeTag => {
                    id = ty.referenced()?;
                }
                _ => return Some(ty),
            }
        }
        None
    }
}

fn keyword(ty: Type<'_>) -> &'static str {
    match ty.kind() {
        Kind::Union => "union",
        // The flag of a forward declaration says which.
        Kind::Fwd if ty.kind_flag() => "union",
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

#[cfg(test)]
mod tests {
    use bpf_core_btf::{Btf, BtfBuilder, Endian, Member};

    #[test]
    fn writes_what_is_needed_first() {
        let mut builder = BtfBuilder::new(Endian::Little);
        let int = builder.int("int", 4, 1);
        let member = |name, type_id, bit_offset, bitfield_size| Member {
            name,
            type_id,
            bit_offset,
            bitfield_size,
        };
        // The outer one comes first, as in a kernel's BTF.
        let inner = bpf_core_btf::TypeId(int.0 + 2);
        let members = [member("in", inner, 0, 0), member("bits", int, 32, 3)];
        builder.structure("outer", 8, &members);
        builder.structure("inner", 4, &[member("value", int, 0, 0)]);
        let blob = builder.finish();
        let btf = Btf::parse(&blob).expect("well-formed BTF");
        let header = super::header(&btf);
        let at = |text: &str| {
            header
                .find(text)
                .unwrap_or_else(|| panic!("{text} in {header}"))
        };
        assert!(at("struct inner { int value; };") < at("struct outer {"));
        at("struct outer { struct inner in; int bits : 3; };");
        at("preserve_access_index");
    }
}
