//! README's steps for an aya project, copied line by line into one that has none of them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use setup::workspace;

/// The eBPF crate of the project. README has `your-ebpf-crate` for it.
const EBPF: &str = "app-ebpf";

/// Makes `examples/aya-app` without what README adds, and does what README says. Gives its folder.
pub(crate) fn project() -> Result<PathBuf> {
    let folder = workspace::root().join("target/readme-app");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let example = workspace::root().join("examples/aya-app");
    copy(&example, &folder)?;
    let readme = fs::read_to_string(workspace::root().join("README.md"))?;
    let steps = between(&readme, "\n## Use it in an aya project\n", "\n## ")?;
    follow(steps, &folder).context("README's steps for an aya project")?;
    Ok(folder)
}

/// Copies a folder without what README adds: the linker, debug info of the eBPF crate, and the lines that end in
/// `# bpf-core`.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_owned();
        let to = to.join(&name);
        if path.is_dir() {
            if name != "target" && name != ".cargo" {
                copy(&path, &to)?;
            }
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let mut is_kept = true;
        let lines = text.lines().filter(|line| {
            if line.starts_with('[') {
                is_kept = *line != format!("[profile.release.package.{EBPF}]");
            }
            is_kept && !line.ends_with("# bpf-core")
        });
        let text = lines.collect::<Vec<_>>().join("\n") + "\n";
        fs::write(to, text.replace("bpf-core-linker", "bpf-linker"))?;
    }
    Ok(())
}

/// Does the steps: the dependency, the settings of files, and what is written for something else.
fn follow(steps: &str, folder: &Path) -> Result<()> {
    let manifest = folder.join(EBPF).join("Cargo.toml");
    let dependency = between(steps, "`bpf-core = ", "`")?;
    let library = format!("\"{}\"", workspace::root().join("bpf-core").display());
    let dependency = dependency.replace("\".../bpf-core\"", &library);
    change(
        &manifest,
        "[dependencies]\n",
        &format!("[dependencies]\nbpf-core = {dependency}\n"),
    )?;

    let mut file = None;
    for line in between(steps, "\n```toml\n", "```")?.lines() {
        if let Some(said) = line.strip_prefix("# ") {
            let name = said.split([' ', ':']).next().unwrap_or_default();
            file = Some(folder.join(name));
            continue;
        }
        let file = file.as_ref().context("a setting of no file")?;
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        let text = fs::read_to_string(file).unwrap_or_default();
        fs::write(file, text + &line.replace("your-ebpf-crate", EBPF) + "\n")?;
    }

    let script = between(steps, "In the `build.rs` of the eBPF crate, write ", ":")?;
    let [_, new, _, old, ..] = *script.split('`').collect::<Vec<_>>() else {
        anyhow::bail!("what to write, and for what: {script}");
    };
    change(
        &folder.join(EBPF).join("build.rs"),
        &format!("\"{old}\""),
        &format!("\"{new}\""),
    )
}

/// Replaces a text of a file, which has it.
fn change(file: &Path, old: &str, new: &str) -> Result<()> {
    let text = fs::read_to_string(file)?;
    anyhow::ensure!(text.contains(old), "{} has no {old}", file.display());
    Ok(fs::write(file, text.replace(old, new))?)
}

fn between<'t>(text: &'t str, begin: &str, end: &str) -> Result<&'t str> {
    let (_, behind) = text
        .split_once(begin)
        .with_context(|| format!("no {begin:?}"))?;
    Ok(behind.split_once(end).map_or(behind, |(found, _)| found))
}
