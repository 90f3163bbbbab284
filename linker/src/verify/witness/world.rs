//! What the kernel gives to a program: nothing but what its verifier has to reckon with.
//!
//! A run ends where this does not say what the verifier knows. So whatever is said here has to hold for each kernel.

use bpf_core_btf::object::{Function, MapDefinition, Object, Section, Target};
use bpf_core_kernel_facts::{context::Context, helper, program::Program};

use super::memory::Before;

/// What a helper does for a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It gives a number of so many bytes, of which the verifier knows nothing.
    Gives(u8),
    /// It gives 0, or an error.
    Succeeds,
    /// It gives 0 and nothing else that matters.
    Zero,
    /// It fills memory: the first two arguments are its place and size. It gives 0, or an error.
    Fills,
    /// It fills a part of that, and gives how much.
    FillsPart,
    /// It gives a value of a map, or none.
    Finds,
    /// It gives new memory whose size is the second argument, or none.
    Reserves,
    /// It gives nothing.
    Nothing,
}

/// The helpers that runs follow, without `bpf_`.
const HELPERS: &[(&[&str], Effect)] = &[
    (
        &[
            "ktime_get_ns",
            "ktime_get_boot_ns",
            "ktime_get_coarse_ns",
            "ktime_get_tai_ns",
            "jiffies64",
            "get_current_pid_tgid",
            "get_current_uid_gid",
            "get_current_cgroup_id",
            "get_current_task",
        ],
        Effect::Gives(8),
    ),
    (&["get_prandom_u32"], Effect::Gives(4)),
    (&["get_smp_processor_id"], Effect::Zero),
    (
        &[
            "map_update_elem",
            "map_delete_elem",
            "map_push_elem",
            "perf_event_output",
            "ringbuf_output",
            "trace_printk",
        ],
        Effect::Succeeds,
    ),
    (
        &[
            "probe_read",
            "probe_read_kernel",
            "probe_read_user",
            "get_current_comm",
        ],
        Effect::Fills,
    ),
    (
        &[
            "probe_read_str",
            "probe_read_kernel_str",
            "probe_read_user_str",
        ],
        Effect::FillsPart,
    ),
    (&["map_lookup_elem"], Effect::Finds),
    (&["ringbuf_reserve"], Effect::Reserves),
    (&["ringbuf_submit", "ringbuf_discard"], Effect::Nothing),
];

/// What a helper does. `None` for one that runs do not follow.
pub(super) fn effect(number: i64) -> Option<Effect> {
    let mut all = helper::all();
    let (_, name) = all.find(|(of, _)| i64::from(*of) == number)?;
    let mut known = HELPERS.iter().filter(|(names, _)| names.contains(&name));
    known.next().map(|(_, effect)| *effect)
}

/// What the context of a program holds.
pub(super) fn context(section: &Section<'_>, function: &Function<'_>) -> Before<'static> {
    let context = Program::of_section(section.name).map(|of| of.context(function.name));
    match context {
        Some(
            Context::Registers
            | Context::SystemCall
            | Context::UserRegisters
            | Context::Record
            | Context::Numbers,
        ) if !has_types(section.name) => Before::Open,
        _ => Before::Other,
    }
}

/// Whether the verifier knows more of a program's arguments than that they are numbers.
fn has_types(section: &str) -> bool {
    let kind = section.trim_start_matches('?').split('/').next();
    matches!(kind, Some("tp_btf" | "raw_tp.w" | "raw_tracepoint.w"))
}

/// What a section of data holds, as far as the verifier knows. `None` for what is no data.
pub(super) fn data<'d>(section: &Section<'d>) -> Option<Before<'d>> {
    if section.is_read_only() {
        return Some(Before::Known(section.data));
    }
    let is_writable = [".data", ".bss"].iter().any(|name| {
        let rest = section.name.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    is_writable.then_some(Before::Open)
}

/// Parts of a section that the bytes of the file do not tell: what users may set, and addresses.
pub(super) fn hidden(object: &Object<'_>, section: usize) -> Vec<std::ops::Range<i64>> {
    let range = |start: u64, size: u64| {
        let start = i64::try_from(start).unwrap_or(i64::MAX);
        start..start.saturating_add_unsigned(size)
    };
    let settable = object.settable().filter(|one| one.section == section);
    let settable = settable.map(|one| range(one.offset, one.size));
    let addresses = object.sections()[section].relocations.iter();
    let addresses = addresses.map(|one| range(one.offset.into(), 8));
    settable.chain(addresses).collect()
}

/// The size of what a lookup in a map gives, and whether the verifier must reckon with nothing. `None` for maps
/// that hold something else than bytes.
pub(super) fn value(map: &MapDefinition) -> Option<(i64, bool)> {
    /// Hash tables, arrays and tries: `enum bpf_map_type`.
    const HASHES: [u32; 5] = [1, 5, 9, 10, 11];
    /// Later kernels know that an index is in an array.
    const ARRAYS: [u32; 2] = [2, 6];
    let (kind, size) = (map.map_type?, map.value_size?);
    let is_hash = HASHES.contains(&kind);
    (is_hash || ARRAYS.contains(&kind)).then_some((size.into(), is_hash))
}

/// The number of the map that an instruction refers to.
pub(super) fn map(object: &Object<'_>, target: Target<'_>) -> Option<usize> {
    let Target::Map(name) = target else {
        return None;
    };
    object.maps().iter().position(|map| map.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_helper_has_a_number() {
        for name in HELPERS.iter().flat_map(|(names, _)| *names) {
            let number = helper::all().find(|(_, of)| of == name);
            assert!(
                number.is_some_and(|(number, _)| effect(number.into()).is_some()),
                "{name}"
            );
        }
        // Its callback is not followed.
        assert_eq!(effect(181), None);
    }
}
