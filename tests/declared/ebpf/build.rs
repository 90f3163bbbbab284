//! Declares the types of `bindings/tests/types.txt` for all known kernels, and writes a program for each
//! field: it gives the field's offset; for a bit-field, which has none, whether it is there.

use std::path::Path;
use std::{env, fs};

use bpf_core_bindings::{Kernels, Model, Want};
use bpf_core_catalogue::{Catalogue, KernelSet};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Field, Item};

const TYPES: &str = "../../../bindings/tests/types.txt";

fn main() {
    println!("cargo::rerun-if-changed={TYPES}");
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let types = fs::read_to_string(TYPES).unwrap();
    let wants = types.lines().map(|text| Want::parse(text).unwrap());
    let kernels = Kernels::new(vec![(0, &catalogue)], all.clone());
    let model = Model::new(&kernels, &wants.collect::<Vec<_>>()).unwrap();
    let mut declared = syn::parse_file(&model.rust(&all, &|_| String::new())).unwrap();
    // `include!` takes no attributes of a whole file.
    declared.attrs.clear();
    let folder = env::var_os("OUT_DIR").unwrap();
    let write = |name: &str, text: String| fs::write(Path::new(&folder).join(name), text).unwrap();
    write("declared.rs", declared.to_token_stream().to_string());
    write("programs.rs", programs(&declared.items));
}

fn programs(items: &[Item]) -> String {
    let mut programs = Vec::new();
    for item in items {
        let (of, fields): (_, Vec<&Field>) = match item {
            Item::Struct(one) => (&one.ident, one.fields.iter().collect()),
            Item::Union(one) => (&one.ident, one.fields.named.iter().collect()),
            _ => continue,
        };
        for field in fields {
            let (name, program) = (&field.ident, format_ident!("field_{}", programs.len()));
            let answer = if is_bitfield(field) {
                quote!(u64::from(core_field_exists!(#of, #name)))
            } else if has_setting(field, "optional") {
                quote!(core_field_offset!(#of, #name).map_or(ABSENT, |offset| offset as u64))
            } else {
                quote!(core_field_offset!(#of, #name) as u64)
            };
            programs.push(quote! {
                #[unsafe(no_mangle)]
                #[unsafe(link_section = "raw_tp")]
                extern "C" fn #program(_: *mut c_void) -> u64 {
                    #answer
                }
            });
        }
    }
    programs
        .iter()
        .map(|program| format!("{program}\n"))
        .collect()
}

fn is_bitfield(field: &Field) -> bool {
    has_setting(field, "bitfield")
}

/// Whether a field has `#[core(SETTING)]`.
fn has_setting(field: &Field, setting: &str) -> bool {
    let mut found = false;
    for attribute in field.attrs.iter().filter(|one| one.path().is_ident("core")) {
        let all = attribute.parse_nested_meta(|one| {
            found |= one.path.is_ident(setting);
            one.value()
                .map_or(Ok(()), |value| value.parse::<syn::Expr>().map(|_| ()))
        });
        all.unwrap();
    }
    found
}
