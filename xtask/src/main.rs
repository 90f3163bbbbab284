//! Set-up, build, demo and test of this repository: `cargo xtask`.

mod bench;
mod check;
mod clang;
mod demo;
mod kernel;
mod kernels;
mod lint;
mod matrix;
mod objects;
mod offsets;
mod peer;
mod process;
mod setup;
mod twins;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

const HELP: &str = "\
usage: cargo xtask COMMAND

  setup                  find LLVM 22, a rustc for eBPF and what the tests call, or install them;
                         the commands below do so themselves, each what it needs
  build                  the linker, each example's loader, and its eBPF object as
                         target/bpf/NAME.o
  demo                   build, load the example `lineage` into the running kernel, and print
                         verified events; where that cannot be, say why and show its offsets
  offsets OBJECT [BTF]   the object's CO-RE relocations on each kernel: those of the files BTF,
                         else the running one and those that the tests keep
  lint                   the linter over this repository, which is one of the checks
  test                   every check and test; fails if one fails, and says which
  matrix                 the part of `test` that builds one program at every level and way to link
  rows                   the part of `test` that asks the kernel in every way, in Rust and in C
  kernels [WORD..]       every example on many kernels, booted in qemu, as one table; of the
                         kernels, those whose names contain a WORD, as `6.12` or `arm64-cloud`
  kernels three          the part of `test` that does so on three of them
  kernels pin            renew what kernels/SHA256SUMS has of packages that the mirror has no more
  bench [PART]           this project against its peers, as ratios; PART is one of `instructions`,
                         `examples`, `verifier`, `size`, `compile`, `link` and `lint`
";

fn main() -> ExitCode {
    // SAFETY: no other thread is there yet, and no handler is replaced. Whoever reads the output may
    // have enough of it, as `head` has.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["setup"] => setup::for_test().map(|_| ()),
        ["build"] => setup::for_build()
            .and_then(|setup| objects::build(&setup))
            .map(|_| ()),
        ["demo"] => demo::show(),
        ["lint"] => setup::for_build().and_then(|setup| lint::over_this_repository(&setup)),
        ["test"] => check::run_all(),
        ["matrix"] => setup::for_build().and_then(|setup| matrix::check(&setup)),
        ["rows"] => setup::for_test().and_then(|setup| twins::check(&setup)),
        ["kernels", "three"] => setup::for_build().and_then(|setup| kernels::run_three(&setup)),
        ["kernels", "pin"] => kernels::renew_pins(),
        ["kernels", ref words @ ..] => {
            setup::for_build().and_then(|setup| kernels::run(&setup, words))
        }
        ["bench"] => bench::run(None),
        ["bench", part] if bench::is_part(part) => bench::run(Some(part)),
        ["offsets", object, ref kernels @ ..] => show_offsets(object, kernels),
        ["-h" | "--help" | "help"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn show_offsets(object: &str, kernels: &[&str]) -> Result<()> {
    let kernels: Vec<PathBuf> = match kernels {
        [] => offsets::kernels()?,
        kernels => kernels.iter().map(PathBuf::from).collect(),
    };
    offsets::print(object.as_ref(), &kernels)
}
