//! The BTF of many kernels in one file: written, opened, damaged, and the running kernel's picked.

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib;

use bpf_core_btf::archive::{Archive, ArchiveError, KernelId, PickError, Uname, Writer};

const OLD: &[u8] = include_bytes!("fixtures/5.10.223-1-amd64-cloud.min.btf");
const NEW: &[u8] = include_bytes!("fixtures/7.3.4-1-amd64-cloud.min.btf");

fn archive(kernels: &[(&str, &str, &str, &[u8])]) -> Vec<u8> {
    let mut writer = Writer::new();
    for (release, version, machine, btf) in kernels {
        writer.add(KernelId::new(release, version, machine), btf);
    }
    writer.finish()
}

fn few() -> Vec<u8> {
    archive(&[
        ("5.10.0-32-amd64", "5.10.223-1", "x86_64", OLD),
        ("5.10.0-32-amd64", "5.10.226-1", "x86_64", NEW),
        ("5.10.0-32-amd64", "5.10.223-1", "aarch64", NEW),
        ("6.5.0-1-generic", "", "x86_64", OLD),
        ("6.6.0", "6.6.0-2", "x86_64", NEW),
    ])
}

fn running<'a>(release: &'a str, version: &'a str, machine: &'a str) -> Uname<'a> {
    Uname {
        release,
        version,
        machine,
    }
}

const DEBIAN: &str = "#1 SMP PREEMPT Debian 5.10.226-1 (2024-10-03)";
const UBUNTU: &str = "#46~20.04.1-Ubuntu SMP Thu May 22 12:34:56 UTC 2025";

#[test]
fn equal_btf_is_there_once() {
    let file = few();
    assert!(file.len() < OLD.len() + NEW.len(), "{}", file.len());
    let archive = Archive::open(&file).unwrap();
    assert_eq!(archive.kernels().len(), 5);
    assert!(archive.kernels().all(|(_, btf)| btf == OLD || btf == NEW));
}

#[test]
fn a_kernel_gets_its_own() {
    let file = few();
    let archive = Archive::open(&file).unwrap();
    let pick = |release, version, machine| archive.pick(&running(release, version, machine));
    assert_eq!(pick("5.10.0-32-amd64", DEBIAN, "x86_64"), Ok(NEW));
    let old = DEBIAN.replace("226", "223");
    assert_eq!(pick("5.10.0-32-amd64", &old, "x86_64"), Ok(OLD));
    assert_eq!(pick("5.10.0-32-amd64", &old, "aarch64"), Ok(NEW));
    assert_eq!(pick("6.5.0-1-generic", UBUNTU, "x86_64"), Ok(OLD));
    // What the archive does not know of a version contradicts nothing, and neither does what the kernel
    // does not tell.
    assert_eq!(pick("6.5.0-1-generic", DEBIAN, "x86_64"), Ok(OLD));
    assert_eq!(pick("6.6.0", UBUNTU, "x86_64"), Ok(NEW));
}

#[test]
fn another_kernel_gets_an_error() {
    let file = few();
    let archive = Archive::open(&file).unwrap();
    let pick = |release, version, machine| archive.pick(&running(release, version, machine));
    let error = pick("6.5.0-1-generic", UBUNTU, "riscv64").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no BTF for Linux `6.5.0-1-generic` on `riscv64` among the archive's 5 kernels: add that kernel with \
         `cargo corelint min-btf --from`"
    );
    assert!(matches!(
        pick("6.5.0-1", UBUNTU, "x86_64"),
        Err(PickError::Unknown { .. })
    ));
    let other = DEBIAN.replace("226", "262");
    let error = pick("5.10.0-32-amd64", &other, "x86_64").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no BTF for this build of Linux `5.10.0-32-amd64`: it is `#1 SMP PREEMPT Debian 5.10.262-1 \
         (2024-10-03)`, and the archive has `5.10.223-1`, `5.10.226-1`"
    );
    assert!(matches!(
        pick("5.10.0-32-amd64", UBUNTU, "x86_64"),
        Err(PickError::Ambiguous { .. })
    ));
}

#[test]
fn damaged_files_are_refused() {
    let file = few();
    for at in 0..file.len() {
        let error = Archive::open(&file[..at]).unwrap_err();
        let expected = match at {
            0..8 => ArchiveError::NotAnArchive,
            _ => ArchiveError::Damaged,
        };
        assert_eq!(error, expected, "{at}");
        let mut other = file.clone();
        other[at] ^= 0x20;
        // A bit of the stream may stand for nothing.
        let all = |archive: &Archive| format!("{:?}", archive.kernels().collect::<Vec<_>>());
        let damaged = Archive::open(&other).map(|damaged| all(&damaged));
        let whole = Archive::open(&file).map(|whole| all(&whole));
        assert!(damaged.is_err() || damaged == whole, "{at}");
    }
    let mut newer = file;
    newer[8] = 2;
    assert_eq!(
        Archive::open(&newer).unwrap_err().to_string(),
        "the archive of BTF has version 2 of the format, and this program reads 1: make it anew"
    );
}

/// A file whose checksum is right may still say what is not so.
#[test]
fn what_leads_nowhere_is_refused() {
    let file = few();
    let rest = decompress_to_vec_zlib(&file[16..]).unwrap();
    let open = |rest: &[u8], size: usize| {
        let mut other = file[..12].to_vec();
        other.extend((size as u32).to_le_bytes());
        other.extend(compress_to_vec_zlib(rest, 1));
        Archive::open(&other).map(|archive| archive.kernels().len())
    };
    assert_eq!(open(&rest, rest.len()), Ok(5));
    // The counts, the number of a BTF, the length of a text: each far too large.
    for at in [0, 4, 8, 12] {
        let mut other = rest.clone();
        other[at] = 0xff;
        other[at + 1] = 0xff;
        assert_eq!(open(&other, rest.len()), Err(ArchiveError::Damaged), "{at}");
    }
    let mut longer = rest.clone();
    longer.push(0);
    assert_eq!(open(&longer, longer.len()), Err(ArchiveError::Damaged));
    for size in [rest.len() - 1, rest.len() + 1, u32::MAX as usize] {
        assert_eq!(open(&rest, size), Err(ArchiveError::Damaged), "{size}");
    }
}
