//! Asks the running kernel what its verifier takes, and prints a line for each answer, which
//! `cargo xtask kernels probe` gathers. Needs root and `/sys/kernel/btf/vmlinux`.
//!
//! Each question is a program of a few instructions, and the verifier's words are the answer, as
//! `bpftool feature probe` asks.

mod bpf;
mod enums;
mod instruction;
mod permission;
mod row;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bpf_core_btf::{Btf, Kind as BtfKind};

use crate::bpf::{Kind, load};
use crate::enums::Enums;
use crate::instruction::{EXIT, insn, result};
use crate::row::Row;

const BTF: &str = "/sys/kernel/btf/vmlinux";

fn main() -> Result<()> {
    let bytes = fs::read(BTF).context(BTF)?;
    let btf = Btf::parse(&bytes)?;
    bpf::lift_limit()?;
    let rows = row::all(&btf);
    kinds(&rows);
    helpers(&btf, &rows);
    kfuncs(&btf, &rows);
    tell("insn", "", instruction::taken(&Enums::new(&btf)));
    tell("permits", "", permission::given(&btf)?);
    contexts(&rows);
    hooks(&btf, &rows);
    system_calls();
    Ok(())
}

fn tell<T: ToString>(what: &str, of: &str, items: impl IntoIterator<Item = T>) {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    println!("{what}\t{of}\t{}", items.join(" "));
}

/// The kinds of program that the kernel loads, and those of them that it attaches.
fn kinds(rows: &[Row]) {
    let mut loaded = Vec::new();
    let mut attached = Vec::new();
    for row in rows {
        match &row.smallest {
            Ok(program) => {
                loaded.push(&row.name);
                if row.is_attached_by_name() && bpf::attach(program).is_ok() {
                    attached.push(&row.name);
                }
            }
            Err(refusal) => println!(
                "# {} is refused: {}: {}",
                row.name,
                refusal.error,
                refusal.log.lines().last().unwrap_or_default()
            ),
        }
    }
    tell("loads", "", loaded);
    tell("attaches", "", attached);
}

/// The verifier looks up the helper before it looks at its arguments.
fn helpers(btf: &Btf<'_>, rows: &[Row]) {
    let known = btf.find_by_name_kind("bpf_func_id", BtfKind::Enum);
    let known = known
        .into_iter()
        .flat_map(|of| of.enumerators().collect::<Vec<_>>());
    let known = known.filter(|one| one.value != 0 && !one.name.starts_with("__"));
    let known: BTreeSet<u64> = known.map(|one| one.value).collect();
    let mut restricted = BTreeSet::new();
    let mut asked = BTreeSet::new();
    for row in rows.iter().filter(|row| row.smallest.is_ok()) {
        let takes_any_licence = load(row.kind, &[result(0), EXIT], c"MIT").is_ok();
        let mut allowed = Vec::new();
        for &helper in &known {
            let code = [insn(0x85, 0, 0, 0, helper as i64), EXIT];
            if !is_known(load(row.kind, &code, c"GPL")) {
                continue;
            }
            allowed.push(helper);
            if takes_any_licence && asked.insert(helper) {
                let refusal = load(row.kind, &code, c"MIT").err();
                if refusal.is_some_and(|refusal| refusal.log.contains("from non-GPL compatible")) {
                    restricted.insert(helper);
                }
            }
        }
        tell("helper", &row.name, allowed);
    }
    tell("gpl", "", restricted);
}

/// Source: `check_helper_call` in `kernel/bpf/verifier.c`.
fn is_known<T>(loaded: Result<T, bpf::Refusal>) -> bool {
    const UNKNOWN: [&str; 4] = [
        "unknown func ",
        "invalid func ",
        "program of this type cannot use helper",
        "might sleep in",
    ];
    match loaded {
        Ok(_) => true,
        Err(refusal) => !UNKNOWN.iter().any(|text| refusal.log.contains(text)),
    }
}

