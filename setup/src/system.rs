//! Which system this is, and the command that installs packages there. Debian's packages are installed by
//! `debian.rs`; on other systems people get the command.

/// A family of systems that share a package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    Debian,
    Fedora,
    Arch,
    Alpine,
    Nix,
    Mac,
}

/// What has something, by system. `None`: nothing that its package manager has.
pub(crate) struct Packages {
    pub(crate) debian: &'static str,
    pub(crate) fedora: Option<&'static str>,
    pub(crate) arch: Option<&'static str>,
    pub(crate) alpine: Option<&'static str>,
    pub(crate) nix: Option<&'static str>,
    pub(crate) mac: Option<&'static str>,
}

impl Packages {
    /// The same name on each Linux, and nothing on macOS.
    pub(crate) const fn everywhere(name: &'static str) -> Self {
        Self {
            debian: name,
            fedora: Some(name),
            arch: Some(name),
            alpine: Some(name),
            nix: Some(name),
            mac: None,
        }
    }

    fn on(&self, system: System) -> Option<&'static str> {
        match system {
            System::Debian => Some(self.debian),
            System::Fedora => self.fedora,
            System::Arch => self.arch,
            System::Alpine => self.alpine,
            System::Nix => self.nix,
            System::Mac => self.mac,
        }
    }
}

impl System {
    /// By the text of `/etc/os-release` (`os-release(5)`), which macOS does not have. `None` for a system that
    /// is not known.
    pub(crate) fn of(os: &str, release: &str) -> Option<Self> {
        if os == "macos" {
            return Some(Self::Mac);
        }
        let value = |key: &str| release.lines().find_map(|line| line.strip_prefix(key));
        // The system itself, then those that it is made of.
        let ids = [value("ID="), value("ID_LIKE=")].into_iter().flatten();
        ids.flat_map(|ids| ids.trim_matches(['"', '\'']).split(' '))
            .find_map(|id| match id {
                "debian" | "ubuntu" => Some(Self::Debian),
                "fedora" | "rhel" | "centos" => Some(Self::Fedora),
                "arch" => Some(Self::Arch),
                "alpine" => Some(Self::Alpine),
                "nixos" => Some(Self::Nix),
                _ => None,
            })
    }

    /// What people type before the names of packages.
    fn command(self) -> &'static str {
        match self {
            Self::Debian => "sudo apt-get install",
            Self::Fedora => "sudo dnf install",
            Self::Arch => "sudo pacman -S",
            Self::Alpine => "sudo apk add",
            Self::Nix => "nix-shell -p",
            Self::Mac => "brew install",
        }
    }
}

/// The end of a message that packages are missing: the command, and what the system has no package for.
pub(crate) fn cure(system: Option<System>, packages: &[&Packages]) -> String {
    let on = |one: &Packages| system.and_then(|system| one.on(system));
    let mut names: Vec<&str> = packages.iter().filter_map(|one| on(one)).collect();
    names.sort_unstable();
    names.dedup();
    let others = packages.iter().filter(|one| on(one).is_none());
    let others: Vec<&str> = others.map(|one| one.debian).collect();
    let mut text = String::new();
    if let (Some(system), false) = (system, names.is_empty()) {
        text = format!(": run `{} {}`", system.command(), names.join(" "));
    }
    if !others.is_empty() {
        let others = others.join("`, `");
        text.push_str(&format!("; install by hand what Debian has in `{others}`"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_known_by_its_own_name_or_by_what_it_is_made_of() {
        let of = |release: &str| System::of("linux", release);
        for (release, system) in [
            (
                "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nNAME=\"Debian GNU/Linux\"\nID=debian\n",
                System::Debian,
            ),
            (
                "NAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nID=ubuntu\nID_LIKE=debian\n",
                System::Debian,
            ),
            (
                "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
                System::Debian,
            ),
            (
                "NAME=\"Fedora Linux\"\nID=fedora\nVERSION_ID=43\n",
                System::Fedora,
            ),
            (
                "NAME=\"AlmaLinux\"\nID=\"almalinux\"\nID_LIKE=\"rhel centos fedora\"\n",
                System::Fedora,
            ),
            (
                "NAME=\"Arch Linux\"\nID=arch\nBUILD_ID=rolling\n",
                System::Arch,
            ),
            (
                "NAME=\"CachyOS Linux\"\nID=cachyos\nID_LIKE=arch\n",
                System::Arch,
            ),
            (
                "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.23.0\n",
                System::Alpine,
            ),
            ("NAME=NixOS\nID=nixos\nID_LIKE=\"\"\n", System::Nix),
        ] {
            assert_eq!(of(release), Some(system), "{release}");
        }
        assert_eq!(of("ID=plan9\n"), None);
        assert_eq!(of(""), None);
        assert_eq!(System::of("macos", ""), Some(System::Mac));
    }

    #[test]
    fn each_system_has_its_command() {
        let bpftool = Packages {
            arch: Some("bpf"),
            nix: Some("bpftools"),
            ..Packages::everywhere("bpftool")
        };
        let make = Packages::everywhere("make");
        let told = |system| cure(system, &[&make, &bpftool, &make]);
        for (system, text) in [
            (
                Some(System::Debian),
                ": run `sudo apt-get install bpftool make`",
            ),
            (
                Some(System::Fedora),
                ": run `sudo dnf install bpftool make`",
            ),
            (Some(System::Arch), ": run `sudo pacman -S bpf make`"),
            (Some(System::Alpine), ": run `sudo apk add bpftool make`"),
            (Some(System::Nix), ": run `nix-shell -p bpftools make`"),
            (
                None,
                "; install by hand what Debian has in `make`, `bpftool`, `make`",
            ),
        ] {
            assert_eq!(told(system), text);
        }
        let mac = Packages {
            mac: Some("make"),
            ..Packages::everywhere("make")
        };
        assert_eq!(
            cure(Some(System::Mac), &[&mac, &bpftool]),
            ": run `brew install make`; install by hand what Debian has in `bpftool`"
        );
    }
}
