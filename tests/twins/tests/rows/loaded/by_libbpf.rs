//! Loads an object of the twins by libbpf, runs its programs, and reads what they left.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use aya::maps::MapData;
use aya::programs::{ProgramInfo, loaded_programs};

use super::Loaded;
use crate::object::Object;

/// A process that keeps an object in the kernel.
pub(super) struct Keeper(Child);

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// What libbpf has put into the kernel.
pub(super) struct Kept {
    pub(super) programs: Vec<(String, ProgramInfo)>,
    /// Ids, by name.
    maps: BTreeMap<String, u32>,
    pub(super) keeper: Keeper,
}

pub(super) fn load(name: &'static str, object: Object) -> Loaded {
    let Kept {
        programs,
        maps,
        keeper,
    } = keep(name, &object);
    let map = |of: &str| MapData::from_id(maps[of]).unwrap();
    Loaded::new(name, object, programs.into_iter(), map, keeper)
}

pub(super) fn keep(name: &str, object: &Object) -> Kept {
    let mut keeper = Command::new(peer())
        .arg(&object.path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(keeper.stdout.take().unwrap()).lines();
    let mut log = keeper.stderr.take().unwrap();
    let keeper = Keeper(keeper);
    let mut next = || lines.next().map(Result::unwrap);
    let mut programs = BTreeMap::new();
    let mut maps = BTreeMap::new();
    while let Some(line) = next() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["program", program, id, _] => programs.insert(id.parse().unwrap(), program.to_owned()),
            ["map", map, id] => {
                maps.insert(map.to_owned(), id.parse().unwrap());
                None
            }
            ["end"] => break,
            _ => panic!("{name}: {line}"),
        };
    }
    if programs.is_empty() {
        let mut why = String::new();
        log.read_to_string(&mut why).unwrap();
        panic!("{name}: libbpf does not load it:\n{why}");
    }
    Kept {
        programs: infos(programs),
        maps,
        keeper,
    }
}

/// What the kernel knows of programs by their ids.
fn infos(mut names: BTreeMap<u32, String>) -> Vec<(String, ProgramInfo)> {
    let mut infos = Vec::new();
    for info in loaded_programs() {
        // One of another process may be gone by now.
        let Ok(info) = info else { continue };
        if let Some(name) = names.remove(&info.id()) {
            infos.push((name, info));
        }
    }
    assert!(names.is_empty(), "not loaded: {names:?}");
    infos
}

/// The program that calls libbpf, built once.
fn peer() -> &'static Path {
    static PEER: OnceLock<PathBuf> = OnceLock::new();
    PEER.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("libbpf.c");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libbpf");
        let built = Command::new("cc")
            .arg("-o")
            .arg(&program)
            .arg(&source)
            .arg("-lbpf")
            .status();
        assert!(
            built.is_ok_and(|status| status.success()),
            "{} cannot be built: `sudo apt-get install gcc libbpf-dev` brings what it needs",
            source.display()
        );
        program
    })
}
