//! One run of a program, instruction by instruction.

use bpf_core_btf::{
    BtfExt, Endian,
    insn::{AluOp, AtomicOp, Callee, INSN_SIZE, Imm64, Insn, JumpOp, Op, Source},
    object::{Function, Object, Place, Target},
};

use super::choice::Choices;
use super::memory::{Before, Region};
use super::value::Value;
use super::world::{self, Effect};

/// Bytes of a frame of the stack.
const STACK: i64 = 512;
/// `MAX_CALL_FRAMES` of the kernel.
const FRAMES: usize = 8;
/// The most bytes that a helper fills in a run.
const LARGEST: u64 = 4096;
/// The errors that a run gives: `-EFAULT`.
const FAULT: Value = Value::Number((-14_i64).cast_unsigned());

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The program returns, or the run is too long, or it meets something that is not followed.
    Unknown,
    /// In a jump to itself.
    Endless,
    /// In an access behind the end of memory, past a comparison of addresses.
    Outside,
}

/// The program to run.
pub(super) struct Ground<'o> {
    pub(super) object: &'o Object<'o>,
    pub(super) ext: Option<&'o BtfExt<'o>>,
    /// Numbers of the program.
    pub(super) hints: Vec<u64>,
}

/// What a function goes back to.
struct Frame {
    back: Place,
    /// `r6` to `r10`.
    saved: [Value; 5],
}

/// Where a run is.
pub(super) struct Run<'o, 'g> {
    ground: &'g Ground<'o>,
    choices: Choices<'g>,
    regs: [Value; 11],
    frames: Vec<Frame>,
    memory: Vec<Region<'o>>,
    /// The memory of each section of data that was met.
    sections: Vec<(usize, usize)>,
    /// Whether the verifier goes here because it learns nothing from a comparison of addresses.
    is_lost: bool,
    /// The instructions that were run.
    pub(super) trace: Vec<Place>,
}

impl<'o, 'g> Run<'o, 'g> {
    pub(super) fn new(ground: &'g Ground<'o>, program: &Function<'_>, number: u64) -> Self {
        let section = &ground.object.sections()[program.section];
        let mut run = Self {
            ground,
            choices: Choices::new(number, &ground.hints),
            regs: [Value::Other; 11],
            frames: Vec::new(),
            memory: Vec::new(),
            sections: Vec::new(),
            is_lost: false,
            trace: Vec::new(),
        };
        run.regs[1] = run.add(Region::new(world::context(section, program), None));
        run.regs[10] = run.add_stack();
        run
    }

    /// Runs from the start of `program`, for so many steps at most.
    pub(super) fn go(&mut self, program: &Function<'_>, most: usize) -> End {
        let mut at = Place {
            section: program.section,
            at: program.start,
        };
        while self.trace.len() < most {
            self.trace.push(at);
            let Some(insn) = self.ground.object.sections()[at.section].insn_at(at.at) else {
                break;
            };
            match self.step(at, &insn) {
                Ok(next) => at = next,
                Err(end) => return end,
            }
        }
        End::Unknown
    }

    fn add(&mut self, region: Region<'o>) -> Value {
        self.memory.push(region);
        let region = self.memory.len() - 1;
        Value::Pointer { region, off: 0 }
    }

    fn add_stack(&mut self) -> Value {
        self.add(Region::new(Before::Other, Some(-STACK..0)))
    }

    fn reg(&self, number: u8) -> Value {
        let reg = self.regs.get(usize::from(number));
        reg.copied().unwrap_or(Value::Other)
    }

    fn set(&mut self, number: u8, value: Value) {
        if let Some(reg) = self.regs.get_mut(usize::from(number)) {
            *reg = value;
        }
    }

    fn source(&self, insn: &Insn, source: Source) -> Value {
        match source {
            Source::Imm => Value::Number(insn.imm.cast_unsigned()),
            Source::Register => self.reg(insn.src),
        }
    }

