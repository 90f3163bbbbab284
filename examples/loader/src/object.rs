//! An eBPF object: into the kernel.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use aya::Pod;
use aya::maps::{Array, Map, PerCpuArray, RingBuf};
use aya::{Ebpf, EbpfLoader};
use example_events::Event;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::events::Events;
use crate::types;

/// Before Linux 5.11, maps and programs count as locked memory.
pub fn lift_memory_limit() {
    let no_limit = Rlimit {
        current: None,
        maximum: None,
    };
    // Where this fails and matters, the load fails too.
    let _ = setrlimit(Resource::Memlock, no_limit);
}

/// An object whose maps are in the kernel, and those of its programs that are attached.
pub struct Object {
    pub(crate) path: PathBuf,
    pub(crate) ebpf: Ebpf,
    /// The kernel has taken a program of it.
    pub(crate) is_permitted: bool,
}

impl Object {
    /// Reads the object at `path` and resolves its relocations. It does nothing yet.
    pub fn open(path: &Path) -> Result<Self> {
        let object = fs::read(path).with_context(|| {
            format!("no eBPF object {}: run `cargo xtask build`", path.display())
        })?;
        let btf = types::of_running_kernel(path)?;
        lift_memory_limit();
        let ebpf = EbpfLoader::new()
            .btf(Some(&btf))
            .load(&object)
            .map_err(|error| explain(error, path))?;
        Ok(Self {
            path: path.to_owned(),
            ebpf,
            is_permitted: false,
        })
    }

    /// The events that its programs tell.
    pub fn events<T: Event>(&mut self) -> Result<Events<T>> {
        let map = self.ebpf.take_map("EVENTS").context("no map `EVENTS`")?;
        Ok(Events::new(RingBuf::try_from(map)?))
    }

    /// How many events found no room.
    pub fn lost(&self) -> Result<u64> {
        let map = self.ebpf.map("LOST").context("no map `LOST`")?;
        let lost = PerCpuArray::<_, u64>::try_from(map)?;
        Ok(lost.get(&0, 0)?.iter().sum())
    }

    /// Sets the only element of an array, by which a program knows whom it is asked for.
    pub fn set(&mut self, array: &str, value: impl Pod) -> Result<()> {
        let mut array: Array<_, _> = self.map_mut(array)?.try_into()?;
        Ok(array.set(0, value, 0)?)
    }

    /// The map `name`.
    pub fn map_mut(&mut self, name: &str) -> Result<&mut Map> {
        let map = self.ebpf.map_mut(name);
        map.with_context(|| format!("the object has no map `{name}`"))
    }
}

/// An error, and what would help.
pub(crate) fn explain<E: std::error::Error + Send + Sync + 'static>(
    error: E,
    object: &Path,
) -> anyhow::Error {
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
