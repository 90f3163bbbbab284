//! A catalogue with bytes changed in what its frames hold. Its hashes are made right again, as by one who means
//! harm. Four bytes are a change: the part, two for the place, the value.
#![no_main]

use std::sync::LazyLock;

use bpf_core_btf::Btf;
use bpf_core_catalogue::{Ask, Catalogue, Kernel, KernelSet, Writer};
use libfuzzer_sys::fuzz_target;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

static KERNEL: &[u8] = include_bytes!("../../../btf/tests/fixtures/moved.btf");

/// What a catalogue begins with: its magic and the version of its format.
const START: usize = 20;

/// A catalogue of two kernels, and its parts: all but the last are blocks and sets, and the last is the index.
static WRITTEN: LazyLock<(Vec<u8>, Vec<Vec<u8>>)> = LazyLock::new(|| {
    let btf = Btf::parse(KERNEL).unwrap();
    let mut writer = Writer::new();
    for release in ["6.1.176", "6.12.117"] {
        let modules = [("module", &btf)];
        let kernel = Kernel::new(release, "amd64");
        writer.add(kernel, &btf, &modules).unwrap();
    }
    let mut parts = Vec::new();
    let file = writer.finish(|part| {
        parts.push(part.to_vec());
        frame(part)
    });
    assert!(Catalogue::open(&assemble(&file, parts.clone(), &parts)).is_ok());
    (file, parts)
});

fuzz_target!(|changes: &[u8]| {
    let (written, unchanged) = &*WRITTEN;
    let mut parts = unchanged.clone();
    for change in changes.chunks_exact(4) {
        let count = parts.len();
        let part = &mut parts[usize::from(change[0]) % count];
        let at = usize::from(u16::from_le_bytes([change[1], change[2]])) % part.len();
        part[at] = change[3];
    }
    let file = assemble(written, parts, unchanged);
    let Ok(catalogue) = Catalogue::open(&file) else {
        return;
    };
    let all = KernelSet::first(catalogue.kernels().len());
    let _ = catalogue.for_each(|entry| {
        let _ = entry.definition();
    });
    for name in ["task_struct", "moved", "kind"] {
        let _ = catalogue.field(name, &["pid"], &all);
        let _ = catalogue.size(name, &all);
        let _ = catalogue.modules_with(name);
    }
    let names = ["task_struct", "moved", "mm_struct", "kind", "list_head"];
    for group in catalogue
        .types(&Ask::whole(names), &all)
        .into_iter()
        .flatten()
    {
        let _ = Btf::parse(&group.vmlinux);
    }
});

/// As `Writer::finish` lays a file out: a head, blocks, sets, the index.
fn assemble(written: &[u8], mut parts: Vec<Vec<u8>>, unchanged: &[Vec<u8>]) -> Vec<u8> {
    let mut index = parts.pop().unwrap_or_default();
    let mut file = written[..START].to_vec();
    file.extend(u32::try_from(index.len()).unwrap().to_le_bytes());
    file.extend([0; 16]);
    for (part, old) in parts.iter().zip(unchanged) {
        let stored = frame(part);
        let old = hash(&frame(old)).to_le_bytes();
        if let Some(at) = index.windows(8).position(|bytes| bytes == old) {
            index[at..at + 8].copy_from_slice(&hash(&stored).to_le_bytes());
        }
        file.extend(stored);
    }
    let stored = frame(&index);
    let offset = file.len() as u64;
    file[24..32].copy_from_slice(&offset.to_le_bytes());
    file[32..40].copy_from_slice(&hash(&stored).to_le_bytes());
    file.extend(stored);
    file
}

fn frame(part: &[u8]) -> Vec<u8> {
    compress_to_vec(part, CompressionLevel::Uncompressed)
}

/// FNV-1a, as the head and the index have it.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
