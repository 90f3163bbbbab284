//! What loaders want of an object that LLVM has made without a complaint.

use bpf_core_btf::object::{ExternKind, Function, Object, ObjectError, Target};

use crate::error::{Error, Location, Result};

/// Whether each function has a `func_info`, or none has.
pub(crate) fn knows_all_functions(object: &[u8]) -> bool {
    let knows = |object: &Object<'_>| -> std::result::Result<bool, ObjectError> {
        let Some(ext) = object.btf_ext()? else {
            return Ok(true);
        };
        let is_known = |function: &Function<'_>| {
            let name = object.section_of(function).name;
            let infos = ext.func_info().iter().filter(|infos| infos.name == name);
            let mut infos = infos.flat_map(|infos| &infos.records);
            infos.any(|info| info.insn_off == function.start)
        };
        Ok(object.functions().iter().all(is_known))
    };
    // Who cannot read what bpf-linker has written leaves it as it is.
    Object::parse(object).is_ok_and(|object| knows(&object).unwrap_or(true))
}

/// Checks that the object uses nothing that no loader finds.
///
/// # Errors
/// When a function or variable is neither in the object, nor said to be the kernel's.
pub(crate) fn check(object: &[u8]) -> Result<()> {
    let unreadable =
        |error: ObjectError| Error::new(format!("cannot read the object back: {error}"));
    let object = Object::parse(object).map_err(unreadable)?;
    let missing = object.externs().iter();
    let Some(missing) = missing
        .filter(|used| used.kind == ExternKind::Unknown && !used.is_weak)
        .find(|used| users(&object, used.name).next().is_some())
    else {
        return Ok(());
    };
    let name = missing.name;
    let readable = rustc_demangle::demangle(name);
    let error = Error::new(format!("`{readable:#}` is used and defined nowhere"))
        .at(line(&object, name).map_err(unreadable)?);
    let user = users(&object, name).find_map(|(section, offset)| {
        let functions = object.functions().iter();
        functions
            .filter(|of| of.section == section)
            .find(|of| of.range().contains(&offset))
    });
    let error = match user {
        Some(user) => error.note(format!(
            "needed by function `{:#}`",
            rustc_demangle::demangle(user.name)
        )),
        None => error,
    };
    Err(error.help(cure(name)))
}

/// Where the object refers to a symbol that it does not have: section and offset.
fn users<'o>(object: &'o Object<'_>, name: &'o str) -> impl Iterator<Item = (usize, u32)> + 'o {
    let sections = object.sections().iter().enumerate();
    sections.flat_map(move |(index, section)| {
        let relocations = section.relocations.iter();
        relocations
            .filter(move |relocation| relocation.target == Target::Extern(name))
            .map(move |relocation| (index, relocation.offset))
    })
}

/// The line of the first use that has one.
fn line(object: &Object<'_>, name: &str) -> std::result::Result<Option<Location>, ObjectError> {
    let Some(ext) = object.btf_ext()? else {
        return Ok(None);
    };
    Ok(users(object, name).find_map(|(section, offset)| {
        let line = ext.line_at(object.sections()[section].name, offset)?;
        (line.line != 0).then(|| Location {
            file: line.file.into(),
            line: line.line,
            column: line.column,
        })
    }))
}

fn cure(name: &str) -> String {
    if name == "__bpf_trap" {
        return "`--allow-bpf-trap` makes LLVM call a function of the kernel, which libbpf finds"
            .to_owned();
    }
    format!(
        "link the crate or the bitcode that defines it; a function of the kernel is declared with \
         `kfuncs!`, and a helper called by its number, as `aya_ebpf::helpers` has `{name}`"
    )
}
