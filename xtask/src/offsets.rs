//! What an object's CO-RE relocations come to on each of some kernels, as a table.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bpf_core_btf::object::{Object, btf_bytes};
use bpf_core_btf::{Btf, BtfBuilder, BtfExt, CoreRelo, Patched, Resolver, patch};

use setup::process::say;
use setup::{kernel, table, workspace};

/// The running kernel's types, if it has them, and those that the tests keep.
pub(crate) fn kernels() -> Result<Vec<PathBuf>> {
    let running = PathBuf::from(kernel::BTF);
    let mut kernels = Vec::from_iter(running.exists().then_some(running));
    let files = fs::read_dir(workspace::root().join("tests/proof/kernels"));
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
/// wrote, and what its instruction becomes on each kernel. Fails if a kernel's loader would refuse
/// the object.
pub(crate) fn print(object: &Path, kernels: &[PathBuf]) -> Result<()> {
    let of_object = || object.display().to_string();
    let bytes = fs::read(object).with_context(of_object)?;
    let parsed = Object::parse(&bytes).with_context(of_object)?;
    let ext = parsed.btf_ext().with_context(of_object)?;
    let (Some(local), Some(ext)) = (parsed.btf(), ext) else {
        bail!("{} has no types", object.display());
    };
    let relos = || ext.core_relos().iter().flat_map(|relos| &relos.records);
    let count = relos().count();
    if count == 0 {
        bail!("{} has no CO-RE relocations", object.display());
    }

    let mut rows: Vec<Vec<String>> = relos().map(|relo| compiled(local, relo).into()).collect();
    let mut head = vec![String::new(), "access".to_owned(), "compiled".to_owned()];
    let mut refused = Vec::new();
    for kernel in kernels {
        let name = name(kernel);
        let of_kernel = || kernel.display().to_string();
        let types = fs::read(kernel).with_context(of_kernel)?;
        let types = btf_bytes(&types).with_context(of_kernel)?;
        let types = Btf::parse(types).with_context(of_kernel)?;
        for (row, value) in rows.iter_mut().zip(column(&parsed, local, &ext, &types)) {
            row.push(value.unwrap_or_else(|error| {
                refused.push(format!("{name}: {error:#}"));
                REFUSED.to_owned()
            }));
        }
        head.push(name);
    }
    // Two instructions that ask the same are one line.
    rows.sort();
    rows.dedup();
    print!("{}", blocks(&head, &rows));
    println!(
        "{count} relocations; `-`: no such field there, the access is poisoned; `{WIDTH}`: the field \
         is there with another size than the compiled load or store, which is poisoned"
    );
    refused.iter().for_each(say);
    if !refused.is_empty() {
        bail!("{} relocations are refused", refused.len());
    }
    Ok(())
}

/// A cell for a record that no loader takes.
const REFUSED: &str = "refused";
/// A cell for a load or store that must not have the width of the kernel's field.
const WIDTH: &str = "width";

/// Kind and name of a relocation, and the value that the compiler wrote.
fn compiled(local: &Btf<'_>, relo: &CoreRelo<'_>) -> [String; 3] {
    // For a kernel of no types: the object's own may have two of one name, of which a target may
    // not.
    let nothing = BtfBuilder::new(local.endian()).finish();
    let nothing = Btf::parse(&nothing).expect("BTF without types");
    let [words, value] = match Resolver::new(local, &nothing).resolve(relo) {
        Ok(resolution) => {
            let path = resolution.local.path();
            let words = path.split(" (").next().unwrap_or_default();
            [words.to_owned(), resolution.local_value.to_string()]
        }
        Err(_) => {
            let of = local.type_by_id(relo.type_id);
            let of = of.map_or(String::new(), |of| format!("{} {}", of.kind(), of.name()));
            [format!("{of} ({})", relo.access), REFUSED.to_owned()]
        }
    };
    [relo.kind.to_string(), words, value]
}

/// What each instruction becomes on one kernel. In file order: the resolver remembers.
fn column(
    object: &Object<'_>,
    local: &Btf<'_>,
    ext: &BtfExt<'_>,
    kernel: &Btf<'_>,
) -> Vec<Result<String>> {
    let mut resolver = Resolver::new(local, kernel);
    let mut column = Vec::new();
    for relos in ext.core_relos() {
        let code = object.section(relos.name);
        let mut code = code.map_or(Vec::new(), |section| section.data.to_vec());
        column.extend(relos.records.iter().map(|relo| {
            let resolution = resolver.resolve(relo)?;
            let done = patch(&mut code, &resolution);
            let done = done.with_context(|| format!("{}+{}", relos.name, relo.insn_off))?;
            Ok(match (resolution.value, done) {
                (None, _) => "-".to_owned(),
                (_, Patched::Poisoned) => WIDTH.to_owned(),
                (Some(value), _) => value.to_string(),
            })
        }));
    }
    column
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
        let head = part(head).into_iter().map(|name| lines(&name).join("\n"));
        text += &table::text(head, rows.iter().map(|row| part(row)), WORDS);
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
            compiled(&local, &relo),
            ["byte_off", "struct request.rq_disk", "4"]
        );
    }

    fn fixture(name: &str) -> Vec<u8> {
        let folder = workspace::root().join("btf/tests/fixtures");
        fs::read(folder.join(name)).unwrap()
    }

    /// The value of each record at a place of this section, as the table has it.
    fn values(section: &str, target: &str) -> Vec<(u32, String)> {
        let (object, target) = (fixture("kinds.bpf.o"), fixture(target));
        let object = Object::parse(&object).unwrap();
        let ext = object.btf_ext().unwrap().unwrap();
        let target = Btf::parse(&target).unwrap();
        let column = column(&object, object.btf().unwrap(), &ext, &target);
        let places = ext.core_relos().iter().flat_map(|relos| {
            let records = relos.records.iter();
            records.map(|relo| (relos.name, relo.insn_off))
        });
        let here = places.zip(column).filter(|((name, _), _)| *name == section);
        here.map(|((_, at), value)| (at, value.unwrap_or_else(|_| REFUSED.to_owned())))
            .collect()
    }

    /// `fixtures/moved.expected` is what libbpf makes of them: a signed field of another size
    /// poisons a load, an unsigned one and a pointer change its width.
    #[test]
    fn a_load_of_the_wrong_width_has_no_offset() {
        let cells = [
            (8, "8"),
            (40, "width"),
            (72, "40"),
            (88, "320"),
            (104, "352"),
            (120, "width"),
            (152, "168"),
            (184, "-"),
        ];
        let values = values("tp_btf/loads", "moved.btf");
        for ((at, value), expected) in values.iter().zip(cells) {
            assert_eq!((*at, value.as_str()), expected);
        }
    }

    /// Two structs of the target have the field, each elsewhere.
    #[test]
    fn one_refused_record_leaves_the_others_in_the_table() {
        let values = values("raw_tp/fields", "moved.btf");
        let refused = values.iter().filter(|(_, value)| value == REFUSED);
        assert_eq!(refused.collect::<Vec<_>>(), [&(832, REFUSED.to_owned())]);
        assert_eq!(values.len(), 53);
    }

    #[test]
    fn a_malformed_record_is_a_line() {
        let mut builder = BtfBuilder::new(Endian::Little);
        let type_id = builder.structure("request", 4, &[]);
        let local = builder.finish();
        let local = Btf::parse(&local).unwrap();
        let relo = CoreRelo {
            insn_off: 0,
            type_id,
            access: "0:7",
            kind: CoreReloKind::ByteOff,
        };
        let line = ["byte_off", "struct request (0:7)", "refused"];
        assert_eq!(compiled(&local, &relo), line);
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
}
