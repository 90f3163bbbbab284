//! What an object's CO-RE relocations come to on each of some kernels, as a table.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bpf_core_btf::{Btf, BtfBuilder, BtfExt, CoreRelo, Resolver};
use object::{Object as _, ObjectSection as _};

use crate::kernel;
use crate::process::say;
use crate::workspace;

/// The running kernel's types, if it has them, and those that the tests keep.
pub(crate) fn kernels() -> Result<Vec<PathBuf>> {
    let running = PathBuf::from(kernel::BTF);
    let mut kernels = Vec::from_iter(running.exists().then_some(running));
    let files = fs::read_dir(workspace::root().join("examples/proof/kernels"));
    let files = files.into_iter().flatten().flatten();
    let mut kept: Vec<PathBuf> = files
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "btf"))
        .collect();
    kept.sort_by_cached_key(|path| (numbers(path), path.clone()));
    kernels.extend(kept);
    if kernels.is_empty() {
        bail!(
            "no types of a kernel: name a file with them, such as a copy of {}",
            kernel::BTF
        );
    }
    Ok(kernels)
}

/// Prints a line for each different relocation of `object`: its name, the value that the compiler
/// wrote, and the value on each kernel. Fails if a kernel's loader would refuse the object.
pub(crate) fn print(object: &Path, kernels: &[PathBuf]) -> Result<()> {
    let of_object = || object.display().to_string();
    let bytes = fs::read(object).with_context(of_object)?;
    let types = section(&bytes, ".BTF").with_context(of_object)?;
    let local = Btf::parse(&types).with_context(of_object)?;
    let ext = section(&bytes, ".BTF.ext").with_context(of_object)?;
    let ext = BtfExt::parse(&ext, &local).with_context(of_object)?;
    let relos: Vec<&CoreRelo<'_>> = ext
        .core_relos()
        .iter()
        .flat_map(|section| &section.records)
        .collect();
    if relos.is_empty() {
        bail!("{} has no CO-RE relocations", object.display());
    }

    let mut rows: Vec<Vec<String>> = relos
        .iter()
        .map(|relo| compiled(&local, relo).map(Vec::from))
        .collect::<Result<_>>()
        .with_context(of_object)?;
    let mut head = vec![String::new(), "access".to_owned(), "compiled".to_owned()];
    let mut refused = Vec::new();
    for kernel in kernels {
        let name = name(kernel);
        let column =
            column(&local, &relos, kernel).with_context(|| kernel.display().to_string())?;
        for (row, value) in rows.iter_mut().zip(column) {
            row.push(value.unwrap_or_else(|error| {
                refused.push(format!("{name}: {error:#}"));
                "refused".to_owned()
            }));
        }
        head.push(name);
    }
    // Two instructions that ask the same are one line.
    rows.sort();
    rows.dedup();
    print!("{}", blocks(&head, &rows));
    println!(
        "{} relocations; `-`: no such field there, the access is poisoned",
        relos.len()
    );
    refused.iter().for_each(say);
    if !refused.is_empty() {
        bail!("{} relocations are refused", refused.len());
    }
    Ok(())
}

/// Kind and name of a relocation, and the value that the compiler wrote.
fn compiled(local: &Btf<'_>, relo: &CoreRelo<'_>) -> Result<[String; 3]> {
    // For a kernel of no types: the object's own may have two of one name, of which a target may
    // not.
    let nothing = BtfBuilder::new(local.endian()).finish();
    let nothing = Btf::parse(&nothing)?;
    let resolution = Resolver::new(local, &nothing).resolve(relo)?;
    let path = resolution.local.path();
    let words = path.split(" (").next().unwrap_or_default();
    Ok([
        relo.kind.to_string(),
        words.to_owned(),
        resolution.local_value.to_string(),
    ])
}

/// The value of each relocation on one kernel. In file order: the resolver remembers.
fn column(local: &Btf<'_>, relos: &[&CoreRelo<'_>], kernel: &Path) -> Result<Vec<Result<String>>> {
    let bytes = fs::read(kernel)?;
    // A kernel image is ELF, the file in /sys is the section alone.
    let bytes = if bytes.starts_with(b"\x7fELF") {
        section(&bytes, ".BTF")?
    } else {
        bytes
    };
    let target = Btf::parse(&bytes)?;
    let mut resolver = Resolver::new(local, &target);
    let values = relos.iter().map(|relo| {
        let value = resolver.resolve(relo)?.value;
        Ok(value.map_or_else(|| "-".to_owned(), |value| value.to_string()))
    });
    Ok(values.collect())
}

