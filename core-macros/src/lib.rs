//! The macros of `bpf-core`; its documentation is theirs too.
//!
//! Both halves have the same stages, and a stage knows only the one before it:
//! `parse` turns tokens into a tree and finds every mistake that syntax shows,
//! `expand` turns the tree into code whose type errors fall on the user's tokens.

mod access;
mod derive;
mod enumerator;
mod kfunc;
mod recast;

use proc_macro::TokenStream;

/// Declares a struct or union of the kernel, as far as the program needs it.
///
/// Only names and types count: order, gaps and missing fields do not, because each
/// access is relocated by name. A member of an unnamed struct or union is declared as
/// if it stood in the record around it, which is how C names it. An array of arrays is
/// declared as one array: BTF has it so.
///
/// A type must be of the kernel's kind: an integer, a pointer, an array, a struct or union, an
/// enum. Of another kind, a field is not found: required, the program is refused when it is
/// loaded; optional, it is `None` everywhere. The size of an integer is not compared, see
/// `bitfield`.
///
/// On the struct:
/// - `#[core(name = "task_struct___v5")]`: the kernel's name, where it is not the Rust
///   one. What stands behind the last `___` is a flavour, which the kernel's name lacks.
/// - `#[core(typedef)]`: the kernel's name is a typedef of an unnamed struct (`atomic_t`).
///
/// On a field:
/// - `#[core(name = "type")]`: the kernel's name (`r#type` needs none).
/// - `#[core(optional)]`: not every kernel has it. A read gives `Option`.
/// - `#[core(bitfield)]`: on an integer or `bool` that is a bit-field in some kernel, or has
///   another size there. A read takes as many bytes, and of them the bits, as the running
///   kernel has; a value that the declared type cannot hold is an error (`EOVERFLOW`, 75).
///
/// A struct whose fields are all plain, `bool` or such structs can be read as a whole.
#[proc_macro_derive(CoreStruct, attributes(core))]
pub fn derive_core_struct(input: TokenStream) -> TokenStream {
    derive::record::expand(syn::parse_macro_input!(input)).into()
}

/// Declares an enum of the kernel, so that a field can have its type.
///
/// It needs `#[repr(u32)]` or another integer, which is what a read gives: a kernel may
/// have enumerators that the declaration lacks. `#[core(name = "...")]` is as for
/// `CoreStruct`. On an enumerator, `#[core(name = "...")]` gives the kernel's name, and
/// `#[core(optional)]` says that not every kernel has it.
#[proc_macro_derive(CoreEnum, attributes(core))]
pub fn derive_core_enum(input: TokenStream) -> TokenStream {
    derive::enumeration::expand(syn::parse_macro_input!(input)).into()
}

/// Implements `Plain` for a struct or union that the kernel shares with user space.
#[proc_macro_derive(Plain, attributes(core))]
pub fn derive_plain(input: TokenStream) -> TokenStream {
    derive::plain::expand(syn::parse_macro_input!(input)).into()
}

/// `core_read!(base, hop, hop, ...)`: reads a field, through any number of pointers.
///
/// `base` is a `*const T`, `*mut T`, `&T` or `&mut T` to a `CoreStruct`, or a `UserPtr<T>`. A
/// comma follows the pointer before it, a dot goes into a struct by value, `[n]` takes an
/// element of an array. Each hop is one `bpf_probe_read_kernel` with one relocation, or one
/// `bpf_probe_read_user` behind a `UserPtr`, where every pointer is one of user memory.
///
/// Gives `Result<T, ReadError>`, and `Result<Option<T>, ReadError>` when a field on the
/// way is `#[core(optional)]`.
#[proc_macro]
pub fn core_read(input: TokenStream) -> TokenStream {
    access::expand::<access::Read>(input.into()).into()
}

/// `core_read_into!(&mut dst, base, hop, ...)`: as `core_read!`, written to `dst`.
///
/// Gives `Result<(), ReadError>` (`Option<()>` for an optional field). After an error
/// `dst` may hold zeros: the kernel clears it.
#[proc_macro]
pub fn core_read_into(input: TokenStream) -> TokenStream {
    access::expand::<access::ReadInto>(input.into()).into()
}

/// `core_read_str!(&mut buf, base, hop, ...)`: copies a string, cut at the length of
/// `buf`.
///
/// The last hop is an array of characters, or a pointer to one, which is followed.
/// Gives `Result<&[u8], ReadError>`: the part of `buf` that was written, without the NUL.
#[proc_macro]
pub fn core_read_str(input: TokenStream) -> TokenStream {
    access::expand::<access::ReadStr>(input.into()).into()
}

