//! One refusal in words: what, where, on which kernels, and what to write.

use anyhow::Result;
use bpf_core_btf::object::Object;
use bpf_core_refusal::{Mismatch, Refusal, Site, Sites};
use serde::Serialize;

use super::kernels::Lack;
use super::subject::{self, Named};
use crate::known::Known;

/// A refusal that is explained. What the log does not tell is `None`.
#[derive(Debug, Serialize)]
pub(super) struct Explained {
    /// A short name: `record`, `unbounded`.
    pub(super) cause: &'static str,
    /// What is wrong.
    pub(super) what: String,
    pub(super) object: Option<String>,
    pub(super) program: Option<String>,
    pub(super) function: Option<String>,
    /// The number of the instruction in the program as it was loaded.
    pub(super) instruction: Option<u32>,
    /// The instruction as the object has it.
    pub(super) code: Option<String>,
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
    pub(super) source: Option<String>,
    pub(super) lack: Option<Lack>,
    pub(super) cure: String,
    /// What else is known: why no place is found, which places it may be.
    pub(super) notes: Vec<String>,
    pub(super) log_line: usize,
    pub(super) log_text: String,
}

pub(super) fn explain(
    known: &Known<'_>,
    objects: Named<'_, '_>,
    refusal: &Refusal,
) -> Result<Explained> {
    let (mut found, mut mismatches) = (Vec::new(), Vec::new());
    if refusal.program.is_some() || refusal.insn.is_some() {
        for (name, object) in objects {
            match Sites::find(object, refusal) {
                Ok(sites) => {
                    found.extend(sites.all().iter().cloned().map(|one| (*name, object, one)))
                }
                Err(mismatch) => mismatches.push((*name, mismatch)),
            }
        }
    }
    let mut notes = notes(&found, &mismatches, refusal);
    let first = found.first();
    let (object, site) = (first.map(|one| one.1), first.map(|one| &one.2));
    let words = subject::words(known, objects, object.zip(site), refusal)?;
    notes.extend(words.notes);
    if !refusal.is_permitted {
        let what =
            "the log also says that the process may not do this: run it as root or with CAP_BPF";
        notes.push(what.to_owned());
    }
    let line = site.and_then(|site| site.line);
    let code = first.and_then(|(_, object, site)| {
        let place = site.place?;
        let insn = object.sections()[place.section].insn_at(place.at)?;
        Some(insn.to_string())
    });
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(Explained {
        cause: words.cause,
        what: words.what,
        object: first.map(|(name, ..)| (*name).to_owned()),
        program: site
            .map(|site| site.program.to_owned())
            .or_else(|| refusal.program.clone()),
        function: site.and_then(|site| some(site.function)),
        instruction: refusal.insn,
        code,
        file: line.map(|line| line.file.to_owned()),
        line: line.map(|line| line.line),
        source: line.and_then(|line| some(line.text.trim())),
        lack: words.lack,
        cure: words.cure,
        notes,
        log_line: refusal.line,
        log_text: refusal.text.chars().take(300).collect(),
    })
}

fn notes(
    found: &[(&str, &Object<'_>, Site<'_>)],
    mismatches: &[(&str, Mismatch)],
    refusal: &Refusal,
) -> Vec<String> {
    let mut notes = Vec::new();
    if found.is_empty() {
        let mismatches = mismatches.iter();
        notes.extend(mismatches.map(|(name, mismatch)| format!("{name}: {mismatch}")));
    } else if refusal.insn.is_none() && refusal.text.contains("line(s) omitted") {
        // cilium/ebpf shows the last line only.
        let how = "the log names no instruction: print `VerifierError` with `%+v`";
        notes.push(how.to_owned());
    } else if let [_, others @ ..] = found
        && !others.is_empty()
    {
        let others = others
            .iter()
            .map(|(_, _, site)| format!("`{}`", site.program));
        let others = others.collect::<Vec<_>>().join(", ");
        notes.push(format!("the log fits these programs as well: {others}"));
    }
    notes
}