    /// Does what an instruction does. Gives the place of the next one.
    fn step(&mut self, at: Place, insn: &Insn) -> Result<Place, End> {
        let next = after(at, insn.slots() as i64);
        let is_open = self.ground.ext.is_some_and(|ext| {
            // What stands in the instruction is the kernel's.
            self.ground.object.record_at(ext, at).is_some()
        });
        match insn.op() {
            Op::Alu { op, source, wide } => {
                let right = self.source(insn, source);
                let value = match is_open {
                    true => Value::Other,
                    false => self.alu(op, wide, self.reg(insn.dst), right),
                };
                self.set(insn.dst, value);
            }
            Op::LoadImm64(kind) => {
                let value = match is_open {
                    true => Value::Other,
                    false => self.immediate(at, insn, kind),
                };
                self.set(insn.dst, value);
            }
            Op::Load { size, signed } => {
                let value = match is_open {
                    true => self.load_field(insn.src, size),
                    false => self.load(insn.src, insn.off, size)?,
                };
                let value = match (signed, value) {
                    (false, value) => value,
                    (true, value) => {
                        let number = self.choices.number(value);
                        number.map_or(Value::Other, |number| extended(number, size))
                    }
                };
                self.set(insn.dst, value);
            }
            Op::Store { size, source } => {
                let value = self.source(insn, source);
                let value = if is_open { Value::Other } else { value };
                self.store(insn.dst, insn.off, size, value)?;
            }
            Op::Atomic { op, size } => self.atomic(insn, op, size)?,
            Op::Goto { distance } => {
                let target = after(next, distance.into());
                return match target == at {
                    true => Err(End::Endless),
                    false => Ok(target),
                };
            }
            Op::Jump {
                op,
                source,
                wide,
                distance,
            } => {
                let right = self.source(insn, source);
                let right = if is_open { Value::Other } else { right };
                let taken = self.decide(op, wide, self.reg(insn.dst), right);
                return match taken.ok_or(End::Unknown)? {
                    true => Ok(after(next, distance.into())),
                    false => Ok(next),
                };
            }
            Op::Call(callee) => return self.call(at, insn, callee),
            Op::Exit => {
                let Frame { back, saved } = self.frames.pop().ok_or(End::Unknown)?;
                self.regs[1..6].fill(Value::Other);
                self.regs[6..].copy_from_slice(&saved);
                return Ok(back);
            }
            _ => return Err(End::Unknown),
        }
        Ok(next)
    }

    fn alu(&mut self, op: AluOp, wide: bool, left: Value, right: Value) -> Value {
        let is_big = self.ground.object.endian() == Endian::Big;
        let order = match op {
            AluOp::ToLe(bits) => Some((bits, is_big)),
            AluOp::ToBe(bits) => Some((bits, !is_big)),
            AluOp::Bswap(bits) => Some((bits, true)),
            _ => None,
        };
        if let Some((bits, swap)) = order {
            let left = self.choices.number(left);
            return left.map_or(Value::Other, |left| {
                Value::Number(swapped(left, bits, swap))
            });
        }
        match (op, left, right) {
            (AluOp::Mov, _, right) if wide => right,
            (AluOp::Mov, _, right) => self.choices.narrow(right, 4),
            (AluOp::Add, Value::Pointer { region, off }, by)
            | (AluOp::Add, by, Value::Pointer { region, off })
                if wide =>
            {
                self.moved(region, off, by, 1)
            }
            (
                AluOp::Sub,
                Value::Pointer { region, off },
                Value::Pointer {
                    region: other,
                    off: from,
                },
            ) if wide && region == other => Value::Number(off.wrapping_sub(from).cast_unsigned()),
            (AluOp::Sub, Value::Pointer { region, off }, by) if wide => {
                self.moved(region, off, by, -1)
            }
            // The immediate has nothing to say here.
            (AluOp::Neg, left, _) => match self.choices.number(left) {
                Some(left) => op
                    .compute(wide, left, 0)
                    .map_or(Value::Other, Value::Number),
                None => Value::Other,
            },
            (_, left, right) => {
                let numbers = match (op, self.choices.number(right)) {
                    (AluOp::MovSx(_), Some(right)) => Some((0, right)),
                    (_, Some(right)) => self.choices.number(left).map(|left| (left, right)),
                    _ => None,
                };
                let found = numbers.and_then(|(left, right)| op.compute(wide, left, right));
                found.map_or(Value::Other, Value::Number)
            }
        }
    }

