//! Makes the kernels that the tests keep, out of full BTF files:
//!
//! ```text
//! cargo run -p lineage --example fixtures -- 6.1.176-1-amd64-cloud.btf ...
//! ```
//!
//! A full BTF is `/sys/kernel/btf/vmlinux` of a running kernel, or the section `.BTF` of a
//! `vmlinux`. Of each, `tests/kernels/NAME.btf` keeps the types that the objects in `target/bpf`
//! need, by `bpftool gen min_core_btf`, and `tests/kernels/NAME.offsets` where every field is, by
//! what `bpftool btf dump` prints of the full one: no code of this repository looks at BTF here.

#[path = "../tests/proof/accesses.rs"]
mod accesses;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

fn main() -> Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let objects = ["lineage.o", "frozen.o"].map(|name| here.join("../../target/bpf").join(name));
    for full in std::env::args_os().skip(1).map(PathBuf::from) {
        let name = full.file_name().context("no file name")?;
        let fixture = here.join("tests/kernels").join(name);
        ensure!(
            fixture.extension().is_some_and(|end| end == "btf"),
            "{}: name it VERSION-ARCHITECTURE-FLAVOUR.btf",
            full.display()
        );
        let minimize = bpftool()
            .args(["gen", "min_core_btf"])
            .arg(&full)
            .arg(&fixture)
            .args(&objects)
            .output()?;
        ensure!(
            minimize.status.success(),
            "bpftool: {}",
            String::from_utf8_lossy(&minimize.stderr)
        );
        fs::write(fixture.with_extension("offsets"), table(&full)?)?;
        println!("{}", fixture.display());
    }
    Ok(())
}

/// A line for every field: its path, and its offset in bytes, or `-` if the kernel lacks it.
fn table(full: &Path) -> Result<String> {
    let dump = bpftool()
        .args(["-j", "btf", "dump", "file"])
        .arg(full)
        .output()?;
    let dump: Value = serde_json::from_slice(&dump.stdout)
        .with_context(|| format!("`bpftool btf dump file {}`", full.display()))?;
    let types = Types(dump["types"].as_array().context("no types")?);
    let mut table = "# field, and its offset in bytes\n".to_owned();
    let accesses = accesses::LINEAGE.iter().chain(&accesses::FROZEN);
    let paths: BTreeSet<&str> = accesses
        .filter_map(|access| Some(access.split_once(' ')?.1))
        .collect();
    for path in paths {
        let offset = types.offset(path)?;
        let offset = offset.map_or("-".to_owned(), |offset| offset.to_string());
        table += &format!("{path} {offset}\n");
    }
    Ok(table)
}

/// As `bpftool -j btf dump` prints them: the first has id 1.
struct Types<'a>(&'a [Value]);

impl Types<'_> {
    fn offset(&self, path: &str) -> Result<Option<u64>> {
        let (root, fields) = path.split_once('.').context("no field")?;
        let is_root = |ty: &&Value| ty["kind"] == "STRUCT" && ty["name"] == root;
        let mut roots = self.0.iter().filter(is_root);
        let (Some(mut record), None) = (roots.next(), roots.next()) else {
            bail!("not exactly one `struct {root}`");
        };
        let mut bits = 0;
        for name in fields.split('.') {
            let Some((offset, ty)) = self.field(record, name) else {
                return Ok(None);
            };
            bits += offset;
            record = ty;
        }
        ensure!(bits % 8 == 0, "{path} is a bit-field");
        Ok(Some(bits / 8))
    }

    /// Offset of a field in bits, and its type; members of unnamed members count.
    fn field(&self, record: &Value, name: &str) -> Option<(u64, &Value)> {
        record["members"].as_array()?.iter().find_map(|member| {
            let offset = member["bits_offset"].as_u64()?;
            let ty = self.get(member)?;
            if member["name"] == name {
                return Some((offset, ty));
            }
            let inner = (member["name"] == "(anon)").then(|| self.field(ty, name))??;
            Some((offset + inner.0, inner.1))
        })
    }

    /// What a member or typedef has as its type.
    fn get(&self, of: &Value) -> Option<&Value> {
        let id = usize::try_from(of["type_id"].as_u64()?).ok()?;
        let ty = self.0.get(id.checked_sub(1)?)?;
        match ty["kind"].as_str()? {
            "TYPEDEF" | "CONST" | "VOLATILE" => self.get(ty),
            _ => Some(ty),
        }
    }
}

fn bpftool() -> Command {
    let installed = Path::new("/usr/sbin/bpftool");
    Command::new(if installed.exists() {
        installed
    } else {
        Path::new("bpftool")
    })
}
