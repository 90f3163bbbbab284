//! A file that is no catalogue, or a damaged one, is an error that says where. Nothing panics.

mod kernels;

use bpf_core_catalogue::{Catalogue, KernelSet, OpenError, Pack};
use kernels::{catalogue, pack, writer};

/// Reads all of a catalogue; gives how many definitions it has.
fn read(file: &[u8]) -> Result<usize, OpenError> {
    let catalogue = Catalogue::open(file)?;
    let mut count = 0;
    let mut failed = None;
    catalogue.for_each(|entry| {
        count += 1;
        failed = failed.take().or(entry.definition().err());
    })?;
    catalogue.field("task_struct", &["pid"], &KernelSet::first(2))?;
    failed.map_or(Ok(count), Err)
}

#[test]
fn other_files_and_other_versions_are_told() {
    let file = catalogue();
    assert!(read(&file).is_ok_and(|count| count > 10));
    for other in [
        &b""[..],
        b"\x7fELF",
        b"BPFCORE-KERNEL",
        b"BPFCORE-KERNELZ\0",
    ] {
        assert_eq!(read(other), Err(OpenError::NotACatalogue));
    }
    let mut newer = file;
    newer[16] = 9;
    let error = read(&newer).err().map(|error| error.to_string());
    assert!(error.is_some_and(|text| text.contains("format 9") && text.contains("reads format 5")));
}

#[test]
fn every_cut_is_an_error() {
    let file = catalogue();
    for len in 0..file.len() {
        assert!(read(&file[..len]).is_err(), "cut to {len} bytes");
    }
}

/// All bytes count: a catalogue has hashes of its index and blocks, and the head is checked by what it
/// leads to.
#[test]
fn every_changed_byte_is_an_error() {
    let file = catalogue();
    let mut changed = file.clone();
    for at in 0..file.len() {
        for flip in [0x01, 0x80, 0xff] {
            changed[at] = file[at] ^ flip;
            assert!(read(&changed).is_err(), "byte {at} with {flip:#x}");
        }
        changed[at] = file[at];
    }
}

/// Has a dictionary that is none.
struct Broken;

impl Pack for Broken {
    fn dictionary(&mut self, parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    fn frame(&mut self, bytes: &[u8], _dictionary: &[u8]) -> Vec<u8> {
        pack(bytes)
    }
}

#[test]
fn a_dictionary_that_is_none_is_an_error() {
    let error = read(&writer().finish_with(&mut Broken)).err();
    let text = error.map(|error| error.to_string());
    let expected = "is packed with a dictionary that cannot be used";
    assert!(
        text.as_ref().is_some_and(|text| text.contains(expected)),
        "{text:?}"
    );
}
