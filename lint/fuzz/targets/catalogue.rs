//! A catalogue with bytes changed in what its frames hold. Its hashes are made right again, as by one who means
//! harm. Four bytes are a change: the part, two for the place, the value.
#![no_main]

use std::sync::LazyLock;

use bpf_core_btf::Btf;
use bpf_core_catalogue::{Ask, Catalogue, Kernel, KernelSet, Pack, Writer};
use libfuzzer_sys::fuzz_target;
use zstd::bulk::Compressor;
use zstd::dict;

static KERNEL: &[u8] = include_bytes!("../../../btf/tests/fixtures/moved.btf");

/// What a catalogue begins with: its magic and the version of its format.
const START: usize = 20;

/// Parts of a catalogue as they were written: dictionaries, blocks, sets, and last the index.
#[derive(Default)]
struct Parts(Vec<Part>);

#[derive(Clone)]
struct Part {
    bytes: Vec<u8>,
    dictionary: Vec<u8>,
}

impl Part {
    fn frame(&self) -> Vec<u8> {
        let compressor = Compressor::with_dictionary(1, &self.dictionary);
        compressor.unwrap().compress(&self.bytes).unwrap()
    }
}

impl Pack for Parts {
    fn dictionary(&mut self, _parts: &[&[u8]]) -> Vec<u8> {
        // The parts of two kernels are too few to learn from.
        let samples = (0..4_000).map(|at| format!("task_struct\0pid{at}\0moved\0kind{}\0", at % 7));
        dict::from_samples(&samples.collect::<Vec<_>>(), 4 << 10).unwrap()
    }

    fn frame(&mut self, bytes: &[u8], dictionary: &[u8]) -> Vec<u8> {
        let (bytes, dictionary) = (bytes.to_vec(), dictionary.to_vec());
        let part = Part { bytes, dictionary };
        let frame = part.frame();
        self.0.push(part);
        frame
    }
}

/// A catalogue of two kernels, and its parts.
static WRITTEN: LazyLock<(Vec<u8>, Vec<Part>)> = LazyLock::new(|| {
    let btf = Btf::parse(KERNEL).unwrap();
    let mut writer = Writer::new();
    for release in ["6.1.176", "6.12.117"] {
        let modules = [("module", &btf)];
        let kernel = Kernel::new(release, "amd64");
        writer.add(kernel, &btf, &modules).unwrap();
    }
    let mut parts = Parts::default();
    let file = writer.finish_with(&mut parts);
    let assembled = assemble(&file, parts.0.clone(), &parts.0);
    let catalogue = Catalogue::open(&assembled).unwrap();
    catalogue.for_each(|_| {}).unwrap();
    (file, parts.0)
});

fuzz_target!(|changes: &[u8]| {
    let (written, unchanged) = &*WRITTEN;
    let mut parts = unchanged.clone();
    for change in changes.chunks_exact(4) {
        let count = parts.len();
        let part = &mut parts[usize::from(change[0]) % count].bytes;
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

/// As `Writer::finish_with` lays a file out: a head, and the parts.
fn assemble(written: &[u8], mut parts: Vec<Part>, unchanged: &[Part]) -> Vec<u8> {
    let mut last = parts.pop().unwrap();
    let index = &mut last.bytes;
    let mut file = written[..START].to_vec();
    file.extend(u32::try_from(index.len()).unwrap().to_le_bytes());
    file.extend([0; 16]);
    for (part, old) in parts.iter().zip(unchanged) {
        let stored = part.frame();
        let old = hash(&old.frame()).to_le_bytes();
        if let Some(at) = index.windows(8).position(|bytes| bytes == old) {
            index[at..at + 8].copy_from_slice(&hash(&stored).to_le_bytes());
        }
        file.extend(stored);
    }
    let stored = last.frame();
    let offset = file.len() as u64;
    file[24..32].copy_from_slice(&offset.to_le_bytes());
    file[32..40].copy_from_slice(&hash(&stored).to_le_bytes());
    file.extend(stored);
    file
}

/// FNV-1a, as the head and the index have it.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
