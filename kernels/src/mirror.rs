//! Files of Debian's archives, from where apt on this machine gets its own.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use setup::debian;
use setup::process::ask;

use crate::archive::Archive;
use crate::package::Package;

/// apt's own downloader, with its settings for proxies and the like.
pub(crate) const HELPER: &str = "/usr/lib/apt/apt-helper";

/// Why a file was not downloaded.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The mirror answers, and has it no more.
    Gone,
    /// It came, and is not what was asked for.
    OtherContent,
    /// What apt says.
    Unreachable(String),
}

/// The mirrors that apt on this machine is set up with, for suites that it need not know.
#[derive(Debug)]
pub(crate) struct Mirror {
    main: String,
    security: String,
}

impl Mirror {
    pub(crate) fn find() -> Result<Self> {
        if !debian::is_here() {
            bail!("this is no Debian, whose apt would know a mirror");
        }
        let known = || {
            let lists = ask(Command::new("apt-get").args([
                "indextargets",
                "--format",
                "$(LABEL)|$(REPO_URI)",
                "Created-By: Packages",
            ]))?;
            Ok::<_, anyhow::Error>(Self::of(&lists))
        };
        if let Some(mirror) = known()? {
            return Ok(mirror);
        }
        debian::update()?;
        known()?.context("apt's sources name no mirror of Debian")
    }

    /// Lines of label and address, with a bar between: `Debian Backports` is a label too.
    fn of(lists: &str) -> Option<Self> {
        let address = |archive: Archive| {
            let with_label = |line: &str| {
                let (label, address) = line.split_once('|')?;
                (label == archive.label()).then(|| address.trim_end_matches('/').to_owned())
            };
            lists.lines().find_map(with_label)
        };
        let main = address(Archive::Main)?;
        // A bare `debootstrap` leaves that one out of apt's sources; mirrors have it beside.
        let security = address(Archive::Security).unwrap_or_else(|| format!("{main}-security"));
        Some(Self { main, security })
    }

    /// The address of an archive.
    pub(crate) fn address(&self, archive: Archive) -> &str {
        match archive {
            Archive::Main => &self.main,
            Archive::Security => &self.security,
        }
    }

    /// Downloads a package, which has to have its SHA-256.
    pub(crate) fn download(&self, package: &Package, to: &Path) -> Result<(), Refusal> {
        let mut helper = Command::new(HELPER);
        if debian::is_root() {
            // apt's own unprivileged user may not be allowed to write there.
            helper.args(["-o", "APT::Sandbox::User=root"]);
        }
        helper
            .arg("download-file")
            .arg(format!(
                "{}/{}",
                self.address(package.archive),
                package.path
            ))
            .arg(to)
            .arg(format!("SHA256:{}", package.sha256))
            .env("LC_ALL", "C");
        match ask(&mut helper) {
            Ok(_) => Ok(()),
            Err(error) => Err(refusal(&error.to_string())),
        }
    }
}

/// Out of what apt says, such as `E: Failed to fetch ADDRESS  404  Not Found [IP: ...]`.
fn refusal(told: &str) -> Refusal {
    let reason = told
        .lines()
        .find_map(|line| line.split_once("Failed to fetch ")?.1.split_once("  "));
    match reason.map(|(_, reason)| reason.trim()) {
        Some(reason) if reason.starts_with("404 ") => Refusal::Gone,
        Some(reason) if reason.starts_with("Hash Sum mismatch") => Refusal::OtherContent,
        reason => Refusal::Unreachable(reason.unwrap_or(told).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_are_those_of_apt() {
        let of = |lists| {
            let mirror = Mirror::of(lists)?;
            Some(Archive::ALL.map(|archive| mirror.address(archive).to_owned()))
        };
        let main = "Debian Backports|http://three.example/debian/\n\
            Debian|http://one.example/debian/\n";
        assert_eq!(
            of(main),
            Some(
                [
                    "http://one.example/debian",
                    "http://one.example/debian-security"
                ]
                .map(str::to_owned)
            )
        );
        let both = format!("{main}Debian-Security|http://two.example/sec\n");
        assert_eq!(of(&both).unwrap()[1], "http://two.example/sec");
        assert_eq!(of("Ubuntu|http://archive.example/ubuntu/\n"), None);
    }

    #[test]
    fn a_moved_file_is_not_a_wrong_one() {
        let told = |reason| {
            refusal(&format!(
                "`x` failed: E: Failed to fetch http://a/b  {reason}"
            ))
        };
        assert!(matches!(told("404  Not Found [IP: ::1 80]"), Refusal::Gone));
        assert!(matches!(
            told("Hash Sum mismatch\n   Hashes of"),
            Refusal::OtherContent
        ));
        let Refusal::Unreachable(why) = told("Could not resolve 'a'\nE: Download Failed") else {
            panic!("no mirror has answered");
        };
        assert_eq!(why, "Could not resolve 'a'");
    }
}
