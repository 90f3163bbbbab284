//! What a rule says about one place. A finding knows neither its level nor how it is shown.

use std::sync::Arc;

use bpf_core_portability::Case;
use serde::{Deserialize, Deserializer, Serialize};

use crate::rules;
use crate::span::Span;

/// One place where something is wrong.
///
/// Texts are lower case, without a full stop, with names in backticks; the cure is in `help`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's name.
    #[serde(deserialize_with = "known")]
    pub rule: RuleName,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that explain it: a declaration, the source of a pointer.
    pub secondary: Vec<Label>,
    /// What to write instead.
    pub help: Vec<String>,
    /// Facts that are not a cure.
    pub notes: Vec<String>,
    /// A rewrite, if there is one.
    pub fix: Option<Fix>,
    /// The kernels on which it is true, if it is about kernels.
    pub on: Option<On>,
}

/// The programs and the kernels that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct On {
    /// The path of the object.
    pub object: Arc<str>,
    /// What it is about: `task_struct.state`, `vfs_unlink`.
    pub subject: String,
    /// The names of the programs.
    pub programs: Vec<String>,
    /// Kernels, what happens on them, and what they have.
    pub cases: Vec<Case>,
}

/// A name out of the registry.
pub type RuleName = &'static str;

/// A span with a word about it. The word may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// A rewrite that cures a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does: "read the field by name".
    pub text: String,
    /// Replacements that do not overlap, of files only (`Source::File`).
    pub edits: Vec<Edit>,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
}

/// One replacement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// What goes. Empty for an insertion.
    pub span: Span,
    /// What comes.
    pub text: String,
}

/// As rustc's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Applicability {
    /// Keeps the meaning and compiles: `--fix` applies it.
    MachineApplicable,
    /// Right in most places; a person has to look.
    MaybeIncorrect,
}

impl Finding {
    /// A finding of `rule` at `span`.
    #[must_use]
    pub fn new(rule: RuleName, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: message.into(),
            primary: Label {
                span,
                text: String::new(),
            },
            secondary: Vec::new(),
            help: Vec::new(),
            notes: Vec::new(),
            fix: None,
            on: None,
        }
    }

    /// Adds the word at the carets.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        self.secondary.push(Label { span, text });
        self
    }

    /// Adds one more place where the same is true. After a few, more help nobody.
    pub fn and_here(&mut self, span: &Span) {
        const MOST: usize = 4;
        const TEXT: &str = "and here";
        let places = self.secondary.iter().filter(|one| one.text == TEXT);
        if places.count() < MOST {
            self.secondary.push(Label {
                span: span.clone(),
                text: TEXT.to_owned(),
            });
        }
    }

    /// Adds a cure.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds the kernels.
    #[must_use]
    pub fn on(mut self, on: On) -> Self {
        self.on = Some(on);
        self
    }

    /// Adds a rewrite.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// A name from a cache becomes the registry's own, so that names stay `'static`.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RuleName, D::Error> {
    let name = String::deserialize(deserializer)?;
    rules::find(&name)
        .map(|rule| rule.name)
        .ok_or_else(|| serde::de::Error::custom("no such rule"))
}
