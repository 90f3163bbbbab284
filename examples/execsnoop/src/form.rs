//! The kinds of programs, and where each is attached.

use anyhow::Result;
use example_events::Form;
use example_loader::{Attached, Object};

/// By the names of their programs.
pub(crate) const FORMS: [(&str, Form); 5] = [
    ("tracepoint", Form::Tracepoint),
    ("raw_tracepoint", Form::RawTracepoint),
    ("kprobe", Form::Kprobe),
    ("fentry", Form::Fentry),
    ("tp_btf", Form::TpBtf),
];

/// What the kernel calls when a process calls execve(2).
const FUNCTION: &str = if cfg!(target_arch = "aarch64") {
    "__arm64_sys_execve"
} else {
    "__x64_sys_execve"
};

/// The form of that name.
pub(crate) fn named(name: &str) -> Result<Form, String> {
    let form = FORMS.iter().find(|(of, _)| *of == name);
    form.map(|(_, form)| *form).ok_or_else(|| {
        let names = FORMS.map(|(name, _)| name).join(", ");
        format!("it is one of {names}")
    })
}

/// Has the program of a form look.
pub(crate) fn attach(form: Form, object: &mut Object) -> Result<Attached> {
    match form {
        Form::Tracepoint => object.attach_tracepoint("tracepoint", "raw_syscalls", "sys_enter"),
        Form::RawTracepoint => object.attach_raw_tracepoint("raw_tracepoint", "sys_enter"),
        Form::Kprobe => object.attach_kprobe("kprobe", FUNCTION),
        Form::Fentry => object.attach_fentry("fentry", FUNCTION),
        Form::TpBtf => object.attach_tp_btf("tp_btf", "sys_enter"),
    }
}
