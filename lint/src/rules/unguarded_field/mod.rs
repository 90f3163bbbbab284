//! `unguarded-field`: a source reads a field that a supported kernel lacks, and does not ask first.

use bpf_core_catalogue::Form;
use bpf_core_kernel_facts::flavour::essential_name;

use super::{Finding, Group, Level, Rule};
use crate::front::facts::Absence;
use crate::known::Question;

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unguarded-field",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a field that a supported kernel lacks, read without a guard",
    page: include_str!("unguarded-field.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

/// A finding for each thing that kernels lack, at its first place. `cure` is what to write in the language.
fn all(
    absences: &[Absence],
    cure: impl Fn(&Question) -> Option<String>,
    findings: &mut Vec<Finding>,
) {
    let mut told: Vec<(&Absence, Finding)> = Vec::new();
    for absence in absences {
        let is_same = |(one, _): &&mut (&Absence, Finding)| {
            (&one.what, &one.lack.kernels) == (&absence.what, &absence.lack.kernels)
        };
        match told.iter_mut().find(is_same) {
            Some((first, found)) if first.span != absence.span => found.and_here(&absence.span),
            Some(_) => {}
            None => {
                let mut found = finding(absence);
                found.help.extend(cure(&absence.what));
                told.push((absence, found));
            }
        }
    }
    findings.extend(told.into_iter().map(|(_, found)| found));
}

/// The finding about a thing that kernels lack.
fn finding(absence: &Absence) -> Finding {
    let what = match &absence.what {
        Question::Field(record, path, _) => format!("`{path}` of `{record}`"),
        Question::Type(name) => format!("type `{name}`"),
        Question::Enumerator(of, name) => format!("`{name}` of `enum {of}`"),
        Question::Either(..) | Question::Tracepoint(_) | Question::Before(_) | Question::Other => {
            "it".to_owned()
        }
    };
    let kernels = &absence.lack.kernels;
    let form = match &absence.what {
        Question::Field(_, _, Some(form)) if absence.lack.is_form => Some(form),
        _ => None,
    };
    let lacks = match form {
        Some(form) => format!("no {}", in_words(form)),
        None => "not".to_owned(),
    };
    let message = format!("{what} is {lacks} on {kernels}, and nothing asks for it first");
    let found = Finding::new(RULE.name, absence.span.clone(), message)
        .label("the verifier refuses the program there");
    match &absence.lack.instead {
        Some(instead) => found.note(format!("these kernels have `{instead}` instead")),
        None => found,
    }
}

/// What a program declares a field to be.
fn in_words(form: &Form) -> String {
    match form {
        Form::Number => "number".to_owned(),
        Form::Enum(name) if name.is_empty() => "enum".to_owned(),
        Form::Enum(name) => format!("`enum {}`", essential_name(name)),
        Form::Float => "floating-point number".to_owned(),
        Form::Pointer => "pointer".to_owned(),
        Form::Record => "struct".to_owned(),
        Form::Array(element) => format!("array of {}s", in_words(element)),
        _ => "such field".to_owned(),
    }
}
