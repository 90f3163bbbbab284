//! From an instruction to the line of the user's source that it comes from.

use bpf_core_flow::ir::source::{self, Line};
use bpf_core_flow::library::{is_bpf_core, is_of_rust};

use crate::error::Location;
use crate::ir::Value;

impl From<Line> for Location {
    fn from(line: Line) -> Self {
        Self {
            file: line.file.into(),
            line: line.line,
            column: line.column,
        }
    }
}

/// How many callers up the search goes.
const FARTHEST: usize = 8;

/// How many functions and constants it looks at, where all ways are followed.
const MOST: usize = 256;

/// The line that a user would change: the innermost one that is not of bpf-core
/// itself, be it in this function or in a caller.
pub(crate) fn line_of(instruction: Value<'_>) -> Option<Location> {
    let mut fallback = None;
    let mut here = instruction;
    for _ in 0..FARTHEST {
        for line in lines(here) {
            if !is_bpf_core(&line.file) {
                return Some(line.into());
            }
            fallback = Some(line.into());
        }
        let Some(caller) = here.parent_function().and_then(|function| {
            function
                .users()
                .into_iter()
                .find(|user| user.callee() == Some(function))
        }) else {
            break;
        };
        here = caller;
    }
    fallback
}

/// Where a function begins.
pub(crate) fn line_of_function(function: Value<'_>) -> Option<Location> {
    let line = source::line_of_function(function)?;
    (!line.file.is_empty()).then(|| line.into())
}

/// The innermost line of an instruction that is the user's.
pub(crate) fn users_line(instruction: Value<'_>) -> Option<Location> {
    let line = lines(instruction).find(is_of_user).map(Location::from);
    line.or_else(|| line_around(instruction.parent_function()?))
}

/// Where a function begins; one that is not the user's, where it is called or its address is taken.
pub(crate) fn line_around(function: Value<'_>) -> Option<Location> {
    let mut waiting = vec![function];
    let mut next = 0;
    while let Some(&here) = waiting.get(next).filter(|_| next < MOST) {
        next += 1;
        let line = here.is_function().then(|| source::line_of_function(here));
        if let Some(line) = line.flatten().filter(is_of_user) {
            return Some(line.into());
        }
        for user in here.users() {
            if let Some(line) = lines(user).find(is_of_user) {
                return Some(line.into());
            }
            // A constant or a static has the address.
            let around = user.parent_function().unwrap_or(user);
            if !waiting.contains(&around) {
                waiting.push(around);
            }
        }
    }
    None
}

fn lines(instruction: Value<'_>) -> impl Iterator<Item = Line> {
    source::lines(instruction).filter(|line| !line.file.is_empty())
}

fn is_of_user(line: &Line) -> bool {
    line.line != 0 && !is_bpf_core(&line.file) && !is_of_rust(&line.file)
}
