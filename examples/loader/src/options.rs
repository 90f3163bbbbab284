//! The part of the command line that is the same for all examples.

use std::path::PathBuf;

/// What to load, and whether to watch or to compare.
#[derive(clap::Args)]
pub struct Options {
    /// The eBPF object [default: target/bpf/NAME.o, with the name of the example]
    object: Option<PathBuf>,

    /// Compare what the program reads with what is known from elsewhere, and tell as TAP (Test
    /// Anything Protocol); fail on a difference
    #[arg(long)]
    pub verify: bool,
}

impl Options {
    /// Where the object of the example is.
    pub fn object(&self, example: &str) -> PathBuf {
        let built = || format!("target/bpf/{example}.o").into();
        self.object.clone().unwrap_or_else(built)
    }
}
