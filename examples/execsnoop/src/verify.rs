//! `--verify`: executes programs by paths that are known, and compares.

use std::io;

use anyhow::Result;
use example_events::{Execution, Form};
use example_loader::{Attached, Object, PATIENCE, Subject, Tap, Verdict};

use crate::form::{self, FORMS};
use crate::row::{TABLE, path, row};
use crate::subject::PATH;

const EFAULT: i32 = 14;

/// What the process asks for: a path that cannot be read, an empty one, and that of a program.
const ASKED: [Result<Option<&[u8]>, i32>; 3] =
    [Err(EFAULT), Ok(Some(b"")), Ok(Some(PATH.to_bytes()))];

/// Whether each form has seen all, and right.
pub(crate) fn run(mut object: Object) -> Result<bool> {
    let mut subject = Subject::start(["--subject", "ask"])?;
    object.set("ONLY", subject.pid().cast_unsigned())?;
    let mut events = object.events::<Execution>()?;
    let attached = FORMS.map(|(_, form)| form::attach(form, &mut object));
    // It asks for its programs.
    subject.order(0)?;

    let looking = attached.iter().filter(|it| matches!(it, Ok(Attached::Yes)));
    let all = looking.count() * ASKED.len();
    let mut told = Vec::new();
    events.find(PATIENCE, |event| {
        told.push(*event);
        told.len() == all
    })?;

    let mut tap = Tap::new(io::stdout().lock(), FORMS.len())?;
    tap.note(TABLE.head())?;
    for ((name, form), attached) in FORMS.into_iter().zip(attached) {
        tap.check(name, |tap| match attached? {
            Attached::NoHook(why) => Ok(Verdict::Skipped(why)),
            Attached::Yes => verify(form, &subject, &told, tap),
        })?;
    }
    Ok(tap.passed())
}

fn verify(
    form: Form,
    subject: &Subject,
    told: &[Execution],
    tap: &mut Tap<impl io::Write>,
) -> Result<Verdict> {
    let mut right = true;
    let mut left = ASKED.iter();
    for event in told.iter().filter(|event| event.form == form as u32) {
        tap.note(row(event))?;
        right &= event.pid.cast_signed() == subject.pid() && left.next() == Some(&event.path());
    }
    if !right || left.len() > 0 {
        let asked = ASKED.map(path).join(", ");
        tap.note(format_args!("  expected, of {}: {asked}", subject.pid()))?;
    }
    Ok(Verdict::of(right && left.len() == 0))
}
