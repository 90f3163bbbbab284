//! Values of several bytes that are passed on: out of functions, as an `Option`, in structs. In C the struct is filled
//! where it is.

use core::ffi::c_void;

use aya_ebpf::helpers::{bpf_get_current_comm, bpf_ringbuf_output};
use aya_ebpf::{btf_maps::RingBuf, macros::btf_map};
use bpf_core::{ReadError, core_read};

use crate::kernel::{rlimit, task_struct};
use crate::row::text;

/// As large as the place for a text.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct event {
    tgid: i32,
    parent: i32,
    comm: [u8; 16],
    of_parent: [u8; 16],
    limit: rlimit,
    end: [u32; 2],
}

#[btf_map]
static EVENTS: RingBuf<(), 4096> = RingBuf::new();

impl event {
    const NONE: Self = Self {
        tgid: 0,
        parent: 0,
        comm: [0; 16],
        of_parent: [0; 16],
        limit: rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        },
        end: [0; 2],
    };

    /// Into the ring buffer.
    #[inline(always)]
    fn send(&self) -> u64 {
        let size = size_of::<Self>() as u64;
        let events = (&raw const EVENTS).cast_mut().cast::<c_void>();
        // SAFETY: a ring buffer, and as many bytes.
        unsafe { bpf_ringbuf_output(events, (&raw const *self).cast_mut().cast(), size, 0) as u64 }
    }

    /// Into a map, where a test reads it.
    #[inline(always)]
    fn put(&self) -> u64 {
        text().map_or(1, |text| {
            // SAFETY: the map's memory has room for an event.
            unsafe { (&raw mut *text).cast::<Self>().write(*self) };
            0
        })
    }
}

fn comm(task: *const task_struct) -> Result<[u8; 16], ReadError> {
    core_read!(task, comm)
}

fn comm_if_there(task: *const task_struct) -> Option<[u8; 16]> {
    comm(task).ok()
}

fn number(number: i32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_ne_bytes());
    bytes
}

fn limit(task: *const task_struct) -> Result<rlimit, ReadError> {
    core_read!(task, signal, rlim[7])
}

#[inline(always)]
fn whole(task: *const task_struct) -> Result<event, ReadError> {
    let parent = core_read!(task, real_parent)?;
    Ok(event {
        tgid: core_read!(task, tgid)?,
        parent: core_read!(parent, tgid)?,
        comm: comm(task)?,
        of_parent: core_read!(parent, comm)?,
        limit: limit(task)?,
        end: [7, 9],
    })
}

rows! {
    fn value_sent(task: *const task_struct) -> Result<u64, ReadError> {
        let comm = core_read!(task, comm)?;
        Ok(event { comm, ..event::NONE }.send())
    }

    fn value_of_function_sent(task: *const task_struct) -> Result<u64, ReadError> {
        let comm = comm(task)?;
        Ok(event { comm, ..event::NONE }.send())
    }

    fn value_if_there_sent(task: *const task_struct) -> Option<u64> {
        let comm = comm_if_there(task)?;
        Some(event { comm, ..event::NONE }.send())
    }

    fn value_or_default_sent(task: *const task_struct) -> u64 {
        let comm = core_read!(task, comm).unwrap_or_default();
        event { comm, ..event::NONE }.send()
    }

    fn struct_sent(task: *const task_struct) -> Result<u64, ReadError> {
        Ok(whole(task)?.send())
    }

    fn value_put(task: *const task_struct) -> Result<u64, ReadError> {
        let comm = comm(task)?;
        Ok(event { comm, ..event::NONE }.put())
    }

    fn value_or_text_put(task: *const task_struct) -> u64 {
        let comm = match core_read!(task, comm) {
            Ok(comm) => comm,
            Err(_) => *b"not known\0\0\0\0\0\0\0",
        };
        event { comm, ..event::NONE }.put()
    }

    // A program of IPv4 and IPv6 has its addresses so.
    fn values_by_match_put(task: *const task_struct) -> Result<u64, ReadError> {
        let parent = core_read!(task, real_parent)?;
        let (comm, of_parent) = match core_read!(task, tgid)? {
            0 => (
                number(core_read!(task, tgid)?),
                number(core_read!(parent, tgid)?),
            ),
            _ => (core_read!(task, comm)?, core_read!(parent, comm)?),
        };
        Ok(event { comm, of_parent, ..event::NONE }.put())
    }

    fn current_name_put(_task: *const task_struct) -> Option<u64> {
        let comm = bpf_get_current_comm().ok()?;
        Some(event { comm, ..event::NONE }.put())
    }

    fn plain_put(task: *const task_struct) -> Result<u64, ReadError> {
        let limit = limit(task)?;
        Ok(event { limit, ..event::NONE }.put())
    }

    fn struct_put(task: *const task_struct) -> Result<u64, ReadError> {
        Ok(whole(task)?.put())
    }
}
