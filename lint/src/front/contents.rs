//! Reads the bytes of a file up to a limit.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// Reads a file of at most `largest` bytes.
///
/// # Errors
/// Why it cannot be read, in words.
pub(super) fn read(path: &Path, largest: u64) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| {
        let words = error.to_string().to_lowercase();
        words
            .split(" (os error")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    // A pipe has no length, and may not end.
    if metadata.len() > largest {
        return Err(format!("it is larger than {} MB", largest >> 20));
    }
    file.take(largest).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
