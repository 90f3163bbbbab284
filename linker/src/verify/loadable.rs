//! Refuses an object that every loader or verifier refuses, although LLVM made it without an error.

use bpf_core_btf::{
    BtfExt, Kind, LineInfo,
    insn::{Callee, Op},
    object::{Extern, ExternKind, Function, Object, ObjectError, Section, Target},
};
use bpf_core_flow::library::is_of_rust;

use crate::error::{Error, Location, Result};

/// The section of maps that are declared by their type.
const MAPS: &str = ".maps";

/// Sections of data into which loaders write addresses.
pub(super) const OF_LOADERS: [&str; 2] = [MAPS, ".struct_ops"];

/// Whether loaders take the object as bpf-linker has made it: each function has a `func_info` or none has,
/// ends with `exit` or a jump, and no static holds the address of another.
pub(crate) fn is_whole(object: &[u8]) -> bool {
    let is_whole = |object: &Object<'_>| -> std::result::Result<bool, ObjectError> {
        let ext = object.btf_ext()?;
        let is_known = |function: &Function<'_>| {
            let name = object.section_of(function).name;
            let known = |ext: &BtfExt<'_>| {
                let infos = ext.func_info().iter().filter(|infos| infos.name == name);
                let mut infos = infos.flat_map(|infos| &infos.records);
                infos.any(|info| info.insn_off == function.start)
            };
            ext.as_ref().is_none_or(known)
        };
        let ends = |function: &Function<'_>| {
            let last = object.section_of(function).insns(function.range()).last();
            !last.is_some_and(|(_, insn)| matches!(insn.op(), Op::Call(_)))
        };
        let mut functions = object.functions().iter();
        Ok(
            functions.all(|function| is_known(function) && ends(function))
                && object.sections().iter().all(is_plain),
        )
    };
    // An object that cannot be read stays as bpf-linker wrote it.
    Object::parse(object).is_ok_and(|object| is_whole(&object).unwrap_or(true))
}

/// Whether loaders can give a section all its addresses: it is code, has none, or is one of [`OF_LOADERS`].
fn is_plain(section: &Section<'_>) -> bool {
    section.is_code
        || section.relocations.is_empty()
        || OF_LOADERS.iter().any(|name| section.name.starts_with(name))
}

/// Checks an object for code and maps that no loader or verifier takes.
///
/// # Errors
/// For the first that is found.
pub(crate) fn check(object: &[u8]) -> Result<()> {
    let unreadable =
        |error: ObjectError| Error::new(format!("cannot read the object back: {error}"));
    let object = Object::parse(object).map_err(unreadable)?;
    if let Some(map) = map_without_type(&object) {
        return Err(Error::new(format!(
            "the map `{map}` has no type in BTF, and loaders create a map from its type"
        ))
        .help("set `debug = 2` for the crate that declares it; `debug = 1` is too little"));
    }
    let refused = undefined(&object)
        .or_else(|| called_by_pointer(&object))
        .or_else(|| recursive(&object));
    let Some(Refused {
        section,
        offset,
        what,
        help,
    }) = refused
    else {
        return Ok(());
    };
    let ext = object.btf_ext().map_err(unreadable)?;
    let line = ext.and_then(|ext| line(&object, &ext, section, offset));
    let error = Error::new(what).at(line).help(help);
    Err(match object.function_at(section, offset) {
        Some(function) => error.note(format!("in function `{}`", readable(function.name))),
        None => error,
    })
}

/// The user's line of an instruction. For an instruction of Rust's own libraries it is the line of the
/// call that leads there.
fn line(object: &Object<'_>, ext: &BtfExt<'_>, section: usize, offset: u32) -> Option<Location> {
    let mut waiting = vec![(section, offset)];
    let mut next = 0;
    while let Some(&(section, offset)) = waiting.get(next) {
        next += 1;
        let Some(function) = object.function_at(section, offset) else {
            continue;
        };
        let lines = ext.line_info().iter();
        let lines = lines.filter(|lines| lines.name == object.sections()[section].name);
        // Inlined code has its line in the library. The line before it is the user's.
        let mut lines = lines
            .flat_map(|lines| lines.records.iter().rev())
            .filter(|line| (function.start..=offset).contains(&line.insn_off));
        let of_user = |line: &&LineInfo<'_>| line.line != 0 && !is_of_rust(line.file);
        if let Some(line) = lines.find(of_user) {
            return Some(Location {
                file: line.file.into(),
                line: line.line,
                column: line.column,
            });
        }
        for caller in object.functions() {
            let calls = object
                .calls(caller)
                .filter(|(_, callee)| *callee == function);
            let place = calls.map(|(offset, _)| (caller.section, offset)).next();
            waiting.extend(place.filter(|place| !waiting.contains(place)));
        }
    }
    None
}

