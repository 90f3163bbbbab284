//! Writes the types of one kernel as BTF.

use std::collections::HashMap;

use bpf_core_btf::{Array, BtfBuilder, Endian, Enumerator, Kind, Member, Param, TypeId};

use crate::ask::Ask;
use crate::closure::{Closure, Found, Place};
use crate::definition::{Definition, Enum, NameSpace, Prototype, Qualifier, Record, TypeRef};

/// BTF in the making: types refer to each other in circles, so their ids are given before they are
/// written.
pub(crate) struct Blob<'a, 'c> {
    ask: &'a Ask,
    closure: &'a Closure<'c>,
    /// Of the definition that is being written.
    place: Place<'a>,
    nodes: Vec<Node<'a>>,
    complete: HashMap<*const Found<'c>, TypeId>,
    /// Records without members.
    hollow: HashMap<(NameSpace, &'a str), TypeId>,
}

/// A type whose references are ids.
enum Node<'a> {
    /// A type that is being looked at.
    Pending,
    Plain(Kind, &'a str, TypeId),
    Int(&'a str, u32, u8),
    Float(&'a str, u32),
    Record(&'a str, &'a Record, Vec<TypeId>),
    Hollow(&'a str, bool),
    Forward(&'a str, bool),
    Enum(&'a str, &'a Enum),
    Array(TypeId, u32),
    Prototype(&'a Prototype, Vec<TypeId>, TypeId),
}

impl<'a, 'c> Blob<'a, 'c> {
    /// The types that are asked for, as this kernel or a module of it has them.
    pub(crate) fn of(
        ask: &'a Ask,
        closure: &'a Closure<'c>,
        kernel: usize,
        module: Option<&'a str>,
    ) -> Vec<u8> {
        let mut blob = Self {
            ask,
            closure,
            place: (kernel, module),
            nodes: Vec::new(),
            complete: HashMap::new(),
            hollow: HashMap::new(),
        };
        for found in ask.names().iter().flat_map(|name| closure.named(name)) {
            if found.is_of(kernel, module) {
                blob.define(found);
            }
        }
        for found in closure.functions() {
            if found.is_of(kernel, module) {
                blob.define(found);
            }
        }
        blob.finish()
    }

    fn define(&mut self, found: &'a Found<'c>) -> TypeId {
        let key = std::ptr::from_ref(found);
        if let Some(id) = self.complete.get(&key) {
            return *id;
        }
        let id = self.reserve();
        self.complete.insert(key, id);
        let place = self.place;
        self.place = found.place(place);
        let node = self.node(found.name, &found.definition);
        self.place = place;
        self.set(id, node);
        id
    }

    fn reserve(&mut self) -> TypeId {
        self.push(Node::Pending)
    }

    fn push(&mut self, node: Node<'a>) -> TypeId {
        self.nodes.push(node);
        TypeId(self.nodes.len() as u32)
    }

    fn set(&mut self, id: TypeId, node: Node<'a>) {
        self.nodes[id.0 as usize - 1] = node;
    }

    fn node(&mut self, name: &'a str, definition: &'a Definition) -> Node<'a> {
        match definition {
            Definition::Int { size, encoding, .. } => Node::Int(name, *size, *encoding),
            Definition::Float(size) => Node::Float(name, *size),
            Definition::Enum(of) => Node::Enum(name, of),
            Definition::Typedef(of) => Node::Plain(Kind::Typedef, name, self.reference(of, true)),
            Definition::Record(record) => {
                let members = record.members.iter();
                let ids = members
                    .map(|member| self.reference(&member.type_ref, true))
                    .collect();
                Node::Record(name, record, ids)
            }
            Definition::Function { prototype, .. } => {
                let prototype = self.prototype(prototype);
                Node::Plain(Kind::Func, name, prototype)
            }
            // The closure has none of these.
            Definition::Variable { .. }
            | Definition::Symbol(_)
            | Definition::Config(_)
            | Definition::IdSet(_) => Node::Plain(Kind::Typedef, name, TypeId::VOID),
        }
    }

    fn reference(&mut self, of: &'a TypeRef, by_value: bool) -> TypeId {
        match of {
            TypeRef::Void => TypeId::VOID,
            TypeRef::Named { space, name, which } => self.named(*space, name, *which, by_value),
            TypeRef::Forward { is_union, name } => self.push(Node::Forward(name, *is_union)),
            TypeRef::Pointer(to) => self.plain(Kind::Ptr, "", to, false),
            TypeRef::Qualified(qualifier, of) => {
                let kind = match qualifier {
                    Qualifier::Const => Kind::Const,
                    Qualifier::Volatile => Kind::Volatile,
                    Qualifier::Restrict => Kind::Restrict,
                };
                self.plain(kind, "", of, by_value)
            }
            TypeRef::Tagged(tag, of) => self.plain(Kind::TypeTag, tag, of, by_value),
            TypeRef::Array { element, len } => {
                let element = self.reference(element, by_value);
                self.push(Node::Array(element, *len))
            }
            TypeRef::Prototype(prototype) => self.prototype(prototype),
            TypeRef::Unnamed(definition) => {
                let id = self.reserve();
                let node = self.node("", definition);
                self.set(id, node);
                id
            }
        }
    }

    fn prototype(&mut self, prototype: &'a Prototype) -> TypeId {
        let parameters = prototype.parameters.iter();
        let ids = parameters
            .map(|(_, of)| self.reference(of, false))
            .collect();
        let result = self.reference(&prototype.result, false);
        self.push(Node::Prototype(prototype, ids, result))
    }

    fn plain(&mut self, kind: Kind, name: &'a str, of: &'a TypeRef, by_value: bool) -> TypeId {
        let to = self.reference(of, by_value);
        self.push(Node::Plain(kind, name, to))
    }

    fn named(
        &mut self,
        space: NameSpace,
        name: &'a str,
        which: Option<u64>,
        by_value: bool,
    ) -> TypeId {
        let is_record = matches!(space, NameSpace::Struct | NameSpace::Union);
        let is_wanted = by_value || !is_record || self.ask.has(name);
        let found = self.closure.find(self.place, space, name, which);
        if let Some(found) = found.filter(|_| is_wanted) {
            return self.define(found);
        }
        if let Some(id) = self.hollow.get(&(space, name)) {
            return *id;
        }
        let id = self.push(Node::Hollow(name, space == NameSpace::Union));
        self.hollow.insert((space, name), id);
        id
    }

    fn finish(self) -> Vec<u8> {
        let mut builder = BtfBuilder::new(Endian::Little);
        // An array needs the type of an index, which no rule looks at.
        let index_type = TypeId(self.nodes.len() as u32 + 1);
        for node in &self.nodes {
            write(&mut builder, node, index_type);
        }
        builder.int("unsigned int", 4, 0);
        builder.finish()
    }
}

fn write(builder: &mut BtfBuilder, node: &Node<'_>, index_type: TypeId) {
    match node {
        Node::Pending => builder.fwd("", false),
        Node::Plain(kind, name, to) => builder.reference(*kind, name, *to),
        Node::Int(name, size, encoding) => builder.int(name, *size, *encoding),
        Node::Float(name, size) => builder.float(name, *size),
        Node::Record(name, record, ids) => {
            let members: Vec<Member<'_>> = record
                .members
                .iter()
                .zip(ids)
                .map(|(member, id)| Member {
                    name: &member.name,
                    type_id: *id,
                    bit_offset: member.bit_offset,
                    bitfield_size: member.bitfield_size,
                })
                .collect();
            if record.is_union {
                builder.union(name, record.size, &members)
            } else {
                builder.structure(name, record.size, &members)
            }
        }
        Node::Hollow(name, true) => builder.union(name, 0, &[]),
        Node::Hollow(name, false) => builder.structure(name, 0, &[]),
        Node::Forward(name, is_union) => builder.fwd(name, *is_union),
        Node::Enum(name, of) => {
            let values: Vec<Enumerator<'_>> = of
                .enumerators
                .iter()
                .map(|(name, value)| Enumerator {
                    name,
                    value: *value,
                })
                .collect();
            if of.is_wide {
                builder.enumeration64(name, of.size, of.is_signed, &values)
            } else {
                builder.enumeration(name, of.size, of.is_signed, &values)
            }
        }
        Node::Array(element, len) => builder.array(Array {
            element: *element,
            index_type,
            nelems: *len,
        }),
        Node::Prototype(prototype, ids, result) => {
            let params: Vec<Param<'_>> = prototype
                .parameters
                .iter()
                .zip(ids)
                .map(|((name, _), id)| Param { name, type_id: *id })
                .collect();
            builder.func_proto(*result, &params)
        }
    };
}
