//! Notes reads of memory, by helpers and by libbpf's macros, and follows what they fill.

use std::rc::Rc;

use bpf_core_catalogue::Form;
use bpf_core_kernel_facts::context::is_registers;
use bpf_core_kernel_facts::enumerators::enum_of_elements;
use bpf_core_kernel_facts::{Context, Program, fields};

use super::value::Value;
use super::{Flow, Pending, Use};
use crate::front::c::tree::{Kind, MacroRead, Node, Ty};
use crate::front::c::view::{
    Access, Element, Hop, How, Ignored, MemberCopy, Origin, Read, Record, SizeUse, Source,
    SourceKind, Zero,
};
use crate::front::facts::{SizeFor, Space};
use crate::known::Layout;

/// The memory that a helper reads. `None` for a helper that reads none.
fn space(name: &str) -> Option<Space> {
    // Before libbpf, projects declared the helpers themselves.
    let name = name.strip_prefix("bpf_").unwrap_or(name);
    if name.starts_with("copy_from_user") {
        return Some(Space::User);
    }
    let rest = name.strip_prefix("probe_read")?;
    match rest {
        _ if rest.starts_with("_kernel") => Some(Space::Kernel),
        _ if rest.starts_with("_user") => Some(Space::User),
        "" | "_str" => Some(Space::Either),
        _ => None,
    }
}

