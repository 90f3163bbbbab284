//! The command line: bpf-linker's, so that this linker can stand in its place.

use std::{
    ffi::{CString, OsString},
    path::PathBuf,
};

use bpf_linker::{Cpu, LinkerOptions, OptLevel, OutputType};
use clap::{ArgAction, Parser, error::ErrorKind};
use tracing::Level;

use crate::corelint;
use crate::input::session;

/// The version of bpf-linker that this linker stands in for.
const BPF_LINKER: &str = "0.13";

/// What the command line asks for.
pub enum Command {
    /// To print this text and be done.
    Print(String),
    /// To link.
    Link(Box<Arguments>),
}

/// The options of a link. See `--help`.
#[derive(Debug, Parser)]
#[command(name = "bpf-core-linker", version = version())]
pub struct Arguments {
    /// Target triple; without it the one of the inputs
    #[arg(long)]
    pub target: Option<CString>,

    /// BPF processor: generic, probe, v1, v2, v3, v4; the last one counts
    #[arg(long, default_value = "generic", value_parser = cpu, overrides_with = "cpu")]
    pub cpu: Cpu,

    /// CPU features, `+` for on and `-` for off, separated by commas: +alu32,-dwarfris
    #[arg(
        long,
        value_name = "features",
        default_value = "",
        allow_hyphen_values = true
    )]
    pub cpu_features: CString,

    /// Where to write the output
    #[arg(short, long)]
    pub output: PathBuf,

    /// What to write: llvm-bc, asm, llvm-ir, obj
    #[arg(long, default_value = "obj", value_parser = output_type)]
    pub emit: Vec<OutputType>,

    /// Write BTF; on by itself where an input has relocations
    #[arg(long)]
    pub btf: bool,

    /// Allow LLVM to insert calls of `__bpf_trap`
    #[arg(long)]
    pub allow_bpf_trap: bool,

    /// Ignored: rustc passes it
    #[arg(short = 'L', number_of_values = 1)]
    library_paths: Vec<PathBuf>,

    /// How to optimise: 0 to 3, s, z
    #[arg(short = 'O', default_value = "2", value_parser = opt_level)]
    pub optimize: Vec<OptLevel>,

    /// File with the symbols to export, one a line
    #[arg(long, value_name = "path")]
    pub export_symbols: Option<PathBuf>,

    /// File for the log, which then goes to standard output too
    #[arg(long, value_name = "path")]
    pub log_file: Option<PathBuf>,

    /// What to log: error, warn, info, debug, trace; without it nothing
    #[arg(long, value_name = "level")]
    pub log_level: Option<Level>,

    /// Unroll loops as far as possible, for kernels without loops
    #[arg(long)]
    pub unroll_loops: bool,

    /// Ignore `#[inline(never)]`, for kernels without function calls
    #[arg(long)]
    pub ignore_inline_never: bool,

    /// Folder for the IR before and after optimisation
    #[arg(long, value_name = "path")]
    pub dump_module: Option<PathBuf>,

    /// More arguments for LLVM
    #[arg(long, value_name = "args", value_delimiter = ',', action = ArgAction::Append)]
    pub llvm_args: Vec<CString>,

    /// Do not pass --bpf-expand-memcpy-in-order to LLVM
    #[arg(long)]
    pub disable_expand_memcpy_in_order: bool,

    /// Do not export memcpy, memmove, memset, memcmp and bcmp
    #[arg(long)]
    pub disable_memory_builtins: bool,

    /// Report constant offsets into kernel structs, and missing debug info, with their
    /// source lines: warn, which rustc shows only with `-W linker-messages`, or deny, which
    /// makes no output. `cargo corelint explain hardcoded-offset` tells more
    #[arg(long, value_name = "level", value_enum)]
    pub corelint: Option<corelint::Level>,

    /// Bitcode, objects with bitcode, archives of them, LLVM IR
    #[arg(required = true)]
    pub inputs: Vec<PathBuf>,

    /// Symbols to export, separated by commas; see --export-symbols
    #[arg(long, value_name = "symbols", value_delimiter = ',', action = ArgAction::Append)]
    pub export: Vec<String>,

    /// Whether an error that LLVM reports is one
    #[arg(long, action = ArgAction::Set, default_value_t = true)]
    pub fatal_errors: bool,

    // rustc passes these two to what it takes for wasm-ld.
    #[arg(long, hide = true)]
    debug: bool,
    #[arg(long, hide = true)]
    flavor: Option<String>,
}

