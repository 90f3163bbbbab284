//! Makes the kernels that the tests keep, out of full BTF files:
//!
//! ```text
//! cargo run -p example-proof --example fixtures -- 6.1.176-1-amd64-cloud.btf ...
//! ```
//!
//! A full BTF is `/sys/kernel/btf/vmlinux` of a running kernel, or the section `.BTF` of a
//! `vmlinux`. Of each, `kernels/NAME.btf` keeps the types that the objects in `target/bpf` need, by
//! `bpftool gen min_core_btf`, and `kernels/NAME.expected` what each relocation has to become, by
//! what `bpftool btf dump` prints of the full one: no code of this repository looks at BTF here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use example_proof::Example;
use serde_json::Value;

fn main() -> Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut examples = Example::all();
    examples.push(Example::named("frozen"));
    for full in std::env::args_os().skip(1).map(PathBuf::from) {
        let name = full.file_name().context("no file name")?;
        let fixture = here.join("kernels").join(name);
        ensure!(
            fixture.extension().is_some_and(|end| end == "btf"),
            "{}: name it VERSION-ARCHITECTURE-FLAVOUR.btf",
            full.display()
        );
        let minimize = bpftool()
            .args(["gen", "min_core_btf"])
            .arg(&full)
            .arg(&fixture)
            .args(examples.iter().map(|example| example.object().path))
            .output()?;
        ensure!(
            minimize.status.success(),
            "bpftool: {}",
            String::from_utf8_lossy(&minimize.stderr)
        );
        fs::write(fixture.with_extension("expected"), table(&full, &examples)?)?;
        println!("{}", fixture.display());
    }
    Ok(())
}

/// A line for every relocation: kind, path, and its value, or `-` if the kernel lacks the field.
fn table(full: &Path, examples: &[Example]) -> Result<String> {
    let dump = bpftool()
        .args(["-j", "btf", "dump", "file"])
        .arg(full)
        .output()?;
    let dump: Value = serde_json::from_slice(&dump.stdout)
        .with_context(|| format!("`bpftool btf dump file {}`", full.display()))?;
    let types = Types(dump["types"].as_array().context("no types")?);
    let mut table = "# what every relocation becomes\n".to_owned();
    let accesses: BTreeSet<&String> = examples
        .iter()
        .flat_map(|example| &example.accesses)
        .collect();
    for access in accesses {
        let (kind, path) = access.split_once(' ').context("a kind without a path")?;
        let field = types.field(path).with_context(|| access.clone())?;
        let value = match (kind, field) {
            ("field_exists", field) => u8::from(field.is_some()).to_string(),
            (_, None) => "-".to_owned(),
            (kind, Some(field)) => field.value(kind)?.to_string(),
        };
        table += &format!("{access} {value}\n");
    }
    Ok(table)
}

/// A field of a kernel's type.
struct Field<'a> {
    /// Where it is, in bits.
    bit_offset: u64,
    /// How many it has; `None` if it is no bit-field.
    bits: Option<u64>,
    /// Its type, without typedefs and the like.
    ty: &'a Value,
}

impl Field<'_> {
    /// `bpf_core_calc_field_relo` of libbpf, for a little-endian target.
    fn value(&self, kind: &str) -> Result<u64> {
        let size = self.ty["size"].as_u64();
        let (byte_off, byte_sz, bits) = match self.bits {
            None => (self.bit_offset / 8, size, size.map(|size| size * 8)),
            Some(bits) => {
                // As many bytes at a multiple of as many as hold all of the bits.
                let mut byte_sz = size.context("a bit-field of no size")?;
                let start = |byte_sz| self.bit_offset / 8 / byte_sz * byte_sz;
                while self.bit_offset + bits - start(byte_sz) * 8 > byte_sz * 8 {
                    byte_sz *= 2;
                }
                (start(byte_sz), Some(byte_sz), Some(bits))
            }
        };
        let is_signed = self.ty["encoding"] == "SIGNED";
        let sized = || {
            byte_sz
                .zip(bits)
                .with_context(|| format!("no size of {}", self.ty))
        };
        Ok(match kind {
            "byte_off" => byte_off,
            "byte_sz" => sized()?.0,
            "signed" => is_signed.into(),
            "lshift_u64" => 64 - (self.bit_offset + sized()?.1 - byte_off * 8),
            "rshift_u64" => 64 - sized()?.1,
            kind => bail!("what `{kind}` becomes is not known here"),
        })
    }
}

/// As `bpftool -j btf dump` prints them: the first has id 1.
struct Types<'a>(&'a [Value]);

impl Types<'_> {
    fn field(&self, path: &str) -> Result<Option<Field<'_>>> {
        let (root, names) = path.split_once('.').context("no field")?;
        // A flavour is no part of the kernel's name.
        let root = bpf_core_btf::essential_name(root);
        let is_root = |ty: &&Value| ty["kind"] == "STRUCT" && ty["name"] == root;
        let mut roots = self.0.iter().filter(is_root);
        let (Some(ty), None) = (roots.next(), roots.next()) else {
            bail!("not exactly one `struct {root}`");
        };
        let mut field = Field {
            bit_offset: 0,
            bits: None,
            ty,
        };
        for name in names.split('.') {
            ensure!(field.bits.is_none(), "a field of a bit-field");
            let (name, index) = match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
                Some((name, index)) => (name, Some(index.parse()?)),
                None => (name, None),
            };
            let Some(inner) = self.member(field.ty, name) else {
                return Ok(None);
            };
            field = Field {
                bit_offset: field.bit_offset + inner.bit_offset,
                ..inner
            };
            if let Some(index) = index {
                field = self.element(field, index)?;
            }
        }
        Ok(Some(field))
    }

    fn element<'a>(&'a self, array: Field<'a>, index: u64) -> Result<Field<'a>> {
        let count = array.ty["nr_elems"].as_u64().context("no array")?;
        ensure!(index < count, "an array of {count} has no element {index}");
        let ty = self.get(array.ty).context("an array of nothing")?;
        let size = ty["size"].as_u64().context("elements of no size")?;
        Ok(Field {
            bit_offset: array.bit_offset + index * size * 8,
            bits: None,
            ty,
        })
    }

    /// A member of a struct or union; those of its unnamed members count.
    fn member<'a>(&'a self, record: &'a Value, name: &str) -> Option<Field<'a>> {
        record["members"].as_array()?.iter().find_map(|member| {
            let bit_offset = member["bits_offset"].as_u64()?;
            let ty = self.get(member)?;
            if member["name"] == name {
                let bits = member["bitfield_size"].as_u64().filter(|bits| *bits > 0);
                return Some(Field {
                    bit_offset,
                    bits,
                    ty,
                });
            }
            let inner = (member["name"] == "(anon)").then(|| self.member(ty, name))??;
            Some(Field {
                bit_offset: bit_offset + inner.bit_offset,
                ..inner
            })
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
