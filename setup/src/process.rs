//! Running other programs: every one that changes something is echoed first.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

/// How a program ends: its error goes to stderr.
pub fn report(done: Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Ends this process by a closed pipe, as other programs do: whoever reads the output may have
/// enough of it, as `head` has.
pub fn end_at_closed_pipe() {
    // SAFETY: this replaces Rust's own setting, and no handler of somebody else.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

/// Replaces this process by the command. Gives why that could not be.
pub fn become_command(command: &mut Command) -> Result<()> {
    let line = shown(command);
    Err(command.exec()).with_context(|| format!("`{line}` cannot be started"))
}

/// Tells the user what is going on. On stderr: stdout is for results.
pub fn say(text: impl std::fmt::Display) {
    eprintln!("xtask: {text}");
}

/// The command as one could paste it into a shell, without its environment.
pub fn shown(command: &Command) -> String {
    let mut line = quoted(command.get_program());
    for arg in command.get_args() {
        let _ = write!(line, " {}", quoted(arg));
    }
    line
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,+@~%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Shows what is done.
pub(crate) fn echo(line: &str) {
    eprintln!("$ {line}");
}

/// Runs a command to its end with this process' own output; an error names it and its status.
pub fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    echo(&line);
    let status = command
        .status()
        .with_context(|| format!("`{line}` cannot be started"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// What a command prints on stdout. Not echoed: for questions that change nothing.
pub fn ask(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{line}` cannot be started"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        bail!("`{line}` failed ({}): {}", output.status, why.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed no UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_can_be_pasted_into_a_shell() {
        let mut command = Command::new("echo");
        command.args(["plain-1.0", "two words", "it's", ""]);
        assert_eq!(shown(&command), r"echo plain-1.0 'two words' 'it'\''s' ''");
    }

    #[test]
    fn a_failed_command_is_named_with_its_status() {
        let error = run(Command::new("sh").args(["-c", "exit 7"])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`sh -c 'exit 7'` failed (exit status: 7)"
        );
    }
}
