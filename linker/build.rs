//! Finds LLVM and says how to link it. The crates below this one are told not to
//! look, so that a machine without LLVM gets one message, and this one.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

#[cfg(feature = "llvm-21")]
const MAJOR: u32 = 21;
#[cfg(all(feature = "llvm-22", not(feature = "llvm-21")))]
const MAJOR: u32 = 22;
#[cfg(all(
    feature = "llvm-23",
    not(any(feature = "llvm-21", feature = "llvm-22"))
))]
const MAJOR: u32 = 23;
#[cfg(not(any(feature = "llvm-21", feature = "llvm-22", feature = "llvm-23")))]
compile_error!("choose one of the features llvm-21, llvm-22, llvm-23");

fn main() {
    let prefix_variable = format!("LLVM_SYS_{MAJOR}1_PREFIX");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={prefix_variable}");
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rustc-env=BPF_CORE_LINKER_LLVM={MAJOR}");

    match find(&prefix_variable) {
        Ok(libdir) => {
            println!("cargo::rustc-link-search=native={}", libdir.display());
            println!("cargo::rustc-link-lib=dylib=LLVM-{MAJOR}");
            println!("cargo::rustc-link-arg=-Wl,-rpath,{}", libdir.display());
        }
        Err(why) => {
            println!("cargo::error=needs LLVM {MAJOR}: {why}");
            println!(
                "cargo::error=on Debian and Ubuntu: apt-get install llvm-{MAJOR}-dev (from apt.llvm.org \
                 where the distribution has no LLVM {MAJOR}); elsewhere set {prefix_variable} to \
                 what `llvm-config --prefix` prints"
            );
        }
    }
}

/// The folder with `libLLVM-NN.so`, as LLVM's own `llvm-config` states it.
fn find(prefix_variable: &str) -> Result<PathBuf, String> {
    let candidates: Vec<PathBuf> = match env::var_os(prefix_variable) {
        Some(prefix) => vec![Path::new(&prefix).join("bin/llvm-config")],
        None => vec![
            format!("llvm-config-{MAJOR}").into(),
            format!("/usr/lib/llvm-{MAJOR}/bin/llvm-config").into(),
            "llvm-config".into(),
        ],
    };
    let mut seen = Vec::new();
    for program in &candidates {
        match ask(program, "--version") {
            Err(error) => seen.push(format!("cannot run `{}` ({error})", program.display())),
            Ok(version) if version.split('.').next() != Some(&MAJOR.to_string()) => {
                seen.push(format!("`{}` is LLVM {version}", program.display()));
            }
            Ok(_) => {
                let libdir = PathBuf::from(ask(program, "--libdir")?);
                let library = libdir.join(format!("libLLVM-{MAJOR}.so"));
                return if library.exists() {
                    Ok(libdir)
                } else {
                    Err(format!("`{}` does not exist", library.display()))
                };
            }
        }
    }
    Err(seen.join(", "))
}

fn ask(program: &Path, option: &str) -> Result<String, String> {
    let output = Command::new(program)
        .arg(option)
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(output.status.to_string())
    }
}
