//! Variables and memory: what is loaded, stored, and pointed to.

use std::rc::Rc;

use bpf_core_kernel_facts::syscall::{self, Entry};
use bpf_core_kernel_facts::{Context, Program, context, types};

use super::value::{Origin, Place, Trust, Value};
use super::{Flow, Use, is_frozen, is_kernel};
use crate::front::c::tree::{Kind, Node, Record, Ty, Variable};
use crate::front::c::view::{
    self, Binding, BitField, ContextUse, Deref, Offset, Registers, RegistersUse, Source,
};
use crate::span::Span;

/// Something that has an address.
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
    bits: bool,
    span: Span,
    from: Option<Rc<str>>,
}

impl<'t> Flow<'t, '_> {
    /// Where `node` is. Pointers on the way are followed, the last one is not.
    pub(super) fn lvalue(&mut self, node: &'t Node) -> Lvalue {
        match &node.kind {
            Kind::Variable(id) => Lvalue::Place(Place::whole(*id)),
            Kind::Member {
                base,
                field,
                arrow: false,
                bits,
            } => match self.lvalue(base) {
                Lvalue::Place(place) => Lvalue::Place(place.field(field)),
                Lvalue::Memory(memory) => {
                    Lvalue::Memory(Box::new(memory.field(field, *bits, node)))
                }
            },
            Kind::Member {
                base,
                field,
                arrow: true,
                bits,
            } => {
                let pointer = self.eval(base, Use::Address);
                if let Some(place) = &pointer.place {
                    return Lvalue::Place(place.field(field));
                }
                let record = base.ty.pointee().and_then(Ty::record).cloned();
                let memory = Memory::behind(pointer, record, node);
                Lvalue::Memory(Box::new(memory.field(field, *bits, node)))
            }
            Kind::Index(base, index) => {
                let number = self.eval(index, Use::Value).number;
                if matches!(base.ty, Ty::Array(_)) {
                    return self.lvalue(base);
                }
                let pointer = self.eval(base, Use::Address);
                if let Some(place) = &pointer.place {
                    return Lvalue::Place(place.clone());
                }
                let pointer = self.sum(pointer, number, &base.ty, 1, node);
                Lvalue::Memory(Box::new(Memory::behind(pointer, None, node)))
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
                // A value without an address, such as what a function returns.
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

    /// The address of it.
    pub(super) fn address(&mut self, lvalue: Lvalue) -> Value {
        match lvalue {
            Lvalue::Place(place) => Value {
                origin: Origin::Own,
                place: Some(place),
                ..Value::default()
            },
            Lvalue::Memory(memory) => {
                self.note_binding(&memory);
                memory.pointer
            }
        }
    }

    /// What is in it.
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
        if let Some(value) = variable.value.filter(|_| place.path.is_empty()) {
            return Value::number(value, Some(Rc::clone(&variable.name)));
        }
        let known = self.local.env.get(place).cloned().or_else(|| {
            // A part of something that was filled as a whole.
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
                read.is_covered = true;
            }
            if !harmless && wanted != Use::Nothing {
                self.use_buffer(index, &node.span);
            } else if wanted == Use::Condition {
                // Null is what a failed read leaves.
                let checked = self.local.env.get_mut(place);
                checked.into_iter().for_each(|value| value.unchecked = None);
            }
        }
        value
    }

    pub(super) fn use_buffer(&mut self, index: usize, span: &Span) {
        if let Some(pending) = self.local.pending.get_mut(index) {
            pending.used.get_or_insert(span.clone());
        }
    }

    fn load_memory(&mut self, memory: &Memory, node: &'t Node) -> Value {
        self.follow_pointer(memory);
        self.note_binding(memory);
        let source = memory.pointer.source.clone();
        match memory.pointer.origin {
            Origin::Context => self.load_context(memory, node),
            Origin::Kernel(trust) => Value {
                origin: match (trust, node.ty.is_pointer()) {
                    (_, false) => Origin::Unknown,
                    // A hop from a pointer that the verifier knows is one that it knows.
                    (Trust::Yes, true) => Origin::Kernel(Trust::Yes),
                    (_, true) => Origin::Register,
                },
                source,
                ..Value::default()
            },
            _ => Value::default(),
        }
    }

    /// Notes what is wrong with going to where `pointer` points.
    pub(super) fn follow_pointer(&mut self, memory: &Memory) {
        let pointer = &memory.pointer;
        if self.follow_sum(pointer, memory.record.as_ref()) || !self.is_last {
            return;
        }
        let name = memory.record.as_ref().map_or("", |record| &record.name);
        let is_regs = matches!(name, "pt_regs" | "user_pt_regs");
        if is_regs && matches!(pointer.origin, Origin::Register | Origin::Kernel(Trust::No)) {
            if let Some(program) = Program::of_section(self.section())
                && syscall::entry(program.name()) == Some(Entry::Registers)
            {
                let function = program.name().to_owned();
                let macro_name = memory.from.as_deref().unwrap_or("the register");
                self.view.registers.push(Registers {
                    span: memory.span.clone(),
                    function,
                    how: RegistersUse::Inner(macro_name.to_owned()),
                });
                return;
            }
        }
        if pointer.origin == Origin::Kernel(Trust::No) && !is_frozen_only(memory) {
            self.view.derefs.push(Deref {
                span: memory.span.clone(),
                record: name.to_owned(),
                field: memory.path.clone(),
                source: pointer.source.as_deref().cloned(),
            });
        }
        if let Some(record) = &memory.record
            && memory.bits
            && is_kernel(record)
            && record.relocated
            && !self.local.relocated
            && matches!(pointer.origin, Origin::Kernel(_))
        {
            self.view.bit_fields.push(BitField {
                span: memory.span.clone(),
                record: record.name.to_string(),
                field: memory
                    .path
                    .rsplit('.')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            });
        }
    }

    /// Notes a constant in an address. Whether there is one.
    pub(super) fn follow_sum(&mut self, pointer: &Value, record: Option<&Rc<Record>>) -> bool {
        let Some(added) = pointer
            .added
            .clone()
            .filter(|added| added.bytes != 0 || added.params.is_some())
        else {
            return false;
        };
        if let Some((base, by)) = added.params {
            let adds = &mut self.summaries[self.local.index].adds;
            if !adds.iter().any(|(a, b, _)| (*a, *b) == (base, by)) {
                adds.push((base, by, added.span.clone()));
            }
            return true;
        }
        if !self.is_last {
            return false;
        }
        match pointer.origin {
            Origin::Kernel(_) => {
                let offset = Offset {
                    span: added.span.clone(),
                    bytes: added.bytes,
                    constant: added.constant.as_deref().map(str::to_owned),
                    record: record
                        .filter(|record| is_kernel(record))
                        .map(|one| one.name.to_string()),
                    source: pointer.source.as_deref().cloned(),
                    target: self.local.target.as_deref().map(str::to_owned),
                };
                self.view.offsets.push(offset);
                true
            }
            Origin::Context if self.local.context == Some(Context::Record) => {
                let context = view::Context {
                    span: added.span.clone(),
                    section: self.section().to_owned(),
                    how: ContextUse::Bytes(added.bytes),
                };
                self.view.contexts.push(context);
                true
            }
            _ => false,
        }
    }

    fn note_binding(&mut self, memory: &Memory) {
        let Some(record) = memory.record.as_ref().filter(|record| is_frozen(record)) else {
            return;
        };
        let foreign = !matches!(memory.pointer.origin, Origin::Own | Origin::User);
        if self.is_last && foreign && !self.local.relocated && !memory.path.is_empty() {
            self.view.bindings.push(Binding {
                span: memory.span.clone(),
                record: record.name.to_string(),
                field: memory.path.trim_start_matches('.').to_owned(),
                declared: record.declared.clone(),
                is_offset: false,
                by_name: None,
            });
        }
    }

    fn load_context(&mut self, memory: &Memory, node: &'t Node) -> Value {
        let section = self.section().to_owned();
        let program = Program::of_section(&section);
        let on_system_call = program.is_some_and(|program| program.is_on_system_call());
        let what = format!("the context of `{section}`");
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
        let outer = memory
            .from
            .as_deref()
            .filter(|name| name.starts_with("PT_REGS_PARM") && !name.starts_with("PT_REGS_PARM1"));
        if let Some(name) = outer
            && self.is_last
            && on_system_call
            && let Some(program) = program.filter(Program::is_on_wrapper)
        {
            self.view.registers.push(Registers {
                span: memory.span.clone(),
                function: program.name().to_owned(),
                how: RegistersUse::Outer(name.to_owned()),
            });
        }
        Value::from(origin, what, &memory.span)
    }

    /// Notes a context that is declared by hand.
    pub(super) fn context_type(&mut self, section: &str, context: Context, param: &Variable) {
        let Some(record) = param.ty.pointee().and_then(Ty::record) else {
            return;
        };
        // A type that is not there at all has no layout: `vmlinux.h` lacks it.
        let by_hand = record.declared.is_some() && !record.relocated;
        let fixed = types::is_uapi(&record.name) && &*record.name != "pt_regs";
        let laid_out = matches!(context, Context::Record | Context::Registers);
        if by_hand && laid_out && !fixed {
            self.view.contexts.push(view::Context {
                span: param.span.clone(),
                section: section.to_owned(),
                how: ContextUse::Record {
                    name: record.name.to_string(),
                    declared: record.declared.clone(),
                },
            });
        }
    }

    /// Notes an argument of a system call where its wrapper has none.
    pub(super) fn wrapper_parameter(
        &mut self,
        section: &str,
        param: &Variable,
        record: Option<&Rc<Record>>,
    ) {
        if record.is_none_or(|record| &*record.name != "pt_regs") {
            self.view.registers.push(Registers {
                span: param.span.clone(),
                function: Program::of_section(section)
                    .map_or(section, |one| one.name())
                    .to_owned(),
                how: RegistersUse::Parameter(param.name.to_string()),
            });
        }
    }

    pub(super) fn store(&mut self, lvalue: Lvalue, value: Value) {
        match lvalue {
            Lvalue::Place(place) => {
                self.local.env.retain(|one, _| !place.covers(one));
                self.local.env.insert(place, value);
            }
            Lvalue::Memory(memory) => self.follow_pointer(&memory),
        }
    }
}

impl Memory {
    fn behind(pointer: Value, record: Option<Rc<Record>>, node: &Node) -> Self {
        Self {
            pointer,
            record,
            path: String::new(),
            bits: false,
            span: node.span.clone(),
            from: node.from.clone(),
        }
    }

    fn field(mut self, name: &str, bits: bool, node: &Node) -> Self {
        if !name.is_empty() {
            if !self.path.is_empty() {
                self.path.push('.');
            }
            self.path.push_str(name);
        }
        self.bits = bits;
        self.span = node.span.clone();
        self.from = node.from.clone();
        self
    }
}

/// Whether what is wrong is told by `frozen-binding`: a layout of the time of compilation.
fn is_frozen_only(memory: &Memory) -> bool {
    memory
        .record
        .as_ref()
        .is_some_and(|record| is_frozen(record))
        && memory.path.is_empty()
}

/// Where a value comes from, in words.
pub(super) fn source(what: &str, span: &Span) -> Rc<Source> {
    Rc::new(Source {
        what: what.to_owned(),
        span: span.clone(),
    })
}
