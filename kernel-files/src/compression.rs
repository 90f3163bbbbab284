//! The compressions that the kernel's build and distributions use, told by their first bytes.

use std::io::{self, Read};

use crate::error::Fault;

/// A kernel with all its debug info stripped has 30 to 80 MiB. No input may make more than this.
pub(crate) const LIMIT: u64 = 1 << 30;

/// Memory that a decoder of LZMA may take, in KiB: kernels use dictionaries of up to 128 MiB.
const DICTIONARY_LIMIT: u32 = 256 << 10;

/// A compression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    Gzip,
    Xz,
    Zstd,
    /// The legacy frame, which `lz4 -l` writes and the kernel's build uses.
    Lz4,
    Lzma,
    Bzip2,
}

use Compression::{Bzip2, Gzip, Lz4, Lzma, Xz, Zstd};

impl Compression {
    pub(crate) const ALL: [Self; 6] = [Gzip, Xz, Zstd, Lz4, Lzma, Bzip2];

    /// What its data begins with.
    pub(crate) fn magic(self) -> &'static [u8] {
        match self {
            Gzip => b"\x1f\x8b\x08",
            Xz => b"\xfd7zXZ\0",
            Zstd => b"\x28\xb5\x2f\xfd",
            Lz4 => b"\x02\x21\x4c\x18",
            Lzma => b"\x5d\0\0",
            Bzip2 => b"BZh",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Gzip => "gzip",
            Xz => "xz",
            Zstd => "zstd",
            Lz4 => "lz4",
            Lzma => "lzma",
            Bzip2 => "bzip2",
        }
    }

    /// The compression of data that begins like this.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|of| bytes.starts_with(of.magic()))
    }

    /// Reads what the data unpacks to. What follows the data is not looked at.
    pub(crate) fn reader<'a>(self, data: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
        let broken =
            |error: &dyn ToString| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        Ok(match self {
            Gzip => Box::new(flate2::read::GzDecoder::new(data)),
            Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(
                data,
                false,
                DICTIONARY_LIMIT,
            )),
            Zstd => Box::new(
                ruzstd::decoding::StreamingDecoder::new(data).map_err(|error| broken(&error))?,
            ),
            Lz4 => Box::new(LegacyLz4::new(data)?),
            Lzma => Box::new(lzma_rust2::LzmaReader::new_mem_limit(
                data,
                DICTIONARY_LIMIT,
                None,
            )?),
            Bzip2 => Box::new(bzip2::read::BzDecoder::new(data)),
        })
    }

    /// All that the data unpacks to. `offset` is where it begins in the file, for errors.
    pub(crate) fn unpack(self, data: &[u8], offset: usize) -> Result<Vec<u8>, Fault> {
        let format = self.name();
        let mut bytes = Vec::new();
        let read = self
            .reader(data)
            .and_then(|reader| reader.take(LIMIT + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            return Err(Fault::Unpack {
                format,
                offset,
                why: error.to_string(),
            });
        }
        if bytes.len() as u64 > LIMIT {
            return Err(Fault::TooLarge {
                format,
                offset,
                limit: LIMIT >> 20,
            });
        }
        Ok(bytes)
    }
}

/// The bytes of a file, unpacked if they are compressed.
pub(crate) fn plain(bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
    match Compression::of(&bytes) {
        Some(of) => of.unpack(&bytes, 0),
        None => Ok(bytes),
    }
}

/// Blocks of 8 MiB, each behind its packed size, until what follows is no size: the kernel's build writes
/// the size of the whole behind the last one.
struct LegacyLz4<R> {
    data: R,
    block: io::Cursor<Vec<u8>>,
}

const LZ4_BLOCK: usize = 8 << 20;

impl<R: Read> LegacyLz4<R> {
    fn new(mut data: R) -> io::Result<Self> {
        let mut magic = [0; 4];
        data.read_exact(&mut magic)?;
        Ok(Self {
            data,
            block: io::Cursor::default(),
        })
    }

    /// Unpacks the next block; at the end there is none.
    fn next_block(&mut self) -> io::Result<bool> {
        let mut size = [0; 4];
        if self.data.read_exact(&mut size).is_err() {
            return Ok(false);
        }
        let size = u32::from_le_bytes(size) as usize;
        if size == 0 || size > lz4_flex::block::get_maximum_output_size(LZ4_BLOCK) {
            return Ok(false);
        }
        let mut packed = Vec::new();
        self.data
            .by_ref()
            .take(size as u64)
            .read_to_end(&mut packed)?;
        if packed.len() < size {
            // The size of the whole happens to look like one of a block.
            return if packed.is_empty() {
                Ok(false)
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            };
        }
        let mut block = vec![0; LZ4_BLOCK];
        let len = lz4_flex::block::decompress_into(&packed, &mut block)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        block.truncate(len);
        self.block = io::Cursor::new(block);
        Ok(true)
    }
}

impl<R: Read> Read for LegacyLz4<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let len = self.block.read(buffer)?;
            if len > 0 || buffer.is_empty() || !self.next_block()? {
                return Ok(len);
            }
        }
    }
}
