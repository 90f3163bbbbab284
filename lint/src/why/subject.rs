//! What a cause is about: a record, a map, a helper, a hook; and which kernels lack it.

use anyhow::Result;
use bpf_core_btf::object::Object;
use bpf_core_kernel_facts::{Program, helper};
use bpf_core_refusal::{Cause, Refusal, Site};

use super::kernels::Lack;
use crate::front::object::Language;
use crate::known::Known;
use crate::rules::absent_field;

/// What is said of a cause, wherever it is.
pub(super) struct Words {
    pub(super) cause: &'static str,
    pub(super) what: String,
    pub(super) lack: Option<Lack>,
    pub(super) cure: String,
    pub(super) notes: Vec<String>,
}

/// An object, and the name of its file.
pub(super) type Named<'o, 'd> = &'o [(&'o str, Object<'d>)];

/// Where a refusal is, if that is known.
type At<'w, 'd> = Option<(&'w Object<'d>, &'w Site<'w>)>;

pub(super) fn words(
    known: &Known<'_>,
    objects: Named<'_, '_>,
    at: At<'_, '_>,
    refusal: &Refusal,
) -> Result<Words> {
    let refers = at.and_then(|(_, site)| site.refers);
    let named = |name: &Option<String>| match (name, refers) {
        (Some(name), _) => format!("`{name}`"),
        (None, Some(name)) => format!("`{name}`"),
        (None, None) => "of the object".to_owned(),
    };
    Ok(match &refusal.cause {
        Cause::Record(said) => record(known, at, said.as_deref())?,
        Cause::Map(name) => plain(
            "map",
            format!(
                "the program reaches a use of the map {}, which the loader did not create",
                named(name)
            ),
            "create the map (`bpf_map__set_autocreate`), or keep the use behind a constant of `.rodata` that is false where the map is not created",
        ),
        Cause::Kfunc(name) => {
            let known_name = name.as_deref().or(refers);
            let what = format!(
                "the program reaches a call of the kfunc {}, which this kernel lacks",
                named(name)
            );
            let cure = "ask first: `bpf_ksym_exists` in C, and do without it where it is absent";
            let lack = known_name
                .map(|name| Lack::of_function(known, name))
                .transpose()?;
            Words {
                lack: lack.flatten(),
                ..plain("kfunc", what, cure)
            }
        }
        Cause::Ksym(name) => {
            let what = format!(
                "this kernel has no function or variable `{name}`, or does not give it to programs"
            );
            let cure = "declare it `__weak`, and ask `bpf_ksym_exists` before the use";
            Words {
                lack: Lack::of_function(known, name)?,
                ..plain("ksym", what, cure)
            }
        }
        Cause::Kconfig(name) => plain(
            "kconfig",
            format!("the configuration of this kernel has no option `{name}`"),
            "declare it `__weak`: it is then 0 where it is absent",
        ),
        Cause::Helper(number) => self::helper(known, *number)?,
        Cause::Hook(name) => hook(known, objects, name)?,
        Cause::CreateMap(name) => map(known, objects, name)?,
        Cause::Message(message) => plain(message.name, message.what.to_owned(), message.cure),
        other => plain("other", format!("{other:?}"), "look at the line of the log"),
    })
}

fn plain(cause: &'static str, what: String, cure: &str) -> Words {
    Words {
        cause,
        what,
        lack: None,
        cure: cure.to_owned(),
        notes: Vec::new(),
    }
}

fn language(site: &Site<'_>) -> Language {
    let is_rust = site.line.is_some_and(|line| line.file.ends_with(".rs"));
    if is_rust { Language::Rust } else { Language::C }
}

