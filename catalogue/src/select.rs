//! Chooses kernels by texts that people write: `>=5.10`, `6.1`, `arm64`, `cloud`, `debian`, a release.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use thiserror::Error;

use crate::architecture::debian_architecture;
use crate::kernel::Kernel;
use crate::set::KernelSet;

/// The word for the kernels without a flavour.
const NO_FLAVOUR: &str = "default";

/// Why texts choose no kernels.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SelectError {
    /// It begins like a version, and is none.
    #[error(
        "`{0}` is no version of a kernel: write `6.1`, `6.1.176`, `>=5.10`, `>=5.10,<6.12` or `5.10..6.1`"
    )]
    Version(String),
    /// No known kernel has this architecture, flavour, distribution or release.
    #[error(
        "`{text}` is no known kernel, architecture, flavour or distribution: write {}, or a version such as `>=5.10`",
        quoted(words)
    )]
    Word {
        /// The text.
        text: String,
        /// The words that are known.
        words: Vec<String>,
    },
    /// No known kernel has such a version.
    #[error("no known kernel is `{text}`: they are {oldest} to {newest}")]
    NoSuchVersion {
        /// The text.
        text: String,
        /// The oldest known kernel.
        oldest: String,
        /// The newest one.
        newest: String,
    },
    /// Each text has kernels, and no kernel has all of them.
    #[error("no known kernel is all of {}", quoted(.0))]
    NoneLeft(Vec<String>),
}

