//! Loads a program of any type by aya, which has a type of its own for each.

use aya::Btf;
use aya::programs::{Program, ProgramError};

/// Loads it. `target` is the function, tracepoint, hook or iterator that its section names.
///
/// # Errors
/// aya or the kernel refuses it. A program that replaces another one is refused too: aya asks for that one.
pub fn load(program: &mut Program, target: &str, btf: &Btf) -> Result<(), ProgramError> {
    match program {
        Program::KProbe(program) => program.load(),
        Program::UProbe(program) => program.load(),
        Program::TracePoint(program) => program.load(),
        Program::RawTracePoint(program) => program.load(),
        Program::PerfEvent(program) => program.load(),
        Program::SocketFilter(program) => program.load(),
        Program::ReusePortSocketFilter(program) => program.load(),
        Program::SkReuseport(program) => program.load(),
        Program::SkLookup(program) => program.load(),
        Program::SkMsg(program) => program.load(),
        Program::SkSkb(program) => program.load(),
        Program::SockOps(program) => program.load(),
        Program::SchedClassifier(program) => program.load(),
        Program::Xdp(program) => program.load(),
        Program::FlowDissector(program) => program.load(),
        Program::LircMode2(program) => program.load(),
        Program::CgroupDevice(program) => program.load(),
        Program::CgroupSkb(program) => program.load(),
        Program::CgroupSock(program) => program.load(),
        Program::CgroupSockAddr(program) => program.load(),
        Program::CgroupSockopt(program) => program.load(),
        Program::CgroupSysctl(program) => program.load(),
        Program::BtfTracePoint(program) => program.load(target, btf),
        Program::FEntry(program) => program.load(target, btf),
        Program::FExit(program) => program.load(target, btf),
        Program::Lsm(program) => program.load(target, btf),
        Program::LsmCgroup(program) => program.load(target, btf),
        Program::Iter(program) => program.load(target, btf),
        Program::Extension(_) => Err(ProgramError::UnexpectedProgramType),
    }
}
