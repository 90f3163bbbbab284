//! Turns the reports of LLVM's BPF backend into errors for the user: which code eBPF does not have, where it
//! is, and what to write.

pub(crate) mod fatal;

use std::path::PathBuf;

use bpf_core_flow::library::is_of_rust;
use inkwell::module::Module;

use crate::error::{Error, Location};
use crate::ir::{self, source};

/// A part of LLVM's text, what it means, and the cure.
const KNOWN: [(&str, &str, &str); 11] = [
    (
        "stack arguments",
        "a function has more arguments than the five registers hold",
        "pass a reference to a struct, or make it `#[inline(always)]`",
    ),
    (
        "too many arguments",
        "a function has more arguments than the five registers hold",
        "pass a reference to a struct, or make it `#[inline(always)]`",
    ),
    (
        "pass by value",
        "an argument does not fit into a register",
        "pass a reference to it",
    ),
    (
        "returns are not supported",
        "a result does not fit into a register",
        "write it to a `&mut` argument, or make the function `#[inline(always)]`",
    ),
    (
        "stack limit is exceeded",
        "a function needs more than the 512 bytes of stack that eBPF has",
        "keep large variables in a map, such as a `PerCpuArray` of one entry",
    ),
    SIGNED_DIVISION,
    (
        "dynamic stack allocation",
        "a variable has a size that is known only when the program runs",
        "give it a constant size",
    ),
    (
        "please use 64 bit version",
        "this processor has no atomic operation of 32 bits",
        "use one of 64 bits, or compile with `-Ctarget-cpu=v3`, which Linux 5.12 has",
    ),
    (
        "please use 32/64 bit version",
        "eBPF has atomic operations of 32 and of 64 bits only",
        "use `AtomicU32` or `AtomicU64`",
    ),
    (
        "unsupported atomic load",
        "this processor has no such atomic operation",
        "use one without an order (`Ordering::Relaxed`), or compile with `-Ctarget-cpu=v4`",
    ),
    (
        "XADD return value",
        "this processor cannot tell the old value of an atomic addition",
        "do not use what `fetch_add` returns, or compile with `-Ctarget-cpu=v3`, which Linux 5.12 has",
    ),
];

const SIGNED_DIVISION: (&str, &str, &str) = (
    "unsupported signed division",
    "this processor has no signed division",
    "divide unsigned numbers, or compile with `-Ctarget-cpu=v4`, which Linux 6.6 has",
);

/// The error for what LLVM has reported about a module.
pub(crate) fn of(module: &Module<'_>, reports: &[String]) -> Error {
    let known = reports.iter().find_map(|report| {
        let report = Report::parse(report);
        let (what, help) = meaning(report.text)?;
        Some((report, what, help))
    });
    let Some((report, what, help)) = known else {
        let error = Error::new("LLVM cannot make code for this program");
        return reports.iter().cloned().fold(error, Error::note);
    };
    let begin = || {
        let mut functions = ir::functions(module);
        let function = functions.find(|of| of.name() == report.function.as_bytes())?;
        source::line_around(function)
    };
    // For the stack, the place is any instruction of the function.
    let is_of_stack = report.text.contains("stack limit");
    let place = report
        .place
        .filter(|place| !is_of_stack && !is_of_rust(&place.file.to_string_lossy()));
    let error = Error::new(what).at(place.or_else(begin));
    let error = match report.function {
        "" => error,
        name => error.note(format!(
            "in function `{:#}`",
            rustc_demangle::demangle(name)
        )),
    };
    let error = error.note(format!("LLVM: {}", report.text));
    match is_of_formatting(report.function) {
        true => error.help(FORMATTING),
        false => helped(error, help),
    }
}

/// The error with its cure. aya-build sets rustc's flags, so a processor is named to the linker there.
fn helped(error: Error, help: String) -> Error {
    match help.split_once("-Ctarget-cpu=") {
        Some((_, name)) => error.note(format!(
            "aya-build sets all flags of rustc; there, print `cargo::rustc-link-arg=--cpu={}` in the `build.rs` of the \
             eBPF crate",
            name.split('`').next().unwrap_or_default()
        )),
        None => error,
    }
    .help(help)
}

const FORMATTING: &str =
    "eBPF cannot format text with `core::fmt`: send the numbers to user space, as `aya-log` does";

fn is_of_formatting(function: &str) -> bool {
    format!("{:#}", rustc_demangle::demangle(function)).contains("core::fmt::")
}

/// The error for what LLVM says before it ends the process.
pub(crate) fn of_last_words(reason: &str) -> Error {
    let Some((what, help)) = meaning(reason) else {
        return Error::new("LLVM gave up on this program").note(reason);
    };
    let place = reason
        .split(|c: char| c == ',' || c.is_whitespace())
        .find_map(location);
    let error = Error::new(what).at(place);
    let function = reason
        .split_once("In function: ")
        .map(|(_, name)| name.trim());
    let error = match function {
        Some(name) => error.note(format!(
            "in function `{:#}`",
            rustc_demangle::demangle(name)
        )),
        None => error,
    };
    helped(error, help)
}

