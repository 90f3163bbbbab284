//! The eBPF program: into the kernel, and its events out of it.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use aya::maps::{Array, MapData, PerCpuArray, RingBuf};
use aya::programs::{ProgramError, RawTracePoint};
use aya::{Btf, Ebpf, EbpfLoader};
use lineage_common::Event;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::event;

/// The types of the running kernel.
const BTF: &str = "/sys/kernel/btf/vmlinux";
/// The program's name, and that of the object's file.
const NAME: &str = "lineage";
const TRACEPOINT: &str = "sched_process_exec";

pub(crate) struct Program {
    ebpf: Ebpf,
    events: RingBuf<MapData>,
}

impl Program {
    /// Loads the object at `path`. It sees nothing yet.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let object = fs::read(path).with_context(|| {
            format!("no eBPF object {}: run `cargo xtask build`", path.display())
        })?;
        if !Path::new(BTF).exists() {
            bail!(
                "the running kernel has no types in {BTF}: boot one with CONFIG_DEBUG_INFO_BTF=y, \
                 as Debian's `linux-image-amd64` has"
            );
        }
        let btf = Btf::from_sys_fs().with_context(|| format!("{BTF} is not usable"))?;
        // Before 5.11, maps count as locked memory.
        let no_limit = Rlimit {
            current: None,
            maximum: None,
        };
        // Where this fails and matters, the load fails too.
        let _ = setrlimit(Resource::Memlock, no_limit);
        let mut ebpf = EbpfLoader::new()
            .btf(Some(&btf))
            .load(&object)
            .map_err(|error| explain(error, path))?;
        let load = tracepoint(&mut ebpf)?.load();
        load.map_err(|error| match error {
            ProgramError::LoadError {
                io_error,
                verifier_log,
            } if io_error.kind() != io::ErrorKind::PermissionDenied => anyhow!(
                "the kernel refuses the program ({io_error}); `cargo xtask offsets {}` shows its \
                 relocations. The verifier's log:\n{verifier_log}",
                path.display()
            ),
            error => explain(error, path),
        })?;
        let events = ebpf.take_map("EVENTS").context("no map `EVENTS`")?;
        let events = RingBuf::try_from(events)?;
        Ok(Self { ebpf, events })
    }

    /// Only the children of process `parent` are of interest.
    pub(crate) fn only_children_of(&mut self, parent: u32) -> Result<()> {
        let map = self.ebpf.map_mut("ONLY_CHILDREN_OF");
        let mut only: Array<_, i32> = map.context("no map `ONLY_CHILDREN_OF`")?.try_into()?;
        Ok(only.set(0, i32::try_from(parent)?, 0)?)
    }

    /// From now on there are events.
    pub(crate) fn attach(&mut self) -> Result<()> {
        let attached = tracepoint(&mut self.ebpf)?.attach(TRACEPOINT);
        attached.with_context(|| format!("the kernel has no tracepoint `{TRACEPOINT}` for it"))?;
        Ok(())
    }

    /// Waits for an event, but no longer than `time`. May return before: on a signal, too.
    pub(crate) fn wait(&self, time: Option<Duration>) -> Result<()> {
        let time = time.map(Timespec::try_from).transpose()?;
        let mut events = [PollFd::new(&self.events, PollFlags::IN)];
        match poll(&mut events, time.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The next event, if there is one.
    pub(crate) fn next(&mut self) -> Option<Result<Event>> {
        self.events.next().map(|bytes| event::decode(&bytes))
    }

    /// How many events found no room.
    pub(crate) fn lost(&self) -> Result<u64> {
        let map = self.ebpf.map("LOST").context("no map `LOST`")?;
        let lost = PerCpuArray::<_, u64>::try_from(map)?;
        Ok(lost.get(&0, 0)?.iter().sum())
    }
}

fn tracepoint(ebpf: &mut Ebpf) -> Result<&mut RawTracePoint> {
    let program = ebpf.program_mut(NAME);
    let program = program.with_context(|| format!("the object has no program `{NAME}`"))?;
    Ok(program.try_into()?)
}

fn explain<E: std::error::Error + Send + Sync + 'static>(error: E, object: &Path) -> anyhow::Error {
    let error = anyhow!(error);
    let io = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    if io.is_none_or(|io| io.kind() != io::ErrorKind::PermissionDenied) {
        return error.context(format!(
            "{} cannot be loaded; `cargo xtask build` makes a fresh one",
            object.display()
        ));
    }
    if rustix::process::geteuid().is_root() {
        error.context(
            "the kernel refuses eBPF programs although this is root: a container needs CAP_BPF \
             and CAP_PERFMON, as `docker run --privileged` gives them, and the kernel must not be \
             locked down (/sys/kernel/security/lockdown)",
        )
    } else {
        error.context("this needs root: put `sudo` before the command")
    }
}
