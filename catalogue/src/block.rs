//! A block: definitions in the order of their names, in columns, as like compresses best beside like.
//!
//! | column | for | |
//! |---|---|---|
//! | spaces | a name of a name space | its number, and [`SAME`] if the name is that before it |
//! | counts | the same | how many definitions it has |
//! | shared | a name | how many bytes of the name before it it begins with, 255 at most |
//! | names | a name | the rest, up to a 0 |
//! | owners | a definition | who has it, and in which kernels |
//! | sizes | a definition | the size of its body |
//! | bodies | a definition | its body |
//!
//! A block begins with the sizes of all columns but the last.

use crate::bytes::{Reader, put_number};
use crate::error::Damaged;
use crate::read::LARGEST;

/// Flag of a name space: the name is the one before it.
const SAME: u8 = 0x80;

const COLUMNS: usize = 7;

/// A block that is being written.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    spaces: Vec<u8>,
    counts: Vec<u8>,
    shared: Vec<u8>,
    names: Vec<u8>,
    pub(crate) owners: Vec<u8>,
    sizes: Vec<u8>,
    bodies: Vec<u8>,
    last: Option<String>,
}

impl Columns {
    /// Begins a name that has so many definitions.
    pub(crate) fn name(&mut self, space: u8, name: &str, count: usize) {
        put_number(&mut self.counts, count as u64);
        if self.last.as_deref() == Some(name) {
            self.spaces.push(space | SAME);
            return;
        }
        self.spaces.push(space);
        let last = self.last.as_deref().unwrap_or_default().bytes();
        let shared = name.bytes().zip(last).take_while(|(a, b)| a == b).count();
        let most = shared.min(usize::from(u8::MAX));
        let whole_letters = (0..=most).rev().find(|at| name.is_char_boundary(*at));
        let shared = whole_letters.unwrap_or(0);
        self.shared.push(shared as u8);
        self.names.extend(&name.as_bytes()[shared..]);
        self.names.push(0);
        self.last = Some(name.to_owned());
    }

    /// Adds a definition; its owners are added by themselves.
    pub(crate) fn body(&mut self, body: &[u8]) {
        put_number(&mut self.sizes, body.len() as u64);
        self.bodies.extend(body);
    }

    fn columns(&self) -> [&Vec<u8>; COLUMNS] {
        [
            &self.spaces,
            &self.counts,
            &self.shared,
            &self.names,
            &self.owners,
            &self.sizes,
            &self.bodies,
        ]
    }

    pub(crate) fn len(&self) -> usize {
        self.columns().iter().map(|column| column.len()).sum()
    }

    /// The block's bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        let columns = self.columns();
        for column in &columns[..COLUMNS - 1] {
            put_number(&mut out, column.len() as u64);
        }
        columns.iter().for_each(|column| out.extend(*column));
        out
    }
}

/// A block that was unpacked, with its names in full.
#[derive(Debug)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    /// Name space and place in `names` of each name, and how many definitions it has.
    heads: Vec<Head>,
    names: String,
    /// Where the last three columns begin.
    owners: usize,
    sizes: usize,
    bodies: usize,
}

#[derive(Clone, Copy, Debug)]
struct Head {
    space: u8,
    start: usize,
    end: usize,
    count: usize,
}

/// A name of a block, and where its definitions are read.
pub(crate) struct Row<'b> {
    pub(crate) space: u8,
    pub(crate) name: &'b str,
    pub(crate) count: usize,
}

/// The columns of definitions, read in step.
pub(crate) struct Definitions<'b> {
    pub(crate) owners: Reader<'b>,
    sizes: Reader<'b>,
    bodies: Reader<'b>,
}

impl<'b> Definitions<'b> {
    pub(crate) fn body(&mut self) -> Result<&'b [u8], Damaged> {
        let size = self.sizes.count()?;
        self.bodies.bytes(size)
    }
}

impl Block {
    pub(crate) fn new(bytes: Vec<u8>) -> Result<Self, Damaged> {
        let mut reader = Reader::new(&bytes);
        let mut ends = [0; COLUMNS];
        let mut sizes = [0; COLUMNS - 1];
        for size in &mut sizes {
            *size = reader.count()?;
        }
        let mut columns = [Reader::new(&[]); COLUMNS - 1];
        for (column, size) in columns.iter_mut().zip(sizes) {
            *column = Reader::new(reader.bytes(size)?);
        }
        // From the end, as the head's size is not fixed.
        let mut end = bytes.len() - reader.rest().len();
        ends[COLUMNS - 1] = end;
        for at in (0..COLUMNS - 1).rev() {
            end -= sizes[at];
            ends[at] = end;
        }
        let [spaces, counts, shared, rest, ..] = columns;
        let (heads, names) = heads(spaces, counts, shared, rest)?;
        Ok(Self {
            heads,
            names,
            owners: ends[COLUMNS - 3],
            sizes: ends[COLUMNS - 2],
            bodies: ends[COLUMNS - 1],
            bytes,
        })
    }

    /// The names in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.heads.iter().map(|head| Row {
            space: head.space,
            name: &self.names[head.start..head.end],
            count: head.count,
        })
    }

    /// The definitions of all names in a row.
    pub(crate) fn definitions(&self) -> Definitions<'_> {
        Definitions {
            owners: Reader::new(&self.bytes[self.owners..self.sizes]),
            sizes: Reader::new(&self.bytes[self.sizes..self.bodies]),
            bodies: Reader::new(&self.bytes[self.bodies..]),
        }
    }
}

/// Names in full, one behind the other.
fn heads(
    mut spaces: Reader<'_>,
    mut counts: Reader<'_>,
    mut shared: Reader<'_>,
    mut rest: Reader<'_>,
) -> Result<(Vec<Head>, String), Damaged> {
    let mut heads: Vec<Head> = Vec::new();
    let mut names = String::new();
    while !spaces.is_empty() {
        let space = spaces.byte()?;
        let count = counts.count()?;
        let last = heads.last().map_or(0..0, |head| head.start..head.end);
        let place = if space & SAME != 0 {
            last
        } else {
            let start = names.len();
            let shared = last.start + usize::from(shared.byte()?);
            let shared = (shared <= last.end).then_some(last.start..shared);
            let shared = shared.filter(|shared| names.is_char_boundary(shared.end));
            let shared = shared.ok_or(Damaged("has a name that begins like none"))?;
            names.extend_from_within(shared);
            names.push_str(rest.text()?);
            if names.len() > LARGEST {
                return Err(Damaged("claims to be too large"));
            }
            start..names.len()
        };
        heads.push(Head {
            space: space & !SAME,
            start: place.start,
            end: place.end,
            count,
        });
    }
    Ok((heads, names))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            bodies.iter().for_each(|body| columns.body(body.as_bytes()));
        }
        columns.finish()
    }

    /// All that a block has, in words.
    fn read(bytes: &[u8]) -> Result<String, Damaged> {
        let block = Block::new(bytes.to_vec())?;
        let mut definitions = block.definitions();
        let mut text = String::new();
        for row in block.rows() {
            text.push_str(&format!("{} {}:", row.space, row.name));
            for _ in 0..row.count {
                text.push_str(&format!(
                    " {}",
                    String::from_utf8_lossy(definitions.body()?)
                ));
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
    fn damaged_blocks_do_not_panic() {
        let good = written();
        for at in 0..good.len() {
            assert!(
                read(&good[..at]).is_err() || at + 8 > good.len(),
                "cut to {at}"
            );
            for flip in 1..=u8::MAX {
                let mut bytes = good.clone();
                bytes[at] ^= flip;
                let _ = read(&bytes);
            }
        }
    }
}