fn meaning(text: &str) -> Option<(String, String)> {
    if let Some((_, rest)) = text.split_once("A call to built-in function '") {
        let name = rest.split('\'').next().unwrap_or_default();
        return Some(of_library_call(name));
    }
    if text.starts_with("Cannot select") && text.contains("Atomic") {
        return Some((
            "this processor has no such atomic operation".to_owned(),
            "compile with `-Ctarget-cpu=v3`, which Linux 5.12 has".to_owned(),
        ));
    }
    let known = KNOWN.iter().find(|(part, ..)| text.contains(part));
    known.map(|(_, what, help)| ((*what).to_owned(), (*help).to_owned()))
}

/// The error for a call of the compiler's own library (`RuntimeLibcalls.td`).
pub(crate) fn of_library_call(name: &str) -> (String, String) {
    let stem = name
        .trim_start_matches('_')
        .trim_end_matches(|c: char| c.is_ascii_digit());
    let (what, help) = match stem {
        "multi" | "divti" | "udivti" | "modti" | "umodti" | "divmodti" | "udivmodti" | "muloti"
        | "ashlti" | "ashrti" | "lshrti" => (
            "eBPF has no multiplication and division of 128 bits",
            "calculate in 64 bits: shift or divide before the multiplication",
        ),
        "divdi" | "moddi" | "divsi" | "modsi" => (SIGNED_DIVISION.1, SIGNED_DIVISION.2),
        _ if is_of_floats(stem) => (
            "eBPF has no floating point",
            "calculate with integers, such as thousandths",
        ),
        _ => (
            "the program calls a function that eBPF does not have",
            "write the code without a call of the compiler's library",
        ),
    };
    (format!("{what}: `{name}`"), help.to_owned())
}

/// Their names end with the kinds of number that they take: `adddf`, `fixunssfdi`, `floattidf`.
fn is_of_floats(stem: &str) -> bool {
    ["sf", "df", "tf", "hf"]
        .iter()
        .any(|kind| stem.contains(kind))
}

/// As `DiagnosticInfoUnsupported` prints it: `FILE:LINE:COLUMN: in function NAME TYPE: TEXT`.
struct Report<'r> {
    place: Option<Location>,
    function: &'r str,
    text: &'r str,
}

impl<'r> Report<'r> {
    fn parse(report: &'r str) -> Self {
        let parts = report
            .split_once(": in function ")
            .and_then(|(place, rest)| {
                let (function, rest) = rest.split_once(' ')?;
                let (_, text) = rest.split_once("): ")?;
                Some((place, function, text))
            });
        let Some((place, function, text)) = parts else {
            return Self {
                place: None,
                function: "",
                text: report,
            };
        };
        Self {
            place: location(place),
            function,
            text,
        }
    }
}

fn location(place: &str) -> Option<Location> {
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok().filter(|line| *line != 0)?;
    let file = PathBuf::from(parts.next()?);
    Some(Location { file, line, column })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_taken_apart() {
        let report = Report::parse(
            "src/main.rs:7:9: in function _ZN1a1b17h0E i64 (ptr, {i64, i64}): stack arguments are not supported",
        );
        let place = report.place.map(|place| place.to_string());
        assert_eq!(place.as_deref(), Some("src/main.rs:7:9"));
        assert_eq!(report.function, "_ZN1a1b17h0E");
        assert_eq!(report.text, "stack arguments are not supported");
        let report = Report::parse("<unknown>:0:0: in function f i32 (): too many arguments");
        assert!(report.place.is_none());
        assert_eq!(Report::parse("something else").text, "something else");
    }

    #[test]
    fn last_words_have_a_place() {
        let reason = "Cannot select: 0x1: i64,ch = AtomicSwap<(load store acq_rel (s32) on @CELL)> 0x2, 0x3, \
                      src/bin/swap.rs:16:13\nIn function: prog";
        let error = of_last_words(reason).to_string();
        for part in [
            "no such atomic operation",
            "--> src/bin/swap.rs:16:13",
            "`prog`",
            "-Ctarget-cpu=v3",
            "cargo::rustc-link-arg=--cpu=v3",
        ] {
            assert!(error.contains(part), "no `{part}` in {error}");
        }
    }

    #[test]
    fn library_calls_are_told_apart() {
        for (name, what) in [
            ("__multi3", "128 bits"),
            ("__udivti3", "128 bits"),
            ("__divdi3", "signed division"),
            ("__adddf3", "floating point"),
            ("__fixunsdfdi", "floating point"),
            ("__floattisf", "floating point"),
            ("__tls_get_addr", "does not have"),
        ] {
            let (text, _) = of_library_call(name);
            assert!(text.contains(what) && text.contains(name), "{text}");
        }
    }
}
