//! Declarations by chance, and what may become of them from one kernel to another.

use std::fmt::{self, Write as _};

/// Numbers that are the same in each run (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// Below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    /// Once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// What declarations begin with, each in the form of the declaration and in those of other kernels.
const COMMON: [&[&str]; 8] = [
    &[
        "typedef int number; ",
        "typedef unsigned number; ",
        "typedef long number; ",
    ],
    &[
        "typedef const unsigned long constant; ",
        "typedef unsigned constant; ",
    ],
    &[
        "typedef number *reference; ",
        "typedef void *reference; ",
        "typedef long reference; ",
    ],
    &[
        "typedef short row[4]; ",
        "typedef short row[2][2]; ",
        "typedef int row[]; ",
    ],
    &[
        "enum small { ZERO, ONE }; ",
        "enum small { ONE, ZERO, TWO }; ",
        "enum small { ZERO, ONE___new = 7 }; ",
        "enum small { ONE = 0x100000001 }; ",
    ],
    &[
        "enum negative { MINUS = -1, PLUS }; ",
        "enum negative { MINUS = 1, PLUS = 2 }; ",
        "enum negative { PLUS = -9000000000, MINUS }; ",
    ],
    &[
        "enum large { HUGE = 0x100000000, LARGE }; ",
        "enum large { LARGE }; ",
    ],
    &["struct opaque; ", "struct opaque { int a; }; "],
];

const SCALARS: [&str; 23] = [
    "char",
    "signed char",
    "unsigned char",
    "_Bool",
    "short",
    "unsigned short",
    "int",
    "unsigned",
    "long",
    "unsigned long",
    "unsigned long long",
    "__int128",
    "float",
    "double",
    "number",
    "constant",
    "reference",
    "row",
    "enum small",
    "enum negative",
    "enum large",
    "const volatile int",
    "int __user",
];

const POINTEES: [&str; 7] = [
    "void",
    "char",
    "const int",
    "struct opaque",
    "struct root",
    "number",
    "long",
];

const FOR_BITS: [&str; 6] = [
    "unsigned",
    "int",
    "unsigned char",
    "short",
    "unsigned long",
    "enum small",
];

const NAMES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

