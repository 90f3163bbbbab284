//! Pointers whose type the verifier knows. The program reads through them by a load, without a helper
//! (`check_ptr_to_btf_access` in `kernel/bpf/verifier.c`).
//!
//! The memory behind such a pointer is there for as long as the program runs. The memory behind a
//! pointer that is *found* there need not be: a load from it that faults gives the program a zero
//! (`BPF_PROBE_MEM`). So behind a comma the helper reads, which reports the fault.

use core::{fmt, marker::PhantomData};

use crate::{
    contract::relocation::{ByteOff, ByteSize, info},
    error::{Code, ReadError, checked},
    path::Path,
    pointer::{
        base::Base,
        context::{BtfContext, StructOpsContext},
        helper,
        kind::{PointerKind, ToRecord},
        space::{Address, Kernel, Space},
    },
    sealed::Sealed,
    types::{plain::Plain, record::CoreStruct},
};

/// Argument number `n`, counted from 0; in an `iter` program, the field number `n` of its context.
/// `None` where it is null.
#[inline(always)]
fn arg<By, C: BtfContext<By>, T>(ctx: &C, n: usize) -> Option<*const T> {
    // SAFETY: the kernel gives as many arguments as the function has that the program stands
    // for, and the verifier refuses one more.
    let pointer = unsafe { ctx.args().add(n).cast::<*const T>().read() };
    (!pointer.is_null()).then_some(pointer)
}

/// A pointer that the kernel gave to the program, not null. The verifier knows its type and trusts it.
///
/// A [`core_read!`](crate::core_read) of an integer, a `bool`, an enum or a pointer that starts from it
/// is one load, and does not fail. A helper or a kfunc may be called with
/// [`as_ptr`](Self::as_ptr).
///
/// The program says with `T` which type the argument has. A wrong `T` reads at the offsets of the
/// wrong struct, as in C.
///
/// ```
/// use bpf_core::{BtfArgs, CoreStruct, ReadError, TrustedPtr, core_read};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     tgid: i32,
/// }
///
/// /// `tp_btf/sched_process_exec`: its first argument is the task.
/// fn exec(ctx: &BtfArgs) -> Result<Option<i32>, ReadError> {
///     match TrustedPtr::<task_struct>::arg(ctx, 0) {
///         Some(task) => core_read!(task, tgid).map(Some),
///         None => Ok(None),
///     }
/// }
///
/// let args = [0_u64];
/// // SAFETY: it stands for the context of such a program.
/// let ctx = unsafe { BtfArgs::new(args.as_ptr()) };
/// assert_eq!(exec(&ctx), Ok(None));
/// ```
pub struct TrustedPtr<'c, T> {
    raw: *const T,
    program: PhantomData<(&'c (), *const T)>,
}

impl<'c, T> TrustedPtr<'c, T> {
    /// Argument number `n` of the program, counted from 0 in the prototype of the tracepoint, function
    /// or hook. `None` where it is null.
    #[inline(always)]
    pub fn arg<By, C: BtfContext<By>>(ctx: &'c C, n: usize) -> Option<Self> {
        arg(ctx, n).map(|raw: *const T| Self {
            raw,
            program: PhantomData,
        })
    }

    /// The pointer, for a kfunc or a helper.
    #[inline(always)]
    pub fn as_ptr(self) -> *const T {
        self.raw
    }
}

impl<'c, T: CoreStruct> TrustedPtr<'c, T> {
    /// The running task, by the helper `bpf_get_current_task_btf` of Linux 5.11. `T` declares
    /// `task_struct`; another type does not compile.
    #[inline(always)]
    pub fn current_task<C>(_program: &'c C) -> Self {
        const {
            assert!(
                T::TYPE.is_declaration_of("struct task_struct"),
                "the running task is a `task_struct`"
            );
        }
        Self {
            // SAFETY: it takes nothing.
            raw: unsafe { helper::get_current_task_btf() }.cast(),
            program: PhantomData,
        }
    }
}

/// A [`TrustedPtr`] that the program may write through, with [`core_write!`](crate::core_write).
pub struct TrustedMut<'c, T> {
    raw: *mut T,
    program: PhantomData<(&'c (), *const T)>,
}

impl<'c, T> TrustedMut<'c, T> {
    /// Argument number `n` of the program, counted from 0. `None` where it is null.
    #[inline(always)]
    pub fn arg<C: StructOpsContext>(ctx: &'c C, n: usize) -> Option<Self> {
        arg(ctx, n).map(|raw: *const T| Self {
            raw: raw.cast_mut(),
            program: PhantomData,
        })
    }

    /// The pointer, for a kfunc or a helper.
    #[inline(always)]
    pub fn as_ptr(self) -> *mut T {
        self.raw
    }
}

