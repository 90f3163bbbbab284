//! The macros of [`bpf-core`](https://docs.rs/bpf-core), which re-exports all of them. Depend on that
//! crate and not on this one: what the macros write changes together with it.
//!
//! - `derive/`: `CoreStruct`, `CoreEnum` and `Plain`
//! - `access/`: the macros that take a path of fields, from `core_read!` to `core_list_entries!`
//! - `enumerator.rs`, `recast.rs`, `kfunc.rs`: the others
//!
//! Each of them first turns the tokens into a tree, and finds every mistake that the syntax shows.
//! Then it turns the tree into code, whose type errors fall on the user's own tokens.

mod access;
mod derive;
mod enumerator;
mod kfunc;
mod recast;

use proc_macro::TokenStream;

/// Declares a struct or union of the kernel, with the fields that the program reads.
///
/// Only names and types count. The order of the fields, gaps between them and missing fields do not:
/// each access is relocated by name. So the struct needs no `#[repr(C)]`. It stands for the C struct
/// that libbpf programs declare with `__attribute__((preserve_access_index))`, or include from
/// `vmlinux.h`.
///
/// # Attributes
///
/// On the struct:
/// - `#[core(name = "task_struct___v5")]`: the kernel's name, where the Rust name is another. The part
///   behind the last `___` is a flavour: it tells two declarations of one kernel type apart.
/// - `#[core(typedef)]`: the kernel's name is a typedef of an unnamed struct, such as `atomic_t`.
///
/// On a field:
/// - `#[core(name = "type")]`: the kernel's name. `r#type` needs none.
/// - `#[core(optional)]`: not every kernel has the field. A read of it gives an `Option`.
/// - `#[core(bitfield)]`: some kernel has the field as a bit-field, or as an integer of another size. A
///   read takes the bytes and bits that the running kernel has. The type is an integer or `bool`.
///
/// # Types of fields
///
/// A field is an integer, `bool`, a raw pointer, a `UserPtr`, a function pointer, an array of these, or a
/// type with `#[derive(CoreStruct)]`, `#[derive(CoreEnum)]` or `#[derive(Plain)]`. `[T; 0]` is a flexible
/// array. C's array of arrays is declared as one array, because BTF has it so. A member of an unnamed
/// struct or union is declared as a field of the struct around it, which is how C names it.
///
/// A field matches only a field of the same kind: integer, pointer, array, struct or union, enum. Where
/// the kernel's field is of another kind, the field counts as missing. A missing field that is not
/// `optional` makes the loader or the verifier refuse the program. The size of an integer is not
/// compared: `#[core(bitfield)]` is for sizes that differ.
///
/// A struct whose fields can all be read can also be read as a whole: field by field, each relocated. That
/// excludes `optional` fields, function pointers, flexible arrays and unions.
///
/// # Errors
///
/// A mistake in the declaration is an error of the compiler, at the token. A type of a field that is
/// private must not be in a `pub` struct (E0446): give both the same visibility.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, ReadError, core_read};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     tgid: i32,
///     comm: [u8; 16],
///     se: sched_entity,
///     real_parent: *const task_struct,
///     #[core(optional)] // Linux 5.14 renamed `state` to this
///     __state: u32,
///     #[core(bitfield)]
///     in_execve: bool,
/// }
///
/// #[derive(CoreStruct)]
/// struct sched_entity {
///     vruntime: u64,
/// }
///
/// fn vruntime(task: *const task_struct) -> Result<u64, ReadError> {
///     core_read!(task, se.vruntime)
/// }
///
/// // On a host there is no kernel to read from: `ENOSYS`.
/// assert_eq!(vruntime(core::ptr::null()).unwrap_err().errno(), 38);
/// ```
#[proc_macro_derive(CoreStruct, attributes(core))]
pub fn derive_core_struct(input: TokenStream) -> TokenStream {
    derive::record::expand(syn::parse_macro_input!(input)).into()
}

