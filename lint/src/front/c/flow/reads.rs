//! Reads of memory, by helper and by macro.

use std::rc::Rc;

use bpf_core_kernel_facts::flavour::essential_name;
use bpf_core_kernel_facts::{Context, Program, fields, types};

use super::value::{Origin, Trust, Value};
use super::{Flow, Use, is_kernel};
use crate::front::c::tree::{Home, Kind, MacroRead, Node, Record, Ty};
use crate::front::c::view::{Size, Space, Uapi, Unchecked, Zero};

/// Which addresses a helper takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    Kernel,
    User,
    Either,
}

impl Reads {
    fn of(name: &str) -> Option<Self> {
        // Before libbpf, projects declared the helpers themselves.
        let name = name.strip_prefix("bpf_").unwrap_or(name);
        if name.starts_with("copy_from_user") {
            return Some(Self::User);
        }
        let rest = name.strip_prefix("probe_read")?;
        match rest {
            _ if rest.starts_with("_kernel") => Some(Self::Kernel),
            _ if rest.starts_with("_user") => Some(Self::User),
            "" | "_str" => Some(Self::Either),
            _ => None,
        }
    }
}

impl<'t> Flow<'t, '_> {
    /// A call of a helper that reads, if it is one: target, size, source.
    pub(super) fn read_call(
        &mut self,
        node: &'t Node,
        name: &str,
        args: &'t [Node],
        wanted: Use,
    ) -> Option<Value> {
        let reads = Reads::of(name)?;
        let [to, size, from, ..] = args else {
            return None;
        };
        self.eval(size, Use::Value);
        let name = match node.from.as_deref() {
            Some(outer) if outer.starts_with("bpf_core_read") => outer,
            _ => name,
        };
        let pointer = self.source_of(to, from);
        let record = root_record(from);
        self.note_space(node, name, reads, &pointer, record.as_ref());
        if is_relocated(from) {
            self.note_uapi(node, name, record.as_ref(), &pointer);
        }
        self.note_size(size, to);
        let value = self.read_value(&pointer, to, from, reads);
        // The program's own memory is always there.
        let wanted = match pointer.origin {
            Origin::Own | Origin::Context => Use::Value,
            _ => wanted,
        };
        self.offer_name(node, name, args);
        self.fill(node, name, to, value, wanted);
        Some(Value::default())
    }

    /// The pointer that a read starts from.
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
        let record = from.bare().ty.pointee().and_then(Ty::record).cloned();
        self.follow_sum(&pointer, record.as_ref());
        if let Some(zero) = pointer
            .zero
            .and_then(|index| self.view.zeros.get_mut(index))
        {
            zero.is_covered = true;
        }
        self.local.target = before;
        pointer
    }

    /// What is read.
    fn read_value(&self, pointer: &Value, to: &Node, from: &Node, reads: Reads) -> Value {
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
            origin: match reads {
                _ if user => Origin::User,
                Reads::User if takes_pointer => Origin::User,
                Reads::User => Origin::Unknown,
                _ => Origin::Register,
            },
            source: pointer.source.clone(),
            ..Value::default()
        }
    }

    /// Notes a buffer that is filled, and whether anybody asks if it was.
    fn fill(&mut self, node: &'t Node, name: &str, to: &'t Node, mut value: Value, wanted: Use) {
        let target = self.eval(to, Use::Nothing);
        if wanted == Use::Nothing {
            value.unchecked = Some(self.local.pending.len());
            self.local.pending.push(Unchecked {
                span: node.span.clone(),
                name: name.to_owned(),
                buffer: self.words(to),
                used: None,
                is_covered: false,
            });
        }
        if let Some(place) = target.place {
            self.local.env.retain(|one, _| !place.covers(one));
            self.local.env.insert(place, value);
        }
    }

    /// A buffer, as a reader knows it.
    fn words(&self, to: &Node) -> String {
        match &to.bare().kind {
            Kind::AddressOf(inner) => self.words(inner),
            Kind::Variable(id) => self.name(*id).to_string(),
            Kind::Member {
                base, field, arrow, ..
            } => match self.words(base) {
                outer if outer.is_empty() || field.is_empty() => field.to_string(),
                outer if *arrow => format!("{outer}->{field}"),
                outer => format!("{outer}.{field}"),
            },
            Kind::Index(base, _) => self.words(base),
            _ => "the buffer".to_owned(),
        }
    }

    /// `BPF_CORE_READ` and its kin.
    pub(super) fn macro_read(&mut self, node: &'t Node, read: &'t MacroRead, wanted: Use) -> Value {
        let before = std::mem::replace(&mut self.local.relocated, read.is_relocated());
        let pointer = self.eval(&read.source, Use::Address);
        let record = read.hops.first().and_then(|hop| hop.record.clone());
        self.follow_sum(&pointer, record.as_ref());
        self.local.relocated = before;
        let reads = match &read.name {
            _ if read.is_user() => Reads::User,
            name if name.starts_with("BPF_PROBE") => Reads::Either,
            _ => Reads::Kernel,
        };
        self.note_space(node, &read.name, reads, &pointer, record.as_ref());
        if read.is_relocated() {
            for (index, hop) in read.hops.iter().enumerate() {
                let pointer = if index == 0 {
                    pointer.clone()
                } else {
                    Value::default()
                };
                self.note_uapi(node, &read.name, hop.record.as_ref(), &pointer);
            }
        }
        let mut value = self.macro_value(read, &pointer);
        if let Some(into) = &read.into {
            self.fill(node, &read.name, into, value, wanted);
            return Value::default();
        }
        // A context and the program's own memory are always there.
        let fails = read.hops.len() > 1 || !matches!(pointer.origin, Origin::Context | Origin::Own);
        if fails && matches!(node.ty, Ty::Int(_) | Ty::Enum) {
            value.zero = Some(self.zero(node, read));
        }
        value
    }

    fn macro_value(&self, read: &MacroRead, pointer: &Value) -> Value {
        let last = read.hops.last().and_then(|hop| hop.record.as_ref());
        let record = last.map_or("", |record| &record.name);
        let is_regs = matches!(record, "pt_regs" | "user_pt_regs");
        let program = Program::of_section(self.section());
        let entry = program.is_some_and(|program| program.is_on_system_call());
        let uprobe = self.local.context == Some(Context::UserRegisters);
        let origin = match is_regs {
            true if entry || uprobe => Origin::User,
            _ if fields::is_user_address(record, read.last_field()) => Origin::User,
            _ if read.is_user() => Origin::User,
            _ => Origin::Register,
        };
        let what = format!("`{}` of `{record}`", read.last_field());
        Value {
            source: match origin {
                Origin::User => Some(super::memory::source(&what, &read.source.span)),
                _ => pointer.source.clone(),
            },
            ..Value::of(origin)
        }
    }

    /// The read's number: rounds find it again.
    fn zero(&mut self, node: &Node, read: &MacroRead) -> usize {
        if let Some(&index) = self.zeros.get(&node.span) {
            return index;
        }
        let index = self.view.zeros.len();
        self.zeros.insert(node.span.clone(), index);
        self.view.zeros.push(Zero {
            span: node.span.clone(),
            name: read.name.to_string(),
            field: read.words(),
            decides: None,
            is_covered: false,
        });
        index
    }

    fn note_space(
        &mut self,
        node: &Node,
        name: &str,
        reads: Reads,
        pointer: &Value,
        record: Option<&Rc<Record>>,
    ) {
        let is_user = match (reads, pointer.origin) {
            (Reads::Kernel, Origin::User) => true,
            (Reads::User, Origin::Kernel(Trust::No | Trust::Yes)) => {
                // A struct of both worlds may be in either.
                let kernel = record.is_some_and(|record| types::is_kernel_struct(&record.name));
                let task = pointer
                    .source
                    .as_ref()
                    .is_some_and(|source| source.what.contains("current_task"));
                if !kernel && !task {
                    return;
                }
                false
            }
            _ => return,
        };
        if self.is_last {
            self.view.spaces.push(Space {
                span: node.span.clone(),
                name: name.to_owned(),
                is_user,
                source: pointer.source.as_deref().cloned(),
            });
        }
    }

    fn note_uapi(&mut self, node: &Node, name: &str, record: Option<&Rc<Record>>, pointer: &Value) {
        let Some(record) = record.filter(|record| !record.name.is_empty() && self.is_last) else {
            return;
        };
        let name_of = essential_name(&record.name);
        let uapi = types::is_uapi(name_of) && !matches!(name_of, "pt_regs" | "user_pt_regs");
        let own =
            record.home == Home::Project && !record.relocated && pointer.origin == Origin::Own;
        if uapi || own {
            self.view.uapi.push(Uapi {
                span: node.span.clone(),
                name: name.to_owned(),
                record: record.name.to_string(),
                is_own: own && !uapi,
            });
        }
    }

    /// `bpf_probe_read_kernel(&x, sizeof(x), &t->f)` reads what `BPF_CORE_READ_INTO(&x, t, f)` reads,
    /// where it was found that it does so by a frozen layout.
    fn offer_name(&mut self, node: &Node, name: &str, args: &[Node]) {
        let [to, size, from, ..] = args else {
            return;
        };
        let Some(binding) = self.view.bindings.last_mut() else {
            return;
        };
        let Kind::AddressOf(field) = &from.bare().kind else {
            return;
        };
        let same = match (&size.bare().kind, &field.ty) {
            (
                Kind::SizeOf {
                    value: Some(size), ..
                },
                Ty::Int(bytes),
            ) => u64::try_from(*size) == Ok(*bytes),
            (
                Kind::SizeOf {
                    value: Some(size), ..
                },
                Ty::Pointer(_),
            ) => *size == 8,
            _ => false,
        };
        let plain = name == "bpf_probe_read_kernel" && node.from.is_none() && same;
        if !plain || !from.span.contains(&binding.span) {
            return;
        }
        let Some((base, path)) = path(field) else {
            return;
        };
        if let (Some(to), Some(base)) = (self.tree.text(&to.span), self.tree.text(&base.span)) {
            let text = format!("BPF_CORE_READ_INTO({to}, {base}, {path})");
            binding.by_name = Some((node.span.clone(), text));
        }
    }

    /// A kernel type's size for a buffer that is no such type.
    fn note_size(&mut self, size: &Node, to: &Node) {
        let Kind::SizeOf {
            of: Ty::Record(record),
            ..
        } = &size.bare().kind
        else {
            return;
        };
        let target = to.bare().ty.pointee().and_then(Ty::record);
        let copies = target.is_some_and(|target| target.name == record.name);
        if self.is_last && is_kernel(record) && !copies {
            self.view.sizes.push(Size {
                span: size.span.clone(),
                record: record.name.to_string(),
                what: "the size of a read",
            });
        }
    }
}

/// The struct whose field's address `from` is.
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
