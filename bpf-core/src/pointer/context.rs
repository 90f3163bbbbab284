//! Contexts of programs whose arguments have types that the verifier knows.

/// The context of a program that gets typed arguments: `tp_btf`, `fentry`, `fexit`, `fmod_ret`, `lsm`,
/// `iter` and `struct_ops`.
///
/// [`BtfArgs`] implements it. With the feature `aya`, the contexts of aya-ebpf 0.2 do. For another version
/// of aya-ebpf a crate writes [`aya_contexts!`](crate::aya_contexts) once; `By` is then a type of that crate,
/// and nobody has to name it.
///
/// # Safety
/// `args` points to the context that the kernel gave to a program of one of these types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no pointer that the program may dereference: it is of another version of \
               aya-ebpf, or of another program type",
    label = "does not implement `BtfContext`",
    note = "two versions of aya-ebpf: the feature `aya` of `bpf-core` is for 0.2. For another version, leave \
            the feature out and write `bpf_core::aya_contexts!(aya_ebpf);` once in the crate",
    note = "another program type: only `tp_btf`, `fentry`, `fexit`, `lsm`, `iter` and `struct_ops` programs \
            get such pointers. In others a pointer is an address: read through it with `core_read!`"
)]
pub unsafe trait BtfContext<By = ()> {
    /// The arguments, 64 bits each.
    fn args(&self) -> *const u64;
}

/// The context of a `struct_ops` program, which may also write to kernel structs.
///
/// # Safety
/// As for [`BtfContext`], and the program is of type `BPF_PROG_TYPE_STRUCT_OPS`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no pointer that the program may write through",
    label = "not the context of a `struct_ops` program",
    note = "the kernel's `btf_struct_access` decides which fields such a program may write"
)]
pub unsafe trait StructOpsContext: BtfContext {}

/// The arguments of a `tp_btf`, `fentry`, `fexit`, `fmod_ret`, `lsm` or `iter` program.
#[derive(Debug)]
pub struct BtfArgs(*const u64);

/// The arguments of a `struct_ops` program.
#[derive(Debug)]
pub struct StructOpsArgs(*const u64);

impl BtfArgs {
    /// Takes the context that the kernel gave to the program.
    ///
    /// # Safety
    /// The program is of one of these types.
    #[inline(always)]
    pub const unsafe fn new<C>(ctx: *const C) -> Self {
        Self(ctx.cast())
    }
}

impl StructOpsArgs {
    /// Takes the context that the kernel gave to the program.
    ///
    /// # Safety
    /// The program is of this type.
    #[inline(always)]
    pub const unsafe fn new<C>(ctx: *const C) -> Self {
        Self(ctx.cast())
    }
}

// SAFETY: as the caller of `new` says.
#[diagnostic::do_not_recommend]
unsafe impl BtfContext for BtfArgs {
    #[inline(always)]
    fn args(&self) -> *const u64 {
        self.0
    }
}

// SAFETY: as the caller of `new` says.
#[diagnostic::do_not_recommend]
unsafe impl BtfContext for StructOpsArgs {
    #[inline(always)]
    fn args(&self) -> *const u64 {
        self.0
    }
}

// SAFETY: as the caller of `new` says.
#[diagnostic::do_not_recommend]
unsafe impl StructOpsContext for StructOpsArgs {}

/// Takes trusted pointers from the contexts of the crate's own aya-ebpf, whatever its version.
///
/// Write it once in the eBPF crate, with the name of the dependency. With aya-ebpf 0.2 the feature `aya` does
/// the same.
///
/// In C, libbpf's `BPF_PROG` does so for every program of these types.
///
/// # Errors
/// The compiler refuses the name of a crate that has no such contexts. Nothing fails at run time.
///
/// # Example
///
/// ```
/// use aya_ebpf::programs::FEntryContext;
/// use bpf_core::{CoreStruct, ReadError, TrustedPtr, core_read};
///
/// bpf_core::aya_contexts!(aya_ebpf);
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     pid: i32,
/// }
///
/// /// Of the first argument, if there is one.
/// fn pid(ctx: &FEntryContext) -> Result<Option<i32>, ReadError> {
///     let task = TrustedPtr::<task_struct>::arg(ctx, 0);
///     task.map(|task| core_read!(task, pid)).transpose()
/// }
///
/// let mut args = [0_u64];
/// let ctx = FEntryContext::new(args.as_mut_ptr().cast());
/// assert_eq!(pid(&ctx), Ok(None));
/// ```
#[macro_export]
macro_rules! aya_contexts {
    ($aya_ebpf:ident) => {
        #[doc(hidden)]
        pub mod __bpf_core_contexts {
            pub struct Here;

            $crate::__aya_contexts!($aya_ebpf, Here);
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __aya_contexts {
    ($aya_ebpf:ident, $by:ty) => {
        $crate::__aya_contexts!(
            $aya_ebpf, $by: BtfTracePointContext FEntryContext FExitContext LsmContext
        );
    };
    ($aya_ebpf:ident, $by:ty: $($context:ident)*) => {$(
        // SAFETY: aya's macro for programs of this type makes it of the kernel's.
        #[diagnostic::do_not_recommend]
        unsafe impl $crate::BtfContext<$by> for ::$aya_ebpf::programs::$context {
            #[inline(always)]
            fn args(&self) -> *const u64 {
                ::$aya_ebpf::EbpfContext::as_ptr(self).cast()
            }
        }
    )*};
}

#[cfg(feature = "aya")]
crate::__aya_contexts!(aya_ebpf, ());
