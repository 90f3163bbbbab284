//! Debian's packages: an `ar` archive with two compressed `tar` archives.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;

use crate::compression::{self, Compression};
use crate::error::Fault;
use crate::package::{Contents, Origin};

pub(crate) const MAGIC: &[u8] = b"!<arch>\n";

/// Adds a package's kernel image, modules and configuration to what others have.
pub(crate) fn read(bytes: &[u8], contents: &mut Contents) -> Result<(), Fault> {
    let mut archive = ar::Archive::new(bytes);
    while let Some(entry) = archive.next_entry() {
        let entry = entry.map_err(|error| Fault::damaged("package", error))?;
        let name = String::from_utf8_lossy(entry.header().identifier()).into_owned();
        if name.starts_with("control.tar") {
            let mut control = String::new();
            each_file(entry, &name, |path, file| {
                if path == "control" {
                    file.take(1 << 20).read_to_string(&mut control)?;
                }
                Ok(ControlFlow::Continue(()))
            })?;
            contents.origin = origin(&control);
        } else if name.starts_with("data.tar") {
            each_file(entry, &name, |path, file| contents.take(path, file))?;
        }
    }
    Ok(())
}

/// Calls `each` for every file of a `tar` archive that may be compressed, with its path without `./`, until
/// it has enough.
fn each_file(
    mut data: impl Read,
    name: &str,
    mut each: impl FnMut(&str, &mut dyn Read) -> std::io::Result<ControlFlow<()>>,
) -> Result<(), Fault> {
    let mut start = [0; 6];
    let damaged = |error: std::io::Error| Fault::damaged("package", format!("`{name}`: {error}"));
    data.read_exact(&mut start).map_err(damaged)?;
    let whole = (&start[..]).chain(data);
    let plain = match Compression::of(&start) {
        Some(of) => of.reader(whole).map_err(damaged)?,
        None => Box::new(whole),
    };
    let mut archive = tar::Archive::new(plain);
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let path = path.trim_start_matches("./").trim_start_matches('/');
        if each(path, &mut entry).map_err(damaged)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// What the fields of `control` say of the package.
fn origin(control: &str) -> Origin {
    let fields: BTreeMap<&str, &str> = control
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect();
    let field = |name: &str| fields.get(name).copied().unwrap_or_default().to_owned();
    let maintainer = field("Maintainer").to_lowercase();
    let distribution = ["debian", "ubuntu", "raspberry"]
        .into_iter()
        .find(|name| maintainer.contains(name));
    Origin {
        version: field("Version"),
        architecture: field("Architecture"),
        distribution: distribution.unwrap_or_default().to_owned(),
    }
}

/// The one member of an archive such as `6.1.0.btf.tar.xz`, with its name.
pub(crate) fn only_btf(bytes: &[u8]) -> Result<Option<(String, Vec<u8>)>, Fault> {
    let mut found = None;
    each_file(bytes, "archive", |path, file| {
        if found.is_none() && path.ends_with(".btf") {
            let mut btf = Vec::new();
            file.take(compression::LIMIT).read_to_end(&mut btf)?;
            found = Some((path.to_owned(), btf));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}