pub(crate) fn section(elf: &[u8], name: &str) -> Result<Vec<u8>> {
    let elf = object::File::parse(elf)?;
    let section = elf
        .section_by_name(name)
        .with_context(|| format!("no section {name}"))?;
    Ok(section.data()?.to_owned())
}

fn name(kernel: &Path) -> String {
    if kernel == Path::new(kernel::BTF) {
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        return format!("{} (running)", release.trim());
    }
    kernel
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The numbers in a kernel's name, by which 5.10 comes before 5.9.
fn numbers(kernel: &Path) -> Vec<u32> {
    let name = kernel
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    name.split(|c: char| !c.is_ascii_digit())
        .map_while(|digits| digits.parse().ok())
        .collect()
}

/// One table below the other, each no wider than a screen and each with the words on the left.
fn blocks(head: &[String], rows: &[Vec<String>]) -> String {
    const WORDS: usize = 2;
    const VALUES: usize = 8;
    let mut text = String::new();
    for from in (WORDS..head.len()).step_by(VALUES) {
        let to = head.len().min(from + VALUES);
        let part = |row: &[String]| [&row[..WORDS], &row[from..to]].concat();
        let lines: Vec<Vec<&str>> = head.iter().map(|name| lines(name)).collect();
        let depth = lines.iter().map(Vec::len).max().unwrap_or_default();
        let line = |at| -> Vec<String> {
            let of = |name: &Vec<&str>| name.get(at).map_or("", |line| *line).to_owned();
            lines.iter().map(of).collect()
        };
        let head = (0..depth).map(line).map(|line| part(&line));
        text += &table(
            &head
                .chain(rows.iter().map(|row| part(row)))
                .collect::<Vec<_>>(),
        );
        text.push('\n');
    }
    text
}

/// A name of a kernel over some lines: `7.3.4-1-amd64-cloud` would make its column too wide.
fn lines(name: &str) -> Vec<&str> {
    const WIDTH: usize = 10;
    let mut lines: Vec<&str> = Vec::new();
    let mut from = 0;
    for (at, _) in name.match_indices(['-', ' ']).chain([(name.len(), "")]) {
        let end = name.len().min(at + 1);
        match lines.last_mut() {
            Some(line) if end - from <= WIDTH => *line = &name[from..end],
            _ => {
                from += lines.last().map_or(0, |line| line.len());
                lines.push(&name[from..end]);
            }
        }
    }
    lines
}

/// Columns as wide as their widest cell: the first two, which are words, to the left.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(String::len)
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let cell = if column < 2 {
                format!("{cell:<width$}")
            } else {
                format!("  {cell:>width$}")
            };
            text.push_str(if column == 1 { " " } else { "" });
            text.push_str(&cell);
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use bpf_core_btf::{CoreReloKind, Endian, Member};

    use super::*;

    #[test]
    fn an_object_may_have_two_types_of_one_name() {
        let mut builder = BtfBuilder::new(Endian::Little);
        let type_id = builder.int("int", 4, 1);
        let disk = |bit_offset| Member {
            name: "rq_disk",
            type_id,
            bit_offset,
            bitfield_size: 0,
        };
        builder.structure("request", 4, &[disk(0)]);
        let type_id = builder.structure("request", 8, &[disk(32)]);
        let local = builder.finish();
        let local = Btf::parse(&local).unwrap();
        let relo = CoreRelo {
            insn_off: 0,
            type_id,
            access: "0:0",
            kind: CoreReloKind::ByteOff,
        };
        assert_eq!(
            compiled(&local, &relo).unwrap(),
            ["byte_off", "struct request.rq_disk", "4"]
        );
    }

    #[test]
    fn a_long_name_goes_over_some_lines() {
        assert_eq!(
            lines("7.3.4-1-amd64-cloud"),
            ["7.3.4-1-", "amd64-", "cloud"]
        );
        assert_eq!(lines("6.18.44 (running)"), ["6.18.44 ", "(running)"]);
        assert_eq!(lines("access"), ["access"]);
    }

    #[test]
    fn kernels_are_in_the_order_of_their_numbers() {
        assert!(numbers(Path::new("5.9.1-x.btf")) < numbers(Path::new("5.10.0-1-y.btf")));
    }

    #[test]
    fn words_go_left_and_numbers_right() {
        let rows = [["kind", "access", "6.1"], ["byte_off", "x", "1234"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(
            table(&rows),
            "kind     access   6.1\nbyte_off x       1234\n"
        );
    }
}
