//! Lists the fields that an object reads by name.

use std::collections::BTreeSet;

use bpf_core_btf::object::Object;
use bpf_core_btf::{BtfExt, Spec, essential_name};
use serde::{Deserialize, Serialize};

/// A field of a kernel type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FieldName {
    /// The name of the type, without a flavour.
    pub type_name: String,
    /// The names of the members that lead to it.
    pub path: Vec<String>,
}

/// The fields that records name, in the order of their names. An element of an array counts as the array.
pub(super) fn read_by_name(object: &Object<'_>, ext: Option<&BtfExt<'_>>) -> Vec<FieldName> {
    let (Some(btf), Some(ext)) = (object.btf(), ext) else {
        return Vec::new();
    };
    let records = ext.core_relos().iter().flat_map(|section| &section.records);
    let fields = records.filter_map(|record| {
        let spec = Spec::parse(btf, record).ok()?;
        if spec.kind.is_type_based() || spec.kind.is_enumval_based() {
            return None;
        }
        let root = btf.type_by_id(spec.root)?;
        let names = spec.accessors.iter().filter_map(|step| step.name);
        let path: Vec<String> = names.map(str::to_owned).collect();
        let type_name = essential_name(root.name()).to_owned();
        (!path.is_empty() && !type_name.is_empty()).then_some(FieldName { type_name, path })
    });
    fields.collect::<BTreeSet<_>>().into_iter().collect()
}
