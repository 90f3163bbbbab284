//! Kernels in few words: `5.10.223 to 6.1.192` on `amd64 cloud`, instead of every release.

use bpf_core_catalogue::{Kernel, KernelSet};

/// Releases, and the builds on which it is these.
pub(super) struct Fold {
    /// `5.10.223 to 6.1.192, 7.3.4`.
    pub(super) releases: String,
    /// `amd64, amd64 cloud`.
    pub(super) builds: String,
}

/// Takes together what follows each other among all the kernels of a build, then the builds that have the
/// same releases.
pub(super) fn fold(kernels: &[Kernel], set: &KernelSet) -> Vec<Fold> {
    let mut folds: Vec<Fold> = Vec::new();
    for build in builds(kernels) {
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

/// The kernels of one architecture and flavour, oldest first.
pub(super) struct Build {
    pub(super) name: String,
    pub(super) kernels: Vec<usize>,
}

/// All builds, by name.
pub(super) fn builds(kernels: &[Kernel]) -> Vec<Build> {
    let mut builds: Vec<Build> = Vec::new();
    for (at, kernel) in kernels.iter().enumerate() {
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
        build.kernels.sort_by_key(|at| kernels[*at].numbers());
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
}
