//! Kernels in few words: `5.10.223 to 6.1.192` on `amd64 cloud`, instead of every release.

use bpf_core_catalogue::{Kernel, KernelSet};

/// What is said of all kernels.
pub(super) const EVERY_KERNEL: &str = "every kernel";

/// Releases, and the builds on which it is these.
#[derive(Debug)]
pub struct Fold {
    /// `5.10.223 to 6.1.192, 7.3.4`.
    pub releases: String,
    /// `amd64, amd64 cloud`.
    pub builds: String,
}

/// Takes together what follows each other among all the kernels of a build, then the builds that have the
/// same releases.
#[must_use]
pub fn fold(kernels: &[Kernel], set: &KernelSet) -> Vec<Fold> {
    of_builds(kernels, builds(kernels), set)
}

fn of_builds(kernels: &[Kernel], builds: Vec<Build>, set: &KernelSet) -> Vec<Fold> {
    let mut folds: Vec<Fold> = Vec::new();
    for build in builds {
        let releases = ranges(kernels, &build.kernels, set);
        if releases.is_empty() {
            continue;
        }
        match folds.iter_mut().find(|fold| fold.releases == releases) {
            Some(fold) => fold.builds = format!("{}, {}", fold.builds, build.name),
            None => folds.push(Fold {
                releases,
                builds: build.name,
            }),
        }
    }
    folds
}

/// One text for a set: `5.14.0 and later`, `5.10.262 and earlier on amd64`, `every kernel`. What is said of
/// releases is said of those that were judged.
#[must_use]
pub fn phrase(kernels: &[Kernel], judged: &KernelSet, set: &KernelSet) -> String {
    if judged.difference(set).is_empty() {
        return EVERY_KERNEL.to_owned();
    }
    let all = builds_of(kernels, |at| judged.contains(at));
    if let Some(releases) = interval(kernels, &all, set) {
        return releases;
    }
    let (of_set, others): (Vec<Build>, Vec<Build>) = all
        .into_iter()
        .partition(|build| build.kernels.iter().any(|at| set.contains(*at)));
    let mut on: Vec<String> = of_set.iter().map(|build| build.name.clone()).collect();
    if others.is_empty() {
        on.clear();
    }
    if let Some(releases) = interval(kernels, &of_set, set) {
        return and_builds(&releases, &listed(&on));
    }
    let folds = of_builds(kernels, of_set, set);
    let texts = folds
        .iter()
        .map(|fold| and_builds(&fold.releases, &fold.builds));
    texts.collect::<Vec<_>>().join("; ")
}

fn and_builds(releases: &str, builds: &str) -> String {
    match (releases, builds) {
        (_, "") => releases.to_owned(),
        ("", _) => format!("every kernel on {builds}"),
        _ => format!("{releases} on {builds}"),
    }
}

/// `amd64, arm64 and riscv64`
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// The set as releases between two, if it has all kernels of the builds that are between these. Empty: it
/// has all of them.
fn interval(kernels: &[Kernel], builds: &[Build], set: &KernelSet) -> Option<String> {
    let numbers = |at: &usize| kernels[*at].numbers();
    let all = || builds.iter().flat_map(|build| &build.kernels);
    let (oldest, newest) = (all().map(numbers).min()?, all().map(numbers).max()?);
    let inside = || all().filter(|at| set.contains(**at));
    let (first, last) = (inside().map(numbers).min()?, inside().map(numbers).max()?);
    let is_between = |at: &usize| (first..=last).contains(&numbers(at));
    if all().any(|at| is_between(at) != set.contains(*at)) {
        return None;
    }
    let text = |[major, minor, patch]: [u32; 3]| format!("{major}.{minor}.{patch}");
    Some(match (first == oldest, last == newest) {
        (true, true) => String::new(),
        (false, true) => format!("{} and later", text(first)),
        (true, false) => format!("{} and earlier", text(last)),
        (false, false) if first == last => text(first),
        (false, false) => format!("{} to {}", text(first), text(last)),
    })
}

/// The kernels of one architecture and flavour, oldest first.
#[derive(Debug)]
pub struct Build {
    /// `amd64 cloud`.
    pub name: String,
    /// Their numbers.
    pub kernels: Vec<usize>,
}

