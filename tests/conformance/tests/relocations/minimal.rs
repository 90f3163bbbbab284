//! Minimal BTF: every case comes by it to what it comes to by the whole, in libbpf, aya and `bpf-core-btf`.

use std::cell::Cell;

use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, CoreReloKind};
use bpf_core_conformance::case::{Case, RawKind};
use bpf_core_conformance::libbpf::{NEWEST, SYSTEM};
use bpf_core_conformance::{Programs, aya, ours};
use bpf_core_portability::minimal;

use crate::check_all;

/// The kernel's and the modules' types in one. `None`: one of the blobs cannot be read.
fn minimal_of(case: &Case) -> Option<Vec<u8>> {
    let (object, kernel, modules) = (case.object(), case.target_btf(), case.module_btfs());
    let object = Object::parse(&object).ok()?;
    object.btf_ext().ok()?;
    let kernel = Btf::parse(&kernel).ok()?;
    let modules = modules
        .iter()
        .map(|module| Btf::parse_split(module, &kernel));
    let modules: Vec<Btf<'_>> = modules.collect::<Result<_, _>>().ok()?;
    let targets: Vec<&Btf<'_>> = [&kernel].into_iter().chain(&modules).collect();
    let objects = [object];
    Some(minimal(&objects, &targets).unwrap())
}

/// Ids of types are others in BTF that has few types. What is no id stays.
fn asks_for_an_id(case: &Case) -> bool {
    let id: RawKind = CoreReloKind::TypeIdTarget.into();
    case.kinds().any(|kind| kind == id)
}

fn same<E: std::fmt::Debug>(
    case: &Case,
    whole: Result<Programs, E>,
    minimal: Result<Programs, E>,
) -> Result<(), String> {
    match (&whole, &minimal) {
        (Ok(whole), Ok(minimal)) if whole == minimal || asks_for_an_id(case) => Ok(()),
        (Err(_), Err(_)) => Ok(()),
        _ => Err(format!(
            "{minimal:?} by minimal BTF, {whole:?} by the whole"
        )),
    }
}

#[test]
fn every_case_comes_to_the_same() {
    let compared = Cell::new(0);
    check_all(|case| {
        let Some(minimal) = minimal_of(case) else {
            return Ok(());
        };
        compared.set(compared.get() + 1);
        let (object, kernel, modules) = (case.object(), case.target_btf(), case.module_btfs());
        for libbpf in [NEWEST, SYSTEM] {
            let whole = libbpf.relocate(&object, &kernel, &modules).programs;
            let few = libbpf.relocate(&object, &minimal, &[]).programs;
            same(case, whole, few).map_err(|error| format!("{}: {error}", libbpf.name))?;
        }
        let whole = ours::relocate(&object, &kernel, &modules);
        same(case, whole, ours::relocate(&object, &minimal, &[]))?;
        // aya asks no modules, and finds their types in minimal BTF all the same. Where it differs from
        // libbpf it may look at other types than those that are kept.
        if modules.is_empty() && case.aya.is_none() {
            let whole = aya::relocate(&object, &kernel);
            let few = aya::relocate(&object, &minimal);
            same(case, whole, few).map_err(|error| format!("aya: {error}"))?;
        }
        Ok(())
    });
    assert!(compared.get() > 250, "{}", compared.get());
}
