//! The table of symbols in images of every layout that kernels have had, made as `scripts/kallsyms.c`
//! makes it, and what is read from it.

use std::collections::BTreeMap;

use bpf_core_btf::{BtfBuilder, Endian};
use bpf_core_catalogue::{Facts, SymbolKind};
use bpf_core_kernel_files::{Fault, read_bytes};

/// Where the parts of a table stand, and how its numbers are written.
#[derive(Clone, Copy, Debug)]
struct Layout {
    endian: Endian,
    /// Bytes of a pointer, to which every part is aligned.
    pointer: usize,
    /// Addresses before the names, as until 6.4; else behind the tokens.
    is_old: bool,
    /// Three bytes a name between markers and tokens, as from 6.2 until 6.4.
    has_order: bool,
}

const LAYOUTS: [Layout; 5] = [
    Layout {
        endian: Endian::Little,
        pointer: 8,
        is_old: true,
        has_order: false,
    },
    Layout {
        endian: Endian::Little,
        pointer: 8,
        is_old: true,
        has_order: true,
    },
    Layout {
        endian: Endian::Little,
        pointer: 8,
        is_old: false,
        has_order: false,
    },
    Layout {
        endian: Endian::Big,
        pointer: 8,
        is_old: false,
        has_order: false,
    },
    Layout {
        endian: Endian::Little,
        pointer: 4,
        is_old: true,
        has_order: false,
    },
];

/// The bytes of a table in the making.
struct Table {
    layout: Layout,
    bytes: Vec<u8>,
}

impl Table {
    fn align(&mut self) {
        let len = self.bytes.len().next_multiple_of(self.layout.pointer);
        self.bytes.resize(len, 0);
    }

    fn word(&mut self, value: u32) {
        self.bytes.extend(match self.layout.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        });
    }

    fn half(&mut self, value: u16) {
        self.bytes.extend(match self.layout.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        });
    }

    fn addresses(&mut self, count: usize) {
        (0..count).for_each(|name| self.word(name as u32 * 16));
        self.align();
        self.bytes.extend(vec![0xff; self.layout.pointer]);
    }

    /// `symbols`: letters and names. Two tokens stand for more than one letter.
    fn of(layout: Layout, symbols: &[(char, String)]) -> Vec<u8> {
        let bytes = vec![0x90; 64];
        let mut table = Self { layout, bytes };
        if layout.is_old {
            table.addresses(symbols.len());
        }
        table.word(symbols.len() as u32);
        table.align();
        let names = table.bytes.len();
        let mut markers = Vec::new();
        for (number, (letter, name)) in symbols.iter().enumerate() {
            if number % 256 == 0 {
                markers.push((table.bytes.len() - names) as u32);
            }
            let text = format!("{letter}{name}");
            let tokens = text.replace("function_", "\u{1}").replace("bpf_", "\u{2}");
            if tokens.len() >= 0x80 {
                table.bytes.push((tokens.len() & 0x7f | 0x80) as u8);
            }
            table.bytes.push(match tokens.len() {
                len @ 0..0x80 => len as u8,
                len => (len >> 7) as u8,
            });
            table.bytes.extend(tokens.as_bytes());
        }
        table.align();
        markers.iter().for_each(|marker| table.word(*marker));
        table.align();
        if layout.has_order {
            table.bytes.extend(vec![1; 3 * symbols.len()]);
            table.align();
        }
        let mut index = Vec::new();
        let tokens = table.bytes.len();
        for token in 0..=u8::MAX {
            index.push((table.bytes.len() - tokens) as u16);
            match token {
                1 => table.bytes.extend(b"function_"),
                2 => table.bytes.extend(b"bpf_"),
                b'!'..=b'~' => table.bytes.push(token),
                _ => {}
            }
            table.bytes.push(0);
        }
        table.align();
        index.iter().for_each(|offset| table.half(*offset));
        table.align();
        if !layout.is_old {
            table.addresses(symbols.len());
        }
        table.bytes
    }
}

/// As many as need three markers, with those that tell something among them.
fn symbols() -> Vec<(char, String)> {
    let mut symbols: Vec<(char, String)> = (0..700)
        .map(|number| ('T', format!("function_{number}")))
        .collect();
    let long = "long_".repeat(40);
    let told = [
        ('t', "helper"),
        ('t', "helper"),
        ('t', "vfs_open.isra.0"),
        ('T', "__kprobes_text_end"),
        ('T', "__kprobes_text_start"),
        ('T', "__noinstr_text_start"),
        ('t', "do_trap"),
        ('T', "__noinstr_text_end"),
        ('T', "_sinittext"),
        ('t', "start_kernel"),
        ('T', "_einittext"),
        ('W', "weak"),
        ('d', "bpf_lsm_hooks"),
        ('r', "bpf_lsm_hooks"),
        ('r', "__BTF_ID__set__bpf_lsm_hooks"),
        ('r', "__BTF_ID__func__bpf_lsm_file_open__1077"),
        ('r', "__BTF_ID__func____odd__name__108"),
        ('r', "some_list"),
        ('r', "__BTF_ID__func__not_in_a_set__109"),
        ('r', "__BTF_ID__set8__kfuncs"),
        ('r', "__BTF_ID__func__bpf_kfunc__110"),
        ('r', "__BTF_ID__struct__task_struct__111"),
        ('r', "__BTF_ID__func__of_no_set__112"),
        ('D', long.as_str()),
    ];
    symbols.extend(told.map(|(letter, name)| (letter, name.to_owned())));
    symbols
}

