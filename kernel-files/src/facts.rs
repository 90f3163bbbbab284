//! What a kernel's symbols and configuration say of it, for a catalogue.

use std::collections::{BTreeMap, BTreeSet};

use bpf_core_catalogue::{Facts, SymbolKind};

use crate::kallsyms::{self, Symbol};

/// What an unpacked kernel tells beside its types.
pub(crate) fn of_image(image: &[u8]) -> Facts {
    let mut facts = Facts::default();
    if let Some(table) = kallsyms::symbols(image) {
        facts.id_sets = id_sets(&table);
        facts.symbols = Some(symbols(&table));
    }
    facts
}

/// The options that a `.config` sets.
pub(crate) fn options(config: &str) -> Vec<(String, String)> {
    let lines = config.lines().filter(|line| line.starts_with("CONFIG_"));
    let options = lines.filter_map(|line| line.split_once('='));
    options
        .map(|(option, value)| (option.to_owned(), value.trim_end().to_owned()))
        .collect()
}

/// A table has the names of a section's start and end in place of its size.
struct Section {
    kind: SymbolKind,
    start: &'static str,
    end: &'static str,
}

/// Source: `populate_kprobe_blacklist` in `kernel/kprobes.c`, `arch_within_kprobe_blacklist` in
/// `arch/*/kernel/`.
const SECTIONS: [Section; 4] = [
    Section {
        kind: SymbolKind::Unprobeable,
        start: "__kprobes_text_start",
        end: "__kprobes_text_end",
    },
    Section {
        kind: SymbolKind::Unprobeable,
        start: "__noinstr_text_start",
        end: "__noinstr_text_end",
    },
    Section {
        kind: SymbolKind::Unprobeable,
        start: "__entry_text_start",
        end: "__entry_text_end",
    },
    Section {
        kind: SymbolKind::Init,
        start: "_sinittext",
        end: "_einittext",
    },
];

/// Each name once for code and once for data.
fn symbols(table: &[Symbol]) -> Vec<(String, SymbolKind)> {
    let place = |name: &str| table.iter().position(|symbol| symbol.name == name);
    let sections: Vec<_> = SECTIONS
        .iter()
        .filter_map(|section| Some((section.kind, place(section.start)?..place(section.end)?)))
        .collect();
    let mut kinds: BTreeMap<(&str, bool), SymbolKind> = BTreeMap::new();
    for (at, symbol) in table.iter().enumerate() {
        let is_code = matches!(symbol.letter, b't' | b'T' | b'w' | b'W');
        let section = sections.iter().find(|(_, place)| place.contains(&at));
        let kind = match section {
            _ if !is_code => SymbolKind::Data,
            Some((kind, _)) => *kind,
            None => SymbolKind::Code,
        };
        kinds
            .entry((&symbol.name, is_code))
            .and_modify(|kind| {
                if is_code {
                    *kind = SymbolKind::SharedName;
                }
            })
            .or_insert(kind);
    }
    kinds
        .into_iter()
        .map(|((name, _), kind)| (name.to_owned(), kind))
        .collect()
}

/// The sets of BTF ids, if the table has data. Each begins with a label that has its name, and labels of
/// functions follow: `__BTF_ID__set8__NAME`, then `__BTF_ID__func__FUNCTION__NUMBER`.
///
/// Source: `include/linux/btf_ids.h`.
fn id_sets(table: &[Symbol]) -> Option<Vec<(String, String)>> {
    let mut sets = BTreeSet::new();
    let mut set = None;
    for symbol in table {
        let Some(label) = symbol.name.strip_prefix("__BTF_ID__") else {
            set = None;
            continue;
        };
        let Some(function) = label.strip_prefix("func__") else {
            set = ["set__", "set8__"]
                .iter()
                .find_map(|start| label.strip_prefix(start));
            continue;
        };
        let function = function.rsplit_once("__");
        if let (Some(set), Some((function, _))) = (set, function) {
            sets.insert((set.to_owned(), function.to_owned()));
        }
    }
    (!sets.is_empty()).then(|| sets.into_iter().collect())
}
