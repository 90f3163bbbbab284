//! What a program asks the loader for, or about, and which of the supported kernels have it.

use std::rc::Rc;

use anyhow::Result;
use bpf_core_catalogue::{Field, Form, History, KernelSet};
use bpf_core_kernel_facts::flavour::essential_name;

use super::supported::sets;
use super::{Hook, Supported};

/// A thing that a program asks the loader for, or about. Types are named with their flavour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A member of a struct or union: `a.b`. The program declares it in a form, if that is known: a loader does
    /// not find it in another.
    Field(Rc<str>, String, Option<Form>),
    /// A type.
    Type(Rc<str>),
    /// An enumerator, by the name of its enum. That is empty if it has none.
    Enumerator(Rc<str>, Rc<str>),
    /// Whether all of the first guards hold, or all of the second.
    Either(Vec<Guard>, Vec<Guard>),
    /// A tracepoint, by its name without a category.
    Tracepoint(Rc<str>),
    /// A kernel before this version, as `KERNEL_VERSION(6, 9, 0)` writes it.
    Before(u32),
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

impl Guard {
    /// One of which nobody knows on which kernels it holds.
    #[must_use]
    pub fn other() -> Self {
        Self {
            question: Rc::new(Question::Other),
            exists: true,
        }
    }

    /// The kernels on which it holds, as far as that can be told.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn holds_on(&self, supported: &Supported<'_>) -> Result<KernelSet> {
        let answers = self.question.answers(supported)?;
        Ok(match self.exists {
            true => sets(&answers.values),
            false => answers.absent,
        })
    }
}

impl Question {
    /// Whether some supported kernel lacks it, as far as that can be told.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn is_lacking(&self, supported: &Supported<'_>) -> Result<bool> {
        let history = self.answers(supported)?;
        let judged = supported.where_known(&history);
        Ok(!history.absent.intersection(&judged).is_empty())
    }

    /// Whether the kernel alone answers it.
    fn is_decided(&self) -> bool {
        match self {
            Self::Other => false,
            Self::Enumerator(of, _) => !of.is_empty(),
            Self::Either(a, b) => a.iter().chain(b).all(|one| one.question.is_decided()),
            _ => true,
        }
    }

    /// The same without flavours.
    #[must_use]
    pub fn essential(&self) -> Self {
        match self {
            Self::Field(record, path, form) => {
                Self::Field(essential_name(record).into(), path.clone(), form.clone())
            }
            Self::Type(name) => Self::Type(essential_name(name).into()),
            Self::Enumerator(of, name) => {
                Self::Enumerator(essential_name(of).into(), essential_name(name).into())
            }
            other => other.clone(),
        }
    }

    /// The kernels that have it and those that lack it. Neither, where that cannot be told.
    pub(super) fn answers(&self, supported: &Supported<'_>) -> Result<History<()>> {
        Ok(match self {
            Self::Field(record, path, form) => {
                presence(&in_form(supported.field(record, path)?, form.as_ref()))
            }
            Self::Type(name) => presence(&supported.size(name)?),
            Self::Enumerator(of, name) if !of.is_empty() => {
                presence(&supported.enumerator(of, name)?)
            }
            Self::Either(a, b) => {
                let all = || supported.kernels().clone();
                let a = supported.holding(a.iter(), all())?;
                let has = a.union(&supported.holding(b.iter(), all())?);
                let absent = all().iter().filter(|at| !has.contains(*at)).collect();
                History {
                    values: vec![((), has)],
                    absent,
                }
            }
            Self::Tracepoint(name) => {
                let versions = supported.prototypes(&Hook::Tracepoint(name.to_string()))?;
                let has = versions.iter().map(|(_, set)| set);
                let has = has.fold(KernelSet::default(), |all, set| all.union(set));
                match has.is_empty() {
                    // Those of system calls have no type of their own, and are everywhere.
                    true => supported.before(u32::MAX),
                    false => supported.only(has),
                }
            }
            Self::Before(code) => supported.before(*code),
            Self::Enumerator(..) | Self::Other => History {
                values: Vec::new(),
                absent: KernelSet::default(),
            },
        })
    }
}

impl Supported<'_> {
    /// Those of some kernels on which guards hold. None, where one of them may depend on something else.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn holding<'g>(
        &self,
        guards: impl Iterator<Item = &'g Guard>,
        mut kernels: KernelSet,
    ) -> Result<KernelSet> {
        for guard in guards {
            kernels = kernels.intersection(&guard.holds_on(self)?);
        }
        Ok(kernels)
    }

    /// Whether no supported kernel gets to where guards hold, as far as that can be told.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn is_dead(&self, guards: &[Guard]) -> Result<bool> {
        let decided = guards.iter().filter(|guard| guard.question.is_decided());
        Ok(self.holding(decided, self.kernels().clone())?.is_empty())
    }
}

/// What kernels have in a form. Those that have it in another lack it.
fn in_form(history: History<Field>, form: Option<&Form>) -> History<Field> {
    let Some(form) = form else { return history };
    let fits = |(field, _): &(Field, KernelSet)| field.form.stands_for(form);
    let (values, others): (Vec<_>, Vec<_>) = history.values.into_iter().partition(fits);
    let has = sets(&values);
    History {
        absent: history.absent.union(&sets(&others).difference(&has)),
        values,
    }
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
