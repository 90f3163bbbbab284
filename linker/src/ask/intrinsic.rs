//! Reads what calls of LLVM's intrinsics ask for, as `BPFAbstractMemberAccess.cpp` and
//! `BPFPreserveDIType.cpp` do.

use bpf_core_btf::CoreReloKind;
use inkwell::{llvm_sys::LLVMOpcode, module::Module};

use crate::ask::{Ask, strip};
use crate::ir::{
    self, Value,
    metadata::{Metadata, Node, Tag},
};

/// How many casts there may be between two accesses, and how many accesses in a chain.
const DEEPEST: usize = 64;

/// One access of a chain.
struct Link<'m> {
    of: Node<'m>,
    index: u32,
    is_array: bool,
}

/// Calls `visit` with each call of an intrinsic and each thing that it may ask for. LLVM decides by more than
/// this function looks at where a chain of accesses begins and ends. In doubt, `visit` gets all.
pub(crate) fn each_ask<'m>(module: &'m Module<'_>, mut visit: impl FnMut(Value<'m>, Ask)) {
    let metadata = Metadata::of(module);
    for intrinsic in ir::functions(module).filter(|function| function.is_relocation_intrinsic()) {
        for call in intrinsic.users().into_iter().filter(|user| user.is_call()) {
            for ask in asks(metadata, call) {
                visit(call, ask);
            }
        }
    }
}

/// What one call may ask for. The whole chain comes first.
pub(crate) fn asks<'m>(metadata: Metadata<'m>, call: Value<'m>) -> Vec<Ask> {
    let name = call.callee().map(Value::name).unwrap_or_default();
    let arguments = call.arguments();
    let number = |at: usize| {
        let argument = arguments.get(at).copied();
        argument
            .and_then(Value::integer)
            .and_then(|of| u32::try_from(of).ok())
    };
    let is = |prefix: &str| name.starts_with(prefix.as_bytes());
    if is("llvm.preserve.") {
        return fields(metadata, call, CoreReloKind::ByteOff);
    }
    if is("llvm.bpf.preserve.field.info") {
        let kind = number(1).and_then(CoreReloKind::from_raw);
        return match (kind, arguments.first()) {
            (Some(kind), Some(field)) => fields(metadata, uncast(*field), kind),
            _ => Vec::new(),
        };
    }
    let Some(of) = metadata.accessed(call) else {
        return Vec::new();
    };
    if is("llvm.bpf.preserve.type.info") {
        let kind = match number(1) {
            Some(0) => CoreReloKind::TypeExists,
            Some(1) => CoreReloKind::TypeSize,
            _ => CoreReloKind::TypeMatches,
        };
        return vec![Ask::about_type(kind, of)];
    }
    if is("llvm.bpf.btf.type.id") {
        let kind = match number(1) {
            Some(0) => CoreReloKind::TypeIdLocal,
            _ => CoreReloKind::TypeIdTarget,
        };
        return vec![Ask::about_type(kind, of)];
    }
    let kind = match number(2) {
        Some(0) => CoreReloKind::EnumvalExists,
        _ => CoreReloKind::EnumvalValue,
    };
    // `NAME:VALUE`
    let text = arguments.get(1).and_then(|text| text.global_and_offset());
    let text = text.and_then(|(global, _)| global.constant_initializer()?.bytes());
    let text = text.unwrap_or_default();
    let name = text.split(|byte| *byte == b':').next().unwrap_or_default();
    vec![Ask::about_enumerator(kind, of, name)]
}

/// What the chain asks for that ends at `access`.
fn fields<'m>(metadata: Metadata<'m>, access: Value<'m>, kind: CoreReloKind) -> Vec<Ask> {
    let mut chain = Vec::new();
    let mut here = access;
    while let Some(link) = link(metadata, here).filter(|_| chain.len() < DEEPEST) {
        chain.push(link);
        here = uncast(here.arguments()[0]);
    }
    chain.reverse();
    let typedefs = typedefs(metadata, access);
    (0..chain.len())
        .flat_map(|start| field(&chain[start..], kind, &typedefs))
        .collect()
}

fn link<'m>(metadata: Metadata<'m>, access: Value<'m>) -> Option<Link<'m>> {
    let name = access.callee()?.name().strip_prefix(b"llvm.preserve.")?;
    let index_at = if name.starts_with(b"union") { 1 } else { 2 };
    let index = access.arguments().get(index_at)?.integer()?;
    Some(Link {
        of: metadata.accessed(access)?,
        index: u32::try_from(index).ok()?,
        is_array: name.starts_with(b"array"),
    })
}

/// Without casts, and without steps to a first element.
fn uncast(value: Value<'_>) -> Value<'_> {
    let mut here = value;
    for _ in 0..DEEPEST {
        let operands = here.operands();
        let passes = match here.opcode() {
            Some(LLVMOpcode::LLVMBitCast) => true,
            Some(LLVMOpcode::LLVMGetElementPtr) => operands
                .iter()
                .skip(1)
                .all(|index| index.integer() == Some(0)),
            _ => false,
        };
        match operands.first() {
            Some(base) if passes => here = *base,
            _ => break,
        }
    }
    here
}

/// What a chain asks for. Its first arrays and pointers only say which of several values is meant.
fn field(chain: &[Link<'_>], kind: CoreReloKind, typedefs: &[Node<'_>]) -> Vec<Ask> {
    let mut first = 0_u32;
    for (at, link) in chain.iter().enumerate() {
        let (root, rest) = if link.is_array {
            let Some((count, element, is_last)) = element(link.of) else {
                return Vec::new();
            };
            first = first.wrapping_add(link.index.wrapping_mul(count));
            if !is_last {
                continue;
            }
            (element, &chain[at + 1..])
        } else {
            (link.of, &chain[at..])
        };
        let indices: Vec<u32> = rest.iter().map(|link| link.index).collect();
        // An unnamed struct goes by its typedef, where LLVM finds one.
        let named = typedefs
            .iter()
            .copied()
            .filter(|of| root.name().is_none() && of.name().is_some() && strip(*of) == strip(root));
        return named
            .chain([root])
            .filter_map(|root| Ask::about_field(kind, root, first, &indices))
            .collect();
    }
    Vec::new()
}

/// How many elements one step over an array or a pointer skips, the type of an element, and whether this is
/// the last dimension.
fn element(of: Node<'_>) -> Option<(u32, Node<'_>, bool)> {
    let of = strip(of)?;
    let (array, from) = if of.tag() == Tag::Array {
        (of, 1)
    } else {
        let base = strip(of.base()?)?;
        if base.tag() != Tag::Array {
            return Some((1, base, true));
        }
        (base, 0)
    };
    let dimensions = array.elements();
    let counts = dimensions.iter().skip(from);
    let count = counts
        .filter_map(|dimension| dimension.and_then(Node::count))
        .product::<u64>();
    let is_last = of.tag() == Tag::Array && dimensions.len() == 1;
    Some((count as u32, strip(array.base()?)?, is_last))
}

/// The types that the function around a value names.
fn typedefs<'m>(metadata: Metadata<'m>, value: Value<'m>) -> Vec<Node<'m>> {
    let subprogram = value
        .parent_function()
        .and_then(|of| metadata.subprogram(of));
    let mut found = Vec::new();
    for of in subprogram.map_or(Vec::new(), Node::types_of_subprogram) {
        let mut next = Some(of);
        while let Some(of) = next {
            if of.tag() == Tag::Typedef {
                found.push(of);
            }
            next = of.base();
        }
    }
    found
}
