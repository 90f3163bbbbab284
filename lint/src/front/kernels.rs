//! What a source asks of the kernel that it runs on, and what the supported kernels have: for the front
//! ends of C and Rust.

use std::borrow::Cow;
use std::rc::Rc;

use anyhow::Result;
use bpf_core_catalogue::{Field, History, KernelSet};
use bpf_core_kernel_facts::flavour::essential_name;

use crate::known::{At, Hook, Supported};
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

/// A value, and the kernels that have it.
#[derive(Clone, Debug)]
pub struct Several {
    /// The value.
    pub value: i64,
    /// The kernels, in words.
    pub kernels: String,
}

/// What the supported kernels say of a layout that is written into a program.
#[derive(Clone, Debug, Default)]
pub enum Layout {
    /// Nothing: the name is not known.
    #[default]
    Unknown,
    /// No kernel has a type of that name, so it is the program's own.
    Own,
    /// All have it alike.
    Same,
    /// They differ: what of, in words, and where it is.
    Differs(String, Vec<Several>),
}

/// The field that a constant offset leads to.
#[derive(Clone, Debug)]
pub struct Target {
    /// The offset.
    pub byte: i64,
    /// The struct.
    pub record: String,
    /// The field. `None` if no supported kernel has one there.
    pub field: Option<String>,
    /// Where it is on the supported kernels.
    pub places: Vec<Several>,
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

    /// The kernels on which it holds, as far as that can be told.
    pub(super) fn holds_on(&self, supported: &Supported<'_>) -> Result<KernelSet> {
        let answers = self.question.answers(supported)?;
        Ok(match self.exists {
            true => sets(&answers.values),
            false => answers.absent,
        })
    }
}

