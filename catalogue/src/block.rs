//! A block: definitions in the order of their names, in columns, as like compresses best beside like.
//!
//! | column | for | |
//! |---|---|---|
//! | spaces | a name of a name space | its number, and [`SAME`] if the name is that before it |
//! | counts | the same | how many definitions it has |
//! | shared | a name | how many bytes of the name before it it begins with, 255 at most |
//! | names | a name | the rest, up to a 0 |
//! | places | every [`STEP`]th name, but the first | how far the next three columns went since the last of them |
//! | owners | a definition | who has it, and in which kernels |
//! | numbers | a definition | its body, without texts |
//! | texts | a definition | the texts of its body |
//!
//! A block begins with the sizes of all columns but the last.

use std::ops::Range;

use bpf_core_btf::essential_name;

use crate::body::{self, View};
use crate::bytes::{Reader, put_number};
use crate::error::Damaged;
use crate::format::LARGEST;

/// Flag of a name space: the name is the one before it.
const SAME: u8 = 0x80;

/// Flag of an owner: more follow.
const MORE: usize = 1;

/// Flag of an owner: it is a module, whose number follows. Others are the kernel itself.
const MODULE: usize = 2;

/// Every so many names a block tells where the definitions are: who looks for a name reads a few others at most.
const STEP: usize = 32;

const COLUMNS: usize = 8;

/// A block that is being written.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    spaces: Vec<u8>,
    counts: Vec<u8>,
    shared: Vec<u8>,
    names: Vec<u8>,
    places: Vec<u8>,
    owners: Vec<u8>,
    numbers: Vec<u8>,
    texts: Vec<u8>,
    last: Option<String>,
    last_place: [usize; 3],
}

impl Columns {
    /// Begins a name that has so many definitions.
    pub(crate) fn name(&mut self, space: u8, name: &str, count: usize) {
        if !self.spaces.is_empty() && self.spaces.len().is_multiple_of(STEP) {
            let place = [&self.owners, &self.numbers, &self.texts].map(Vec::len);
            for (end, start) in place.iter().zip(self.last_place) {
                put_number(&mut self.places, (end - start) as u64);
            }
            self.last_place = place;
        }
        put_number(&mut self.counts, count as u64);
        if self.last.as_deref() == Some(name) {
            self.spaces.push(space | SAME);
            return;
        }
        self.spaces.push(space);
        let shared = shared_start(name, self.last.as_deref().unwrap_or_default());
        self.shared.push(shared as u8);
        self.names.extend(&name.as_bytes()[shared..]);
        self.names.push(0);
        self.last = Some(name.to_owned());
    }

    /// Adds an owner of the next definition: a set of kernels, or a module of them. `more` follow.
    pub(crate) fn owner(&mut self, kernels: u64, module: Option<u64>, more: bool) {
        let more = if more { MORE } else { 0 };
        let flags = more | module.map_or(0, |_| MODULE);
        put_number(&mut self.owners, kernels << 2 | flags as u64);
        if let Some(module) = module {
            put_number(&mut self.owners, module);
        }
    }

    /// Adds a definition, behind its owners.
    pub(crate) fn body(&mut self, body: View<'_>) {
        self.numbers.extend(body.numbers);
        self.texts.extend(body.texts);
    }

    /// The block's bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        let columns = [
            self.spaces,
            self.counts,
            self.shared,
            self.names,
            self.places,
            self.owners,
            self.numbers,
            self.texts,
        ];
        let mut out = Vec::new();
        for column in &columns[..COLUMNS - 1] {
            put_number(&mut out, column.len() as u64);
        }
        columns.iter().for_each(|column| out.extend(column));
        out
    }
}

/// How many bytes of the name before it a name begins with, as far as a block can tell.
pub(crate) fn shared_start(name: &str, last: &str) -> usize {
    let shared = name.bytes().zip(last.bytes());
    let shared = shared.take_while(|(a, b)| a == b).count();
    let most = shared.min(usize::from(u8::MAX));
    let whole_letters = (0..=most).rev().find(|at| name.is_char_boundary(*at));
    whole_letters.unwrap_or(0)
}

/// A block that was unpacked, with its names in full.
#[derive(Debug)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    names: String,
    heads: Vec<Head>,
    /// Where the definitions of every [`STEP`]th name begin.
    places: Vec<Place>,
}

/// A name.
#[derive(Clone, Debug)]
struct Head {
    space: u8,
    name: Range<usize>,
    count: usize,
}

/// Where definitions begin in the last three columns.
#[derive(Clone, Copy, Debug)]
struct Place {
    owners: usize,
    numbers: usize,
    texts: usize,
}

/// A name of a block, and its definitions.
pub(crate) struct Row<'b> {
    pub(crate) space: u8,
    pub(crate) name: &'b str,
    pub(crate) count: usize,
    pub(crate) definitions: Definitions<'b>,
}

/// The columns of definitions, read in step.
#[derive(Clone, Copy)]
pub(crate) struct Definitions<'b> {
    owners: Reader<'b>,
    numbers: Reader<'b>,
    texts: Reader<'b>,
}