#[derive(Clone)]
enum Shape {
    Scalar(&'static str),
    /// With so many asterisks.
    Pointer(&'static str, usize),
    Function(&'static str),
    Array(Box<Shape>, usize),
    Bits(&'static str, usize),
    Record {
        union: bool,
        fields: Vec<Field>,
    },
}

#[derive(Clone)]
struct Field {
    /// Empty for a struct or union without a name.
    name: &'static str,
    shape: Shape,
}

/// A struct or union and its name.
#[derive(Clone)]
pub(crate) struct Root {
    pub(crate) name: &'static str,
    union: bool,
    fields: Vec<Field>,
}

impl Root {
    pub(crate) fn by_chance(random: &mut Random) -> Self {
        let mut fields = Vec::new();
        for _ in 0..2 + random.below(5) {
            add(random, &mut fields, 3);
        }
        Self {
            name: "root",
            union: random.once_in(12),
            fields,
        }
    }

    /// The same with some changes.
    pub(crate) fn mutated(&self, random: &mut Random, changes: usize) -> Self {
        let mut changed = self.clone();
        for _ in 0..changes {
            change(random, &mut changed.fields);
        }
        changed.union ^= random.once_in(20);
        changed
    }
}

/// All names that a field of this list cannot have: those of fields without a struct of their own too.
fn taken(fields: &[Field]) -> Vec<&'static str> {
    let names = fields.iter().flat_map(|field| match &field.shape {
        Shape::Record { fields, .. } if field.name.is_empty() => taken(fields),
        _ => vec![field.name],
    });
    names.collect()
}

fn add(random: &mut Random, fields: &mut Vec<Field>, depth: usize) {
    let taken = taken(fields);
    let free = NAMES.iter().copied().filter(|name| !taken.contains(name));
    let free: Vec<_> = free.collect();
    if free.is_empty() {
        return;
    }
    let name = random.pick(&free);
    let shape = shape(random, depth);
    let at = random.below(fields.len() + 1);
    fields.insert(at, Field { name, shape });
}

fn shape(random: &mut Random, depth: usize) -> Shape {
    match random.below(11) {
        0..4 => Shape::Scalar(random.pick(&SCALARS)),
        4 => Shape::Pointer(random.pick(&POINTEES), 1 + random.below(3)),
        5 => Shape::Function(random.pick(&["void", "int, char *", "struct opaque *"])),
        6 => {
            let of = random.pick(&FOR_BITS);
            let most = if of.ends_with("char") { 8 } else { 16 };
            Shape::Bits(of, 1 + random.below(most))
        }
        7 | 8 => {
            let element = loop {
                match shape(random, depth.saturating_sub(1)) {
                    Shape::Bits(..) | Shape::Function(_) => {}
                    element => break element,
                }
            };
            Shape::Array(Box::new(element), random.below(5))
        }
        _ if depth == 0 => Shape::Scalar("int"),
        _ => {
            let mut fields = Vec::new();
            for _ in 0..1 + random.below(3) {
                add(random, &mut fields, depth - 1);
            }
            let union = random.once_in(3);
            Shape::Record { union, fields }
        }
    }
}

/// One of the things that happen to structs of the kernel.
fn change(random: &mut Random, fields: &mut Vec<Field>) {
    if fields.is_empty() {
        return add(random, fields, 2);
    }
    let at = random.below(fields.len());
    // The free names are those of the outermost struct, so not every change can be made below.
    if let Shape::Record { fields, .. } = &mut fields[at].shape
        && !fields.is_empty()
        && random.once_in(2)
    {
        let inner = random.below(fields.len());
        match random.below(3) {
            0 => fields.swap(0, inner),
            1 => drop(fields.remove(inner)),
            _ => retype(random, &mut fields[inner]),
        }
        return;
    }
    match random.below(9) {
        0 => drop(fields.remove(at)),
        1 | 2 => add(random, fields, 2),
        3 => fields.swap(0, at),
        4 | 5 => retype(random, &mut fields[at]),
        6 => {
            // From here on, into a struct or union without a name.
            let inner = fields.split_off(at);
            let shape = Shape::Record {
                union: random.once_in(3),
                fields: inner,
            };
            fields.push(Field { name: "", shape });
        }
        // Its fields out of a struct or union without a name.
        7 if fields[at].name.is_empty() => {
            if let Shape::Record { fields: inner, .. } = fields.remove(at).shape {
                fields.extend(inner);
            }
        }
        _ => {
            if let Shape::Record { union, .. } = &mut fields[at].shape {
                *union = !*union;
            }
        }
    }
}

fn retype(random: &mut Random, field: &mut Field) {
    match &mut field.shape {
        Shape::Array(_, len) if !random.once_in(4) => {
            *len = (*len + random.below(4)).saturating_sub(2)
        }
        Shape::Bits(_, width) if random.once_in(2) => *width = 1 + random.below(8),
        Shape::Record { .. } if field.name.is_empty() => {}
        other => *other = shape(random, 1),
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keyword = if self.union { "union" } else { "struct" };
        write!(f, "{keyword} {} {{ ", self.name)?;
        self.fields.iter().try_for_each(|field| field.fmt(f))?;
        f.write_str("}; ")
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut suffix = String::new();
        let mut shape = &self.shape;
        while let Shape::Array(element, len) = shape {
            write!(suffix, "[{len}]")?;
            shape = element;
        }
        let name = self.name;
        match shape {
            Shape::Scalar(of) => write!(f, "{of} {name}{suffix}; "),
            Shape::Pointer(of, stars) => write!(f, "{of} {}{name}{suffix}; ", "*".repeat(*stars)),
            Shape::Function(params) => write!(f, "int (*{name})({params}); "),
            Shape::Bits(of, width) => write!(f, "{of} {name} : {width}; "),
            Shape::Record { union, fields } => {
                let keyword = if *union { "union" } else { "struct" };
                write!(f, "{keyword} {{ ")?;
                fields.iter().try_for_each(|field| field.fmt(f))?;
                write!(f, "}} {name}{suffix}; ")
            }
            Shape::Array(..) => Ok(()),
        }
    }
}

/// The text of all declarations, as the object has them.
pub(crate) fn declarations(root: &Root) -> String {
    let common: String = COMMON.iter().map(|forms| forms[0]).collect();
    format!("{common}{root}")
}

/// The same of a kernel.
pub(crate) fn of_kernel(random: &mut Random, roots: &[Root]) -> String {
    let mut text = String::new();
    for forms in COMMON {
        let changed = random.once_in(3);
        text += if changed {
            random.pick(forms)
        } else {
            forms[0]
        };
    }
    roots.iter().for_each(|root| text += &root.to_string());
    text
}
