//! What fuzz targets share: front ends read files.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cargo_corelint::check;
use cargo_corelint::front::Settings;
use cargo_corelint::input::{Kind, Owner, Unit, Work};

/// Checks a file of that name with these contents.
pub fn check(kind: Kind, name: &str, contents: &[u8]) {
    static FOLDERS: AtomicU32 = AtomicU32::new(0);
    let number = FOLDERS.fetch_add(1, Ordering::Relaxed) % 4;
    let folder =
        std::env::temp_dir().join(format!("corelint-fuzz-{}-{number}", std::process::id()));
    let path: PathBuf = folder.join(name);
    let parent = path.parent().unwrap_or(&folder);
    if fs::create_dir_all(parent).is_err() || fs::write(&path, contents).is_err() {
        return;
    }
    let unit = Unit {
        work: Work::File(kind, path),
        owner: Arc::new(Owner {
            ebpf: Some(true),
            ..Owner::default()
        }),
    };
    std::hint::black_box(check::check(&unit, &Settings::default()));
}