fn btf(endian: Endian) -> Vec<u8> {
    let mut builder = BtfBuilder::new(endian);
    for number in 0..200 {
        builder.int(&format!("type_number_{number}"), 4, 0);
    }
    builder.finish()
}

/// A raw image for arm64, with BTF behind the table.
fn image(endian: Endian, table: &[u8]) -> Vec<u8> {
    let mut image = vec![0; 64];
    image[56..60].copy_from_slice(b"ARM\x64");
    // Digits in a row alone are no tokens.
    image.extend(b"0\x001\x002\x003\x004\x005\x006\x007\x008\x009\0");
    image.extend(table);
    image.extend(btf(endian));
    image
}

fn facts(layout: Layout, symbols: &[(char, String)]) -> Result<Facts, Fault> {
    let table = Table::of(layout, symbols);
    Ok(read_bytes("Image", image(layout.endian, &table))?.facts)
}

#[test]
fn tables_of_every_layout() -> Result<(), Fault> {
    let long = "long_".repeat(40);
    for layout in LAYOUTS {
        let facts = facts(layout, &symbols())?;
        let found = facts.symbols.unwrap_or_default();
        let names: BTreeMap<&str, Vec<SymbolKind>> =
            found.iter().fold(BTreeMap::new(), |mut all, (name, kind)| {
                all.entry(name).or_default().push(*kind);
                all
            });
        let is = |name: &str, kinds: &[SymbolKind]| {
            assert_eq!(
                names.get(name).map(Vec::as_slice),
                Some(kinds),
                "{name} {layout:?}"
            );
        };
        is("function_0", &[SymbolKind::Code]);
        is("function_699", &[SymbolKind::Code]);
        is("helper", &[SymbolKind::SharedName]);
        is("vfs_open.isra.0", &[SymbolKind::Code]);
        is("do_trap", &[SymbolKind::Unprobeable]);
        is("start_kernel", &[SymbolKind::Init]);
        is("weak", &[SymbolKind::Code]);
        is("bpf_lsm_hooks", &[SymbolKind::Data]);
        is(&long, &[SymbolKind::Data]);
        // Two names stand in it twice.
        assert_eq!(names.len(), symbols().len() - 2, "{layout:?}");
        let sets = [
            ("bpf_lsm_hooks", "__odd__name"),
            ("bpf_lsm_hooks", "bpf_lsm_file_open"),
            ("kfuncs", "bpf_kfunc"),
        ];
        let sets = sets.map(|(set, function)| (set.to_owned(), function.to_owned()));
        assert_eq!(facts.id_sets.as_deref(), Some(&sets[..]), "{layout:?}");
    }
    Ok(())
}

/// A kernel without `CONFIG_KALLSYMS_ALL` lists code only.
#[test]
fn sets_of_ids_are_not_known_without_data() -> Result<(), Fault> {
    let code: Vec<_> = symbols()
        .into_iter()
        .filter(|(letter, _)| matches!(letter, 't' | 'T' | 'W'))
        .collect();
    let facts = facts(LAYOUTS[0], &code)?;
    assert!(facts.symbols.is_some_and(|symbols| symbols.len() > 700));
    assert_eq!(facts.id_sets, None);
    Ok(())
}

/// What cannot be read whole is not known: no name is made up.
#[test]
fn a_damaged_table_is_not_known() -> Result<(), Fault> {
    let layout = LAYOUTS[0];
    let table = Table::of(layout, &symbols());
    let found = |table: &[u8]| -> Result<_, Fault> {
        Ok(read_bytes("Image", image(layout.endian, table))?
            .facts
            .symbols)
    };
    let whole = found(&table)?.unwrap_or_default();
    for cut in (0..table.len()).step_by(331) {
        assert_eq!(found(&table[..cut])?, None, "cut to {cut}");
        let mut flipped = table.clone();
        flipped[cut] ^= 0xff;
        if let Some(symbols) = found(&flipped)? {
            assert!(symbols.len() + 2 >= whole.len(), "byte {cut}");
        }
    }
    Ok(())
}
