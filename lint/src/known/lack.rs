//! What supported kernels lack where a program may need it.

use anyhow::Result;
use bpf_core_catalogue::{Field, KernelSet};

use super::{Guard, Question, Supported};

/// The kernels that come to a place and lack what the program needs there.
#[derive(Clone, Debug)]
pub struct Lack {
    /// The kernels, in words.
    pub kernels: String,
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
        // A struct of a module that is not known, or of a kernel that nobody has here.
        if history.values.is_empty() {
            return Ok(None);
        }
        let judged = self.where_known(&history);
        let absent = history.absent.intersection(&judged);
        let absent = self.holding(guards, absent)?;
        if absent.is_empty() {
            return Ok(None);
        }
        Ok(Some(Lack {
            kernels: self.words(&judged, &absent),
            instead: instead(&what.essential(), &absent, self)?,
        }))
    }
}

/// What kernels that lack a field have in its place: one whose name differs by underscores alone, as
/// `__state` and `state`.
fn instead(
    what: &Question,
    lacking: &KernelSet,
    supported: &Supported<'_>,
) -> Result<Option<String>> {
    let Question::Field(record, path) = what else {
        return Ok(None);
    };
    let (around, name) = match path.rsplit_once('.') {
        Some((around, name)) => (format!("{around}."), name),
        None => (String::new(), path.as_str()),
    };
    let bare = name.trim_start_matches('_');
    for other in ["", "_", "__"].map(|before| format!("{before}{bare}")) {
        if other == name {
            continue;
        }
        let history = supported.field(record, &format!("{around}{other}"))?;
        let has = history
            .values
            .iter()
            .find(|(_, set)| !set.intersection(lacking).is_empty());
        if let Some((Field { type_text, .. }, _)) = has {
            return Ok(Some(format!("{type_text} {other}")));
        }
    }
    Ok(None)
}
