//! One line of a log, without what loaders print around it.

/// An instruction, as the verifier logs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Logged {
    /// Its number in the program that was loaded.
    pub(crate) index: u32,
    /// `None`: the loader wrote something else in its place.
    pub(crate) opcode: Option<u8>,
}

/// The text of a line: without indentation, colours, and what stands before the verifier's words.
pub(crate) fn text(line: &str) -> &str {
    let mut text = line.trim();
    for before in ["Verifier output: ", "libbpf: "] {
        if let Some((_, behind)) = text.split_once(before) {
            text = behind;
        }
    }
    text
}

/// The name of the program that a line is about.
///
/// libbpf writes `prog 'reads': ...`, cilium/ebpf `program reads: load program: ...`.
pub(crate) fn program(text: &str) -> Option<&str> {
    if let Some((_, behind)) = text.split_once("prog '") {
        return Some(behind.split_once('\'')?.0);
    }
    text.split("program ").skip(1).find_map(|behind| {
        let (name, rest) = behind.split_once(": ")?;
        let is_name = !name.is_empty() && !name.contains(char::is_whitespace);
        (is_name && is_of_loading(rest)).then_some(name)
    })
}

/// What cilium/ebpf writes behind the name of a program.
fn is_of_loading(rest: &str) -> bool {
    let starts = [
        "load program:",
        "apply CO-RE",
        "fixing up kfuncs:",
        "attach ",
    ];
    starts.iter().any(|start| rest.starts_with(start))
}

/// Where an instruction starts in a line of any logger.
pub(crate) fn start_of_instruction(line: &str) -> Option<usize> {
    line.match_indices(": ").find_map(|(at, _)| {
        let start = line[..at]
            .trim_end_matches(|c: char| c.is_ascii_digit())
            .len();
        // `mark_precise` walks back: `regs=r0 stack= before 9: (79) r1 = ...`
        let is_apart = line[..start].is_empty()
            || line[..start].ends_with(char::is_whitespace) && !line[..start].ends_with("before ");
        let is_it = is_apart && logged(&line[start..at], &line[at + 2..]).is_some();
        is_it.then_some(start)
    })
}

/// `11: (85) call unknown#195896080`, `11: <invalid CO-RE relocation>`: at the start of a line, or behind
/// the error in a line of cilium/ebpf.
pub(crate) fn instruction(text: &str) -> Option<Logged> {
    let parts = text.match_indices(": ").map(|(at, _)| at);
    parts
        .filter_map(|at| logged(&text[..at], &text[at + 2..]))
        .last()
}

fn logged(before: &str, behind: &str) -> Option<Logged> {
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (rest, number) = before.split_at(before.len() - digits);
    if !rest.is_empty() && !rest.ends_with(": ") {
        return None;
    }
    let index = number.parse().ok()?;
    if behind.starts_with("<invalid ") {
        let opcode = None;
        return Some(Logged { index, opcode });
    }
    let hex = behind.strip_prefix('(')?.get(..3)?.strip_suffix(')')?;
    let opcode = Some(u8::from_str_radix(hex, 16).ok()?);
    Some(Logged { index, opcode })
}

/// The number of the line in `; return 7; @ probe.bpf.c:8`, as kernels write it since 6.10.
pub(crate) fn source(text: &str) -> Option<u32> {
    let (_, place) = text.rsplit_once(" @ ")?;
    place.rsplit_once(':')?.1.parse().ok()
}

/// The number behind a word: 1 of `unreachable insn 1`.
pub(crate) fn number_behind(text: &str, word: &str) -> Option<i64> {
    let (_, behind) = text.split_once(word)?;
    let end = behind.find(|c: char| !c.is_ascii_digit());
    behind[..end.unwrap_or(behind.len())].parse().ok()
}

/// The text between two others.
pub(crate) fn between<'t>(text: &'t str, before: &str, behind: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(behind)?.0)
}