    fn moved(&mut self, region: usize, off: i64, by: Value, sign: i64) -> Value {
        match self.choices.number(by) {
            Some(by) => Value::Pointer {
                region,
                off: off.wrapping_add(by.cast_signed().wrapping_mul(sign)),
            },
            None => Value::Other,
        }
    }

    fn immediate(&mut self, at: Place, insn: &Insn, kind: Imm64) -> Value {
        let object = self.ground.object;
        match object.sections()[at.section].target_at(at.at) {
            None if kind == Imm64::Number => Value::Number(insn.imm.cast_unsigned()),
            Some(Target::Data { section, offset }) => self.data(section, offset),
            Some(target) => world::map(object, target).map_or(Value::Other, Value::Map),
            None => Value::Other,
        }
    }

    /// A pointer into a section of data.
    fn data(&mut self, section: usize, offset: u64) -> Value {
        let object: &'o Object<'o> = self.ground.object;
        let of = &object.sections()[section];
        let known = self.sections.iter().find(|(known, _)| *known == section);
        let region = match (known, world::data(of)) {
            (Some((_, region)), _) => *region,
            (None, Some(before)) => {
                let end = i64::try_from(of.size).unwrap_or(i64::MAX);
                let mut region = Region::new(before, Some(0..end));
                region.hidden = world::hidden(object, section);
                self.add(region);
                let region = self.memory.len() - 1;
                self.sections.push((section, region));
                region
            }
            (None, None) => return Value::Other,
        };
        Value::Pointer {
            region,
            off: i64::try_from(offset).unwrap_or(i64::MAX),
        }
    }

    /// A load whose offset the kernel's types tell.
    fn load_field(&mut self, base: u8, size: u8) -> Value {
        match self.reg(base) {
            Value::Pointer { region, .. } if self.memory[region].is_open() => {
                self.choices.open(size)
            }
            _ => Value::Other,
        }
    }

    /// The memory that an access is in, and where.
    fn place(&self, base: u8, off: i16, size: u64) -> Result<Option<(usize, i64)>, End> {
        let Value::Pointer { region, off: start } = self.reg(base) else {
            return Ok(None);
        };
        let off = start.checked_add(off.into()).ok_or(End::Unknown)?;
        match self.memory[region].holds(off, size) {
            Some(false) if self.is_lost => Err(End::Outside),
            Some(false) => Err(End::Unknown),
            _ => Ok(Some((region, off))),
        }
    }

    fn load(&mut self, base: u8, off: i16, size: u8) -> Result<Value, End> {
        let endian = self.ground.object.endian();
        Ok(match self.place(base, off, size.into())? {
            Some((region, off)) => self.memory[region].load(off, size, endian, &mut self.choices),
            None => Value::Other,
        })
    }

    fn store(&mut self, base: u8, off: i16, size: u8, value: Value) -> Result<(), End> {
        // It may be the stack.
        let place = self.place(base, off, size.into())?;
        let (region, off) = place.ok_or(End::Unknown)?;
        let value = self.choices.narrow(value, size);
        self.memory[region].store(off, size, value);
        Ok(())
    }

    fn atomic(&mut self, insn: &Insn, op: AtomicOp, size: u8) -> Result<(), End> {
        match op {
            AtomicOp::LoadAcquire => {
                let value = self.load(insn.src, insn.off, size)?;
                self.set(insn.dst, value);
                return Ok(());
            }
            AtomicOp::StoreRelease => {
                return self.store(insn.dst, insn.off, size, self.reg(insn.src));
            }
            _ => {}
        }
        self.store(insn.dst, insn.off, size, Value::Other)?;
        match op {
            AtomicOp::Cmpxchg => self.set(0, Value::Other),
            AtomicOp::Add | AtomicOp::Or | AtomicOp::And | AtomicOp::Xor => {}
            _ => self.set(insn.src, Value::Other),
        }
        Ok(())
    }

