//! Fields of the kernel's structs whose values say more than their types.

/// Whether zero never is a real value of the field, so that programs check it as they check a
/// pointer for null.
#[must_use]
pub fn zero_is_nothing(field: &str) -> bool {
    const FIELDS: &[&str] = &[
        "dev",
        "i_ino",
        "id",
        "ino",
        "inum",
        "len",
        "nr",
        "pgrp",
        "pid",
        "s_dev",
        "s_magic",
        "skc_daddr",
        "skc_dport",
        "skc_family",
        "skc_num",
        "skc_rcv_saddr",
        "start_boottime",
        "start_time",
        "tgid",
    ];
    FIELDS.contains(&field)
}

/// Whether the field's value is an address of the process.
#[must_use]
pub fn is_user_address(record: &str, field: &str) -> bool {
    matches!(
        (record, field),
        (
            "mm_struct",
            "arg_start" | "arg_end" | "env_start" | "env_end" | "start_stack" | "start_code"
        ) | ("iovec", "iov_base")
    )
}