/// All builds, by name.
#[must_use]
pub fn builds(kernels: &[Kernel]) -> Vec<Build> {
    builds_of(kernels, |_| true)
}

fn builds_of(kernels: &[Kernel], is_asked: impl Fn(usize) -> bool) -> Vec<Build> {
    let mut builds: Vec<Build> = Vec::new();
    let asked = kernels.iter().enumerate().filter(|(at, _)| is_asked(*at));
    for (at, kernel) in asked {
        let parts = [&kernel.architecture, &kernel.flavour];
        let parts: Vec<&str> = parts
            .into_iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        let name = parts.join(" ");
        match builds.iter_mut().find(|build| build.name == name) {
            Some(build) => build.kernels.push(at),
            None => builds.push(Build {
                name,
                kernels: vec![at],
            }),
        }
    }
    for build in &mut builds {
        build
            .kernels
            .sort_by_cached_key(|at| kernels[*at].numbers());
    }
    builds.sort_by(|a, b| a.name.cmp(&b.name));
    builds
}

fn ranges(kernels: &[Kernel], of_build: &[usize], set: &KernelSet) -> String {
    let release = |at: &usize| {
        let [major, minor, patch] = kernels[*at].numbers();
        format!("{major}.{minor}.{patch}")
    };
    let runs = of_build.chunk_by(|a, b| set.contains(*a) == set.contains(*b));
    let texts: Vec<String> = runs
        .filter(|run| set.contains(run[0]))
        .map(|run| match run {
            [.., last] if run.len() > 1 && release(&run[0]) != release(last) => {
                format!("{} to {}", release(&run[0]), release(last))
            }
            _ => release(&run[0]),
        })
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_and_builds_are_taken_together() {
        let kernel = |release: &str, architecture: &str| Kernel::new(release, architecture);
        let kernels = [
            kernel("6.1.9", "amd64"),
            kernel("5.10.2", "amd64"),
            kernel("6.12.1", "amd64"),
            kernel("5.10.2", "arm64"),
            kernel("6.12.1", "arm64"),
        ];
        let text = |numbers: &[usize]| {
            let folds = fold(&kernels, &numbers.iter().copied().collect());
            let lines = folds
                .iter()
                .map(|fold| format!("{} on {}", fold.releases, fold.builds));
            lines.collect::<Vec<_>>().join("; ")
        };
        assert_eq!(text(&[0, 1]), "5.10.2 to 6.1.9 on amd64");
        assert_eq!(text(&[1, 2, 4]), "5.10.2, 6.12.1 on amd64; 6.12.1 on arm64");
        assert_eq!(text(&[1, 3]), "5.10.2 on amd64, arm64");
        assert_eq!(text(&[]), "");
    }

    #[test]
    fn a_set_is_one_text() {
        let kernel = |release: &str, architecture: &str| Kernel::new(release, architecture);
        let kernels = [
            kernel("5.10.2", "amd64"),
            kernel("6.1.9", "amd64"),
            kernel("6.12.1", "amd64"),
            kernel("5.10.7", "arm64"),
            kernel("6.12.1", "arm64"),
            kernel("7.0.1", "s390x"),
            kernel("5.10.3", "s390x"),
        ];
        let text = |judged: &[usize], numbers: &[usize]| {
            let set = |numbers: &[usize]| numbers.iter().copied().collect();
            phrase(&kernels, &set(judged), &set(numbers))
        };
        let all = [0, 1, 2, 3, 4, 5, 6];
        assert_eq!(text(&all, &all), "every kernel");
        assert_eq!(text(&all, &[1, 2, 4, 5]), "6.1.9 and later");
        assert_eq!(text(&all[..6], &[0, 3]), "5.10.7 and earlier");
        assert_eq!(text(&all, &[0, 3]), "5.10.7 and earlier on amd64 and arm64");
        assert_eq!(text(&all, &[5, 6]), "every kernel on s390x");
        assert_eq!(text(&all, &[5]), "7.0.1 and later");
        assert_eq!(text(&all, &[1]), "6.1.9");
        assert_eq!(
            text(&all, &[0, 2, 5]),
            "5.10.2, 6.12.1 on amd64; 7.0.1 on s390x"
        );
        // Only kernels that are judged count.
        assert_eq!(text(&[0, 1, 3], &[1]), "6.1.9 and later");
    }
}
