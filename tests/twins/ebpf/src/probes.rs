//! The low-level form, `bpf_probe_read_kernel` and its like: an address, and no relocation.

use bpf_core::{
    ReadError, UserPtr, probe_read_kernel, probe_read_kernel_str, probe_read_user,
    probe_read_user_str,
};

use crate::row::text;

rows! {
    fn probe_kernel(address: *const u64) -> Result<u64, ReadError> {
        probe_read_kernel(address)
    }

    fn probe_user(address: UserPtr<u32>) -> Result<u32, ReadError> {
        probe_read_user(address)
    }

    fn probe_kernel_text(address: *const u8) -> Option<Result<&'static [u8], ReadError>> {
        let text = text()?;
        Some(probe_read_kernel_str(text, address))
    }

    fn probe_user_text(address: UserPtr<u8>) -> Option<Result<&'static [u8], ReadError>> {
        let text = text()?;
        Some(probe_read_user_str(text, address))
    }
}