/// Reads the arguments, of which the first is the program.
///
/// # Errors
/// A message that says which of them is wrong.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    // lld spells it with one hyphen.
    let arguments = arguments
        .into_iter()
        .map(|argument| match argument.to_str() {
            Some("-flavor") => "--flavor".into(),
            _ => argument,
        });
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => Ok(Command::Link(Box::new(arguments))),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Ok(Command::Print(error.to_string()))
            }
            _ => Err(error.to_string()),
        },
    }
}

/// What `--version` prints behind the name.
fn version() -> String {
    format!(
        "{} (bpf-linker {BPF_LINKER}, LLVM {})",
        env!("CARGO_PKG_VERSION"),
        session::llvm_version()
    )
}

impl Arguments {
    /// What bpf-linker's library takes of the options.
    pub fn linker_options(&self) -> LinkerOptions {
        LinkerOptions {
            target: self.target.clone(),
            cpu: self.cpu,
            cpu_features: self.cpu_features.clone(),
            // The last one counts: rustc passes one, and the user's comes behind it.
            optimize: self.optimize.last().copied().unwrap_or(OptLevel::Default),
            unroll_loops: self.unroll_loops,
            ignore_inline_never: self.ignore_inline_never,
            llvm_args: self.llvm_args.clone(),
            disable_expand_memcpy_in_order: self.disable_expand_memcpy_in_order,
            disable_memory_builtins: self.disable_memory_builtins,
            btf: self.btf,
            allow_bpf_trap: self.allow_bpf_trap,
        }
    }

    /// The first one counts, as in bpf-linker.
    pub fn output_type(&self) -> OutputType {
        self.emit.first().copied().unwrap_or(OutputType::Object)
    }
}

fn cpu(text: &str) -> Result<Cpu, String> {
    text.parse()
        .map_err(|_| "expected one of generic, probe, v1, v2, v3, v4".to_owned())
}

fn opt_level(text: &str) -> Result<OptLevel, String> {
    Ok(match text {
        "0" => OptLevel::No,
        "1" => OptLevel::Less,
        "2" => OptLevel::Default,
        "3" => OptLevel::Aggressive,
        // LLVM 23 has no pipelines for size: functions say it themselves (`optsize`).
        "s" | "z" if cfg!(feature = "llvm-23") => OptLevel::Default,
        "s" => OptLevel::Size,
        "z" => OptLevel::SizeMin,
        _ => return Err("expected one of 0, 1, 2, 3, s, z".to_owned()),
    })
}

fn output_type(text: &str) -> Result<OutputType, String> {
    Ok(match text {
        "llvm-bc" => OutputType::Bitcode,
        "asm" => OutputType::Assembly,
        "llvm-ir" => OutputType::LlvmAssembly,
        "obj" => OutputType::Object,
        _ => return Err("expected one of llvm-bc, asm, llvm-ir, obj".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &str) -> Arguments {
        let words = ["bpf-core-linker"]
            .into_iter()
            .chain(words.split_whitespace());
        match parse(words.map(OsString::from)) {
            Ok(Command::Link(arguments)) => *arguments,
            Ok(Command::Print(text)) | Err(text) => panic!("{text}"),
        }
    }

    #[test]
    fn as_rustc_calls_it() {
        let arguments = arguments(
            "-flavor bpf --export-symbols symbols --export a,b --export c x.rcgu.o -L dir liby.rlib --cpu v2 \
             --cpu-features -alu32 -o out -O3 -O z --debug --btf --llvm-args=-x,-y --fatal-errors=false",
        );
        assert_eq!(
            arguments.inputs,
            [PathBuf::from("x.rcgu.o"), PathBuf::from("liby.rlib")]
        );
        assert_eq!(arguments.export, ["a", "b", "c"]);
        assert!(!arguments.fatal_errors);
        let options = arguments.linker_options();
        assert!(matches!(options.optimize, OptLevel::SizeMin));
        assert!(matches!(options.cpu, Cpu::V2));
        assert_eq!(options.cpu_features.as_c_str(), c"-alu32");
        assert_eq!(options.llvm_args, [c"-x", c"-y"].map(CString::from));
    }

    /// rustc names a processor always, and a `build.rs` another one behind it.
    #[test]
    fn the_last_processor_counts() {
        let options = arguments("x.o --cpu generic -o out --cpu=v3").linker_options();
        assert!(matches!(options.cpu, Cpu::V3));
    }

    #[test]
    fn defaults_are_those_of_bpf_linker() {
        let arguments = arguments("x.o -o out");
        let options = arguments.linker_options();
        assert!(matches!(options.optimize, OptLevel::Default));
        assert!(matches!(options.cpu, Cpu::Generic));
        assert!(matches!(arguments.output_type(), OutputType::Object));
        assert!(arguments.fatal_errors && !options.btf);
    }
}
