//! Without relocations, the output is that of bpf-linker, byte for byte.

use std::{
    env,
    ffi::CString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use bpf_linker::{Cpu, Linker, LinkerInput, LinkerOptions, OptLevel, OutputType};

use crate::{
    linking::Folder,
    program::{archive, bitcode, program},
};

const LEVELS: [(&str, OptLevel); 3] = [
    ("0", OptLevel::No),
    ("2", OptLevel::Default),
    ("z", OptLevel::SizeMin),
];

const KINDS: [(&str, OutputType); 4] = [
    ("obj", OutputType::Object),
    ("asm", OutputType::Assembly),
    ("llvm-ir", OutputType::LlvmAssembly),
    ("llvm-bc", OutputType::Bitcode),
];

fn inputs(folder: &Folder) -> [String; 2] {
    let library = bitcode(&program("two", "raw_tp/two", &[]));
    [
        folder.file("a.ll", program("one", "raw_tp/one", &[])),
        folder.file(
            "b.rlib",
            archive(&[("lib.rmeta", b"metadata"), ("two.o", &library)]),
        ),
    ]
}

#[test]
fn as_the_library_makes_it() {
    let folder = Folder::new("plain_library");
    let inputs = inputs(&folder);
    for (level, optimize) in LEVELS {
        for (kind, output_type) in KINDS {
            for btf in [false, true] {
                let linker = Linker::new(LinkerOptions {
                    target: None,
                    cpu: Cpu::Generic,
                    cpu_features: CString::default(),
                    optimize,
                    unroll_loops: false,
                    ignore_inline_never: false,
                    llvm_args: Vec::new(),
                    disable_expand_memcpy_in_order: false,
                    disable_memory_builtins: false,
                    btf,
                    allow_bpf_trap: false,
                });
                let expected = folder.path("expected");
                let files = inputs
                    .iter()
                    .map(|path| LinkerInput::new_from_file(Path::new(path)));
                linker
                    .link_to_file(files, &expected, output_type, ["one", "two"])
                    .unwrap_or_else(|error| panic!("{error}"));
                let mut arguments = vec![
                    &*inputs[0],
                    &inputs[1],
                    "--export",
                    "one,two",
                    "-O",
                    level,
                    "--emit",
                    kind,
                ];
                arguments.extend(btf.then_some("--btf"));
                let linked = folder.link(&arguments);
                assert!(Some(linked) == fs::read(&expected).ok(), "{arguments:?}");
            }
        }
    }
}

/// `BPF_LINKER`, or `bpf-linker` of the search path.
fn bpf_linker() -> Option<PathBuf> {
    let in_path = || {
        env::split_paths(&env::var_os("PATH")?)
            .map(|folder| folder.join("bpf-linker"))
            .find(|program| program.exists())
    };
    env::var_os("BPF_LINKER")
        .map(PathBuf::from)
        .or_else(in_path)
}

#[test]
fn as_the_program_makes_it() {
    let Some(program) = bpf_linker() else {
        eprintln!(
            "not compared with the bpf-linker program: not in PATH, and BPF_LINKER is not set"
        );
        return;
    };
    let folder = Folder::new("plain_program");
    let inputs = inputs(&folder);
    for (level, _) in LEVELS {
        for (kind, _) in KINDS {
            let arguments = [
                &*inputs[0],
                &inputs[1],
                "--export",
                "one",
                "--btf",
                "-O",
                level,
                "--emit",
                kind,
                "--cpu",
                "v3",
            ];
            let expected = folder.path("expected");
            let status = Command::new(&program)
                .args(arguments)
                .arg("-o")
                .arg(&expected)
                .status();
            assert!(
                status.is_ok_and(|status| status.success()),
                "{}",
                program.display()
            );
            let linked = folder.link(&arguments);
            assert!(Some(linked) == fs::read(&expected).ok(), "{arguments:?}");
        }
    }
}
