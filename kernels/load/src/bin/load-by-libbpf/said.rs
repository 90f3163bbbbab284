//! What libbpf has said of a load, with the verifier's log in it: why it failed, in a line.

use std::sync::{Mutex, MutexGuard, PoisonError};

use libbpf_rs::{Error, PrintLevel};

static SAID: Mutex<String> = Mutex::new(String::new());

fn said() -> MutexGuard<'static, String> {
    SAID.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn keep(_: PrintLevel, text: String) {
    said().push_str(&text);
}

pub(crate) fn forget() {
    said().clear();
}

const LOG_BEGINS: &str = "-- BEGIN PROG LOAD LOG --\n";
const LOG_ENDS: &str = "-- END PROG LOAD LOG --";

/// The last line of the verifier's log; else of libbpf's words.
pub(crate) fn why(error: &Error) -> String {
    why_of(&said()).unwrap_or_else(|| error.to_string())
}

fn why_of(said: &str) -> Option<String> {
    if let Some((_, log)) = said.rsplit_once(LOG_BEGINS) {
        let (log, _) = log.split_once(LOG_ENDS).unwrap_or((log, ""));
        if let Some(reason) = kernel_load::reason(log) {
            return Some(reason.to_owned());
        }
    }
    let (said, _) = said.split_once(LOG_BEGINS).unwrap_or((said, ""));
    let lines = said
        .lines()
        .filter_map(|line| line.strip_prefix("libbpf: "));
    let lines: Vec<&str> = lines.filter(|line| is_news(line)).collect();
    lines.last().map(|line| (*line).to_owned())
}

/// A line of libbpf that does not only say that a load failed, or that libbpf tries again.
fn is_news(line: &str) -> bool {
    const NO_NEWS: [&str; 5] = [
        "failed to load object",
        ": failed to load: ",
        "failed to prepare load attributes",
        "Retrying without BTF",
        "permission error while running as root",
    ];
    !NO_NEWS.iter().any(|words| line.contains(words))
}

/// Whether the verifier came to what libbpf writes where it has no answer: a relocation, a map, a kfunc. By
/// the line before, libbpf knows which one.
pub(crate) fn needs_instructions() -> bool {
    // `poison_*` in `libbpf.c` and `relo_core.c`
    const POISON: [&str; 3] = ["unknown#195896080", "unknown#2001", "unknown#2002"];
    let said = said();
    POISON.iter().any(|words| said.contains(words))
}

/// The program that a map of programs holds, and which was not loaded.
pub(crate) fn needed() -> Option<String> {
    let said = said();
    let (_, after) = said.rsplit_once("failed to initialize slot [")?;
    quoted(after.split_once("to prog ")?.1)
}

/// The map that the kernel took for wrong. libbpf has other words for a map inside of it.
pub(crate) fn not_created() -> Option<String> {
    let said = said();
    let (before, _) = said.rsplit_once(": failed to create: -EINVAL")?;
    quoted(before.rsplit_once("libbpf: map ")?.1)
}

/// The program that libbpf speaks of last.
pub(crate) fn refused() -> Option<String> {
    let said = said();
    quoted(said.rsplit_once("libbpf: prog ")?.1)
}

/// `NAME` out of `'NAME'...`.
fn quoted(text: &str) -> Option<String> {
    Some(text.strip_prefix('\'')?.split_once('\'')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifiers_last_line_is_the_reason() {
        let said = "libbpf: prog 'p': BPF program load failed: -EINVAL\n\
            libbpf: prog 'p': -- BEGIN PROG LOAD LOG --\n\
            0: R1=ctx() R10=fp0\n0: (85) call bpf_x#4\nunknown func bpf_x#4\n\
            ; return f(ctx); @ a.c:3\n\
            processed 1 insns (limit 1000000) max_states_per_insn 0\n\n\
            -- END PROG LOAD LOG --\n\
            libbpf: prog 'p': failed to load: -EINVAL\nlibbpf: failed to load object 'o'\n";
        assert_eq!(why_of(said).as_deref(), Some("unknown func bpf_x#4"));
    }

    #[test]
    fn libbpfs_own_reason_stands_before_what_follows_from_it() {
        let said = "libbpf: prog 'p': failed to find kernel BTF type ID of 'f': -ESRCH\n\
            libbpf: prog 'p': failed to prepare load attributes: -ESRCH\n\
            libbpf: prog 'p': failed to load: -ESRCH\nlibbpf: failed to load object 'o'\n";
        let expected = "prog 'p': failed to find kernel BTF type ID of 'f': -ESRCH";
        assert_eq!(why_of(said).as_deref(), Some(expected));
        assert_eq!(why_of(""), None);
    }

    #[test]
    fn a_program_of_a_map_is_asked_for() {
        keep(
            PrintLevel::Warn,
            "libbpf: map 'calls': failed to initialize slot [1] to prog 'second' fd=-2: -EBADF\n"
                .into(),
        );
        assert_eq!(needed().as_deref(), Some("second"));
        keep(PrintLevel::Warn, "libbpf: prog 'third': failed\n".into());
        assert_eq!(refused().as_deref(), Some("third"));
        assert_eq!(not_created(), None);
        keep(
            PrintLevel::Warn,
            "libbpf: map 'outer': failed to create: -EINVAL\n".into(),
        );
        assert_eq!(not_created().as_deref(), Some("outer"));
        assert!(!needs_instructions());
        keep(PrintLevel::Warn, "invalid func unknown#195896080\n".into());
        assert!(needs_instructions());
        forget();
        assert_eq!((needed(), refused()), (None, None));
    }
}
