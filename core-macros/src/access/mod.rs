//! The macros with a path of fields, from `core_read!` to `core_list_entries!`. They have one syntax for
//! paths, and each does another thing at the end of the path.

mod as_in_c;
mod check;
mod expand;
mod parse;

use proc_macro2::TokenStream;

use crate::stages;

/// Which macro it is.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Read,
    ReadInto,
    ReadStr,
    FieldPtr,
    ElementPtr,
    Write,
    FieldExists,
    FieldSize,
    FieldOffset,
    ContainerOf,
    ListEntries,
}

impl Form {
    /// How the macro is called, for error texts.
    fn usage(self) -> &'static str {
        match self {
            Self::Read => "core_read!(task, real_parent, pid)",
            Self::ReadInto => "core_read_into!(&mut pid, task, real_parent, pid)",
            Self::ReadStr => "core_read_str!(&mut buf, task, real_parent, comm)",
            Self::FieldPtr => "core_field_ptr!(task, real_parent, comm)",
            Self::ElementPtr => "core_element_ptr!(pid, numbers; level)",
            Self::Write => "core_write!(task, scx.slice = 5_000_000)",
            Self::FieldExists => "core_field_exists!(task_struct, se.vruntime)",
            Self::FieldSize => "core_field_size!(task_struct, se.vruntime)",
            Self::FieldOffset => "core_field_offset!(task_struct, se.vruntime)",
            Self::ContainerOf => "core_container_of!(entity, task_struct, se)",
            Self::ListEntries => "core_list_entries!(head, task_struct, sibling; 64)",
        }
    }

    /// The name of the argument before the base, for error texts.
    fn first(self) -> Option<&'static str> {
        match self {
            Self::ReadInto | Self::ReadStr => Some("destination"),
            Self::ContainerOf => Some("pointer"),
            Self::ListEntries => Some("head"),
            _ => None,
        }
    }

    /// The name of the argument that the path starts from, for error texts.
    fn base(self) -> &'static str {
        match self {
            Self::Read
            | Self::ReadInto
            | Self::ReadStr
            | Self::FieldPtr
            | Self::ElementPtr
            | Self::Write => "base",
            Self::FieldExists | Self::FieldSize | Self::FieldOffset => "struct",
            Self::ContainerOf | Self::ListEntries => "type",
        }
    }

    /// Whether it asks about a field, and reads nothing.
    fn is_question(self) -> bool {
        matches!(
            self,
            Self::FieldExists | Self::FieldSize | Self::FieldOffset
        )
    }

    /// The function of `bpf_core::__private` that gets the last place; of a list, its method.
    fn function(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadInto => "read_into",
            Self::ReadStr => "read_str",
            Self::FieldPtr => "pointer",
            Self::ElementPtr => "element_ptr",
            Self::Write => "write",
            Self::FieldExists => "exists",
            Self::FieldSize => "size",
            Self::FieldOffset => "offset",
            Self::ContainerOf => "container_of",
            Self::ListEntries => "linked",
        }
    }

    pub(crate) fn expand(self, input: TokenStream) -> TokenStream {
        stages::expression(parse::parse(self, input), check::check, |access| {
            expand::expand(self, access)
        })
    }
}
