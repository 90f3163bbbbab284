//! C and Rust in one object: each record that the C program and the Rust module have alone is in
//! it, by name and path, and no other; whatever clang made of the C, and in either order.

// Brings LLVM along, which the tests use through the same crates.
use bpf_core_linker as _;

#[path = "../linker/linking.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod linking;
#[path = "../linker/program.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod program;

mod clang;
mod programs;

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use bpf_core_btf::{Spec, object::Object};

use crate::{
    clang::Clang,
    linking::Folder,
    programs::{PRELUDE, PROGRAMS},
};

/// What the Rust module asks for.
const REQUESTS: [&str; 19] = [
    "byte_off struct task_struct.pid:i32",
    "&byte_off struct task_struct.tgid:i32",
    "byte_off struct task_struct.se:struct sched_entity.vruntime:u64",
    "byte_off struct task_struct.comm:[16]u8[3]",
    "byte_sz struct task_struct.comm:[16]u8",
    "field_exists struct task_struct.state:i64",
    "field_exists struct task_struct.pid:i32",
    "byte_off struct file.f_flags:u32",
    "byte_off union value.wide:u64",
    "byte_off typedef struct atomic_t.counter:i32",
    "byte_off struct grid.cell:[4][8]u16[3][7]",
    "enumval_exists enum pid_type/u32.PIDTYPE_MAX=3",
    "enumval_value enum pid_type/u32.PIDTYPE_TGID=1",
    "type_size struct list_head",
    "type_exists struct mm_struct",
    "type_matches struct list_head{next:*struct list_head,prev:*struct list_head,}",
    "local_type_id struct sched_entity",
    "target_type_id struct task_struct",
    "type_exists union value",
];

const SECTION: &str = "raw_tp/rust";

/// How clang is told to make bitcode.
const WAYS: [&[&str]; 4] = [
    &["-O2"],
    &["-O0"],
    &["-O2", "-Xclang", "-disable-llvm-passes"],
    &["-O1"],
];

/// Records of an object in words, with those of Rust apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Records {
    rust: BTreeSet<String>,
    c: BTreeSet<String>,
}

fn records(object: &[u8]) -> Records {
    let object = Object::parse(object).unwrap_or_else(|error| panic!("{error}"));
    let ext = object.btf_ext().unwrap_or_else(|error| panic!("{error}"));
    let mut records = Records::default();
    let (Some(btf), Some(ext)) = (object.btf(), ext) else {
        return records;
    };
    for section in ext.core_relos() {
        for record in &section.records {
            let path = match Spec::parse(btf, record) {
                Ok(spec) => spec.path(),
                Err(fault) => panic!("{fault}"),
            };
            // The indices, which differ with the layout.
            let path = path.split(" (").next().unwrap_or_default();
            let side = match section.name {
                SECTION => &mut records.rust,
                _ => &mut records.c,
            };
            side.insert(format!("{} {path}", record.kind));
        }
    }
    records
}

/// A program in C, with the Rust module beside it.
struct Case<'c> {
    name: &'static str,
    folder: &'c Folder,
    /// The file of the program.
    source: String,
    /// The file of the Rust module.
    rust: &'c str,
    expected: Records,
}

impl<'c> Case<'c> {
    /// Expects the records that `clang` alone makes of the program, and those that Rust has alone.
    fn new(
        (name, source): (&'static str, &str),
        folder: &'c Folder,
        clang: &Clang,
        (rust, alone): (&'c str, &Records),
    ) -> Result<Self, String> {
        let source = folder.file(&format!("{name}.c"), format!("{PRELUDE}{source}\n"));
        let object = folder.path(&format!("{name}.o")).display().to_string();
        clang.run(&["-O2"], &source, &object)?;
        let object = std::fs::read(&object).map_err(|error| error.to_string())?;
        let expected = Records {
            rust: alone.rust.clone(),
            c: records(&object).c,
        };
        Ok(Self {
            name,
            folder,
            source,
            rust,
            expected,
        })
    }

    /// Links what `clang` makes of the program, behind Rust or before it.
    fn check(&self, clang: &Clang, way: &[&str], orders: &[Order]) -> Result<(), String> {
        let stem = format!("{}-{}{}", self.name, clang.version, way.concat());
        let path = |extension: &str| {
            let path = self.folder.path(&format!("{stem}.{extension}"));
            path.display().to_string()
        };
        let (bitcode, out) = (path("bc"), path("o"));
        clang.run(&[way, &["-emit-llvm"]].concat(), &self.source, &bitcode)?;
        for order in orders {
            let inputs = match order {
                Order::CFirst => [&*bitcode, self.rust],
                Order::RustFirst => [self.rust, &*bitcode],
            };
            let exported = ["--export", "rust,prog,second,helper"];
            let output = self.folder.run_to(&out, &[&inputs[..], &exported].concat());
            let stderr = String::from_utf8_lossy(&output.stderr);
            if !output.status.success() || !stderr.is_empty() {
                return Err(format!("{inputs:?}: {stderr}"));
            }
            let object = std::fs::read(&out).map_err(|error| error.to_string())?;
            let found = records(&object);
            if found != self.expected {
                let expected = &self.expected;
                return Err(format!("{inputs:?}:\n has {found:?}\n not {expected:?}"));
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Order {
    CFirst,
    RustFirst,
}

const ORDERS: [Order; 2] = [Order::CFirst, Order::RustFirst];

#[test]
fn c_and_rust_in_one_object() {
    let clangs = Clang::all();
    let Some((newest, older)) = clangs.split_last() else {
        panic!("no `clang-NN` in PATH: `cargo xtask setup` brings one");
    };
    assert!(PROGRAMS.len() >= 40);
    let folder = Folder::new("mixed");
    let rust = folder.file("rust.ll", program::program("rust", SECTION, &REQUESTS));
    let alone = records(&folder.link(&[&rust, "--export", "rust"]));
    assert_eq!(alone.rust.len(), REQUESTS.len(), "{alone:?}");

    // Everything with the newest clang; the older ones take turns.
    let check = |at: usize| -> Result<(), String> {
        let case = Case::new(PROGRAMS[at], &folder, newest, (&rust, &alone))?;
        for way in WAYS {
            case.check(newest, way, &ORDERS)?;
        }
        for (age, clang) in older.iter().enumerate() {
            let turn = at + age;
            case.check(clang, WAYS[turn % WAYS.len()], &ORDERS[turn / 2 % 2..][..1])?;
        }
        Ok(())
    };
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= PROGRAMS.len() {
                        break;
                    }
                    if let (Err(why), Ok(mut failures)) = (check(at), failures.lock()) {
                        failures.push(format!("{}: {why}", PROGRAMS[at].0));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