/// Declares an enum of the kernel, with the enumerators that the program names.
///
/// A field can have its type, and [`core_enum_value!`] asks for the kernel's values. The enum needs
/// `#[repr(u32)]` or another integer, and a read of such a field gives that integer: a kernel may have
/// values that the declaration lacks.
///
/// # Attributes
///
/// - `#[core(name = "...")]` on the enum or on an enumerator: the kernel's name.
/// - `#[core(optional)]` on an enumerator: not every kernel has it.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreEnum, CoreStruct, ReadError, core_enum_value, core_read};
///
/// #[derive(CoreEnum)]
/// #[repr(u32)]
/// enum hrtimer_mode {
///     HRTIMER_MODE_ABS = 0,
///     #[core(optional)]
///     HRTIMER_MODE_HARD = 8,
/// }
///
/// #[derive(CoreStruct)]
/// struct hrtimer_sleeper {
///     mode: hrtimer_mode,
/// }
///
/// fn is_absolute(sleeper: *const hrtimer_sleeper) -> Result<bool, ReadError> {
///     let mode: u32 = core_read!(sleeper, mode)?;
///     Ok(mode == core_enum_value!(hrtimer_mode::HRTIMER_MODE_ABS))
/// }
///
/// assert!(is_absolute(core::ptr::null()).is_err());
/// ```
#[proc_macro_derive(CoreEnum, attributes(core))]
pub fn derive_core_enum(input: TokenStream) -> TokenStream {
    derive::enumeration::expand(syn::parse_macro_input!(input)).into()
}

/// Makes a struct or union of user-space API plain memory: one copy of its bytes reads it.
///
/// It is for types whose layout is part of the kernel's ABI (`include/uapi`), such as `in6_addr` and
/// `open_how`, which stand in structs of the kernel too. The type can then be a field of a
/// `#[derive(CoreStruct)]`, the element of an array, and what `probe_read_kernel` and `probe_read_user`
/// read. The field's offset is relocated, the layout of the type is not. A struct of the kernel's own has
/// another layout on another kernel: use `#[derive(CoreStruct)]` for it.
///
/// The derive implements the `unsafe` trait `Plain` after these checks:
/// - the type has `#[repr(C)]` or `#[repr(transparent)]`, and is `Copy`;
/// - each field is an integer, a `UserPtr`, an array of these, or a type with this derive;
/// - there is no padding between or behind the fields; the fields of a union have one size.
///
/// A `#[repr(transparent)]` type stands for its only field: `Be32(u32)` is a `u32` of the kernel.
/// `#[core(name = "...")]` and `#[core(typedef)]` are as for `CoreStruct`. A type has this derive or
/// `CoreStruct`, not both.
///
/// # Errors
///
/// A read of a field that is smaller in the running kernel than the type gives `EOPNOTSUPP`, and so does
/// a read of an array whose elements have another size there. The kernel may have added fields behind
/// those that are declared.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, Plain, ReadError, core_read};
///
/// /// `include/uapi/linux/in6.h`
/// #[derive(Clone, Copy, Plain)]
/// #[repr(C)]
/// struct in6_addr {
///     u6_addr32: [Be32; 4],
/// }
///
/// /// `__be32`: a number in network byte order.
/// #[derive(Clone, Copy, Plain)]
/// #[repr(transparent)]
/// struct Be32(u32);
///
/// #[derive(CoreStruct)]
/// struct sock_common {
///     skc_daddr: Be32,
///     skc_v6_daddr: in6_addr,
/// }
///
/// fn address(sk: *const sock_common) -> Result<[u32; 4], ReadError> {
///     let address: in6_addr = core_read!(sk, skc_v6_daddr)?;
///     Ok(address.u6_addr32.map(|word| u32::from_be(word.0)))
/// }
///
/// assert!(address(core::ptr::null()).is_err());
/// ```
#[proc_macro_derive(Plain, attributes(core))]
pub fn derive_plain(input: TokenStream) -> TokenStream {
    derive::plain::expand(syn::parse_macro_input!(input)).into()
}

