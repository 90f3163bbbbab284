//! Finds the struct that a pointer leads to: by its type, by the hook of the program, by the callers of the function,
//! or by the field that the pointer was read from.

use bpf_core_catalogue::KernelSet;
use bpf_core_kernel_facts::context::iterator_struct;

use super::hit::Hits;
use crate::front::rust::view::{Amount, Origin, Value};
use crate::known::Attached;

/// Calls that are followed back.
const MAX_HOPS: usize = 6;
const UNKNOWN: &str = "the struct that the pointer leads to is not known";

impl Hits<'_> {
    /// The struct, by the kernel's name, or why it is not known.
    pub(super) fn record(&self, function: usize, value: &Value) -> Result<String, String> {
        self.follow(function, value, 0)
    }

    fn follow(&self, function: usize, value: &Value, hops: usize) -> Result<String, String> {
        if let Some(name) = value.ty.points_to().or(value.born.points_to()) {
            let declared = self.krate.facts.structs.get(name);
            let name = declared.map_or(name, |declared| &declared.kernel_name);
            return Ok(name.to_owned());
        }
        if hops > MAX_HOPS {
            return Err(UNKNOWN.to_owned());
        }
        if let Some(literal) = value
            .source
            .as_ref()
            .and_then(|source| self.read_at(function, source))
        {
            let Ok(hit) = self.hit(function, literal) else {
                return Err(format!(
                    "{UNKNOWN}: it is read where another offset is left"
                ));
            };
            let to = pointee(&hit.spot.field.type_text);
            return to.map(str::to_owned).ok_or_else(|| UNKNOWN.to_owned());
        }
        match &value.origin {
            Origin::Task | Origin::TypedTask => Ok("task_struct".to_owned()),
            Origin::Param(number) => self.one_of_callers(function, *number, &|caller, given| {
                self.follow(caller, given, hops + 1)
            }),
            Origin::Argument(number) => self.argument(function, *number),
            Origin::Member(of, field) => {
                let target = self.iterated(function, of, hops)?;
                let record = iterator_struct(&target);
                let kernel = self.kernel()?;
                let path: Vec<&str> = field.split('.').collect();
                let found = self.of.known.field_on(kernel, &record, &path);
                let found = found.map_err(|error| error.to_string())?;
                let to = found.as_ref().and_then(|field| pointee(&field.type_text));
                to.map(str::to_owned).ok_or_else(|| UNKNOWN.to_owned())
            }
            Origin::Call(call) => {
                let made = &self.krate.functions[function].calls[*call];
                let callee = self.krate.callee(function, &made.callee);
                let callee = callee.ok_or(UNKNOWN)?;
                let body = &self.krate.functions[callee];
                if body.returns_unknown {
                    return Err(UNKNOWN.to_owned());
                }
                one(body
                    .returned
                    .iter()
                    .filter(|value| !is_null(value))
                    .map(|value| match value.origin {
                        Origin::Param(number) => match made.args.get(number) {
                            Some(given) => self.follow(function, given, hops + 1),
                            None => Err(UNKNOWN.to_owned()),
                        },
                        _ => self.follow(callee, value, hops + 1),
                    }))
            }
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    /// What all callers of a function agree on about a parameter. A null pointer agrees with all.
    fn one_of_callers(
        &self,
        function: usize,
        number: usize,
        of: &dyn Fn(usize, &Value) -> Result<String, String>,
    ) -> Result<String, String> {
        if self.krate.has_namesake(function) {
            return Err(UNKNOWN.to_owned());
        }
        one(self
            .krate
            .callers_of(function)
            .filter_map(|(caller, call)| match call.args.get(number) {
                Some(given) if is_null(given) => None,
                Some(given) => Some(of(caller, given)),
                None => Some(Err(UNKNOWN.to_owned())),
            }))
    }

    /// The target of an iterator whose context a value is.
    fn iterated(&self, function: usize, of: &Origin, hops: usize) -> Result<String, String> {
        match of {
            Origin::Iterator(target) if !target.is_empty() => Ok(target.clone()),
            Origin::Param(number) if hops <= MAX_HOPS => {
                self.one_of_callers(function, *number, &|caller, given| {
                    self.iterated(caller, &given.origin, hops + 1)
                })
            }
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    /// The struct of an argument, or of a result, by the hooks of all programs that come to a function.
    fn argument(&self, function: usize, number: Option<i64>) -> Result<String, String> {
        let number = number.map(usize::try_from).transpose();
        let number = number.map_err(|_| UNKNOWN)?;
        let only: KernelSet = [self.kernel()?].into_iter().collect();
        one(self.krate.entries(function).map(|entry| {
            let program = entry.program.as_ref().ok_or(UNKNOWN)?;
            let attached = Attached::of(&program.facts(), &entry.name).ok_or_else(|| {
                format!(
                    "nothing says what the program `{}` is attached to: write it in the attribute \
                     `#[{}]`",
                    entry.name, program.kind
                )
            })?;
            let found = self.of.known.prototypes(&attached.hook, &only);
            let found = found.map_err(|error| error.to_string())?;
            let given = |(prototype, _)| attached.record(prototype, number).map(str::to_owned);
            one(found
                .iter()
                .map(|(prototype, set)| given((prototype, set)).ok_or_else(|| UNKNOWN.to_owned())))
        }))
    }
}

/// What all answers agree on. There must be one.
fn one(answers: impl Iterator<Item = Result<String, String>>) -> Result<String, String> {
    let mut found: Option<String> = None;
    for answer in answers {
        let answer = answer?;
        match &found {
            Some(other) if *other != answer => {
                return Err(format!("it may lead to a `{other}` or to a `{answer}`"));
            }
            _ => found = Some(answer),
        }
    }
    found.ok_or_else(|| UNKNOWN.to_owned())
}

fn is_null(value: &Value) -> bool {
    value.amount == Some(Amount::Number(0))
}

/// The struct that a pointer of C leads to.
fn pointee(type_text: &str) -> Option<&str> {
    let to = type_text.strip_suffix('*')?.trim_end();
    let to = to.strip_prefix("const ").unwrap_or(to);
    to.strip_prefix("struct ").or(to.strip_prefix("union "))
}
