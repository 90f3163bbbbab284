//! One declared type for what kernels have in a field, or one for each kind where a loader tells kinds apart.

use bpf_core_catalogue::{KernelSet, NameSpace};

use crate::shape::{Int, Shape};

/// What a field is declared as, for the kernels where it is of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    pub(crate) shape: Shape,
    /// Its size, sign or bits differ: it is read as a bit-field.
    pub(crate) is_bitfield: bool,
    pub(crate) on: KernelSet,
    /// What was taken together, where that is more than one.
    pub(crate) of: Vec<(Shape, KernelSet)>,
}

/// The kinds that `bpf_core_fields_are_compat` of libbpf tells apart, and what a read must not mix.
#[derive(PartialEq)]
enum Class {
    Int,
    Pointer,
    Record(NameSpace, String),
    Enum(String),
    Array(Shape),
}

impl Class {
    /// `None`: it is not declared.
    fn of(shape: &Shape) -> Option<Self> {
        Some(match shape {
            Shape::Int(_) => Self::Int,
            Shape::Pointer(_) => Self::Pointer,
            Shape::Record(space, name) => Self::Record(*space, name.clone()),
            Shape::Enum(name) => Self::Enum(name.clone()),
            Shape::Array(element, _) => {
                Self::of(element)?;
                Self::Array((**element).clone())
            }
            Shape::Unnamed(_) | Shape::Other => return None,
        })
    }
}

/// Takes together what one declaration serves. The kernels of what none serves come second.
pub(crate) fn merge(found: Vec<(Shape, KernelSet)>) -> (Vec<Merged>, KernelSet) {
    let mut classes: Vec<(Class, Vec<(Shape, KernelSet)>)> = Vec::new();
    let mut undeclared = KernelSet::default();
    for (shape, set) in found {
        let Some(class) = Class::of(&shape) else {
            undeclared = undeclared.union(&set);
            continue;
        };
        let at = classes.iter().position(|(other, _)| *other == class);
        let at = at.unwrap_or_else(|| {
            classes.push((class, Vec::new()));
            classes.len() - 1
        });
        let all = &mut classes[at].1;
        match all.iter_mut().find(|(other, _)| *other == shape) {
            Some((_, kernels)) => *kernels = kernels.union(&set),
            None => all.push((shape, set)),
        }
    }
    let merged = classes.into_iter().map(|(_, all)| one_of(all));
    (merged.collect(), undeclared)
}

fn one_of(all: Vec<(Shape, KernelSet)>) -> Merged {
    let on = all
        .iter()
        .fold(KernelSet::default(), |on, (_, set)| on.union(set));
    let shapes: Vec<&Shape> = all.iter().map(|(shape, _)| shape).collect();
    let (shape, is_bitfield) = match shapes[..] {
        [Shape::Int(int)] if int.bits == 0 => (Shape::Int(*int), false),
        [Shape::Int(_), ..] => (Shape::Int(widest(&shapes)), true),
        [only] => (only.clone(), false),
        [Shape::Array(element, _), ..] => (Shape::Array(element.clone(), shortest(&shapes)), false),
        // Behind it there is something else on each kernel.
        _ => (Shape::Pointer(None), false),
    };
    let of = if all.len() > 1 { all } else { Vec::new() };
    Merged {
        shape,
        is_bitfield,
        on,
        of,
    }
}

/// An integer that holds each value of all of them.
fn widest(shapes: &[&Shape]) -> Int {
    let ints = || {
        shapes.iter().filter_map(|shape| match shape {
            Shape::Int(int) => Some(*int),
            _ => None,
        })
    };
    let is_signed = ints().any(|int| int.is_signed);
    let signed = ints().filter(|int| int.is_signed).map(|int| int.size);
    let unsigned = ints().filter(|int| !int.is_signed).map(|int| {
        // An unsigned bit-field that does not fill its type leaves room for a sign.
        let fits = int.bits > 0 && u32::from(int.bits) < int.size * 8;
        if is_signed && !fits {
            int.size * 2
        } else {
            int.size
        }
    });
    Int {
        size: signed.chain(unsigned).max().unwrap_or(8).min(8),
        is_signed,
        is_bool: ints().all(|int| int.is_bool),
        bits: 0,
    }
}

/// As many elements as each kernel has.
fn shortest(shapes: &[&Shape]) -> u32 {
    let lengths = shapes.iter().filter_map(|shape| match shape {
        Shape::Array(_, len) if *len > 0 => Some(*len),
        _ => None,
    });
    lengths.min().unwrap_or(0)
}
