//! The types that programs use, declared for all of Debian's kernels: they compile in Rust, and say of each
//! field what the catalogue says.

// No source that people write, and no file of theirs.
#[path = "declared.txt"]
#[rustfmt::skip]
#[expect(unreachable_pub, reason = "as a program declares them")]
mod declared;

use std::fs;
use std::path::Path;

use bpf_core_bindings::{Kernels, Model, Want};
use bpf_core_catalogue::{Catalogue, KernelSet};

/// Structs, unions, typedefs and enums; whole ones, and fields of the largest.
const TYPES: &str = include_str!("types.txt");

fn model(catalogue: &Catalogue<'_>, all: &KernelSet) -> Model {
    let wants: Vec<(String, Want)> = TYPES
        .lines()
        .map(|text| Want::parse(text).unwrap())
        .collect();
    let kernels = Kernels::new(vec![(0, catalogue)], all.clone());
    Model::new(&kernels, &wants).unwrap_or_else(|error| panic!("{error}"))
}

/// `UPDATE=1` writes what is declared now, for `mod declared` to compile.
#[test]
fn they_are_what_is_compiled_here() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let text = model(&catalogue, &all).rust(&all, &|set| format!("{} kernels", set.len()));
    let text = format!("//! Made by `UPDATE=1 cargo test -p bpf-core-bindings`.\n{text}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/declared.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap();
    assert!(text == expected, "`UPDATE=1` writes {}", file.display());
}

/// A field is optional exactly if a kernel lacks it.
#[test]
fn the_catalogue_says_the_same_of_each_field() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let fields = model(&catalogue, &all).fields();
    assert!(fields.len() > 1000, "{}", fields.len());
    for (of, field, on) in fields {
        let found = catalogue.field(&of, &[&field], &all).unwrap();
        assert_eq!(all.difference(&found.absent), on, "{of}.{field}");
    }
}
