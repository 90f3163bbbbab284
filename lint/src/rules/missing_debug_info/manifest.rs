//! `missing-debug-info` in build files.

use super::BUILD_WITH_DEBUG_INFO;

use crate::front::manifest::{Command, Commands, Debug, Package, Profile};
use crate::rules::finding::{Applicability, Edit, Finding, Fix};
use crate::span::Span;

pub(super) fn check_package(view: &Package, findings: &mut Vec<Finding>) {
    // `aya-build` passes its own flags behind those of the profile.
    if view.has_aya_build {
        return;
    }
    let linker = view
        .configuration
        .linker
        .as_ref()
        .map(|(name, _)| name.as_str())
        .unwrap_or("bpf-linker");
    let is_ours = linker
        .rsplit('/')
        .next()
        .is_some_and(|name| name.starts_with("bpf-core-linker"));
    if view.uses_bpf_core && !is_ours && view.configuration.is_present {
        let span = match &view.configuration.linker {
            Some((_, span)) => span.clone(),
            None => view.name.1.clone(),
        };
        let message = "`core_read!` leaves no CO-RE records with the linker of this package";
        let finding = Finding::new(super::RULE.name, span, message)
            .note(format!("`{linker}` links it"))
            .help("set `linker = \"bpf-core-linker\"` for the target in `.cargo/config.toml`");
        findings.push(finding);
        return;
    }
    if !view.uses_bpf_core && !is_ours && !has_btf(view) {
        // Only code of another language can have records here.
        if view.has_foreign_reads && view.configuration.is_present {
            let message = "this package reads kernel memory in C, and is linked without BTF";
            let finding = Finding::new(super::RULE.name, view.name.1.clone(), message)
                .note("bpf-linker drops all debug info unless it is told to make BTF of it")
                .help("add `\"-C\", \"link-arg=--btf\"` to the target's `rustflags` in `.cargo/config.toml`");
            findings.push(finding);
        }
        return;
    }
    match flag_of_debug_info(view) {
        Some(("2" | "full", _)) => {}
        Some((_, span)) => findings.push(without_types(span.clone())),
        None => profiles(view, findings),
    }
}

fn has_btf(view: &Package) -> bool {
    view.configuration.flags.iter().any(|(flag, _)| {
        let arguments = flag.rsplit('=').next().unwrap_or(flag);
        flag.contains("link-arg") && arguments == "--btf"
    })
}

/// The last flag about debug info. It counts, and stands behind the setting of the profile.
fn flag_of_debug_info(view: &Package) -> Option<(&str, &Span)> {
    let mut levels =
        view.configuration
            .flags
            .iter()
            .filter_map(|(flag, span)| match flag.as_str() {
                "-g" => Some(("2", span)),
                flag => {
                    let flag = flag.strip_prefix("-C").unwrap_or(flag);
                    Some((flag.strip_prefix("debuginfo=")?, span))
                }
            });
    levels.next_back()
}

fn profiles(view: &Package, findings: &mut Vec<Finding>) {
    let own = |profile: &Profile| {
        let of_package = profile
            .packages
            .iter()
            .find(|(name, _)| *name == view.name.0);
        of_package
            .map(|(_, debug)| debug.clone())
            .or_else(|| profile.debug.clone())
    };
    let full = |profile: &&Profile| own(profile).is_some_and(|own| own.debug == Debug::Full);
    let is_release = |profile: &&Profile| {
        profile.name == "release" || profile.inherits.as_deref() == Some("release")
    };
    // `dev` has debug info, unless it is told not to.
    for profile in view.profiles.iter().filter(|profile| profile.name == "dev") {
        if let Some(debug) = own(profile).filter(|debug| debug.debug == Debug::Less) {
            findings.push(without_types(debug.span));
        }
    }
    // The user chooses which of the profiles that start from `release` is built.
    if view
        .profiles
        .iter()
        .filter(is_release)
        .any(|profile| full(&profile))
    {
        return;
    }
    let release = view
        .profiles
        .iter()
        .find(|profile| profile.name == "release");
    let finding = match release {
        Some(profile) => match own(profile) {
            Some(debug) => without_types(debug.span),
            None => {
                let message =
                    "the release profile has no debug info, which CO-RE records are made from";
                let finding = Finding::new(super::RULE.name, profile.span.clone(), message);
                match add(view, Some(profile)) {
                    Some(fix) => finding.fix(fix),
                    None => finding.help(BUILD_WITH_DEBUG_INFO),
                }
            }
        },
        None => {
            let message =
                "no profile has debug info for release builds, which CO-RE records are made from";
            let finding = Finding::new(super::RULE.name, view.name.1.clone(), message);
            match add(view, None) {
                Some(fix) => finding.fix(fix),
                None => finding.help(BUILD_WITH_DEBUG_INFO),
            }
        }
    };
    findings.push(finding);
}

/// The finding about debug info without types.
fn without_types(span: Span) -> Finding {
    let message = "this debug info has no types, which loaders create maps from";
    let finding = Finding::new(super::RULE.name, span.clone(), message);
    let path = span.source.path();
    if !path.ends_with("Cargo.toml") {
        return finding.help("set `debuginfo=2`");
    }
    finding.fix(Fix {
        text: "set `debug = 2`".to_owned(),
        edits: vec![Edit {
            span,
            text: "2".to_owned(),
        }],
        applicability: Applicability::MachineApplicable,
    })
}

/// The fix for a profile without a setting. Host programs of a workspace keep their settings.
fn add(view: &Package, profile: Option<&Profile>) -> Option<Fix> {
    let (at, text) = match profile {
        Some(profile) if view.is_root => (profile.end_of_header?, "debug = 2\n".to_owned()),
        _ => {
            let new_line = if view.root_end.1 { "\n" } else { "\n\n" };
            let table = if view.is_root {
                "[profile.release]".to_owned()
            } else {
                format!("[profile.release.package.{}]", view.name.0)
            };
            (view.root_end.0, format!("{new_line}{table}\ndebug = 2\n"))
        }
    };
    Some(Fix {
        text: "add `debug = 2`".to_owned(),
        edits: vec![Edit {
            span: Span::new(&view.root, at..at),
            text,
        }],
        applicability: Applicability::MachineApplicable,
    })
}

pub(super) fn check_commands(view: &Commands, findings: &mut Vec<Finding>) {
    for command in view.all.iter().filter(|_| view.needs_types) {
        if let Some((message, help)) = judge(command) {
            findings.push(Finding::new(super::RULE.name, command.span.clone(), message).help(help));
        }
    }
}

fn judge(command: &Command) -> Option<(&'static str, &'static str)> {
    if command.compiles_bpf() && !command.is_open && !command.has_debug_info() {
        return Some((
            "this compiles a program for the kernel without debug info, which CO-RE records are made from",
            "add `-g`; `llvm-strip -g` takes the rest of the debug info out again",
        ));
    }
    command.strips_btf().then_some((
        "this strips a program for the kernel of its BTF",
        "`llvm-strip -g` takes out debug info and keeps BTF",
    ))
}