fn quoted(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// The kernels that the texts choose; all of them without a text.
///
/// | text | kernels |
/// |---|---|
/// | `6.1`, `6.1.176` | of this series, of this version |
/// | `5.10..6.1` | of these series and those between |
/// | `>=5.10,<6.12` | for which all of it holds |
/// | `>=5.10`, `<6.12` | for which all such texts hold |
/// | `arm64` or `aarch64`, `rt`, `debian` | of this architecture, flavour, distribution |
/// | `default` | of no flavour |
/// | `6.1.0-50-cloud-amd64`, `6.1.176-1` | of this release, of this version of a package |
///
/// Texts of one kind are alternatives: `arm64` and `amd64` choose the kernels of both. A kernel has to be
/// chosen by every kind that there is: `>=5.10` and `arm64` choose those for arm64 from 5.10 on.
///
/// # Errors
/// When a text means nothing, or nothing that is known.
pub fn select(kernels: &[Kernel], texts: &[&str]) -> Result<KernelSet, SelectError> {
    let mut kinds: [Option<KernelSet>; 4] = Default::default();
    let mut bounds: Option<KernelSet> = None;
    for text in texts.iter().map(|text| text.trim()) {
        let (kind, set) = chosen(kernels, text)?;
        if text.starts_with(['<', '>']) && !text.contains(',') {
            bounds = Some(bounds.map_or(set.clone(), |all| all.intersection(&set)));
        } else {
            let all = kinds[kind as usize].get_or_insert_default();
            *all = all.union(&set);
        }
    }
    if let Some(bounds) = bounds {
        let versions = kinds[Kind::Version as usize].get_or_insert_default();
        *versions = versions.union(&bounds);
    }
    let all = KernelSet::first(kernels.len());
    let set = kinds
        .iter()
        .flatten()
        .fold(all, |all, of_kind| all.intersection(of_kind));
    if set.is_empty() && !texts.is_empty() {
        let texts = texts.iter().map(|text| (*text).to_owned());
        return Err(SelectError::NoneLeft(texts.collect()));
    }
    Ok(set)
}

#[derive(Clone, Copy)]
enum Kind {
    Version,
    Architecture,
    Flavour,
    Distribution,
}

/// The kernels that one text chooses, and what it speaks of.
fn chosen(kernels: &[Kernel], text: &str) -> Result<(Kind, KernelSet), SelectError> {
    let with = |is: &dyn Fn(&Kernel) -> bool| -> KernelSet {
        let numbered = kernels.iter().enumerate();
        numbered
            .filter(|(_, kernel)| is(kernel))
            .map(|(at, _)| at)
            .collect()
    };
    let names = with(&|kernel| kernel.release == text || kernel.version == text);
    if !text.is_empty() && !names.is_empty() {
        return Ok((Kind::Version, names));
    }
    let is_version =
        text.starts_with(|first: char| first.is_ascii_digit() || "<>=.".contains(first));
    if is_version && !text.contains(['-', '+']) {
        let range = Range::parse(text).ok_or_else(|| SelectError::Version(text.to_owned()))?;
        let set = with(&|kernel| range.contains(kernel.numbers()));
        return if set.is_empty() {
            Err(no_such_version(kernels, text))
        } else {
            Ok((Kind::Version, set))
        };
    }
    let architecture = debian_architecture(text);
    let flavour = if text == NO_FLAVOUR { "" } else { text };
    let found = [
        (
            Kind::Architecture,
            with(&|kernel| kernel.architecture == architecture),
        ),
        (Kind::Flavour, with(&|kernel| kernel.flavour == flavour)),
        (
            Kind::Distribution,
            with(&|kernel| kernel.distribution == text),
        ),
    ];
    let mut found = found.into_iter();
    let found = found.find(|(_, set)| !set.is_empty() && !text.is_empty());
    found.ok_or_else(|| SelectError::Word {
        text: text.to_owned(),
        words: words(kernels),
    })
}

/// Architectures, then flavours, then distributions.
fn words(kernels: &[Kernel]) -> Vec<String> {
    let of = |part: fn(&Kernel) -> &String| -> BTreeSet<&String> {
        kernels
            .iter()
            .map(part)
            .filter(|word| !word.is_empty())
            .collect()
    };
    let flavours = of(|kernel| &kernel.flavour);
    let words = of(|kernel| &kernel.architecture).into_iter().cloned();
    words
        .chain([NO_FLAVOUR.to_owned()])
        .chain(flavours.into_iter().cloned())
        .chain(of(|kernel| &kernel.distribution).into_iter().cloned())
        .collect()
}

fn no_such_version(kernels: &[Kernel], text: &str) -> SelectError {
    let name = |numbers: Option<[u32; 3]>| {
        let [major, minor, patch] = numbers.unwrap_or_default();
        format!("{major}.{minor}.{patch}")
    };
    SelectError::NoSuchVersion {
        text: text.to_owned(),
        oldest: name(kernels.iter().map(Kernel::numbers).min()),
        newest: name(kernels.iter().map(Kernel::numbers).max()),
    }
}

/// Whether a version may compare so.
type Holds = fn(Ordering) -> bool;

/// Conditions on a version that hold together.
struct Range(Vec<(Holds, Vec<u32>)>);

impl Range {
    fn parse(text: &str) -> Option<Self> {
        if let Some((first, last)) = text.split_once("..") {
            let conditions = vec![
                (Ordering::is_ge as Holds, version(first)?),
                (Ordering::is_le, version(last)?),
            ];
            return Some(Self(conditions));
        }
        let conditions = text.split(',').map(|part| condition(part.trim()));
        conditions.collect::<Option<_>>().map(Self)
    }

    /// A condition speaks of as many numbers as it has: 6.1.176 is not above 6.1.
    fn contains(&self, numbers: [u32; 3]) -> bool {
        self.0
            .iter()
            .all(|(holds, than)| holds(numbers[..than.len()].cmp(than)))
    }
}

fn condition(text: &str) -> Option<(Holds, Vec<u32>)> {
    let operators: [(&str, Holds); 5] = [
        (">=", Ordering::is_ge),
        ("<=", Ordering::is_le),
        (">", Ordering::is_gt),
        ("<", Ordering::is_lt),
        ("=", Ordering::is_eq),
    ];
    let (holds, rest) = operators
        .iter()
        .find_map(|(operator, holds)| Some((*holds, text.strip_prefix(operator)?)))
        .unwrap_or((Ordering::is_eq, text));
    Some((holds, version(rest)?))
}

/// One to three numbers.
fn version(text: &str) -> Option<Vec<u32>> {
    let numbers = text.trim().split('.').map(|number| number.parse().ok());
    let numbers: Vec<u32> = numbers.collect::<Option<_>>()?;
    (numbers.len() <= 3).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernels() -> Vec<Kernel> {
        let kernel = |release: &str, version: &str, architecture: &str, flavour: &str| Kernel {
            version: version.to_owned(),
            flavour: flavour.to_owned(),
            distribution: "debian".to_owned(),
            ..Kernel::new(release, architecture)
        };
        let mut kernels = vec![
            kernel("5.10.0-46-amd64", "5.10.262-1", "amd64", ""),
            kernel("6.1.0-50-cloud-amd64", "6.1.176-1", "amd64", "cloud"),
            kernel("6.1.0-56-rt-amd64", "6.1.192-2", "amd64", "rt"),
            kernel("6.12.117+deb13-cloud-arm64", "6.12.117-1", "arm64", "cloud"),
            kernel("7.3.4+deb13-arm64", "7.3.4-1~bpo13+1", "arm64", ""),
        ];
        kernels[4].distribution = "own".to_owned();
        kernels
    }

    fn is(texts: &[&str], expected: &[usize]) {
        let set = select(&kernels(), texts).map(|set| set.iter().collect::<Vec<_>>());
        assert_eq!(set.as_deref(), Ok(expected), "{texts:?}");
    }

    #[test]
    fn versions() {
        is(&[], &[0, 1, 2, 3, 4]);
        is(&["6.1"], &[1, 2]);
        is(&["6"], &[1, 2, 3]);
        is(&["6.1.176"], &[1]);
        is(&["=6.1"], &[1, 2]);
        is(&[">=6.1"], &[1, 2, 3, 4]);
        is(&[">6.1"], &[3, 4]);
        is(&["<=6.1"], &[0, 1, 2]);
        is(&["<6.1.192"], &[0, 1]);
        is(&[">= 5.10 , < 6.12"], &[0, 1, 2]);
        is(&["6.1..6.12"], &[1, 2, 3]);
        is(&["6.1.0-50-cloud-amd64"], &[1]);
        is(&["6.1.176-1"], &[1]);
    }

    #[test]
    fn one_kind_is_a_choice_and_two_are_a_condition() {
        is(&["arm64"], &[3, 4]);
        is(&["aarch64"], &[3, 4]);
        is(&["amd64", "arm64"], &[0, 1, 2, 3, 4]);
        is(&["cloud", "rt"], &[1, 2, 3]);
        is(&["default"], &[0, 4]);
        is(&["debian", "arm64"], &[3]);
        is(&[">=6.1", "amd64", "cloud"], &[1]);
        is(&[">=6.1", "<7"], &[1, 2, 3]);
        is(&["5.10", ">=6.12"], &[0, 3, 4]);
        is(&["5.10", ">=6.1,<6.2"], &[0, 1, 2]);
    }

    fn error(texts: &[&str]) -> String {
        select(&kernels(), texts).map_or_else(|error| error.to_string(), |set| format!("{set:?}"))
    }

    #[test]
    fn what_means_nothing_is_told() {
        for bad in [
            "6.x",
            ">=",
            ">=a",
            "6.1.2.3",
            "6.1..",
            "=>5.10",
            ">=5.10,",
            "..6.1",
            "6.1.0-51-amd64",
        ] {
            assert!(
                error(&[bad]).contains(&format!("`{bad}`")),
                "{}",
                error(&[bad])
            );
        }
        assert_eq!(
            error(&["sparc"]),
            "`sparc` is no known kernel, architecture, flavour or distribution: write `amd64`, `arm64`, \
             `default`, `cloud`, `rt`, `debian`, `own`, or a version such as `>=5.10`"
        );
        assert!(error(&[""]).starts_with("`` is no known kernel"));
        assert_eq!(
            error(&[">=8"]),
            "no known kernel is `>=8`: they are 5.10.262 to 7.3.4"
        );
        assert_eq!(
            error(&["rt", "arm64"]),
            "no known kernel is all of `rt`, `arm64`"
        );
        assert_eq!(
            error(&["<6", ">7.1"]),
            "no known kernel is all of `<6`, `>7.1`"
        );
    }
}
