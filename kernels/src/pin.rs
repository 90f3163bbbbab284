//! The kernel packages that are booted, a line each in `kernels/SHA256SUMS`.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use setup::workspace;

use crate::package::Package;

/// The machines that kernels run on here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Architecture {
    Amd64,
    Arm64,
}

impl Architecture {
    pub(crate) const ALL: [Self; 2] = [Self::Amd64, Self::Arm64];

    /// Debian's name of it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }
}

/// A package with a kernel in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) package: Package,
    pub(crate) kernel: Kernel,
}

impl Pin {
    pub(crate) fn new(package: Package) -> Result<Self> {
        let kernel = Kernel::of_package(package.file()).with_context(|| {
            format!("`{}` is no kernel package for amd64 or arm64", package.path)
        })?;
        Ok(Self { package, kernel })
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.package.fmt(f)
    }
}

/// What a kernel is called here: `6.12.117-1-amd64-rt`. In the order of architectures, then
/// versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kernel {
    pub(crate) architecture: Architecture,
    upstream: Vec<u32>,
    /// Debian's.
    revision: u32,
    /// `cloud`, `rt` or `default`.
    pub(crate) flavour: String,
}

impl Kernel {
    /// Out of a package's file name, `NAME_VERSION_ARCHITECTURE.deb`.
    pub(crate) fn of_package(file: &str) -> Option<Self> {
        let mut parts = file.strip_suffix(".deb")?.split('_');
        let (name, version, architecture) = (parts.next()?, parts.next()?, parts.next()?);
        let architecture = Architecture::ALL
            .into_iter()
            .find(|known| known.name() == architecture)?;
        // From 6.19 on `linux-image` is an empty package that needs `linux-binary`.
        let release = ["linux-image-", "linux-binary-"]
            .iter()
            .find_map(|kind| name.strip_prefix(kind))?
            .strip_suffix(architecture.name())?
            .strip_suffix('-')?;
        let flavour = match release.rsplit_once('-') {
            Some((_, flavour @ ("cloud" | "rt"))) => flavour,
            _ => "default",
        };
        // A backport's own number, as in `6.12.43-1~bpo12+1`, says nothing of the kernel.
        let (upstream, revision) = version.split('~').next()?.split_once('-')?;
        let upstream = upstream.split('.').map(|part| part.parse().ok());
        Some(Self {
            architecture,
            upstream: upstream.collect::<Option<_>>()?,
            revision: revision.parse().ok()?,
            flavour: flavour.to_owned(),
        })
    }

    /// Upstream's release, to sort by.
    pub(crate) fn release(&self) -> (&[u32], String) {
        (&self.upstream, self.to_string())
    }

    /// Upstream's, as 6 and 12, of which there are many releases.
    pub(crate) fn series(&self) -> &[u32] {
        &self.upstream[..self.upstream.len().min(2)]
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, part) in self.upstream.iter().enumerate() {
            let dot = if place == 0 { "" } else { "." };
            write!(f, "{dot}{part}")?;
        }
        let architecture = self.architecture.name();
        write!(f, "-{}-{architecture}-{}", self.revision, self.flavour)
    }
}

pub(crate) fn file() -> PathBuf {
    workspace::root().join("kernels/SHA256SUMS")
}

/// Every pin, in the order of kernels.
pub(crate) fn all() -> Result<Vec<Pin>> {
    let file = file();
    let text = fs::read_to_string(&file).with_context(|| format!("no {}", file.display()))?;
    parse(&text).with_context(|| file.display().to_string())
}

