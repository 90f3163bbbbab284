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

    let linked = find(&prefix_variable).and_then(|llvm| match cfg!(feature = "llvm-static") {
        true => llvm.link_archives(),
        false => llvm.link_library(),
    });
    if let Err(why) = linked {
        println!("cargo::error=needs LLVM {MAJOR}: {why}");
        println!("cargo::error=a release of bpf-core has this program with LLVM in it");
        println!(
            "cargo::error=to build it, on Debian and Ubuntu: apt-get install llvm-{MAJOR}-dev (from \
             apt.llvm.org where the distribution has no LLVM {MAJOR}); elsewhere set {prefix_variable} to \
             what `llvm-config --prefix` prints"
        );
    }
}

/// What the linker calls of LLVM; each brings what it needs itself. A module of inkwell may own an engine, which its
/// destructor names.
const COMPONENTS: [&str; 4] = ["bpf", "executionengine", "linker", "passes"];

/// An LLVM of the right version.
struct Llvm {
    llvm_config: PathBuf,
    libdir: PathBuf,
}

impl Llvm {
    /// Takes `libLLVM-NN.so`, which has to be there when the program runs.
    fn link_library(&self) -> Result<(), String> {
        let libdir = self.has(&format!("libLLVM-{MAJOR}.so"))?.display();
        println!("cargo::rustc-link-search=native={libdir}");
        println!("cargo::rustc-link-lib=dylib=LLVM-{MAJOR}");
        println!("cargo::rustc-link-arg=-Wl,-rpath,{libdir}");
        Ok(())
    }

    /// Takes LLVM, and what it needs but libc, into the program.
    ///
    /// As arguments, which come after every crate: an archive that stands before inkwell would not be searched
    /// for what inkwell calls.
    fn link_archives(&self) -> Result<(), String> {
        let libdir = self.has("libLLVMCore.a")?.display();
        let ask = |option| {
            let options = [&["--link-static", option][..], &COMPONENTS].concat();
            ask(&self.llvm_config, &options)
        };
        let (archives, system) = (ask("--libs")?, ask("--system-libs")?);
        let has = |library: &&str| system.split_whitespace().any(|word| word == *library);
        // libxml2 and Z3 are listed for parts of LLVM that are not taken.
        let ours = ["-lz", "-lzstd"].into_iter().filter(has);
        let of_libc = ["-lm", "-ldl", "-lrt"].into_iter().filter(has);
        let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
        let libc = match features.split(',').any(|feature| feature == "crt-static") {
            true => "-lgcc_eh",
            false => "-Wl,-Bdynamic",
        };
        let search = format!("-L{libdir}");
        let arguments = [&search, "-Wl,--start-group", "-Wl,-Bstatic"].into_iter();
        let arguments = arguments
            .chain(archives.split_whitespace())
            .chain(ours)
            .chain(["-lstdc++", "-lgcc", libc])
            .chain(of_libc)
            .chain(["-lc", "-Wl,--end-group"]);
        arguments.for_each(|argument| println!("cargo::rustc-link-arg={argument}"));
        Ok(())
    }

    /// The folder of the libraries, if a file is in it.
    fn has(&self, file: &str) -> Result<&Path, String> {
        let path = self.libdir.join(file);
        match path.exists() {
            true => Ok(&self.libdir),
            false => Err(format!("`{}` does not exist", path.display())),
        }
    }
}

/// As LLVM's own `llvm-config` states it.
fn find(prefix_variable: &str) -> Result<Llvm, String> {
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
        match ask(program, &["--version"]) {
            Err(error) => seen.push(format!("cannot run `{}` ({error})", program.display())),
            Ok(version) if version.split('.').next() != Some(&MAJOR.to_string()) => {
                seen.push(format!("`{}` is LLVM {version}", program.display()));
            }
            Ok(_) => {
                return Ok(Llvm {
                    llvm_config: program.clone(),
                    libdir: ask(program, &["--libdir"])?.into(),
                });
            }
        }
    }
    Err(seen.join(", "))
}

fn ask(program: &Path, options: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(options)
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(output.status.to_string())
    }
}
