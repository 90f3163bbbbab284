//! A bpffs for a test alone.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::Command;

/// Has `then` pin programs there.
pub(crate) fn with(name: &str, then: impl FnOnce(&Path)) {
    let mount = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bpffs-{name}"));
    fs::create_dir_all(&mount).unwrap();
    let mut command = Command::new("mount");
    let status = command.args(["-t", "bpf", "bpf"]).arg(&mount).status();
    let is_mounted = status.is_ok_and(|status| status.success());
    assert!(is_mounted, "no {}", mount.display());
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| then(&mount)));
    let _ = Command::new("umount").arg(&mount).status();
    if let Err(panic) = outcome {
        panic::resume_unwind(panic);
    }
}
