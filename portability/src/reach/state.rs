//! Where the verifier is, and what it knows there: the frames of all functions that are being called.

use super::relevance::{Mattering, Places, Relevance};
use super::stack::Stack;
use super::value::{Reg, Value};

/// A function that is being called.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// `r0` to `r9`.
    pub(super) regs: [Reg; 10],
    pub(super) stack: Stack,
    /// Its function, by number.
    pub(super) function: u16,
    pub(super) back: Back,
}

/// Where a function returns to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// The program ends with it.
    End,
    /// To this step, with its result.
    To(u32),
    /// To the call of the helper that has called it, which may do so again.
    Again(u32),
}

/// All frames, and the step that comes next.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) at: u32,
    /// The first is that of the program. The last one runs.
    pub(super) frames: Vec<Frame>,
}

/// More frames than the kernel takes (`MAX_CALL_FRAMES`).
pub(super) const MAX_FRAMES: usize = 8;

impl Frame {
    pub(super) fn new(function: u16, back: Back) -> Self {
        Self {
            regs: [Reg::UNKNOWN; 10],
            stack: Stack::default(),
            function,
            back,
        }
    }

    /// What is called leaves nothing in these.
    pub(super) fn clobber(&mut self) {
        self.regs[..6].fill(Reg::UNKNOWN);
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Reg> {
        let spilled = self.stack.slots_mut();
        let spilled = spilled.filter_map(|slot| slot.spilled.as_mut().map(|(reg, _)| reg));
        self.regs.iter_mut().chain(spilled)
    }
}

impl State {
    /// The frame that runs.
    pub(super) fn frame(&self) -> &Frame {
        self.frames.last().expect("a state has a frame")
    }

    pub(super) fn frame_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("a state has a frame")
    }

    pub(super) fn reg(&self, number: u8) -> Reg {
        match self.frame().regs.get(usize::from(number)) {
            Some(reg) => *reg,
            None => Reg::of(Value::Stack {
                frame: (self.frames.len() - 1) as u8,
                off: Some(0),
            }),
        }
    }

    pub(super) fn set(&mut self, number: u8, reg: Reg) {
        if let Some(place) = self.frame_mut().regs.get_mut(usize::from(number)) {
            *place = reg;
        }
    }

    /// Changes every register and spilled value.
    pub(super) fn for_each(&mut self, mut change: impl FnMut(&mut Reg)) {
        for frame in &mut self.frames {
            frame.all_mut().for_each(&mut change);
        }
    }

    /// What matters in each frame, the running one last.
    pub(super) fn mattering(&self, relevance: &Relevance) -> Vec<Mattering> {
        let above = self.frames.iter().skip(1);
        let below = above.map(|callee| match callee.back {
            Back::To(at) => relevance.below(at, callee.function, false),
            Back::Again(at) => relevance.below(at, callee.function, true),
            Back::End => Mattering::default(),
        });
        below.chain([relevance.before(self.at)]).collect()
    }

    /// Whether both are at the same step, called from the same places.
    pub(super) fn has_same_place(&self, other: &Self) -> bool {
        let mut both = self.frames.iter().zip(&other.frames);
        self.at == other.at
            && self.frames.len() == other.frames.len()
            && both.all(|(own, other)| own.back == other.back)
    }

    /// Whether all that follows from the other state follows from this one, with what matters in each frame.
    pub(super) fn covers(&self, other: &Self, mattering: &[Mattering]) -> bool {
        if !self.has_same_place(other) {
            return false;
        }
        let mut names = Names::default();
        let mut frames = self.frames.iter().zip(&other.frames).zip(mattering);
        frames.all(|((old, new), matters)| {
            let mut regs = old.regs.iter().zip(&new.regs).zip(0..);
            regs.all(|((old, new), at)| {
                let decides = matters.decides.regs >> at & 1 != 0;
                matters.live.regs >> at & 1 == 0 || names.covers(old, new, decides)
            }) && covers_stack(&old.stack, &new.stack, *matters, &mut names)
        })
    }

    /// Takes into this state what the other one may be. Gives whether it has changed.
    pub(super) fn join(&mut self, other: &Self, widen: bool) {
        for (frame, other) in self.frames.iter_mut().zip(&other.frames) {
            for (reg, other) in frame.regs.iter_mut().zip(&other.regs) {
                if reg.value != other.value {
                    *reg = if widen { Reg::UNKNOWN } else { reg.join(other) };
                }
            }
            frame.stack.join(&other.stack, widen);
        }
    }

    /// Forgets what no branch and no pointer needs any more.
    pub(super) fn trim(&mut self, mattering: &[Mattering]) {
        for (frame, matters) in self.frames.iter_mut().zip(mattering) {
            let Places { regs, slots } = matters.live;
            for (at, reg) in frame.regs.iter_mut().enumerate() {
                if regs >> at & 1 == 0 {
                    *reg = Reg::UNKNOWN;
                }
            }
            frame.stack.retain(slots);
        }
        self.unlink();
    }

    /// A number that is the only one with its link is a copy of none.
    fn unlink(&mut self) {
        let mut links: Vec<u32> = Vec::new();
        self.for_each(|reg| {
            if let Value::Scalar { link, .. } = reg.value
                && link != 0
            {
                links.push(link);
            }
        });
        if links.is_empty() {
            return;
        }
        let is_alone = |link: u32| links.iter().filter(|other| **other == link).count() == 1;
        self.for_each(|reg| {
            if let Value::Scalar { link, .. } = &mut reg.value
                && *link != 0
                && is_alone(*link)
            {
                *link = 0;
            }
        });
    }
}

fn covers_stack(old: &Stack, new: &Stack, matters: Mattering, names: &mut Names) -> bool {
    old.slots().all(|(number, slot)| {
        if matters.live.slots >> number & 1 == 0 {
            return true;
        }
        let decides = matters.decides.slots >> number & 1 != 0;
        let other = new.slot(number);
        if decides && !slot.zeros_hold_for(other) {
            return false;
        }
        match (slot.spilled, other.and_then(|other| other.spilled)) {
            (None, _) => true,
            (Some((old, size)), Some((new, other))) if size == other => {
                names.covers(&old, &new, decides)
            }
            (Some((old, _)), _) => !decides && !old.value.is_pointer(),
        }
    })
}

/// Which number of the new state stands for which of the old (`check_ids` of the kernel).
#[derive(Default)]
struct Names {
    pairs: Vec<(u32, u32)>,
}

impl Names {
    fn same(&mut self, old: u32, new: u32) -> bool {
        match self.pairs.iter().find(|(known, _)| *known == old) {
            Some((_, known)) => *known == new,
            None => {
                self.pairs.push((old, new));
                true
            }
        }
    }

    fn covers(&mut self, old: &Reg, new: &Reg, decides: bool) -> bool {
        match (old.value, new.value) {
            (
                Value::Scalar { number: a, link },
                Value::Scalar {
                    number: b,
                    link: other,
                },
            ) => {
                let is_known = a != super::scalar::Scalar::UNKNOWN || link != 0;
                !decides
                    || !is_known
                    || a.covers(&b)
                        && (link == 0 || other != 0 && self.same(link, other))
                        && (old.origin.is_offset || !new.origin.is_offset)
            }
            (Value::MaybeNull { id: a }, Value::MaybeNull { id: b }) => self.same(a, b),
            // Nothing follows from an unknown number that does not follow from a pointer.
            (Value::Scalar { number, .. }, new) => {
                !decides || number == super::scalar::Scalar::UNKNOWN && new != Value::Kernel
            }
            (old, new) => old == new,
        }
    }
}
