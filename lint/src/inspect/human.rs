//! What is in an object, as text for people.

use std::fmt::Write as _;

use super::Contents;
use super::disasm::Code;
use super::map::Map;
use super::program::Program;
use super::relocation::Relocation;
use super::source::Source;
use crate::known::Becomes;

pub(super) fn text(contents: &Contents) -> String {
    let license = contents.license.as_deref().unwrap_or("no");
    let order = contents.byte_order;
    let mut text = format!("{}: {order} endian, licence `{license}`\n", contents.object);
    let mut part = |title: &str, rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            let _ = write!(text, "\n{title}\n{}", columns(&rows));
        }
    };
    part("programs", contents.programs.iter().map(program).collect());
    let functions = contents.functions.iter().map(|one| {
        let visible = if one.is_global { "global" } else { "static" };
        let count = format!("{} instructions", one.instructions);
        vec![one.name.clone(), visible.to_owned(), count]
    });
    part("functions", functions.collect());
    part("maps", contents.maps.iter().map(map).collect());
    let variables = contents.variables.iter().map(|one| {
        let size = format!("{} bytes", one.size);
        vec![one.section.clone(), size, one.names.join(", ")]
    });
    part("variables", variables.collect());
    let externs = contents.externs.iter().map(|one| {
        let weak = if one.is_weak { "weak" } else { "" };
        vec![one.name.clone(), one.kind.to_owned(), weak.to_owned()]
    });
    part("externs", externs.collect());
    part("relocations", relocations(contents));
    text.push_str(&legend(contents));
    if let Some(btf) = &contents.btf {
        let kinds = btf
            .kinds
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            text,
            "\nBTF\n  {} types in {} bytes: {kinds}",
            btf.types, btf.bytes
        );
        let (functions, lines, records) = (btf.functions, btf.lines, btf.records);
        let _ = writeln!(
            text,
            "  .BTF.ext: {functions} functions, {lines} lines, {records} relocations"
        );
    } else {
        text.push_str("\nno BTF: build with debug info\n");
    }
    for code in contents.instructions.iter().flatten() {
        text.push_str(&disassembly(code, contents));
    }
    text
}

fn program(one: &Program) -> Vec<String> {
    let mut kind = match (one.program_type, one.attach_type) {
        (Some(kind), Some(attach)) => format!("{kind}/{attach}"),
        (Some(kind), None) => kind.to_owned(),
        (None, _) => "type unknown".to_owned(),
    };
    if one.is_sleepable {
        kind.push_str(", sleepable");
    }
    let target = one.target.as_deref().map(|target| format!("on {target}"));
    let mut count = format!("{} instructions", one.instructions);
    if one.loaded != one.instructions {
        let calls = one.calls.join(", ");
        let _ = write!(count, ", {} with {calls}", one.loaded);
    }
    let section = format!("SEC(\"{}\")", one.section);
    vec![
        one.name.clone(),
        section,
        kind,
        target.unwrap_or_default(),
        count,
    ]
}

fn map(one: &Map) -> Vec<String> {
    let part = |what: &str, size: Option<u32>, of: &Option<String>| match (size, of) {
        (Some(size), Some(of)) => format!("{what} {of} ({size} bytes)"),
        (Some(size), None) => format!("{what} of {size} bytes"),
        (None, Some(of)) => format!("{what} {of}"),
        (None, None) => String::new(),
    };
    let entries = one.max_entries.map(|count| format!("{count} entries"));
    let flags = one.map_flags.filter(|flags| *flags != 0);
    let mut last = flags.map_or(String::new(), |flags| format!("flags {flags:#x}"));
    if one.is_pinned {
        last = format!("{last} pinned").trim_start().to_owned();
    }
    vec![
        one.name.clone(),
        one.map_type
            .clone()
            .unwrap_or_else(|| "type unknown".to_owned()),
        part("key", one.key_size, &one.key_type),
        part("value", one.value_size, &one.value_type),
        entries.unwrap_or_default(),
        last,
    ]
}

