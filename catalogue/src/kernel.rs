//! Which kernel it is: release, architecture, flavour, where it came from.

use std::fmt;

use crate::bytes::{Reader, put_string};
use crate::error::Damaged;

/// A kernel of a catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Kernel {
    /// What `uname -r` prints: `6.12.43+deb12-cloud-amd64`.
    pub release: String,
    /// The upstream version with the package's revision: `6.12.43-1~bpo12+1`. Empty without a package.
    pub version: String,
    /// The architecture by its Debian name: `amd64`, `arm64`, `riscv64`, `s390x`.
    pub architecture: String,
    /// The flavour: `cloud`, `rt`; empty for the usual kernel.
    pub flavour: String,
    /// Who built it: `debian`, `ubuntu`, `fedora`; empty if unknown.
    pub distribution: String,
}

impl Kernel {
    /// A kernel of which only this is known.
    pub fn new(release: &str, architecture: &str) -> Self {
        Self {
            release: release.to_owned(),
            architecture: architecture.to_owned(),
            ..Self::default()
        }
    }

    /// The numbers of the upstream version: `[6, 12, 43]`. What orders kernels in time.
    pub fn numbers(&self) -> [u32; 3] {
        let text = if self.version.is_empty() {
            &self.release
        } else {
            &self.version
        };
        // Thousands of kernels are asked again and again.
        let mut numbers = [Some(0_u32); 3];
        let mut at = 0;
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => {
                    let digit = u32::from(byte - b'0');
                    let tens = numbers[at].and_then(|number| number.checked_mul(10));
                    numbers[at] = tens.and_then(|tens| tens.checked_add(digit));
                }
                b'.' if at < 2 => at += 1,
                _ => break,
            }
        }
        numbers.map(Option::unwrap_or_default)
    }

    fn texts(&self) -> [&String; 5] {
        [
            &self.release,
            &self.version,
            &self.architecture,
            &self.flavour,
            &self.distribution,
        ]
    }

    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        self.texts().iter().for_each(|text| put_string(out, text));
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let mut text = || reader.string().map(str::to_owned);
        Ok(Self {
            release: text()?,
            version: text()?,
            architecture: text()?,
            flavour: text()?,
            distribution: text()?,
        })
    }
}

/// `6.12.43 amd64 cloud`, as findings name a kernel.
impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers();
        write!(f, "{major}.{minor}.{patch}")?;
        for part in [&self.architecture, &self.flavour] {
            if !part.is_empty() {
                write!(f, " {part}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_releases() {
        let numbers = |release: &str| Kernel::new(release, "amd64").numbers();
        assert_eq!(numbers("6.12.43+deb12-cloud-amd64"), [6, 12, 43]);
        assert_eq!(numbers("5.10.0-46-amd64"), [5, 10, 0]);
        assert_eq!(numbers("6.8-rc3"), [6, 8, 0]);
        assert_eq!(numbers("4.18.0-553.el8_10.x86_64"), [4, 18, 0]);
        assert_eq!(numbers(""), [0, 0, 0]);
        assert_eq!(numbers("6..3.4"), [6, 0, 3]);
        assert_eq!(numbers("6.99999999999.1"), [6, 0, 1]);
        let packaged = Kernel {
            version: "5.10.262-1".to_owned(),
            flavour: "rt".to_owned(),
            ..Kernel::new("5.10.0-46-rt-amd64", "amd64")
        };
        assert_eq!(packaged.to_string(), "5.10.262 amd64 rt");
    }
}
