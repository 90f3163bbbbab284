//! Small programs of old instructions, each of which does something that not every verifier permits.

use std::io;
use std::os::fd::AsRawFd as _;

use bpf_core_btf::{Btf, Kind as BtfKind};

use crate::bpf::{create_map, load};
use crate::enums::Enums;
use crate::instruction::{EXIT, filter, insn, result};

/// A function that every kernel has.
const FUNCTION: &str = "vfs_read";

/// What the kernel permits. The names are those of `bpf_core_kernel_facts::probed`.
pub(crate) fn given(btf: &Btf<'_>) -> io::Result<Vec<&'static str>> {
    let enums = Enums::new(btf);
    let array = create_map(enums.map_type("array").unwrap_or(2))?;
    let function = btf.find_by_name_kind(FUNCTION, BtfKind::Func);
    let function = function.map_or(0, |function| function.id().0);
    let all = [
        (
            "constant_key",
            vec![
                // *(u32 *)(r10 - 4) = 0
                insn(0x62, 10, 0, -4, 0),
                // r2 = r10 - 4
                insn(0xbf, 2, 10, 0, 0),
                insn(0x07, 2, 0, 0, -4),
                // r1 = the array
                insn(0x18, 1, 1, 0, array.as_raw_fd().into()),
                // bpf_map_lookup_elem
                insn(0x85, 0, 0, 0, 1),
                // r0 = *(u32 *)(r0 + 0)
                insn(0x61, 0, 0, 0, 0),
                EXIT,
            ],
        ),
        (
            "function_address",
            vec![insn(0x18, 1, 3, 0, function.into()), result(0), EXIT],
        ),
        // r0 = *(u64 *)(r10 - 8), where nothing was written
        ("unwritten_stack", vec![insn(0x79, 0, 10, -8, 0), EXIT]),
    ];
    let given = all
        .into_iter()
        .filter(|(_, code)| load(filter(&enums), code, c"GPL").is_ok());
    Ok(given.map(|(name, _)| name).collect())
}
