//! The names of architectures: libbpf's in `__TARGET_ARCH_x86`, Debian's, and those of folders.

use std::ops::Range;
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

/// The parts of a text that stand in a condition that asks for the architecture, by the compiler's names or by
/// those of libbpf and its users: `__TARGET_ARCH_x86`, `bpf_target_arm64`.
pub(super) fn parts(text: &str) -> Vec<Range<usize>> {
    let asks = |line: &str| {
        is_asked(line)
            || ["_ARCH_", "bpf_target", "CONFIG_X86", "CONFIG_ARM"]
                .iter()
                .any(|part| line.contains(part))
    };
    let mut found = Vec::new();
    // Where each condition that is open began, if it asks.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let directive = line.trim_start().strip_prefix('#').map(str::trim_start);
        match directive {
            Some(rest) if rest.starts_with("if") => open.push(asks(rest).then_some(at)),
            Some(rest) if rest.starts_with("elif") => {
                if let Some(last) = open.last_mut().filter(|_| asks(rest)) {
                    last.get_or_insert(at);
                }
            }
            Some(rest) if rest.starts_with("endif") => {
                found.extend(open.pop().flatten().map(|start| start..at));
            }
            _ => {}
        }
        at += line.len();
    }
    found
}

/// What a program is compiled for if nothing says so: results do not depend on the machine.
pub(super) const USUAL: &str = "x86";

/// Debian's name of an architecture.
pub(super) fn in_debian(architecture: &str) -> &str {
    let mut names = NAMES.iter();
    let found = names.find(|(name, ..)| *name == architecture);
    found.map_or(architecture, |(_, debian, _)| debian)
}

/// The architecture that is called so: `aarch64` is `arm64`.
pub(super) fn called(word: &str) -> Option<&'static str> {
    let mut names = NAMES.iter();
    let found = names.find(|(.., folders)| folders.contains(&word));
    found.map(|(name, ..)| *name)
}

/// Whether a path has a folder, or a part of its name, that is called after another architecture.
pub(super) fn is_of_another(path: &Path, architecture: &str) -> bool {
    let text = path.to_string_lossy();
    let mut named = text
        .rsplit(['/', '-', '.'])
        .filter_map(|part| called(part).or_else(|| called(part.split_once('_')?.1)));
    named.next().is_some_and(|name| name != architecture)
}

/// Whether a file or its folder is called after an architecture: `x86.h`, `arch/x86/regs.h`.
pub(super) fn is_of_one(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    let mut names = [folder, path.file_stem()].into_iter().flatten();
    names.any(|name| name.to_str().and_then(called).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_files_of_one_architecture() {
        for (path, expected) in [
            ("arch/x86/regs.h", true),
            ("bpf/amd64.h", true),
            ("x86/bpf/regs.h", false),
            ("bpf/x86_regs.h", false),
            ("regs.h", false),
        ] {
            assert_eq!(is_of_one(Path::new(path)), expected, "{path}");
        }
    }

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

    #[test]
    fn finds_what_is_for_one_architecture() {
        let text = "#if A\na\n#ifdef __TARGET_ARCH_x86\nb\n#else\nc\n#endif\n#endif\nd\n";
        let found: Vec<&str> = parts(text).into_iter().map(|part| &text[part]).collect();
        assert_eq!(found, ["#ifdef __TARGET_ARCH_x86\nb\n#else\nc\n"]);
    }
}
