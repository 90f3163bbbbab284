//! Loads each program of each object in a folder alone into the running kernel, by libbpf, and prints a line
//! for each.

mod said;

use std::ffi::OsStr;
use std::path::Path;

use anyhow::Result;
use kernel_load::{End, Program};
use libbpf_rs::libbpf_sys::bpf_map__value_size;
use libbpf_rs::{AsRawLibbpf as _, MapType, ObjectBuilder, OpenMapMut, OpenObject, PrintLevel};

fn main() -> Result<()> {
    libbpf_rs::set_print(Some((PrintLevel::Info, said::keep)));
    kernel_load::tell_all(load_all)
}

fn load_all(path: &Path) -> Result<Vec<Program>, String> {
    said::forget();
    let object = ObjectBuilder::default().open_file(path);
    let object = object.map_err(|error| said::why(&error))?;
    let programs: Vec<(String, String)> = object
        .progs()
        .map(|program| {
            let text = |text: &OsStr| text.to_string_lossy().into_owned();
            (text(program.name()), text(program.section()))
        })
        .collect();
    let programs = programs.into_iter().map(|(name, section)| Program {
        end: load(path, &name),
        name,
        section,
    });
    Ok(programs.collect())
}

/// Loads the program, and those that libbpf loads for its maps.
fn load(path: &Path, program: &str) -> End {
    let mut loaded = vec![program.to_owned()];
    let mut level = LAST_WORDS;
    loop {
        said::forget();
        let object = ObjectBuilder::default().open_file(path);
        let error = match object.and_then(|object| prepared(object, &loaded, level).load()) {
            Ok(_) => return End::Accepted,
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
            return End::Unasked(format!("map `{map}`: its loader gives it a map to hold"));
        }
        return match said::refused() {
            Some(other) if other != program => End::Unasked(format!("`{other}`: {why}")),
            _ => End::Refused(why),
        };
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
        match map.map_type() {
            // libbpf loads its programs as soon as it creates the map.
            MapType::StructOps => {
                let _ = map.set_autocreate(has_struct_ops);
            }
            // libbpf-rs does not know all types that libbpf does, such as the storages of cgroups, which have no
            // number of entries.
            MapType::Unknown => {}
            _ => resize(&mut map),
        }
    }
    object
}

/// Gives a map the entries that a loader sets, and room for the frames of a stack.
fn resize(map: &mut OpenMapMut<'_>) {
    // SAFETY: the map is of an open object.
    let size = unsafe { bpf_map__value_size(map.as_libbpf_object().as_ptr()) };
    if map.map_type() == MapType::StackTrace && size == 0 {
        let _ = map.set_value_size(kernel_load::STACK_TRACE_SIZE);
    }
    let entries = kernel_load::entries(map.map_type().into(), map.max_entries());
    if let Some(entries) = entries {
        let _ = map.set_max_entries(entries);
    }
}