macro_rules! pointers {
    ($($pointer:ident)*) => {$(
        impl<T> Clone for $pointer<'_, T> {
            #[inline(always)]
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $pointer<'_, T> {}

        impl<T> fmt::Debug for $pointer<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:p})", stringify!($pointer), self.raw)
            }
        }

        impl<T> Sealed for $pointer<'_, T> {}

        #[diagnostic::do_not_recommend]
        impl<T: CoreStruct> Base for $pointer<'_, T> {
            type Record = T::Itself;
            type Space = Trusted;

            #[inline(always)]
            fn address(self) -> Address<Trusted, T::Itself> {
                Address::new((self.raw as *const T).cast())
            }
        }

        impl<'c> PointerKind for $pointer<'c, ()> {
            type To<U> = $pointer<'c, U>;

            #[inline(always)]
            fn to<U>(self) -> $pointer<'c, U> {
                let (raw, program) = (self.raw.cast(), PhantomData);
                $pointer { raw, program }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'c, T: CoreStruct> ToRecord for $pointer<'c, T> {
            type Record = T::Itself;
            type Pointer = $pointer<'c, ()>;

            #[inline(always)]
            fn pointer(self) -> $pointer<'c, ()> {
                let (raw, program) = (self.raw.cast(), PhantomData);
                $pointer { raw, program }
            }
        }
    )*};
}

pointers!(TrustedPtr TrustedMut);

/// A pointer that the program may write through.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pointer that a program may write through",
    label = "not a `TrustedMut`",
    note = "a `struct_ops` program gets one: `TrustedMut::arg(&ctx, 0)`"
)]
pub trait BaseMut: Base<Space = Trusted> {}

#[diagnostic::do_not_recommend]
impl<T: CoreStruct> BaseMut for TrustedMut<'_, T> {}

/// Kernel memory behind a pointer whose type the verifier knows.
#[derive(Debug)]
pub enum Trusted {}

impl Sealed for Trusted {}

/// Kernel memory that the program loads from. A value that does not fit into a register is read by the
/// helper all the same.
pub(crate) trait Loaded: Sealed {
    /// [`Space::value`]
    fn load<T: Plain>(src: *const u8) -> Result<T, Code>;

    /// [`Space::address`]
    #[inline(always)]
    fn load_address(src: *const u8) -> Result<usize, Code> {
        Self::load::<usize>(src)
    }

    /// [`Space::bytes`]
    fn load_bytes<P: Path>(base: *const u8) -> Result<u64, Code>;
}

impl<L: Loaded> Space for L {
    type Const<T> = *const T;
    type Mut<T> = *mut T;
    type Behind = Kernel;

    const FAILS_AT_NULL: bool = true;

    #[inline(always)]
    fn pointer<T>(raw: *const u8) -> *const T {
        raw.cast()
    }

    #[inline(always)]
    unsafe fn read(dst: *mut u8, len: usize, src: *const u8) -> Result<(), Code> {
        // SAFETY: as the caller's.
        unsafe { Kernel::read(dst, len, src) }
    }

    #[inline(always)]
    unsafe fn read_str(dst: *mut u8, len: usize, src: *const u8) -> Result<usize, Code> {
        // SAFETY: as the caller's.
        unsafe { Kernel::read_str(dst, len, src) }
    }

    #[inline(always)]
    fn value<T: Plain>(src: *const u8) -> Result<T, Code> {
        L::load(src)
    }

    #[inline(always)]
    fn address(src: *const u8) -> Result<usize, Code> {
        L::load_address(src)
    }

    #[inline(always)]
    fn checked_value<T: Plain>(src: *const u8) -> Result<T, ReadError> {
        checked(L::load(src))
    }

    #[inline(always)]
    fn bytes<P: Path>(base: *const u8) -> Result<u64, Code> {
        L::load_bytes::<P>(base)
    }
}

impl Loaded for Trusted {
    /// A load, if the value fits into a register. An array is read by the helper: its alignment in the
    /// kernel is not known, and the verifier refuses a load that is not aligned.
    #[inline(always)]
    fn load<T: Plain>(src: *const u8) -> Result<T, Code> {
        let is_register = size_of::<T>() <= size_of::<u64>() && size_of::<T>() == align_of::<T>();
        match is_register && cfg!(target_arch = "bpf") {
            // SAFETY: the kernel's struct is there, and so is its field, aligned.
            true => Ok(unsafe { src.cast::<T>().read() }),
            false => Kernel::value(src),
        }
    }

    /// `BPF_CORE_READ_BITFIELD` of libbpf.
    #[inline(always)]
    fn load_bytes<P: Path>(base: *const u8) -> Result<u64, Code> {
        if cfg!(not(target_arch = "bpf")) {
            return Kernel::bytes::<P>(base);
        }
        let field = whole::<P>(base);
        // SAFETY: as in `value`.
        unsafe {
            match info::<ByteSize, P>() {
                1 => Ok(field.read().into()),
                2 => Ok(field.cast::<u16>().read().into()),
                4 => Ok(field.cast::<u32>().read().into()),
                8 => Ok(field.cast::<u64>().read()),
                _ => Err(Code::OVERFLOW),
            }
        }
    }
}

/// The address of an integer whose size the kernel decides. The offset is asked for as a number, so
/// that it does not become a part of the load: a loader compares the size of such a load with the
/// size in the declaration.
#[inline(always)]
pub(crate) fn whole<P: Path>(base: *const u8) -> *const u8 {
    base.wrapping_add(info::<ByteOff, P>() as usize)
}
