//! What a line of a log says, where it has a number or a name.

use bpf_core_btf::Poison;

use crate::line::{between, number_behind};
use crate::message::{self, Message};

/// Why an object was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The program reaches a CO-RE record that this kernel has no answer to. libbpf names it.
    Record(Option<String>),
    /// The program reaches a use of a map that the loader did not create.
    Map(Option<String>),
    /// The program reaches the call of a weak kfunc that this kernel lacks.
    Kfunc(Option<String>),
    /// A kfunc or variable of the kernel that it lacks, and that is not weak.
    Ksym(String),
    /// An option that the kernel's configuration does not have.
    Kconfig(String),
    /// The kernel has no helper of this number.
    Helper(i64),
    /// The kernel has nothing of this name to attach to.
    Hook(String),
    /// The kernel does not create a map of this name.
    CreateMap(String),
    /// A message that says all by itself.
    Message(&'static Message),
}

impl Cause {
    /// What a line says. `None`: it says no cause.
    pub(crate) fn of(text: &str) -> Option<Self> {
        named(text).or_else(|| message::of(text).map(Self::Message))
    }

    /// Whether the process may not do what it asked for.
    pub(crate) fn is_permission(&self) -> bool {
        matches!(self, Self::Message(message) if message.name == "not-permitted")
    }

    /// Whether it only tells that there is a cause: another line of the log tells more.
    pub(crate) fn is_vague(&self) -> bool {
        matches!(self, Self::Message(message) if message.is_vague)
    }
}

fn named(text: &str) -> Option<Cause> {
    let owned = |before, behind| between(text, before, behind).map(str::to_owned);
    if let Some((_, record)) = text.split_once("failed to resolve CO-RE relocation ") {
        return Some(Cause::Record(Some(record.to_owned())));
    }
    if let Some(number) = number_behind(text, "invalid func unknown#") {
        return Some(match Poison::of_helper(number) {
            Some(Poison::Record) => Cause::Record(None),
            Some(Poison::Map) => Cause::Map(None),
            Some(Poison::Kfunc) => Cause::Kfunc(None),
            None => Cause::Helper(number),
        });
    }
    // cilium/ebpf writes the first in place of `invalid argument`, and poisons 64-bit loads by the second.
    if text.contains("bad CO-RE relocation") || text.contains("(18) r10 = 0xbad2310") {
        return Some(Cause::Record(None));
    }
    if text.contains("is referenced but wasn't created") {
        return Some(Cause::Map(owned("map '", "'")));
    }
    if text.contains("is referenced but wasn't resolved") {
        return Some(Cause::Kfunc(owned("kfunc '", "'")));
    }
    if text.contains("call to unknown kfunc") || text.contains("unknown kfunc") {
        return Some(Cause::Kfunc(None));
    }
    if text.contains("(func ksym) '") || text.contains("(var ksym) '") {
        return owned("ksym) '", "'").map(Cause::Ksym);
    }
    if text.contains("kfunc \"") && text.contains("not supported") {
        return owned("kfunc \"", "\"").map(Cause::Ksym);
    }
    if text.contains("resolve .ksyms: ") {
        // cilium/ebpf: `typed ksym: look up variable NAME: ...`, `resolve required ksyms: NAME,...`
        let ends = ["look up variable ", "resolve required ksyms: "];
        let behind = ends.iter().find_map(|end| Some(text.split_once(end)?.1));
        let name = behind.and_then(|behind| behind.split([':', ',', ' ']).next());
        return name.map(|name| Cause::Ksym(name.to_owned()));
    }
    if text.contains("(strong): not resolved") {
        return owned("extern '", "'").map(Cause::Kconfig);
    }
    if text.contains("config option \"") && text.contains("does not exist") {
        return owned("config option \"", "\"").map(Cause::Kconfig);
    }
    hook(text)
        .map(Cause::Hook)
        .or_else(|| map(text).map(Cause::CreateMap))
}

fn hook(text: &str) -> Option<String> {
    let name = between(text, "failed to find kernel BTF type ID of '", "'")
        .or_else(|| between(text, "nknown BTF type `", "`"))
        .or_else(|| between(text, "failed to determine tracepoint '", "'"))
        .or_else(|| between(text, "failed to create kprobe '", "'"))
        .or_else(|| between(text, "failed to add legacy kprobe event for '", "'"))
        .or_else(|| not_supported(text))
        .or_else(|| {
            // cilium/ebpf: `attach Tracing/TraceFEntry: find target for ... nope: not found`
            let is_absent = text.contains("attach ") && text.contains("not found");
            let name = text.rsplit(": ").nth(1).filter(|_| is_absent)?;
            name.rsplit(' ').next()
        })?;
    let name = name.split('+').next().unwrap_or(name);
    Some(name.trim_matches('"').to_owned())
}

/// `attach LSM/LSMMac: nope_hook LSM hook not supported`, of cilium/ebpf.
fn not_supported(text: &str) -> Option<&str> {
    let (_, what) = text.split_once("attach ")?.1.split_once(": ")?;
    let what = what.split_once(" not supported")?.0;
    let ends = [" LSM hook", " iterator"];
    let bare = ends.iter().find_map(|end| what.strip_suffix(end));
    let what = bare.unwrap_or(what);
    what.rsplit(' ').next()
}

fn map(text: &str) -> Option<String> {
    let libbpf = text.contains("failed to create");
    let name = between(text, "map '", "'").filter(|_| libbpf);
    let name = name.or_else(|| between(text, "failed to create map `", "`"));
    // cilium/ebpf: `map filter: map create: invalid argument`
    let name = name.or_else(|| between(text, "map ", ": map create"));
    name.map(str::to_owned)
}
