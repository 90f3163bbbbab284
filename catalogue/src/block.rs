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

use std::ops::Range;

use bpf_core_btf::essential_name;

use crate::bytes::{Reader, put_number};
use crate::error::Damaged;
use crate::format::LARGEST;

/// Flag of a name space: the name is the one before it.
const SAME: u8 = 0x80;

/// Flag of an owner: more follow.
const MORE: usize = 1;

/// Flag of an owner: it is a module, whose number follows. Others are the kernel itself.
const MODULE: usize = 2;

const COLUMNS: usize = 7;

/// A block that is being written.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    spaces: Vec<u8>,
    counts: Vec<u8>,
    shared: Vec<u8>,
    names: Vec<u8>,
    owners: Vec<u8>,
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
    pub(crate) fn body(&mut self, body: &[u8]) {
        put_number(&mut self.sizes, body.len() as u64);
        self.bodies.extend(body);
    }

    /// The block's bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        let columns = [
            self.spaces,
            self.counts,
            self.shared,
            self.names,
            self.owners,
            self.sizes,
            self.bodies,
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
}

/// A name, and where its definitions begin in the last three columns.
#[derive(Clone, Debug)]
struct Head {
    space: u8,
    name: Range<usize>,
    count: usize,
    owners: usize,
    sizes: usize,
    bodies: usize,
}

/// A name of a block, and its definitions.
pub(crate) struct Row<'b> {
    pub(crate) space: u8,
    pub(crate) name: &'b str,
    pub(crate) count: usize,
    pub(crate) definitions: Definitions<'b>,
}

/// The columns of definitions, read in step.
pub(crate) struct Definitions<'b> {
    owners: Reader<'b>,
    sizes: Reader<'b>,
    bodies: Reader<'b>,
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
    pub(crate) fn body(&mut self) -> Result<&'b [u8], Damaged> {
        let size = self.sizes.count()?;
        self.bodies.bytes(size)
    }
}

impl Block {
    /// Checks the columns, and finds where each name has its definitions.
    pub(crate) fn new(bytes: Vec<u8>) -> Result<Self, Damaged> {
        let mut reader = Reader::new(&bytes);
        let mut sizes = [0; COLUMNS - 1];
        for size in &mut sizes {
            *size = reader.count()?;
        }
        let mut columns = [Reader::new(&[]); COLUMNS];
        let mut ends = [bytes.len(); COLUMNS];
        for (at, size) in sizes.into_iter().enumerate() {
            columns[at] = Reader::new(reader.bytes(size)?);
            ends[at] = bytes.len() - reader.rest().len();
        }
        columns[COLUMNS - 1] = reader;
        let [
            mut spaces,
            mut counts,
            mut shared,
            mut rest,
            owners,
            sizes,
            bodies,
        ] = columns;
        let [.., owners_end, sizes_end, bodies_end] = ends;
        let mut definitions = Definitions {
            owners,
            sizes,
            bodies,
        };
        let mut heads: Vec<Head> = Vec::new();
        let mut names = String::new();
        while !spaces.is_empty() {
            let space = spaces.byte()?;
            let last = heads.last().map_or(0..0, |head| head.name.clone());
            let name = if space & SAME != 0 {
                last
            } else {
                put_name(&mut names, last, &mut shared, &mut rest)?
            };
            let head = Head {
                space: space & !SAME,
                name,
                count: counts.count()?,
                owners: owners_end - definitions.owners.rest().len(),
                sizes: sizes_end - definitions.sizes.rest().len(),
                bodies: bodies_end - definitions.bodies.rest().len(),
            };
            for _ in 0..head.count {
                while definitions.owner()?.1 {}
                definitions.body()?;
            }
            heads.push(head);
        }
        Ok(Self {
            bytes,
            names,
            heads,
        })
    }

    /// All names in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.heads.iter().map(|head| self.row(head))
    }

    /// The names that are this one if they have no flavour.
    pub(crate) fn rows_of(&self, essential: &str) -> impl Iterator<Item = Row<'_>> {
        let name = |head: &Head| essential_name(&self.names[head.name.clone()]);
        let start = self.heads.partition_point(|head| name(head) < essential);
        let rows = self.heads[start..].iter();
        rows.take_while(move |head| name(head) == essential)
            .map(|head| self.row(head))
    }

    fn row(&self, head: &Head) -> Row<'_> {
        Row {
            space: head.space,
            name: &self.names[head.name.clone()],
            count: head.count,
            definitions: Definitions {
                owners: Reader::new(&self.bytes[head.owners..]),
                sizes: Reader::new(&self.bytes[head.sizes..]),
                bodies: Reader::new(&self.bytes[head.bodies..]),
            },
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
                columns.body(body.as_bytes());
            }
        }
        columns.finish()
    }

    /// All that a block has, in words.
    fn read(bytes: &[u8]) -> Result<String, Damaged> {
        let block = Block::new(bytes.to_vec())?;
        let mut text = String::new();
        for mut row in block.rows() {
            text.push_str(&format!("{} {}:", row.space, row.name));
            for _ in 0..row.count {
                while row.definitions.owner()?.1 {}
                let body = row.definitions.body()?;
                text.push_str(&format!(" {}", String::from_utf8_lossy(body)));
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
            columns.body(name.as_bytes());
        }
        let block = Block::new(columns.finish())?;
        let found = |essential| -> Vec<&str> {
            let bodies = block
                .rows_of(essential)
                .map(|mut row| row.definitions.body());
            bodies
                .filter_map(|body| str::from_utf8(body.ok()?).ok())
                .collect()
        };
        assert_eq!(found("a"), ["a"]);
        assert_eq!(found("b"), ["b", "b___2", "b___old"]);
        assert_eq!(found("c"), ["c___b"]);
        for absent in ["", "aa", "b___2", "d"] {
            assert_eq!(found(absent), [""; 0], "{absent}");
        }
        Ok(())
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
