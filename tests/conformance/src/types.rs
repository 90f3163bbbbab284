//! Types while they are being declared, laid out as clang does for BPF, then written as BTF.

use bpf_core_btf::{Array, BtfBuilder, Enumerator, Kind, Member, Param, TypeId};

/// One type; others are named by the id that they will have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<'c> {
    Int {
        name: &'c str,
        size: u32,
        encoding: u8,
    },
    Float {
        name: &'c str,
        size: u32,
    },
    /// A pointer, a modifier or a typedef.
    Reference {
        kind: Kind,
        name: &'c str,
        to: TypeId,
    },
    Array {
        element: TypeId,
        nelems: u32,
    },
    /// A struct or union without a body.
    Fwd {
        name: &'c str,
        union: bool,
    },
    Composite(Composite<'c>),
    Enum {
        name: &'c str,
        size: u32,
        signed: bool,
        values: Vec<Enumerator<'c>>,
    },
    FuncProto {
        returns: TypeId,
        params: Vec<Param<'c>>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Composite<'c> {
    pub(crate) name: &'c str,
    pub(crate) union: bool,
    pub(crate) size: u32,
    pub(crate) align: u32,
    pub(crate) members: Vec<Member<'c>>,
}

/// Types by id.
#[derive(Debug)]
pub(crate) struct Types<'c> {
    nodes: Vec<Node<'c>>,
    /// 1, but in the BTF of a module, which goes on where that of the kernel ends.
    first: TypeId,
    /// In bytes, as of `long`.
    pub(crate) pointer_size: u32,
}

impl<'c> Types<'c> {
    pub(crate) fn new(first: TypeId, pointer_size: u32) -> Self {
        Self {
            nodes: Vec::new(),
            first,
            pointer_size,
        }
    }

    fn id(&self, at: usize) -> TypeId {
        TypeId(self.first.0 + at as u32)
    }

    pub(crate) fn get(&self, id: TypeId) -> Option<&Node<'c>> {
        self.nodes.get(id.0.checked_sub(self.first.0)? as usize)
    }

    pub(crate) fn set(&mut self, id: TypeId, node: Node<'c>) {
        self.nodes[(id.0 - self.first.0) as usize] = node;
    }

    /// A type of its own, as each struct and enum is.
    pub(crate) fn add(&mut self, node: Node<'c>) -> TypeId {
        self.nodes.push(node);
        self.id(self.nodes.len() - 1)
    }

    /// The same type each time.
    pub(crate) fn once(&mut self, node: Node<'c>) -> TypeId {
        match self.nodes.iter().position(|known| *known == node) {
            Some(at) => self.id(at),
            None => self.add(node),
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (TypeId, &Node<'c>)> {
        self.nodes
            .iter()
            .enumerate()
            .map(|(at, node)| (self.id(at), node))
    }

    /// Size and alignment in bytes.
    fn layout(&self, id: TypeId) -> (u32, u32) {
        match self.get(id) {
            None | Some(Node::FuncProto { .. } | Node::Fwd { .. }) => (0, 1),
            Some(
                &(Node::Int { size, .. } | Node::Float { size, .. } | Node::Enum { size, .. }),
            ) => (size, size),
            Some(Node::Reference {
                kind: Kind::Ptr, ..
            }) => (self.pointer_size, self.pointer_size),
            Some(&Node::Reference { to, .. }) => self.layout(to),
            Some(&Node::Array { element, nelems }) => {
                let (size, align) = self.layout(element);
                (size * nelems, align)
            }
            Some(Node::Composite(composite)) => (composite.size, composite.align),
        }
    }

    /// Gives members their places; each comes as name, type and width in bits, if it has one.
    pub(crate) fn lay_out(
        &self,
        name: &'c str,
        union: bool,
        packed: bool,
        declared: &[(&'c str, TypeId, Option<u32>)],
    ) -> Composite<'c> {
        let (mut end, mut align, mut members) = (0_u32, 1_u32, Vec::new());
        for &(name, type_id, width) in declared {
            let (size, natural) = self.layout(type_id);
            let alignment = if packed { 1 } else { natural };
            let start = if union { 0 } else { end };
            // A bit-field goes on where the last one ended, unless it would then cross the bounds
            // of its type.
            let (bit_offset, bits) = match width {
                Some(0) => (start.next_multiple_of(natural * 8), 0),
                Some(bits) if packed || start % (size * 8) + bits <= size * 8 => (start, bits),
                Some(bits) => (start.next_multiple_of(natural * 8), bits),
                None => (start.next_multiple_of(alignment * 8), size * 8),
            };
            align = align.max(alignment);
            end = end.max(bit_offset + bits);
            if width != Some(0) {
                members.push(Member {
                    name,
                    type_id,
                    bit_offset,
                    bitfield_size: width.unwrap_or_default() as u8,
                });
            }
        }
        Composite {
            name,
            union,
            size: end.next_multiple_of(align * 8) / 8,
            align,
            members,
        }
    }

    pub(crate) fn write(&self, mut builder: BtfBuilder) -> Vec<u8> {
        for node in &self.nodes {
            match node {
                Node::Int {
                    name,
                    size,
                    encoding,
                } => builder.int(name, *size, *encoding),
                Node::Float { name, size } => builder.float(name, *size),
                Node::Reference { kind, name, to } => builder.reference(*kind, name, *to),
                Node::Array { element, nelems } => builder.array(Array {
                    element: *element,
                    index_type: *element,
                    nelems: *nelems,
                }),
                Node::Fwd { name, union } => builder.fwd(name, *union),
                Node::Composite(composite) => {
                    let Composite {
                        name,
                        size,
                        members,
                        ..
                    } = composite;
                    if composite.union {
                        builder.union(name, *size, members)
                    } else {
                        builder.structure(name, *size, members)
                    }
                }
                Node::Enum {
                    name,
                    size: 8,
                    signed,
                    values,
                } => builder.enumeration64(name, 8, *signed, values),
                Node::Enum {
                    name,
                    size,
                    signed,
                    values,
                } => builder.enumeration(name, *size, *signed, values),
                Node::FuncProto { returns, params } => builder.func_proto(*returns, params),
            };
        }
        builder.finish()
    }
}
