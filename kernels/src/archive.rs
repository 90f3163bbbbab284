//! Debian's archives.

/// One of the archives that Debian has on its mirrors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Archive {
    Main,
    Security,
}

impl Archive {
    pub(crate) const ALL: [Self; 2] = [Self::Main, Self::Security];

    /// Its folder on a mirror.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Main => "debian",
            Self::Security => "debian-security",
        }
    }

    /// What its `Release` files have as `Label`.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Main => "Debian",
            Self::Security => "Debian-Security",
        }
    }
}
