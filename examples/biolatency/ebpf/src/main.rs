//! Counts how long block I/O takes from issue to completion, by disk.
//!
//! A request had its disk until 5.16; since then the way to it is over the queue. One object goes
//! the way that the kernel has.
#![no_std]
#![no_main]

mod kernel;

use aya_ebpf::{
    btf_maps::{HashMap, PerCpuHashMap},
    helpers::bpf_ktime_get_ns,
    macros::{btf_map, raw_tracepoint},
    programs::RawTracePointContext,
};
use bpf_core::{ReadError, core_read};
use example_events::{Bucket, Disk, Reading, lost};
use kernel::{gendisk, request};

/// When requests were issued, by address, in nanoseconds since boot.
#[btf_map]
static ISSUED: HashMap<*const request, u64, 10240> = HashMap::new();

/// How many requests have taken so long.
#[btf_map]
static LATENCIES: PerCpuHashMap<Bucket, u64, 1024> = PerCpuHashMap::new();

// TP_PROTO(struct request *rq)
#[raw_tracepoint(tracepoint = "block_rq_issue")]
pub fn issue(ctx: RawTracePointContext) -> i32 {
    issued(ctx.arg(0))
}

// TP_PROTO(struct request_queue *q, struct request *rq), as it was before 5.11. The loader has to
// choose: what an argument points to cannot be seen from here.
// corelint: allow(moved-argument, reason = "the loader leaves this program out from 5.11 on")
#[raw_tracepoint(tracepoint = "block_rq_issue")]
pub fn issue_from_queue(ctx: RawTracePointContext) -> i32 {
    issued(ctx.arg(1))
}

// TP_PROTO(struct request *rq, blk_status_t error, unsigned int nr_bytes)
#[raw_tracepoint(tracepoint = "block_rq_complete")]
pub fn complete(ctx: RawTracePointContext) -> i32 {
    let request: *const request = ctx.arg(0);
    // SAFETY: nobody else writes to the time of a request that is not completed.
    let Some(&issued) = (unsafe { ISSUED.get(request) }) else {
        // It was issued before there was anyone to see it.
        return 0;
    };
    // A part of it may be completed before the rest: that does not count again.
    if ISSUED.remove(request).is_ok() {
        // SAFETY: the helper has no arguments.
        let nanoseconds = unsafe { bpf_ktime_get_ns() }.saturating_sub(issued);
        count(Bucket {
            disk: Reading::new(disk(request).map_err(ReadError::errno)),
            bits: u64::BITS - (nanoseconds / 1000).leading_zeros(),
        });
    }
    0
}

#[inline(always)]
fn issued(request: *const request) -> i32 {
    // SAFETY: the helper has no arguments.
    let now = unsafe { bpf_ktime_get_ns() };
    if ISSUED.insert(request, now, 0).is_err() {
        lost();
    }
    0
}

#[inline(always)]
fn count(bucket: Bucket) {
    const BPF_NOEXIST: u64 = 1;
    // If another CPU puts it in at the same time, it is there as well.
    let _ = LATENCIES.insert(bucket, 0, BPF_NOEXIST);
    match LATENCIES.get_ptr_mut(bucket) {
        // SAFETY: no other CPU has this value; where one completion interrupts another, one may be
        // missed.
        Some(count) => unsafe { *count += 1 },
        None => lost(),
    }
}

#[inline(always)]
fn disk(request: *const request) -> Result<Option<Disk>, ReadError> {
    let disk: *const gendisk = match core_read!(request, rq_disk)? {
        Some(disk) => disk,
        None => core_read!(request, q, disk)?,
    };
    if disk.is_null() {
        return Ok(None);
    }
    Ok(Some(Disk {
        major: core_read!(disk, major)? as u32,
        minor: core_read!(disk, first_minor)? as u32,
    }))
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
