//! A kernel in qemu, from its start to its end.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::pin::Architecture;
use crate::transcript::Transcript;
use crate::unpacked::Program;

/// How long a guest may say nothing: some thirty times what all of it takes on a machine that has nothing
/// else to do.
const TIME_LIMIT: Duration = Duration::from_secs(240);

/// What boots the kernels of one architecture.
#[derive(Debug)]
pub(crate) struct Machine {
    qemu: Program,
    architecture: Architecture,
    /// What it runs, for the kernel to unpack.
    initramfs: PathBuf,
}

/// A kernel that was started.
#[derive(Debug)]
pub(crate) struct Boot {
    /// All that its console has shown.
    pub(crate) console: String,
    pub(crate) transcript: Transcript,
    pub(crate) time: Duration,
    /// What kept it from coming to its end.
    pub(crate) obstacle: Option<String>,
}

/// qemu for an architecture, from this machine or unpacked.
pub(crate) fn qemu(architecture: Architecture) -> Result<Program> {
    match architecture {
        Architecture::Amd64 => Program::find("qemu-system-x86_64", &["qemu-system-x86"]),
        Architecture::Arm64 => Program::find("qemu-system-aarch64", &["qemu-system-arm"]),
    }
}

impl Machine {
    pub(crate) fn new(qemu: Program, architecture: Architecture, initramfs: PathBuf) -> Self {
        Self {
            qemu,
            architecture,
            initramfs,
        }
    }

    /// Boots `kernel` and waits for its end; what its console shows goes to `log`.
    pub(crate) fn boot(&self, kernel: &Path, log: &Path) -> Result<Boot> {
        if log.exists() {
            // What qemu does not write is not to be read as this boot's.
            fs::remove_file(log)?;
        }
        let start = Instant::now();
        let mut heard = Heard::default();
        let mut qemu = self
            .command(kernel, log)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("qemu cannot be started")?;
        let ended = loop {
            if let Some(status) = qemu.try_wait()? {
                break Some(status);
            }
            if heard.silence(log) > TIME_LIMIT {
                qemu.kill()?;
                qemu.wait()?;
                break None;
            }
            sleep(Duration::from_millis(20));
        };
        let time = start.elapsed();
        let mut complaint = String::new();
        if let Some(mut stderr) = qemu.stderr.take() {
            stderr.read_to_string(&mut complaint)?;
        }
        let console = fs::read(log).unwrap_or_default();
        let console = String::from_utf8_lossy(&console).into_owned();
        let transcript = Transcript::parse(&console);
        let obstacle = match ended {
            None => Some(hung(&transcript)),
            Some(status) if !status.success() => {
                Some(format!("qemu failed ({status}): {}", complaint.trim()))
            }
            Some(_) => premature(&transcript),
        };
        Ok(Boot {
            console,
            transcript,
            time,
            obstacle,
        })
    }

    fn command(&self, kernel: &Path, log: &Path) -> Command {
        let mut qemu = self.qemu.command();
        if let Some(root) = self.qemu.root() {
            for data in ["qemu", "seabios"] {
                qemu.arg("-L").arg(root.join("usr/share").join(data));
            }
        }
        let console = match self.architecture {
            Architecture::Amd64 => {
                qemu.args(["-machine", "q35", "-cpu", "max"]);
                "ttyS0"
            }
            Architecture::Arm64 => {
                qemu.args(["-machine", "virt", "-cpu", "cortex-a72"]);
                "ttyAMA0"
            }
        };
        // `/dev/kvm` may be there and yet not boot these kernels.
        qemu.args(["-accel", "tcg", "-m", "512", "-no-reboot"])
            .args(["-nodefaults", "-no-user-config", "-display", "none"])
            // A disk, for who watches block devices. Cloud kernels have its driver built in.
            .args([
                "-blockdev",
                "null-co,node-name=zeros,size=67108864,read-zeroes=on",
            ])
            .args(["-device", "nvme,drive=zeros,serial=zeros"])
            .arg("-serial")
            .arg(format!("file:{}", log.display()))
            .arg("-kernel")
            .arg(kernel)
            .arg("-initrd")
            .arg(&self.initramfs)
            .arg("-append")
            // Only what ends the guest may stand between the lines of its programs. On a machine with much else
            // to do, the test whether the timer works finds that it does not.
            .arg(format!(
                "console={console} loglevel=1 panic=-1 oops=panic no_timer_check"
            ));
        qemu
    }
}

/// When a console last grew.
struct Heard {
    bytes: u64,
    at: Instant,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            bytes: 0,
            at: Instant::now(),
        }
    }
}

impl Heard {
    fn silence(&mut self, log: &Path) -> Duration {
        let bytes = fs::metadata(log).map_or(0, |log| log.len());
        if bytes != self.bytes {
            self.bytes = bytes;
            self.at = Instant::now();
        }
        self.at.elapsed()
    }
}

fn hung(transcript: &Transcript) -> String {
    let limit = TIME_LIMIT.as_secs();
    match (&transcript.release, transcript.runs.last()) {
        (None, _) => format!("it did not start within {limit} s"),
        (Some(_), Some(run)) if run.end.is_none() => {
            format!("`{}` said nothing for {limit} s", run.example)
        }
        (Some(_), _) => format!("it did not switch off within {limit} s"),
    }
}

fn premature(transcript: &Transcript) -> Option<String> {
    match (&transcript.panic, &transcript.release) {
        (Some(panic), _) => Some(format!("it panicked: {panic}")),
        (None, None) => Some("it did not start".to_owned()),
        (None, Some(_)) if !transcript.done => Some("it went off before its end".to_owned()),
        (None, Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_is_told() {
        let started = "guest: kernel 6.1\nguest: lineage starts\n";
        let ended = format!("{started}guest: lineage ended: exit status: 0\n");
        let of = |tell: fn(&Transcript) -> String, console: &str| tell(&Transcript::parse(console));
        assert!(of(hung, "").starts_with("it did not start within"));
        assert!(of(hung, started).starts_with("`lineage` said nothing for"));
        assert!(of(hung, &ended).starts_with("it did not switch off within"));
        let of = |console: &str| premature(&Transcript::parse(console));
        assert_eq!(of("").as_deref(), Some("it did not start"));
        assert_eq!(of(&ended).as_deref(), Some("it went off before its end"));
        let panic = format!("{started}[ 1.0] Kernel panic - not syncing: Oops\n");
        assert_eq!(of(&panic).as_deref(), Some("it panicked: Oops"));
        assert_eq!(of(&format!("{ended}guest: done\n")), None);
    }
}
