//! How subcommands show what they answer.

use clap::ValueEnum;

/// How an answer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people
    Human,
    /// JSON, for programs
    Json,
}
