//! What a source asks of the kernel that it runs on, and what the supported kernels have: for the front
//! ends of C and Rust.

use std::borrow::Cow;
use std::rc::Rc;

use anyhow::Result;
use bpf_core_catalogue::{Field, History, KernelSet};
use bpf_core_kernel_facts::flavour::essential_name;

use crate::known::Supported;
use crate::span::Span;

/// A thing that a program asks the loader for, or about. Types are named with their flavour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A member of a struct or union: `a.b`.
    Field(Rc<str>, String),
    /// A type.
    Type(Rc<str>),
    /// An enumerator, by the name of its enum. That is empty if it has none.
    Enumerator(Rc<str>, Rc<str>),
    /// Something that may depend on the kernel in another way: a setting that the loader makes, or what
    /// another function says.
    Other,
}

/// An answer of the loader that holds at a place, as a condition around it has asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// What is asked.
    pub question: Rc<Question>,
    /// Whether it exists there.
    pub exists: bool,
}

/// A value, and the kernels that have it.
#[derive(Clone, Debug)]
pub struct Several {
    /// The value.
    pub value: i64,
    /// The kernels, in words.
    pub kernels: String,
}

/// A place where a program needs a thing of the kernel.
#[derive(Debug)]
pub struct Need<'v> {
    /// What it needs.
    pub what: Question,
    /// Where.
    pub span: Span,
    /// What the conditions around it say about the kernel.
    pub guards: Cow<'v, [Guard]>,
}

/// A thing that supported kernels lack where the program may need it.
#[derive(Debug)]
pub struct Absence {
    /// The first place.
    pub span: Span,
    /// The others.
    pub more: Vec<Span>,
    /// What is lacking. Types are named without a flavour.
    pub what: Question,
    /// The kernels, in words.
    pub kernels: String,
    /// What they have instead, in words, if the catalogue tells.
    pub instead: Option<String>,
}

impl Guard {
    /// One of which nobody knows on which kernels it holds.
    #[must_use]
    pub fn other() -> Self {
        Self {
            question: Rc::new(Question::Other),
            exists: true,
        }
    }
}

impl Question {
    /// Whether some supported kernel lacks it, as far as that can be told.
    pub(super) fn is_lacking(&self, supported: &Supported<'_>) -> Result<bool> {
        let history = self.answers(supported)?;
        let judged = supported.where_known(&history);
        Ok(!history.absent.intersection(&judged).is_empty())
    }

    fn essential(&self) -> Self {
        match self {
            Self::Field(record, path) => Self::Field(essential_name(record).into(), path.clone()),
            Self::Type(name) => Self::Type(essential_name(name).into()),
            other => other.clone(),
        }
    }

    /// The kernels that have it and those that lack it. Neither, where that cannot be told.
    fn answers(&self, supported: &Supported<'_>) -> Result<History<()>> {
        Ok(match self {
            Self::Field(record, path) => presence(&supported.field(record, path)?),
            Self::Type(name) => presence(&supported.size(name)?),
            Self::Enumerator(of, name) if !of.is_empty() => {
                presence(&supported.enumerator(of, name)?)
            }
            Self::Enumerator(..) | Self::Other => History {
                values: Vec::new(),
                absent: KernelSet::default(),
            },
        })
    }
}

/// The values that supported kernels have, if they have several.
pub(super) fn several(supported: &Supported<'_>, history: &History<u64>) -> Vec<Several> {
    let values = supported.several(history);
    let judged = sets(&values);
    let values = values.into_iter().map(|(value, set)| Several {
        value: value.cast_signed(),
        kernels: supported.words(&judged, &set),
    });
    values.collect()
}

/// The needs that not all supported kernels meet where they are.
pub(super) fn absences<'v>(
    needs: impl Iterator<Item = Need<'v>>,
    supported: &Supported<'_>,
) -> Result<Vec<Absence>> {
    let mut found: Vec<Absence> = Vec::new();
    for need in needs {
        let history = need.what.answers(supported)?;
        // A struct of a module that is not known, or of a kernel that nobody has here.
        if history.values.is_empty() {
            continue;
        }
        let judged = supported.where_known(&history);
        let mut absent = history.absent.intersection(&judged);
        for guard in &*need.guards {
            let answers = guard.question.answers(supported)?;
            absent = absent.intersection(&match guard.exists {
                true => sets(&answers.values),
                false => answers.absent,
            });
        }
        if absent.is_empty() {
            continue;
        }
        let kernels = supported.words(&judged, &absent);
        let what = need.what.essential();
        let same = |one: &&mut Absence| one.what == what && one.kernels == kernels;
        match found.iter_mut().find(same) {
            Some(one) if one.span != need.span => one.more.push(need.span),
            Some(_) => {}
            None => found.push(Absence {
                span: need.span,
                more: Vec::new(),
                instead: instead(&what, &absent, supported)?,
                what,
                kernels,
            }),
        }
    }
    Ok(found)
}

/// What kernels that lack a field have in its place: one whose name differs by underscores alone, as
/// `__state` and `state`.
fn instead(
    what: &Question,
    lacking: &KernelSet,
    supported: &Supported<'_>,
) -> Result<Option<String>> {
    let Question::Field(record, path) = what else {
        return Ok(None);
    };
    let (around, name) = match path.rsplit_once('.') {
        Some((around, name)) => (format!("{around}."), name),
        None => (String::new(), path.as_str()),
    };
    let bare = name.trim_start_matches('_');
    for other in ["", "_", "__"].map(|before| format!("{before}{bare}")) {
        if other == name {
            continue;
        }
        let history = supported.field(record, &format!("{around}{other}"))?;
        let has = history
            .values
            .iter()
            .find(|(_, set)| !set.intersection(lacking).is_empty());
        if let Some((Field { type_text, .. }, _)) = has {
            return Ok(Some(format!("`{type_text} {other}`")));
        }
    }
    Ok(None)
}

fn presence<T>(history: &History<T>) -> History<()> {
    let has = sets(&history.values);
    History {
        values: if has.is_empty() {
            Vec::new()
        } else {
            vec![((), has)]
        },
        absent: history.absent.clone(),
    }
}

/// The kernels of all values.
pub(super) fn sets<T>(values: &[(T, KernelSet)]) -> KernelSet {
    let sets = values.iter().map(|(_, set)| set);
    sets.fold(KernelSet::default(), |all, set| all.union(set))
}
