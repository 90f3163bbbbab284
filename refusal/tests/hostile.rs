//! Logs that are cut, mixed up and made of any bytes: an answer, and never a panic.

use std::path::Path;
use std::{env, fs};

use bpf_core_btf::object::Object;
use bpf_core_refusal::{Log, Sites};

/// Numbers that are the same in each run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

fn files(end: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs");
    let files = fs::read_dir(folder).expect("a folder").flatten();
    let mut paths: Vec<_> = files.map(|file| file.path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(end));
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read(path).expect("a file"))
        .collect()
}

fn read(log: &[u8], object: &Object<'_>) {
    for refusal in Log::read(log).refusals {
        assert!(refusal.line > 0);
        if let Ok(sites) = Sites::find(object, &refusal) {
            assert!(sites.all().iter().all(|site| !site.program.is_empty()));
        }
    }
}

#[test]
fn logs_that_are_damaged() {
    let (logs, objects) = (files(".log"), files(".bpf.o"));
    let objects: Vec<_> = objects
        .iter()
        .map(|bytes| Object::parse(bytes).expect("an object"))
        .collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3000 {
        let mut log = logs[random.below(logs.len())].clone();
        for _ in 0..random.below(6) {
            let at = random.below(log.len());
            match random.below(5) {
                0 => log.truncate(at),
                1 if !log.is_empty() => log[at] = random.below(256) as u8,
                2 => {
                    let other = &logs[random.below(logs.len())];
                    let from = random.below(other.len());
                    log.extend_from_slice(&other[from..]);
                }
                3 => {
                    let digits = b"99999999999999999999".iter().copied();
                    log.splice(at..at, digits);
                }
                _ => {
                    log.drain(..at);
                }
            }
        }
        read(&log, &objects[random.below(objects.len())]);
    }
}

#[test]
fn logs_of_any_bytes() {
    let objects = files(".bpf.o");
    let object = Object::parse(&objects[0]).expect("an object");
    let mut random = Random(7);
    for _ in 0..300 {
        let len = random.below(4000);
        let log: Vec<u8> = (0..len).map(|_| random.below(256) as u8).collect();
        read(&log, &object);
    }
}

#[test]
fn a_log_without_an_end() {
    let objects = files(".bpf.o");
    let object = Object::parse(&objects[0]).expect("an object");
    let mut log = Vec::new();
    for insn in 0..200_000 {
        log.extend_from_slice(format!("{insn}: (85) call pc+1\n").as_bytes());
    }
    log.extend(b"program x: ".repeat(20_000));
    log.extend(b"\n4294967295: (85) call unknown#195896080\ninvalid func unknown#195896080\n");
    log.extend(b"unreachable insn 99999999999999999999\n".repeat(5000));
    read(&log, &object);
}
