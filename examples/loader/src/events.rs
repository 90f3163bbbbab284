//! The ring buffer, on the side of the loader.

use std::marker::PhantomData;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use aya::maps::{MapData, RingBuf};
use example_events::Event;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// How long `--verify` waits for an event that has to come. Much longer than it takes on an idle machine:
/// an emulated kernel on a busy one is a hundred times slower.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The events of an object, in the order in which they found room.
pub struct Events<T> {
    ring: RingBuf<MapData>,
    of: PhantomData<T>,
}

impl<T: Event> Events<T> {
    pub(crate) fn new(ring: RingBuf<MapData>) -> Self {
        let of = PhantomData;
        Self { ring, of }
    }

    /// Waits for an event, but no longer than `time`. May return before: on a signal, too.
    pub fn wait(&self, time: Option<Duration>) -> Result<()> {
        let time = time.map(Timespec::try_from).transpose()?;
        let mut events = [PollFd::new(&self.ring, PollFlags::IN)];
        match poll(&mut events, time.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The first event that `is_it`, if it comes within `time`. Those before it are passed over.
    pub fn find(&mut self, time: Duration, mut is_it: impl FnMut(&T) -> bool) -> Result<Option<T>> {
        let end = Instant::now() + time;
        loop {
            for event in self.by_ref() {
                let event = event?;
                if is_it(&event) {
                    return Ok(Some(event));
                }
            }
            let Some(left) = end.checked_duration_since(Instant::now()) else {
                return Ok(None);
            };
            self.wait(Some(left))?;
        }
    }
}

impl<T: Event> Iterator for Events<T> {
    type Item = Result<T>;

    /// The next event that is there by now.
    fn next(&mut self) -> Option<Result<T>> {
        self.ring.next().map(|bytes| decode(&bytes))
    }
}

fn decode<T: Event>(bytes: &[u8]) -> Result<T> {
    ensure!(
        bytes.len() == size_of::<T>(),
        "the object sends events of {} bytes, not {}: it is of another version; run `cargo xtask \
         build`",
        bytes.len(),
        size_of::<T>()
    );
    // SAFETY: the length is right, and every bit pattern is an event.
    Ok(unsafe { bytes.as_ptr().cast::<T>().read_unaligned() })
}
