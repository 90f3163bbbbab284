//! Objects that are damaged: `check` gives an error or a report, and neither panics nor runs on.
//!
//! `ROUNDS=100000 cargo test -p bpf-core-portability --test damaged` looks for longer, and `SEED` starts
//! elsewhere.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use bpf_core_btf::object::Object;
use bpf_core_catalogue::{Catalogue, KernelSet};
use bpf_core_portability::{Loader, check};

/// Numbers that follow from a seed (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// A field of a 64-bit ELF file, in its byte order (`EI_DATA`).
fn field<const SIZE: usize>(object: &[u8], at: usize) -> usize {
    let mut bytes = object[at..at + SIZE].to_vec();
    if object[5] == 2 {
        bytes.reverse();
    }
    bytes.resize(8, 0);
    u64::from_le_bytes(bytes.try_into().unwrap()) as usize
}

/// The headers of all sections: where each begins.
fn section_headers(object: &[u8]) -> Vec<usize> {
    let (first, size, count) = (
        field::<8>(object, 0x28),
        field::<2>(object, 0x3a),
        field::<2>(object, 0x3c),
    );
    (0..count).map(|number| first + number * size).collect()
}

/// Does one kind of damage to a whole object.
fn damage(object: &mut Vec<u8>, numbers: &mut Numbers) {
    let headers = section_headers(object);
    let header = headers[numbers.below(headers.len())];
    let (start, size) = (
        field::<8>(object, header + 0x18),
        field::<8>(object, header + 0x20),
    );
    let whole = object.len();
    let inside = |numbers: &mut Numbers, len: usize| {
        let end = (start + size).min(whole).max(len);
        (start + numbers.below(size)).min(end - len)
    };
    match numbers.below(6) {
        // A byte of the file.
        0 => {
            let at = numbers.below(object.len());
            object[at] ^= 1 << numbers.below(8);
        }
        // Some bytes of one section.
        1 => {
            for _ in 0..=numbers.below(8) {
                let at = inside(numbers, 1);
                object[at] = numbers.next() as u8;
            }
        }
        // A number of a section at its limits.
        2 => {
            let at = inside(numbers, 4) & !3;
            let limits = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, size as u32];
            object[at..at + 4].copy_from_slice(&limits[numbers.below(6)].to_le_bytes());
        }
        // The file ends early.
        3 => object.truncate(numbers.below(object.len())),
        // A section ends early.
        4 => {
            let size = numbers.below(size) as u64;
            object[header + 0x20..header + 0x28].copy_from_slice(&size.to_le_bytes());
        }
        // A field of a section's header.
        _ => {
            let at = header + numbers.below(16) * 4;
            let value = match numbers.below(3) {
                0 => u32::MAX,
                1 => numbers.next() as u32,
                _ => numbers.below(headers.len() + 1) as u32,
            };
            object[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
    }
}

/// The objects of the other tests.
fn objects() -> Vec<(String, Vec<u8>)> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folders = fs::read_dir(tests).unwrap().map(|entry| entry.unwrap());
    let files = folders.filter(|entry| entry.path().is_dir());
    let files = files.flat_map(|folder| fs::read_dir(folder.path()).unwrap());
    let paths = files.map(|file| file.unwrap().path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "o"))
        .collect();
    paths.sort();
    let read = |path: std::path::PathBuf| (path.display().to_string(), fs::read(&path).unwrap());
    paths.into_iter().map(read).collect()
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn damaged_objects_give_an_error_or_a_report() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let last = catalogue.kernels().len() - 1;
    let kernels: KernelSet = [0, last / 2, last].into_iter().collect();
    let objects = objects();
    assert!(objects.len() > 5);
    let (mut errors, mut reports) = (0, 0);
    let first = setting("SEED", 1);
    for seed in first..first + setting("ROUNDS", 128) {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let (name, whole) = &objects[numbers.below(objects.len())];
        let mut object = whole.clone();
        damage(&mut object, &mut numbers);
        let judged = catch_unwind(|| {
            let object = Object::parse(&object).map_err(|error| error.to_string())?;
            let report = check(&object, &catalogue, &kernels, &Loader::default());
            report.map_err(|error| error.to_string())
        });
        match judged {
            Err(_) => panic!("seed {seed} of {name}"),
            Ok(Err(error)) => {
                errors += 1;
                let is_one = !error.is_empty() && !error.contains('\n');
                assert!(is_one, "seed {seed} of {name}: {error:?}");
            }
            Ok(Ok(report)) => {
                reports += 1;
                for program in &report.programs {
                    for kernel in report.judged.iter() {
                        assert!(program.on(kernel).is_some(), "seed {seed} of {name}");
                    }
                }
            }
        }
    }
    assert!(
        errors > 0 && reports > 0,
        "{errors} errors, {reports} reports"
    );
}