/// The functions that are given in a file beside this program, a line each.
fn kfuncs(btf: &Btf<'_>, rows: &[Row]) {
    let file = std::env::current_exe().map(|file| file.with_file_name("kfuncs.txt"));
    let names = file.and_then(fs::read_to_string).unwrap_or_default();
    let functions = names.lines().filter_map(|name| {
        let function = btf.find_by_name_kind(name, BtfKind::Func)?;
        Some((name, function.id().0))
    });
    let functions: Vec<_> = functions.collect();
    let mut asked = BTreeSet::new();
    for row in rows.iter().filter(|row| row.smallest.is_ok()) {
        // What a type may call does not depend on what it is attached to.
        let program_type = row.program_type();
        if row.kind.is_sleepable && program_type != "syscall" || !asked.insert(program_type) {
            continue;
        }
        let is_allowed = |id: &u32| {
            let code = [insn(0x85, 0, 2, 0, (*id).into()), EXIT];
            let refusal = load(row.kind, &code, c"GPL").err();
            refusal.is_none_or(|refusal| {
                // Linux 7.3 says of other things too that they are "not allowed in this context".
                let is_meant = |line: &str| {
                    line.contains("calling kernel function") && line.contains("is not allowed")
                };
                const REFUSED: [&str; 4] = [
                    "reserved fields",
                    "not supported",
                    "does not support",
                    "kernel function call",
                ];
                !refusal.log.lines().any(is_meant)
                    && !REFUSED.iter().any(|text| refusal.log.contains(text))
            })
        };
        let allowed = functions.iter().filter(|(_, id)| is_allowed(id));
        tell("kfunc", program_type, allowed.map(|(name, _)| name));
    }
}

/// The kinds of program that may load through a pointer into their context that was moved.
///
/// Source: `check_ptr_off_reg` in `kernel/bpf/verifier.c`, which looks before the check of what is loaded.
fn contexts(rows: &[Row]) {
    // r1 += 8; r0 = *(u64 *)(r1 + 0)
    let code = [
        insn(0x07, 1, 0, 0, 8),
        insn(0x79, 0, 1, 0, 0),
        result(0),
        EXIT,
    ];
    let takes = |row: &&Row| {
        let refusal = load(row.kind, &code, c"GPL").err();
        refusal.is_none_or(|refusal| !refusal.log.contains("dereference of modified"))
    };
    let loaded = rows.iter().filter(|row| row.smallest.is_ok());
    tell("context", "", loaded.filter(takes).map(|row| &row.name));
}

/// LSM hooks that are in BTF and that no program may be attached to; those that may not sleep; and
/// whether the verifier looks at what a hook gives.
fn hooks(btf: &Btf<'_>, rows: &[Row]) {
    let Some(row) = rows.iter().find(|row| row.name == "lsm/lsm_mac") else {
        return;
    };
    let mut disabled = Vec::new();
    let mut awake = Vec::new();
    for function in btf.types().filter(|of| of.kind() == BtfKind::Func) {
        let Some(name) = function.name().strip_prefix("bpf_lsm_") else {
            continue;
        };
        let kind = |is_sleepable| Kind {
            attach_btf_id: function.id().0,
            is_sleepable,
            ..row.kind
        };
        let loads = |kind| load(kind, &[result(0), EXIT], c"GPL").is_ok();
        if !loads(kind(false)) {
            disabled.push(name);
        } else if !loads(kind(true)) {
            awake.push(name);
        }
        if name == "bpf" {
            // `r0 = *(u32 *)(r1 + 0)`, the command.
            let any = load(kind(false), &[insn(0x61, 0, 1, 0, 0), EXIT], c"GPL");
            tell("any_result", "", any.ok().map(|_| "lsm"));
        }
    }
    disabled.sort_unstable();
    awake.sort_unstable();
    tell("disabled", "", disabled);
    tell("awake", "", awake);
}

/// The system calls whose events tracefs has.
fn system_calls() {
    let events = PathBuf::from("/sys/kernel/tracing/events/syscalls");
    let events = fs::read_dir(events).into_iter().flatten().flatten();
    let names = events.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names
        .filter_map(|name| Some(name.strip_prefix("sys_enter_")?.to_owned()))
        .collect();
    names.sort_unstable();
    tell("syscall", "", names);
}
