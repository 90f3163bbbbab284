//! What is wrong and what to do about it, in the words of the linter's rules.

use bpf_core_flow::facts::{Address, DebugInfo, Function};

/// The cure of a constant in an address.
pub(super) const READ_BY_NAME: &str = "read the field by name: `core_read!` in Rust, `BPF_CORE_READ` in C, which leave a CO-RE record";

/// The cure of a program without debug info.
pub(super) const BUILD_WITH_DEBUG_INFO: &str =
    "build with debug info: `debug = 2` in the Cargo profile, `-g` for clang";

/// A constant in an address of kernel memory.
pub(super) fn hardcoded_offset<P>(address: &Address<P>, constant: i64) -> String {
    let pointer = pointer(address);
    format!("constant offset {constant} from {pointer}")
}

/// One read that is reached with either of two constants.
pub(super) fn conflicting_offset<P>(address: &Address<P>, [a, b]: [i64; 2]) -> String {
    let pointer = pointer(address);
    format!("one read with two constant offsets from {pointer}, {a} and {b}")
}

/// A function that LLVM makes no records for. Where the module has no debug info at all, the first function stands
/// for all.
pub(super) fn missing_debug_info<P>(function: &Function<P>, is_first: bool) -> Option<String> {
    let name = &function.name;
    match function.debug_info {
        DebugInfo::Full => None,
        DebugInfo::NoneAtAll => is_first.then(|| {
            "this program reads kernel memory, and was compiled without debug info".to_owned()
        }),
        DebugInfo::SwitchedOff => Some(format!(
            "the debug info of `{name}` is switched off, so its reads have no CO-RE records"
        )),
        DebugInfo::Missing => Some(format!(
            "`{name}` has no debug info, so its reads have no CO-RE records"
        )),
    }
}

fn pointer<P>(address: &Address<P>) -> String {
    match address.name.as_deref() {
        None | Some("") => "a kernel pointer".to_owned(),
        Some(name) => format!("a pointer to `{name}`"),
    }
}
