//! Writes the log as bpf-linker does, and collects LLVM's reports from it. bpf-linker only logs them, and the
//! user needs them in the error message.

use std::{
    fmt::Debug,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{LevelFilter, filter_fn},
    fmt::MakeWriter,
    layer::Context,
    prelude::*,
    registry::LookupSpan,
};
use tracing_tree::HierarchicalLayer;

use crate::error::{Error, Result};

static REPORTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The errors that LLVM has reported to bpf-linker's log since the last call.
pub(crate) fn take_reports() -> Vec<String> {
    std::mem::take(&mut *REPORTS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Starts logging: to standard error, or to standard output and a file. Without a
/// level, `RUST_LOG` decides; without that, nothing is logged.
///
/// # Errors
/// When the file cannot be written, or logging has been started before.
pub fn start(level: Option<Level>, file: Option<PathBuf>) -> Result<Option<WorkerGuard>> {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::OFF.into())
        .from_env_lossy();
    let filter = match level {
        None => filter,
        Some(level) => filter.add_directive(level.into()),
    };
    let (file_writer, guard) = match file {
        None => (None, None),
        Some(path) => {
            let no_file = |why: &dyn std::fmt::Display| {
                Error::new(format!("cannot write the log `{}`: {why}", path.display()))
            };
            let name = path
                .file_name()
                .ok_or_else(|| no_file(&"not the name of a file"))?;
            let folder = path.parent().unwrap_or(Path::new(""));
            let appender = RollingFileAppender::builder()
                .rotation(Rotation::NEVER)
                .filename_prefix(name.to_string_lossy())
                .build(folder)
                .map_err(|error| no_file(&error))?;
            let (writer, guard) = tracing_appender::non_blocking(appender);
            (Some(writer), Some(guard))
        }
    };
    let console = if file_writer.is_some() {
        tree(io::stdout).boxed()
    } else {
        tree(io::stderr).boxed()
    };
    let shown = console.and_then(file_writer.map(tree)).with_filter(filter);
    let reports = Reports.with_filter(filter_fn(|metadata| {
        *metadata.level() <= Level::WARN && metadata.target().starts_with("bpf_linker")
    }));
    tracing::subscriber::set_global_default(
        tracing_subscriber::registry().with(shown).with(reports),
    )
    .map_err(|error| Error::new(format!("cannot start logging: {error}")))?;
    Ok(guard)
}

fn tree<W>(writer: W) -> HierarchicalLayer<W>
where
    W: for<'w> MakeWriter<'w> + 'static,
{
    HierarchicalLayer::new(2)
        .with_indent_lines(true)
        .with_writer(writer)
}

struct Reports;

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Reports {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Message {
            level: *event.metadata().level(),
        });
    }
}

struct Message {
    level: Level,
}

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let text = format!("{value:?}");
            let text = text
                .strip_prefix("llvm: ")
                .unwrap_or(&text)
                .trim_end()
                .to_owned();
            if self.level == Level::ERROR {
                REPORTS
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(text);
            }
        }
    }
}
