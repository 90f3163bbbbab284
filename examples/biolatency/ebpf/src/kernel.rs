//! The part of the kernel's types that the program reads.
#![expect(non_camel_case_types, reason = "the kernel's names")]

use bpf_core::CoreStruct;

/// `include/linux/blk-mq.h`, before 5.16 `include/linux/blkdev.h`
#[derive(CoreStruct)]
pub struct request {
    /// Gone since 5.17.
    #[core(optional)]
    pub rq_disk: *const gendisk,
    pub q: *const request_queue,
}

/// `include/linux/blkdev.h`
#[derive(CoreStruct)]
pub struct request_queue {
    /// Since 5.15: where `rq_disk` is gone, this is there.
    pub disk: *const gendisk,
}

/// `include/linux/blkdev.h`, before 5.16 `include/linux/genhd.h`
#[derive(CoreStruct)]
pub struct gendisk {
    pub major: i32,
    pub first_minor: i32,
}
