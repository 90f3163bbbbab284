//! `cargo corelint bindings`: declarations of kernel types, in Rust or in C, that are right for many kernels.

use anyhow::{Context as _, Result};
use bpf_core_bindings::{Kernels, Model, Want};
use bpf_core_catalogue::KernelSet;
use clap::Args;

use crate::answer::Format;
use crate::known::{self, phrase};

/// Declare kernel types in Rust or C, for many kernels at once.
#[derive(Debug, Args)]
pub(crate) struct Bindings {
    /// `file`, `task_struct.tgid`, `task_struct.{tgid,se.vruntime}`; a dot goes through pointers too
    #[arg(required = true)]
    pub types: Vec<String>,
    /// Which of the known kernels: `>=5.10`, `arm64`, `debian`; all of them if not given
    #[arg(long, value_name = "KERNELS", value_delimiter = ',')]
    pub kernels: Vec<String>,
    /// Write C, a `vmlinux.h` with these types, and no Rust
    #[arg(long, conflicts_with = "format")]
    pub c: bool,
    /// How the declarations are written: source text for people
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// Gives the text of the declarations.
///
/// # Errors
/// What is asked for is on no chosen kernel.
pub(crate) fn answer(options: &Bindings) -> Result<String> {
    let wants = options.types.iter().map(|text| Want::parse(text));
    let wants: Vec<(String, Want)> = wants.collect::<Result<_, _>>()?;
    let known = known::open()?;
    let chosen = known.select(&options.kernels).context("--kernels")?;
    let kernels = Kernels::new(known.catalogues().collect(), chosen.clone());
    let model = Model::new(&kernels, &wants)?;
    let words = |set: &KernelSet| phrase(known.kernels(), &chosen, set);
    if options.format == Format::Json {
        let kernels = chosen.iter().map(|at| known.kernels()[at].to_string());
        let answer = serde_json::json!({
            "kernels": kernels.collect::<Vec<_>>(),
            "types": model.json(&chosen, &words),
        });
        return Ok(format!("{answer}\n"));
    }
    let count = match chosen.len() {
        1 => "1 kernel".to_owned(),
        count => format!("{count} kernels"),
    };
    let made = format!(
        "{} of {count}, by `cargo corelint bindings`",
        range(&known, &chosen)
    );
    Ok(match options.c {
        true => format!("/* {made} */\n{}", model.c(&chosen, &words)),
        false => format!("//! {made}.\n\n{}", model.rust(&chosen, &words)),
    })
}

/// `Types of Linux 5.10.223 to 7.3.4`.
fn range(known: &known::Known<'_>, chosen: &KernelSet) -> String {
    let numbers = || chosen.iter().map(|at| known.kernels()[at].numbers());
    let text = |[major, minor, patch]: [u32; 3]| format!("{major}.{minor}.{patch}");
    match (numbers().min(), numbers().max()) {
        (Some(first), Some(last)) if first != last => {
            format!("Types of Linux {} to {}", text(first), text(last))
        }
        (Some(only), _) => format!("Types of Linux {}", text(only)),
        _ => "Types".to_owned(),
    }
}
