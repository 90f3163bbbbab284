//! Debian's names of architectures, by which a kernel is known here.

/// Debian's name of an architecture that RPM, BTFHub or rustc name otherwise.
pub(crate) fn debian_name(architecture: &str) -> &str {
    match architecture {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "ppc64le" | "powerpc64" => "ppc64el",
        "loongarch64" => "loong64",
        "i686" | "i586" | "x86" => "i386",
        "armv7hl" => "armhf",
        other => other,
    }
}
