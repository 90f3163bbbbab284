//! Reads TOML with the places of its parts.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::span::Span;

/// Brackets in brackets, or dots of a key. The parser calls itself for each.
const DEEPEST: usize = 200;

/// A TOML file.
pub(super) struct File<'t> {
    pub(super) path: Arc<str>,
    pub(super) text: &'t str,
    root: DeTable<'t>,
}

/// A part of it.
#[derive(Clone, Copy)]
pub(super) struct Part<'f, 't> {
    file: &'f File<'t>,
    pub(super) value: &'f DeValue<'t>,
    pub(super) range: (usize, usize),
    /// Where its name is. In a header, that is the part of the header with it.
    pub(super) key: (usize, usize),
}

impl<'t> File<'t> {
    pub(super) fn parse(path: &Path, text: &'t str) -> Result<Self, String> {
        let mut depth = 0_usize;
        for byte in text.bytes() {
            match byte {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                return Err("brackets are nested too deeply".to_owned());
            }
        }
        let root = DeTable::parse(text).map_err(|error| format!("no TOML: {}", error.message()))?;
        Ok(Self {
            path: path.to_string_lossy().into(),
            text,
            root: root.into_inner(),
        })
    }

    fn part<'f>(
        &'f self,
        key: &Spanned<impl Sized>,
        value: &'f Spanned<DeValue<'t>>,
    ) -> Part<'f, 't> {
        let ends = |range: Range<usize>| (range.start, range.end);
        Part {
            file: self,
            value: value.get_ref(),
            range: ends(value.span()),
            key: ends(key.span()),
        }
    }

    pub(super) fn get<'f>(&'f self, keys: &[&str]) -> Option<Part<'f, 't>> {
        let (first, rest) = keys.split_first()?;
        let (key, value) = self.root.get_key_value(*first)?;
        let first = self.part(key, value);
        rest.iter().try_fold(first, |part, key| part.get(key))
    }

    pub(super) fn span(&self, (start, end): (usize, usize)) -> Span {
        Span::new(&self.path, start..end)
    }
}

impl<'f, 't> Part<'f, 't> {
    pub(super) fn get(&self, name: &str) -> Option<Self> {
        let (key, value) = self.value.as_table()?.get_key_value(name)?;
        Some(self.file.part(key, value))
    }

    /// The parts of a table, with their names.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'f str, Self)> {
        let file = self.file;
        let entries = self.value.as_table().into_iter().flatten();
        entries.map(move |(key, value)| (key.get_ref().as_ref(), file.part(key, value)))
    }

    pub(super) fn text(&self) -> Option<&'f str> {
        self.value.as_str()
    }

    pub(super) fn span(&self) -> Span {
        self.file.span(self.range)
    }

    /// The words of a string or of a list of strings.
    pub(super) fn words(&self) -> Vec<(&'f str, Span)> {
        let of = |text: &'f str, span: Span| {
            text.split_whitespace()
                .map(|word| (word, span.clone()))
                .collect::<Vec<_>>()
        };
        if let Some(text) = self.value.as_str() {
            return of(text, self.span());
        }
        let parts = self
            .value
            .as_array()
            .into_iter()
            .flat_map(|list| list.iter());
        parts
            .filter_map(|part| {
                let range = part.span();
                Some(of(
                    part.get_ref().as_str()?,
                    self.file.span((range.start, range.end)),
                ))
            })
            .flatten()
            .collect()
    }

    /// Where a line can be added to the table, if it has a header of its own.
    pub(super) fn behind_header(&self) -> Option<usize> {
        let text = self.file.text;
        let start = text[..self.key.0].rfind('\n').map_or(0, |at| at + 1);
        let end = text[start..]
            .find('\n')
            .map_or(text.len(), |at| start + at + 1);
        let header = text[start..end]
            .split('#')
            .next()
            .unwrap_or_default()
            .trim();
        let is_own = header.starts_with('[')
            && header.ends_with(']')
            && text[self.key.1..]
                .trim_start_matches(['"', '\''])
                .trim_start()
                .starts_with(']');
        is_own.then_some(end)
    }
}