/// `core_field_ptr!(base, hop, ...)`: the address of the field that the last hop names.
/// The hops before it are read; it is not.
///
/// Gives `Result<*const T, ReadError>`.
#[proc_macro]
pub fn core_field_ptr(input: TokenStream) -> TokenStream {
    access::expand::<access::FieldPtr>(input.into()).into()
}

/// `core_write!(base, field = value)`: writes to a field of the struct that `base`, a `TrustedMut`,
/// points to. Dots and `[n]` are allowed; commas are not, as no pointer in memory is trusted.
///
/// One store, whose offset is relocated; of a `#[core(bitfield)]`, the bits are put among the
/// others that the kernel has there (`BPF_CORE_WRITE_BITFIELD`). Gives `Result<(), WriteError>`,
/// and `Result<Option<()>, WriteError>` when a field on the way is `#[core(optional)]`: `None` where
/// the kernel does not have it and nothing was written.
#[proc_macro]
pub fn core_write(input: TokenStream) -> TokenStream {
    access::expand::<access::Write>(input.into()).into()
}

/// `core_field_exists!(Type, field)`, `core_field_exists!(*pointer, hop, ...)`: whether the
/// kernel's type has the field, as a constant that the loader fills in.
///
/// Dots and `[n]` are allowed. Behind the star stands a pointer as `core_read!` takes it, and
/// then a comma goes to what the pointer before it is declared to point to. Nothing is read: the
/// question is about the field behind the last comma alone.
///
/// ```
/// # use bpf_core::{CoreStruct, core_field_exists};
/// #[derive(CoreStruct)]
/// struct task_struct {
///     real_parent: *const task_struct,
///     #[core(optional)]
///     __state: u32,
/// }
///
/// fn renamed(task: *const task_struct) -> bool {
///     let of_the_type = core_field_exists!(task_struct, __state);
///     let of_the_parent = core_field_exists!(*task, real_parent, __state);
///     of_the_type && of_the_parent
/// }
/// ```
#[proc_macro]
pub fn core_field_exists(input: TokenStream) -> TokenStream {
    access::expand::<access::FieldExists>(input.into()).into()
}

/// `core_field_size!(Type, field)`, `core_field_size!(*pointer, hop, ...)`: the size of the
/// field in the kernel, in bytes, as a constant that the loader fills in. The path is as for
/// [`core_field_exists!`].
///
/// Gives `usize`, and `Option<usize>` when a field behind the last comma is
/// `#[core(optional)]`.
#[proc_macro]
pub fn core_field_size(input: TokenStream) -> TokenStream {
    access::expand::<access::FieldSize>(input.into()).into()
}

/// `core_field_offset!(Type, field)`, `core_field_offset!(*pointer, hop, ...)`: where the field
/// is in the kernel's type, in bytes from its start, as a constant that the loader fills in. The
/// path is as for [`core_field_exists!`].
///
/// Gives `usize`, and `Option<usize>` when a field behind the last comma is
/// `#[core(optional)]`.
#[proc_macro]
pub fn core_field_offset(input: TokenStream) -> TokenStream {
    access::expand::<access::FieldOffset>(input.into()).into()
}

/// `core_container_of!(pointer, Type, field)`: from a field to the struct that it is in, as
/// `container_of` of the kernel. Nothing is read.
///
/// `pointer` points to what the field is declared as; dots and `[n]` are allowed behind the
/// field. Gives a pointer of the same kind, `*const T`, `*mut T` or `UserPtr<T>`, and an
/// `Option` of it when a field on the way is `#[core(optional)]`.
///
/// ```
/// # use bpf_core::{CoreStruct, ReadError, core_container_of, core_read};
/// #[derive(CoreStruct)]
/// struct task_struct {
///     pid: i32,
///     se: sched_entity,
/// }
///
/// #[derive(CoreStruct)]
/// struct sched_entity {}
///
/// fn pid(entity: *const sched_entity) -> Result<i32, ReadError> {
///     core_read!(core_container_of!(entity, task_struct, se), pid)
/// }
/// ```
#[proc_macro]
pub fn core_container_of(input: TokenStream) -> TokenStream {
    access::expand::<access::ContainerOf>(input.into()).into()
}

