//! Follows values through expressions and statements.

use std::rc::Rc;

use super::memory::Lvalue;
use super::value::{Number, Place, Value};
use super::{Flow, Use};
use crate::front::c::tree::{Kind, Node, Ty, Unary};
use crate::front::c::view::{Added, Enumerator, Needed, OffsetOf, Origin, Record, SizeUse};
use crate::front::facts::{Deciding, SizeFor};
use crate::known::Layout;

impl<'t> Flow<'t, '_> {
    /// The value of `node`. Facts on the way are noted.
    pub(super) fn eval(&mut self, node: &'t Node, wanted: Use) -> Value {
        let value = self.value(node, wanted);
        Self::typed(value, &node.ty)
    }

    fn value(&mut self, node: &'t Node, wanted: Use) -> Value {
        match &node.kind {
            Kind::Int(value) => Value::number(*value, node.from.clone()),
            Kind::Variable(_) | Kind::Member { .. } | Kind::Index(..) | Kind::Deref(_) => {
                let lvalue = self.lvalue(node);
                self.load(lvalue, node, wanted)
            }
            Kind::Enumerator {
                name, of, value, ..
            } => {
                if self.is_last {
                    self.view.enumerators.push(Enumerator {
                        span: node.span.clone(),
                        name: Rc::clone(name),
                        of: Rc::clone(of),
                        value: *value,
                        values: Vec::new(),
                        guards: self.local.guards.clone(),
                    });
                }
                Value::number(*value, Some(Rc::clone(name)))
            }
            Kind::AddressOf(inner) => {
                let lvalue = self.lvalue(inner);
                self.address(lvalue)
            }
            Kind::Cast(inner) => {
                let value = self.eval(inner, wanted);
                self.take(&value, &node.ty, &inner.span);
                value
            }
            Kind::Relocated(inner) => {
                let before = std::mem::replace(&mut self.local.relocated, true);
                let value = self.eval(inner, wanted);
                self.local.relocated = before;
                value
            }
            Kind::Unary(operator, inner) => self.unary(*operator, inner, wanted),
            Kind::Binary(operator, left, right) => self.binary(node, operator, left, right),
            Kind::Assign(operator, to, from) => self.assign(node, operator, to, from),
            // `flags & BIT ? 1 : 0` is the same value in another number, and decides nothing.
            Kind::Choice(condition, yes, no) if is_number(yes) && is_number(no) => {
                let zero = self.eval(condition, Use::Value).zero;
                Value {
                    zero,
                    ..Value::default()
                }
            }
            Kind::Choice(condition, yes, no) => {
                self.condition(condition, Deciding::Condition);
                let way = |flow: &mut Self, node: &'t Node| {
                    let value = flow.eval(node, wanted);
                    value.where_holds(&flow.local.guards)
                };
                let yes = self.under(condition, true, |flow| way(flow, yes));
                let no = self.under(condition, false, |flow| way(flow, no));
                yes.join(&no)
            }
            Kind::Call { name, args } => self.call(node, name, args, wanted),
            Kind::Read(read) => self.macro_read(node, read, wanted),
            Kind::SizeOf { value, .. } => Value {
                number: value.map(|value| Number {
                    value,
                    name: None,
                    is_size: true,
                }),
                ..Value::default()
            },
            Kind::OffsetOf { of, field, .. } => {
                if let Some(record) = of
                    && self.is_last
                {
                    self.view.offsets.push(OffsetOf {
                        span: node.span.clone(),
                        record: Rc::clone(record),
                        path: Rc::clone(field),
                        layout: Layout::default(),
                    });
                }
                Value::default()
            }
            Kind::Needed(what) => {
                if self.is_last {
                    self.view.needed.push(Needed {
                        span: node.span.clone(),
                        what: Rc::clone(what),
                        guards: self.local.guards.clone(),
                    });
                }
                Value::default()
            }
            Kind::Function | Kind::Question(_) => Value::default(),
            _ => self.statement(node, wanted),
        }
    }

    fn statement(&mut self, node: &'t Node, wanted: Use) -> Value {
        match &node.kind {
            Kind::Block(nodes) => {
                let Some((last, before)) = nodes.split_last() else {
                    return Value::default();
                };
                let guards = self.local.guards.len();
                for one in before {
                    self.eval(one, Use::Nothing);
                }
                let value = self.eval(last, wanted);
                self.local.guards.truncate(guards);
                value
            }
            Kind::Declare(id, value) => {
                let place = Place::whole(*id);
                let Some(value) = value else {
                    self.local.env.retain(|one, _| !place.covers(one));
                    return Value::default();
                };
                let name = Rc::clone(self.name(*id));
                let zero = matches!(value.kind, Kind::Other(_));
                let span = &value.span;
                let value = self.assigned(value, Some(name), self.is_asked(*id));
                self.take_into(*id, &value, span);
                // The members that a list fills are not known by name.
                let place = if zero { place.field("{}") } else { place };
                self.store(Lvalue::Place(place), value);
                Value::default()
            }
            Kind::If(condition, branches) => {
                self.branching(condition, branches);
                self.branches(condition, branches);
                Value::default()
            }
            Kind::Loop {
                parts,
                condition,
                body,
            } => {
                self.looping(parts, condition.as_deref(), body);
                Value::default()
            }
            Kind::Switch(value, body) => {
                let decided = self.eval(value, Use::Value);
                if has_zero_case(body) {
                    self.decide(&decided, &value.span, Deciding::Comparison);
                }
                let outer = std::mem::replace(&mut self.local.switch, self.local.guards.len());
                self.eval(body, Use::Nothing);
                self.local.switch = outer;
                Value::default()
            }
            Kind::Case(_, nodes) | Kind::Label(nodes) => {
                if let Kind::Case(..) = node.kind {
                    // The case before may have returned, and this one is reached all the same.
                    self.local.guards.truncate(self.local.switch);
                }
                if let (Kind::Label(_), Some(jumped)) = (&node.kind, &self.local.jumped) {
                    self.local.guards.retain(|one| jumped.contains(one));
                }
                for one in nodes {
                    self.eval(one, Use::Nothing);
                }
                Value::default()
            }
            Kind::Goto => {
                let guards = &self.local.guards;
                match &mut self.local.jumped {
                    Some(jumped) => jumped.retain(|one| guards.contains(one)),
                    None => self.local.jumped = Some(guards.clone()),
                }
                Value::default()
            }
            Kind::Return(value) => {
                if let Some(value) = value {
                    let value = self.eval(value, Use::Value);
                    let value = value.where_holds(&self.local.guards);
                    self.local.returns = Some(match self.local.returns.take() {
                        Some(other) => other.join(&value),
                        None => value,
                    });
                }
                Value::default()
            }
            Kind::Other(nodes) => {
                let mut zero = None;
                for one in nodes {
                    let value = self.eval(one, Use::Value);
                    zero = zero.or(value.zero);
                }
                Value {
                    zero,
                    ..Value::default()
                }
            }
            _ => Value::default(),
        }
    }

    fn unary(&mut self, operator: Unary, inner: &'t Node, wanted: Use) -> Value {
        match operator {
            Unary::Not => {
                self.negation(inner);
                Value::default()
            }
            Unary::Step => {
                self.eval(inner, Use::Value);
                Value::default()
            }
            Unary::Other => {
                let value = self.eval(inner, wanted);
                Value {
                    zero: value.zero,
                    ..Value::default()
                }
            }
        }
    }

    fn binary(&mut self, node: &'t Node, operator: &str, left: &'t Node, right: &'t Node) -> Value {
        match operator {
            "&&" | "||" => {
                self.both(operator, left, right);
                Value::default()
            }
            "==" | "!=" | "<" | ">" | "<=" | ">=" => {
                self.compare(node, operator, left, right);
                Value::default()
            }
            "," => {
                self.eval(left, Use::Nothing);
                self.eval(right, Use::Value)
            }
            "+" | "-" => {
                let sign = if operator == "-" { -1 } else { 1 };
                let (a, b) = (
                    self.eval(left, Use::Address),
                    self.eval(right, Use::Address),
                );
                self.size_in_sum(&a, right);
                // The pointer may be on either side.
                if sign == 1 && a.origin == Origin::Unknown && b.origin != Origin::Unknown {
                    return self.sum_of(b, a, &right.ty, 1, node);
                }
                self.sum_of(a, b, &left.ty, sign, node)
            }
            _ => {
                let (a, b) = (self.eval(left, Use::Value), self.eval(right, Use::Value));
                let number = match (&a.number, &b.number) {
                    (Some(a), Some(b)) => fold(operator, a.value, b.value).map(|value| Number {
                        value,
                        name: node.from.clone(),
                        is_size: a.is_size || b.is_size,
                    }),
                    _ => None,
                };
                Value {
                    number,
                    zero: a.zero.or(b.zero),
                    ..Value::default()
                }
            }
        }
    }

    /// Notes the size of a struct in an address.
    fn size_in_sum(&mut self, pointer: &Value, by: &'t Node) {
        if let Kind::SizeOf {
            of: Ty::Record(record),
            ..
        } = &by.bare().kind
        {
            self.size(pointer, record, by, SizeFor::Address);
        }
    }

    fn size(&mut self, pointer: &Value, record: &Rc<Record>, node: &'t Node, what: SizeFor) {
        if self.is_last {
            self.view.sizes.push(SizeUse {
                span: node.span.clone(),
                record: Rc::clone(record),
                what,
                origin: pointer.origin,
                target: None,
                values: Vec::new(),
            });
        }
    }

    fn sum_of(&mut self, a: Value, b: Value, ty: &Ty, sign: i64, node: &'t Node) -> Value {
        if b.number.is_none()
            && let (Some(base), Some(by)) = (a.param, b.param)
            && ty.record().is_none()
        {
            return Value {
                sum: Some((base, by)),
                added: None,
                ..a
            };
        }
        if let (Some(a), Some(b)) = (&a.number, &b.number) {
            let value = a.value.wrapping_add(b.value.wrapping_mul(sign));
            return Value {
                number: Some(Number {
                    value,
                    name: node.from.clone(),
                    is_size: a.is_size || b.is_size,
                }),
                ..Value::default()
            };
        }
        let zero = a.zero.or(b.zero);
        let sum = self.sum(a, b.number, ty, sign, node);
        Value { zero, ..sum }
    }

    /// The sum of a pointer of type `ty` and a number.
    pub(super) fn sum(
        &mut self,
        pointer: Value,
        by: Option<Number>,
        ty: &Ty,
        sign: i64,
        node: &'t Node,
    ) -> Value {
        let without = Value {
            added: None,
            sum: None,
            place: None,
            number: None,
            zero: None,
            ..pointer.clone()
        };
        let Some(by) = by.filter(|by| !by.is_size) else {
            return without;
        };
        if by.value == 0 {
            return Value {
                number: None,
                ..pointer
            };
        }
        let step = match ty.pointee() {
            Some(Ty::Record(record)) => {
                self.size(&pointer, record, node, SizeFor::Stride);
                return without;
            }
            Some(to) => to.step(),
            None => Some(1),
        };
        // `args[1]` of an array is an element, and no offset of a field.
        let is_first = pointer.added.is_none() && pointer.sum.is_none();
        let is_element = matches!(node.kind, Kind::Index(..)) && is_first;
        if is_element && !was_cast(node) {
            return without;
        }
        let Some(step) = step else {
            return without;
        };
        let before = pointer.added.as_ref().map_or(0, |added| added.bytes);
        let added = Added {
            bytes: before.wrapping_add(by.value.wrapping_mul(step).wrapping_mul(sign)),
            constant: by.name,
            span: node.span.clone(),
            of: pointer.of,
        };
        Value {
            added: Some(Rc::new(added)),
            ..without
        }
    }

    fn is_asked(&self, id: usize) -> bool {
        self.local.uses.get(&id).is_some_and(|&count| count > 0)
    }

    fn assign(&mut self, node: &'t Node, operator: &str, to: &'t Node, from: &'t Node) -> Value {
        if operator.is_empty() {
            let (name, asked) = match &to.kind {
                Kind::Variable(id) => (Some(Rc::clone(self.name(*id))), self.is_asked(*id)),
                Kind::Member { field, .. } => (Some(Rc::clone(field)), true),
                _ => (None, true),
            };
            let value = self.assigned(from, name, asked);
            match to.kind {
                Kind::Variable(id) => self.take_into(id, &value, &from.span),
                _ => self.take(&value, &to.ty, &from.span),
            }
            let lvalue = self.lvalue(to);
            self.store(lvalue, value.clone());
            return value;
        }
        let (a, b) = (self.eval(to, Use::Address), self.eval(from, Use::Value));
        let value = match operator {
            "+" => self.sum_of(a, b, &to.ty, 1, node),
            "-" => self.sum_of(a, b, &to.ty, -1, node),
            _ => Value {
                zero: a.zero.or(b.zero),
                ..Value::default()
            },
        };
        let lvalue = self.lvalue(to);
        self.store(lvalue, value.clone());
        value
    }

    /// The value for a variable. `asked`: something uses the variable.
    fn assigned(&mut self, from: &'t Node, name: Option<Rc<str>>, asked: bool) -> Value {
        let before = std::mem::replace(&mut self.local.target, name);
        let is_read = matches!(from.bare().kind, Kind::Call { .. } | Kind::Read(_));
        let wanted = match from.ty.is_pointer() {
            _ if is_read && !asked => Use::Nothing,
            true => Use::Address,
            false => Use::Value,
        };
        let value = self.eval(from, wanted);
        self.local.target = before;
        let value = value.where_holds(&self.local.guards);
        Value {
            param: None,
            ..value
        }
    }
}

