//! Objects and build files that are truncated, flipped, or made to take long: a finding or none,
//! and never a panic.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cargo_corelint::check::{self, Outcome};
use cargo_corelint::front::Settings;
use cargo_corelint::input::{Kind, Owner, Unit, Work};

/// Checks a file. A panic is told as a finding, and is a failure here.
fn check(kind: Kind, file: &Path) -> Outcome {
    let unit = Unit {
        work: Work::File(kind, file.to_owned()),
        owner: Arc::new(Owner::default()),
    };
    let outcome = check::check(&unit, &Settings::default());
    let failed = outcome
        .findings
        .iter()
        .any(|one| one.message.contains("the linter itself failed"));
    assert!(!failed, "{}: {outcome:?}", file.display());
    outcome
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("damaged");
    fs::create_dir_all(&folder).expect("a folder");
    folder.join(name)
}

fn is_unreadable(outcome: &Outcome) -> bool {
    outcome
        .findings
        .iter()
        .any(|finding| finding.rule == "unreadable-input")
}

fn objects() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let rules = fs::read_dir(root).expect("fixtures").flatten();
    let files = rules.flat_map(|rule| fs::read_dir(rule.path()).into_iter().flatten().flatten());
    let files = files.map(|file| file.path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "o"))
        .collect()
}

#[test]
fn truncated_objects() {
    let file = scratch("truncated.o");
    for object in objects() {
        let bytes = fs::read(&object).expect("an object");
        for len in (0..bytes.len()).step_by(97) {
            fs::write(&file, &bytes[..len]).expect("a file");
            // The table of sections is at the end.
            assert!(
                is_unreadable(&check(Kind::Object, &file)),
                "{} {len}",
                object.display()
            );
        }
    }
}

#[test]
fn flipped_objects() {
    let file = scratch("flipped.o");
    for object in objects() {
        let bytes = fs::read(&object).expect("an object");
        for place in (0..bytes.len()).step_by(13) {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << (place % 8);
            fs::write(&file, damaged).expect("a file");
            let outcome = check(Kind::Object, &file);
            // An object that cannot be read has nothing found in it.
            assert!(
                !is_unreadable(&outcome) || outcome.findings.len() == 1,
                "{} {place}: {:?}",
                object.display(),
                outcome.findings
            );
        }
    }
}

#[test]
fn a_large_file_is_refused_unread() {
    let file = scratch("large.o");
    let large = fs::File::create(&file).expect("a file");
    large.set_len(100 << 20).expect("a length");
    for kind in [Kind::Object, Kind::Package, Kind::Commands] {
        let outcome = check(kind, &file);
        assert!(is_unreadable(&outcome));
        let message = &outcome.findings[0].message;
        assert!(message.contains("larger than"), "{message}");
    }
}

/// An object with this code in a program's section, without symbols.
fn program(code: &[u8]) -> Vec<u8> {
    const NAMES: &[u8] = b"\0kprobe/f\0.shstrtab\0";
    let code_at = 64_u64;
    let names_at = code_at + code.len() as u64;
    let table_at = (names_at + NAMES.len() as u64).next_multiple_of(8);
    let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x01\0\xf7\0\x01\0\0\0".to_vec();
    for word in [0, 0, table_at] {
        elf.extend(word.to_le_bytes());
    }
    elf.extend(0_u32.to_le_bytes());
    for half in [64_u16, 0, 0, 64, 3, 2] {
        elf.extend(half.to_le_bytes());
    }
    elf.extend(code);
    elf.extend(NAMES);
    elf.resize(table_at as usize, 0);
    let sections = [
        [0, 0, 0, 0, 0, 0],
        [1, 1, 6, code_at, code.len() as u64, 8],
        [10, 3, 0, names_at, NAMES.len() as u64, 1],
    ];
    for [name, kind, flags, at, len, align] in sections {
        elf.extend((name as u32).to_le_bytes());
        elf.extend((kind as u32).to_le_bytes());
        for word in [flags, 0, at, len, 0, align, 0] {
            elf.extend(word.to_le_bytes());
        }
    }
    elf
}

