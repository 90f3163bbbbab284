//! `bpf-core-linker`: the only place that prints errors and decides the exit code.

use std::{env, fs, io::Write as _, process::ExitCode};

use bpf_core_linker::{
    Error, Result,
    cli::{self, Arguments, Command},
    contain, link, log, output,
};

fn main() -> ExitCode {
    let arguments = match cli::parse(env::args_os()) {
        Ok(Command::Print(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Ok(Command::Link(arguments)) => arguments,
        Err(message) => {
            eprint!("{message}");
            return ExitCode::FAILURE;
        }
    };
    // SAFETY: no thread has been started yet.
    let result = unsafe { contain::run(|| finish(run(&arguments))) };
    let code = finish(result);
    let is_input = arguments.inputs.contains(&arguments.output);
    if code != ExitCode::SUCCESS && !is_input {
        output::remove_stale(&arguments.output);
    }
    code
}

fn finish(result: Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        // Nothing is left to do where even this cannot be written.
        let _ = writeln!(std::io::stderr(), "{error}");
        ExitCode::FAILURE
    })
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let _guard = log::start(arguments.log_level, arguments.log_file.clone())?;
    tracing::info!("command line: {:?}", env::args_os().collect::<Vec<_>>());
    let mut export_symbols = arguments.export.clone();
    if let Some(path) = &arguments.export_symbols {
        let text = fs::read_to_string(path).map_err(|error| Error::file("read", path, &error))?;
        export_symbols.extend(text.lines().map(str::to_owned));
    }
    let bytes = link::link(link::Options {
        linker: arguments.linker_options(),
        inputs: arguments.inputs.clone(),
        output_type: arguments.output_type(),
        export_symbols,
        dump_module: arguments.dump_module.clone(),
        fatal_errors: arguments.fatal_errors,
        corelint: arguments.corelint,
    })?;
    output::write(&arguments.output, &bytes)?;
    Ok(ExitCode::SUCCESS)
}
