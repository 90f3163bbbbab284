//! `cargo xtask kernels enumerators`: the enumerators of the pinned kernels that move from one to the next,
//! and those of enums without a name, for `kernel-facts`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use bpf_core_btf::{Btf, Kind, Type};
use setup::process::say;
use setup::workspace;

use crate::fetch::Fetcher;
use crate::pin::{self, Architecture, Pin};

/// An enum, or `-` for one without a name, and an enumerator.
type Name = (String, String);

/// What kernels say of an enumerator.
#[derive(Default)]
struct Values {
    /// Of each kernel, from the oldest to the newest.
    told: Vec<(Architecture, i64)>,
    /// A kernel has several enums of the name, and they disagree. Then nobody can say which is meant.
    is_ambiguous: bool,
}

fn file() -> PathBuf {
    workspace::root().join("kernel-facts/src/generated/enumerators.txt")
}

/// Writes the file anew. It has all pinned kernels, or it is not written.
pub(crate) fn make() -> Result<()> {
    let mut pins = pin::all()?;
    pins.sort_by(|a, b| a.kernel.release().cmp(&b.kernel.release()));
    let mut fetcher = Fetcher::default();
    let mut all: BTreeMap<Name, Values> = BTreeMap::new();
    for pin in &pins {
        match fetcher.image(pin)? {
            Ok(image) => read(pin, &image, &mut all).with_context(|| pin.kernel.to_string())?,
            Err(why) => bail!("{}: {why}", pin.kernel),
        }
    }
    let text = text(&all);
    let (kernels, lines) = (pins.len(), text.lines().count());
    fs::write(file(), text)?;
    say(format_args!(
        "{lines} enumerators of {kernels} kernels: {}",
        file().display()
    ));
    Ok(())
}

fn read(pin: &Pin, image: &std::path::Path, all: &mut BTreeMap<Name, Values>) -> Result<()> {
    for types in bpf_core_kernel_files::read(image)? {
        let btf = Btf::parse(&types.vmlinux)?;
        let mut of_kernel: BTreeMap<Name, Vec<i64>> = BTreeMap::new();
        for ty in btf.types() {
            let of = match ty.name() {
                "" => "-",
                name => name,
            };
            for enumerator in ty.enumerators() {
                let name = (of.to_owned(), enumerator.name.to_owned());
                let values = of_kernel.entry(name).or_default();
                values.push(value(&ty, enumerator.value));
            }
        }
        for (name, found) in of_kernel {
            let values = all.entry(name).or_default();
            values.is_ambiguous |= found.iter().any(|value| *value != found[0]);
            values.told.push((pin.kernel.architecture, found[0]));
        }
    }
    Ok(())
}

/// The value as C has it: BTF's older kind has 32 bits, whether they have a sign or not.
fn value(of: &Type<'_>, value: u64) -> i64 {
    match of.kind() {
        Kind::Enum if !of.kind_flag() => i64::from(value as u32),
        _ => value.cast_signed(),
    }
}

/// A line for each: the enum, the enumerator, and its values, the newest kernel's first.
fn text(all: &BTreeMap<Name, Values>) -> String {
    let mut text = String::new();
    for ((of, name), values) in all {
        let moves = moves(values);
        if of != "-" && !moves {
            continue;
        }
        let mut different: Vec<i64> = Vec::new();
        for (_, value) in values.told.iter().rev() {
            if !different.contains(value) {
                different.push(*value);
            }
        }
        if !moves {
            different.truncate(1);
        }
        let _ = write!(text, "{of} {name}");
        for value in different {
            let _ = write!(text, " {value}");
        }
        text.push('\n');
    }
    text
}

/// Whether two kernels of one architecture disagree: an object is made for one.
fn moves(values: &Values) -> bool {
    let by_kernel = Architecture::ALL.iter().any(|architecture| {
        let of_it = values.told.iter().filter(|(of, _)| of == architecture);
        // Before 6.0 BTF does not tell whether an enum of 32 bits has a sign.
        let mut of_it = of_it.map(|(_, value)| *value as u32);
        let first = of_it.next();
        of_it.any(|other| Some(other) != first)
    });
    by_kernel && !values.is_ambiguous
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Architecture, Values, text};

    #[test]
    fn a_named_enumerator_is_there_if_it_moves() {
        use Architecture::{Amd64, Arm64};
        let named = |of: &str, name: &str| (of.to_owned(), name.to_owned());
        let told = |told| Values {
            told,
            is_ambiguous: false,
        };
        let all = BTreeMap::from([
            (named("state", "MOVES"), told(vec![(Amd64, 1), (Amd64, 2)])),
            (named("state", "STAYS"), told(vec![(Amd64, 3), (Amd64, 3)])),
            (
                named("state", "BY_MACHINE"),
                told(vec![(Amd64, 4), (Arm64, 5)]),
            ),
            (
                named("state", "TWICE"),
                Values {
                    told: vec![(Amd64, 1), (Amd64, 2)],
                    is_ambiguous: true,
                },
            ),
            (named("-", "UNNAMED"), told(vec![(Amd64, 6), (Arm64, 7)])),
            (
                named("-", "UNNAMED_MOVES"),
                told(vec![(Arm64, -1), (Arm64, 9)]),
            ),
        ]);
        assert_eq!(
            text(&all),
            "- UNNAMED 7\n- UNNAMED_MOVES 9 -1\nstate MOVES 2 1\n"
        );
    }
}
