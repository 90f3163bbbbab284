//! `--verify`: makes events whose every field is known from elsewhere, and compares.

use std::fmt::Debug;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use example_events::{Lineage, Process, Reading};
use example_loader::process::{Stat, ensure_first_pid_namespace, nanoseconds_per_tick};
use example_loader::table::name;
use example_loader::{Attached, Events, Object, PATIENCE, Stop, Tap, Verdict};

use crate::subject;
use crate::table::{self, TABLE};
use crate::{NAME, TRACEPOINT, expected};

/// What the program reads comes by these.
pub(crate) struct Program {
    pub(crate) object: Object,
    pub(crate) events: Events<Lineage>,
}

/// Whether `count` events could be verified and none differed.
pub(crate) fn run(program: &mut Program, count: u32) -> Result<bool> {
    let mut tap = Tap::new(io::stdout().lock(), 1)?;
    tap.check(TRACEPOINT, |tap| verify(program, count, tap))?;
    Ok(tap.passed())
}

fn verify(program: &mut Program, count: u32, tap: &mut Tap<impl io::Write>) -> Result<Verdict> {
    ensure_first_pid_namespace()?;
    let stop = Stop::on_signal()?;
    // So that parent and child do not have the same name.
    fs::write("/proc/self/comm", "lineage-loader")?;
    let own = i32::try_from(std::process::id())?;
    program.object.set("ONLY_CHILDREN_OF", own)?;
    if let Attached::NoHook(why) = program.object.attach_raw_tracepoint(NAME, TRACEPOINT)? {
        return Ok(Verdict::Skipped(why));
    }
    let cgroup = Cgroup::find()?;
    tap.note(format_args!("{}  VERIFIED", TABLE.head()))?;

    let mut tally = Tally::default();
    while tally.verified + tally.different < count && !stop.came() {
        ensure!(
            tally.races < 10 + 5 * count,
            "only {} of {count} events could be verified: {} others changed while they were \
             looked at",
            tally.verified,
            tally.races
        );
        let Some((event, findings)) = look(program, &cgroup, &mut tally)? else {
            tally.races += 1;
            continue;
        };
        let word = if findings.is_empty() { "yes" } else { "NO" };
        tap.note(format_args!("{}  {word}", table::row(&event)))?;
        for finding in &findings {
            tap.note(format_args!("  {finding}"))?;
        }
        if findings.is_empty() {
            tally.verified += 1;
        } else {
            tally.different += 1;
        }
    }
    tally.report(tap, &cgroup)?;
    Ok(Verdict::of(tally.verified == count))
}

/// One event, and what differs; `None` if the process was disturbed.
fn look(
    program: &mut Program,
    cgroup: &Cgroup,
    tally: &mut Tally,
) -> Result<Option<(Lineage, Vec<String>)>> {
    let own = i32::try_from(std::process::id())?;
    let relatives = || -> Result<[Stat; 2]> {
        let parent = Stat::of(own)?;
        let grandparent = Stat::of(parent.parent)?;
        Ok([parent, grandparent])
    };
    // The grandparent may end at any time.
    let Ok(before) = relatives() else {
        return Ok(None);
    };
    let (subject, positions) = subject::start(cgroup.made.as_deref())?;
    let pid = subject.pid();
    let event = last_event(program, pid)?;
    let stat = Stat::of(pid)?;
    if !relatives().is_ok_and(|after| after == before) {
        return Ok(None);
    }
    let [parent, grandparent] = &before;

    let mut findings = Findings::default();
    findings.process("", &event.process, &stat);
    findings.process("parent's ", &event.parent, parent);
    findings.process("grandparent's ", &event.grandparent, grandparent);
    findings.equal(
        "parent's pid, as the process has it",
        &event.parent.pid,
        stat.parent,
    );
    let tick = nanoseconds_per_tick()?;
    let start = event.start.get();
    findings.compare(
        "start time in ticks",
        start.map(|start| start.map(|start| start / tick)),
        stat.start,
    );
    match &cgroup.folder {
        Some(folder) => findings.equal("cgroup id", &event.cgroup, expected::cgroup_id(folder)?),
        None => tally.leave_out("cgroup id", "no cgroup2 file system is mounted"),
    }
    match expected::exe_inode(pid)? {
        Ok(inode) => findings.equal("inode of the program", &event.exe, inode),
        Err(why) => tally.leave_out("inode of the program", why),
    }
    match positions {
        Some((before, after)) if before.sleeps != after.sleeps => return Ok(None),
        Some((before, after)) => {
            let (low, high) = (before.vruntime.0, after.vruntime.1);
            let vruntime = event.vruntime.get();
            match vruntime {
                Ok(Some(vruntime)) if (low..=high).contains(&vruntime.cast_signed()) => {
                    tally.widest = tally.widest.max(high - low);
                }
                _ => findings.add("vruntime", &vruntime, &format!("from {low} to {high}")),
            }
        }
        None => tally.leave_out("vruntime", "the kernel has no /proc/PID/sched"),
    }
    Ok(Some((event, findings.0)))
}