/// Whether a cast made the pointer one to numbers, so that an index is an offset.
fn was_cast(node: &Node) -> bool {
    match &node.kind {
        Kind::Index(base, _) => match &base.kind {
            Kind::Cast(inner) => match (base.ty.pointee(), inner.ty.pointee()) {
                (Some(now), Some(before)) => {
                    matches!(before, Ty::Record(_) | Ty::Other)
                        && matches!(now, Ty::Int(_) | Ty::Pointer(_))
                }
                (Some(_), None) => true,
                _ => false,
            },
            _ => false,
        },
        _ => true,
    }
}

fn fold(operator: &str, a: i64, b: i64) -> Option<i64> {
    Some(match operator {
        "*" => a.wrapping_mul(b),
        "/" => a.checked_div(b)?,
        "&" => a & b,
        "|" => a | b,
        "<<" => a.checked_shl(u32::try_from(b).ok()?)?,
        ">>" => a.checked_shr(u32::try_from(b).ok()?)?,
        _ => return None,
    })
}

fn is_number(node: &Node) -> bool {
    matches!(node.bare().kind, Kind::Int(_))
}

fn has_zero_case(body: &Node) -> bool {
    let mut found = false;
    body.walk(&mut |node| found |= matches!(node.kind, Kind::Case(Some(0), _)));
    found
}
