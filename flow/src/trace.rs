//! From a value back to where it comes from.

use std::collections::{HashMap, HashSet};

use bpf_core_kernel_facts::helper::{Helper, Memory};
use bpf_core_kernel_facts::{self as facts, Program};
use inkwell::llvm_sys::LLVMOpcode;
use inkwell::module::Module;

use crate::ir::{Step, Value};
use crate::pointer::{Offset, Origin, Pointer};

/// What is known about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing.
    Unknown,
    /// A number.
    Constant(i64),
    /// One of two numbers, the smaller one first.
    Choice([i64; 2]),
    /// A number that the loader puts in.
    Relocated,
    /// The context and a number.
    Context(facts::Context, i64),
    /// A pointer to kernel memory.
    Kernel(Pointer<'static>),
}

impl Known {
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Kernel(a), Self::Kernel(b)) => Self::Kernel(a.join(b)),
            (Self::Constant(a), Self::Constant(b)) => Self::Choice([a.min(b), a.max(b)]),
            // A null pointer is tested before it is used.
            (Self::Kernel(a), Self::Constant(0)) | (Self::Constant(0), Self::Kernel(a)) => {
                Self::Kernel(a)
            }
            _ => Self::Unknown,
        }
    }
}

/// How far values are followed. Optimised code is flat; what is deeper was made to be.
const DEEPEST: u32 = 200;

/// How many values are looked at in all.
const LIMIT: u32 = 2_000_000;

/// Follows the values of a module.
pub(crate) struct Trace<'m, 'ctx> {
    module: &'m Module<'ctx>,
    known: HashMap<Value<'m>, Known>,
    pending: HashSet<Value<'m>>,
    /// The instructions that `Step::at` counts.
    places: Vec<Value<'m>>,
    left: u32,
    depth: u32,
}

impl<'m, 'ctx> Trace<'m, 'ctx> {
    pub(crate) fn new(module: &'m Module<'ctx>) -> Self {
        Self {
            module,
            known: HashMap::new(),
            pending: HashSet::new(),
            places: Vec::new(),
            left: LIMIT,
            depth: 0,
        }
    }

