//! The tables of `bpf-core-kernel-facts`, compared with libbpf and with the kernel's headers.
//!
//! `UPDATE=1 cargo test -p bpf-core-conformance --test facts` adds what this machine's headers have to
//! the lists that are made of headers; `UAPI_HEADERS=FOLDER` takes those of another `linux-libc-dev`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, CString, c_char, c_int};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bpf_core_kernel_facts::program::{Program, SECTIONS};
use bpf_core_kernel_facts::{helper, types};

/// What libbpf takes a section for: the types of the program and of its attachment.
fn asked(section: &str) -> Option<(String, String)> {
    let name = CString::new(section).unwrap();
    let (mut program, mut attach) = (0, 0);
    // SAFETY: the name ends with a zero byte, and both numbers outlive the call. The names that libbpf
    // gives are its own constants.
    unsafe {
        let done = libbpf_sys::libbpf_prog_type_by_name(name.as_ptr(), &mut program, &mut attach);
        let text = |text: *const c_char| CStr::from_ptr(text).to_str().unwrap().to_owned();
        (done == 0).then(|| {
            (
                text(libbpf_sys::libbpf_bpf_prog_type_str(program)),
                text(libbpf_sys::libbpf_bpf_attach_type_str(attach)),
            )
        })
    }
}

static TOLD: Mutex<String> = Mutex::new(String::new());

unsafe extern "C" {
    fn vsnprintf(
        buffer: *mut c_char,
        size: usize,
        format: *const c_char,
        arguments: *mut libbpf_sys::__va_list_tag,
    ) -> c_int;
}

unsafe extern "C" fn keep(
    _: libbpf_sys::libbpf_print_level,
    format: *const c_char,
    arguments: *mut libbpf_sys::__va_list_tag,
) -> c_int {
    let mut buffer = vec![0_u8; 1 << 16];
    // SAFETY: the buffer is as long as is said, and the rest is what libbpf gave.
    let length = unsafe { vsnprintf(buffer.as_mut_ptr().cast(), buffer.len(), format, arguments) };
    let text = CStr::from_bytes_until_nul(&buffer)
        .unwrap()
        .to_string_lossy();
    TOLD.lock().unwrap().push_str(&text);
    length
}

