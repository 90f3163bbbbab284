//! A line of `aya-log`.
#![no_std]
#![no_main]

use aya_ebpf::helpers::bpf_get_current_comm;
use aya_ebpf::programs::RawTracePointContext;
use aya_log_ebpf::info;
use constructs_ebpf::program;

#[unsafe(no_mangle)]
#[unsafe(link_section = "raw_tp")]
pub extern "C" fn logs(context: *mut core::ffi::c_void) -> u32 {
    let context = RawTracePointContext::new(context);
    let number: u64 = context.arg(0);
    let comm = bpf_get_current_comm().unwrap_or_default();
    info!(
        &context,
        "{} is {:x}, {}",
        // SAFETY: user space takes any bytes.
        unsafe { core::str::from_utf8_unchecked(&comm) },
        number,
        u8::from(number == 7)
    );
    number as u32
}

program!(|number| { number });
