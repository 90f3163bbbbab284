//! From the instruction of a log to its place in an object.

use std::fmt;

use bpf_core_btf::object::{Function, Image, Lines, Object, ObjectError, Order, Place, Target};
use bpf_core_btf::{BtfExt, LineInfo};
use bpf_core_flow::library::is_library;

use crate::log::Refusal;

/// `BPF_JMP | BPF_CALL`, which loaders write where there is no answer.
const CALL: u8 = 0x85;

/// The places that a refusal may be about. Several only if functions of the object are alike.
#[derive(Clone, Debug)]
pub struct Sites<'e> {
    all: Vec<Site<'e>>,
}

/// A place in an object.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Site<'e> {
    /// The program that was loaded.
    pub program: &'e str,
    /// The function that the instruction is in. Empty if the log names no instruction.
    pub function: &'e str,
    /// The instruction. `None`: the log names none.
    pub place: Option<Place>,
    /// Its line in the user's source.
    pub line: Option<LineInfo<'e>>,
    /// Its CO-RE record.
    pub record: Option<NamedRecord<'e>>,
    /// The map or extern that it refers to.
    pub refers: Option<&'e str>,
}

/// A CO-RE record, and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedRecord<'e> {
    /// The record.
    pub relo: bpf_core_btf::CoreRelo<'e>,
    /// `struct task_struct.se.vruntime`
    pub name: String,
}

/// Why no place is found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The object is damaged.
    Object(ObjectError),
    /// The object has no program of this name.
    NoProgram(String),
    /// An instruction of the log is another one in the object.
    OtherCode {
        /// The program that fits best.
        program: String,
        /// The instruction.
        insn: u32,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(error) => error.fmt(f),
            Self::NoProgram(name) => write!(f, "the object has no program `{name}`"),
            Self::OtherCode { program, insn } => write!(
                f,
                "the log is of another object or build: instruction {insn} of `{program}` is another one there"
            ),
        }
    }
}

impl std::error::Error for Mismatch {}

impl From<ObjectError> for Mismatch {
    fn from(error: ObjectError) -> Self {
        Self::Object(error)
    }
}

impl<'e> Sites<'e> {
    /// Finds the instruction of a refusal. Names of programs and the opcodes in the log tell which program
    /// it is, and in which order the loader put its functions together.
    ///
    /// # Errors
    /// The object is damaged, or is not what the log is about.
    pub fn find(object: &'e Object<'e>, refusal: &Refusal) -> Result<Self, Mismatch> {
        let ext = object.btf_ext()?;
        let lines = Lines::new(object, ext.as_ref());
        let name = refusal.program.as_deref();
        let is_named = |one: &&Function<'_>| name.is_none_or(|name| is_called(one.name, name));
        let programs: Vec<&Function<'e>> = object.programs().filter(is_named).collect();
        if let (true, Some(name)) = (programs.is_empty(), name) {
            return Err(Mismatch::NoProgram(name.to_owned()));
        }
        let mut best: Option<(u32, &str)> = None;
        let mut all: Vec<Site<'e>> = Vec::new();
        for program in programs {
            for order in [Order::DepthFirst, Order::BreadthFirst] {
                let image = object.image(program, order);
                match first_other(object, ext.as_ref(), &image, refusal) {
                    Some(insn) if best.is_none_or(|(best, _)| best < insn) => {
                        best = Some((insn, program.name));
                    }
                    Some(_) => {}
                    None => {
                        let place = refusal.insn.and_then(|insn| image.place(insn));
                        let site = site(object, ext.as_ref(), &lines, program, place);
                        if !all
                            .iter()
                            .any(|one| (one.program, one.place) == (site.program, place))
                        {
                            all.push(site);
                        }
                        // Two orders differ only where the log has too few instructions to tell.
                        break;
                    }
                }
            }
        }
        match best {
            Some((insn, program)) if all.is_empty() => Err(Mismatch::OtherCode {
                program: program.to_owned(),
                insn,
            }),
            _ => {
                // Two programs may start alike. The source that the log shows is of one.
                let shown = |site: &Site<'_>| {
                    let line = site.line.map(|line| line.line);
                    refusal.source_line.is_some() && line == refusal.source_line
                };
                if all.len() > 1 && all.iter().any(shown) {
                    all.retain(shown);
                }
                Ok(Self { all })
            }
        }
    }

    /// All of them.
    pub fn all(&self) -> &[Site<'e>] {
        &self.all
    }

    /// The place, if there is only one.
    pub fn only(&self) -> Option<&Site<'e>> {
        match &self.all[..] {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// The kernel keeps 15 bytes of a name.
fn is_called(function: &str, name: &str) -> bool {
    const KEPT: usize = 15;
    function == name || name.len() == KEPT && function.starts_with(name)
}

/// The first instruction of the log that the program does not have. Instructions with a record may be
/// poisoned, and loads may have taken another width.
fn first_other(
    object: &Object<'_>,
    ext: Option<&BtfExt<'_>>,
    image: &Image<'_>,
    refusal: &Refusal,
) -> Option<u32> {
    if let Some(insn) = refusal.insn.filter(|insn| *insn >= image.len()) {
        return Some(insn);
    }
    let mut trail = refusal.trail.iter();
    let other = trail.find(|(insn, opcode)| {
        let Some(place) = image.place(**insn) else {
            return true;
        };
        let code = object.sections()[place.section].data;
        let has_record = || ext.is_some_and(|ext| object.record_at(ext, place).is_some());
        let is_poison = || {
            **opcode == CALL
                && object.sections()[place.section]
                    .target_at(place.at)
                    .is_some()
        };
        code.get(place.at as usize) != Some(*opcode) && !has_record() && !is_poison()
    });
    other.map(|(insn, _)| *insn)
}

fn site<'e>(
    object: &'e Object<'e>,
    ext: Option<&BtfExt<'e>>,
    lines: &Lines<'e>,
    program: &Function<'e>,
    place: Option<Place>,
) -> Site<'e> {
    let function = place.and_then(|place| object.function_at(place.section, place.at));
    let line = place.zip(function).and_then(|(place, function)| {
        let section = object.section_of(function);
        let is_own = |file: &str| !is_library(file);
        let of_record = lines.own_of_record(section, function, place.at, is_own);
        of_record.or_else(|| lines.own(section, function, place.at, is_own))
    });
    let record = place.and_then(|place| {
        let relo = *object.record_at(ext?, place)?;
        let name = relo.name(object.btf()?);
        Some(NamedRecord { relo, name })
    });
    let target = place.and_then(|place| object.sections()[place.section].target_at(place.at));
    Site {
        program: program.name,
        function: function.map_or("", |function| function.name),
        place,
        line,
        record,
        refers: match target {
            Some(Target::Map(name) | Target::Extern(name)) => Some(name),
            _ => None,
        },
    }
}
