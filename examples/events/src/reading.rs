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

/// Nobody has tried.
const UNREAD: i32 = i32::MAX;

impl<T: Copy + Default> Reading<T> {
    /// What no read has come to.
    #[inline(always)]
    pub fn unread() -> Self {
        Self {
            outcome: UNREAD,
            value: T::default(),
        }
    }

    /// `Err` holds an errno, above 0.
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
