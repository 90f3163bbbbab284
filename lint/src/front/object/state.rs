//! What is known about registers and stack at one place of a function.

use std::collections::BTreeMap;

use bpf_core_flow::Pointer;

/// What a register or eight bytes of the stack hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'b> {
    /// Anything.
    Unknown,
    /// A number.
    Constant(i64),
    /// One of two numbers, by the way that the program took; the smaller one first.
    Choice([i64; 2]),
    /// A number that the loader puts in, by the record of that instruction.
    Relocated(u32),
    /// The frame pointer and a number.
    Stack(i64),
    /// The context and a number.
    Context(i64),
    /// A pointer to kernel memory.
    Kernel(Pointer<'b>),
    /// What the read at that instruction returned.
    Result(u32),
}

impl<'b> Value<'b> {
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Kernel(a), Self::Kernel(b)) => Self::Kernel(a.join(b)),
            (Self::Constant(a), Self::Constant(b)) => Self::Choice([a.min(b), a.max(b)]),
            (Self::Choice(both), Self::Constant(one))
            | (Self::Constant(one), Self::Choice(both))
                if both.contains(&one) =>
            {
                Self::Choice(both)
            }
            // A null pointer is tested before it is used.
            (Self::Kernel(a), Self::Constant(0)) | (Self::Constant(0), Self::Kernel(a)) => {
                Self::Kernel(a)
            }
            _ => Self::Unknown,
        }
    }

    /// The value in another function's frame.
    fn passed(self) -> Self {
        match self {
            Self::Stack(_) | Self::Result(_) | Self::Relocated(_) => Self::Unknown,
            value => value,
        }
    }
}

/// A read into the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) start: i64,
    pub(super) end: i64,
    /// Whether a record gave the address that was read.
    pub(super) by_name: bool,
    /// Whether something looked at its result.
    pub(super) tested: bool,
    /// The first instruction that loads what was read.
    pub(super) used: Option<u32>,
}

/// Registers and stack. `r10` is not kept: it is the frame pointer everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State<'b> {
    registers: [Value<'b>; 10],
    stack: BTreeMap<i64, Value<'b>>,
    /// By instruction.
    pub(super) reads: BTreeMap<u32, Read>,
}

/// Bytes of a frame: `MAX_BPF_STACK`.
const FRAME: i64 = 512;

impl<'b> State<'b> {
    /// The state where a function starts.
    pub(super) fn entry(arguments: [Value<'b>; 5]) -> Self {
        let mut registers = [Value::Unknown; 10];
        registers[1..6].copy_from_slice(&arguments);
        Self {
            registers,
            stack: BTreeMap::new(),
            reads: BTreeMap::new(),
        }
    }

    /// How much there is to join.
    pub(super) fn size(&self) -> u64 {
        (self.stack.len() + self.reads.len()) as u64 + 1
    }

    pub(super) fn register(&self, number: u8) -> Value<'b> {
        match number {
            10 => Value::Stack(0),
            _ => *self
                .registers
                .get(usize::from(number))
                .unwrap_or(&Value::Unknown),
        }
    }

    pub(super) fn set(&mut self, number: u8, value: Value<'b>) {
        if let Some(register) = self.registers.get_mut(usize::from(number)) {
            *register = value;
        }
    }

    /// What a call leaves of the registers.
    pub(super) fn clobber(&mut self) {
        self.registers[..6].fill(Value::Unknown);
    }

    /// The arguments of a call, for the frame of another function.
    pub(super) fn arguments(&self) -> [Value<'b>; 5] {
        let [_, a, b, c, d, e, ..] = self.registers;
        [a, b, c, d, e].map(Value::passed)
    }

    pub(super) fn slot(&self, start: i64) -> Value<'b> {
        *self.stack.get(&start).unwrap_or(&Value::Unknown)
    }

    /// Puts a value of eight bytes into the stack.
    pub(super) fn put(&mut self, start: i64, value: Value<'b>) {
        self.overwrite(start, start.saturating_add(8));
        if value != Value::Unknown && (-FRAME..0).contains(&start) {
            self.stack.insert(start, value);
        }
    }

    /// Forgets what was in a part of the stack.
    pub(super) fn overwrite(&mut self, start: i64, end: i64) {
        self.stack
            .retain(|&slot, _| slot.saturating_add(8) <= start || slot >= end);
        self.reads
            .retain(|_, read| read.end <= start || read.start >= end);
    }

    /// Something looks at what a read returned.
    pub(super) fn test(&mut self, value: Value<'b>) {
        if let Value::Result(at) = value
            && let Some(read) = self.reads.get_mut(&at)
        {
            read.tested = true;
        }
    }

    /// The instruction `at` loads this part of the stack.
    pub(super) fn load(&mut self, start: i64, end: i64, at: u32) {
        for read in self.reads.values_mut() {
            if read.start < end && start < read.end {
                read.used = Some(read.used.map_or(at, |used| used.min(at)));
            }
        }
    }

    /// Takes out the reads whose result nothing has looked at, and nothing can any more, though
    /// what they read is used.
    pub(super) fn unchecked(&mut self, at_end: bool) -> Vec<(u32, Read)> {
        let registers = &self.registers;
        let mut lost = Vec::new();
        self.reads.retain(|&at, read| {
            let alive = !at_end && registers.contains(&Value::Result(at));
            let keep = read.tested || read.used.is_none() || alive;
            if !keep {
                lost.push((at, *read));
            }
            keep
        });
        lost
    }

    /// Takes in what holds on another way to the same place, and says whether that changed
    /// something.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let before = self.clone();
        let mut lost = Vec::new();
        for (mine, theirs) in self.registers.iter_mut().zip(other.registers) {
            let both = mine.join(theirs);
            // Results of two reads that are looked at in one place.
            if both != *mine || both != theirs {
                lost.extend([*mine, theirs]);
            }
            *mine = both;
        }
        self.stack = std::mem::take(&mut self.stack)
            .into_iter()
            .filter_map(|(slot, mine)| {
                let both = mine.join(*other.stack.get(&slot)?);
                (both != Value::Unknown).then_some((slot, both))
            })
            .collect();
        for (&at, theirs) in &other.reads {
            let mine = self.reads.entry(at).or_insert(*theirs);
            mine.used = mine.used.into_iter().chain(theirs.used).min();
            mine.tested |= theirs.tested || (mine.start, mine.end) != (theirs.start, theirs.end);
        }
        for value in lost {
            self.test(value);
        }
        *self != before
    }
}

/// What holds for the arguments of two calls of one function.
pub(super) fn join_arguments<'b>(mine: &mut [Value<'b>; 5], theirs: [Value<'b>; 5]) -> bool {
    let before = *mine;
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine = mine.join(theirs);
    }
    *mine != before
}

/// What holds for two results of one function.
pub(super) fn join_results<'b>(mine: &mut Option<Value<'b>>, theirs: Value<'b>) -> bool {
    let both = match *mine {
        Some(mine) => mine.join(theirs.passed()),
        None => theirs.passed(),
    };
    let changed = *mine != Some(both);
    *mine = Some(both);
    changed
}
