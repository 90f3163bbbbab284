//! Runs the linker, and reads what it made.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use bpf_core_btf::{Btf, CoreReloKind, Type, insn::Insn, object::Object};

/// A folder of its own for each test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&path);
        match fs::create_dir_all(&path) {
            Ok(()) => Self(path),
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        match fs::write(&path, bytes) {
            Ok(()) => path.display().to_string(),
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }

    /// Runs the linker in this folder, with output to `out`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_to("out", arguments)
    }

    /// Runs the linker in this folder.
    pub(crate) fn run_to(&self, output: &str, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_bpf-core-linker"))
            .current_dir(&self.0)
            .args(["-o", output])
            .args(arguments)
            .output();
        output.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Runs the linker, which must succeed, and gives the output.
    pub(crate) fn link(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && stderr.is_empty(),
            "{arguments:?}: {stderr}"
        );
        fs::read(self.path("out")).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Runs the linker, which must fail as it should, and gives the message.
    pub(crate) fn fail(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("error: "), "{arguments:?}: {stderr}");
        let errors = stderr
            .lines()
            .filter(|line| line.starts_with("error: "))
            .count();
        assert_eq!(errors, 1, "{arguments:?}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        let left: Vec<PathBuf> = fs::read_dir(&self.0)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name == "out" || name.ends_with(".tmp")
            })
            .collect();
        assert!(left.is_empty(), "{arguments:?} left {left:?}");
        stderr
    }
}

/// Links one program of one module and gives its records.
pub(crate) fn records_of(test: &str, ir: &str, arguments: &[&str]) -> Vec<Record> {
    let folder = Folder::new(test);
    let input = folder.file("a.ll", ir);
    records(&folder.link(&[&[&*input, "--export", "prog"], arguments].concat()))
}

/// Links the program `prog` of one module, and gives its instructions.
pub(crate) fn code_of(test: &str, ir: &str) -> Vec<Insn> {
    let folder = Folder::new(test);
    let input = folder.file("a.ll", ir);
    let bytes = folder.link(&[&input, "--export", "prog"]);
    let object = parsed(&bytes);
    let program = object.programs().next();
    let program = program.unwrap_or_else(|| panic!("no program"));
    let insns = object.section_of(program).insns(program.range());
    insns.map(|(_, insn)| insn).collect()
}

/// A record, readable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) section: String,
    /// In bytes, into the section.
    pub(crate) offset: u32,
    /// As `KIND TYPE.member[index]`.
    pub(crate) what: String,
}

pub(crate) fn parsed(object: &[u8]) -> Object<'_> {
    Object::parse(object).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn section(object: &[u8], name: &str) -> Vec<u8> {
    let object = parsed(object);
    let section = object.section(name);
    section.unwrap_or_else(|| panic!("no {name}")).data.to_vec()
}

/// The instruction that a record is for: opcode, registers, offset, immediate.
pub(crate) fn instruction(object: &[u8], record: &Record) -> [u8; 8] {
    let code = section(object, &record.section);
    let at = record.offset as usize;
    code[at..at + 8]
        .try_into()
        .unwrap_or_else(|error| panic!("{error}"))
}

/// All records of an object, in order.
pub(crate) fn records(object: &[u8]) -> Vec<Record> {
    let object = parsed(object);
    let ext = object.btf_ext().unwrap_or_else(|error| panic!("{error}"));
    let (Some(btf), Some(ext)) = (object.btf(), ext) else {
        panic!("no types");
    };
    let mut records = Vec::new();
    for section in ext.core_relos() {
        for record in &section.records {
            let of = btf
                .type_by_id(record.type_id)
                .unwrap_or_else(|| panic!("no such type"));
            records.push(Record {
                section: section.name.to_owned(),
                offset: record.insn_off,
                what: format!(
                    "{} {}{}",
                    record.kind,
                    of.name(),
                    path(btf, of, record.kind, record.access)
                ),
            });
        }
    }
    records
}

/// What the records say, without where.
pub(crate) fn said(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| record.what.as_str()).collect()
}

/// The access string in names: `.se.vruntime`, `[2]`.
fn path(btf: &Btf<'_>, root: Type<'_>, kind: CoreReloKind, access: &str) -> String {
    let mut path = String::new();
    let mut here = root;
    let mut numbers = access.split(':').map(|number| {
        number
            .parse::<usize>()
            .unwrap_or_else(|error| panic!("{access}: {error}"))
    });
    let first = numbers.next();
    loop {
        here = btf
            .skip_mods_and_typedefs(here.id())
            .unwrap_or_else(|| panic!("bad type"));
        if kind.is_enumval_based() {
            let enumerator = here.enumerators().get(first.unwrap_or(0));
            return enumerator.map_or(String::new(), |of| format!(".{}={}", of.name, of.value));
        }
        let Some(number) = numbers.next() else {
            return path;
        };
        if let Some(array) = here.array() {
            path += &format!("[{number}]");
            here = btf
                .type_by_id(array.element)
                .unwrap_or_else(|| panic!("no element"));
        } else {
            let member = here
                .members()
                .get(number)
                .unwrap_or_else(|| panic!("no member {number}"));
            path += &format!(".{}", member.name);
            here = btf
                .type_by_id(member.type_id)
                .unwrap_or_else(|| panic!("no type"));
        }
    }
}
