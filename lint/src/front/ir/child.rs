//! Starts the process that runs LLVM, and waits for its answer.

use std::env;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bpf_core_flow::facts::{self, Facts};

use super::Place;
use super::worker::{Answer, OPTION};
use crate::front::sources::{self, Sources};
use crate::span::Span;

/// What takes longer was made to.
const LONGEST: Duration = Duration::from_secs(60);

/// The facts that LLVM finds in a module.
pub(super) fn run(path: &Path) -> Result<Facts<facts::Place>, String> {
    let mut child = Command::new(program()?)
        .arg(OPTION)
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("no process for LLVM: {error}"))?;
    let stdout = child.stdout.take();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        let read = stdout.map(|mut stdout| stdout.read_to_end(&mut text));
        read.is_some_and(|read| read.is_ok()).then_some(text)
    });
    let status = wait(&mut child)?;
    let text = reader.join().ok().flatten().unwrap_or_default();
    if !status.success() {
        return Err("LLVM crashes on it".to_owned());
    }
    serde_json::from_slice::<Answer>(&text)
        .map_err(|error| format!("no answer from LLVM: {error}"))?
}

fn wait(child: &mut Child) -> Result<ExitStatus, String> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if start.elapsed() < LONGEST => thread::sleep(pause),
            Ok(None) => {
                // It is waited for in either case; who has gone by itself cannot be killed.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!(
                    "LLVM needs more than {} seconds",
                    LONGEST.as_secs()
                ));
            }
            Err(error) => return Err(error.to_string()),
        }
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// This program. Tests are programs beside it.
fn program() -> Result<PathBuf, String> {
    let own = env::current_exe().map_err(|error| error.to_string())?;
    let folder = own.parent().unwrap_or(Path::new(""));
    if folder.ends_with("deps") {
        return Ok(folder.with_file_name("cargo-corelint"));
    }
    Ok(own)
}

/// A place to point at: the line of the source, or else the function.
pub(super) fn placed(place: facts::Place, path: &Path, sources: &mut Sources) -> Place {
    let span = match place.line {
        0 => {
            let path = path.to_string_lossy().into();
            Span::rendered(&path, None, &format!("in function `{}`", place.function))
        }
        line => sources.span(sources::Place {
            file: &place.file,
            line,
            column: place.column,
            text: "",
        }),
    };
    Place {
        span,
        function: place.function,
    }
}
