//! An apt with sources of its own, which changes nothing of this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use setup::debian;

/// Debian's keys, which each suite is signed with one of.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// A private state of apt.
#[derive(Debug)]
pub(crate) struct Apt {
    configuration: PathBuf,
}

/// The line of a suite in apt's list of sources.
pub(crate) fn source(architectures: &str, address: &str, suite: &str) -> String {
    format!("deb [arch={architectures} target=Packages signed-by={KEYS}] {address} {suite} main\n")
}

impl Apt {
    /// Keeps all that it has in `folder`.
    pub(crate) fn new(folder: &Path, sources: &str) -> Result<Self> {
        fs::create_dir_all(folder.join("lists/partial"))?;
        fs::create_dir_all(folder.join("archives/partial"))?;
        fs::write(folder.join("sources.list"), sources)?;
        let user = if debian::is_root() { "root" } else { "_apt" };
        let configuration = folder.join("apt.conf");
        let folder = folder.display();
        let settings = format!(
            "#clear APT::Update::Post-Invoke;\n\
             #clear APT::Update::Post-Invoke-Success;\n\
             APT::Sandbox::User \"{user}\";\n\
             Dir::Etc::SourceList \"{folder}/sources.list\";\n\
             Dir::Etc::SourceParts \"/dev/null\";\n\
             Dir::State \"{folder}\";\n\
             Dir::State::Lists \"{folder}/lists\";\n\
             Dir::Cache \"{folder}\";\n"
        );
        fs::write(&configuration, settings)?;
        Ok(Self { configuration })
    }

    /// `apt-get` with this state.
    pub(crate) fn get(&self) -> Command {
        let mut command = Command::new("apt-get");
        command
            .arg("-c")
            .arg(&self.configuration)
            .env("LC_ALL", "C");
        command
    }
}
