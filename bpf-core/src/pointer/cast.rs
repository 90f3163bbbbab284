//! Pointers whose type the program tells the verifier. In C: `bpf_core_cast`.

use core::{ffi::c_void, fmt};

use crate::{
    access::query::core_type_id_kernel,
    error::Code,
    path::Path,
    pointer::{
        base::Base,
        space::{Address, Kernel, Space},
        trusted::{Loaded, Trusted},
    },
    sealed::Sealed,
    types::{Named, plain::Plain, record::CoreStruct},
};

/// A kernel address that the verifier takes for the address of a `T`. [`core_cast`] gives it.
///
/// A [`core_read!`](crate::core_read) that starts from it is one load. Where a load faults, the kernel
/// gives the program a zero. So a value that is zero is read again by the helper, which reports the
/// fault. A pointer on the way that is zero is not: what is read behind it fails.
pub struct CastPtr<T>(*const T);

/// The address `pointer`, as a pointer to a `T`. `None` where the kernel has no such type. In C:
/// `bpf_core_cast` (`bpf_core_read.h`), which calls the kfunc `bpf_rdonly_cast`.
///
/// It needs Linux 6.2. libbpf refuses the object on an older kernel. aya 0.14 refuses it on every
/// kernel, because it does not know kfuncs (`UnknownSectionSize`, `.ksyms`).
///
/// ```
/// use bpf_core::{CoreStruct, ReadError, core_cast, core_read};
///
/// #[derive(CoreStruct)]
/// struct task_struct {
///     tgid: i32,
/// }
///
/// fn tgid(address: *const u8) -> Result<Option<i32>, ReadError> {
///     match core_cast::<task_struct>(address) {
///         Some(task) => core_read!(task, tgid).map(Some),
///         None => Ok(None),
///     }
/// }
///
/// // On a host there is no such type.
/// assert_eq!(tgid(core::ptr::null()), Ok(None));
/// ```
#[inline(always)]
pub fn core_cast<T: CoreStruct + Named>(pointer: *const impl Sized) -> Option<CastPtr<T>> {
    let id = core_type_id_kernel::<T>()?;
    Some(CastPtr(kfunc::rdonly_cast(pointer.cast(), id).cast()))
}

impl<T> CastPtr<T> {
    /// The pointer, for a kfunc or a helper that takes untrusted ones.
    #[inline(always)]
    pub fn as_ptr(self) -> *const T {
        self.0
    }
}

impl<T> Clone for CastPtr<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for CastPtr<T> {}

impl<T> fmt::Debug for CastPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CastPtr({:p})", self.0)
    }
}

impl<T> Sealed for CastPtr<T> {}

#[diagnostic::do_not_recommend]
impl<T: CoreStruct> Base for CastPtr<T> {
    type Record = T::Itself;
    type Space = Cast;

    #[inline(always)]
    fn address(self) -> Address<Cast, T::Itself> {
        Address::new(self.0.cast())
    }
}

/// Kernel memory behind a [`CastPtr`]: a load that faults gives zero.
#[derive(Debug)]
pub enum Cast {}

impl Sealed for Cast {}

impl Loaded for Cast {
    #[inline(always)]
    fn load<T: Plain>(src: *const u8) -> Result<T, Code> {
        let value = Trusted::load::<T>(src)?;
        // What is larger than a register was read by the helper.
        match size_of::<T>() <= size_of::<u64>() && is_zero(&value) {
            true => Kernel::value(src),
            false => Ok(value),
        }
    }

    /// A load that faults gives a null pointer, and the helper that is to read behind it fails. Not so on s390x, which
    /// has memory there: the lowcore.
    #[inline(always)]
    fn load_address(src: *const u8) -> Result<usize, Code> {
        match Trusted::load::<usize>(src)? {
            0 if cfg!(target_endian = "big") => Err(Code::FAULT),
            address => Ok(address),
        }
    }

    #[inline(always)]
    fn load_bytes<P: Path>(base: *const u8) -> Result<u64, Code> {
        match Trusted::load_bytes::<P>(base)? {
            0 => Kernel::bytes::<P>(base),
            word => Ok(word),
        }
    }
}

/// Whether all bytes of a value are zero.
#[inline(always)]
fn is_zero<T: Plain>(value: &T) -> bool {
    let start = &raw const *value;
    // A pointer is compared as a whole: the verifier refuses to read a part of one from the stack, and at
    // `opt-level = "z"` LLVM keeps a loop over the bytes.
    // SAFETY: a `Plain` value has no padding, so all its bytes are there.
    unsafe {
        match size_of::<T>() {
            4 => start.cast::<u32>().read_unaligned() == 0,
            8 => start.cast::<u64>().read_unaligned() == 0,
            size => (0..size).all(|at| start.cast::<u8>().add(at).read() == 0),
        }
    }
}

mod kfunc {
    use super::c_void;

    #[cfg(target_arch = "bpf")]
    #[inline(always)]
    pub(super) fn rdonly_cast(pointer: *const c_void, id: u32) -> *const c_void {
        bpf_core_macros::kfuncs! {
            fn bpf_rdonly_cast(obj: *const c_void, btf_id: u32) -> *const c_void;
        }
        // SAFETY: the kernel takes any address; the id is one of a struct.
        unsafe { bpf_rdonly_cast(pointer, id) }
    }

    #[cfg(not(target_arch = "bpf"))]
    pub(super) fn rdonly_cast(pointer: *const c_void, _id: u32) -> *const c_void {
        pointer
    }
}
