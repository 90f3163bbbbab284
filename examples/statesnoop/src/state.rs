//! From the bits of a state to its letter.

use example_events::{Reading, Switch};

/// As `/proc/PID/stat` has it.
pub(crate) fn letter(event: &Switch) -> Reading<char> {
    let both = event.state.get().and_then(|state| {
        let exit_state = event.exit_state.get()?;
        Ok(state.zip(exit_state))
    });
    let letter = both.map(|both| {
        both.map(|(state, exit_state)| match event.preempted {
            0 => of(state, exit_state),
            _ => 'R',
        })
    });
    Reading::new(letter)
}

/// `__task_state_index` and `task_index_to_char` in `include/linux/sched.h`. These numbers are
/// macros there, of which a kernel tells nothing; from 5.10 on none has changed its meaning.
fn of(state: u64, exit_state: u32) -> char {
    const UNINTERRUPTIBLE: u64 = 0x2;
    const REPORT: u64 = 0x7f;
    const IDLE: u64 = 0x402;
    /// Since 5.15.
    const RTLOCK_WAIT: u64 = 0x1000;
    /// Since 6.1.
    const FROZEN: u64 = 0x8000;
    if state & IDLE == IDLE {
        return 'I';
    }
    let reported = match state & (RTLOCK_WAIT | FROZEN) {
        0 => (state | u64::from(exit_state)) & REPORT,
        _ => UNINTERRUPTIBLE,
    };
    let index = u64::BITS - reported.leading_zeros();
    ['R', 'S', 'D', 'T', 't', 'X', 'Z', 'P'][index as usize]
}

/// Whether the task never runs again: no other event comes after this one.
pub(crate) fn is_last(event: &Switch) -> bool {
    /// `include/linux/sched.h`
    const DEAD: u64 = 0x80;
    matches!(event.state.get(), Ok(Some(state)) if state & DEAD != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn switch(state: Result<Option<u64>, i32>, exit_state: u32, preempted: u32) -> Switch {
        Switch {
            pid: Reading::new(Ok(Some(1))),
            comm: Reading::new(Ok(None)),
            state: Reading::new(state),
            exit_state: Reading::new(Ok(Some(exit_state))),
            preempted,
        }
    }

    #[test]
    fn letters_are_those_of_proc() {
        let letter = |state, exit_state| letter(&switch(Ok(Some(state)), exit_state, 0)).get();
        assert_eq!(letter(0, 0), Ok(Some('R')));
        assert_eq!(letter(1, 0), Ok(Some('S')));
        // `TASK_KILLABLE`, as in vfork(2)
        assert_eq!(letter(0x102, 0), Ok(Some('D')));
        assert_eq!(letter(0x104, 0), Ok(Some('T')));
        // `TASK_DEAD`, whose parent does not know yet
        assert_eq!(letter(0x80, 0x20), Ok(Some('Z')));
        assert_eq!(letter(0x402, 0), Ok(Some('I')));
        assert_eq!(letter(0x40, 0), Ok(Some('P')));
    }

    #[test]
    fn one_that_had_to_leave_runs() {
        assert_eq!(letter(&switch(Ok(Some(1)), 0, 1)).get(), Ok(Some('R')));
    }

    #[test]
    fn a_dead_task_leaves_once_whatever_its_exit_state_is() {
        assert!(is_last(&switch(Ok(Some(0x80)), 0x20, 0)));
        assert!(is_last(&switch(Ok(Some(0x80)), 128, 0)));
        // A zombie that was made to leave before it was done.
        assert!(!is_last(&switch(Ok(Some(0)), 0x20, 1)));
        assert!(!is_last(&switch(Err(14), 0x20, 0)));
    }

    #[test]
    fn a_failed_read_is_no_letter() {
        assert_eq!(letter(&switch(Err(14), 0, 0)).get(), Err(14));
        assert_eq!(letter(&switch(Err(14), 0, 1)).get(), Err(14));
    }
}
