//! `cargo xtask kernels catalogue`: the types of the pinned kernels, in the file that the tools ship.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use bpf_core_btf::Btf;
use bpf_core_catalogue::Writer;
use setup::process::say;
use setup::workspace;

use crate::fetch::Fetcher;
use crate::pin::{self, Pin};

/// zstd's best. It costs time here only: a catalogue of any level is read equally fast.
const LEVEL: i32 = 22;

fn file() -> PathBuf {
    workspace::root().join("catalogue/debian/debian.kernels")
}

/// Writes the catalogue anew. It has all pinned kernels, or it is not written.
pub(crate) fn make() -> Result<()> {
    let mut fetcher = Fetcher::default();
    let mut writer = Writer::new();
    let pins = pin::all()?;
    for pin in &pins {
        match fetcher.image(pin)? {
            Ok(image) => add(&mut writer, pin, image)?,
            Err(why) => bail!("{}: {why}", pin.kernel),
        }
    }
    let mut failed = None;
    let bytes = writer.finish(|block| {
        zstd::bulk::compress(block, LEVEL).unwrap_or_else(|error| {
            failed = Some(error);
            Vec::new()
        })
    });
    if let Some(error) = failed {
        return Err(error).context("zstd");
    }
    fs::write(file(), &bytes)?;
    say(format_args!(
        "{} kernels in {} bytes: {}",
        pins.len(),
        bytes.len(),
        file().display()
    ));
    Ok(())
}

fn add(writer: &mut Writer, pin: &Pin, image: PathBuf) -> Result<()> {
    for types in bpf_core_kernel_files::read(&image)? {
        let mut kernel = types.kernel;
        kernel.version = pin.version().to_owned();
        kernel.distribution = "debian".to_owned();
        let name = || pin.kernel.to_string();
        let btf = Btf::parse(&types.vmlinux).with_context(name)?;
        let number = writer.add(kernel, &btf, &[]).with_context(name)?;
        writer.add_facts(number, &types.facts);
    }
    Ok(())
}
