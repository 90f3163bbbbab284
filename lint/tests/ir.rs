//! LLVM IR, as text and as bitcode, well and badly made. `UPDATE=1` writes what is found beside the
//! modules.
#![cfg(feature = "llvm")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ir")
}

fn lint(file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-corelint"))
        .args(["--no-cache", "--format", "short", "--warn", "all"])
        .arg(file)
        .current_dir(folder())
        .output()
        .expect("the linter")
}

fn findings(file: &Path) -> String {
    String::from_utf8(lint(file).stdout).expect("text")
}

/// The modules, by name.
fn modules() -> Vec<PathBuf> {
    let files = fs::read_dir(folder()).expect("the folder");
    let files = files.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name())));
    let is_module = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "ll");
    let mut modules: Vec<PathBuf> = files.filter(is_module).collect();
    modules.sort();
    modules
}

#[test]
fn findings_are_the_expected_ones() {
    let update = std::env::var_os("UPDATE").is_some();
    for module in modules() {
        let found = findings(&module);
        let name = module.display().to_string();
        assert_eq!(found.is_empty(), name.contains("_good_"), "{name}: {found}");
        let expected = folder().join(format!("{name}.expected"));
        if update && !found.is_empty() {
            fs::write(&expected, &found).expect("a snapshot");
        }
        assert_eq!(
            found,
            fs::read_to_string(&expected).unwrap_or_default(),
            "{name}"
        );
    }
}

/// LLVM may end its process on these; the linter does not end with it.
#[test]
fn damaged_modules_are_told() {
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("damaged_modules");
    fs::create_dir_all(&scratch).expect("a folder");
    let text = fs::read(folder().join("hardcoded_offset_bad_arguments.ll")).expect("a module");
    let bitcode = bitcode(&text);
    for (kind, module) in [("ll", &text), ("bc", &bitcode)] {
        let mut refused = 0;
        for step in 0..60 {
            let mut damaged = module.clone();
            if step % 2 == 0 {
                damaged.truncate(module.len() * step / 60);
            } else {
                let place = module.len() * step / 61;
                damaged[place] ^= 1 << (step % 8);
            }
            let file = scratch.join(format!("{step}.{kind}"));
            fs::write(&file, damaged).expect("a file");
            let output = lint(&file);
            assert_ne!(output.status.code(), Some(2), "{kind} {step}");
            assert!(output.status.code().is_some(), "{kind} {step}");
            let found = String::from_utf8_lossy(&output.stdout).into_owned();
            refused += usize::from(found.contains("unreadable-input"));
        }
        assert!(refused > 25, "{kind}: {refused}");
    }
}

fn bitcode(text: &[u8]) -> Vec<u8> {
    use inkwell::context::Context;
    use inkwell::memory_buffer::MemoryBuffer;
    let context = Context::create();
    let buffer = MemoryBuffer::create_from_memory_range_copy(text, "test");
    let module = context.create_module_from_ir(buffer).expect("a module");
    module.write_bitcode_to_memory().as_slice().to_vec()
}