/// `core_read!(base, field, ...)`: reads a field, through any number of pointers.
///
/// `base` is a `*const T`, `*mut T`, `&T`, `&mut T`, `UserPtr<T>`, `TrustedPtr<T>`, `TrustedMut<T>` or
/// `CastPtr<T>`, where `T` has `#[derive(CoreStruct)]`. Behind it stand fields:
/// - a comma follows the pointer before it;
/// - a dot goes into a struct by value;
/// - `[n]` takes an element of an array, where `n` is a constant.
///
/// Each pointer that is followed is one read with one relocation: by the helper
/// `bpf_probe_read_kernel`, by `bpf_probe_read_user` from a `UserPtr`, or by a load from a trusted
/// pointer. A pointer that was found in user memory is an address of the process, and is read as such.
///
/// In C: `BPF_CORE_READ`, `BPF_CORE_READ_USER`, and for bit-fields `BPF_CORE_READ_BITFIELD_PROBED`
/// (`bpf_core_read.h`). These give 0 when a read fails.
///
/// # Result
///
/// `Result<T, ReadError>`, where `T` is the declared type of the last field, and the integer for an enum.
/// `Result<Option<T>, ReadError>` when a field on the way is `#[core(optional)]`: `None` means that the
/// kernel does not have it.
///
/// # Errors
///
/// The errno of the first helper that failed, such as `EFAULT`. `EOVERFLOW` when the value of a
/// `#[core(bitfield)]` does not fit the declared type. `EOPNOTSUPP` when a `#[derive(Plain)]` field is
/// smaller in the kernel.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, ReadError, core_read};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     tgid: i32,
///     comm: [u8; 16],
///     se: sched_entity,
///     real_parent: *const task_struct,
///     #[core(optional)]
///     __state: u32,
/// }
///
/// #[derive(CoreStruct)]
/// struct sched_entity {
///     vruntime: u64,
/// }
///
/// fn parent(task: *const task_struct) -> Result<i32, ReadError> {
///     let _vruntime: u64 = core_read!(task, se.vruntime)?;
///     let _first: u8 = core_read!(task, comm[0])?;
///     let _state: Option<u32> = core_read!(task, __state)?;
///     core_read!(task, real_parent, tgid)
/// }
///
/// // On a host there is no kernel to read from: `ENOSYS`.
/// assert_eq!(parent(core::ptr::null()).unwrap_err().errno(), 38);
/// ```
#[proc_macro]
pub fn core_read(input: TokenStream) -> TokenStream {
    access::expand::<access::Read>(input.into()).into()
}

/// `core_read_into!(&mut dst, base, field, ...)`: reads a field as [`core_read!`] does, into `dst`.
///
/// It copies straight to the place where the value is needed, such as a field of an event in a ring
/// buffer, and not through a variable. `dst` is a `&mut` to the type of the last field.
///
/// In C: `BPF_CORE_READ_INTO` and `BPF_CORE_READ_USER_INTO` (`bpf_core_read.h`). These report the last
/// read alone.
///
/// # Result
///
/// `Result<(), ReadError>`, and `Result<Option<()>, ReadError>` when a field on the way is
/// `#[core(optional)]`: `None` means that the kernel does not have it, and `dst` is as it was.
///
/// # Errors
///
/// As [`core_read!`]. After an error `dst` may hold zeros, because the helper clears it.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, ReadError, core_read_into};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     tgid: i32,
///     real_parent: *const task_struct,
/// }
///
/// struct Event {
///     parent: i32,
/// }
///
/// fn fill(event: &mut Event, task: *const task_struct) -> Result<(), ReadError> {
///     core_read_into!(&mut event.parent, task, real_parent, tgid)
/// }
///
/// assert!(fill(&mut Event { parent: 0 }, core::ptr::null()).is_err());
/// ```
#[proc_macro]
pub fn core_read_into(input: TokenStream) -> TokenStream {
    access::expand::<access::ReadInto>(input.into()).into()
}

/// `core_read_str!(&mut buf, base, field, ...)`: copies a string into `buf`.
///
/// The last field is an array of `u8` or `i8`, or a pointer to one, which is followed. `buf` is a
/// `&mut [u8]` or a `&mut` to an array of `u8`. A string that is longer than `buf` is cut, so that the NUL
/// fits.
///
/// In C: `BPF_CORE_READ_STR_INTO` and `BPF_CORE_READ_USER_STR_INTO` (`bpf_core_read.h`).
///
/// # Result
///
/// `Result<&[u8], ReadError>`: the part of `buf` that holds the string, without the NUL.
/// `Result<Option<&[u8]>, ReadError>` when a field on the way is `#[core(optional)]`.
///
/// # Errors
///
/// As [`core_read!`]. An empty string is no error.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, ReadError, core_read_str};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     comm: [u8; 16],
/// }
///
/// fn is_bash(task: *const task_struct) -> Result<bool, ReadError> {
///     let mut buf = [0; 16];
///     let comm: &[u8] = core_read_str!(&mut buf, task, comm)?;
///     Ok(comm == b"bash")
/// }
///
/// assert!(is_bash(core::ptr::null()).is_err());
/// ```
#[proc_macro]
pub fn core_read_str(input: TokenStream) -> TokenStream {
    access::expand::<access::ReadStr>(input.into()).into()
}

