//! Programs onto their hooks.

use std::io;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use aya::programs::{
    BtfTracePoint, FEntry, KProbe, Program, ProgramError, RawTracePoint, TracePoint,
};
use aya::{Btf, BtfError};

use crate::object::{Object, explain};

/// What came of attaching a program.
#[must_use]
pub enum Attached {
    /// It runs.
    Yes,
    /// The running kernel lacks the hook, and this is how.
    NoHook(String),
}

impl Attached {
    /// For those that cannot do without.
    pub fn or_fail(self) -> Result<()> {
        match self {
            Self::Yes => Ok(()),
            Self::NoHook(why) => Err(anyhow!(why)),
        }
    }
}

impl Object {
    /// Loads the raw tracepoint program `name`, and attaches it.
    pub fn attach_raw_tracepoint(&mut self, name: &str, tracepoint: &str) -> Result<Attached> {
        let program: &mut RawTracePoint = self.program(name)?;
        let done = program
            .load()
            .and_then(|()| program.attach(tracepoint).map(drop));
        self.attached(done, || {
            format!("this kernel has no tracepoint {tracepoint}")
        })
    }

    /// Loads the `tp_btf` program `name`, and attaches it.
    pub fn attach_tp_btf(&mut self, name: &str, tracepoint: &str) -> Result<Attached> {
        let types = Btf::from_sys_fs()?;
        let program: &mut BtfTracePoint = self.program(name)?;
        let done = program
            .load(tracepoint, &types)
            .and_then(|()| program.attach().map(drop));
        self.attached(done, || {
            format!("this kernel has no tracepoint {tracepoint}")
        })
    }

    /// Loads the tracepoint program `name`, and attaches it to `category/event`.
    pub fn attach_tracepoint(
        &mut self,
        name: &str,
        category: &str,
        event: &str,
    ) -> Result<Attached> {
        let mounts = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
        let events = mounts.map(|mount| Path::new(mount).join("events").join(category).join(event));
        if !events.iter().any(|event| event.exists()) {
            return Ok(Attached::NoHook(format!(
                "no tracepoint {category}/{event} in /sys/kernel/tracing (`mount -t tracefs tracefs \
                 /sys/kernel/tracing` brings them, if this kernel has any)"
            )));
        }
        let program: &mut TracePoint = self.program(name)?;
        let done = program
            .load()
            .and_then(|()| program.attach(category, event).map(drop));
        self.attached(done, || {
            format!("this kernel has no tracepoint {category}/{event}")
        })
    }

    /// Loads the kprobe program `name`, and attaches it to the start of `function`.
    pub fn attach_kprobe(&mut self, name: &str, function: &str) -> Result<Attached> {
        if !Path::new("/sys/bus/event_source/devices/kprobe").exists() {
            return Ok(Attached::NoHook("this kernel has no kprobes".to_owned()));
        }
        let program: &mut KProbe = self.program(name)?;
        let done = program
            .load()
            .and_then(|()| program.attach(function, 0).map(drop));
        self.attached(done, || format!("this kernel has no function {function}"))
    }

    /// Loads the `fentry` program `name`, and attaches it to `function`.
    pub fn attach_fentry(&mut self, name: &str, function: &str) -> Result<Attached> {
        let types = Btf::from_sys_fs()?;
        let program: &mut FEntry = self.program(name)?;
        let done = program
            .load(function, &types)
            .and_then(|()| program.attach().map(drop));
        self.attached(done, || format!("this kernel has no fentry for {function}"))
    }

    fn program<'a, P>(&'a mut self, name: &str) -> Result<&'a mut P>
    where
        &'a mut P: TryFrom<&'a mut Program, Error = ProgramError>,
    {
        let program = self.ebpf.program_mut(name);
        let program = program.with_context(|| format!("the object has no program `{name}`"))?;
        Ok(program.try_into()?)
    }

    fn attached(
        &mut self,
        done: Result<(), ProgramError>,
        no_hook: impl FnOnce() -> String,
    ) -> Result<Attached> {
        let Err(error) = done else {
            self.is_permitted = true;
            return Ok(Attached::Yes);
        };
        if lacks_hook(&error) {
            return Ok(Attached::NoHook(no_hook()));
        }
        // Privileges are not what it lacks: a security policy is against this kind.
        if is_denied(&error) && self.is_permitted {
            let why = "the kernel permits other programs here, but not this one";
            return Ok(Attached::NoHook(why.to_owned()));
        }
        Err(refused(error, &self.path))
    }
}

fn is_denied(error: &ProgramError) -> bool {
    matches!(error, ProgramError::LoadError { io_error, .. }
        if io_error.kind() == io::ErrorKind::PermissionDenied)
}

/// Whether it is for the hook that a program cannot be attached.
fn lacks_hook(error: &ProgramError) -> bool {
    /// `include/linux/errno.h`: what an architecture says that cannot do it.
    const ENOTSUPP: i32 = 524;
    match error {
        ProgramError::SyscallError(error) => {
            error.io_error.kind() == io::ErrorKind::NotFound
                || error.io_error.raw_os_error() == Some(ENOTSUPP)
        }
        ProgramError::Btf(BtfError::UnknownBtfTypeName { .. }) => true,
        _ => false,
    }
}

/// Why the kernel does not load a program, or attach it.
fn refused(error: ProgramError, object: &Path) -> anyhow::Error {
    match error {
        error if is_denied(&error) => explain(error, object),
        ProgramError::LoadError {
            io_error,
            verifier_log,
        } => anyhow!(
            "the kernel refuses the program ({io_error}); `cargo xtask offsets {}` shows its \
             relocations. The verifier's log:\n{verifier_log}",
            object.display()
        ),
        error => explain(error, object),
    }
}
