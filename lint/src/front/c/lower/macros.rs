//! Finds the macro that a part of the source comes from.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use crate::front::c::clang::{Cursor, FileId, Unit, raw};

/// Places in the order of a file, and the macro at each.
type Table = Vec<(Range<usize>, Rc<str>)>;

/// A part of a file.
pub(super) type Place = (FileId, Range<usize>);

/// The macros that are defined and used, by where.
#[derive(Default)]
pub(super) struct Macros {
    definitions: HashMap<FileId, Table>,
    uses: HashMap<FileId, Table>,
}

impl Macros {
    /// Takes them from the top of a tree.
    pub(super) fn of(cursors: &[Cursor<'_>]) -> Self {
        let mut macros = Self::default();
        for cursor in cursors {
            let table = match cursor.kind() {
                raw::CXCursor_MacroDefinition => &mut macros.definitions,
                raw::CXCursor_MacroExpansion => &mut macros.uses,
                _ => continue,
            };
            if let Some((file, range)) = cursor.range() {
                let name = cursor.name().into();
                table.entry(file).or_default().push((range, name));
            }
        }
        let tables = macros
            .definitions
            .values_mut()
            .chain(macros.uses.values_mut());
        for table in tables {
            table.sort_by_key(|(range, _)| range.start);
        }
        macros
    }

    /// The uses of macros, each with the macro's definition.
    pub(super) fn pairs(self) -> Vec<(Place, Rc<str>, Place)> {
        let mut defined: HashMap<Rc<str>, Place> = HashMap::new();
        for (file, table) in self.definitions {
            let places = table.into_iter();
            defined.extend(places.map(|(range, name)| (name, (file, range))));
        }
        let mut pairs = Vec::new();
        for (file, table) in self.uses {
            for (range, name) in table {
                if let Some(definition) = defined.get(&name) {
                    pairs.push(((file, range), name, definition.clone()));
                }
            }
        }
        pairs
    }

    /// The macro that the file uses where the cursor starts.
    pub(super) fn outer(&self, cursor: Cursor<'_>) -> Option<Rc<str>> {
        let place = cursor.expansion()?;
        // Code in the argument of a macro does not come from the macro.
        if cursor.start() != Some(place) {
            return None;
        }
        let (range, name) = before(self.uses.get(&place.file)?, place.offset)?;
        (range.start == place.offset).then(|| Rc::clone(name))
    }

    /// The macro whose definition has the cursor's first letter: the innermost one.
    pub(super) fn inner<'u>(&self, cursor: Cursor<'u>, unit: &'u Unit) -> Option<Rc<str>> {
        let place = cursor.expansion()?;
        let (range, _) = before(self.uses.get(&place.file)?, place.offset)?;
        if !range.contains(&place.offset) {
            return None;
        }
        let letters = cursor.spelling(unit)?;
        let (range, name) = before(self.definitions.get(&letters.file)?, letters.offset)?;
        range.contains(&letters.offset).then(|| Rc::clone(name))
    }
}

fn before(table: &[(Range<usize>, Rc<str>)], offset: usize) -> Option<&(Range<usize>, Rc<str>)> {
    let behind = table.partition_point(|(range, _)| range.start <= offset);
    table.get(behind.checked_sub(1)?)
}
