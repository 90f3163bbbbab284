//! The one form of an error, as the user sees it.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// An error: what is wrong, where in the source, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
    source: Option<Location>,
    notes: Vec<String>,
    help: Option<String>,
}

/// A place in the user's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// As debug info has it.
    pub(crate) file: PathBuf,
    /// From 1.
    pub(crate) line: u32,
    /// From 1; 0 where debug info has none.
    pub(crate) column: u32,
}

/// The cure where the linker or LLVM is wrong.
pub(crate) const REPORT: &str =
    "please report this with the source: it is an error of this linker or of LLVM";

/// The usual result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error that says what is wrong, in lower case and without a full stop.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
            notes: Vec::new(),
            help: None,
        }
    }

    /// An error that says which file cannot be read or written.
    pub fn file(verb: &str, path: &Path, error: &io::Error) -> Self {
        let words = error.to_string();
        let words = words
            .split(" (os error")
            .next()
            .unwrap_or_default()
            .to_lowercase();
        Self::new(format!("cannot {verb} `{}`: {words}", path.display()))
    }

    /// Adds the place in the source, where it is known.
    #[must_use]
    pub(crate) fn at(mut self, source: Option<Location>) -> Self {
        self.source = source;
        self
    }

    /// Adds a detail.
    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds the cure.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if let Some(source) = &self.source {
            write!(f, "\n  --> {source}")?;
        }
        for note in &self.notes {
            write!(f, "\n  = note: {}", indented(note))?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  = help: {}", indented(help))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)?;
        if self.column != 0 {
            write!(f, ":{}", self.column)?;
        }
        Ok(())
    }
}

/// Further lines stand under the first one.
fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n          ")
}
