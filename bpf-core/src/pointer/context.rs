//! Contexts of programs whose arguments have types that the verifier knows.

/// The context of a program that gets typed arguments: `tp_btf`, `fentry`, `fexit`, `fmod_ret`, `lsm`,
/// `iter` and `struct_ops`.
///
/// With the feature `aya`, the contexts of aya-ebpf 0.2 implement it. Without, [`BtfArgs`] does.
///
/// # Safety
/// `args` points to the context that the kernel gave to a program of one of these types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no pointer that the program may dereference",
    label = "not the context of a `tp_btf`, `fentry`, `fexit`, `lsm`, `iter` or `struct_ops` program",
    note = "in other programs a pointer is only an address: read through it with `core_read!`"
)]
pub unsafe trait BtfContext {
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
    note = "which fields such a program may write, the kernel's `btf_struct_access` of the struct \
            decides, and the verifier says"
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

#[cfg(feature = "aya")]
mod aya {
    use aya_ebpf::{
        EbpfContext as _,
        programs::{BtfTracePointContext, FEntryContext, FExitContext, LsmContext},
    };

    use super::BtfContext;

    macro_rules! contexts {
        ($($context:ident)*) => {$(
            // SAFETY: aya's macro for programs of this type makes it of the kernel's.
            unsafe impl BtfContext for $context {
                #[inline(always)]
                fn args(&self) -> *const u64 {
                    self.as_ptr().cast()
                }
            }
        )*};
    }

    contexts!(BtfTracePointContext FEntryContext FExitContext LsmContext);
}
