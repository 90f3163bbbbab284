//! From the bytes of the ring buffer to an event.

use anyhow::{Result, ensure};
use lineage_common::Event;

/// `bytes`: an [`Event`] as the eBPF program wrote it.
pub(crate) fn decode(bytes: &[u8]) -> Result<Event> {
    ensure!(
        bytes.len() == size_of::<Event>(),
        "the object sends events of {} bytes, not {}: it is of another version; run `cargo xtask \
         build`",
        bytes.len(),
        size_of::<Event>()
    );
    // SAFETY: the length is right, and every field is an integer or an array of them.
    Ok(unsafe { bytes.as_ptr().cast::<Event>().read_unaligned() })
}