/// Who has a definition.
pub(crate) struct Owner {
    /// The number of a set of kernels.
    pub(crate) kernels: usize,
    /// The number of a module. `None` is the kernel itself.
    pub(crate) module: Option<usize>,
}

impl<'b> Definitions<'b> {
    /// Reads an owner of the next definition, and whether more of them follow.
    pub(crate) fn owner(&mut self) -> Result<(Owner, bool), Damaged> {
        let number = self.owners.count()?;
        let module = if number & MODULE == 0 {
            None
        } else {
            Some(self.owners.count()?)
        };
        let kernels = number >> 2;
        Ok((Owner { kernels, module }, number & MORE != 0))
    }

    /// Reads the body of the next definition.
    pub(crate) fn body(&mut self) -> Result<View<'b>, Damaged> {
        body::take(&mut self.numbers, &mut self.texts)
    }

    /// The columns behind so many definitions.
    fn behind(mut self, count: usize) -> Result<Self, Damaged> {
        for _ in 0..count {
            while self.owner()?.1 {}
            self.body()?;
        }
        Ok(self)
    }
}

impl Place {
    /// The next place, which has to be in the columns.
    fn next(self, places: &mut Reader<'_>, ends: [usize; 3]) -> Result<Self, Damaged> {
        let mut next = [self.owners, self.numbers, self.texts];
        for (at, end) in next.iter_mut().zip(ends) {
            let moved = at.checked_add(places.count()?);
            let moved = moved.filter(|moved| *moved <= end);
            *at = moved.ok_or(Damaged("has definitions behind its end"))?;
        }
        let [owners, numbers, texts] = next;
        Ok(Self {
            owners,
            numbers,
            texts,
        })
    }
}

/// Names of a block in a row. The definitions of names that nobody takes are not read.
struct Rows<'b> {
    block: &'b Block,
    heads: std::slice::Iter<'b, Head>,
    definitions: Result<Definitions<'b>, Damaged>,
    /// How many definitions are before those of the next name.
    before: usize,
}

impl<'b> Iterator for Rows<'b> {
    type Item = Result<Row<'b>, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        let head = self.heads.next()?;
        self.definitions = self.definitions.and_then(|all| all.behind(self.before));
        self.before = head.count;
        Some(self.definitions.map(|definitions| Row {
            space: head.space,
            name: &self.block.names[head.name.clone()],
            count: head.count,
            definitions,
        }))
    }
}

impl Block {
    /// Reads the names. Definitions are read when they are asked for.
    pub(crate) fn new(bytes: Vec<u8>) -> Result<Self, Damaged> {
        let mut reader = Reader::new(&bytes);
        let mut sizes = [0; COLUMNS - 1];
        for size in &mut sizes {
            *size = reader.count()?;
        }
        let mut columns = [Reader::new(&[]); COLUMNS];
        let mut starts = [0; COLUMNS];
        for (at, size) in sizes.into_iter().enumerate() {
            starts[at] = bytes.len() - reader.rest().len();
            columns[at] = Reader::new(reader.bytes(size)?);
        }
        starts[COLUMNS - 1] = bytes.len() - reader.rest().len();
        let [
            mut spaces,
            mut counts,
            mut shared,
            mut rest,
            mut distances,
            ..,
        ] = columns;
        let [.., owners, numbers, texts] = starts;
        let mut place = Place {
            owners,
            numbers,
            texts,
        };
        let mut places = vec![place];
        let mut heads: Vec<Head> = Vec::new();
        let mut names = String::new();
        while !spaces.is_empty() {
            if !heads.is_empty() && heads.len().is_multiple_of(STEP) {
                place = place.next(&mut distances, [numbers, texts, bytes.len()])?;
                places.push(place);
            }
            let space = spaces.byte()?;
            let last = heads.last().map_or(0..0, |head| head.name.clone());
            let name = if space & SAME != 0 {
                last
            } else {
                put_name(&mut names, last, &mut shared, &mut rest)?
            };
            heads.push(Head {
                space: space & !SAME,
                name,
                count: counts.count()?,
            });
        }
        Ok(Self {
            bytes,
            names,
            heads,
            places,
        })
    }

    /// All names in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Result<Row<'_>, Damaged>> {
        self.rows_from(0)
    }

    /// The names that are this one if they have no flavour.
    pub(crate) fn rows_of(
        &self,
        essential: &str,
    ) -> impl Iterator<Item = Result<Row<'_>, Damaged>> {
        let name = |head: &Head| essential_name(&self.names[head.name.clone()]);
        let start = self.heads.partition_point(|head| name(head) < essential);
        let heads = self.heads[start..].iter();
        let count = heads.take_while(|head| name(head) == essential).count();
        self.rows_from(start).take(count)
    }

    fn rows_from(&self, start: usize) -> Rows<'_> {
        let first = start - start % STEP;
        let before = self.heads[first..start].iter().map(|head| head.count);
        Rows {
            block: self,
            heads: self.heads[start..].iter(),
            definitions: match self.places.get(start / STEP) {
                Some(place) => Ok(self.at(*place)),
                None => Err(Damaged("ends early")),
            },
            before: before.fold(0, usize::saturating_add),
        }
    }

    fn at(&self, place: Place) -> Definitions<'_> {
        Definitions {
            owners: Reader::new(&self.bytes[place.owners..]),
            numbers: Reader::new(&self.bytes[place.numbers..]),
            texts: Reader::new(&self.bytes[place.texts..]),
        }
    }
}

