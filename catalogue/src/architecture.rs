//! Debian's names of architectures, by which a kernel is known here.

/// Debian's names, and what others call the same: `uname -m` first, then RPM, BTFHub and rustc.
const NAMES: [(&str, &[&str]); 9] = [
    ("amd64", &["x86_64"]),
    ("arm64", &["aarch64"]),
    ("armhf", &["armv7l", "armv7hl"]),
    ("i386", &["i686", "i586", "x86"]),
    ("loong64", &["loongarch64"]),
    ("mips64el", &["mips64"]),
    ("ppc64el", &["ppc64le", "powerpc64"]),
    ("riscv64", &[]),
    ("s390x", &[]),
];

fn known(word: &str) -> Option<&'static str> {
    let is_it = |(name, others): &&(&'static str, &[&str])| *name == word || others.contains(&word);
    NAMES.iter().find(is_it).map(|(name, _)| *name)
}

/// Debian's name of an architecture that others name otherwise.
pub fn debian_architecture(architecture: &str) -> &str {
    known(architecture).unwrap_or(architecture)
}

/// What `uname -m` prints on an architecture that has this name in Debian.
pub fn machine(architecture: &str) -> &str {
    let mut names = NAMES.iter();
    let found = names.find(|(name, _)| *name == architecture);
    found
        .and_then(|(_, others)| others.first())
        .copied()
        .unwrap_or(architecture)
}

/// Whether the most significant byte of a number comes first on an architecture.
pub fn is_big_endian(architecture: &str) -> bool {
    const BIG: [&str; 4] = ["powerpc", "ppc64", "s390x", "sparc64"];
    BIG.contains(&architecture)
}

/// The architecture that a release ends with, in some distributions: `4.18.0-553.el8_10.x86_64`.
pub fn architecture_of_release(release: &str) -> Option<&'static str> {
    release.split(['-', '.', '+']).rev().find_map(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines() {
        for (architecture, expected) in [
            ("amd64", "x86_64"),
            ("arm64", "aarch64"),
            ("s390x", "s390x"),
            ("unheard", "unheard"),
        ] {
            assert_eq!(machine(architecture), expected);
            assert_eq!(debian_architecture(expected), architecture);
        }
    }

    #[test]
    fn architectures_of_releases() {
        for (release, architecture) in [
            ("4.18.0-553.el8_10.x86_64", Some("amd64")),
            ("6.1.0-13-cloud-arm64", Some("arm64")),
            ("6.8.7-300.fc40.aarch64", Some("arm64")),
            ("5.14.0-427.el9.ppc64le", Some("ppc64el")),
            ("6.12.6-riscv64", Some("riscv64")),
            ("5.4.0-42-generic", None),
            ("5.15.0-arm64ish", None),
        ] {
            assert_eq!(architecture_of_release(release), architecture, "{release}");
        }
    }
}