    /// The instruction of a step.
    pub(crate) fn place(&self, at: u32) -> Option<Value<'m>> {
        self.places.get(at as usize).copied()
    }

    fn at(&mut self, instruction: Value<'m>) -> u32 {
        self.places.push(instruction);
        u32::try_from(self.places.len() - 1).unwrap_or(u32::MAX)
    }

    /// What is known about a value.
    pub(crate) fn value(&mut self, value: Value<'m>) -> Known {
        if let Some(known) = self.known.get(&value) {
            return *known;
        }
        // A value that depends on itself, by a loop or by recursion.
        if self.left == 0 || self.depth == DEEPEST || !self.pending.insert(value) {
            return Known::Unknown;
        }
        self.left -= 1;
        self.depth += 1;
        let known = self.origin(value).unwrap_or(Known::Unknown);
        self.depth -= 1;
        self.pending.remove(&value);
        self.known.insert(value, known);
        known
    }

    fn origin(&mut self, value: Value<'m>) -> Option<Known> {
        if let Some(number) = value.number() {
            return Some(Known::Constant(number));
        }
        if let Some((function, position)) = value.argument() {
            return self.argument(function, position);
        }
        let operands = value.operands();
        match value.opcode()? {
            LLVMOpcode::LLVMIntToPtr
            | LLVMOpcode::LLVMPtrToInt
            | LLVMOpcode::LLVMBitCast
            | LLVMOpcode::LLVMAddrSpaceCast
            | LLVMOpcode::LLVMFreeze => {
                let inner = *operands.first()?;
                is_wide(inner).then(|| self.value(inner))
            }
            LLVMOpcode::LLVMAdd => {
                let [left, right] = *operands.first_chunk()?;
                let (left, right) = (self.value(left), self.value(right));
                Some(match left {
                    Known::Kernel(_) | Known::Context(..) => self.sum(left, right, value),
                    _ => self.sum(right, left, value),
                })
            }
            LLVMOpcode::LLVMSub => {
                let [left, right] = *operands.first_chunk()?;
                let right = right.number()?;
                let left = self.value(left);
                Some(self.sum(left, Known::Constant(right.wrapping_neg()), value))
            }
            LLVMOpcode::LLVMGetElementPtr => {
                let (base, way) = value.way(self.module)?;
                let base = self.value(base);
                Some(way.into_iter().fold(base, |here, step| match step {
                    Step::Bytes(bytes) => self.sum(here, Known::Constant(bytes), value),
                    Step::Scaled(index, 1) => {
                        let index = self.value(index);
                        self.sum(here, index, value)
                    }
                    Step::Scaled(..) => Known::Unknown,
                }))
            }
            LLVMOpcode::LLVMPHI => self.any(operands.into_iter().filter(|one| *one != value)),
            LLVMOpcode::LLVMSelect => self.any(operands.into_iter().skip(1)),
            LLVMOpcode::LLVMLoad => self.load(value, *operands.first()?),
            LLVMOpcode::LLVMCall => self.call(value),
            _ => None,
        }
    }

    fn any(&mut self, values: impl Iterator<Item = Value<'m>>) -> Option<Known> {
        let mut known: Option<Known> = None;
        for value in values {
            let one = self.value(value);
            known = Some(known.map_or(one, |known| known.join(one)));
            if known == Some(Known::Unknown) {
                break;
            }
        }
        known
    }

    fn sum(&mut self, base: Known, number: Known, by: Value<'m>) -> Known {
        let offset =
            |pointer: Pointer<'static>, offset| Known::Kernel(Pointer { offset, ..pointer });
        match (base, number) {
            (base, Known::Constant(0)) => base,
            (Known::Kernel(pointer), Known::Constant(bytes)) => {
                Known::Kernel(pointer.plus(bytes, self.at(by)))
            }
            (Known::Kernel(pointer), Known::Choice(numbers)) => {
                offset(pointer, pointer.offset.plus_either(numbers, self.at(by)))
            }
            (Known::Kernel(pointer), Known::Relocated) => {
                offset(pointer, pointer.offset.plus_relocated(self.at(by)))
            }
            (Known::Context(context, start), Known::Constant(bytes)) => {
                Known::Context(context, start.wrapping_add(bytes))
            }
            (Known::Constant(a), Known::Constant(b)) => Known::Constant(a.wrapping_add(b)),
            _ => Known::Unknown,
        }
    }

    fn argument(&mut self, function: Value<'m>, position: usize) -> Option<Known> {
        if let Some(section) = function.section()
            && let Some(program) = Program::of_section(&section)
        {
            let context = program.context(&String::from_utf8_lossy(function.name()));
            return (position == 0).then_some(Known::Context(context, 0));
        }
        if !function.is_internal() {
            return None;
        }
        let mut given = Vec::new();
        for user in function.users() {
            let (callee, arguments) = user.call()?;
            // Otherwise it is handed on, and may be called from anywhere.
            if callee != function || arguments.contains(&function) {
                return None;
            }
            given.push(*arguments.get(position)?);
        }
        self.any(given.into_iter())
    }

    fn load(&mut self, load: Value<'m>, address: Value<'m>) -> Option<Known> {
        if address.relocation().is_some() {
            return Some(Known::Relocated);
        }
        if !is_wide(load) {
            return None;
        }
        if let Some((slot, start)) = self.slot(address) {
            return self.kept(slot, start);
        }
        match self.value(address) {
            Known::Context(context, offset) => {
                let origin = Origin::of_argument(context.argument(offset)?);
                Some(Known::Kernel(Pointer::new(origin, None)))
            }
            Known::Kernel(pointer) => behind(pointer, Origin::Load),
            _ => None,
        }
    }

    /// The local variable that an address is in, and the bytes from its start.
    fn slot(&self, address: Value<'m>) -> Option<(Value<'m>, i64)> {
        let mut start = 0_i64;
        let mut here = address;
        for _ in 0..DEEPEST {
            if here.opcode()? == LLVMOpcode::LLVMAlloca {
                return Some((here, start));
            }
            let (base, way) = here.way(self.module)?;
            for step in way {
                match step {
                    Step::Bytes(bytes) => start = start.wrapping_add(bytes),
                    Step::Scaled(..) => return None,
                }
            }
            here = base;
        }
        None
    }

    /// What is put into a place of a local variable, by whatever way.
    fn kept(&mut self, slot: Value<'m>, start: i64) -> Option<Known> {
        let mut known: Option<Known> = None;
        let mut parts = vec![slot];
        let mut seen = 0;
        while let Some(part) = parts.pop() {
            let (_, here) = self.slot(part)?;
            for user in part.users() {
                seen += 1;
                if seen > 1000 {
                    return None;
                }
                let put = match user.opcode()? {
                    LLVMOpcode::LLVMGetElementPtr => {
                        parts.push(user);
                        continue;
                    }
                    LLVMOpcode::LLVMLoad => continue,
                    LLVMOpcode::LLVMStore => {
                        let value = *user.operands().first()?;
                        if value == part {
                            return None;
                        }
                        if here != start {
                            continue;
                        }
                        self.value(value)
                    }
                    LLVMOpcode::LLVMCall => match self.copied(user, part, start - here)? {
                        Some(copied) => copied,
                        None => continue,
                    },
                    _ => return None,
                };
                known = Some(known.map_or(put, |known| known.join(put)));
            }
        }
        known
    }

    /// What a call puts at `start` of the memory that it gets. `None` for calls that may put
    /// anything anywhere, `Some(None)` for those that put nothing there.
    fn copied(&mut self, call: Value<'m>, buffer: Value<'m>, start: i64) -> Option<Option<Known>> {
        let (callee, arguments) = call.call()?;
        if callee.is_function() {
            let name = callee.name();
            return (name.starts_with(b"llvm.lifetime.") || name.starts_with(b"llvm.dbg."))
                .then_some(None);
        }
        let Helper::Reads {
            from,
            string: false,
        } = helper(callee)?
        else {
            return None;
        };
        let [destination, size, source] = *arguments.first_chunk()?;
        if destination != buffer || source == buffer {
            return None;
        }
        if !(0..size.number()?).contains(&start) {
            return Some(None);
        }
        let Known::Kernel(pointer) = self.value(source) else {
            return None;
        };
        (from != Memory::User).then(|| behind(pointer, Origin::ProbeRead))
    }

    fn call(&mut self, call: Value<'m>) -> Option<Known> {
        let (callee, arguments) = call.call()?;
        if !callee.is_function() {
            return Pointer::of_helper(helper(callee)?).map(Known::Kernel);
        }
        if callee.is_passthrough() {
            return Some(self.value(*arguments.get(1)?));
        }
        let name = callee.name();
        if name.starts_with(b"llvm.preserve.") {
            let base = self.value(*arguments.first()?);
            return Some(self.sum(base, Known::Relocated, call));
        }
        if callee.is_relocation_intrinsic() {
            return Some(Known::Relocated);
        }
        if callee.is_declaration() {
            return None;
        }
        let returned = callee.instructions().into_iter().filter_map(|one| {
            (one.opcode() == Some(LLVMOpcode::LLVMRet)).then(|| one.operands().first().copied())?
        });
        self.any(returned.collect::<Vec<_>>().into_iter())
    }
}

fn is_wide(value: Value<'_>) -> bool {
    value.is_pointer() || value.is_i64()
}

/// The helper that an address means.
pub fn helper(callee: Value<'_>) -> Option<Helper> {
    (callee.opcode()? == LLVMOpcode::LLVMIntToPtr).then_some(())?;
    Some(Helper::of_id(callee.operands().first()?.number()?))
}

/// What is read at an address. Behind a field that was found by name there may be bytes that have a
/// layout of their own, such as a packet.
fn behind(pointer: Pointer<'static>, origin: Origin) -> Option<Known> {
    if matches!(pointer.offset, Offset::Relocated { .. } | Offset::Varying) {
        return None;
    }
    let origin = pointer.origin.behind(origin);
    Some(Known::Kernel(Pointer::new(origin, None)))
}