fn parse(text: &str) -> Result<Vec<Pin>> {
    let mut pins: Vec<Pin> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let pin = Package::parse(line).and_then(Pin::new);
        let pin = pin.with_context(|| format!("line {number}"))?;
        if pins.iter().any(|other| other.kernel == pin.kernel) {
            bail!("line {number}: a second `{}`", pin.kernel);
        }
        pins.push(pin);
    }
    pins.sort_by(|a, b| a.kernel.cmp(&b.kernel));
    Ok(pins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Archive;

    #[test]
    fn the_pinned_kernels_are_as_many_as_promised() {
        let pins = all().unwrap();
        let of = |architecture| {
            let of = |pin: &&Pin| pin.kernel.architecture == architecture;
            pins.iter().filter(of).count()
        };
        assert!(of(Architecture::Amd64) >= 14);
        assert!(of(Architecture::Arm64) >= 8);
        for flavour in ["cloud", "default", "rt"] {
            assert!(pins.iter().any(|pin| pin.kernel.flavour == flavour));
        }
    }

    #[test]
    fn a_package_says_which_kernel_it_has() {
        let name = |file| Kernel::of_package(file).map(|kernel| kernel.to_string());
        let is = |file, kernel: &str| assert_eq!(name(file).as_deref(), Some(kernel));
        is(
            "linux-image-6.1.0-50-cloud-amd64_6.1.176-1_amd64.deb",
            "6.1.176-1-amd64-cloud",
        );
        is(
            "linux-image-5.10.0-46-rt-arm64_5.10.262-1_arm64.deb",
            "5.10.262-1-arm64-rt",
        );
        is(
            "linux-binary-7.3.4+deb13-amd64_7.3.4-1~bpo13+1_amd64.deb",
            "7.3.4-1-amd64-default",
        );
        // No kernel, a release candidate, another architecture.
        assert_eq!(
            name("linux-headers-6.1.0-50-amd64_6.1.176-1_amd64.deb"),
            None
        );
        assert_eq!(
            name("linux-binary-7.3-amd64_7.3~rc7-1~exp1_amd64.deb"),
            None
        );
        assert_eq!(name("linux-image-6.1.0-50-s390x_6.1.176-1_s390x.deb"), None);
    }

    #[test]
    fn releases_are_in_the_order_of_numbers() {
        let kernel =
            |version| Kernel::of_package(&format!("linux-image-x-cloud-amd64_{version}_amd64.deb"));
        assert!(kernel("5.10.262-1") > kernel("5.10.30-1"));
        assert!(kernel("6.1.192-2") < kernel("6.12.43-1~bpo12+1"));
        assert!(kernel("6.1.192-2") > kernel("6.1.192-1"));
    }

    #[test]
    fn a_line_is_written_as_it_was_read() {
        let sum = "0123456789abcdef".repeat(4);
        let line = format!(
            "{sum}  debian-security/pool/updates/main/l/linux-signed-amd64/\
             linux-image-5.10.0-46-cloud-amd64_5.10.262-1_amd64.deb"
        );
        let pin = Package::parse(&line).and_then(Pin::new).unwrap();
        assert_eq!(pin.package.archive, Archive::Security);
        assert!(pin.package.path.starts_with("pool/updates/"));
        assert_eq!(
            pin.package.id(),
            "linux-image-5.10.0-46-cloud-amd64_5.10.262-1_amd64"
        );
        assert_eq!(pin.to_string(), line);
    }

    #[test]
    fn a_wrong_line_is_told_by_its_number() {
        let good = format!(
            "{}  debian/linux-image-1-amd64_1.0-1_amd64.deb\n",
            "a".repeat(64)
        );
        let error = |text: &str| format!("{:#}", parse(text).unwrap_err());
        let bad = |line: &str| error(&format!("{good}{line}\n"));
        assert!(bad("abc").starts_with("line 2: not as `sha256sum` writes it"));
        assert!(bad("abc  ubuntu/x.deb").starts_with("line 2: `ubuntu/x.deb` is in none of"));
        assert!(
            bad(&format!("{}  debian/x.deb", "b".repeat(64)))
                .starts_with("line 2: `x.deb` is no kernel package")
        );
        assert!(bad(&good.replace("1.0", "1.1").replacen('a', "x", 1)).contains("no SHA-256"));
        assert_eq!(
            bad(good.trim_end()),
            "line 2: a second `1.0-1-amd64-default`"
        );
    }
}
