//! What a program is given, and where it puts its answer.

use core::ffi::c_void;

use aya_ebpf::{btf_maps::Array, macros::btf_map, programs::RawTracePointContext};
use bpf_core::{ReadError, UserPtr};

/// What an [`Option`] that is `None` returns: no error has this number.
const ABSENT: i32 = -1;

#[btf_map]
static VALUE: Array<u64, 1> = Array::new();

#[btf_map]
static TEXT: Array<[u8; 64], 1> = Array::new();

/// Memory of the kernel that a test can fill.
#[btf_map]
static MEMORY: Array<[u8; 16384], 1> = Array::new();

/// What a program found.
pub trait Answer {
    /// Puts a value into `VALUE` and gives 0; else gives the number of the error, or [`ABSENT`].
    fn give(self) -> i32;
}

macro_rules! words {
    ($($word:ident)*) => {$(
        impl Answer for $word {
            #[inline(always)]
            fn give(self) -> i32 {
                let Some(value) = VALUE.get_ptr_mut(0) else {
                    return ABSENT;
                };
                // SAFETY: the map's memory.
                unsafe { *value = self as u64 };
                0
            }
        }
    )*};
}

words!(bool u8 u16 u32 u64 usize i32 i64);

impl<T> Answer for *const T {
    #[inline(always)]
    fn give(self) -> i32 {
        (self as u64).give()
    }
}

impl<T> Answer for UserPtr<T> {
    #[inline(always)]
    fn give(self) -> i32 {
        self.address().give()
    }
}

/// The length of a text that is in `TEXT`.
impl Answer for &[u8] {
    #[inline(always)]
    fn give(self) -> i32 {
        self.len().give()
    }
}

impl<T: Answer> Answer for Option<T> {
    #[inline(always)]
    fn give(self) -> i32 {
        match self {
            Some(value) => value.give(),
            None => ABSENT,
        }
    }
}

impl<T: Answer> Answer for Result<T, ReadError> {
    #[inline(always)]
    fn give(self) -> i32 {
        match self {
            Ok(value) => value.give(),
            Err(error) => error.errno(),
        }
    }
}

/// Where a program puts a text.
#[inline(always)]
pub fn text() -> Option<&'static mut [u8; 64]> {
    // SAFETY: the map's memory, which is there for as long as the program is.
    TEXT.get_ptr_mut(0).map(|text| unsafe { &mut *text })
}

#[inline(always)]
pub fn memory() -> Option<*const u8> {
    MEMORY.get_ptr(0).map(<*const [u8; 16384]>::cast)
}

/// An argument of a program.
pub trait Argument {
    fn of(word: u64) -> Self;
}

impl Argument for u64 {
    #[inline(always)]
    fn of(word: u64) -> Self {
        word
    }
}

impl<T> Argument for *const T {
    #[inline(always)]
    fn of(word: u64) -> Self {
        word as Self
    }
}

impl<T> Argument for UserPtr<T> {
    #[inline(always)]
    fn of(word: u64) -> Self {
        Self::new(word)
    }
}

pub struct Arguments {
    context: RawTracePointContext,
    next: usize,
}

impl Arguments {
    #[inline(always)]
    pub fn new(context: *mut c_void) -> Self {
        let context = RawTracePointContext::new(context);
        Self { context, next: 0 }
    }

    #[inline(always)]
    pub fn next<T: Argument>(&mut self) -> T {
        self.next += 1;
        T::of(self.context.arg(self.next - 1))
    }
}

/// Functions that are a program each. Not by `#[raw_tracepoint]`, whose programs return 0 whatever
/// the function does.
macro_rules! rows {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty { $($body:tt)* })*) => {$(
        #[unsafe(no_mangle)]
        #[unsafe(link_section = "raw_tp")]
        pub extern "C" fn $name(context: *mut core::ffi::c_void) -> i32 {
            #[inline(always)]
            fn row($($argument: $type),*) -> $answer {
                $($body)*
            }
            let mut _arguments = $crate::row::Arguments::new(context);
            $(let $argument = _arguments.next();)*
            $crate::row::Answer::give(row($($argument),*))
        }
    )*};
}
