//! An object in the kernel, whoever loaded it.

mod by_aya;
mod by_libbpf;
pub(crate) mod dummy_ops;

use std::collections::BTreeMap;
use std::fmt;

use aya::maps::{Array, Map, MapData};
use aya::programs::{
    BtfTracePoint, ProgramInfo, ProgramType, RawTracePoint, RawTracePointRunOptions, TestRun as _,
};

use crate::machine;
use crate::object::Object;

/// Where a program does not write.
const UNTOUCHED: u64 = 0x5e5e_5e5e_5e5e_5e5e;

/// What a program returns where the kernel does not have what it asks for.
const ABSENT: i32 = -1;

pub(crate) const TEXT: usize = 64;
pub(crate) const MEMORY: usize = 16384;

pub(crate) struct Loaded {
    /// Object and loader.
    pub(crate) name: &'static str,
    pub(crate) object: Object,
    programs: BTreeMap<String, Program>,
    value: Array<MapData, u64>,
    text: Array<MapData, [u8; TEXT]>,
    memory: Array<MapData, [u8; MEMORY]>,
    /// What has to live for as long as the programs do.
    _loader: Box<dyn std::any::Any>,
}

enum Program {
    /// Runs when it is told to.
    RawTracePoint(RawTracePoint),
    /// Runs when there is a new task.
    BtfTracePoint(BtfTracePoint),
}

/// All that a run leaves behind.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// 0, the number of an error, or -1.
    pub(crate) code: i32,
    value: u64,
    text: [u8; TEXT],
}

impl Loaded {
    /// The Rust half by both loaders, and the C half.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![
            by_libbpf::load("Rust by libbpf", Object::built("twins")),
            by_libbpf::load("C by libbpf", Object::built("twins-c")),
        ];
        match machine::refuses_aya() {
            None => all.push(by_aya::load("Rust by aya", Object::built("twins"))),
            Some(why) => machine::leave_out("the rows by aya", why),
        }
        all
    }

    /// Both halves of what libbpf alone loads.
    pub(crate) fn by_libbpf_alone() -> [Self; 2] {
        [
            by_libbpf::load("Rust by libbpf", Object::built("twins-libbpf")),
            by_libbpf::load("C by libbpf", Object::built("twins-libbpf-c")),
        ]
    }

    fn new(
        name: &'static str,
        object: Object,
        programs: impl Iterator<Item = (String, ProgramInfo)>,
        mut map: impl FnMut(&str) -> MapData,
        loader: impl std::any::Any,
    ) -> Self {
        let program = |(name, info): (String, ProgramInfo)| {
            let is_tracing = info.program_type() == ProgramType::Tracing.into();
            let of = name.clone().into();
            let program = match is_tracing {
                // SAFETY: there are no programs of another attach type in the object.
                true => unsafe { BtfTracePoint::from_program_info(info, of) }
                    .map(Program::BtfTracePoint),
                false => RawTracePoint::from_program_info(info, of).map(Program::RawTracePoint),
            };
            (name, program.unwrap())
        };
        let mut array = |name| Map::Array(map(name));
        Self {
            name,
            object,
            programs: programs.map(program).collect(),
            value: array("VALUE").try_into().unwrap(),
            text: array("TEXT").try_into().unwrap(),
            memory: array("MEMORY").try_into().unwrap(),
            _loader: Box::new(loader),
        }
    }

    pub(crate) fn programs(&self) -> impl Iterator<Item = &str> {
        self.programs.keys().map(String::as_str)
    }

    /// Runs a program in this thread, by `BPF_PROG_TEST_RUN` or by an event.
    pub(crate) fn run(&mut self, program: &str, arguments: &[u64]) -> Answer {
        self.value.set(0, UNTOUCHED, 0).unwrap();
        self.text.set(0, [0; TEXT], 0).unwrap();
        let code = match self.programs.get_mut(program).unwrap() {
            Program::RawTracePoint(program) => {
                let mut options = RawTracePointRunOptions::new();
                options.args[..arguments.len()].copy_from_slice(arguments);
                let result = program.test_run(options).unwrap();
                Some(result.return_value.cast_signed())
            }
            Program::BtfTracePoint(program) => {
                let link = program.attach().unwrap();
                std::thread::spawn(|| {}).join().unwrap();
                program.detach(link).unwrap();
                None
            }
        };
        let value = self.value.get(&0, 0).unwrap();
        // Nobody hears what the program of an event returns.
        let of_event = if value == UNTOUCHED { ABSENT } else { 0 };
        Answer {
            code: code.unwrap_or(of_event),
            value,
            text: self.text.get(&0, 0).unwrap(),
        }
    }

    /// The value of a program that has to have one.
    pub(crate) fn value(&mut self, program: &str, arguments: &[u64]) -> u64 {
        let answer = self.run(program, arguments);
        assert_eq!(answer.code, 0, "{}, {program}: {answer}", self.name);
        answer.value
    }

    pub(crate) fn fill(&mut self, bytes: &[u8]) {
        let mut memory = [0; MEMORY];
        memory[..bytes.len()].copy_from_slice(bytes);
        self.memory.set(0, memory, 0).unwrap();
    }
}

impl Answer {
    pub(crate) fn value(value: u64) -> Self {
        let text = [0; TEXT];
        Self {
            code: 0,
            value,
            text,
        }
    }

    pub(crate) fn text(text: &str) -> Self {
        let mut answer = Self::value(text.len() as u64);
        answer.text[..text.len()].copy_from_slice(text.as_bytes());
        answer
    }

    /// These bytes from these places on where a text goes, and 0.
    pub(crate) fn bytes(parts: &[(usize, &[u8])]) -> Self {
        let mut answer = Self::value(0);
        for (at, bytes) in parts {
            answer.text[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        answer
    }

    pub(crate) fn absent() -> Self {
        Self::error(ABSENT)
    }

    /// Nothing is written but the errno.
    pub(crate) fn error(code: i32) -> Self {
        let mut answer = Self::value(UNTOUCHED);
        answer.code = code;
        answer
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { code: 0, .. } => write!(f, "{:#x}", self.value)?,
            Self { code: ABSENT, .. } => f.write_str("absent")?,
            Self { code, .. } => write!(f, "errno {code}")?,
        }
        let text = self
            .text
            .split(|&byte| byte == 0)
            .next()
            .unwrap_or_default();
        match text {
            [] => Ok(()),
            text => write!(f, " `{}`", text.escape_ascii()),
        }
    }
}
