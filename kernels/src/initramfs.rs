//! The archive that a kernel unpacks as its first file system: cpio's `newc`, as
//! `Documentation/driver-api/early-userspace/buffer-format.rst` of the kernel has it.

use std::io::{self, Write as _};

use cpio::NewcBuilder;
use cpio::newc::{ModeFileType, trailer};

/// An archive that is being written. A file's folder has to be there before it.
#[derive(Debug, Default)]
pub(crate) struct Initramfs {
    bytes: Vec<u8>,
    entries: u32,
}

impl Initramfs {
    pub(crate) fn folder(&mut self, path: &str) -> io::Result<()> {
        let folder = NewcBuilder::new(path).mode(0o755);
        self.entry(folder.set_mode_file_type(ModeFileType::Directory), &[])
    }

    pub(crate) fn program(&mut self, path: &str, contents: &[u8]) -> io::Result<()> {
        let program = NewcBuilder::new(path).mode(0o755);
        self.entry(program.set_mode_file_type(ModeFileType::Regular), contents)
    }

    pub(crate) fn device(&mut self, path: &str, major: u32, minor: u32) -> io::Result<()> {
        let device = NewcBuilder::new(path).mode(0o600);
        let device = device.rdev_major(major).rdev_minor(minor);
        self.entry(device.set_mode_file_type(ModeFileType::Char), &[])
    }

    pub(crate) fn finish(self) -> io::Result<Vec<u8>> {
        trailer(self.bytes)
    }

    fn entry(&mut self, entry: NewcBuilder, contents: &[u8]) -> io::Result<()> {
        self.entries += 1;
        let size = u32::try_from(contents.len()).map_err(io::Error::other)?;
        let mut file = entry
            .ino(self.entries)
            .nlink(1)
            .write(&mut self.bytes, size);
        file.write_all(contents)?;
        file.finish()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use cpio::NewcReader;

    use super::Initramfs;

    #[test]
    fn an_archive_has_what_was_put_into_it() {
        let mut initramfs = Initramfs::default();
        initramfs.folder("dev").unwrap();
        initramfs.device("dev/console", 5, 1).unwrap();
        initramfs.program("init", b"12345").unwrap();
        let bytes = initramfs.finish().unwrap();
        let mut left = &bytes[..];
        let mut found = Vec::new();
        loop {
            let mut reader = NewcReader::new(left).unwrap();
            let entry = reader.entry();
            if entry.is_trailer() {
                break;
            }
            let device = (entry.rdev_major(), entry.rdev_minor());
            let told = format!("{} {:o} {device:?}", entry.name(), entry.mode());
            let mut contents = String::new();
            reader.read_to_string(&mut contents).unwrap();
            found.push(format!("{told} {contents:?}"));
            left = reader.finish().unwrap();
        }
        assert_eq!(
            found,
            [
                "dev 40755 (0, 0) \"\"",
                "dev/console 20600 (5, 1) \"\"",
                "init 100755 (0, 0) \"12345\"",
            ]
        );
    }
}
