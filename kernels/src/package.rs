//! A package of Debian's archives, pinned by its content: a line as `sha256sum` writes it, with the
//! file's place in the archive, as in
//! `debian/pool/main/l/linux-signed-amd64/linux-image-6.1.0-50-cloud-amd64_6.1.176-1_amd64.deb`.

use std::fmt;

use anyhow::{Context as _, Result, bail};

use crate::archive::Archive;

/// A pinned package.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Package {
    /// In lower-case hexadecimal digits.
    pub(crate) sha256: String,
    pub(crate) archive: Archive,
    /// Below the archive's top folder.
    pub(crate) path: String,
}

impl Package {
    pub(crate) fn new(sha256: &str, archive: Archive, path: &str) -> Result<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if sha256.len() != 64 || !sha256.bytes().all(is_digit) {
            bail!("`{sha256}` is no SHA-256: 64 of 0-9 and a-f");
        }
        Ok(Self {
            sha256: sha256.to_owned(),
            archive,
            path: path.to_owned(),
        })
    }

    pub(crate) fn parse(line: &str) -> Result<Self> {
        let (sha256, path) = line
            .split_once("  ")
            .context("not as `sha256sum` writes it: `SHA256  PATH`")?;
        let in_archive = |archive: &Archive| {
            let path = path.strip_prefix(archive.name())?.strip_prefix('/')?;
            Some((*archive, path))
        };
        let (archive, path) = Archive::ALL.iter().find_map(in_archive).with_context(|| {
            format!(
                "`{path}` is in none of {:?}",
                Archive::ALL.map(Archive::name)
            )
        })?;
        Self::new(sha256, archive, path)
    }

    /// The file's name.
    pub(crate) fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// `NAME_VERSION_ARCHITECTURE`: no two packages of Debian have the same.
    pub(crate) fn id(&self) -> &str {
        self.file().trim_end_matches(".deb")
    }

    /// Its name, as `linux-image-6.1.0-50-cloud-amd64`.
    pub(crate) fn name(&self) -> &str {
        self.part(0)
    }

    /// Its version, as `6.12.43-1~bpo12+1`.
    pub(crate) fn version(&self) -> &str {
        self.part(1)
    }

    /// Debian's name of its architecture.
    pub(crate) fn architecture(&self) -> &str {
        self.part(2)
    }

    fn part(&self, at: usize) -> &str {
        self.id().split('_').nth(at).unwrap_or_default()
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}/{}", self.sha256, self.archive.name(), self.path)
    }
}
