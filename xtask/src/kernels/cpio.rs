//! The archive that a kernel unpacks as its first file system: cpio's `newc`, as
//! `Documentation/driver-api/early-userspace/buffer-format.rst` of the kernel has it.

/// `S_IFDIR | 0755`, `S_IFREG | 0755` and `S_IFCHR | 0600` of `stat(2)`.
const FOLDER: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;
const DEVICE: u32 = 0o020_600;

/// An archive that is being written. A file's folder has to be there before it.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

impl Archive {
    pub(crate) fn folder(&mut self, path: &str) {
        self.entry(path, FOLDER, (0, 0), &[]);
    }

    pub(crate) fn program(&mut self, path: &str, contents: &[u8]) {
        self.entry(path, PROGRAM, (0, 0), contents);
    }

    pub(crate) fn device(&mut self, path: &str, major: u32, minor: u32) {
        self.entry(path, DEVICE, (major, minor), &[]);
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, (0, 0), &[]);
        self.bytes
    }

    fn entry(&mut self, path: &str, mode: u32, (major, minor): (u32, u32), contents: &[u8]) {
        self.entries += 1;
        let length = |length: usize| u32::try_from(length).expect("no file here has 4 GiB");
        let links = 1;
        let fields = [
            self.entries,
            mode,
            0, // user
            0, // group
            links,
            0, // time
            length(contents.len()),
            0, // of the device that it is on
            0,
            major,
            minor,
            length(path.len() + 1),
            0, // check sum, which this format leaves out
        ];
        self.bytes.extend(b"070701");
        for field in fields {
            self.bytes.extend(format!("{field:08x}").bytes());
        }
        self.bytes.extend(path.bytes());
        self.bytes.push(0);
        self.align();
        self.bytes.extend(contents);
        self.align();
    }

    fn align(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::Archive;

    #[test]
    fn an_archive_is_as_the_kernel_documents_it() {
        let mut archive = Archive::default();
        archive.folder("dev");
        archive.device("dev/console", 5, 1);
        archive.program("init", b"12345");
        let head = |inode: &str, mode: &str, size: &str, device: &str, name: &str| {
            format!(
                "070701{inode}{mode}0000000000000000{links}{time}{size}{zeros}{device}{name}{check}",
                links = "00000001",
                time = "00000000",
                zeros = "0".repeat(16),
                check = "00000000",
            )
        };
        let none = "0".repeat(16);
        let expected = [
            head("00000001", "000041ed", "00000000", &none, "00000004"),
            "dev\0\0\0".to_owned(),
            head(
                "00000002",
                "00002180",
                "00000000",
                "0000000500000001",
                "0000000c",
            ),
            "dev/console\0\0\0".to_owned(),
            head("00000003", "000081ed", "00000005", &none, "00000005"),
            "init\0\0".to_owned() + "12345\0\0\0",
            head("00000004", "00000000", "00000000", &none, "0000000b"),
            "TRAILER!!!\0\0\0\0".to_owned(),
        ];
        assert_eq!(archive.finish(), expected.concat().into_bytes());
    }
}
