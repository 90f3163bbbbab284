//! Refuses a program that reads an address out of a static.
//!
//! Loaders copy the bytes of `.rodata` and `.data` into maps, but they write no addresses there: libbpf
//! skips the relocations of such sections. The program would read 0.
//!
//! A static that holds addresses is no fault by itself. `NAMES[i].len()` reads the number beside an
//! address. The place of a panic is passed on, and nothing reads it. So this module follows the address of
//! each static to every read.

use std::collections::HashMap;

use inkwell::{
    llvm_sys::{
        LLVMOpcode, LLVMTypeKind, LLVMValueKind,
        core::{
            LLVMGetElementType, LLVMGetInitializer, LLVMGetParam, LLVMGetTypeKind,
            LLVMGetValueKind, LLVMIsNull, LLVMIsUndef, LLVMStructGetTypeAtIndex,
        },
        target::{
            LLVMABISizeOfType, LLVMGetModuleDataLayout, LLVMOffsetOfElement, LLVMStoreSizeOfType,
            LLVMTargetDataRef,
        },
    },
    module::Module,
};

use crate::error::{Error, Result};
use crate::ir::{self, Value, source};
use crate::verify::loadable::OF_LOADERS;

/// Bytes of an address.
const ADDRESS: i64 = 8;

/// Checks all statics of an optimised module.
///
/// # Errors
/// When the program reads an address out of one.
pub(crate) fn check(module: &Module<'_>) -> Result<()> {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = Layout(unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) });
    let is_of_program = |of: &Value<'_>| {
        let section = of.section().unwrap_or_default();
        !of.name().starts_with(b"llvm.") && !OF_LOADERS.iter().any(|name| section.starts_with(name))
    };
    for global in ir::globals(module).filter(is_of_program) {
        // SAFETY: the value is a global variable. A declaration has no initializer.
        let initial = unsafe { Value::new(LLVMGetInitializer(global.raw())) };
        let Some(initial) = initial else {
            continue;
        };
        let mut addresses = Vec::new();
        layout.addresses_in(initial, 0, &mut addresses);
        let read = (!addresses.is_empty()).then(|| layout.read_of(global, &addresses));
        if let Some(read) = read.flatten() {
            return Err(error(global, read));
        }
    }
    Ok(())
}

fn error(global: Value<'_>, read: Value<'_>) -> Error {
    // LLVM may have turned it into a table of distances.
    let name = global.readable_name();
    let name = name.trim_end_matches(".rel");
    // rustc and LLVM number the constants that have no name in the source.
    let is_named = name.contains("::") || !name.contains(['.', '_']);
    let what = match is_named {
        true => format!("the static `{name}`"),
        false => "a constant".to_owned(),
    };
    let error = Error::new(format!(
        "an address in {what} would be 0 here, as loaders write no addresses into statics"
    ));
    let error = error.at(source::users_line(read));
    let error = match read.parent_function() {
        Some(function) => error.note(format!("in function `{}`", function.readable_name())),
        None => error,
    };
    error.help(
        "write the references in the arms of a `match`, or keep the bytes in the static: `[[u8; 8]; 4]` in \
         place of `[&str; 4]`",
    )
}

/// The places in a static that a pointer may point to: `offset`, and any number of `step`s from there.
#[derive(Clone, Copy, PartialEq)]
struct Place {
    offset: i64,
    step: i64,
}

impl Place {
    /// The places of both.
    fn or(self, other: Self) -> Self {
        let step = gcd(self.step, other.step);
        let step = gcd(step, self.offset.wrapping_sub(other.offset));
        Self { step, ..self }
    }