/// `core_list_entries!(head, Type, field; MAX)`: the entries of a list of the kernel, as
/// `list_for_each_entry` and `hlist_for_each_entry` see them.
///
/// `head` is a pointer to a `list_head` or `hlist_head` of `bpf_core::list`, and `field` of
/// `Type` the `list_head` or `hlist_node` that links one entry to the next: dots and `[n]` are
/// allowed. `MAX` is a constant: for how many entries the list is walked, which the verifier
/// follows one by one.
///
/// Gives an iterator, and an `Option` of it when a field on the way is `#[core(optional)]`. Its
/// items are `Result<*const Type, ReadError>`: a read that fails, and a list with more than
/// `MAX` entries, are an `Err`, and never look like the end of the list.
///
/// ```
/// use bpf_core::{CoreStruct, ReadError, core_field_ptr, core_list_entries, core_read, list::list_head};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     pid: i32,
///     children: list_head, // the head
///     sibling: list_head,  // in each child
/// }
///
/// fn highest_pid(task: *const task_struct) -> Result<i32, ReadError> {
///     let mut pid = 0;
///     for child in core_list_entries!(core_field_ptr!(task, children)?, task_struct, sibling; 64) {
///         pid = pid.max(core_read!(child?, pid)?);
///     }
///     Ok(pid)
/// }
/// ```
#[proc_macro]
pub fn core_list_entries(input: TokenStream) -> TokenStream {
    access::expand::<access::ListEntries>(input.into()).into()
}

/// `core_recast!(pointer, Type)`: the same address, as a pointer to another declaration of the
/// same kernel type. What C does with a cast to a flavour, but a declaration of another kernel
/// type is an error.
///
/// Gives the kind of pointer that it takes: `*const T`, `*mut T`, `UserPtr<T>`, `TrustedPtr<T>` or
/// `TrustedMut<T>`.
///
/// A flavour is what stands behind the `___` in `#[core(name = "...")]`. libbpf splits at the
/// last `___` that has another character on both sides (`bpf_core_essential_name_len` in
/// `relo_core.c`), aya at the first of all: the derive refuses a name where the two disagree.
///
/// ```
/// use bpf_core::{CoreStruct, ReadError, core_read, core_recast};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     #[core(optional)]
///     __state: u32,
/// }
///
/// #[derive(CoreStruct)]
/// struct task_struct___before_5_14 {
///     #[core(optional)]
///     state: i64,
/// }
///
/// fn state(task: *const task_struct) -> Result<Option<i64>, ReadError> {
///     if let Some(state) = core_read!(task, __state)? {
///         return Ok(Some(state.into()));
///     }
///     core_read!(core_recast!(task, task_struct___before_5_14), state)
/// }
/// ```
#[proc_macro]
pub fn core_recast(input: TokenStream) -> TokenStream {
    recast::expand(input.into()).into()
}

/// `core_enum_value!(Enum::ENUMERATOR)`: the value that the enumerator has in the kernel,
/// as a constant that the loader fills in. The declaration's own value does not count.
///
/// Gives the integer of the enum's `#[repr]`, and an `Option` of it when the enumerator is
/// `#[core(optional)]`.
#[proc_macro]
pub fn core_enum_value(input: TokenStream) -> TokenStream {
    enumerator::expand("enum_value", input.into()).into()
}

/// `core_enum_value_exists!(Enum::ENUMERATOR)`: whether the kernel's enum has the
/// enumerator, as a constant that the loader fills in.
#[proc_macro]
pub fn core_enum_value_exists(input: TokenStream) -> TokenStream {
    enumerator::expand("enum_value_exists", input.into()).into()
}

/// `kfuncs! { fn bpf_task_acquire(task: *mut task_struct) -> *mut task_struct; }`: declares functions
/// of the kernel that a program may call, with the kernel's prototypes. To call one is `unsafe`.
///
/// A parameter is an integer, a `bool` or a raw pointer; any type behind a pointer that is none of
/// these stands for a struct of the kernel. libbpf looks the function up when the object is
/// loaded, and refuses one that the kernel lacks or has with other kinds of arguments. aya 0.14
/// refuses every object that calls one (`UnknownSectionSize`, `.ksyms`). On a host that is not BPF a test that calls one does not
/// link.
#[proc_macro]
pub fn kfuncs(input: TokenStream) -> TokenStream {
    kfunc::expand(syn::parse_macro_input!(input)).into()
}
