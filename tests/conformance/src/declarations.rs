//! BTF from C declarations: as much of C as the cases need, with four words more.
//!
//! * A struct, union or enum may be defined again: that is another type of the same name, as a
//!   kernel has them. A name means the definition before it, or else the one that follows.
//! * `__packed` after the body of a struct, and `__user` for a type tag, as in the kernel.
//! * `#pragma m32` in front: pointers and `long` have four bytes.
//!
//! An enum with a value of more than 32 bits, or with `: long`, is an enum64.

use bpf_core_btf::{Btf, BtfBuilder, Endian, Enumerator, Int, Kind, Param, TypeId};

use crate::types::{Composite, Node, Types};

/// What a text declares.
#[derive(Debug)]
pub struct Declarations<'c> {
    types: Types<'c>,
    tokens: Vec<&'c str>,
    at: usize,
}

/// The kind of a modifier, and its name if it has one.
type Modifier = (Kind, &'static str);

/// A declarator, from the name outwards.
enum Declarator<'c> {
    Name(&'c str),
    Ptr(Box<Self>),
    Modified(Modifier, Box<Self>),
    Array(Box<Self>, u32),
    Function(Box<Self>, Vec<Param<'c>>),
}

impl<'c> Declarations<'c> {
    /// Reads declarations.
    ///
    /// # Panics
    ///
    /// On a text that is not C.
    pub fn parse(text: &'c str) -> Self {
        Self::from_id(TypeId(1), text)
    }

    /// Reads the declarations of a module; `base` is the BTF of the kernel.
    ///
    /// # Panics
    ///
    /// On a text that is not C.
    pub fn parse_module(text: &'c str, base: &Btf<'_>) -> Self {
        Self::from_id(TypeId(base.type_count()), text)
    }

    fn from_id(first: TypeId, text: &'c str) -> Self {
        let (pointer_size, text) = match text.strip_prefix("#pragma m32") {
            Some(rest) => (4, rest),
            None => (8, text),
        };
        let mut declarations = Self {
            types: Types::new(first, pointer_size),
            tokens: tokens(text),
            at: 0,
        };
        while declarations.peek().is_some() {
            declarations.declaration();
        }
        declarations
    }

    /// The id of a type by its C name, such as `struct s` or `int *`. A type that was not declared
    /// is added.
    pub fn id(&mut self, name: &'c str) -> TypeId {
        self.tokens = tokens(name);
        self.at = 0;
        let base = self.specifier();
        let declarator = self.declarator();
        assert_eq!(self.peek(), None, "after `{name}`");
        self.apply(declarator, base).1
    }

    /// The BTF.
    pub fn to_btf(&self) -> Vec<u8> {
        self.types.write(BtfBuilder::new(Endian::Little))
    }

    /// The BTF of a module.
    pub fn to_module_btf(&self, base: &Btf<'_>) -> Vec<u8> {
        self.types.write(BtfBuilder::split(base))
    }

    fn declaration(&mut self) {
        let typedef = self.eat("typedef");
        let base = self.specifier();
        if !self.eat(";") {
            let declarator = self.declarator();
            let (name, to) = self.apply(declarator, base);
            self.expect(";");
            assert!(typedef, "`{name}`: variables are not for here");
            self.types.add(Node::Reference {
                kind: Kind::Typedef,
                name,
                to,
            });
        }
    }

    fn specifier(&mut self) -> TypeId {
        let mut modifiers = self.modifiers();
        let id = match self.next() {
            "void" => TypeId::VOID,
            "struct" => self.composite(false),
            "union" => self.composite(true),
            "enum" => self.enumeration(),
            word => self.named(word),
        };
        modifiers.extend(self.modifiers());
        modifiers
            .into_iter()
            .fold(id, |to, kind| self.reference(kind, to))
    }

    fn modifiers(&mut self) -> Vec<Modifier> {
        let mut modifiers = Vec::new();
        while let Some(kind) = self.peek().and_then(modifier) {
            self.at += 1;
            modifiers.push(kind);
        }
        modifiers
    }

    fn reference(&mut self, (kind, name): Modifier, to: TypeId) -> TypeId {
        self.types.once(Node::Reference { kind, name, to })
    }

    /// A number type, which may have more words, or a typedef.
    fn named(&mut self, first: &'c str) -> TypeId {
        let mut words = vec![first];
        while let Some(word @ ("char" | "short" | "int" | "long" | "__int128")) = self.peek() {
            if !matches!(first, "signed" | "unsigned" | "short" | "long") {
                break;
            }
            self.at += 1;
            words.push(word);
        }
        let long = self.types.pointer_size;
        let (name, size, encoding) = match words[..] {
            ["float"] => {
                return self.types.once(Node::Float {
                    name: "float",
                    size: 4,
                });
            }
            ["double"] => {
                return self.types.once(Node::Float {
                    name: "double",
                    size: 8,
                });
            }
            ["_Bool"] => ("_Bool", 1, 4),
            ["char"] => ("char", 1, Int::SIGNED),
            ["signed", "char"] => ("signed char", 1, Int::SIGNED),
            ["unsigned", "char"] => ("unsigned char", 1, 0),
            ["short"] => ("short", 2, Int::SIGNED),
            ["unsigned", "short"] => ("unsigned short", 2, 0),
            ["int"] => ("int", 4, Int::SIGNED),
            ["unsigned"] | ["unsigned", "int"] => ("unsigned int", 4, 0),
            ["long"] => ("long", long, Int::SIGNED),
            ["unsigned", "long"] => ("unsigned long", long, 0),
            ["long", "long"] => ("long long", 8, Int::SIGNED),
            ["unsigned", "long", "long"] => ("unsigned long long", 8, 0),
            ["__int128"] => ("__int128", 16, Int::SIGNED),
            ["unsigned", "__int128"] => ("unsigned __int128", 16, 0),
            _ => {
                let typedefs = self.types.iter().rev().find(|(_, node)| {
                    matches!(node, Node::Reference { kind: Kind::Typedef, name, .. } if *name == first)
                });
                return typedefs.unwrap_or_else(|| panic!("no type `{first}`")).0;
            }
        };
        self.types.once(Node::Int {
            name,
            size,
            encoding,
        })
    }

    /// What follows `struct` or `union`.
    fn composite(&mut self, union: bool) -> TypeId {
        let name = self.tag();
        let declared = self.tagged(name, union);
        if self.peek() != Some("{") {
            return declared.unwrap_or_else(|| self.types.add(Node::Fwd { name, union }));
        }
        // A forward declaration becomes this body.
        let open = declared.filter(|&id| matches!(self.types.get(id), Some(Node::Fwd { .. })));
        let empty = Composite {
            name,
            union,
            size: 0,
            align: 1,
            members: Vec::new(),
        };
        let id = match open {
            Some(id) => {
                self.types.set(id, Node::Composite(empty));
                id
            }
            None => self.types.add(Node::Composite(empty)),
        };
        self.expect("{");
        let mut members = Vec::new();
        while !self.eat("}") {
            self.member(&mut members);
        }
        let packed = self.eat("__packed");
        let composite = self.types.lay_out(name, union, packed, &members);
        self.types.set(id, Node::Composite(composite));
        id
    }

    /// The last struct or union of this name.
    fn tagged(&self, tag: &str, is_union: bool) -> Option<TypeId> {
        let named = |node: &Node<'_>| match node {
            Node::Fwd { name, union } => *name == tag && *union == is_union,
            Node::Composite(Composite { name, union, .. }) => *name == tag && *union == is_union,
            _ => false,
        };
        let mut found = self.types.iter().rev();
        found
            .find(|(_, node)| !tag.is_empty() && named(node))
            .map(|(id, _)| id)
    }

    fn member(&mut self, members: &mut Vec<(&'c str, TypeId, Option<u32>)>) {
        let base = self.specifier();
        if self.eat(";") {
            members.push(("", base, None));
            return;
        }
        loop {
            let declarator = self.declarator();
            let (name, id) = self.apply(declarator, base);
            let width = self.eat(":").then(|| self.number() as u32);
            members.push((name, id, width));
            if self.eat(";") {
                return;
            }
            self.expect(",");
        }
    }

    /// What follows `enum`.
    fn enumeration(&mut self) -> TypeId {
        let tag = self.tag();
        let underlying = self.eat(":").then(|| self.specifier());
        if !self.eat("{") {
            let known = self.types.iter().rev().find(
                |(_, node)| matches!(node, Node::Enum { name, .. } if !tag.is_empty() && *name == tag),
            );
            return known.unwrap_or_else(|| panic!("no `enum {tag}`")).0;
        }
        let (mut values, mut value) = (Vec::new(), 0);
        while !self.eat("}") {
            let name = self.next();
            if self.eat("=") {
                value = self.number();
            }
            values.push((name, value));
            value += 1;
            let _ = self.eat(",");
        }
        let (size, signed) = match underlying.and_then(|id| self.types.get(id)) {
            Some(&Node::Int { size, encoding, .. }) => (size, encoding & Int::SIGNED != 0),
            _ => {
                let signed = values.iter().any(|&(_, value)| value < 0);
                let range = if signed {
                    i64::from(i32::MIN)..i64::from(i32::MAX) + 1
                } else {
                    0..i64::from(u32::MAX) + 1
                };
                let short = values.iter().all(|(_, value)| range.contains(value));
                (if short { 4 } else { 8 }, signed)
            }
        };
        let values = values.iter().map(|&(name, value)| Enumerator {
            name,
            value: value.cast_unsigned(),
        });
        let values = values.collect();
        self.types.add(Node::Enum {
            name: tag,
            size,
            signed,
            values,
        })
    }

    fn tag(&mut self) -> &'c str {
        match self.peek() {
            Some(word) if is_word(word) => self.next(),
            _ => "",
        }
    }

    fn declarator(&mut self) -> Declarator<'c> {
        if self.eat("*") {
            return Declarator::Ptr(Box::new(self.declarator()));
        }
        if let Some(kind) = self.peek().and_then(modifier) {
            self.at += 1;
            return Declarator::Modified(kind, Box::new(self.declarator()));
        }
        let mut declarator = if self.eat("(") {
            let inner = self.declarator();
            self.expect(")");
            inner
        } else {
            Declarator::Name(self.tag())
        };
        loop {
            if self.eat("[") {
                let nelems = if self.peek() == Some("]") {
                    0
                } else {
                    self.number() as u32
                };
                self.expect("]");
                declarator = Declarator::Array(Box::new(declarator), nelems);
            } else if self.eat("(") {
                let params = self.params();
                declarator = Declarator::Function(Box::new(declarator), params);
            } else {
                return declarator;
            }
        }
    }

    fn params(&mut self) -> Vec<Param<'c>> {
        let mut params = Vec::new();
        while !self.eat(")") {
            let base = self.specifier();
            let declarator = self.declarator();
            let (name, type_id) = self.apply(declarator, base);
            if type_id != TypeId::VOID {
                params.push(Param { name, type_id });
            }
            let _ = self.eat(",");
        }
        params
    }

    fn apply(&mut self, declarator: Declarator<'c>, base: TypeId) -> (&'c str, TypeId) {
        let (inner, id) = match declarator {
            Declarator::Name(name) => return (name, base),
            Declarator::Ptr(inner) => (inner, self.reference((Kind::Ptr, ""), base)),
            Declarator::Modified(kind, inner) => (inner, self.reference(kind, base)),
            Declarator::Array(inner, nelems) => (
                inner,
                self.types.once(Node::Array {
                    element: base,
                    nelems,
                }),
            ),
            Declarator::Function(inner, params) => (
                inner,
                self.types.once(Node::FuncProto {
                    returns: base,
                    params,
                }),
            ),
        };
        self.apply(*inner, id)
    }

    fn peek(&self) -> Option<&'c str> {
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self) -> &'c str {
        let token = self
            .peek()
            .unwrap_or_else(|| panic!("more after `{}`", self.tokens.join(" ")));
        self.at += 1;
        token
    }

    fn eat(&mut self, token: &str) -> bool {
        let there = self.peek() == Some(token);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, token: &str) {
        let found = self.next();
        assert_eq!(found, token, "in `{}`", self.tokens.join(" "));
    }

    fn number(&mut self) -> i64 {
        let negative = self.eat("-");
        let digits = self.next();
        let value = match digits.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        let value = value
            .unwrap_or_else(|_| panic!("`{digits}` is no number"))
            .cast_signed();
        if negative { -value } else { value }
    }
}

fn modifier(word: &str) -> Option<Modifier> {
    match word {
        "const" => Some((Kind::Const, "")),
        "volatile" => Some((Kind::Volatile, "")),
        "restrict" => Some((Kind::Restrict, "")),
        "__user" => Some((Kind::TypeTag, "user")),
        _ => None,
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphanumeric() || first == '_')
}

fn tokens(mut text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    loop {
        text = text.trim_start();
        let Some(first) = text.chars().next() else {
            return tokens;
        };
        let word = text
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len());
        let (token, rest) = text.split_at(word.max(first.len_utf8()));
        tokens.push(token);
        text = rest;
    }
}
