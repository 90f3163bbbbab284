//! Refuses a program that every kernel's verifier refuses, because a run of it shows so.
//!
//! A verifier follows all that can happen. So this runs each program with numbers of its own choice in place of what
//! the verifier does not know: arguments, memory of the kernel, values of maps, results of helpers. If a run ends
//! in a loop without an end, such as a panic, the verifier gets there too.
//!
//! The verifier also follows what cannot happen, where it learns nothing from a comparison. Of two addresses it
//! learns nothing, so a run goes either way there. If it then leaves its memory, so does the verifier.
//!
//! Nothing is said of a program without such a run. It may be one that this does not follow far enough.
//!
//! - `value.rs`: what a register holds; `choice.rs`: the numbers that a run chooses
//! - `memory.rs`: what is in memory; `world.rs`: what the kernel gives to a program
//! - `run.rs`: a run

mod choice;
mod memory;
mod run;
mod value;
mod world;

use bpf_core_btf::{
    BtfExt, LineInfo,
    insn::{Op, Source},
    object::{Function, Lines, Object, ObjectError, Place},
};
use bpf_core_flow::library::is_library;

use self::run::{End, Ground, Run};
use crate::error::{Error, Location, Result};
use crate::verify::loadable::readable;

/// How often a program is run.
const RUNS: u64 = 256;
/// The instructions of a run, and of all runs of a program.
const LONGEST: usize = 1 << 13;
const MOST: usize = 1 << 17;

/// Checks all programs of an object.
///
/// # Errors
/// For the first run that the verifier does not allow.
pub(crate) fn check(object: &[u8]) -> Result<()> {
    let unreadable =
        |error: ObjectError| Error::new(format!("cannot read the object back: {error}"));
    let object = Object::parse(object).map_err(unreadable)?;
    let ext = object.btf_ext().map_err(unreadable)?;
    for program in object.programs() {
        if let Some((end, trace)) = find(&object, ext.as_ref(), program) {
            return Err(error(&object, ext.as_ref(), end, &trace));
        }
    }
    Ok(())
}

/// A run of a program that the verifier does not allow.
fn find(
    object: &Object<'_>,
    ext: Option<&BtfExt<'_>>,
    program: &Function<'_>,
) -> Option<(End, Vec<Place>)> {
    let hints = hints(object, program)?;
    let ground = Ground { object, ext, hints };
    let mut left = MOST;
    for number in 0..RUNS {
        let mut run = Run::new(&ground, program, number);
        let end = run.go(program, left.min(LONGEST));
        if end != End::Unknown {
            return Some((end, run.trace));
        }
        left = left.checked_sub(run.trace.len()).filter(|left| *left > 0)?;
    }
    None
}

/// The numbers of a program, near which its branches turn. `None` for a program that has neither a loop without an
/// end nor a comparison of two registers: no run of it shows anything.
fn hints(object: &Object<'_>, program: &Function<'_>) -> Option<Vec<u64>> {
    let mut hints = Vec::new();
    let mut is_of_use = false;
    for function in object.reachable(program) {
        for (_, insn) in object.section_of(function).insns(function.range()) {
            match insn.op() {
                Op::Goto { distance: -1 } => is_of_use = true,
                Op::Jump {
                    source: Source::Register,
                    wide: true,
                    ..
                } => is_of_use = true,
                Op::Jump { .. } | Op::Alu { .. } if insn.imm != 0 => {
                    hints.push(insn.imm.cast_unsigned());
                }
                _ => {}
            }
        }
    }
    hints.sort_unstable();
    hints.dedup();
    is_of_use.then_some(hints)
}

fn error(object: &Object<'_>, ext: Option<&BtfExt<'_>>, end: End, trace: &[Place]) -> Error {
    let (what, help) = match end {
        End::Endless => (
            "the verifier gets from here to a loop without an end, such as a panic, and refuses the program",
            "decide before what happens: `get` in place of an index, `let ... else` or `match` in place of \
             `unwrap`, an `if` that returns in place of `assert!`",
        ),
        _ => (
            "the verifier does not learn from a comparison of addresses where memory ends, goes on behind it, and \
             refuses the program",
            "count instead of comparing addresses: `for i in 0..LEN` with a constant, and `get(i)` for each \
             element, in place of an iterator over bytes or characters",
        ),
    };
    let lines = Lines::new(object, ext);
    let function = |place: &Place| object.function_at(place.section, place.at);
    let is_handler =
        |place: &Place| function(place).is_some_and(|of| of.name.contains("rust_begin_unwind"));
    let line = |place: &Place| {
        let section = &object.sections()[place.section];
        lines
            .at(section.name, place.at)
            .filter(|line| line.line != 0)
    };
    // The panic handler is the user's, too.
    let last = trace.last().and_then(line).filter(|_| end == End::Endless);
    let is_last = |line: &LineInfo<'_>| {
        last.is_some_and(|last| (line.file, line.line) == (last.file, last.line))
    };
    let users = trace.iter().rev().filter_map(|place| {
        let line = line(place).filter(|line| !is_library(line.file))?;
        (!is_handler(place)).then_some((*place, line))
    });
    let mut before = users.clone().filter(|(_, line)| !is_last(line));
    let found = before.next().or_else(|| users.clone().next());
    let place = found.map(|(place, _)| place).or(trace.last().copied());
    let error = Error::new(what).at(found.map(|(_, line)| Location {
        file: line.file.into(),
        line: line.line,
        column: line.column,
    }));
    let error = match place.as_ref().and_then(function) {
        Some(function) => error.note(format!("in function `{}`", readable(function.name))),
        None => error,
    };
    error.help(help)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn an_object_that_ends_nowhere() {
        let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../refusal/tests/logs");
        let endless = fs::read(logs.join("endless.bpf.o")).unwrap_or_default();
        let said = check(&endless).err().map(|error| error.to_string());
        let said = said.unwrap_or_default();
        assert!(said.contains("endless.bpf.c:5:3"), "{said}");
        assert!(said.contains("`spins`"), "{said}");
    }

    #[test]
    fn of_objects_that_load_nothing_is_said() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut waiting = vec![
            root.join("../lint/tests/fixtures"),
            root.join("../portability/tests"),
            root.join("../btf/tests/fixtures"),
        ];
        let mut checked = 0;
        while let Some(path) = waiting.pop() {
            let entries = fs::read_dir(&path).into_iter().flatten().flatten();
            waiting.extend(entries.map(|entry| entry.path()));
            if path.extension().is_none_or(|end| end != "o") {
                continue;
            }
            let object = fs::read(&path).unwrap_or_default();
            if Object::parse(&object).is_ok() {
                assert_eq!(check(&object), Ok(()), "{}", path.display());
                checked += 1;
            }
        }
        assert!(checked > 80, "{checked}");
    }
}
