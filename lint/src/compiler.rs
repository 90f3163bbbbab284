//! What `cargo check` says, for editors: they show it beside the findings, and run one command.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, bail};
use serde_json::json;

/// A `cargo check` that runs.
#[derive(Debug)]
pub(crate) struct Compiler {
    child: Child,
    reader: JoinHandle<std::io::Result<()>>,
}

impl Compiler {
    /// Starts it in a workspace. Its messages go to stdout as they come.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) fn start(workspace: &Path) -> Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut child = Command::new(cargo)
            .args(["check", "--workspace", "--keep-going"])
            .args(["--message-format", "json"])
            .current_dir(workspace)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cargo does not run")?;
        let Some(messages) = child.stdout.take() else {
            bail!("cargo has no output");
        };
        let reader = thread::spawn(move || {
            for line in BufReader::new(messages).lines() {
                let line = line?;
                // The last line is ours to say.
                if !line.contains(r#""reason":"build-finished""#) {
                    // Whoever reads may have gone; cargo is read to its end all the same.
                    let _ = writeln!(std::io::stdout(), "{line}");
                }
            }
            Ok(())
        });
        Ok(Self { child, reader })
    }

    /// Waits for its end, and says whether all is well.
    ///
    /// # Errors
    /// What it says cannot be read.
    pub(crate) fn finish(mut self) -> Result<bool> {
        let status = self.child.wait().context("cargo does not end")?;
        match self.reader.join() {
            Ok(read) => read.context("what cargo says cannot be read")?,
            Err(_) => bail!("what cargo says cannot be read"),
        }
        Ok(status.success())
    }
}

/// The line that is the last one of Cargo's messages.
#[must_use]
pub(crate) fn last_line(success: bool) -> String {
    format!(
        "{}\n",
        json!({ "reason": "build-finished", "success": success })
    )
}
