//! `cargo xtask kernels pin`: the pins that the mirror has no more, replaced by what it has.

use std::fs;

use anyhow::Result;

use setup::process::say;

use crate::pin::{self, Pin};
use crate::served::served;

/// Writes `kernels/SHA256SUMS` anew, for a person to look at and commit.
pub(crate) fn renew_pins() -> Result<()> {
    let pins = pin::all()?;
    let served: Vec<Pin> = served()?
        .into_iter()
        .filter_map(|package| Pin::new(package).ok())
        .collect();
    let mut renewed: Vec<Pin> = Vec::new();
    for pin in &pins {
        match successor(pin, &served) {
            None => say(format_args!(
                "{}: nothing like it is served any more",
                pin.kernel
            )),
            Some(other) if renewed.iter().any(|pin| pin.kernel == other.kernel) => {
                say(format_args!(
                    "{}: gone, and {} is pinned already",
                    pin.kernel, other.kernel
                ))
            }
            Some(other) => {
                if other != pin {
                    say(format_args!("{}: now {}", pin.kernel, other.kernel));
                }
                renewed.push(other.clone());
            }
        }
    }
    renewed.sort_by(|a, b| a.kernel.cmp(&b.kernel));
    let text: String = renewed.iter().map(|pin| format!("{pin}\n")).collect();
    fs::write(pin::file(), text)?;
    say(format_args!(
        "{} kernels in {}",
        renewed.len(),
        pin::file().display()
    ));
    Ok(())
}

/// The pin itself if it is served, else the next release of its series, else the last one.
fn successor<'served>(pin: &Pin, served: &'served [Pin]) -> Option<&'served Pin> {
    let same = served.iter().find(|other| *other == pin);
    let of_series = || {
        served.iter().filter(|other| {
            let (other, pin) = (&other.kernel, &pin.kernel);
            (other.architecture, &other.flavour, other.series())
                == (pin.architecture, &pin.flavour, pin.series())
        })
    };
    let next = || {
        let later = of_series().filter(|other| other.kernel >= pin.kernel);
        later.min_by(|a, b| a.kernel.cmp(&b.kernel))
    };
    let last = || of_series().max_by(|a, b| a.kernel.cmp(&b.kernel));
    same.or_else(next).or_else(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Archive;
    use crate::package::Package;

    fn pin(release: &str, version: &str, digit: &str) -> Pin {
        let path = format!("pool/main/l/linux/linux-image-{release}_{version}_amd64.deb");
        let package = Package::new(&digit.repeat(64), Archive::Main, &path);
        package.and_then(Pin::new).unwrap()
    }

    #[test]
    fn a_gone_pin_is_followed_by_the_next_of_its_series() {
        let name = |pin: Option<&Pin>| pin.map(|pin| pin.kernel.to_string());
        let served = [
            pin("a-cloud-amd64", "6.1.190-1", "1"),
            pin("b-cloud-amd64", "6.1.200-1", "2"),
            pin("c-rt-amd64", "6.1.180-1", "3"),
            pin("d-cloud-amd64", "6.12.1-1", "4"),
        ];
        let gone = |version| name(successor(&pin("x-cloud-amd64", version, "0"), &served));
        assert_eq!(gone("6.1.176-1").as_deref(), Some("6.1.190-1-amd64-cloud"));
        assert_eq!(gone("6.1.300-1").as_deref(), Some("6.1.200-1-amd64-cloud"));
        assert_eq!(gone("5.10.1-1"), None);
        assert_eq!(successor(&served[1], &served), Some(&served[1]));
    }
}
