//! Programs of which the project's loader says on which kernels they run.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use bpf_core_kernel_facts::target::Target;

use super::view::{AbsentHook, View};
use crate::front::loaders::{self, Sources};

/// The sections of programs in files that are for the same as this one: `iouring_old/program.bpf.c` and
/// `iouring_new/program.bpf.c`. A loader takes one of them.
pub(super) fn related(sources: &Sources, path: &Path) -> Vec<String> {
    let programs = sources.programs.iter();
    let related = programs.filter(|(other, _)| are_related(path, other));
    related
        .flat_map(|(_, sections)| sections.iter().cloned())
        .collect()
}

/// Whether two paths differ in one name, and there behind the first word.
fn are_related(one: &Path, other: &Path) -> bool {
    let pairs = one.iter().zip(other.iter());
    let mut differing = pairs.filter(|(a, b)| a != b);
    let word = |name: &OsStr| {
        let name = name.to_string_lossy();
        let end = name.find(|letter: char| !letter.is_alphanumeric());
        name[..end.unwrap_or(name.len())].to_owned()
    };
    let is_same_depth = one.iter().count() == other.iter().count();
    let first = differing.next();
    is_same_depth
        && differing.next().is_none()
        && first.is_some_and(|(a, b)| word(a) == word(b) && !word(a).is_empty())
}

/// Takes the programs out of [`View::hooks`] that a loader names beside a question for the kernel. Gives the files
/// that this depends on.
pub(super) fn leave(sources: &Sources, path: &Path, view: &mut View) -> Vec<PathBuf> {
    let functions = &view.functions;
    let target = |index: usize| Some(Target::of(&functions[index].program()?)?.to_string());
    view.hooks.retain(|one| {
        // A program for `fentry` and one for a kprobe on one function are no choice of functions.
        let mut others = 0..functions.len();
        let has_twin = others.any(|other| {
            other != one.function
                && functions[other].section != functions[one.function].section
                && functions[other].is_twin(&functions[one.function])
                && target(other) == target(one.function)
        });
        let names = [&*functions[one.function].name, end(one)];
        // A program on a function of the kernel by its BTF does not load without it.
        let loads = one.hook.starts_with(['k', 't', 'r']) && !one.hook.starts_with("tp_btf");
        let is_passed_over = loads && (sources.goes_on(path) || sources.is_lenient_about(&names));
        !is_passed_over && !sources.asks_about(&names, has_twin)
    });
    let beside = path.parent().map(fs::read_dir);
    let beside = beside.into_iter().flatten().flatten().flatten();
    let beside = beside.map(|entry| entry.path());
    let beside = beside.filter(|one| loaders::is_loader(one));
    let known = sources.asking().map(Path::to_owned);
    let programs = sources.programs.iter().map(|(path, _)| path.clone());
    let related = programs.filter(|other| are_related(path, other));
    let all: HashSet<PathBuf> = known.chain(related).chain(beside).collect();
    all.into_iter().collect()
}

/// The function or event: `sched_switch` of `tp/sched/sched_switch`.
fn end(one: &AbsentHook) -> &str {
    one.hook.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::are_related;

    #[test]
    fn files_for_the_same_have_one_word() {
        let are = |one: &str, other: &str| are_related(Path::new(one), Path::new(other));
        assert!(are("bpf/cachestat.bpf.c", "bpf/cachestat-pre-5.16.bpf.c"));
        assert!(are(
            "a/iouring_old/program.bpf.c",
            "a/iouring_new/program.bpf.c"
        ));
        assert!(!are("bpf/cachestat.bpf.c", "bpf/cachetop.bpf.c"));
        assert!(!are("bpf/cachestat.bpf.c", "bpf/cachestat.bpf.c"));
        assert!(!are("a/one_old/x.bpf.c", "a/one_new/y.bpf.c"));
    }
}