/// `core_field_ptr!(base, field, ...)`: the address of the last field.
///
/// The pointers before it are read; the field itself is not. The address may be given to a helper, to
/// `probe_read_kernel`, or to [`core_list_entries!`].
///
/// In C: `&task->mm->exe_file` of a struct with `preserve_access_index`, or
/// `__builtin_preserve_access_index(&...)`.
///
/// # Result
///
/// `Result<*const T, ReadError>`, where `T` is the declared type of the field, and `UserPtr<T>` in user
/// memory. An `Option` of the pointer when a field on the way is `#[core(optional)]`.
///
/// # Errors
///
/// As [`core_read!`], from the pointers before the last comma. Without such a pointer nothing can fail.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, ReadError, core_field_ptr};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     comm: [u8; 16],
/// }
///
/// fn comm(task: *const task_struct) -> Result<*const [u8; 16], ReadError> {
///     core_field_ptr!(task, comm)
/// }
///
/// assert!(comm(core::ptr::null()).is_ok());
/// ```
#[proc_macro]
pub fn core_field_ptr(input: TokenStream) -> TokenStream {
    access::expand::<access::FieldPtr>(input.into()).into()
}

/// `core_write!(base, field = value)`: writes to a field of a kernel struct.
///
/// `base` is a `TrustedMut`, which a `struct_ops` program gets as an argument. The kernel decides which
/// fields the program may write, and the verifier refuses others. Dots and `[n]` are allowed in the path.
/// Commas are not: a pointer that was read from memory is not trusted.
///
/// It is one store, whose offset is relocated. In C: `task->scx.slice = v`, and `BPF_CORE_WRITE_BITFIELD`
/// for a `#[core(bitfield)]` (`bpf_core_read.h`), which keeps the bits around the field.
///
/// # Result
///
/// `Result<(), WriteError>`, and `Result<Option<()>, WriteError>` when a field on the way is
/// `#[core(optional)]`: `None` means that the kernel does not have it, and nothing was written.
///
/// # Errors
///
/// `EOVERFLOW` when the kernel's bit-field is too narrow for the value: nothing was written. C cuts the
/// value. A field that is no `#[core(bitfield)]` cannot fail.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, StructOpsArgs, TrustedMut, WriteError, core_write};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     scx: sched_ext_entity,
/// }
///
/// #[derive(CoreStruct)]
/// struct sched_ext_entity {
///     slice: u64,
/// }
///
/// fn enqueue(ctx: &StructOpsArgs) -> Result<(), WriteError> {
///     match TrustedMut::<task_struct>::arg(ctx, 0) {
///         Some(task) => core_write!(task, scx.slice = 5_000_000),
///         None => Ok(()),
///     }
/// }
///
/// let args = [0_u64];
/// // SAFETY: it stands for the arguments of a `struct_ops` program.
/// let ctx = unsafe { StructOpsArgs::new(args.as_ptr()) };
/// assert_eq!(enqueue(&ctx), Ok(()));
/// ```
#[proc_macro]
pub fn core_write(input: TokenStream) -> TokenStream {
    access::expand::<access::Write>(input.into()).into()
}

/// `core_field_exists!(Type, field)`, `core_field_exists!(*pointer, field, ...)`: whether the kernel's
/// type has the field.
///
/// The loader puts the answer into the program as a constant, so the verifier drops the branch that is
/// not taken. Dots and `[n]` are allowed. Behind the star stands a pointer as [`core_read!`] takes it, and
/// then a comma goes to the struct that the pointer before it is declared to point to. Nothing is read:
/// the question is about the field behind the last comma.
///
/// In C: `bpf_core_field_exists` (`bpf_core_read.h`).
///
/// # Result
///
/// `bool`. On a host, `false`.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, core_field_exists};
///
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
///
/// assert!(!renamed(core::ptr::null()));
/// ```
#[proc_macro]
pub fn core_field_exists(input: TokenStream) -> TokenStream {
    access::expand::<access::FieldExists>(input.into()).into()
}