fn relocations(contents: &Contents) -> Vec<Vec<String>> {
    if contents.relocations.is_empty() {
        return Vec::new();
    }
    let head = ["instruction", "kind", "name", "line", "compiled"];
    let head = head.into_iter().map(str::to_owned);
    let mut rows = vec![head.chain(contents.kernels.iter().cloned()).collect()];
    for one in &contents.relocations {
        let value = one.local_value.map(|value| value.to_string());
        let mut row = vec![
            format!("{}+{}", one.section, one.instruction),
            one.kind.clone(),
            one.name.clone(),
            one.source.as_ref().map_or(String::new(), short),
            value.unwrap_or_else(|| "malformed".to_owned()),
        ];
        row.extend(one.becomes.iter().map(cell));
        rows.push(row);
    }
    rows
}

fn cell(becomes: &Becomes) -> String {
    match becomes {
        Becomes::Value(value) => value.to_string(),
        Becomes::Absent(_) => "-".to_owned(),
        Becomes::Width(_) => "width".to_owned(),
        Becomes::Refused(_) => "refused".to_owned(),
    }
}

/// Says what the words in the cells mean, and why a loader refuses.
fn legend(contents: &Contents) -> String {
    let all = || contents.relocations.iter().flat_map(|one| &one.becomes);
    let mut text = String::new();
    if all().any(|one| matches!(one, Becomes::Absent(_))) {
        text.push_str("  `-`: the kernel has no such thing, and the instruction is poisoned\n");
    }
    if all().any(|one| matches!(one, Becomes::Width(_))) {
        text.push_str(
            "  `width`: the field has another size than the load or store, which is poisoned\n",
        );
    }
    for one in &contents.relocations {
        for (kernel, becomes) in contents.kernels.iter().zip(&one.becomes) {
            if let Becomes::Refused(why) = becomes {
                let place = format!("{}+{}", one.section, one.instruction);
                let _ = writeln!(text, "  {place} is refused on {kernel}: {why}");
            }
        }
    }
    text
}

fn disassembly(code: &Code, contents: &Contents) -> String {
    let mut text = format!("\n{} <{}>:\n", code.section, code.function);
    let mut last: Option<&Source> = None;
    for line in &code.lines {
        if let Some(source) = &line.source
            && last.map(|last| (&last.file, last.line)) != Some((&source.file, source.line))
        {
            let _ = writeln!(text, "; {} @ {}", source.text, short(source));
            last = Some(source);
        }
        let refers = line.refers.as_deref();
        let refers = refers.map_or(String::new(), |refers| format!("  # {refers}"));
        let _ = writeln!(text, "{:8}:\t{}{refers}", line.index, line.text);
        if let Some(relocation) = line.relocation {
            let of = &contents.relocations[relocation];
            let _ = writeln!(text, "\t\t{}", record(of, &contents.kernels));
        }
    }
    text
}

/// `CO-RE <byte_off> struct task_struct.pid (0:3): 2416 on 6.1.176 amd64`
fn record(of: &Relocation, kernels: &[String]) -> String {
    let mut text = format!(
        "CO-RE <{}> [{}] {} ({})",
        of.kind, of.type_id, of.name, of.access
    );
    for (at, (kernel, becomes)) in kernels.iter().zip(&of.becomes).enumerate() {
        let sign = if at == 0 { ":" } else { "," };
        let _ = write!(text, "{sign} {} on {kernel}", cell(becomes));
    }
    text
}

/// `main.rs:24`
fn short(source: &Source) -> String {
    let name = source.file.rsplit('/').next().unwrap_or(&source.file);
    format!("{name}:{}", source.line)
}

/// Rows as columns, each as wide as its longest text.
fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            if *width > 0 {
                let _ = write!(line, "  {cell:width$}");
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
