//! Generated C declarations: clang compiles a program that asks for each field, flavours included, and libbpf finds
//! each where the catalogue has it, on every kernel.

use std::fs;
use std::path::Path;
use std::process::Command;

use bpf_core_bindings::{Kernels, Model, Want};
use bpf_core_btf::object::Object;
use bpf_core_catalogue::{Ask, Catalogue, KernelSet};
use bpf_core_conformance::libbpf::NEWEST;

const TYPES: [&str; 12] = [
    "bio.{bi_bdev,bi_disk,bi_iter.bi_size}",
    "cred",
    "dentry",
    "file",
    "iov_iter",
    "kernfs_node",
    "linux_binprm",
    "mm_struct.{arg_start,exe_file,total_vm,rss_stat,mmap}",
    "request.{rq_disk,q,__data_len}",
    "sock.{__sk_common,sk_dst_cache,sk_protocol,sk_type}",
    "super_block.{s_dev,s_magic,s_root}",
    "task_struct.{tgid,__state,state,comm,in_execve,se.vruntime,real_parent,cred}",
];

/// A field of one declaration.
struct Asked {
    record: String,
    field: String,
    /// Whether it may have no declaration for some kernels.
    may_be_left_out: bool,
    /// Of each type or flavour that declares it: its program, and whether that asks for the offset. A bit-field is
    /// only asked whether it is there.
    programs: Vec<(String, bool)>,
}

/// The fields of a model, and a program for each declaration of one.
fn source(model: &Model, chosen: &KernelSet) -> (Vec<Asked>, String) {
    let words = |_: &KernelSet| String::new();
    let mut text = model.c(chosen, &words);
    let mut all = Vec::new();
    let json = model.json(chosen, &words);
    let types = json.as_array().unwrap();
    // clang 22 crashes where a struct without fields is asked about.
    let is_empty = |of: &str| {
        let mut named = types
            .iter()
            .filter(|one| of.ends_with(&format!(" {}", one["name"].as_str().unwrap())));
        named.any(|one| one["fields"].as_array().is_some_and(Vec::is_empty))
    };
    for one in types {
        let (kind, record) = (one["kind"].as_str().unwrap(), one["name"].as_str().unwrap());
        if !matches!(kind, "struct" | "union") || one["is_unnamed"] == true {
            continue;
        }
        for field in one["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            let declarations = field["declarations"].as_array().unwrap().iter();
            if declarations
                .clone()
                .any(|one| is_empty(one["type"].as_str().unwrap()))
            {
                continue;
            }
            let programs = declarations.enumerate().map(|(number, declaration)| {
                let program = format!("p{}_{number}", all.len());
                let flavour = declaration["in"].as_str().unwrap();
                let is_offset = declaration["is_bitfield"] == false;
                let info = if is_offset { 0 } else { 2 };
                text.push_str(&format!(
                    "__attribute__((section(\"raw_tp\"), used)) int {program}(void *context) {{ \
                     return __builtin_preserve_field_info((({kind} {flavour} *)0)->{name}, {info}); }}\n"
                ));
                (program, is_offset)
            });
            all.push(Asked {
                record: record.to_owned(),
                field: name.to_owned(),
                may_be_left_out: field["left_out"]
                    .as_array()
                    .is_some_and(|all| !all.is_empty()),
                programs: programs.collect(),
            });
        }
    }
    (all, text)
}

fn compiled(text: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, object) = (folder.join("bindings.c"), folder.join("bindings.o"));
    fs::write(&source, text).unwrap();
    let built = Command::new("clang-22")
        .args([
            "-g", "-O2", "-Wall", "-Werror", "-target", "bpf", "-c", "-o",
        ])
        .arg(&object)
        .arg(&source)
        .status();
    assert!(
        built.is_ok_and(|status| status.success()),
        "`clang-22` compiles bindings.c"
    );
    fs::read(&object).unwrap()
}

/// What a program returns. `None` if libbpf has poisoned it.
fn returned(program: &[u8]) -> Option<u32> {
    const MOV32: u8 = 0xb4;
    const MOV64: u8 = 0xb7;
    const CALL: u8 = 0x85;
    let imm = u32::from_le_bytes(program[4..8].try_into().unwrap());
    match program[0] {
        MOV32 | MOV64 => Some(imm),
        CALL => None,
        code => panic!("an instruction {code:#x}"),
    }
}

#[test]
fn libbpf_finds_each_field_where_the_catalogue_has_it() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let chosen = KernelSet::first(catalogue.kernels().len());
    let wants: Vec<(String, Want)> = TYPES
        .iter()
        .map(|text| Want::parse(text).unwrap())
        .collect();
    let kernels = Kernels::new(vec![(0, &catalogue)], chosen.clone());
    let model = Model::new(&kernels, &wants).unwrap();
    let (asked, text) = source(&model, &chosen);
    let object = compiled(&text);
    let parsed = Object::parse(&object).unwrap();
    let (local, ext) = (parsed.btf().unwrap(), parsed.btf_ext().unwrap().unwrap());
    let mut ask = Ask::new();
    for relo in ext.core_relos().iter().flat_map(|part| &part.records) {
        ask.add_relocation(local, relo);
    }
    let histories = asked
        .iter()
        .map(|one| catalogue.field(&one.record, &[&one.field], &chosen));
    let histories: Vec<_> = histories.collect::<Result<_, _>>().unwrap();
    let (mut judged, mut offsets) = (0, 0);
    for group in catalogue.types(&ask, &chosen).unwrap() {
        let modules: Vec<Vec<u8>> = group.modules.iter().map(|(_, btf)| btf.clone()).collect();
        let answer = NEWEST.relocate(&object, &group.vmlinux, &modules);
        let names: Vec<String> = group
            .kernels
            .iter()
            .map(|at| catalogue.kernels()[at].to_string())
            .collect();
        let programs = answer
            .programs
            .unwrap_or_else(|errno| panic!("{errno} on {names:?}: {}", answer.log));
        judged += names.len();
        let kernel = group.kernels.iter().next().unwrap();
        for (one, history) in asked.iter().zip(&histories) {
            let what = || format!("{}.{} on {names:?}", one.record, one.field);
            let here = history.values.iter().find(|(_, set)| set.contains(kernel));
            let there = here.map(|(field, _)| field);
            let mut is_found = false;
            for (program, is_offset) in &one.programs {
                match (returned(&programs[program]), is_offset, there) {
                    (None, true, _) | (Some(0), false, _) => {}
                    (Some(byte), true, Some(field)) => {
                        assert_eq!(byte, field.bit_offset / 8, "{}", what());
                        is_found = true;
                        offsets += 1;
                    }
                    (Some(1), false, Some(_)) => is_found = true,
                    (given, ..) => panic!("{}: {given:?}, and the catalogue has {there:?}", what()),
                }
            }
            let is_right = is_found || there.is_none() || one.may_be_left_out;
            assert!(is_right, "{} is not found", what());
        }
    }
    assert_eq!(judged, catalogue.kernels().len());
    assert!(asked.iter().any(|one| one.programs.len() > 1), "no flavour");
    assert!(offsets > 1000, "{offsets}");
}