/// `core_field_size!(Type, field)`, `core_field_size!(*pointer, field, ...)`: the size of the field in the kernel, in bytes.
///
/// The loader puts the number into the program as a constant. The path is as for
/// [`core_field_exists!`].
///
/// In C: `bpf_core_field_size` (`bpf_core_read.h`).
///
/// # Result
///
/// `usize`, and `Option<usize>` when a field behind the last comma is `#[core(optional)]`: `None` means
/// that the kernel does not have it. On a host, 0.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, core_field_size};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     comm: [u8; 16],
///     #[core(optional)]
///     __state: u32,
/// }
///
/// let comm: usize = core_field_size!(task_struct, comm);
/// let state: Option<usize> = core_field_size!(task_struct, __state);
/// assert_eq!((comm, state), (0, None));
/// ```
#[proc_macro]
pub fn core_field_size(input: TokenStream) -> TokenStream {
    access::expand::<access::FieldSize>(input.into()).into()
}

/// `core_field_offset!(Type, field)`, `core_field_offset!(*pointer, field, ...)`: the offset of the field in the kernel, in bytes from the start of its struct.
///
/// The loader puts the number into the program as a constant. The path is as for
/// [`core_field_exists!`].
///
/// In C: `bpf_core_field_offset` (`bpf_core_read.h`).
///
/// # Result
///
/// `usize`, and `Option<usize>` when a field behind the last comma is `#[core(optional)]`: `None` means
/// that the kernel does not have it. On a host, 0.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, core_field_offset};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     comm: [u8; 16],
///     #[core(optional)]
///     __state: u32,
/// }
///
/// let comm: usize = core_field_offset!(task_struct, comm);
/// let state: Option<usize> = core_field_offset!(task_struct, __state);
/// assert_eq!((comm, state), (0, None));
/// ```
#[proc_macro]
pub fn core_field_offset(input: TokenStream) -> TokenStream {
    access::expand::<access::FieldOffset>(input.into()).into()
}

/// `core_container_of!(pointer, Type, field)`: from a field to the struct around it. Nothing is read.
///
/// `pointer` points to the type that the field is declared with. Dots and `[n]` are allowed in the path.
///
/// In C: `container_of` of the kernel, with `bpf_core_field_offset`.
///
/// # Result
///
/// A pointer to `Type` of the same kind: `*const T`, `*mut T` or `UserPtr<T>`. An `Option` of it when a
/// field on the way is `#[core(optional)]`.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, ReadError, core_container_of, core_read};
///
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
///
/// assert!(pid(core::ptr::null()).is_err());
/// ```
#[proc_macro]
pub fn core_container_of(input: TokenStream) -> TokenStream {
    access::expand::<access::ContainerOf>(input.into()).into()
}

/// `core_list_entries!(head, Type, field; MAX)`: the entries of a linked list of the kernel.
///
/// `head` is a pointer to a `list_head` or `hlist_head` of `bpf_core::list`. `field` is the `list_head` or
/// `hlist_node` in `Type` that links one entry to the next; dots and `[n]` are allowed. `MAX` is a
/// constant: the most entries that may come. The verifier follows the loop entry by entry.
///
/// In C: `list_for_each_entry` and `hlist_for_each_entry` of the kernel, with a counter for the verifier.
///
/// # Result
///
/// An iterator of `Result<*const Type, ReadError>`. An `Option` of the iterator when a field on the way is
/// `#[core(optional)]`.
///
/// # Errors
///
/// An item is an `Err` when a read fails, and when the list has more than `MAX` entries (`E2BIG`). After
/// it comes nothing. So `None` alone means that the list was seen to its end.
///
/// # Example
///
/// ```
/// use bpf_core::{
///     CoreStruct, ReadError, core_field_ptr, core_list_entries, core_read, list::list_head,
/// };
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
///
/// assert!(highest_pid(core::ptr::null()).is_err());
/// ```
#[proc_macro]
pub fn core_list_entries(input: TokenStream) -> TokenStream {
    access::expand::<access::ListEntries>(input.into()).into()
}

