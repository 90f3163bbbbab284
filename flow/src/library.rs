//! Whose code a source file is.

/// Whether a file belongs to a library that programs are made with: `core`, crates from a registry,
/// libbpf's headers. Code inlined from there is not where a user looks.
#[must_use]
pub fn is_library(file: &str) -> bool {
    const FOLDERS: [&str; 5] = [
        "/.cargo/",
        "/registry/src/",
        "/git/checkouts/",
        "/usr/include/",
        "/usr/lib/",
    ];
    const HEADERS: [&str; 5] = [
        "bpf_core_read.h",
        "bpf_helpers.h",
        "bpf_helper_defs.h",
        "bpf_tracing.h",
        "vmlinux.h",
    ];
    let name = file.rsplit('/').next().unwrap_or(file);
    file.is_empty()
        || FOLDERS.iter().any(|folder| file.contains(folder))
        || HEADERS.contains(&name)
        || is_of_rust(file)
        || is_bpf_core(file)
}

/// Whether a file is of one of Rust's own libraries.
#[must_use]
pub fn is_of_rust(file: &str) -> bool {
    const FOLDERS: [&str; 2] = ["/library/core/", "/library/compiler-builtins/"];
    // Their builders write `/rustc/` and the commit in place of the folder.
    file.starts_with("/rustc/") || FOLDERS.iter().any(|folder| file.contains(folder))
}

/// Whether a file is of `bpf-core`: `.../bpf-core/src/...` in a checkout, `.../bpf-core-0.1.0/src/...` from a
/// registry.
#[must_use]
pub fn is_bpf_core(file: &str) -> bool {
    let folders: Vec<&str> = file.split('/').collect();
    folders.windows(2).any(|pair| {
        let version = pair[0].strip_prefix("bpf-core");
        let is_ours = version.is_some_and(|version| {
            let number = version.strip_prefix('-').unwrap_or("0");
            version.is_empty() || number.starts_with(|c: char| c.is_ascii_digit())
        });
        is_ours && pair[1] == "src"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_bpf_core() {
        for file in [
            "/home/u/bpf-core/src/read.rs",
            "/r/src/x/bpf-core-0.1.0/src/lib.rs",
        ] {
            assert!(is_bpf_core(file), "{file}");
        }
        for file in [
            "/home/u/src/main.rs",
            "/r/bpf-core-demo/src/main.rs",
            "/u/bpf-core/examples/a.rs",
        ] {
            assert!(!is_bpf_core(file), "{file}");
        }
    }

    #[test]
    fn own_and_others() {
        for file in [
            "/usr/include/bpf/bpf_core_read.h",
            "/r/bpf-core-0.1.0/src/read.rs",
            "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/alloc/src/vec/mod.rs",
            "/usr/local/cargo/registry/src/index.crates.io-1949cf8c6b5b557f/x-1.0.0/src/lib.rs",
            "/usr/local/cargo/git/checkouts/aya-c55fbc69175ac116/2f7b5d8/ebpf/aya-ebpf/src/helpers.rs",
        ] {
            assert!(is_library(file), "{file}");
        }
        for file in [
            "/home/u/src/main.rs",
            "/r/bpf-core-demo/src/main.rs",
            "/home/u/tests/rustc/src/main.rs",
            "probe.bpf.c",
        ] {
            assert!(!is_library(file), "{file}");
        }
    }
}
