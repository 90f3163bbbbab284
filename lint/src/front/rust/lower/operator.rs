//! Follows values through operators, and notes what is added to addresses and measured.

use bpf_core_kernel_facts::enumerators::{Enum, enum_of};
use bpf_core_kernel_facts::types::is_uapi;
use syn::{BinOp, Expr, ExprBinary};

use super::{Lowering, constant, failure};
use crate::front::facts::{AtZero, Deciding, SizeFor};
use crate::front::rust::ty::Ty;
use crate::front::rust::view::{Amount, Enumerator, Offset, Origin, SizeUse, Value};
use crate::known::{Guard, Layout, Question};

impl Lowering<'_> {
    pub(super) fn binary(&mut self, binary: &ExprBinary, expression: &Expr) -> Value {
        use BinOp::{Add, AddAssign, And, Eq, Ge, Gt, Le, Lt, Ne, Or, Sub, SubAssign};
        match binary.op {
            And(_) | Or(_) => {
                let before = self.asked.len();
                let left = self.condition(&binary.left);
                let is_and = matches!(binary.op, And(_));
                let holds = if is_and { &left.yes } else { &left.no };
                let right = self.under(holds, |this| this.condition(&binary.right));
                // One side decides the whole only if it is false in `&&` and true in `||`.
                self.reasked(before, |is| (is != is_and).then_some(is));
                let both = if is_and {
                    left.and(right)
                } else {
                    left.or(right)
                };
                return Value {
                    says: both.told(),
                    ..Value::default()
                };
            }
            Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_) => {
                let left = self.eval(&binary.left);
                let right = self.eval(&binary.right);
                self.compared(&left, &right, Some(&binary.op), expression);
                return Value {
                    says: left.still_says().or(right.still_says()),
                    ..Value::default()
                };
            }
            _ => {}
        }
        let left = self.eval(&binary.left);
        let right = self.eval(&binary.right);
        let sum = match binary.op {
            Add(_) | Sub(_) | AddAssign(_) | SubAssign(_) => {
                // `OFFSET + task` is a sum as well.
                let (base, by) = match (&left.amount, &right.amount) {
                    (Some(_), None) => (&right, &left),
                    _ => (&left, &right),
                };
                let base = base.clone();
                constant::possible(by)
                    .and_then(|amount| self.offset(base, amount, None, expression))
            }
            _ => {
                for value in [&left, &right] {
                    self.stride(value, expression);
                }
                None
            }
        };
        let value = sum.unwrap_or_else(|| {
            // `base + OFFSET + index * 4` is in the struct that `base + OFFSET` is in.
            if let (Add(_) | Sub(_), Some(_)) = (binary.op, left.offset) {
                return left;
            }
            let amount = match (&left.amount, &right.amount) {
                (Some(a), Some(b)) => constant::combine(&binary.op, a, b),
                _ => None,
            };
            let says = left.still_says().or(right.still_says());
            let mut fallbacks = left.fallbacks;
            fallbacks.extend(right.fallbacks);
            Value {
                amount,
                fallbacks,
                says,
                ..Value::default()
            }
        });
        if let AddAssign(_) | SubAssign(_) = binary.op {
            self.store(&binary.left, value);
            return Value::default();
        }
        value
    }

    pub(super) fn compared(
        &mut self,
        left: &Value,
        right: &Value,
        op: Option<&BinOp>,
        expression: &Expr,
    ) {
        for (value, other, is_left) in [(left, right, true), (right, left, false)] {
            if value.fallbacks.is_empty() && !matches!(value.origin, Origin::Call(_)) {
                continue;
            }
            let number = other.amount.as_ref().and_then(constant::value);
            let is_equality = op.is_none_or(|op| matches!(op, BinOp::Eq(_) | BinOp::Ne(_)));
            let zero = match number {
                Some(0) => AtZero::Taken,
                Some(_) if !is_equality => AtZero::Taken,
                _ => AtZero::Other,
            };
            let is = op.zip(number).and_then(|(op, number)| match is_left {
                true => failure::holds(op, 0, number),
                false => failure::holds(op, number, 0),
            });
            let span = self.range(expression);
            self.decide_if(value, Deciding::Comparison, (zero, is), span);
        }
    }

    /// Notes an addition to an address. `None` if nothing of the kind is added to.
    pub(super) fn offset(
        &mut self,
        base: Value,
        by: Amount,
        step: Option<i64>,
        expression: &Expr,
    ) -> Option<Value> {
        let is_pointer = matches!(base.ty, Ty::Ptr(_));
        let followed = !matches!(
            base.origin,
            Origin::Unknown | Origin::Packet | Origin::Map | Origin::Local
        );
        if base.amount.is_some() || !(followed || is_pointer && base.origin == Origin::Unknown) {
            return None;
        }
        if by == Amount::Number(0) {
            return Some(base);
        }
        if let Amount::SizeOf(of) = &by {
            self.size_use(of.clone(), SizeFor::Address, expression);
        }
        let span = self.range(expression);
        self.function.offsets.push(Offset {
            base: base.clone(),
            by,
            step,
            span,
            is_address: is_pointer,
            is_user: false,
            is_kernel: false,
            target: self.target.clone(),
            leads_to: None,
        });
        Some(Value {
            offset: Some(self.function.offsets.len() - 1),
            place: None,
            amount: None,
            ..base
        })
    }

    /// A size of a kernel type as the distance between elements.
    pub(super) fn stride(&mut self, value: &Value, expression: &Expr) {
        if let Some(Amount::SizeOf(of)) = &value.amount {
            self.size_use(of.clone(), SizeFor::Stride, expression);
        }
    }

    pub(super) fn size_use(&mut self, of: String, what: SizeFor, expression: &Expr) {
        let span = self.range(expression);
        self.function.sizes.push(SizeUse {
            of,
            what,
            span,
            layout: Layout::Unknown,
        });
    }

    /// Whether a type is the kernel's, or one of the user-space API of whose size nobody here knows whether
    /// it ever grew.
    pub(super) fn may_differ(&self, name: &str, bound: bool) -> bool {
        let facts = self.input.facts;
        let is_declared = facts.structs.contains_key(name);
        facts.is_kernel(name, bound) || (!is_declared && is_uapi(name))
    }

    /// Notes the use of an enumerator of the kernel as a number.
    pub(super) fn enumerator_use(&mut self, path: &syn::Path) {
        let mut words = path
            .segments
            .iter()
            .rev()
            .map(|word| word.ident.to_string());
        let (Some(name), around) = (words.next(), words.next()) else {
            return;
        };
        let facts = self.input.facts;
        // A map or a variable of that name stands in front of it.
        let is_own = facts.maps.contains_key(&name)
            || facts.statics.contains(&name)
            || around.is_some_and(|around| facts.own_enums.contains(&around));
        let Some(of) = enum_of(&name).filter(|_| !is_own) else {
            return;
        };
        let value = self.constant(&name).as_ref().and_then(constant::value);
        let (of, name) = match of {
            Enum::Unnamed => (None, name),
            // bindgen puts the enum's name in front.
            Enum::Named(of) => {
                let bare = name
                    .strip_prefix(of)
                    .and_then(|rest| rest.strip_prefix('_'));
                (Some(of), bare.map(str::to_owned).unwrap_or(name))
            }
        };
        let is_asked = |guard: &Guard| match &*guard.question {
            Question::Enumerator(_, asked) => **asked == *name,
            _ => false,
        };
        let is_fallback = self.guards.iter().any(is_asked);
        let span = self.range(path);
        self.function.enumerators.push(Enumerator {
            name,
            of,
            value,
            values: Vec::new(),
            is_fallback,
            span,
        });
    }
}