/// `core_recast!(pointer, Type)`: the same address, for another declaration of the same kernel type.
///
/// Two declarations are of one kernel type when their names are equal without the flavour: the part
/// behind the last `___`. A cast to another kernel type does not compile.
///
/// In C: a cast to a flavour, `(struct task_struct___v5 *)task`.
///
/// libbpf splits a name at the last `___` that has another character on both sides
/// (`bpf_core_essential_name_len` in `relo_core.c`), and aya at the first of all. The derive refuses a
/// name where the two disagree.
///
/// # Result
///
/// A pointer to `Type` of the same kind: `*const T`, `*mut T`, `UserPtr<T>`, `TrustedPtr<T>` or
/// `TrustedMut<T>`.
///
/// # Example
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
///
/// // On a host no field exists.
/// assert_eq!(state(core::ptr::null()), Ok(None));
/// ```
#[proc_macro]
pub fn core_recast(input: TokenStream) -> TokenStream {
    recast::expand(input.into()).into()
}

/// `core_enum_value!(Enum::ENUMERATOR)`: the value that the enumerator has in the kernel.
///
/// The loader puts the value into the program as a constant. The value in the declaration does not
/// count. `Enum` has `#[derive(CoreEnum)]`.
///
/// In C: `bpf_core_enum_value` (`bpf_core_read.h`).
///
/// # Result
///
/// The integer of the enum's `#[repr]`, and an `Option` of it when the enumerator is `#[core(optional)]`:
/// `None` means that the kernel does not have it. On a host, 0.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreEnum, core_enum_value};
///
/// #[derive(CoreEnum)]
/// #[repr(u32)]
/// enum pid_type {
///     PIDTYPE_TGID = 1,
///     #[core(optional)]
///     PIDTYPE_SID = 3,
/// }
///
/// let tgid: u32 = core_enum_value!(pid_type::PIDTYPE_TGID);
/// let sid: Option<u32> = core_enum_value!(pid_type::PIDTYPE_SID);
/// assert_eq!((tgid, sid), (0, None));
/// ```
#[proc_macro]
pub fn core_enum_value(input: TokenStream) -> TokenStream {
    enumerator::expand("enum_value", input.into()).into()
}

/// `core_enum_value_exists!(Enum::ENUMERATOR)`: whether the kernel's enum has the enumerator.
///
/// The loader puts the answer into the program as a constant. `Enum` has `#[derive(CoreEnum)]`.
///
/// In C: `bpf_core_enum_value_exists` (`bpf_core_read.h`).
///
/// # Result
///
/// `bool`. On a host, `false`.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreEnum, core_enum_value_exists};
///
/// #[derive(CoreEnum)]
/// #[repr(u32)]
/// enum pid_type {
///     PIDTYPE_TGID = 1,
/// }
///
/// assert!(!core_enum_value_exists!(pid_type::PIDTYPE_TGID));
/// ```
#[proc_macro]
pub fn core_enum_value_exists(input: TokenStream) -> TokenStream {
    enumerator::expand("enum_value_exists", input.into()).into()
}

/// `kfuncs! { fn name(...) -> ...; }`: declares functions of the kernel that a program may call.
///
/// Each function has the kernel's prototype. A parameter is an integer, a `bool` or a raw pointer. Behind
/// a pointer, any type that is none of these stands for a struct of the kernel. To call a kfunc is
/// `unsafe`.
///
/// In C: `extern struct task_struct *bpf_task_acquire(struct task_struct *p) __ksym;`.
///
/// # Errors
///
/// libbpf looks the function up when it loads the object, and refuses one that the kernel lacks or has
/// with other kinds of arguments. aya 0.14 refuses every object that calls a kfunc
/// (`UnknownSectionSize`, `.ksyms`). A host has no such function: a test that calls one does not link.
///
/// # Example
///
/// ```
/// use bpf_core::{CoreStruct, TrustedPtr, kfuncs};
///
/// #[derive(CoreStruct)]
/// struct task_struct {}
///
/// kfuncs! {
///     fn bpf_task_acquire(p: *mut task_struct) -> *mut task_struct;
///     fn bpf_task_release(p: *mut task_struct);
/// }
///
/// fn hold(task: TrustedPtr<'_, task_struct>) {
///     // SAFETY: the verifier takes a trusted pointer only, and makes sure that a reference is given back.
///     unsafe {
///         let held = bpf_task_acquire(task.as_ptr().cast_mut());
///         if !held.is_null() {
///             bpf_task_release(held);
///         }
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro]
pub fn kfuncs(input: TokenStream) -> TokenStream {
    kfunc::expand(syn::parse_macro_input!(input)).into()
}