/// A map that is declared by its type, from a crate whose debug info has no types.
fn map_without_type<'o>(object: &'o Object<'_>) -> Option<&'o str> {
    let declared = object.maps().iter();
    let mut declared = declared.filter(|map| object.sections()[map.section].name == MAPS);
    let described = object.btf().map_or(Vec::new(), |btf| {
        let section = btf.find_by_name_kind(MAPS, Kind::Datasec);
        let variables = section.into_iter().flat_map(|section| section.variables());
        let variables = variables.filter_map(|variable| btf.type_by_id(variable.type_id));
        variables.map(|variable| variable.name()).collect()
    });
    declared
        .find(|map| !described.contains(&map.name))
        .map(|map| map.name)
}

/// A place in the code, and what is wrong there.
struct Refused {
    section: usize,
    offset: u32,
    what: String,
    help: String,
}

/// A function or variable that is neither in the object nor, by its BTF, the kernel's.
fn undefined(object: &Object<'_>) -> Option<Refused> {
    let is_undefined = |used: &&Extern<'_>| used.kind == ExternKind::Unknown && !used.is_weak;
    let names: Vec<&str> = object
        .externs()
        .iter()
        .filter(is_undefined)
        .map(|used| used.name)
        .collect();
    let sections = object.sections().iter().enumerate();
    sections.into_iter().find_map(|(section, of)| {
        of.relocations
            .iter()
            .find_map(|relocation| match relocation.target {
                Target::Extern(name) if names.contains(&name) => Some(Refused {
                    section,
                    offset: relocation.offset,
                    what: format!("`{}` is used, but nothing defines it", readable(name)),
                    help: cure(name),
                }),
                _ => None,
            })
    })
}

fn cure(name: &str) -> String {
    if name == "__bpf_trap" {
        return "pass `--allow-bpf-trap`: LLVM then calls a function of the kernel, which libbpf finds"
            .to_owned();
    }
    "link the crate or the bitcode that defines it; declare a function of the kernel with `kfuncs!`, \
     and call a helper from `aya_ebpf::helpers`"
        .to_owned()
}

/// LLVM writes `callx`, which the verifier does not know.
fn called_by_pointer(object: &Object<'_>) -> Option<Refused> {
    object.functions().iter().find_map(|function| {
        let mut insns = object.section_of(function).insns(function.range());
        let (offset, _) = insns.find(|(_, insn)| insn.op() == Op::Call(Callee::Register))?;
        Some(Refused {
            section: function.section,
            offset,
            what: "a function is called through a pointer whose target the linker does not know"
                .to_owned(),
            help:
                "call each function by its name, as in the arms of a `match`, in place of `dyn` or \
                   a table of functions"
                    .to_owned(),
        })
    })
}

/// The verifier counts the frames of all calls that it sees, and allows eight.
fn recursive(object: &Object<'_>) -> Option<Refused> {
    object.functions().iter().find_map(|function| {
        let section = object.section_of(function);
        let is_call = |offset: u32| {
            let insn = section.insn_at(offset);
            insn.is_some_and(|insn| matches!(insn.op(), Op::Call(_)))
        };
        let comes_back = |callee: &Function<'_>| calls(object, callee, function);
        let (offset, _) = object
            .calls(function)
            .find(|(offset, callee)| is_call(*offset) && comes_back(callee))?;
        Some(Refused {
            section: function.section,
            offset,
            what: format!("`{}` calls itself", readable(function.name)),
            help: "write a loop with a bound, and keep its state in an array".to_owned(),
        })
    })
}

/// Whether `function` is `other`, or reaches it by calls.
fn calls(object: &Object<'_>, function: &Function<'_>, other: &Function<'_>) -> bool {
    object.reachable(function).contains(&other)
}

pub(super) fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}
