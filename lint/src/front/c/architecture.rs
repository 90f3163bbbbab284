//! The names of architectures: libbpf's in `__TARGET_ARCH_x86`, Debian's, and those of folders.

use std::path::Path;

/// libbpf's name, Debian's, and what folders are called for it.
const NAMES: &[(&str, &str, &[&str])] = &[
    ("x86", "amd64", &["x86", "x86_64", "amd64", "x64"]),
    ("arm64", "arm64", &["arm64", "aarch64"]),
    ("arm", "armhf", &["arm", "armhf"]),
    ("riscv", "riscv64", &["riscv", "riscv64"]),
    (
        "powerpc",
        "ppc64el",
        &["powerpc", "ppc64", "ppc64le", "ppc64el"],
    ),
    ("s390", "s390x", &["s390", "s390x"]),
    (
        "loongarch",
        "loong64",
        &["loongarch", "loongarch64", "loong64"],
    ),
    ("mips", "mips64el", &["mips", "mips64", "mips64el"]),
];

/// What a compiler for the machine itself defines. One for bpf defines none of these.
pub(super) fn macros(architecture: &str) -> &'static [&'static str] {
    match architecture {
        "x86" => &["__x86_64__", "__x86_64", "__amd64__", "__amd64"],
        "arm64" => &["__aarch64__"],
        "arm" => &["__arm__"],
        "riscv" => &["__riscv"],
        "powerpc" => &["__powerpc64__", "__powerpc__"],
        "s390" => &["__s390x__"],
        "loongarch" => &["__loongarch64"],
        "mips" => &["__mips__"],
        _ => &[],
    }
}

/// Whether a condition asks for such a name.
pub(super) fn is_asked(condition: &str) -> bool {
    let words = condition.split(|c: char| !c.is_alphanumeric() && c != '_');
    let mut words = words.filter(|word| word.starts_with("__"));
    words.any(|word| NAMES.iter().any(|(name, ..)| macros(name).contains(&word)))
}

/// What a program is compiled for if nothing says so: results do not depend on the machine.
pub(super) const USUAL: &str = "x86";

/// Debian's name of an architecture.
pub(super) fn in_debian(architecture: &str) -> &str {
    let mut names = NAMES.iter();
    let found = names.find(|(name, ..)| *name == architecture);
    found.map_or(architecture, |(_, debian, _)| debian)
}

/// Whether a path has a folder, or a part of its name, that is called after another architecture.
pub(super) fn is_of_another(path: &Path, architecture: &str) -> bool {
    let of = |part: &str| {
        let mut names = NAMES.iter();
        names
            .find(|(.., folders)| folders.contains(&part))
            .map(|(name, ..)| *name)
    };
    let text = path.to_string_lossy();
    let mut named = text
        .rsplit(['/', '-', '.'])
        .filter_map(|part| of(part).or_else(|| of(part.split_once('_')?.1)));
    named.next().is_some_and(|name| name != architecture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_folders() {
        for (path, expected) in [
            ("/a/include/arm64/vmlinux.h", true),
            ("/a/include/amd64/vmlinux.h", false),
            ("/a/vmlinux_x86.h", false),
            ("/a/vmlinux_aarch64.h", true),
            ("/arm64/x86_64/vmlinux.h", false),
            ("/a/vmlinux.h", false),
        ] {
            assert_eq!(is_of_another(Path::new(path), "x86"), expected, "{path}");
        }
        assert_eq!(in_debian("x86"), "amd64");
    }
}
