//! Loads an object of the twins by aya, runs its programs, and reads what they left.

use aya::maps::Map;
use aya::programs::Program;
use aya::{Btf, Ebpf};

use super::Loaded;
use crate::object::Object;

pub(super) fn load(name: &'static str, object: Object) -> Loaded {
    let mut ebpf = Ebpf::load(&object.bytes).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let btf = Btf::from_sys_fs().unwrap();
    let mut programs = Vec::new();
    for (program, of) in ebpf.programs_mut() {
        let loaded = match of {
            Program::RawTracePoint(program) => program.load(),
            Program::BtfTracePoint(program) => program.load("task_newtask", &btf),
            other => panic!("{name}, {program} is {other:?}"),
        };
        loaded.unwrap_or_else(|error| panic!("{name}, {program}: {error}"));
        programs.push((program.to_owned(), of.info().unwrap()));
    }
    let mut maps: Vec<(String, Map)> = Vec::new();
    for map in ["VALUE", "TEXT", "MEMORY"] {
        maps.push((map.to_owned(), ebpf.take_map(map).unwrap()));
    }
    let map = |of: &str| {
        let at = maps.iter().position(|(name, _)| name == of).unwrap();
        match maps.swap_remove(at) {
            (_, Map::Array(data)) => data,
            (name, other) => panic!("{name} is {other:?}"),
        }
    };
    Loaded::new(name, object, programs.into_iter(), map, ebpf)
}