/// All names of sections that libbpf knows: it tells them to whoever asks for another one.
fn told() -> BTreeSet<String> {
    // SAFETY: `keep` is such a function.
    unsafe { libbpf_sys::libbpf_set_print(Some(keep)) };
    assert_eq!(asked("no such section"), None);
    let told = TOLD.lock().unwrap();
    let (_, names) = told
        .split_once("names are:")
        .unwrap_or_else(|| panic!("libbpf names no sections: {told}"));
    names.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn sections_are_those_of_libbpf() {
    // libbpf leaves the `+` out where it tells the names.
    let ours: BTreeSet<String> = SECTIONS
        .iter()
        .map(|section| section.name.trim_end_matches('+').to_owned())
        .collect();
    let theirs: BTreeSet<String> = told()
        .iter()
        .map(|name| name.trim_end_matches('+').to_owned())
        .collect();
    assert_eq!(ours, theirs);
    for section in SECTIONS {
        let plain = section.name.trim_end_matches('+');
        let targets: &[&str] = if section.name.ends_with('+') {
            &["", "/x", "/x/y"]
        } else {
            &[""]
        };
        for target in targets {
            let name = format!("{plain}{target}");
            let (program, attach) = asked(&name).unwrap_or_else(|| panic!("libbpf: no `{name}`"));
            let found = Program::of_section(&name).unwrap();
            assert_eq!(found.section.program_type, program, "{name}");
            // Type 0 stands for none as well.
            let none = found.section.attach_type.is_empty() && attach == "cgroup_inet_ingress";
            assert!(
                none || found.section.attach_type == attach,
                "{name}: libbpf says {attach}"
            );
        }
    }
}

/// The folders with the headers of user space: the machine's, or another one's.
fn headers() -> PathBuf {
    std::env::var_os("UAPI_HEADERS").map_or_else(|| "/usr/include".into(), PathBuf::from)
}

/// Compares a list that is made from headers with what these have. What once was in a header stays
/// user-space API, so a list only grows.
fn compare<K: Ord + Clone>(
    file: &str,
    declared: &BTreeSet<K>,
    known: &BTreeSet<K>,
    line: fn(&K) -> String,
) {
    let missing: Vec<String> = declared.difference(known).map(line).collect();
    if missing.is_empty() {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../kernel-facts/src/generated")
        .join(file);
    if std::env::var_os("UPDATE").is_some() {
        let all: BTreeSet<K> = declared.union(known).cloned().collect();
        fs::write(&path, all.iter().map(line).collect::<String>()).unwrap();
        return;
    }
    panic!(
        "{file} lacks what these headers have, `UPDATE=1` adds it:\n{}",
        missing.concat()
    );
}

#[test]
fn helpers_are_those_of_the_header() {
    let header = headers().join("linux/bpf.h");
    let text = fs::read_to_string(&header).unwrap();
    // `FN(map_lookup_elem, 1, ##ctx)`. Before 6.2, where it stands is its number.
    let entries = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("FN("));
    let declared: BTreeSet<(u32, String)> = (0..)
        .zip(entries)
        .map(|(position, entry)| {
            let mut words = entry.split([',', ')', ' ']).filter(|word| !word.is_empty());
            let name = words.next().unwrap().to_owned();
            let number = words.next().and_then(|number| number.parse().ok());
            (number.unwrap_or(position), name)
        })
        .collect();
    assert!(
        declared.len() > 200,
        "{}: {} helpers",
        header.display(),
        declared.len()
    );
    let known = helper::all()
        .map(|(number, name)| (number, name.to_owned()))
        .collect();
    compare("helpers.txt", &declared, &known, |(number, name)| {
        format!("{number} {name}\n")
    });
    let numbers: BTreeMap<u32, &str> = helper::all().collect();
    assert_eq!(
        numbers.len(),
        helper::all().count(),
        "a number has two names"
    );
}

#[test]
fn types_are_those_of_the_headers() {
    let folder = headers();
    // Beside these, `/usr/include` has what libraries and compilers declare.
    let names = [
        "linux",
        "asm",
        "asm-generic",
        "drm",
        "misc",
        "mtd",
        "rdma",
        "scsi",
        "sound",
        "video",
        "xen",
    ];
    let machines = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("asm"));
    let mut declared = BTreeSet::new();
    for folder in names
        .map(|name| folder.join(name))
        .into_iter()
        .chain(machines)
    {
        // `scsi/scsi.h` and its kin are of the C library.
        let libc = folder
            .ends_with("scsi")
            .then_some(["scsi.h", "sg.h", "scsi_ioctl.h"]);
        declare(
            &folder,
            libc.as_ref().map_or(&[], |names| names),
            &mut declared,
        );
    }
    assert!(
        declared.len() > 2000,
        "{}: {} types",
        folder.display(),
        declared.len()
    );
    let known = types::declared().map(str::to_owned).collect();
    compare("uapi_types.txt", &declared, &known, |name| {
        format!("{name}\n")
    });
}

#[test]
fn headers_are_those_of_the_system() {
    let folder = headers();
    let mut found = BTreeSet::new();
    for name in ["linux", "net"] {
        below(&folder.join(name), name, &mut found);
    }
    assert!(
        found.len() > 400,
        "{}: {} headers",
        folder.display(),
        found.len()
    );
    let known = types::headers().map(str::to_owned).collect();
    compare("user_headers.txt", &found, &known, |name| {
        format!("{name}\n")
    });
}

/// Adds the headers below a folder, as directives name them.
fn below(folder: &Path, name: &str, found: &mut BTreeSet<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
        match path.is_dir() {
            true => below(&path, &name, found),
            false => found.extend(name.ends_with(".h").then_some(name)),
        }
    }
}

/// Adds the names of what the headers below a folder declare with a body.
fn declare(folder: &Path, without: &[&str], names: &mut BTreeSet<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            declare(&path, without, names);
        } else if name.ends_with(".h") && !without.contains(&&*name) {
            let bytes = fs::read(&path).unwrap();
            names.extend(declarations(&without_comments(&String::from_utf8_lossy(
                &bytes,
            ))));
        }
    }
}

fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut left = text;
    while let Some((before, rest)) = left.split_once("/*") {
        code.push_str(before);
        code.push(' ');
        left = rest.split_once("*/").map_or("", |(_, after)| after);
    }
    code + left
}

/// The names in `struct NAME {`, and with `union` and `enum`.
fn declarations(code: &str) -> Vec<String> {
    let spaced = code
        .replace('{', " { ")
        .replace(['}', ';', '(', ')', ','], " ; ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let starts = words
        .windows(3)
        .filter(|words| matches!(words[0], "struct" | "union" | "enum") && words[2] == "{");
    starts.map(|words| words[1].to_owned()).collect()
}

#[test]
fn reads_declarations() {
    let code = "struct a { union b *x; };\n/* struct c { */ enum d{ E }; union e\n{ int y; } z; struct f g;";
    assert_eq!(declarations(&without_comments(code)), ["a", "d", "e"]);
}
