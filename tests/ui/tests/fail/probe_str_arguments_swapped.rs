// The order of aya's helper.
use bpf_core::*;

fn name(address: *const u8) -> Result<(), ReadError> {
    let mut buf = [0; 16];
    probe_read_kernel_str(address, &mut buf)?;
//~                       ^^^^^^^  ^^^^^^^^
    Ok(())
}

fn main() {}