impl<'t> Flow<'t, '_> {
    /// Follows a call of a helper that reads. Its arguments are the target, the size and the
    /// source.
    pub(super) fn read_call(
        &mut self,
        node: &'t Node,
        name: &str,
        args: &'t [Node],
        wanted: Use,
    ) -> Option<Value> {
        let space = space(name)?;
        let [to, size, from, ..] = args else {
            return None;
        };
        self.eval(size, Use::Value);
        let name = match &node.from {
            Some(outer) if outer.starts_with("bpf_core_read") => Rc::clone(outer),
            _ => name.into(),
        };
        let before = self.view.accesses.len();
        let pointer = self.source_of(to, from);
        self.size_of_read(size, to);
        let value = self.read_value(&pointer, to, from, space);
        // Reads of the program's own memory do not fail.
        let wanted = match pointer.origin {
            Origin::Own | Origin::Context => Use::Value,
            _ => wanted,
        };
        let hop = Hop {
            record: root_record(from),
            path: field(from).map(|(_, path)| path).unwrap_or_default(),
            form: form_of(from),
            lacking: None,
            is_copy: false,
        };
        let read = self.is_last.then(|| Read {
            span: node.span.clone(),
            name,
            space,
            source: self.source(&pointer, from, pointee(from)),
            hops: vec![hop],
            relocated: is_relocated(from),
            copies: self.copies(node, before, args),
            ignored: None,
            zero: None,
            returns: None,
        });
        let read = self.note(read);
        self.fill(read, node, to, value, wanted);
        Some(Value {
            error: read,
            ..Value::default()
        })
    }

    fn note(&mut self, read: Option<Read>) -> Option<usize> {
        self.view.reads.push(read?);
        Some(self.view.reads.len() - 1)
    }

    /// Notes the address that a read starts from.
    fn source(&mut self, pointer: &Value, from: &Node, record: Option<Rc<Record>>) -> usize {
        self.view.accesses.push(Access {
            span: from.span.clone(),
            function: self.local.index,
            pointer: pointer.pointer(),
            record,
            path: String::new(),
            form: Form::Other,
            is_bit_field: false,
            how: How::Read,
            relocated: self.local.relocated,
            from: spelled(from).cloned(),
            target: self.local.target.clone(),
            guards: self.local.guards.clone(),
            is_dead: false,
            byte: None,
            layout: Layout::default(),
            leads_to: None,
        });
        self.view.accesses.len() - 1
    }

    /// The pointer that a read starts from. The target tells what the value is for.
    fn source_of(&mut self, to: &'t Node, from: &'t Node) -> Value {
        let target = match &to.bare().kind {
            Kind::AddressOf(inner) => match &inner.kind {
                Kind::Variable(id) => Some(Rc::clone(self.name(*id))),
                Kind::Member { field, .. } => Some(Rc::clone(field)),
                _ => None,
            },
            _ => None,
        };
        let before = std::mem::replace(&mut self.local.target, target);
        let pointer = self.eval(from, Use::Address);
        self.adds(&pointer);
        if let Some(zero) = pointer.zero.and_then(|index| self.zeros.get_mut(index)) {
            zero.is_covered = true;
        }
        self.local.target = before;
        pointer
    }

    /// What is known about the value that a helper reads.
    fn read_value(&self, pointer: &Value, to: &Node, from: &Node, space: Space) -> Value {
        let takes_pointer = to.bare().ty.pointee().is_some_and(Ty::is_pointer);
        let user = match &from.bare().kind {
            Kind::AddressOf(inner) => match (&inner.kind, root_record(from)) {
                (Kind::Member { field, .. }, Some(record)) => {
                    fields::is_user_address(&record.name, field)
                }
                _ => false,
            },
            _ => false,
        };
        Value {
            origin: match space {
                _ if user => Origin::User,
                Space::User if takes_pointer => Origin::User,
                Space::User => Origin::Unknown,
                _ => Origin::Register,
            },
            source: pointer.source.clone(),
            ..Value::default()
        }
    }

    /// Fills a buffer, and notes it if nothing looks at the result of the read.
    fn fill(
        &mut self,
        read: Option<usize>,
        node: &Node,
        to: &'t Node,
        mut value: Value,
        wanted: Use,
    ) {
        let target = self.eval(to, Use::Nothing);
        if wanted == Use::Nothing {
            if matches!(to.bare().ty.pointee(), Some(Ty::Int(_) | Ty::Enum(_))) {
                value.zero = Some(self.zero_of(read, node));
            }
            value.unchecked = Some(self.local.pending.len());
            let buffer = Ignored {
                buffer: self.words(to),
                used: None,
                is_covered: false,
            };
            self.local.pending.push(Pending { read, buffer });
        }
        if let Some(place) = target.place {
            self.local.env.retain(|one, _| !place.covers(one));
            self.local.env.insert(place, value);
        }
    }

    /// The name of a buffer in the source.
    fn words(&self, to: &Node) -> Option<String> {
        match &to.bare().kind {
            Kind::AddressOf(inner) => self.words(inner),
            Kind::Variable(id) => Some(self.name(*id).to_string()),
            Kind::Member {
                base, field, arrow, ..
            } => Some(match self.words(base).unwrap_or_default() {
                outer if outer.is_empty() || field.is_empty() => field.to_string(),
                outer if *arrow => format!("{outer}->{field}"),
                outer => format!("{outer}.{field}"),
            }),
            Kind::Index(base, _) => self.words(base),
            _ => None,
        }
    }

    /// Follows one of libbpf's reading macros.
    pub(super) fn macro_read(&mut self, node: &'t Node, read: &'t MacroRead, wanted: Use) -> Value {
        for index in &read.indexes {
            let value = self.eval(index, Use::Value);
            self.element(read, index, &value);
        }
        let before = std::mem::replace(&mut self.local.relocated, read.is_relocated());
        let pointer = self.eval(&read.source, Use::Address);
        self.adds(&pointer);
        self.local.relocated = before;
        let mut value = self.macro_value(read, &pointer);
        let record = read.hops.first().and_then(|hop| hop.record.clone());
        let noted = self.is_last.then(|| Read {
            span: node.span.clone(),
            name: Rc::clone(&read.name),
            space: match &read.name {
                _ if read.is_user() => Space::User,
                name if name.starts_with("BPF_PROBE") => Space::Either,
                _ => Space::Kernel,
            },
            source: self.source(&pointer, &read.source, record),
            hops: read.hops.clone(),
            relocated: read.is_relocated(),
            copies: None,
            ignored: None,
            zero: None,
            returns: None,
        });
        // `PT_REGS_PARM1_CORE(ctx)` is told from `BPF_CORE_READ(ctx, di)`, which it is made of.
        if let Some(noted) = &noted {
            let text = self.tree.text(&node.span).unwrap_or_default();
            let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
            let word = &text[..end.unwrap_or(text.len())];
            self.view.accesses[noted.source].from = Some(word.into());
        }
        let noted = self.note(noted);
        if let Some(into) = &read.into {
            self.fill(noted, node, into, value, wanted);
            return Value {
                error: noted,
                ..Value::default()
            };
        }
        // Reads of the context and of the program's own memory do not fail.
        let fails = read.hops.len() > 1 || !matches!(pointer.origin, Origin::Context | Origin::Own);
        if fails && matches!(node.ty, Ty::Int(_) | Ty::Enum(_)) {
            value.zero = Some(self.zero_of(noted, node));
        }
        value
    }

    /// Notes an element that is taken by a plain number, of an array that an enum counts.
    fn element(&mut self, read: &MacroRead, index: &Node, value: &Value) {
        let arrays = read.hops.iter().filter_map(|hop| {
            let field = hop.path.rsplit('.').next()?;
            let of = enum_of_elements(hop.record.as_ref()?.essential(), field)?;
            Some((field.to_owned(), of))
        });
        let is_name = matches!(index.bare().kind, Kind::Enumerator { .. });
        let number = value.number.as_ref().map(|number| number.value);
        if let (true, false, 1, Some(number)) = (self.is_last, is_name, read.indexes.len(), number)
            && let Some((array, of)) = arrays.into_iter().next()
        {
            self.view.elements.push(Element {
                span: index.span.clone(),
                number,
                array,
                of,
            });
        }
    }

    fn macro_value(&self, read: &MacroRead, pointer: &Value) -> Value {
        // The macro reads into a variable of its own. Its value, an array, becomes that variable's address.
        if read.is_array {
            return Value::of(Origin::Own);
        }
        let last = read.hops.last().and_then(|hop| hop.record.as_ref());
        let record = last.map_or("", |record| &record.name);
        let is_regs = is_registers(record);
        let program = Program::of_section(self.section());
        let entry = program.is_some_and(|program| program.is_on_system_call());
        let uprobe = self.local.context == Some(Context::UserRegisters);
        let is_user = (is_regs && (entry || uprobe))
            || fields::is_user_address(record, read.last_field())
            || read.is_user();
        if !is_user {
            return Value {
                source: pointer.source.clone(),
                ..Value::of(Origin::Register)
            };
        }
        let what = SourceKind::Member(read.last_field().to_owned(), record.into());
        let span = read.source.span.clone();
        Value {
            source: Some(Rc::new(Source { what, span })),
            ..Value::of(Origin::User)
        }
    }

    /// The index of a read in `zeros`. Later rounds find the same one.
    fn zero_of(&mut self, read: Option<usize>, node: &Node) -> usize {
        let zeros = &mut self.zeros;
        let index = *self.zero_of.entry(node.span.clone()).or_insert_with(|| {
            zeros.push(Zero::default());
            zeros.len() - 1
        });
        self.read_of.extend(read.map(|read| (read, index)));
        index
    }

    /// The member that a call copies, if it copies exactly one: `&t->f` with the size of `f`.
    fn copies(&self, node: &Node, before: usize, args: &[Node]) -> Option<MemberCopy> {
        let [to, size, from, ..] = args else {
            return None;
        };
        let Kind::AddressOf(field) = &from.bare().kind else {
            return None;
        };
        let Kind::SizeOf {
            value: Some(size), ..
        } = size.bare().kind
        else {
            return None;
        };
        let same = match &field.ty {
            Ty::Int(bytes) => u64::try_from(size) == Ok(*bytes),
            Ty::Pointer(_) => size == 8,
            _ => false,
        };
        // A call that a macro makes cannot be rewritten in the file.
        if !same || node.from.is_some() {
            return None;
        }
        let is_field =
            |access: &Access| access.how == How::Address && from.span.contains(&access.span);
        let access = before + self.view.accesses[before..].iter().rposition(is_field)?;
        let (base, path) = path(field)?;
        Some(MemberCopy {
            access,
            to: self.tree.text(&to.span)?.to_owned(),
            base: self.tree.text(&base.span)?.to_owned(),
            path,
        })
    }

    /// Notes the size of a struct as the size of a read.
    fn size_of_read(&mut self, size: &Node, to: &Node) {
        if let Kind::SizeOf {
            of: Ty::Record(record),
            ..
        } = &size.bare().kind
            && self.is_last
        {
            self.view.sizes.push(SizeUse {
                span: size.span.clone(),
                record: Rc::clone(record),
                what: SizeFor::Read,
                origin: Origin::Unknown,
                target: pointee(to),
                values: Vec::new(),
            });
        }
    }
}