fn record(known: &Known<'_>, at: At<'_, '_>, said: Option<&str>) -> Result<Words> {
    if let Some((object, site)) = at
        && let (Some(record), Some(place)) = (&site.record, site.place)
    {
        let line = site.line.map_or(String::new(), |line| {
            let file = line.file.rsplit('/').next().unwrap_or(line.file);
            format!(", needed at {file}:{},", line.line)
        });
        let what = format!(
            "`{}`{line} is not on this kernel ({})",
            record.name, record.relo.kind
        );
        let lack = Lack::of_record(known, object, (place, &record.relo))?;
        let cure = absent_field::help(&record.name, language(site));
        return Ok(Words {
            lack,
            ..plain("record", what, cure)
        });
    }
    let lacked = match at {
        Some((object, site)) => candidates(known, object, site)?,
        None => Vec::new(),
    };
    let what = match said {
        Some(said) => format!("this kernel has no answer to the record {said}"),
        None => "the program reaches a record that this kernel has no answer to".to_owned(),
    };
    let name = lacked.first().map_or("struct.field", |(name, _)| name);
    let cure = absent_field::help(name, at.map_or(Language::C, |(_, site)| language(site)));
    let notes = lacked.iter();
    let notes = notes.map(|(name, lack)| format!("it may be `{name}`: absent on {}", lack.kernels));
    Ok(Words {
        notes: notes.collect(),
        ..plain("record", what, cure)
    })
}

/// The records of a program that some known kernel lacks, for a log that names no instruction.
fn candidates(
    known: &Known<'_>,
    object: &Object<'_>,
    site: &Site<'_>,
) -> Result<Vec<(String, Lack)>> {
    let program = object.programs().find(|one| one.name == site.program);
    let (Some(program), Some(ext), Some(local)) = (program, object.btf_ext()?, object.btf()) else {
        return Ok(Vec::new());
    };
    let functions = object.reachable(program);
    let mut lacked = Vec::new();
    for (place, relo) in object.records(&ext) {
        let function = object.function_at(place.section, place.at);
        if !function.is_some_and(|function| functions.contains(&function)) {
            continue;
        }
        if let Some(lack) = Lack::of_record(known, object, (place, relo))? {
            lacked.push((relo.name(local), lack));
        }
    }
    lacked.dedup();
    Ok(lacked)
}

fn helper(known: &Known<'_>, number: i64) -> Result<Words> {
    let mut helpers = helper::all();
    let name = helpers.find(|(known, _)| i64::from(*known) == number);
    let Some((_, name)) = name else {
        let what = format!("no kernel is known that has a helper with the number {number}");
        let cure =
            "look at the declaration of the helper: its number is not one of `bpf_helper_defs.h`";
        return Ok(plain("helper", what, cure));
    };
    let lack = Lack::of_enumerator(known, "bpf_func_id", &format!("BPF_FUNC_{name}"))?;
    let what = format!("this kernel has no helper `bpf_{name}` ({number})");
    let cure = format!(
        "ask first: `bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_{name})`, and do without it where it is absent"
    );
    Ok(Words {
        lack,
        ..plain("helper", what, &cure)
    })
}

fn hook(known: &Known<'_>, objects: Named<'_, '_>, name: &str) -> Result<Words> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let programs = objects.iter().flat_map(|(_, object)| {
        object
            .programs()
            .map(|program| (object.section_of(program).name, program.name))
    });
    let notes = programs.filter_map(|(section, program)| {
        let target = Program::of_section(section)?.name();
        (target == last).then(|| format!("`{program}` is to be attached to it: SEC(\"{section}\")"))
    });
    let notes = notes.collect();
    let lack = Lack::of_function(known, last)?;
    let what = format!("this kernel has no `{name}` to attach to");
    let cure = "attach to a hook that all supported kernels have; `cargo corelint OBJECT` tells which kernels have it. A function may be inlined, or be in a module that is not loaded";
    Ok(Words {
        lack,
        notes,
        ..plain("hook", what, cure)
    })
}

fn map(known: &Known<'_>, objects: Named<'_, '_>, name: &str) -> Result<Words> {
    let found = objects.iter().find_map(|(_, object)| {
        let map = object.maps().iter().find(|map| map.name == name)?;
        object.map_definition(map).map_type
    });
    let cure = "use a type of maps that all supported kernels have; if this kernel has it, look at the sizes, the flags and the number of entries, and run as root or with CAP_BPF";
    let map_type = found.map(|number| known.enumerator("bpf_map_type", number.into()));
    let Some(map_type) = map_type.transpose()?.flatten() else {
        return Ok(plain(
            "create-map",
            format!("this kernel does not create the map `{name}`"),
            cure,
        ));
    };
    let lack = Lack::of_enumerator(known, "bpf_map_type", &map_type)?;
    let what = format!("this kernel does not create the map `{name}` ({map_type})");
    Ok(Words {
        lack,
        ..plain("create-map", what, cure)
    })
}
