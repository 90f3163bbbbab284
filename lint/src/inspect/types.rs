//! The BTF of an object: how much of it there is, and names of its types.

use std::collections::BTreeMap;

use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, BtfExt, Kind, TypeId};
use serde::Serialize;

/// How much there is.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    pub(super) bytes: usize,
    pub(super) types: usize,
    /// By kind.
    pub(super) kinds: BTreeMap<String, usize>,
    /// Of `.BTF.ext`.
    pub(super) functions: usize,
    pub(super) lines: usize,
    pub(super) records: usize,
}

pub(super) fn summary(object: &Object<'_>, ext: Option<&BtfExt<'_>>) -> Option<Summary> {
    let btf = object.btf()?;
    let mut kinds = BTreeMap::new();
    for one in btf.types() {
        *kinds.entry(one.kind().to_string()).or_default() += 1;
    }
    let functions = ext.into_iter().flat_map(BtfExt::func_info);
    let lines = ext.into_iter().flat_map(BtfExt::line_info);
    let records = ext.into_iter().flat_map(BtfExt::core_relos);
    Some(Summary {
        bytes: object
            .section(".BTF")
            .map_or(0, |section| section.data.len()),
        types: btf.types().len(),
        kinds,
        functions: functions.map(|part| part.records.len()).sum(),
        lines: lines.map(|part| part.records.len()).sum(),
        records: records.map(|part| part.records.len()).sum(),
    })
}

/// A type in the words of C: `struct task_struct`, `u32`, `struct sock *`.
pub(super) fn type_name(btf: &Btf<'_>, id: TypeId) -> String {
    /// A chain of types in a damaged object may be as long as the object.
    const STEPS: usize = 16;
    let (mut before, mut behind) = (String::new(), String::new());
    let mut next = id;
    for _ in 0..STEPS {
        let Some(of) = btf.type_by_id(next) else {
            break;
        };
        let to = of.referenced();
        match of.kind() {
            Kind::Const | Kind::Volatile | Kind::Restrict if behind.is_empty() => {
                before += &format!("{} ", of.kind());
            }
            Kind::Const | Kind::Volatile | Kind::Restrict | Kind::TypeTag => {}
            Kind::Ptr => behind.insert(0, '*'),
            Kind::Void => return join(&before, "void", &behind),
            _ => match of.array() {
                Some(array) => {
                    behind += &format!("[{}]", array.nelems);
                    next = array.element;
                    continue;
                }
                None => return join(&before, &named(&of.kind(), of.name()), &behind),
            },
        }
        next = to.unwrap_or(TypeId(0));
    }
    join(&before, "...", &behind)
}

fn named(kind: &Kind, name: &str) -> String {
    let name = if name.is_empty() { "{...}" } else { name };
    match kind {
        Kind::Struct | Kind::Union => format!("{kind} {name}"),
        Kind::Enum | Kind::Enum64 => format!("enum {name}"),
        Kind::Fwd => format!("struct {name}"),
        Kind::FuncProto => "(...)".to_owned(),
        _ => name.to_owned(),
    }
}

fn join(before: &str, name: &str, behind: &str) -> String {
    match behind {
        "" => format!("{before}{name}"),
        _ if behind.starts_with('[') => format!("{before}{name}{behind}"),
        _ => format!("{before}{name} {behind}"),
    }
}