    /// Whether a branch is taken. `None` if that depends on what is not followed.
    fn decide(&mut self, op: JumpOp, wide: bool, left: Value, right: Value) -> Option<bool> {
        match (left, right) {
            (Value::Pointer { region, .. }, Value::Pointer { region: other, .. })
                if wide && region == other =>
            {
                // The verifier learns nothing from it (`is_branch_taken`), and goes both ways.
                self.is_lost = true;
                Some(self.choices.chance(2))
            }
            (Value::Pointer { .. } | Value::Map(_), right) if wide => {
                match (op, self.choices.number(right)?) {
                    (JumpOp::Eq, 0) => Some(false),
                    (JumpOp::Ne, 0) => Some(true),
                    _ => None,
                }
            }
            (left, right) => self.choices.decide(op, wide, left, right),
        }
    }

    fn call(&mut self, at: Place, insn: &Insn, callee: Callee) -> Result<Place, End> {
        let object = self.ground.object;
        let next = after(at, 1);
        if let Some((section, start)) = object.callee(at.section, at.at, insn) {
            if self.frames.len() + 1 >= FRAMES {
                return Err(End::Unknown);
            }
            let mut saved = [Value::Other; 5];
            saved.copy_from_slice(&self.regs[6..]);
            self.frames.push(Frame { back: next, saved });
            self.regs[6..10].fill(Value::Other);
            self.regs[10] = self.add_stack();
            return Ok(Place { section, at: start });
        }
        let is_extern = object.sections()[at.section].target_at(at.at).is_some();
        if callee != Callee::Helper || is_extern {
            return Err(End::Unknown);
        }
        let effect = world::effect(insn.imm).ok_or(End::Unknown)?;
        let result = self.help(effect)?;
        self.regs[1..6].fill(Value::Other);
        self.regs[0] = result;
        Ok(next)
    }

    fn help(&mut self, effect: Effect) -> Result<Value, End> {
        let fails = self.choices.chance(6);
        Ok(match effect {
            Effect::Gives(size) => self.choices.open(size),
            Effect::Zero => Value::Number(0),
            Effect::Nothing => Value::Other,
            Effect::Succeeds if fails => FAULT,
            Effect::Succeeds => Value::Number(0),
            Effect::Fills | Effect::FillsPart => {
                let size = self.choices.number(self.reg(2)).ok_or(End::Unknown)?;
                let place = self.place(1, 0, size).map_err(|_| End::Unknown)?;
                let (region, off) = place.filter(|_| size <= LARGEST).ok_or(End::Unknown)?;
                self.memory[region].open(off, size, &mut self.choices);
                match effect {
                    _ if fails => FAULT,
                    Effect::FillsPart if size > 0 => Value::Number(self.choices.up_to(size)),
                    _ => Value::Number(0),
                }
            }
            Effect::Finds => {
                let Value::Map(map) = self.reg(1) else {
                    return Err(End::Unknown);
                };
                let object = self.ground.object;
                let map = object.map_definition(&object.maps()[map]);
                let (size, may_be_none) = world::value(&map).ok_or(End::Unknown)?;
                match may_be_none && fails {
                    true => Value::Number(0),
                    false => self.add(Region::new(Before::Open, Some(0..size))),
                }
            }
            Effect::Reserves => {
                let size = self.choices.number(self.reg(2)).ok_or(End::Unknown)?;
                let size = i64::try_from(size).map_err(|_| End::Unknown)?;
                match fails {
                    true => Value::Number(0),
                    false => self.add(Region::new(Before::Open, Some(0..size))),
                }
            }
        })
    }
}

/// The place so many instructions further on.
fn after(at: Place, slots: i64) -> Place {
    let bytes = slots * INSN_SIZE as i64;
    let to = i64::from(at.at).wrapping_add(bytes);
    Place {
        at: u32::try_from(to).unwrap_or(u32::MAX),
        ..at
    }
}

fn extended(number: u64, size: u8) -> Value {
    let unused = 64 - 8 * u32::from(size.clamp(1, 8));
    Value::Number(((number << unused).cast_signed() >> unused).cast_unsigned())
}

/// The low bits, in the reverse order of bytes if wanted.
fn swapped(value: u64, bits: u8, swap: bool) -> u64 {
    let unused = 64 - u32::from(bits.clamp(16, 64));
    let low = value << unused >> unused;
    if swap {
        low.swap_bytes() >> unused
    } else {
        low
    }
}
