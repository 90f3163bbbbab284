//! A log as refusals: each with the program and the instruction that it is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cause::Cause;
use crate::line::{self, number_behind};
use crate::message;
use crate::printed;

/// How many instructions of a program are kept. The kernel takes no longer program.
const TRAIL: usize = 1_000_000;

/// How many causes are kept of one program.
const CAUSES: usize = 100;

/// How many lines are kept of which nothing is known.
const UNKNOWN: usize = 20;

/// What was read out of a log.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Log {
    /// What was refused, in the order of the log.
    pub refusals: Vec<Refusal>,
    /// Lines that may tell the cause, and are not known: the verifier's last words, errors of loaders.
    pub unknown: Vec<String>,
}

/// One cause.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refusal {
    /// Why.
    pub cause: Cause,
    /// The line that tells it, without what stands before it.
    pub text: String,
    /// The number of that line, from 1.
    pub line: usize,
    /// The name of the program, if the log has it.
    pub program: Option<String>,
    /// The number of the instruction in the program as it was loaded.
    pub insn: Option<u32>,
    /// The line of the source that the log shows before that instruction.
    pub source_line: Option<u32>,
    /// Whether the log says nowhere that the process may not do this.
    pub is_permitted: bool,
    /// The opcodes of instructions that the log has, by their numbers.
    pub trail: Arc<BTreeMap<u32, u8>>,
}

impl Log {
    /// Reads a log. Bytes that are no UTF-8 are replaced.
    pub fn read(log: &[u8]) -> Self {
        let text = String::from_utf8_lossy(log);
        let mut reader = Reader::default();
        for (number, line) in printed::lines(&text) {
            reader.line(number, &line);
        }
        reader.end_of_program();
        reader.finish()
    }
}

/// What is read so far.
#[derive(Default)]
struct Reader {
    log: Log,
    /// The causes of the program that is read; vague ones too.
    causes: Vec<Refusal>,
    program: Option<String>,
    insn: Option<u32>,
    source_line: Option<u32>,
    trail: BTreeMap<u32, u8>,
    /// Lines since the last instruction that are not known.
    unknown: Vec<String>,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        let is_aya = line.contains("Verifier output: ");
        let text = line::text(line);
        if is_aya {
            self.end_of_program();
        }
        if let Some(name) = line::program(text)
            && self.program.as_deref() != Some(name)
        {
            self.end_of_program();
            self.program = Some(name.to_owned());
        }
        if text.contains("-- BEGIN PROG LOAD LOG --") {
            self.trail.clear();
        }
        // The source text in a log says what a programmer likes.
        if text.is_empty() {
            return;
        }
        if text.starts_with("; ") {
            self.source_line = line::source(text).or(self.source_line);
            return;
        }
        let logged = line::instruction(text);
        if let Some(logged) = logged {
            self.insn = Some(logged.index);
            self.unknown.clear();
            if let Some(opcode) = logged.opcode.filter(|_| self.trail.len() < TRAIL) {
                self.trail.insert(logged.index, opcode);
            }
        }
        match Cause::of(text) {
            Some(cause) => self.cause(number, text, cause),
            None if logged.is_none() && !message::is_talk(text) => {
                self.unknown.truncate(UNKNOWN);
                self.unknown.push(text.to_owned());
            }
            None => {}
        }
    }

    fn cause(&mut self, line: usize, text: &str, cause: Cause) {
        let own = ["insn ", "insn #"];
        let own = own.iter().find_map(|word| number_behind(text, word));
        let own = own.and_then(|number| u32::try_from(number).ok());
        self.causes.push(Refusal {
            cause,
            text: text.to_owned(),
            line,
            program: self.program.clone(),
            source_line: self
                .source_line
                .filter(|_| own.is_none() || own == self.insn),
            insn: own.or(self.insn),
            is_permitted: true,
            trail: Arc::default(),
        });
    }

    /// Of all that is said of one program, keeps what says most.
    fn end_of_program(&mut self) {
        let mut causes = std::mem::take(&mut self.causes);
        let is_clear = causes.iter().any(|one| !one.cause.is_vague());
        let is_permitted = !causes.iter().any(|one| one.cause.is_permission());
        causes.retain(|one| one.cause.is_vague() != is_clear);
        let mut kept: Vec<Refusal> = Vec::new();
        for mut one in causes {
            if kept.len() == CAUSES {
                break;
            }
            one.is_permitted = is_permitted;
            let same = |other: &&mut Refusal| same_cause(&other.cause, &one.cause);
            match kept.iter_mut().find(same) {
                // The later line of two may have the name or the instruction that the first lacks.
                Some(other) if says_more(&one, other) => {
                    one.insn = one.insn.or(other.insn);
                    *other = one;
                }
                Some(_) => {}
                None => kept.push(one),
            }
        }
        // What else the verifier says helps only where nothing clear is said.
        if !is_clear {
            kept.truncate(1);
            self.log.unknown.append(&mut self.unknown);
        }
        let trail = Arc::new(std::mem::take(&mut self.trail));
        for one in &mut kept {
            one.trail = Arc::clone(&trail);
        }
        self.log.refusals.append(&mut kept);
        self.unknown.clear();
        (self.program, self.insn, self.source_line) = (None, None, None);
    }

    /// A vague cause, such as the end of a load, adds nothing to a clear one of the same log.
    fn finish(mut self) -> Log {
        let clear = |one: &Refusal| !one.cause.is_vague();
        if self.log.refusals.iter().any(clear) {
            self.log.refusals.retain(clear);
        }
        let mut seen: Vec<Refusal> = Vec::new();
        self.log.refusals.retain(|one| {
            // The second line of two may name the program, which the first did not.
            let is_new = !seen.iter().any(|other| {
                let same_program = other.program == one.program || other.program.is_none();
                other.cause == one.cause && same_program && other.insn == one.insn
            });
            let is_kept = is_new && seen.len() < 10 * CAUSES;
            if is_kept {
                seen.push(one.clone());
            }
            is_kept
        });
        self.log.unknown.truncate(UNKNOWN);
        self.log
    }
}

fn same_cause(a: &Cause, b: &Cause) -> bool {
    match (a, b) {
        (Cause::Message(_), _) | (_, Cause::Message(_)) => a == b,
        _ => {
            std::mem::discriminant(a) == std::mem::discriminant(b)
                && (a == b || is_unnamed(a) || is_unnamed(b))
        }
    }
}

fn says_more(one: &Refusal, than: &Refusal) -> bool {
    match (is_unnamed(&one.cause), is_unnamed(&than.cause)) {
        (false, true) => true,
        (true, false) => false,
        _ => one.insn.is_some() && than.insn.is_none(),
    }
}

fn is_unnamed(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::Record(None) | Cause::Map(None) | Cause::Kfunc(None)
    )
}
