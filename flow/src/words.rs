//! The texts that the linter and the linker both show about a compiled program.

use crate::facts::{DebugInfo, Function};
use crate::pointer::Origin;

/// The rule about constants in addresses.
pub const HARDCODED_OFFSET: &str = "hardcoded-offset";

/// The rule about two constants for one field.
pub const CONFLICTING_OFFSET: &str = "conflicting-offset";

/// The rule about programs that no records are made for.
pub const MISSING_DEBUG_INFO: &str = "missing-debug-info";

/// The cure of a constant in an address.
pub const READ_BY_NAME: &str = "read the field by name: `core_read!` in Rust, `BPF_CORE_READ` in C, which leave a CO-RE record";

/// The cure of a compiled program without debug info.
pub const BUILD_WITH_DEBUG_INFO: &str =
    "build with debug info: `debug = 2` in the Cargo profile, `-g` for clang";

/// A pointer to kernel memory, by the struct that it points to.
#[must_use]
pub fn pointer(name: Option<&str>) -> String {
    match name {
        None | Some("") => "a kernel pointer".to_owned(),
        Some(name) => format!("a pointer to `{name}`"),
    }
}

/// What a pointer comes from, as the end of "a pointer from ...".
#[must_use]
pub fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::CurrentTask => "`bpf_get_current_task`",
        Origin::CurrentTaskBtf => "`bpf_get_current_task_btf`",
        Origin::Typed => "a function of the kernel",
        Origin::Argument | Origin::TrustedArgument => "the context",
        Origin::ProbeRead | Origin::Load | Origin::Several => "kernel memory",
    }
}

/// The message of `hardcoded-offset`.
#[must_use]
pub fn hardcoded_offset(constant: &str, pointer: &str) -> String {
    format!("constant offset {constant} from {pointer}")
}

/// The message of `conflicting-offset` about one read on two ways.
#[must_use]
pub fn conflicting_offset(pointer: &str, [a, b]: [i64; 2]) -> String {
    format!("one read with two constant offsets from {pointer}, {a} and {b}")
}

/// The message of `missing-debug-info` about a function.
#[must_use]
pub fn missing_debug_info<P>(function: &Function<P>) -> String {
    let name = &function.name;
    match function.debug_info {
        DebugInfo::NoneAtAll => {
            "this program reads kernel memory, and was compiled without debug info".to_owned()
        }
        DebugInfo::SwitchedOff => format!(
            "the debug info of `{name}` is switched off, so its reads have no CO-RE records"
        ),
        DebugInfo::Missing | DebugInfo::Full => {
            format!("`{name}` has no debug info, so its reads have no CO-RE records")
        }
    }
}
