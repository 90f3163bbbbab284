//! What is asked for: a type, whole or by its fields: `task_struct.{tgid,se.vruntime}`.

use std::collections::BTreeMap;

use crate::Error;

/// The fields of a type that are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Want {
    /// All of them.
    Whole,
    /// These; none, if the type only stands behind pointers.
    Fields(BTreeMap<String, Want>),
}

impl Want {
    /// No field.
    pub(crate) fn nothing() -> Self {
        Self::Fields(BTreeMap::new())
    }

    /// Adds what another asks for. Gives whether that is more.
    pub(crate) fn add(&mut self, other: &Self) -> bool {
        match (&mut *self, other) {
            (Self::Whole, _) => false,
            (_, Self::Whole) => {
                *self = Self::Whole;
                true
            }
            (Self::Fields(fields), Self::Fields(others)) => {
                let mut grew = false;
                for (name, want) in others {
                    match fields.get_mut(name) {
                        Some(field) => grew |= field.add(want),
                        None => {
                            fields.insert(name.clone(), want.clone());
                            grew = true;
                        }
                    }
                }
                grew
            }
        }
    }

    /// What is asked of a field. `None`: the field is not asked for.
    pub(crate) fn of(&self, field: &str) -> Option<&Self> {
        match self {
            Self::Whole => Some(self),
            Self::Fields(fields) => fields.get(field),
        }
    }

    /// Reads `TYPE`, `TYPE.FIELD.FIELD` or `TYPE.{FIELD,..}`: the type's name, and what of it.
    ///
    /// # Errors
    /// The text is none of these.
    pub fn parse(text: &str) -> Result<(String, Self), Error> {
        let bare = ["struct ", "union ", "enum "];
        let bare = bare.iter().find_map(|word| text.trim().strip_prefix(word));
        let mut rest = bare.unwrap_or(text.trim());
        let syntax = || Error::Syntax(text.to_owned());
        let (name, want) = step(&mut rest).ok_or_else(syntax)?;
        match rest.is_empty() {
            true => Ok((name, want.unwrap_or(Self::Whole))),
            false => Err(syntax()),
        }
    }
}

/// A name and what stands behind it, from the front of a text. `None` behind a name that ends there.
fn step(rest: &mut &str) -> Option<(String, Option<Want>)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let text = rest.trim_start();
    let len = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (name, behind) = text.split_at(len);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    *rest = behind.trim_start();
    let Some(mut inner) = rest.strip_prefix('.') else {
        return Some((name.to_owned(), None));
    };
    let mut fields = Want::nothing();
    let mut add = |inner: &mut &str| {
        let (field, want) = step(inner)?;
        let want = want.unwrap_or(Want::nothing());
        fields.add(&Want::Fields([(field, want)].into()));
        Some(())
    };
    match inner.trim_start().strip_prefix('{') {
        None => add(&mut inner)?,
        Some(list) => {
            inner = list;
            loop {
                add(&mut inner)?;
                inner = match inner.strip_prefix(',') {
                    Some(next) => next,
                    None => break,
                };
            }
            inner = inner.strip_prefix('}')?.trim_start();
        }
    }
    *rest = inner;
    Some((name.to_owned(), Some(fields)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_ask_for_fields() {
        let parse = |text| Want::parse(text).map(|(name, want)| format!("{name} {}", told(&want)));
        fn told(want: &Want) -> String {
            match want {
                Want::Whole => "*".to_owned(),
                Want::Fields(fields) => {
                    let fields = fields
                        .iter()
                        .map(|(name, want)| format!("{name}{}", told(want)));
                    format!("({})", fields.collect::<Vec<_>>().join(" "))
                }
            }
        }
        for (text, expected) in [
            ("file", "file *"),
            ("struct file", "file *"),
            ("task_struct.tgid", "task_struct (tgid())"),
            ("task_struct.se.vruntime", "task_struct (se(vruntime()))"),
            ("a.{b, c.{d,e.f} ,b.g}", "a (b(g()) c(d() e(f())))"),
        ] {
            assert_eq!(parse(text).unwrap(), expected);
        }
        for bad in [
            "", ".", "a.", "a.{", "a.{}", "a.{b", "a.{b}}", "a b", "a.1", "a[0]", "a.{b,}",
        ] {
            assert!(
                parse(bad)
                    .unwrap_err()
                    .to_string()
                    .starts_with(&format!("`{bad}` is no type"))
            );
        }
    }
}
