//! A program that a guest runs.

use std::path::PathBuf;

use anyhow::Result;
use setup::Setup;
use setup::workspace::Example;

use crate::hidden;

/// The package of the programs that load any object. It needs libbpf.
pub(crate) const LOADERS: &str = "kernel-load";

/// A program that a guest runs, with what it needs beside it.
pub(crate) struct Payload {
    /// The package that builds it.
    pub(crate) package: String,
    /// Its name.
    pub(crate) program: String,
    /// The names of files or folders, and what they are here.
    pub(crate) beside: Vec<(String, PathBuf)>,
}

impl Payload {
    pub(crate) fn of_example(setup: &Setup, example: &Example) -> Result<Self> {
        let name = &example.name;
        let mut beside = vec![(format!("{name}.o"), example.object())];
        if name == hidden::EXAMPLE {
            beside.push((format!("{name}.btfs"), hidden::archive(setup, example)?));
        }
        Ok(Self {
            package: name.clone(),
            program: name.clone(),
            beside,
        })
    }

    /// The names of its runs.
    pub(crate) fn runs(&self) -> impl Iterator<Item = String> {
        let again = (self.program == hidden::EXAMPLE).then_some(hidden::ENDING);
        let endings = [Some(""), again].into_iter().flatten();
        endings.map(|ending| format!("{}{ending}", self.program))
    }
}
