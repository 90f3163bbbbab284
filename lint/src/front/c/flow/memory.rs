//! Follows values through variables and memory, and notes uses of addresses.

use std::rc::Rc;

use bpf_core_catalogue::Form;
use bpf_core_kernel_facts::{Context, Program, context};

use super::super::directives;
use super::value::{Argument, Place, Value};
use super::{Flow, Use};
use crate::front::c::tree::{Kind, Node, Ty};
use crate::front::c::view::{Access, How, Needed, Origin, Record, SourceKind, Trust};
use crate::known::{Layout, Question};
use crate::span::Span;

/// A place that an expression names.
pub(super) enum Lvalue {
    /// A variable of the program, or a part of it.
    Place(Place),
    Memory(Box<Memory>),
}

/// Memory behind a pointer.
pub(super) struct Memory {
    pub(super) pointer: Value,
    /// The struct that the pointer points to.
    pub(super) record: Option<Rc<Record>>,
    pub(super) path: String,
    /// What the last member is.
    form: Form,
    bits: bool,
    /// The byte of the struct that the last member begins at.
    byte: Option<u32>,
    /// The index of the element, if it is a known one.
    index: Option<i64>,
    span: Span,
    from: Option<Rc<str>>,
}

impl<'t> Flow<'t, '_> {
    /// The place that `node` names. Pointers on the way are loaded.
    pub(super) fn lvalue(&mut self, node: &'t Node) -> Lvalue {
        match &node.kind {
            Kind::Variable(id) => {
                if self.is_last && self.local.guards.is_empty() {
                    self.plain.insert(*id);
                }
                Lvalue::Place(Place::whole(*id))
            }
            Kind::Member {
                base,
                field,
                arrow: false,
                bits,
                byte,
            } => match self.lvalue(base) {
                Lvalue::Place(place) => {
                    self.need_member(base.ty.record(), field, &node.span);
                    Lvalue::Place(place.field(field))
                }
                Lvalue::Memory(memory) => {
                    Lvalue::Memory(Box::new(memory.field(field, (*bits, *byte), node)))
                }
            },
            Kind::Member {
                base,
                field,
                arrow: true,
                bits,
                byte,
            } => {
                let pointer = self.eval(base, Use::Address);
                if let Some(place) = &pointer.place {
                    self.need_member(base.ty.pointee().and_then(Ty::record), field, &node.span);
                    return Lvalue::Place(place.field(field));
                }
                let record = base.ty.pointee().and_then(Ty::record).cloned();
                let memory = Memory::behind(pointer, record, node);
                Lvalue::Memory(Box::new(memory.field(field, (*bits, *byte), node)))
            }
            Kind::Index(base, index) => {
                let number = self.eval(index, Use::Value).number;
                let index = number.as_ref().map(|number| number.value);
                if matches!(base.ty, Ty::Array(_)) {
                    let mut lvalue = self.lvalue(base);
                    if let Lvalue::Memory(memory) = &mut lvalue {
                        memory.index = index;
                    }
                    return lvalue;
                }
                let pointer = self.eval(base, Use::Address);
                if let Some(place) = &pointer.place {
                    return Lvalue::Place(place.clone());
                }
                let pointer = self.sum(pointer, number, &base.ty, 1, node);
                let mut memory = Memory::behind(pointer, None, node);
                memory.index = index;
                Lvalue::Memory(Box::new(memory))
            }
            Kind::Deref(inner) => {
                let pointer = self.eval(inner, Use::Address);
                match &pointer.place {
                    Some(place) => Lvalue::Place(place.clone()),
                    None => {
                        let record = inner.ty.pointee().and_then(Ty::record).cloned();
                        Lvalue::Memory(Box::new(Memory::behind(pointer, record, node)))
                    }
                }
            }
            _ => {
                // A value without an address, such as the result of a function.
                let value = self.eval(node, Use::Value);
                Lvalue::Memory(Box::new(Memory::behind(
                    Value {
                        origin: Origin::Own,
                        ..value
                    },
                    None,
                    node,
                )))
            }
        }
    }

    /// Notes a member of a variable: the compiler relocates it as it does behind a pointer.
    fn need_member(&mut self, record: Option<&Rc<Record>>, field: &Rc<str>, span: &Span) {
        let record = record.filter(|record| record.relocated && record.is_kernel());
        if let Some(record) = record.filter(|_| self.is_last && !field.is_empty()) {
            let what = Question::Field(Rc::clone(&record.name), field.to_string(), None);
            self.view.needed.push(Needed {
                span: span.clone(),
                what: Rc::new(what),
                guards: self.local.guards.clone(),
            });
        }
    }

    /// The address of a place.
    pub(super) fn address(&mut self, lvalue: Lvalue) -> Value {
        match lvalue {
            Lvalue::Place(place) => Value {
                origin: Origin::Own,
                place: Some(place),
                ..Value::default()
            },
            Lvalue::Memory(memory) => {
                self.access(&memory, How::Address);
                memory.pointer
            }
        }
    }

    /// The value in a place.
    pub(super) fn load(&mut self, lvalue: Lvalue, node: &'t Node, wanted: Use) -> Value {
        // Arrays decay to their address.
        if matches!(node.ty, Ty::Array(_)) {
            return match lvalue {
                Lvalue::Memory(memory) if memory.pointer.origin == Origin::Context => {
                    self.load_memory(&memory, node)
                }
                lvalue => self.address(lvalue),
            };
        }
        match lvalue {
            Lvalue::Place(place) => self.load_place(&place, node, wanted),
            Lvalue::Memory(memory) => self.load_memory(&memory, node),
        }
    }

    fn load_place(&mut self, place: &Place, node: &'t Node, wanted: Use) -> Value {
        let variable = &self.tree.variables[place.variable];
        self.local.taken.remove(&place.variable);
        if let Some(value) = variable.value.filter(|_| place.path.is_empty()) {
            return Value::number(value, Some(Rc::clone(&variable.name)));
        }
        let known = self.local.env.get(place).cloned().or_else(|| {
            // A member of a variable that was filled as a whole.
            let outer = self
                .local
                .env
                .iter()
                .find(|(one, _)| one.covers(place) && *one != place);
            outer.map(|(_, value)| Value {
                zero: value.zero,
                unchecked: value.unchecked,
                ..Value::default()
            })
        });
        let value = known.unwrap_or_default();
        if let Some(index) = value.unchecked {
            let is_pointer = node.ty.is_pointer();
            let harmless = is_pointer && matches!(wanted, Use::Condition | Use::Address);
            if harmless && let Some(read) = self.local.pending.get_mut(index) {
                read.buffer.is_covered = true;
            }
            if !harmless && wanted != Use::Nothing {
                self.use_buffer(index, &node.span);
            } else if wanted == Use::Condition {
                // A failed read leaves null, so a null check is a check of the read.
                let checked = self.local.env.get_mut(place);
                checked.into_iter().for_each(|value| value.unchecked = None);
            }
        }
        value
    }

    pub(super) fn use_buffer(&mut self, index: usize, span: &Span) {
        if let Some(pending) = self.local.pending.get_mut(index) {
            pending.buffer.used.get_or_insert(span.clone());
        }
    }

    fn load_memory(&mut self, memory: &Memory, node: &'t Node) -> Value {
        self.access(memory, How::Load);
        let source = memory.pointer.source.clone();
        match memory.pointer.origin {
            Origin::Context => self.load_context(memory, node),
            Origin::Kernel(trust) => Value {
                origin: match (trust, node.ty.is_pointer()) {
                    (_, false) => Origin::Unknown,
                    // The verifier knows the type of a pointer that is loaded through a typed one.
                    (Trust::Yes, true) => Origin::Kernel(Trust::Yes),
                    (Trust::Unknown, true) => Origin::Unknown,
                    (Trust::No, true) => Origin::Register,
                },
                source,
                ..Value::default()
            },
            _ => Value::default(),
        }
    }

    /// Notes a use of an address.
    fn access(&mut self, memory: &Memory, how: How) {
        if memory.pointer.origin == Origin::Own {
            let path = memory.path.as_str().into();
            self.need_member(memory.record.as_ref(), &path, &memory.span);
        }
        let is_sum = how != How::Address && self.adds(&memory.pointer);
        if is_sum || !self.is_last || memory.pointer.origin == Origin::Own {
            return;
        }
        // In the argument of another macro, only the text tells `PT_REGS_PARM1(ctx)` from `ctx->di`.
        let record = memory.record.as_ref().map_or("", |one| one.essential());
        let word = context::is_registers(record).then(|| self.tree.word(&memory.span));
        let word = word.flatten().filter(|word| word.starts_with("PT_REGS_"));
        let from = word.map(Rc::from).or_else(|| memory.from.clone());
        self.view.accesses.push(Access {
            span: memory.span.clone(),
            function: self.local.index,
            pointer: memory.pointer.pointer(),
            record: memory.record.clone(),
            path: memory.path.clone(),
            form: memory.form.clone(),
            is_bit_field: memory.bits,
            how,
            relocated: self.local.relocated,
            from,
            target: self.local.target.clone(),
            guards: self.local.guards.clone(),
            is_dead: false,
            byte: memory.byte,
            layout: Layout::default(),
            leads_to: None,
        });
    }

    /// Whether an address is the sum of two parameters. The constant is then a fact about the
    /// callers.
    pub(super) fn adds(&mut self, pointer: &Value) -> bool {
        let Some(sum) = pointer.sum else {
            return false;
        };
        let adds = &mut self.summaries[self.local.index].adds;
        if !adds.contains(&sum) {
            adds.push(sum);
        }
        true
    }

    fn load_context(&mut self, memory: &Memory, node: &'t Node) -> Value {
        let section = self.local.section.clone().unwrap_or_default();
        let program = Program::of_section(&section);
        let on_system_call = program.is_some_and(|program| program.is_on_system_call());
        let record = memory.record.as_ref().map_or("", |record| &record.name);
        let is_typed = node.ty.is_pointer() || memory.record.is_none();
        let origin = match self.local.context {
            Some(Context::Record) if on_system_call => Origin::User,
            Some(Context::UserRegisters) => Origin::User,
            Some(Context::Record | Context::Numbers | Context::Registers) => Origin::Register,
            Some(_) if context::is_own_memory(record, &memory.path) => Origin::Own,
            Some(context) if context.is_typed() && is_typed => Origin::Kernel(Trust::Yes),
            Some(_) => Origin::Own,
            None => Origin::Unknown,
        };
        Value {
            arguments: self.argument_at(memory).into_iter().collect(),
            ..Value::from(origin, SourceKind::Context(section), &memory.span)
        }
    }

    /// The argument that is read from the context: `PT_REGS_PARM2(ctx)`, `ctx[1]`, `ctx->args[1]`.
    fn argument_at(&self, memory: &Memory) -> Option<Rc<Argument>> {
        let from = memory.from.as_deref().unwrap_or_default();
        let number = match self.local.context.or(self.local.passed)? {
            Context::Registers => {
                let number = from.strip_prefix("PT_REGS_PARM")?;
                number.parse::<usize>().ok()?.checked_sub(1)?
            }
            Context::Numbers | Context::Typed if matches!(&*memory.path, "" | "args") => {
                usize::try_from(memory.index?).ok()?
            }
            _ => return None,
        };
        let name = match self.tree.text(&memory.span) {
            Some(text) => text.into(),
            None => from.into(),
        };
        let mut guards = self.local.guards.clone();
        if let Some(source) = self.tree.source(&memory.span) {
            guards.extend(directives::around(source, memory.span.range().start));
        }
        Some(Rc::new(Argument {
            number,
            name,
            guards,
        }))
    }

    pub(super) fn store(&mut self, lvalue: Lvalue, value: Value) {
        match lvalue {
            Lvalue::Place(place) => {
                self.local.env.retain(|one, _| !place.covers(one));
                self.local.env.insert(place, value);
            }
            Lvalue::Memory(memory) => self.access(&memory, How::Store),
        }
    }
}

impl Memory {
    fn behind(pointer: Value, record: Option<Rc<Record>>, node: &Node) -> Self {
        Self {
            pointer,
            record,
            path: String::new(),
            form: Form::Other,
            bits: false,
            byte: Some(0),
            index: None,
            span: node.span.clone(),
            from: node.from.clone(),
        }
    }

    fn field(mut self, name: &str, (bits, byte): (bool, Option<u32>), node: &Node) -> Self {
        if !name.is_empty() {
            if !self.path.is_empty() {
                self.path.push('.');
            }
            self.path.push_str(name);
            self.form = node.ty.form();
        }
        self.bits = bits;
        self.byte = self.byte.zip(byte).map(|(outer, inner)| outer + inner);
        self.span = node.span.clone();
        self.from = node.from.clone();
        self
    }
}
