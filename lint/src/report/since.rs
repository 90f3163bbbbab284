//! What an earlier run has told already: the rest is new.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use bpf_core_catalogue::{Kernel, KernelSet};
use serde_json::Value;

use super::record::{self, KernelName, Record, word};
use crate::front::object::Matrix;
use crate::rules::Finding;

/// The report of an earlier run.
#[derive(Debug, Default)]
pub(crate) struct Since {
    /// Paths in the report are relative to this.
    root: PathBuf,
    /// Object, program, rule, subject and kernel of each finding on kernels.
    on_kernels: HashSet<(String, String, String, String, KernelName)>,
    /// Object, program and kernel, with the word for the verdict.
    verdicts: HashMap<(String, String, KernelName), String>,
    /// Rule, file and message of other findings, and how many there are.
    others: HashMap<(String, String, String), usize>,
}

impl Since {
    /// Reads what `--format json` wrote.
    ///
    /// # Errors
    /// The file cannot be read, or is no report that this version reads.
    pub(crate) fn read(file: &Path, root: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let mut since = Self {
            root: root.to_owned(),
            ..Self::default()
        };
        let what = "no report: `cargo corelint --format json > FILE` writes one";
        ensure!(!text.trim().is_empty(), "{} is {what}", file.display());
        for (number, line) in text.lines().enumerate() {
            let place = || format!("{}, line {}", file.display(), number + 1);
            match record::read(line).with_context(place)? {
                Some(record) => since.add(record).with_context(place)?,
                None => since.add_message(&serde_json::from_str(line)?),
            }
        }
        Ok(since)
    }

    fn add(&mut self, record: Record) -> Result<()> {
        let Record {
            object, kernels, ..
        } = &record;
        let named = |at: &usize| {
            kernels
                .get(*at)
                .cloned()
                .context("it names a kernel that it does not list")
        };
        for program in &record.programs {
            for one in &program.verdicts {
                for at in &one.kernels {
                    let key = (object.clone(), program.name.clone(), named(at)?);
                    self.verdicts.insert(key, one.verdict.clone());
                }
            }
        }
        for finding in &record.findings {
            for at in finding.cases.iter().flat_map(|case| &case.kernels) {
                for program in &finding.programs {
                    let (rule, subject) = (finding.rule.clone(), finding.subject.clone());
                    let program = program.clone();
                    let key = (object.clone(), program, rule, subject, named(at)?);
                    self.on_kernels.insert(key);
                }
            }
        }
        Ok(())
    }

    fn add_message(&mut self, line: &Value) {
        let message = &line["message"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let rule = text(&message["code"]["code"]).replace("corelint::", "");
        let file = text(&message["spans"][0]["file_name"]);
        *self
            .others
            .entry((rule, file, text(&message["message"])))
            .or_default() += 1;
    }

    fn shown(&self, path: &str) -> String {
        let inside = Path::new(path).strip_prefix(&self.root).ok();
        inside.and_then(Path::to_str).unwrap_or(path).to_owned()
    }

    /// Leaves of a finding what is new. Whether anything is.
    pub(super) fn keep(&mut self, finding: &mut Finding, kernels: &[Kernel]) -> bool {
        let file = self.shown(finding.primary.span.source.path());
        let Some(on) = &mut finding.on else {
            let key = (finding.rule.to_owned(), file, finding.message.clone());
            return match self.others.get_mut(&key) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    false
                }
                _ => true,
            };
        };
        let object = self.shown(&on.object);
        let is_known = |program: &String, at: usize| {
            let kernel = KernelName::from(&kernels[at]);
            let (rule, subject) = (finding.rule.to_owned(), on.subject.clone());
            let key = (object.clone(), program.clone(), rule, subject, kernel);
            self.on_kernels.contains(&key)
        };
        let is_new =
            |program: &String, set: &KernelSet| set.iter().any(|at| !is_known(program, at));
        let all = on.cases.iter().map(|case| &case.kernels);
        let all = all.fold(KernelSet::default(), |all, set| all.union(set));
        let programs: Vec<String> = on
            .programs
            .iter()
            .filter(|one| is_new(one, &all))
            .cloned()
            .collect();
        let mut cases = on.cases.clone();
        for case in &mut cases {
            let new = case
                .kernels
                .iter()
                .filter(|at| programs.iter().any(|one| !is_known(one, *at)));
            case.kernels = new.collect();
        }
        cases.retain(|case| !case.kernels.is_empty());
        (on.programs, on.cases) = (programs, cases);
        !on.cases.is_empty()
    }

    /// Marks in a matrix the kernels that are new, and those on which a program does something else. Whether
    /// there are any.
    pub(super) fn keep_kernels(&self, matrix: &mut Matrix, kernels: &[Kernel]) -> bool {
        let object = self.shown(&matrix.object);
        let is_new = |at: &usize| {
            let kernel = KernelName::from(&kernels[*at]);
            matrix.programs.iter().any(|program| {
                let key = (object.clone(), program.name.clone(), kernel.clone());
                let verdict = program.on(*at).map(word);
                self.verdicts.get(&key).map(String::as_str) != verdict
            })
        };
        let new: KernelSet = matrix.kernels.iter().filter(is_new).collect();
        let any = !new.is_empty();
        matrix.new = Some(new);
        any
    }
}
