//! Packs catalogues with zstd.

use std::io;

use anyhow::{Context as _, Result};
use bpf_core_catalogue::{Pack, Writer};
use zstd::bulk::{self, Compressor};
use zstd::dict;

/// zstd's best. It costs time here only: a catalogue of any level is read equally fast.
const BEST: i32 = 22;

/// For what is only kept here.
const QUICK: i32 = 1;

/// A dictionary has at most this many bytes: a reader unpacks it before the first block.
const DICTIONARY: usize = 112 << 10;

/// zstd wants about a hundred times as many bytes to learn from.
const LEARNED_FROM: usize = 100;

/// A smaller dictionary saves nothing.
const LEAST_DICTIONARY: usize = 8 << 10;

/// The catalogue as it is shipped.
pub(crate) fn best(writer: Writer) -> Result<Vec<u8>> {
    let mut pack = Best { failed: None };
    let bytes = writer.finish_with(&mut pack);
    ended(bytes, pack.failed)
}

/// The catalogue in a moment.
pub(crate) fn quickly(writer: Writer) -> Result<Vec<u8>> {
    let mut failed = None;
    let bytes = writer.finish(|part| kept(bulk::compress(part, QUICK), &mut failed));
    ended(bytes, failed)
}

fn ended(bytes: Vec<u8>, failed: Option<io::Error>) -> Result<Vec<u8>> {
    match failed {
        Some(error) => Err(error).context("zstd"),
        None => Ok(bytes),
    }
}

fn kept(result: io::Result<Vec<u8>>, failed: &mut Option<io::Error>) -> Vec<u8> {
    result.unwrap_or_else(|error| {
        *failed = Some(error);
        Vec::new()
    })
}

struct Best {
    failed: Option<io::Error>,
}

impl Pack for Best {
    fn dictionary(&mut self, parts: &[&[u8]]) -> Vec<u8> {
        let size = parts.iter().map(|part| part.len()).sum::<usize>() / LEARNED_FROM;
        if size < LEAST_DICTIONARY {
            return Vec::new();
        }
        kept(
            dict::from_samples(parts, size.min(DICTIONARY)),
            &mut self.failed,
        )
    }

    fn frame(&mut self, bytes: &[u8], dictionary: &[u8]) -> Vec<u8> {
        let compressor = Compressor::with_dictionary(BEST, dictionary);
        let packed = compressor.and_then(|mut compressor| compressor.compress(bytes));
        kept(packed, &mut self.failed)
    }
}
