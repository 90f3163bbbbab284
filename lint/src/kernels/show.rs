//! `kernels show`: one field, type, enumerator or function on all kernels.

use anyhow::{Result, bail};
use bpf_core_catalogue::{Field, History, KernelSet};
use serde_json::{Value, json};

use super::Known;
use crate::answer::Format;
use crate::known::fold;

/// What kernels have under a name.
pub(super) fn show(known: &Known<'_>, name: &str, format: Format) -> Result<String> {
    let bare = ["struct ", "union ", "enum "];
    let bare = bare
        .iter()
        .find_map(|word| name.strip_prefix(word))
        .unwrap_or(name);
    let mut parts = bare.split('.');
    let first = parts.next().unwrap_or_default();
    let path: Vec<&str> = parts.collect();
    let mut answers = Vec::new();
    if let [enumerator] = path[..] {
        let found = known.history(|catalogue, set| catalogue.enumerator(first, enumerator, set))?;
        answers.push(Answer::new(known, &found, |value| {
            (
                value.cast_signed().to_string(),
                json!({ "value": value.cast_signed() }),
            )
        }));
    }
    if path.is_empty() {
        let found = known.history(|catalogue, set| catalogue.size(first, set))?;
        answers.push(Answer::new(known, &found, |size| {
            (format!("{size} bytes"), json!({ "size": size }))
        }));
        let found = known.history(|catalogue, set| catalogue.prototype(first, set))?;
        answers.push(Answer::new(known, &found, |text| {
            (text.clone(), json!({ "prototype": text }))
        }));
    } else {
        let found = known.history(|catalogue, set| catalogue.field(first, &path, set))?;
        answers.push(Answer::new(known, &found, |field| {
            (field_text(field), field_json(field))
        }));
    }
    answers.retain(|answer| !answer.values.is_empty());
    let modules = modules_with(known, first)?;
    if !answers.is_empty() && !modules.values.is_empty() {
        for answer in &mut answers {
            answer.unknown = answer.absent.intersection(&modules.absent);
            answer.absent = answer.absent.difference(&answer.unknown);
        }
        let absent = KernelSet::default();
        let modules = History { absent, ..modules };
        answers.push(Answer::new(known, &modules, |module| {
            (
                format!("in the module `{module}`"),
                json!({ "module": module }),
            )
        }));
    }
    if answers.is_empty() {
        bail!(
            "`{bare}` is on none of the {} known kernels",
            known.kernels().len()
        );
    }
    Ok(match format {
        Format::Human => answers
            .iter()
            .map(|answer| answer.text(known, bare))
            .collect(),
        Format::Json => {
            let answers: Vec<Value> = answers.iter().map(|answer| answer.json(known)).collect();
            format!("{}\n", json!({ "name": bare, "answers": answers }))
        }
    })
}

/// The modules that have a type or function. Absent are the kernels whose modules are not known.
fn modules_with(known: &Known<'_>, name: &str) -> Result<History<String>> {
    known.history(|catalogue, kernels| {
        let modules = catalogue.modules_with(name)?.into_iter();
        Ok(History {
            values: modules
                .map(|(module, set)| (module.to_owned(), set))
                .collect(),
            absent: kernels.difference(catalogue.with_modules()),
        })
    })
}

fn field_text(field: &Field) -> String {
    let Field {
        bit_offset,
        bit_size,
        is_bitfield,
        type_text,
        ..
    } = field;
    let byte = bit_offset / 8;
    match (is_bitfield, bit_size) {
        (true, Some(size)) => {
            format!(
                "byte {byte} bit {}: {type_text}, {size} bits",
                bit_offset % 8
            )
        }
        (_, Some(size)) => format!("byte {byte}: {type_text}, {} bytes", size / 8),
        (_, None) => format!("byte {byte}: {type_text}"),
    }
}

fn field_json(field: &Field) -> Value {
    json!({
        "bit_offset": field.bit_offset,
        "bit_size": field.bit_size,
        "bitfield": field.is_bitfield,
        "type": field.type_text,
    })
}

/// A history in words and in JSON.
struct Answer {
    values: Vec<(String, Value, KernelSet)>,
    absent: KernelSet,
    /// Kernels that do not have it in themselves. Other kernels have it in a module, and of these no
    /// module is known.
    unknown: KernelSet,
}

impl Answer {
    fn new<T>(
        known: &Known<'_>,
        history: &History<T>,
        words: impl Fn(&T) -> (String, Value),
    ) -> Self {
        let values = history.values.iter().map(|(value, set)| {
            let (text, json) = words(value);
            (text, json, set.clone())
        });
        let mut values: Vec<_> = values.collect();
        values.sort_by_key(|(.., set)| set.iter().map(|at| known.kernels()[at].numbers()).min());
        Self {
            values,
            absent: history.absent.clone(),
            unknown: KernelSet::default(),
        }
    }

    fn text(&self, known: &Known<'_>, name: &str) -> String {
        let mut text = format!("{name}\n");
        let values = self
            .values
            .iter()
            .map(|(text, _, set)| (text.as_str(), set));
        let rest = [
            ("its modules are not known", &self.unknown),
            ("absent", &self.absent),
        ];
        for (value, set) in values.chain(rest) {
            for (at, fold) in fold(known.kernels(), set).iter().enumerate() {
                if at == 0 {
                    text.push_str(&format!("  {value}\n"));
                }
                text.push_str(&format!("      {:32} {}\n", fold.releases, fold.builds));
            }
        }
        text
    }

    fn json(&self, known: &Known<'_>) -> Value {
        let names = |set: &KernelSet| -> Vec<&str> {
            set.iter()
                .map(|at| known.kernels()[at].release.as_str())
                .collect()
        };
        let values = self.values.iter().map(|(_, value, set)| {
            let mut value = value.clone();
            value["kernels"] = json!(names(set));
            value
        });
        json!({
            "values": values.collect::<Vec<_>>(),
            "unknown": names(&self.unknown),
            "absent": names(&self.absent),
        })
    }
}