/// The last of process `pid`. It has stopped making more.
fn last_event(program: &mut Program, pid: i32) -> Result<Lineage> {
    // The first is of the program that it executed to be prepared.
    let mut seen = 0;
    let event = program.events.find(PATIENCE, |event| {
        // A pid that cannot be read is one to report, not to pass over.
        let of = event.process.pid.get().ok().flatten();
        seen += i32::from(of.is_none_or(|of| of == pid));
        seen == 2
    })?;
    let lost = program.object.lost()?;
    event.with_context(|| {
        format!("process {pid} executed two programs, and {seen} came as events; {lost} were lost")
    })
}

#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn process(&mut self, whose: &str, got: &Process, expected: &Stat) {
        self.equal(&format!("{whose}pid"), &got.pid, expected.pid);
        let comm = got.comm.get();
        let comm = comm.map(|comm| comm.map(|comm| name(&comm)));
        let expected = expected.comm.escape_ascii().to_string();
        self.compare(&format!("{whose}comm"), comm, expected);
    }

    fn equal<T: Copy + Default + PartialEq + Debug>(
        &mut self,
        what: &str,
        got: &Reading<T>,
        expected: T,
    ) {
        self.compare(what, got.get(), expected);
    }

    fn compare<T: PartialEq + Debug>(
        &mut self,
        what: &str,
        got: Result<Option<T>, i32>,
        expected: T,
    ) {
        if !matches!(&got, Ok(Some(got)) if *got == expected) {
            self.add(what, &got, &format!("{expected:?}"));
        }
    }

    fn add<T: Debug>(&mut self, what: &str, got: &Result<Option<T>, i32>, expected: &str) {
        let got = match got {
            Ok(Some(got)) => format!("{got:?}"),
            Ok(None) => "nothing".to_owned(),
            Err(errno) => format!("errno {errno}"),
        };
        self.0.push(format!("{what}: {got}, expected {expected}"));
    }
}

#[derive(Default)]
struct Tally {
    verified: u32,
    different: u32,
    races: u32,
    /// The most that lay between the bounds of a virtual run time, in nanoseconds.
    widest: i64,
    left_out: Vec<(&'static str, &'static str)>,
}

impl Tally {
    fn leave_out(&mut self, what: &'static str, why: &'static str) {
        if !self.left_out.contains(&(what, why)) {
            self.left_out.push((what, why));
        }
    }

    fn report(&self, tap: &mut Tap<impl io::Write>, cgroup: &Cgroup) -> Result<()> {
        tap.note(format_args!(
            "{} events verified, {} with differences, {} tried again because the process was \
             disturbed",
            self.verified, self.different, self.races
        ))?;
        if self.widest > 0 {
            tap.note(format_args!(
                "vruntime was compared with two readings of /proc/PID/sched, at most {} us \
                 apart, and everything else for equality",
                self.widest / 1000
            ))?;
        }
        for (what, why) in &self.left_out {
            tap.note(format_args!("not compared: {what} ({why})"))?;
        }
        if let (Some(folder), None) = (&cgroup.folder, &cgroup.made) {
            tap.note(format_args!(
                "the cgroup is that of the loader: no other can be made in {}",
                folder.display()
            ))?;
        }
        Ok(())
    }
}

/// The cgroup that the processes are in: one of their own, if possible.
struct Cgroup {
    folder: Option<PathBuf>,
    made: Option<PathBuf>,
}

impl Cgroup {
    fn find() -> Result<Self> {
        let own = expected::own_cgroup().context("the own cgroup cannot be found")?;
        let made = own
            .as_deref()
            .map(|own| own.join(format!("lineage-{}", std::process::id())))
            .filter(|folder| fs::create_dir(folder).is_ok());
        Ok(Self {
            folder: made.clone().or(own),
            made,
        })
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        if let Some(made) = &self.made {
            remove(made);
        }
    }
}

/// The kernel lets a cgroup go only after the last process in it is wholly gone.
fn remove(cgroup: &Path) {
    for _ in 0..50 {
        if fs::remove_dir(cgroup).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
