//! What came of one read.

/// A field that could not be read is not a field that is 0.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading<T> {
    /// 0: `value` was read. Above 0: the errno of the read that failed. [`NOTHING`]
    outcome: i32,
    value: T,
}

/// There was nothing to read, as a thread of the kernel has no program.
const NOTHING: i32 = -1;

impl<T: Copy + Default> Reading<T> {
    /// `Err` holds an errno, above 0. Without a value, the bytes of one are always the same.
    #[inline(always)]
    pub fn new(read: Result<Option<T>, i32>) -> Self {
        let (outcome, value) = match read {
            Ok(Some(value)) => (0, value),
            Ok(None) => (NOTHING, T::default()),
            Err(errno) => (errno, T::default()),
        };
        Self { outcome, value }
    }

    /// What [`new`](Self::new) was given.
    pub fn get(&self) -> Result<Option<T>, i32> {
        match self.outcome {
            0 => Ok(Some(self.value)),
            NOTHING => Ok(None),
            errno => Err(errno),
        }
    }
}

#[cfg(target_arch = "bpf")]
mod told {
    use bpf_core::ReadError;

    use super::{NOTHING, Reading};

    /// What a read gives, whether or not each kernel has the field.
    pub trait Outcome<T> {
        /// The same, with an `Option` for both.
        fn found(self) -> Result<Option<T>, ReadError>;
    }

    impl<T> Outcome<T> for Result<T, ReadError> {
        #[inline(always)]
        fn found(self) -> Result<Option<T>, ReadError> {
            self.map(Some)
        }
    }

    impl<T> Outcome<T> for Result<Option<T>, ReadError> {
        #[inline(always)]
        fn found(self) -> Result<Option<T>, ReadError> {
            self
        }
    }

    impl<T> Reading<T> {
        /// Lets `read` put the value there, as `core_read_into!` does.
        #[inline(always)]
        pub fn fill<O: Outcome<()>>(&mut self, read: impl FnOnce(&mut T) -> O) {
            self.outcome = match read(&mut self.value).found() {
                Ok(Some(())) => 0,
                Ok(None) => NOTHING,
                Err(error) => error.errno(),
            };
        }

        /// Puts there what was read.
        #[inline(always)]
        pub fn put<O: Outcome<T>>(&mut self, read: O) {
            self.fill(|value| read.found().map(|read| read.map(|read| *value = read)));
        }
    }
}
