//! Follows values through places: variables, fields, and memory behind pointers.

use std::ops::Range;

use bpf_core_kernel_facts::context::{architecture_of_register, is_registers};
use syn::{Expr, Member, UnOp};

use super::Lowering;
use super::call::loaded;
use crate::front::rust::ty::Ty;
use crate::front::rust::view::{Fallback, How, Origin, Place, Value};
use crate::known::Layout;

/// A place, before anything is done with it.
pub(super) struct Spot {
    /// The variable and fields, such as `event.pid`, if it starts from a variable.
    pub(super) key: Option<String>,
    /// The pointer that leads to it.
    base: Option<Value>,
    /// The pointer in source.
    pointer: String,
    /// The struct behind the pointer.
    owner: Option<(String, bool)>,
    fields: Vec<String>,
    ty: Ty,
    /// Its value, where no pointer leads to it.
    value: Value,
}

impl Lowering<'_> {
    pub(super) fn spot(&mut self, expression: &Expr) -> Spot {
        match expression {
            Expr::Paren(inner) => self.spot(&inner.expr),
            Expr::Group(inner) => self.spot(&inner.expr),
            Expr::Path(path)
                if path
                    .path
                    .get_ident()
                    .is_some_and(|name| self.is_known(name)) =>
            {
                let name = path.path.get_ident().map(ToString::to_string);
                let value = name.as_deref().and_then(|name| self.get(name));
                let value = value.cloned().unwrap_or_default();
                Spot {
                    key: name,
                    base: None,
                    pointer: String::new(),
                    owner: None,
                    fields: Vec::new(),
                    ty: value.ty.clone(),
                    value,
                }
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
                let inner = self.spot(&unary.expr);
                self.behind(inner, &unary.expr)
            }
            Expr::Field(field) => {
                let mut spot = self.spot(&field.base);
                if let Some(regs) = registers(&spot, &field.member) {
                    return regs;
                }
                if let Ty::Ptr(_) = spot.ty {
                    spot = self.behind(spot, &field.base);
                }
                let name = match &field.member {
                    Member::Named(name) => name.to_string(),
                    Member::Unnamed(index) => index.index.to_string(),
                };
                spot.ty = self.field_ty(&spot.ty, &name);
                spot.key = spot.key.map(|key| format!("{key}.{name}"));
                spot.fields.push(name);
                if let Some(known) = spot.key.as_deref().and_then(|key| self.get(key)) {
                    spot.value = known.clone();
                } else {
                    spot.value = Value {
                        amount: spot.value.amount,
                        fallbacks: Vec::new(),
                        ty: spot.ty.clone(),
                        ..Value::default()
                    };
                }
                spot
            }
            Expr::Index(index) => {
                self.eval(&index.index);
                let mut spot = self.spot(&index.expr);
                if let Ty::Ptr(_) = spot.ty {
                    spot = self.behind(spot, &index.expr);
                }
                spot.ty = match spot.ty {
                    Ty::Array(element) => *element,
                    _ => Ty::Unknown,
                };
                spot.value = Value {
                    ty: spot.ty.clone(),
                    ..Value::default()
                };
                spot
            }
            _ => {
                let value = self.eval(expression);
                Spot {
                    key: None,
                    base: None,
                    pointer: String::new(),
                    owner: None,
                    fields: Vec::new(),
                    ty: value.ty.clone(),
                    value,
                }
            }
        }
    }

    fn is_known(&self, name: &syn::Ident) -> bool {
        self.get(&name.to_string()).is_some()
    }

    /// What the pointer in `spot` points to.
    fn behind(&mut self, spot: Spot, pointer: &Expr) -> Spot {
        let ty = spot.ty.pointee().cloned().unwrap_or_default();
        let key = spot.key.clone();
        // To load the pointer is no use of the memory behind it.
        let spot = Spot { key: None, ..spot };
        let base = self.load(spot, pointer);
        let base = self.checked(base);
        self.address_use(&base);
        let range = self.range(pointer);
        let owner = match &ty {
            Ty::Named(name, bound) => Some((name.clone(), *bound)),
            _ => None,
        };
        Spot {
            key,
            base: Some(base),
            pointer: self.text(&range).to_owned(),
            owner,
            fields: Vec::new(),
            value: Value {
                ty: ty.clone(),
                ..Value::default()
            },
            ty,
        }
    }

    /// Notes what is done with a place behind a pointer, if the kernel may own it.
    fn place(&mut self, spot: &Spot, how: How, expression: &Expr) -> Option<usize> {
        let base = spot.base.as_ref()?;
        let owner = spot.owner.as_ref();
        if let (Some((owner, _)), Some(field)) = (owner, spot.fields.last()) {
            let is_regs = is_registers(owner);
            let is_own = self.kernel_name(&Ty::Named(owner.clone(), false)).is_some();
            if is_regs && !is_own && architecture_of_register(field).is_some() {
                self.register_use(field.clone(), expression);
            }
        }
        let kernel = owner.is_some_and(|(name, bound)| self.input.facts.is_kernel(name, *bound));
        let plain = owner.is_none() && spot.fields.is_empty() && how != How::Address;
        if matches!(base.origin, Origin::Local | Origin::Map | Origin::Packet) || !(kernel || plain)
        {
            return None;
        }
        let (owner, bound) = owner.cloned().unwrap_or_default();
        let place = Place {
            base: base.clone(),
            owner,
            bound,
            fields: spot.fields.join("."),
            how,
            span: self.range(expression),
            pointer: spot.pointer.clone(),
            layout: Layout::Unknown,
        };
        self.function.places.push(place);
        Some(self.function.places.len() - 1)
    }

    /// The value in a place.
    pub(super) fn load(&mut self, spot: Spot, expression: &Expr) -> Value {
        if let Some(key) = &spot.key {
            self.uses(key, expression);
        }
        let place = self.place(&spot, How::Load, expression);
        let Some(base) = &spot.base else {
            let mut fallbacks = self.hidden(spot.key.as_deref());
            fallbacks.extend(&spot.value.fallbacks);
            fallbacks.sort_unstable();
            fallbacks.dedup();
            return Value {
                ty: spot.ty,
                fallbacks,
                ..spot.value
            };
        };
        // Behind a pointer to a variable, the fields of the variable are known.
        if let Some(known) = spot.key.as_deref().and_then(|key| self.get(key))
            && !spot.fields.is_empty()
        {
            return known.clone();
        }
        let kernel = base.origin.is_kernel() || place.is_some() && spot.owner.is_some();
        let is_pointer = matches!(spot.ty, Ty::Ptr(_));
        let origin = match &base.origin {
            of @ Origin::Iterator(_) => of.clone().member(spot.fields.join(".")),
            of @ Origin::Param(_) if !kernel && is_pointer => {
                of.clone().member(spot.fields.join("."))
            }
            origin => loaded(origin, kernel),
        };
        Value {
            origin,
            born: spot.ty.clone(),
            ty: spot.ty,
            source: kernel.then(|| self.range(expression)),
            ..Value::default()
        }
    }

    /// The address of a place.
    pub(super) fn address(&mut self, spot: Spot, expression: &Expr) -> Value {
        if let Some(key) = &spot.key {
            self.uses(key, expression);
        }
        let Some(base) = spot.base.clone() else {
            let mut fallbacks = self.hidden(spot.key.as_deref());
            fallbacks.extend(&spot.value.fallbacks);
            fallbacks.sort_unstable();
            fallbacks.dedup();
            return Value {
                origin: match &spot.value.origin {
                    // A reference to a context or a map counts as the context or the map.
                    origin @ (Origin::Context(_) | Origin::Map) => origin.clone(),
                    _ => Origin::Local,
                },
                ty: Ty::ptr(spot.ty),
                says: spot.value.still_says(),
                fallbacks,
                read: spot.value.read,
                ..Value::default()
            };
        };
        let ty = Ty::ptr(spot.ty.clone());
        if spot.fields.is_empty() {
            return Value { ty, ..base };
        }
        let place = self.place(&spot, How::Address, expression);
        Value { place, ty, ..base }
    }

    /// Something is written to a place.
    pub(super) fn store(&mut self, left: &Expr, value: Value) {
        let spot = self.spot(left);
        self.place(&spot, How::Store, left);
        if let Some(key) = spot.key.filter(|_| !matches!(left, Expr::Index(_))) {
            match spot.base {
                // `*p = x` changes what is behind the variable, not the variable.
                Some(_) if spot.fields.is_empty() => {}
                _ => self.assign(&key, value),
            }
        }
    }

    /// A method of a place is called, such as bindgen's for bit-fields.
    pub(super) fn method_place(&mut self, receiver: &Expr, method: &str, whole: &Expr) -> bool {
        let deref = match receiver {
            Expr::Paren(inner) => {
                matches!(&*inner.expr, Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)))
            }
            _ => false,
        };
        if !deref {
            return false;
        }
        let mut spot = self.spot(receiver);
        spot.fields.push(method.to_owned());
        self.place(&spot, How::Method, whole).is_some()
    }

    /// Notes the use of a variable or field that an unchecked read has filled.
    pub(super) fn uses(&mut self, key: &str, expression: &Expr) {
        if self.buffers.is_empty() {
            return;
        }
        let related = |a: &str, b: &str| {
            a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'))
        };
        let found = self
            .buffers
            .iter()
            .find(|(buffer, _)| related(buffer, key) || related(key, buffer));
        if let Some((buffer, &read)) = found {
            let buffer = buffer.clone();
            let range = self.range(expression);
            self.buffers.remove(&buffer);
            self.function.reads[read].used = Some(range.clone());
            self.ignored(read, &buffer, range);
        }
    }

    /// The failure of a read that nothing has looked at may hide in its buffer: then the buffer is zero, or
    /// what it was before.
    fn ignored(&mut self, read: usize, buffer: &str, used: Range<usize>) {
        self.function.fallbacks.push(Fallback {
            read,
            how: String::new(),
            span: used,
            is_pointer: false,
            decisions: Vec::new(),
            allows: None,
            returned: false,
        });
        let fallback = self.function.fallbacks.len() - 1;
        let whole = buffer.split('.').next().unwrap_or(buffer);
        for name in [buffer, whole] {
            let mut scopes = self.scopes.iter_mut().rev();
            if let Some(value) = scopes.find_map(|scope| scope.get_mut(name)) {
                value.fallbacks.push(fallback);
                value.fallbacks.dedup();
            }
        }
    }

    /// The failures that may hide in a variable, or in the field of one.
    fn hidden(&self, key: Option<&str>) -> Vec<usize> {
        let Some(key) = key else { return Vec::new() };
        let whole = key.split('.').next().unwrap_or(key);
        let value = self.get(key).or_else(|| self.get(whole));
        value.map_or_else(Vec::new, |value| value.fallbacks.clone())
    }
}

/// `ctx.regs`
fn registers(spot: &Spot, member: &Member) -> Option<Spot> {
    let context = spot.base.as_ref().unwrap_or(&spot.value);
    let is_regs = matches!(member, Member::Named(name) if name == "regs");
    let is_probe = matches!(&context.origin, Origin::Context(of) if of.ends_with("ProbeContext"));
    (is_regs && is_probe && spot.fields.is_empty()).then(|| {
        let ty = Ty::ptr(Ty::Named("pt_regs".to_owned(), false));
        Spot {
            key: None,
            base: None,
            pointer: String::new(),
            owner: None,
            fields: Vec::new(),
            value: Value {
                origin: context.origin.clone(),
                ty: ty.clone(),
                ..Value::default()
            },
            ty,
        }
    })
}
