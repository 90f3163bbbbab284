//! Writes the output file. A failure leaves no file that could be taken for an output.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process,
};

use crate::error::{Error, Result};

/// Writes `bytes` to `path`: to a file beside it first, which then takes its name.
/// A device or a pipe is written to directly.
///
/// # Errors
/// When it cannot be written. `path` is then as it was.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let cannot = |error: io::Error| Error::file("write", path, &error);
    // The name of a link stays, what it points to changes.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
        return File::options()
            .write(true)
            .open(&target)
            .and_then(|mut device| device.write_all(bytes))
            .map_err(cannot);
    }
    let temporary = beside(&target).ok_or_else(|| cannot(io::ErrorKind::InvalidFilename.into()))?;
    let written = File::create(&temporary)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&temporary, &target));
    written.map_err(|error| {
        // It may not exist at all.
        let _ = fs::remove_file(&temporary);
        cannot(error)
    })
}

/// Removes what an earlier link left at `path`: after a failed one, it would be
/// taken for the output.
pub fn remove_stale(path: &Path) {
    if fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        // What cannot be removed could not have been written either.
        let _ = fs::remove_file(path);
    }
}

/// A file beside `path`. The name of `path` is no part of it, as that may be as long as a name can be.
fn beside(path: &Path) -> Option<PathBuf> {
    path.file_name()?;
    Some(path.with_file_name(format!(".bpf-core-linker.{}.tmp", process::id())))
}