/// Puts the next name in full behind the others; gives its place.
fn put_name(
    names: &mut String,
    last: Range<usize>,
    shared: &mut Reader<'_>,
    rest: &mut Reader<'_>,
) -> Result<Range<usize>, Damaged> {
    let start = names.len();
    let shared = last.start + usize::from(shared.byte()?);
    let is_in_last = shared <= last.end && names.is_char_boundary(shared);
    if !is_in_last {
        return Err(Damaged("has a name that begins like none"));
    }
    names.extend_from_within(last.start..shared);
    names.push_str(rest.text()?);
    if names.len() > LARGEST {
        return Err(Damaged("claims to be too large"));
    }
    Ok(start..names.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Body;
    use crate::definition::Definition;

    fn option(value: &str) -> Body {
        body::encode(&Definition::Config(value.to_owned()))
    }

    fn value(view: View<'_>) -> Result<String, Damaged> {
        match body::decode(view)? {
            Definition::Config(value) => Ok(value),
            other => Ok(format!("{other:?}")),
        }
    }

    fn written() -> Vec<u8> {
        let mut columns = Columns::default();
        for (space, name, bodies) in [
            (2, "task_group", &["a", "bc"][..]),
            (6, "task_struct", &[""]),
            (8, "task_struct", &["def"]),
            (2, "t\u{e9}", &["g"]),
            (2, "t\u{ea}", &["h"]),
        ] {
            columns.name(space, name, bodies.len());
            for body in bodies {
                columns.owner(1, None, true);
                columns.owner(300, Some(7), false);
                columns.body(option(body).view());
            }
        }
        columns.finish()
    }

    /// All that a block has, in words.
    fn read(bytes: &[u8]) -> Result<String, Damaged> {
        let block = Block::new(bytes.to_vec())?;
        let mut text = String::new();
        for row in block.rows() {
            let mut row = row?;
            text.push_str(&format!("{} {}:", row.space, row.name));
            for _ in 0..row.count {
                while row.definitions.owner()?.1 {}
                let body = row.definitions.body()?;
                text.push_str(&format!(" {}", value(body)?));
            }
            text.push('\n');
        }
        Ok(text)
    }

    #[test]
    fn a_block_is_read_as_it_was_written() {
        // The two last names share half of a letter, which no name can end with.
        let expected = "2 task_group: a bc\n6 task_struct: \n8 task_struct: def\n";
        let found = read(&written());
        assert!(
            found.as_ref().is_ok_and(|text| text.starts_with(expected)),
            "{found:?}"
        );
        assert!(found.is_ok_and(|text| text.ends_with("2 t\u{e9}: g\n2 t\u{ea}: h\n")));
    }

    #[test]
    fn a_name_is_found_with_its_flavours() -> Result<(), Damaged> {
        let names = ["a", "b", "b___2", "b___old", "b_c", "c___b"];
        let mut columns = Columns::default();
        for name in names {
            columns.name(2, name, 1);
            columns.owner(0, None, false);
            columns.body(option(name).view());
        }
        let block = Block::new(columns.finish())?;
        let found = |essential| -> Vec<String> {
            let rows = block.rows_of(essential);
            rows.filter_map(|row| value(row.ok()?.definitions.body().ok()?).ok())
                .collect()
        };
        assert_eq!(found("a"), ["a"]);
        assert_eq!(found("b"), ["b", "b___2", "b___old"]);
        assert_eq!(found("c"), ["c___b"]);
        for absent in ["", "aa", "b___2", "d"] {
            assert!(found(absent).is_empty(), "{absent}");
        }
        Ok(())
    }

    #[test]
    fn a_name_is_found_among_many() {
        let names: Vec<String> = (0..5 * STEP).map(|at| format!("name{at:03}")).collect();
        let mut columns = Columns::default();
        for name in &names {
            columns.name(2, name, 2);
            for body in [name.as_str(), "behind it"] {
                columns.owner(0, None, false);
                columns.body(option(body).view());
            }
        }
        let block = Block::new(columns.finish());
        for name in &names {
            let found = block.as_ref().ok().and_then(|block| {
                let mut row = block.rows_of(name).next()?.ok()?;
                value(row.definitions.body().ok()?).ok()
            });
            assert_eq!(found.as_ref(), Some(name));
        }
    }

    #[test]
    fn damaged_blocks_do_not_panic() {
        let good = written();
        for at in 0..good.len() {
            assert!(read(&good[..at]).is_err(), "cut to {at}");
            for flip in 1..=u8::MAX {
                let mut bytes = good.clone();
                bytes[at] ^= flip;
                let _ = read(&bytes);
            }
        }
    }
}