    /// Whether a read of `size` bytes there overlaps the address at `address`.
    fn meets(self, size: i64, address: i64) -> bool {
        let distance = address.wrapping_sub(self.offset);
        if self.step == 0 {
            return -ADDRESS < distance && distance < size;
        }
        let distance = distance.rem_euclid(self.step);
        distance < size || distance + ADDRESS > self.step
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    match b {
        0 => a.wrapping_abs(),
        b => gcd(b, a.wrapping_rem(b)),
    }
}

struct Layout(LLVMTargetDataRef);

impl Layout {
    /// Collects the offsets of the addresses in a constant.
    fn addresses_in(&self, constant: Value<'_>, at: i64, found: &mut Vec<i64>) {
        let of = constant.type_of();
        // SAFETY: the value is a constant, and its type that of a live value.
        let (kind, of_type, is_nothing) = unsafe {
            let is_nothing = LLVMIsNull(constant.raw()) != 0 || LLVMIsUndef(constant.raw()) != 0;
            (
                LLVMGetValueKind(constant.raw()),
                LLVMGetTypeKind(of),
                is_nothing,
            )
        };
        match kind {
            _ if is_nothing => {}
            LLVMValueKind::LLVMConstantArrayValueKind
            | LLVMValueKind::LLVMConstantStructValueKind => {
                for (index, part) in (0..).zip(constant.operands()) {
                    let offset = match of_type {
                        // SAFETY: a struct has as many elements as the constant has operands.
                        LLVMTypeKind::LLVMStructTypeKind => unsafe {
                            LLVMOffsetOfElement(self.0, of, index)
                        },
                        _ => u64::from(index) * self.size_of(part),
                    };
                    self.addresses_in(part, at.wrapping_add_unsigned(offset), found);
                }
            }
            LLVMValueKind::LLVMConstantExprValueKind => found.push(at),
            _ if of_type == LLVMTypeKind::LLVMPointerTypeKind => found.push(at),
            _ => {}
        }
    }

    fn size_of(&self, value: Value<'_>) -> u64 {
        // SAFETY: the type is that of a live value.
        unsafe { LLVMABISizeOfType(self.0, value.type_of()) }
    }

    /// The instruction that reads one of the addresses, or that passes the static on to an unknown place.
    fn read_of<'m>(&self, global: Value<'m>, addresses: &[i64]) -> Option<Value<'m>> {
        let start = Place { offset: 0, step: 0 };
        let mut places = HashMap::from([(global, start)]);
        let mut waiting = vec![global];
        while let Some(pointer) = waiting.pop() {
            let place = places[&pointer];
            for user in pointer.users() {
                let next = match self.use_of(pointer, user, place) {
                    Use::Nothing => continue,
                    Use::Read(size) => {
                        let mut addresses = addresses.iter();
                        if addresses.any(|address| place.meets(size, *address)) {
                            return Some(user);
                        }
                        continue;
                    }
                    Use::Lost => return Some(user),
                    Use::Pointers(next) => next,
                };
                for (pointer, place) in next {
                    let known = places.get(&pointer).copied();
                    let all = known.map_or(place, |known| known.or(place));
                    if known != Some(all) {
                        places.insert(pointer, all);
                        waiting.push(pointer);
                    }
                }
            }
        }
        None
    }

    fn use_of<'m>(&self, pointer: Value<'m>, user: Value<'m>, place: Place) -> Use<'m> {
        // The address is part of another static, which is looked at by itself.
        let Some(opcode) = user.opcode() else {
            return Use::Nothing;
        };
        let operands = user.operands();
        match opcode {
            LLVMOpcode::LLVMICmp => Use::Nothing,
            LLVMOpcode::LLVMStore if operands.first() != Some(&pointer) => Use::Nothing,
            LLVMOpcode::LLVMLoad => {
                // SAFETY: the type is that of a live value.
                let size = unsafe { LLVMStoreSizeOfType(self.0, user.type_of()) };
                Use::Read(i64::try_from(size).unwrap_or(i64::MAX))
            }
            LLVMOpcode::LLVMGetElementPtr if operands.first() == Some(&pointer) => {
                match self.step(user, &operands[1..], place) {
                    Some(place) => Use::Pointers(vec![(user, place)]),
                    None => Use::Lost,
                }
            }
            LLVMOpcode::LLVMPHI
            | LLVMOpcode::LLVMSelect
            | LLVMOpcode::LLVMFreeze
            | LLVMOpcode::LLVMBitCast
            | LLVMOpcode::LLVMAddrSpaceCast => Use::Pointers(vec![(user, place)]),
            LLVMOpcode::LLVMRet => {
                let function = user.parent_function();
                let users = function.map_or(Vec::new(), |function| {
                    let users = function.users().into_iter();
                    users
                        .filter(|user| user.callee() == Some(function))
                        .collect()
                });
                Use::Pointers(users.into_iter().map(|call| (call, place)).collect())
            }
            LLVMOpcode::LLVMCall => in_call(pointer, user, place),
            // A distance between statics is part of one of them.
            _ if !user.is_instruction() => Use::Nothing,
            _ => Use::Lost,
        }
    }

    /// The place that a `getelementptr` makes of another.
    fn step(&self, user: Value<'_>, indices: &[Value<'_>], place: Place) -> Option<Place> {
        let Place {
            mut offset,
            mut step,
        } = place;
        let mut of = user.gep_source()?;
        for (number, index) in indices.iter().enumerate() {
            // SAFETY: a `getelementptr` steps into types that have elements, and into a struct by a
            // constant that is the number of one.
            unsafe {
                if number > 0 {
                    match LLVMGetTypeKind(of) {
                        LLVMTypeKind::LLVMStructTypeKind => {
                            let field = u32::try_from(index.integer()?).ok()?;
                            let within = LLVMOffsetOfElement(self.0, of, field);
                            offset = offset.wrapping_add_unsigned(within);
                            of = LLVMStructGetTypeAtIndex(of, field);
                            continue;
                        }
                        LLVMTypeKind::LLVMArrayTypeKind => of = LLVMGetElementType(of),
                        _ => return None,
                    }
                }
                let size = i64::try_from(LLVMABISizeOfType(self.0, of)).ok()?;
                match index.integer() {
                    Some(index) => {
                        offset = offset.wrapping_add(size.wrapping_mul(index.cast_signed()));
                    }
                    None => step = gcd(step, size),
                }
            }
        }
        Some(Place { offset, step })
    }
}

