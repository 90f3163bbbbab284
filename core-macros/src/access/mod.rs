//! `core_read!` and its sisters: one path syntax, several things to do at its end.

mod expand;
mod parse;

use proc_macro2::TokenStream;

/// What stands before the path, and what happens at its end.
pub(crate) trait Form {
    /// How the macro is called, for error texts.
    const USAGE: &'static str;

    /// What comes first of all, by the name that error texts have for it.
    const FIRST: Option<&'static str>;

    /// What the path starts from.
    const FROM: From;

    /// The function in `bpf_core::__private` that the last place is given to; of a list, its
    /// method.
    const FUNCTION: &'static str;
}

pub(crate) enum From {
    /// A pointer, which is followed.
    Pointer,
    /// A pointer that is written through: ` = value` comes last.
    PointerMut,
    /// A type or a `*pointer`: nothing is read.
    Struct,
    /// A type.
    Type,
    /// A type, whose values are the entries of a list: `; bound` comes last.
    List,
}

macro_rules! forms {
    ($($form:ident { $function:ident, $usage:literal, $from:ident $(, $first:literal)? })*) => {$(
        pub(crate) enum $form {}
        impl Form for $form {
            const USAGE: &'static str = $usage;
            const FIRST: Option<&'static str> = [$(Some($first),)? None][0];
            const FROM: From = From::$from;
            const FUNCTION: &'static str = stringify!($function);
        }
    )*};
}

forms! {
    Read { read, "core_read!(task, real_parent, pid)", Pointer }
    ReadInto { read_into, "core_read_into!(&mut pid, task, real_parent, pid)", Pointer, "destination" }
    ReadStr { read_str, "core_read_str!(&mut buf, task, real_parent, comm)", Pointer, "destination" }
    FieldPtr { pointer, "core_field_ptr!(task, real_parent, comm)", Pointer }
    Write { write, "core_write!(task, scx.slice = 5_000_000)", PointerMut }
    FieldExists { exists, "core_field_exists!(task_struct, se.vruntime)", Struct }
    FieldSize { size, "core_field_size!(task_struct, se.vruntime)", Struct }
    FieldOffset { offset, "core_field_offset!(task_struct, se.vruntime)", Struct }
    ContainerOf { container_of, "core_container_of!(entity, task_struct, se)", Type, "pointer" }
    ListEntries { linked, "core_list_entries!(head, task_struct, sibling; 64)", List, "head" }
}

pub(crate) fn expand<F: Form>(input: TokenStream) -> TokenStream {
    match parse::parse::<F>(input) {
        Ok(access) => expand::expand::<F>(&access),
        Err(error) => error.into_compile_error(),
    }
}