/// Every instruction jumps, and puts something else into the stack on the way.
#[test]
fn code_made_to_take_long_is_given_up() {
    let mut code = Vec::new();
    for at in 0_u32..60_000 {
        // `call 113`, then a jump back.
        code.extend([0x85, 0, 0, 0, 113, 0, 0, 0]);
        code.extend([0x7b, 0x0a, (at % 64 * 8) as u8, 0xfe, 0, 0, 0, 0]);
        let back = (at.min(10_000) as i16).wrapping_mul(-3).to_le_bytes();
        code.extend([0x15, 0, back[0], back[1], 1, 0, 0, 0]);
    }
    let file = scratch("long.o");
    fs::write(&file, program(&code)).expect("a file");
    let outcome = check(Kind::Object, &file);
    assert!(is_unreadable(&outcome), "{:?}", outcome.findings);
}

#[test]
fn hand_made_code_is_followed() {
    let code = [
        // `call 35`, `r0 += 8`, `r0 = *(u64 *)(r0 + 0)`, `exit`.
        [0x85, 0, 0, 0, 35, 0, 0, 0],
        [0x07, 0, 0, 0, 8, 0, 0, 0],
        [0x79, 0, 0, 0, 0, 0, 0, 0],
        [0x95, 0, 0, 0, 0, 0, 0, 0],
    ];
    let file = scratch("made.o");
    let mut object = program(code.as_flattened());
    // BPF, and what LLVM wrote before that had a number; libbpf takes both.
    for machine in [247, 0] {
        object[18] = machine;
        fs::write(&file, &object).expect("a file");
        let outcome = check(Kind::Object, &file);
        let rules: Vec<&str> = outcome
            .findings
            .iter()
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(
            rules,
            ["direct-deref", "hardcoded-offset", "missing-debug-info"]
        );
    }
    object[18] = 62;
    fs::write(&file, &object).expect("a file");
    let findings = check(Kind::Object, &file).findings;
    assert!(
        findings[0].message.contains("no eBPF object"),
        "{findings:?}"
    );
}

/// A jump without condition tests nothing.
#[test]
fn a_jump_is_no_test_of_a_read() {
    let code = [
        // `r3 = *(u64 *)(r1 + 112)`, then `bpf_probe_read_kernel` of it to `r10 - 8`.
        [0x79, 0x13, 112, 0, 0, 0, 0, 0],
        [0xbf, 0xa1, 0, 0, 0, 0, 0, 0],
        [0x07, 0x01, 0, 0, 0xf8, 0xff, 0xff, 0xff],
        [0xb7, 0x02, 0, 0, 8, 0, 0, 0],
        [0x85, 0, 0, 0, 113, 0, 0, 0],
        // `goto +0`, `r0 = *(u64 *)(r10 - 8)`, `exit`.
        [0x05, 0, 0, 0, 0, 0, 0, 0],
        [0x79, 0xa0, 0xf8, 0xff, 0, 0, 0, 0],
        [0x95, 0, 0, 0, 0, 0, 0, 0],
    ];
    let file = scratch("jump.o");
    fs::write(&file, program(code.as_flattened())).expect("a file");
    let outcome = check(Kind::Object, &file);
    let rules: Vec<&str> = outcome
        .findings
        .iter()
        .map(|finding| finding.rule)
        .collect();
    assert!(rules.contains(&"silent-zero"), "{rules:?}");
}

#[test]
fn nested_tables_end() {
    let file = scratch("Cargo.toml");
    for text in [
        "a = ".to_owned() + &"[".repeat(100_000),
        "[a.".to_owned() + &"b.".repeat(100_000) + "c]",
    ] {
        fs::write(&file, text).expect("a file");
        assert!(is_unreadable(&check(Kind::Package, &file)));
    }
}
