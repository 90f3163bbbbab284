//! The objects whose programs are loaded, each with a name: files, and all objects of folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

/// Files by name: a file's own without `.o`; in a folder, with the path from the folder on.
pub(crate) type Objects = BTreeMap<String, PathBuf>;

/// All that is named.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Objects> {
    let mut objects = Objects::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let before = objects.len();
        let metadata = fs::metadata(path).with_context(|| format!("no {}", path.display()))?;
        if metadata.is_dir() {
            add_folder(&mut objects, path, &name)?;
            ensure!(
                objects.len() > before,
                "no object in {}: their names end in `.o`",
                path.display()
            );
        } else {
            add(&mut objects, path, name.trim_end_matches(".o"))?;
        }
    }
    Ok(objects)
}

fn add_folder(objects: &mut Objects, folder: &Path, name: &str) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let inner = format!("{name}/{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            add_folder(objects, &path, &inner)?;
        } else if let Some(inner) = inner.strip_suffix(".o") {
            add(objects, &path, inner)?;
        }
    }
    Ok(())
}

fn add(objects: &mut Objects, path: &Path, name: &str) -> Result<()> {
    if let Some(other) = objects.insert(name.to_owned(), path.to_owned()) {
        bail!(
            "two objects are called `{name}`: {} and {}",
            other.display(),
            path.display()
        );
    }
    Ok(())
}

/// Copies them into a new folder, for the guests to take.
pub(crate) fn stage(objects: &Objects, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    for (name, from) in objects {
        let to = folder.join(format!("{name}.o"));
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_called_by_their_place() {
        let folder = std::env::temp_dir().join(format!("objects-{}", std::process::id()));
        let inner = folder.join("tools/tracing");
        fs::create_dir_all(&inner).unwrap();
        for file in ["a.o", "tools/b.bpf.o", "tools/tracing/a.o", "tools/b.c"] {
            fs::write(folder.join(file), "").unwrap();
        }
        let objects = find(&[folder.join("a.o"), folder.join("tools")]).unwrap();
        let names: Vec<&str> = objects.keys().map(String::as_str).collect();
        assert_eq!(names, ["a", "tools/b.bpf", "tools/tracing/a"]);
        let staged = folder.join("staged");
        stage(&objects, &staged).unwrap();
        assert!(staged.join("tools/tracing/a.o").exists());
        let told = |paths: &[PathBuf]| find(paths).unwrap_err().to_string();
        assert!(
            told(&[folder.join("a.o"), inner.join("a.o")])
                .starts_with("two objects are called `a`")
        );
        fs::remove_file(inner.join("a.o")).unwrap();
        assert!(told(&[inner]).starts_with("no object in "));
        fs::remove_dir_all(folder).unwrap();
    }
}
