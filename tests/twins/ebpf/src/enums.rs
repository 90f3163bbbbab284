//! Enumerators: `bpf_core_enum_value` and `bpf_core_enum_value_exists`.

use bpf_core::{CoreEnum, core_enum_value, core_enum_value_exists};

// None of the values is the kernel's.

#[derive(CoreEnum)]
#[repr(u32)]
pub enum pid_type {
    PIDTYPE_TGID = 77,
    #[core(optional)]
    PIDTYPE_OF_NO_KERNEL = 78,
}

#[derive(CoreEnum)]
#[repr(i32)]
pub enum perf_event_state {
    PERF_EVENT_STATE_ERROR = -77,
}

#[derive(CoreEnum)]
#[repr(u64)]
pub enum perf_callchain_context {
    PERF_CONTEXT_USER = 0x1_0000_0077,
}

rows! {
    fn enum_value() -> u32 {
        core_enum_value!(pid_type::PIDTYPE_TGID)
    }

    fn enum_value_signed() -> i32 {
        core_enum_value!(perf_event_state::PERF_EVENT_STATE_ERROR)
    }

    fn enum_value_64() -> u64 {
        core_enum_value!(perf_callchain_context::PERF_CONTEXT_USER)
    }

    fn enum_value_optional() -> Option<u32> {
        core_enum_value!(pid_type::PIDTYPE_OF_NO_KERNEL)
    }

    fn enumerator_exists() -> bool {
        core_enum_value_exists!(pid_type::PIDTYPE_TGID)
    }

    fn enumerator_is_missing() -> bool {
        core_enum_value_exists!(pid_type::PIDTYPE_OF_NO_KERNEL)
    }
}
