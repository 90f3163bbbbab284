//! `core_read!` and its sisters: one path syntax, several things to do at its end.

mod expand;
mod parse;

use proc_macro2::TokenStream;

/// What stands before the path, and what happens at its end.
pub(crate) trait Form {
    /// How the macro is called, for error texts.
    const USAGE: &'static str;

    /// Whether a destination comes first.
    const DESTINATION: bool = false;

    /// Whether a type stands for the base, so that there is no pointer to follow.
    const OF_TYPE: bool = false;

    /// The function in `bpf_core::__private` that the last place is given to.
    const FUNCTION: &'static str;
}

macro_rules! forms {
    ($($form:ident { $function:ident, $usage:literal $(, $flag:ident)? })*) => {$(
        pub(crate) enum $form {}
        impl Form for $form {
            const USAGE: &'static str = $usage;
            const FUNCTION: &'static str = stringify!($function);
            $(const $flag: bool = true;)?
        }
    )*};
}

forms! {
    Read { read, "core_read!(task, real_parent, pid)" }
    ReadInto { read_into, "core_read_into!(&mut pid, task, real_parent, pid)", DESTINATION }
    ReadStr { read_str, "core_read_str!(&mut buf, task, real_parent, comm)", DESTINATION }
    FieldPtr { pointer, "core_field_ptr!(task, real_parent, comm)" }
    FieldExists { exists, "core_field_exists!(task_struct, se.vruntime)", OF_TYPE }
    FieldSize { size, "core_field_size!(task_struct, se.vruntime)", OF_TYPE }
    FieldOffset { offset, "core_field_offset!(task_struct, se.vruntime)", OF_TYPE }
}

pub(crate) fn expand<F: Form>(input: TokenStream) -> TokenStream {
    match parse::parse::<F>(input) {
        Ok(access) => expand::expand::<F>(&access),
        Err(error) => error.into_compile_error(),
    }
}
