//! Makes the documentation site: `cargo xtask site`.
//!
//! - `../SUMMARY.md`, `../book.toml`: what is in it and how it looks; mdBook makes it
//! - `pages.rs`: the chapters, at the same paths as in the repository; `links.rs`: where they lead
//! - `rules.rs`: the rules of the linter; `kernels.rs`, `../kernels.*`: the types of all known kernels

mod kernels;
mod links;
mod pages;
mod rules;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use anyhow::{Context as _, Result};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;

/// Each page's text by its path in the book.
type Pages = BTreeMap<PathBuf, String>;

fn main() -> ExitCode {
    let Some(output) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("error: name the folder that the site goes into: `site target/site`");
        return ExitCode::from(2);
    };
    match make(&output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the sources of the book, then the book, into a folder that it empties first.
fn make(output: &Path) -> Result<()> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let repository = repository.context("no repository")?;
    let sources = output.join("sources");
    if output.exists() {
        fs::remove_dir_all(output).with_context(|| output.display().to_string())?;
    }
    fs::create_dir_all(&sources).with_context(|| sources.display().to_string())?;
    let site = repository.join("site");
    let pages = pages::write(repository, &sources)?;
    for name in ["kernels.js", "kernels.css"] {
        fs::copy(site.join(name), output.join(name)).with_context(|| name.to_owned())?;
    }
    let mut config: Config = fs::read_to_string(site.join("book.toml"))?.parse()?;
    config.book.src = "sources".into();
    config.build.build_dir = "html".into();
    MDBook::load_with_config(output, config)?.build()?;
    let html = output.join("html");
    kernels::write(&html.join("types"))?;
    links::check(&pages, &html)
}