/// What an instruction does with a pointer.
enum Use<'m> {
    /// Nothing with what is there.
    Nothing,
    /// It reads so many bytes.
    Read(i64),
    /// It makes other pointers.
    Pointers(Vec<(Value<'m>, Place)>),
    /// What nobody can follow.
    Lost,
}

fn in_call<'m>(pointer: Value<'m>, call: Value<'m>, place: Place) -> Use<'m> {
    let Some(callee) = call.callee() else {
        return Use::Lost;
    };
    let arguments = call.arguments();
    let name = callee.name();
    if name.starts_with(b"llvm.memcpy.") || name.starts_with(b"llvm.memmove.") {
        let is_source = arguments.get(1) == Some(&pointer);
        let len = arguments.get(2).and_then(|len| len.integer());
        let len = len.and_then(|len| i64::try_from(len).ok());
        return match is_source {
            true => Use::Read(len.unwrap_or(i64::MAX)),
            false => Use::Nothing,
        };
    }
    if name.starts_with(b"llvm.load.relative.") {
        return Use::Lost;
    }
    if name.starts_with(b"llvm.") {
        return Use::Nothing;
    }
    // A helper of the kernel is called by its number, which is no function.
    if !callee.is_function() || callee.is_declaration() {
        return Use::Lost;
    }
    // SAFETY: a call has an argument for each parameter of what it calls.
    let parameter = |index| unsafe { Value::new(LLVMGetParam(callee.raw(), index)) };
    let positions = (0..).zip(arguments);
    let positions = positions.filter(|(_, argument)| *argument == pointer);
    let parameters = positions.filter_map(|(index, _)| Some((parameter(index)?, place)));
    Use::Pointers(parameters.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_a_table_of_slices() {
        // An address and a length of 8 bytes each.
        let (address, len) = (
            Place {
                offset: 0,
                step: 16,
            },
            Place {
                offset: 8,
                step: 16,
            },
        );
        for static_at in [0, 16, 48] {
            assert!(address.meets(8, static_at));
            assert!(!len.meets(8, static_at));
            assert!(len.meets(9, static_at));
        }
        assert!(
            Place {
                offset: 4,
                step: 16
            }
            .meets(4, 0)
        );
        assert!(Place { offset: 0, step: 1 }.meets(1, 24));
        let one = Place {
            offset: 24,
            step: 0,
        };
        assert!(one.meets(8, 24) && one.meets(1, 24) && one.meets(8, 31));
        assert!(!one.meets(8, 32) && !one.meets(8, 16) && one.meets(8, 17));
        assert_eq!(gcd(0, 0), 0);
        assert!(
            one.or(Place {
                offset: 40,
                step: 0
            }) == Place {
                offset: 24,
                step: 16
            }
        );
    }
}
