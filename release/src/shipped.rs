//! The programs of a release, and the targets that each is built for.

/// Where a program has libc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Libc {
    /// In itself: it runs on any Linux of its architecture, and can load no library.
    Inside,
    /// The system's, from this glibc on.
    Glibc(u32, u32),
}

/// A package whose programs are in an archive.
#[derive(Debug)]
pub(crate) struct Shipped {
    pub(crate) package: &'static str,
    /// The feature that it is built with.
    pub(crate) feature: Option<&'static str>,
    /// The target, after the architecture.
    system: &'static str,
    pub(crate) libc: Libc,
}

/// The linker has the LLVM of Debian in it, whose archives want glibc; it loads no library, so glibc is in it too.
/// The linter reads C with libclang, which it loads: so there are two of it.
pub(crate) const SHIPPED: [Shipped; 3] = [
    Shipped {
        package: "bpf-core-linker",
        feature: Some("llvm-static"),
        system: "unknown-linux-gnu",
        libc: Libc::Inside,
    },
    Shipped {
        package: "cargo-corelint",
        feature: None,
        system: "unknown-linux-gnu",
        libc: Libc::Glibc(2, 34),
    },
    Shipped {
        package: "cargo-corelint",
        feature: None,
        system: "unknown-linux-musl",
        libc: Libc::Inside,
    },
];

impl Shipped {
    /// What rustc calls the target.
    pub(crate) fn target(&self, architecture: &str) -> String {
        format!("{architecture}-{}", self.system)
    }

    /// The name of the archive, without its ending, and of the folder in it. `package.metadata.binstall` spells it.
    pub(crate) fn name(&self, version: &str, architecture: &str) -> String {
        format!("{}-{version}-{}", self.package, self.target(architecture))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use anyhow::{Context as _, Result, ensure};
    use setup::workspace;

    use super::*;

    /// What the archives are built on, one machine each.
    const ARCHITECTURES: [&str; 2] = ["aarch64", "x86_64"];

    const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// The architectures that the workflow's matrix has.
    #[test]
    fn the_workflow_builds_each_architecture() -> Result<()> {
        let workflow = workspace::root().join(".github/workflows/release.yml");
        let workflow = fs::read_to_string(workflow)?;
        let lines = workflow.lines().map(str::trim);
        let built: Vec<&str> = lines
            .filter_map(|line| line.strip_prefix("- architecture: "))
            .collect();
        assert_eq!(built, ARCHITECTURES);
        assert!(workflow.contains("run: cargo xtask release\n"));
        Ok(())
    }

    /// What `cargo binstall` asks for is an archive that there is: for each target by which it calls a machine.
    #[test]
    fn binstall_finds_each_archive() -> Result<()> {
        let archives: Vec<String> = ARCHITECTURES
            .iter()
            .flat_map(|architecture| {
                SHIPPED
                    .iter()
                    .map(|shipped| shipped.name(VERSION, architecture))
            })
            .collect();
        for package in ["bpf-core-linker", "cargo-corelint"] {
            for architecture in ARCHITECTURES {
                for system in ["unknown-linux-gnu", "unknown-linux-musl"] {
                    let target = format!("{architecture}-{system}");
                    let (name, folder) = asked(package, &target)?;
                    assert_eq!(name, folder, "{package} for {target}");
                    assert!(archives.contains(&name), "{package} for {target}: {name}");
                }
            }
        }
        Ok(())
    }

    /// The archive's name without its ending, and the folder in it, by the templates of `package.metadata.binstall`.
    fn asked(package: &str, target: &str) -> Result<(String, String)> {
        let packages = workspace::published()?;
        let package = packages.iter().find(|published| published.name == package);
        let package = package.context("a published package")?;
        let binstall = &package.metadata["binstall"];
        let value = |key: &str| {
            let overridden = binstall["overrides"][target][key].as_str();
            let template = overridden.or_else(|| binstall[key].as_str());
            let text = template.with_context(|| format!("no `{key}` for {target}"))?;
            let expanded = [
                ("name", package.name.as_str()),
                ("version", VERSION),
                ("target", target),
            ]
            .iter()
            .fold(text.to_owned(), |text, (key, value)| {
                text.replace(&format!("{{ {key} }}"), value)
            });
            anyhow::Ok(expanded)
        };
        let (url, program) = (value("pkg-url")?, value("bin-dir")?);
        ensure!(value("pkg-fmt")? == "txz", "not the format of the archives");
        let release = format!("{{ repo }}/releases/download/v{VERSION}/");
        let file = url.strip_prefix(&release).with_context(|| url.clone())?;
        let name = file.strip_suffix(".tar.xz").with_context(|| url.clone())?;
        let folder = program
            .strip_suffix("/{ bin }{ binary-ext }")
            .with_context(|| program.clone())?;
        Ok((name.to_owned(), folder.to_owned()))
    }
}
