//! Loads each program of each object in a folder alone into the running kernel, by libbpf, and prints a line
//! for each, which `cargo xtask kernels load` reads.

mod said;

use std::path::Path;

use anyhow::{Context as _, Result};
use libbpf_rs::{MapType, ObjectBuilder, OpenMapMut, OpenObject, PrintLevel};
use walkdir::WalkDir;

fn main() -> Result<()> {
    let folder = std::env::args().next_back().context("name a folder")?;
    libbpf_rs::set_print(Some((PrintLevel::Info, said::keep)));
    for file in WalkDir::new(&folder).sort_by_file_name() {
        let file = file?;
        if file.file_type().is_file() {
            let name = file.path().strip_prefix(&folder)?.with_extension("");
            load_all(file.path(), &name.to_string_lossy());
        }
    }
    Ok(())
}

/// A line has: object, program, section, `accepted`, `refused` or `unasked`, and why.
fn tell(object: &str, program: &str, section: &str, outcome: &str, why: &str) {
    let why = why.replace(['\t', '\n', '\r'], " ");
    println!("{object}\t{program}\t{section}\t{outcome}\t{why}");
}

fn load_all(path: &Path, name: &str) {
    said::forget();
    let programs: Vec<(String, String)> = match ObjectBuilder::default().open_file(path) {
        Ok(object) => object
            .progs()
            .map(|program| {
                let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
                (text(program.name()), text(program.section()))
            })
            .collect(),
        Err(error) => return tell(name, "", "", "refused", &said::why(&error)),
    };
    for (program, section) in &programs {
        let (outcome, why) = match load(path, program) {
            Ok(()) => ("accepted", String::new()),
            Err(Refusal::OfProgram(why)) => ("refused", why),
            Err(Refusal::OfAnother(why)) => ("unasked", why),
        };
        tell(name, program, section, outcome, &why);
    }
}

enum Refusal {
    OfProgram(String),
    /// Of something that libbpf loads as well. It does not come to the program that was asked for.
    OfAnother(String),
}

/// Loads the program, and those that libbpf loads for its maps.
fn load(path: &Path, program: &str) -> Result<(), Refusal> {
    let mut loaded = vec![program.to_owned()];
    let mut level = LAST_WORDS;
    loop {
        said::forget();
        let object = ObjectBuilder::default().open_file(path);
        let error = match object.and_then(|object| prepared(object, &loaded, level).load()) {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        if level == LAST_WORDS && said::needs_instructions() {
            level = INSTRUCTIONS;
            continue;
        }
        if let Some(needed) = said::needed()
            && !loaded.contains(&needed)
        {
            loaded.push(needed);
            continue;
        }
        let why = said::why(&error);
        if let Some(map) = said::not_created()
            && holds_maps(path, &map)
        {
            return Err(Refusal::OfAnother(format!(
                "map `{map}`: its loader gives it a map to hold"
            )));
        }
        return Err(match said::refused() {
            Some(other) if other != program => Refusal::OfAnother(format!("`{other}`: {why}")),
            _ => Refusal::OfProgram(why),
        });
    }
}

/// Whether the values of a map are maps.
fn holds_maps(path: &Path, name: &str) -> bool {
    let object = ObjectBuilder::default().open_file(path);
    object.is_ok_and(|object| {
        let mut maps = object.maps();
        let map = maps.find(|map| *map.name() == *name);
        map.is_some_and(|map| matches!(map.map_type(), MapType::ArrayOfMaps | MapType::HashOfMaps))
    })
}

/// `BPF_LOG_STATS`: the verifier tells why it refuses a program, and not what it looked at before, which is
/// long where it follows a loop.
const LAST_WORDS: u32 = 4;
/// `BPF_LOG_LEVEL1`
const INSTRUCTIONS: u32 = 1;

fn prepared(mut object: OpenObject, programs: &[String], level: u32) -> OpenObject {
    let mut has_struct_ops = false;
    for mut program in object.progs_mut() {
        let is_asked = programs.iter().any(|name| *program.name() == **name);
        has_struct_ops |= is_asked
            && program
                .section()
                .to_string_lossy()
                .starts_with("struct_ops");
        program.set_autoload(is_asked);
        program.set_log_level(level);
    }
    for mut map in object.maps_mut() {
        if map.map_type() == MapType::StructOps {
            // libbpf loads its programs as soon as it creates the map.
            let _ = map.set_autocreate(has_struct_ops);
        } else {
            resize(&mut map);
        }
    }
    object
}

/// Gives a map the entries that a loader sets, and no more than fit into a guest.
fn resize(map: &mut OpenMapMut<'_>) {
    const LARGEST: u32 = 1 << 16;
    let name = map.name().to_string_lossy().into_owned();
    let is_section = [".rodata", ".data", ".bss", ".kconfig"]
        .iter()
        .any(|section| name.contains(section));
    let entries = match (map.map_type(), map.max_entries()) {
        // libbpf counts the processors.
        (MapType::PerfEventArray, 0) => return,
        (
            MapType::SkStorage
            | MapType::InodeStorage
            | MapType::TaskStorage
            | MapType::CGrpStorage,
            _,
        ) => return,
        (MapType::RingBuf | MapType::UserRingBuf, 0) => 4096,
        (_, 0) => 64,
        (_, entries) if entries > LARGEST => LARGEST,
        _ => return,
    };
    if !is_section {
        let _ = map.set_max_entries(entries);
    }
}