/// The macro that an address comes from: `&PT_REGS_PARM1(ctx)` is one of the macro's.
fn spelled(from: &Node) -> Option<&Rc<str>> {
    from.from.as_ref().or_else(|| match &from.bare().kind {
        Kind::AddressOf(inner) => inner.from.as_ref(),
        _ => None,
    })
}

/// The struct that an expression points to.
fn pointee(node: &Node) -> Option<Rc<Record>> {
    node.bare().ty.pointee().and_then(Ty::record).cloned()
}

/// The struct whose member's address `from` takes.
fn root_record(from: &Node) -> Option<Rc<Record>> {
    let mut at = from.bare();
    loop {
        match &at.kind {
            Kind::AddressOf(inner) | Kind::Cast(inner) | Kind::Relocated(inner) => at = inner,
            Kind::Index(base, _) => at = base,
            Kind::Member {
                base, arrow: true, ..
            } => {
                return base.ty.pointee().and_then(Ty::record).cloned();
            }
            Kind::Member { base, .. } => at = base,
            _ => return at.ty.pointee().and_then(Ty::record).cloned(),
        }
    }
}

fn is_relocated(from: &Node) -> bool {
    match &from.kind {
        Kind::Relocated(_) => true,
        Kind::Cast(inner) => is_relocated(inner),
        _ => false,
    }
}

/// `&t->a.b` to `t` and `a.b`.
fn field(from: &Node) -> Option<(&Node, String)> {
    match &from.bare().kind {
        Kind::AddressOf(field) => path(field),
        _ => None,
    }
}

/// What the member in `&t->a.b` is.
fn form_of(from: &Node) -> Form {
    match &from.bare().kind {
        Kind::AddressOf(field) => field.ty.form(),
        _ => Form::Other,
    }
}

/// `t->a.b` to `t` and `a.b`.
fn path(node: &Node) -> Option<(&Node, String)> {
    let mut fields = Vec::new();
    let mut at = node;
    loop {
        match &at.kind {
            Kind::Member {
                base, field, arrow, ..
            } => {
                fields.push(field.as_ref());
                if *arrow {
                    fields.reverse();
                    fields.retain(|field| !field.is_empty());
                    return Some((base, fields.join(".")));
                }
                at = base;
            }
            _ => return None,
        }
    }
}