impl Question {
    /// Whether some supported kernel lacks it, as far as that can be told.
    pub(super) fn is_lacking(&self, supported: &Supported<'_>) -> Result<bool> {
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

    fn essential(&self) -> Self {
        match self {
            Self::Field(record, path) => Self::Field(essential_name(record).into(), path.clone()),
            Self::Type(name) => Self::Type(essential_name(name).into()),
            Self::Enumerator(of, name) => {
                Self::Enumerator(essential_name(of).into(), essential_name(name).into())
            }
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
            Self::Either(a, b) => {
                let all = || supported.kernels().clone();
                let a = holding(a.iter(), all(), supported)?;
                let has = a.union(&holding(b.iter(), all(), supported)?);
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

/// The values that supported kernels have, if they have several.
pub(super) fn several(supported: &Supported<'_>, history: &History<u64>) -> Vec<Several> {
    words(supported, &supported.several(history))
}

/// Where the supported kernels have a member of a struct, or, without a path, how large the struct is.
pub(super) fn layout(supported: &Supported<'_>, record: &str, path: &str) -> Result<Layout> {
    let sizes = supported.size(record)?;
    if sizes.values.is_empty() {
        return Ok(Layout::Own);
    }
    let (what, history) = match path {
        "" => (format!("the size of `{record}`"), sizes),
        _ => {
            let name = format!("`{path}` of `{record}`");
            (name, offsets(&supported.field(record, path)?))
        }
    };
    let lacking = history
        .absent
        .intersection(&supported.where_known(&history));
    let values = several(supported, &history);
    Ok(match values.len() {
        0 => Layout::Unknown,
        1 if lacking.is_empty() => Layout::Same,
        _ => Layout::Differs(what, values),
    })
}

/// The field that a byte of a struct is in. `like` are the words of the program for it.
pub(super) fn target(
    supported: &Supported<'_>,
    record: &str,
    byte: i64,
    like: &[&str],
) -> Result<Option<Target>> {
    let Ok(byte) = u32::try_from(byte) else {
        return Ok(None);
    };
    if supported.size(record)?.values.is_empty() {
        return Ok(None);
    }
    let found = supported.members_at(record, byte)?;
    let names = names_in(like);
    let meant = found
        .iter()
        .find(|(at, _)| at.is_start && at.is_named(&names));
    let mut field = meant.map(|(at, _)| at.name.clone());
    for name in names.iter().filter(|name| *name != record) {
        if field.is_none() && !supported.field(record, name)?.values.is_empty() {
            field = Some(name.clone());
        }
    }
    let field = match field {
        Some(field) => Some(field),
        None => path_at(supported, record, byte, &found, (&names, 0))?,
    };
    let mut places = match &field {
        // Of all architectures: an object is for each of them.
        Some(field) => words(supported, &offsets(&supported.field(record, field)?).values),
        None => Vec::new(),
    };
    // What the program has comes first.
    places.sort_by_key(|one| one.value != i64::from(byte));
    Ok(Some(Target {
        byte: i64::from(byte),
        record: record.to_owned(),
        field,
        places,
    }))
}

/// Structs in structs that are looked into.
const MAX_DEPTH: usize = 4;

/// The field at a byte, with the structs that it is in: `__sk_common.skc_family`. `found` are the members there.
fn path_at(
    supported: &Supported<'_>,
    record: &str,
    byte: u32,
    found: &[(At, KernelSet)],
    (names, depth): (&[String], usize),
) -> Result<Option<String>> {
    let starts = || found.iter().filter(|(at, _)| at.is_start);
    let meant = starts().find(|(at, _)| at.is_named(names));
    let Some((at, _)) = meant.or_else(|| starts().next()).or(found.first()) else {
        return Ok(None);
    };
    if at.is_start || depth == MAX_DEPTH {
        return Ok(Some(at.name.clone()));
    }
    let history = supported.field(record, &at.name)?;
    let before = history
        .values
        .iter()
        .filter(|(field, _)| field.bit_offset / 8 <= byte);
    let Some((field, _)) = before.max_by_key(|(_, kernels)| kernels.len()) else {
        return Ok(Some(at.name.clone()));
    };
    let text = field.type_text.as_str();
    let inner = text.strip_prefix("struct ").or(text.strip_prefix("union "));
    let inner = match inner {
        Some(inner) => {
            let byte = byte - field.bit_offset / 8;
            let found = supported.members_at(inner, byte)?;
            path_at(supported, inner, byte, &found, (names, depth + 1))?
        }
        None => None,
    };
    Ok(Some(match inner {
        Some(inner) => format!("{}.{inner}", at.name),
        None => at.name.clone(),
    }))
}

/// The names that the words of a program may hold, the longest first: `TASK_REAL_PARENT` holds
/// `real_parent`.
pub(crate) fn names_in(words: &[&str]) -> Vec<String> {
    const OTHERS: &[&str] = &["off", "offs", "offset", "of"];
    let mut names = Vec::new();
    for word in words {
        let lower = word.to_lowercase();
        let parts: Vec<&str> = lower.split('_').filter(|part| !part.is_empty()).collect();
        for len in (1..=parts.len()).rev() {
            let runs = parts.windows(len).map(|run| run.join("_"));
            names.extend(runs.filter(|name| !OTHERS.contains(&name.as_str())));
        }
    }
    names
}

/// The byte that a field is at, on the kernels that have it.
fn offsets(history: &History<Field>) -> History<u64> {
    let mut values: Vec<(u64, KernelSet)> = Vec::new();
    for (field, set) in &history.values {
        let byte = u64::from(field.bit_offset / 8);
        match values.iter_mut().find(|(other, _)| *other == byte) {
            Some((_, all)) => *all = all.union(set),
            None => values.push((byte, set.clone())),
        }
    }
    History {
        values,
        absent: history.absent.clone(),
    }
}

fn words(supported: &Supported<'_>, values: &[(u64, KernelSet)]) -> Vec<Several> {
    let judged = sets(values);
    let values = values.iter().map(|(value, set)| Several {
        value: value.cast_signed(),
        kernels: supported.words(&judged, set),
    });
    values.collect()
}

/// The needs that not all supported kernels meet where they are. `always` is what holds in all of the file.
pub(super) fn absences<'v>(
    needs: impl Iterator<Item = Need<'v>>,
    always: &[Guard],
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
        let absent = history.absent.intersection(&judged);
        let absent = holding(always.iter().chain(&*need.guards), absent, supported)?;
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

/// Those of some kernels on which guards hold. None, where one of them may depend on something else.
pub(super) fn holding<'g>(
    guards: impl Iterator<Item = &'g Guard>,
    mut kernels: KernelSet,
    supported: &Supported<'_>,
) -> Result<KernelSet> {
    for guard in guards {
        kernels = kernels.intersection(&guard.holds_on(supported)?);
    }
    Ok(kernels)
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

/// Whether no supported kernel gets to where guards hold, as far as that can be told.
pub(super) fn is_dead(guards: &[Guard], supported: &Supported<'_>) -> Result<bool> {
    let decided = guards.iter().filter(|guard| guard.question.is_decided());
    Ok(holding(decided, supported.kernels().clone(), supported)?.is_empty())
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
