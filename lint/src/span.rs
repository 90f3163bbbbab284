//! Where a finding points: bytes of a file, or of a text that was made from one.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The text that a span counts in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    /// A file of text. The path is absolute; renderers shorten it.
    File(Arc<str>),
    /// A text that stands for `path`, because `path` has none (an object), is not at hand, or is
    /// another one by now.
    Rendered {
        /// The file that the text was made from. It may be binary.
        path: Arc<str>,
        /// The line of `path` that the text starts with, counted from 1. `None` where the lines of
        /// the text are not lines of the file, such as a disassembly.
        first_line: Option<u32>,
        /// What is shown.
        text: Arc<str>,
    },
}

impl Source {
    /// The file that is meant, whether or not its text is the one that is shown.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::File(path) | Self::Rendered { path, .. } => path,
        }
    }
}

/// A range of bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// What the offsets count in.
    pub source: Source,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

impl Span {
    /// A range of a file.
    #[must_use]
    pub fn new(path: &Arc<str>, range: Range<usize>) -> Self {
        Self {
            source: Source::File(Arc::clone(path)),
            start: clamp(range.start),
            end: clamp(range.end),
        }
    }

    /// The whole of a text that was made for the purpose.
    #[must_use]
    pub fn rendered(path: &Arc<str>, first_line: Option<u32>, text: &str) -> Self {
        Self {
            source: Source::Rendered {
                path: Arc::clone(path),
                first_line,
                text: text.into(),
            },
            start: 0,
            end: clamp(text.len()),
        }
    }

    /// The bytes, for slicing.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether both are in one text, and `other` lies in `self`.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }
}

fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
