//! A program's code as one kernel sees it: with what a loader writes into it.

use bpf_core_btf::insn::Insn;
use bpf_core_btf::object::{ExternKind, MapDefinition, Object};

use super::scalar::Scalar;
use super::value::{Origin, Reg, Value};
use super::variables::Variables;
use super::verifier::Verifier;
use crate::externs::{self, External};

/// What a loader writes in the place of an instruction with a CO-RE record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Taken {
    /// This instruction.
    Insn { insn: Insn, is_pointer: bool },
    /// One that the verifier refuses.
    Poison,
}

/// The kernel's side of a walk.
pub(super) struct Setting<'s> {
    pub(super) object: &'s Object<'s>,
    pub(super) verifier: Verifier,
    /// Whether the verifier knows the types of what the context points to.
    pub(super) has_typed_context: bool,
    /// By step: the number of its record, of those of the program.
    pub(super) record_of: &'s [Option<u16>],
    /// By record: whether it asks where something is in the kernel.
    pub(super) is_offset: &'s [bool],
    /// By record.
    pub(super) taken: Vec<Taken>,
    /// By extern.
    pub(super) externs: Vec<External>,
    /// By map.
    pub(super) maps: &'s [MapDefinition],
    pub(super) variables: &'s Variables<'s>,
    /// Variables of `.rodata` that a user may have set to any value.
    pub(super) unset: Vec<u16>,
}

impl Setting<'_> {
    /// The record of a step.
    pub(super) fn record_of(&self, step: u32) -> Option<u16> {
        self.record_of.get(step as usize).copied().flatten()
    }

    pub(super) fn taken(&self, record: u16) -> Taken {
        self.taken[usize::from(record)]
    }

    pub(super) fn is_offset(&self, record: u16) -> bool {
        self.is_offset[usize::from(record)]
    }

    /// Whether a load gives a pointer of the kernel's, as far as its record tells.
    pub(super) fn is_pointer_field(&self, step: u32) -> bool {
        let taken = self.record_of(step).map(|record| self.taken(record));
        matches!(
            taken,
            Some(Taken::Insn {
                is_pointer: true,
                ..
            })
        )
    }

    /// How many elements an array of the object has; as many as there can be, if a loader sets it. `None`: the
    /// map is none.
    pub(super) fn entries_of_array(&self, which: u16) -> Option<u32> {
        const ARRAY: u32 = 2;
        const PERCPU_ARRAY: u32 = 6;
        let definition = &self.maps[usize::from(which)];
        let entries = definition.max_entries.filter(|entries| *entries > 0);
        matches!(definition.map_type, Some(ARRAY | PERCPU_ARRAY))
            .then_some(entries.unwrap_or(u32::MAX))
    }

    /// The address of an extern.
    pub(super) fn address_of(&self, which: u16) -> Value {
        let of = &self.object.externs()[usize::from(which)];
        match (self.externs[usize::from(which)], of.kind) {
            (External::Absent, _) => Value::number(Scalar::constant(0)),
            (External::Config(_), _) => Value::Config { which },
            // The verifier knows that the address of a kfunc is none of a missing one.
            (External::Address, ExternKind::Kfunc) => Value::NotNull,
            // A number, which libbpf writes there.
            (External::Address, _) if externs::is_without_type(self.object, of.name) => {
                Value::NotNull
            }
            (External::Address, _) => Value::Kernel,
        }
    }

    /// What a load from a data section gives, if the verifier knows it: sections that nobody can write
    /// to (`bpf_map_direct_read`).
    pub(super) fn data(&self, section: u32, off: i64, size: u8, signed: bool) -> Option<Reg> {
        let from = &self.object.sections()[section as usize];
        if !from.is_read_only() {
            return None;
        }
        let start = usize::try_from(off).ok()?;
        let variable = self.variables.at(section, off);
        let origin = Origin {
            variable,
            ..Origin::default()
        };
        if variable.is_some_and(|variable| self.unset.contains(&variable)) {
            let value = Value::number(Scalar::of_size(size, signed));
            return Some(Reg { value, origin });
        }
        let bytes = from.data.get(start..start.checked_add(size.into())?)?;
        let value = number(bytes, self.object, signed);
        Some(Reg {
            origin,
            ..Reg::constant(value)
        })
    }

    /// What a load of an option of the configuration gives, if it is known.
    pub(super) fn config(&self, which: u16, size: u8) -> Option<Reg> {
        let External::Config(value) = self.externs[usize::from(which)] else {
            return None;
        };
        let mask = Scalar::of_size(size, false).u64.max;
        Some(Reg::constant(value? & mask))
    }
}

/// The number in these bytes.
fn number(bytes: &[u8], object: &Object<'_>, signed: bool) -> u64 {
    let push = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    let number = match object.endian() {
        bpf_core_btf::Endian::Big => bytes.iter().fold(0, push),
        bpf_core_btf::Endian::Little => bytes.iter().rev().fold(0, push),
    };
    let unused = 64 - 8 * bytes.len().clamp(1, 8) as u32;
    if signed {
        ((number << unused).cast_signed() >> unused).cast_unsigned()
    } else {
        number
    }
}
