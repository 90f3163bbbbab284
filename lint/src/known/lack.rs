//! What supported kernels lack where a program may need it.

use std::rc::Rc;

use anyhow::Result;
use bpf_core_catalogue::{Field, KernelSet};

use super::{Guard, Question, Supported, sets};

/// The kernels that come to a place and lack what the program needs there.
#[derive(Clone, Debug)]
pub struct Lack {
    /// The kernels, in words.
    pub kernels: String,
    /// Whether they have the field, in another form than the program declares.
    pub is_form: bool,
    /// The field that they have instead, as C declares it, if the catalogue tells: `long state`.
    pub instead: Option<String>,
}

impl Supported<'_> {
    /// The kernels that lack a thing where guards hold, if there are such.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn lack<'g>(
        &self,
        what: &Question,
        guards: impl Iterator<Item = &'g Guard>,
    ) -> Result<Option<Lack>> {
        let history = what.answers(self)?;
        let named = match what {
            Question::Field(record, path, Some(_)) => {
                Question::Field(Rc::clone(record), path.clone(), None).answers(self)?
            }
            _ => history.clone(),
        };
        // A struct of a module that is not known, or of a kernel that nobody has here.
        if named.values.is_empty() {
            return Ok(None);
        }
        // A program for one architecture names its registers, which are another thing on the others.
        let judged = match history.values.is_empty() {
            true => self.where_known(&named),
            false => self.where_known(&history),
        };
        let lacking = self.holding(guards, history.absent.intersection(&judged))?;
        if lacking.is_empty() {
            return Ok(None);
        }
        // One finding has one reason: first those that have nothing of this name.
        let nameless = lacking.difference(&sets(&named.values));
        let is_form = nameless.is_empty();
        let absent = if is_form { lacking } else { nameless };
        Ok(Some(Lack {
            is_form,
            kernels: self.words(&judged, &absent),
            instead: instead(&what.essential(), &absent, self)?,
        }))
    }
}

/// What kernels that lack a field have in its place: one of the same name in another form, or one whose name
/// differs by underscores alone, as `__state` and `state`.
fn instead(
    what: &Question,
    lacking: &KernelSet,
    supported: &Supported<'_>,
) -> Result<Option<String>> {
    let Question::Field(record, path, form) = what else {
        return Ok(None);
    };
    let (around, name) = match path.rsplit_once('.') {
        Some((around, name)) => (format!("{around}."), name),
        None => (String::new(), path.as_str()),
    };
    let bare = name.trim_start_matches('_');
    for other in ["", "_", "__"].map(|before| format!("{before}{bare}")) {
        let history = supported.field(record, &format!("{around}{other}"))?;
        let has = history.values.iter().find(|(field, set)| {
            let is_other = form
                .as_ref()
                .is_none_or(|form| !field.form.stands_for(form));
            (other != name || is_other) && !set.intersection(lacking).is_empty()
        });
        if let Some((Field { type_text, .. }, _)) = has {
            return Ok(Some(format!("{type_text} {other}")));
        }
    }
    Ok(None)
}
