//! The chapters of the book: files of the repository and pages that are made, at the paths that they have
//! in the repository, so that links between them stay as they are.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::{Pages, links, rules};

/// Writes all pages and the summary. A link that leads to no page and no file is an error.
pub(crate) fn write(repository: &Path, folder: &Path) -> Result<Pages> {
    let summary = fs::read_to_string(repository.join("site/SUMMARY.md"))?;
    let mut pages = rules::pages();
    let paths = links::of(&summary);
    for path in paths.iter().map(PathBuf::from) {
        if pages.contains_key(&path) {
            continue;
        }
        let own = repository.join("site").join(&path);
        let file = if own.exists() {
            own
        } else {
            repository.join(&path)
        };
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        pages.insert(path, text);
    }
    let known: Vec<PathBuf> = pages.keys().cloned().collect();
    for (path, text) in &mut pages {
        *text = links::rewritten(text, path, repository, &known)
            .with_context(|| path.display().to_string())?;
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(&file, &*text).with_context(|| file.display().to_string())?;
    }
    fs::write(folder.join("SUMMARY.md"), rules::with_chapters(&summary))?;
    Ok(pages)
}
