//! Functions that one link probes together: by a name, or by a pattern over `/proc/kallsyms`.

use bpf_core_catalogue::KernelSet;

use super::in_modules;
use crate::finding::Effect;
use crate::visits::Cases;
use crate::{CheckError, Scene};

pub(super) fn check(scene: &Scene<'_>, pattern: &str, cases: &mut Cases) -> Result<(), CheckError> {
    let catalogue = scene.catalogue;
    // A kernel that is built without has the second function all the same.
    let without = catalogue.symbol("register_fprobe_ips")?.absent();
    let link = catalogue.symbol("bpf_kprobe_multi_link_attach")?;
    let has = "it is built without `CONFIG_FPROBE`, which such a link needs";
    let without = without.intersection(&link.present);
    cases.add(&without, Effect::NotAttached, has);
    // The attach type is judged by itself.
    cases.are_well(&link.absent());
    let symbol = if pattern.contains(['*', '?']) {
        let start = pattern.split(['*', '?']).next().unwrap_or_default();
        catalogue.symbols(start, |name| fits(pattern.as_bytes(), name.as_bytes()))?
    } else {
        catalogue.symbol(pattern)?
    };
    cases.are_well(&symbol.code.difference(&symbol.unprobeable));
    in_modules(scene, &symbol.modules, &Effect::NotAttached, cases);
    if symbol.present.is_empty() && symbol.modules.is_empty() {
        let has = "no kernel that is known has one: a loader may choose another target";
        cases.add(scene.kernels, Effect::Unknown, has);
    }
    let refused = "kprobes are refused there";
    cases.add(&symbol.unprobeable, Effect::NotAttached, refused);
    cases.add(&symbol.absent(), Effect::NotAttached, "");
    let unknown: KernelSet = scene.kernels.difference(&symbol.known);
    cases.add(&unknown, Effect::Unknown, "its symbols are not known");
    Ok(())
}

/// Whether a name fits a pattern: `*` stands for any text, `?` for one letter.
///
/// Source: `glob_match` in `libbpf.c`.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut in_name) = (0, 0);
    // Where the last `*` is, and the letter behind what it stands for.
    let mut star = None;
    while in_name < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, in_name));
                at += 1;
            }
            Some(letter) if *letter == b'?' || *letter == name[in_name] => {
                (at, in_name) = (at + 1, in_name + 1);
            }
            _ => {
                let Some((of, end)) = star else { return false };
                star = Some((of, end + 1));
                (at, in_name) = (of + 1, end + 1);
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn names_fit_patterns() {
        for (pattern, name, expected) in [
            ("vfs_*", "vfs_read", true),
            ("*_read", "vfs_read", true),
            ("*_re*d", "vfs_read_or_said", true),
            ("vfs_rea?", "vfs_read", true),
            ("vfs_*", "vfs", false),
            ("vfs_read", "vfs_readv", false),
            ("?fs_read", "fs_read", false),
        ] {
            assert_eq!(
                fits(pattern.as_bytes(), name.as_bytes()),
                expected,
                "{pattern} {name}"
            );
        }
    }
}
