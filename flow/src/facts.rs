//! The facts about a compiled program: its addresses with constants in them, and its functions that
//! read kernel memory.

use crate::pointer::Origin;

/// The facts about a program. `P` is how its places are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Facts<P> {
    /// Addresses of kernel memory with a constant in them.
    pub addresses: Vec<Address<P>>,
    /// The functions that read kernel memory, by name or at constants.
    pub functions: Vec<Function<P>>,
}

/// An address of kernel memory with a constant in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Address<P> {
    /// The load, store or helper that uses it.
    pub place: P,
    /// Where the kernel hands out the pointer that it is made from.
    pub origin: Origin,
    /// The struct that the pointer points to, where that is known.
    pub name: Option<String>,
    /// What was added. Two constants, if it depends on the way that the program took.
    pub steps: Vec<Addition<P>>,
}

/// An addition of a constant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Addition<P> {
    /// The instruction that adds it.
    pub place: P,
    /// All bytes from the pointer that the kernel gave up to here.
    pub bytes: i64,
}

/// A function that reads kernel memory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Function<P> {
    /// Where it begins.
    pub place: P,
    /// Its name.
    pub name: String,
    /// Its debug info, which LLVM makes records from.
    pub debug_info: DebugInfo,
}

/// The debug info of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum DebugInfo {
    /// It is there.
    Full,
    /// The whole module has none.
    NoneAtAll,
    /// The function has none.
    Missing,
    /// The unit of the function is switched off.
    SwitchedOff,
}

/// A place in the source, as debug info has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Place {
    /// The file. Empty where there is no debug info.
    pub file: String,
    /// From 1, or 0 where it is not known.
    pub line: u32,
    /// From 1, or 0 where it is not known.
    pub column: u32,
    /// The function that it is in.
    pub function: String,
}

impl<P> Facts<P> {
    /// The constants, each with the address that it is in.
    pub fn constants(&self) -> impl Iterator<Item = (&Address<P>, &Addition<P>)> {
        let addresses = self.addresses.iter();
        addresses.flat_map(|address| address.steps.iter().map(move |step| (address, step)))
    }

    /// The addresses that have one of two constants in them, as the program came.
    pub fn on_two_ways(&self) -> impl Iterator<Item = (&Address<P>, [i64; 2])> {
        self.addresses.iter().filter_map(|address| {
            let [a, b] = &address.steps[..] else {
                return None;
            };
            Some((address, [a.bytes, b.bytes]))
        })
    }

    /// The same facts, with their places told in another way.
    pub fn placed<Q>(self, place: &mut impl FnMut(P) -> Q) -> Facts<Q> {
        let mut addresses = Vec::new();
        for address in self.addresses {
            addresses.push(Address {
                place: place(address.place),
                origin: address.origin,
                name: address.name,
                steps: address
                    .steps
                    .into_iter()
                    .map(|step| Addition {
                        place: place(step.place),
                        bytes: step.bytes,
                    })
                    .collect(),
            });
        }
        let functions = self.functions.into_iter().map(|function| Function {
            place: place(function.place),
            name: function.name,
            debug_info: function.debug_info,
        });
        Facts {
            addresses,
            functions: functions.collect(),
        }
    }
}
