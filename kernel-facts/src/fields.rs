//! Fields of the kernel's structs whose values say more than their types.

/// What zero says in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// That all went well: an exit code, an error.
    Success,
    /// One that is like others, as the user `root` is: an owner, a set of capabilities, a namespace.
    Somebody,
}

/// What zero says in a field, by its path `a.b` from the last pointer on. `None` where zero is no
/// value, as in an address, or no more than a small one, as in a length.
#[must_use]
pub fn zero_says(path: &str) -> Option<Zero> {
    const SUCCESS: &[&str] = &[
        "err",
        "errno",
        "error",
        "exit_code",
        "ret",
        "retval",
        "wb_err",
    ];
    const SOMEBODY: &[&str] = &[
        "egid", "euid", "fsgid", "fsuid", "gid", "i_gid", "i_uid", "inum", "loginuid", "sgid",
        "sk_uid", "suid", "uid",
    ];
    path.split('.').find_map(|field| match field {
        _ if SUCCESS.contains(&field) => Some(Zero::Success),
        _ if SOMEBODY.contains(&field) || field.starts_with("cap_") => Some(Zero::Somebody),
        _ => None,
    })
}

/// Whether the last field of a path counts or measures something by its name: a zero is a small one.
#[must_use]
pub fn is_amount(path: &str) -> bool {
    const WORDS: &[&str] = &[
        "bytes", "cnt", "count", "counter", "duration", "end", "len", "length", "nr", "ns", "num",
        "off", "offset", "packets", "pages", "pos", "runtime", "segs", "size", "start", "time",
        "total", "vruntime",
    ];
    let field = path.rsplit('.').next().unwrap_or(path);
    field.split('_').any(|word| WORDS.contains(&word))
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
