//! Follows values through expressions.

use syn::spanned::Spanned as _;
use syn::{BinOp, Expr, ExprBinary, ExprIf, Lit, Stmt, UnOp};

use bpf_core_kernel_facts::enumerators::{Enum, enum_of};
use bpf_core_kernel_facts::types::is_uapi;

use super::pattern::Body;
use super::{Lowering, VERSION_WORDS, constant, failure, join};
use crate::front::kernels::{Guard, Layout, Question};
use crate::front::rust::ty::Ty;
use crate::front::rust::view::{
    Amount, ContextPart, ContextUse, Enumerator, Offset, Origin, Outcome, Says, SizeUse, Value,
    VersionChoice,
};
use crate::front::{AtZero, Deciding, SizeFor};

impl Lowering<'_> {
    /// The value of an expression, looked at by the code around.
    pub(super) fn eval(&mut self, expression: &Expr) -> Value {
        let value = self.raw(expression);
        self.checked(value)
    }

    /// The value of an expression. If it is the result of a read, nobody has looked at it yet.
    pub(super) fn raw(&mut self, expression: &Expr) -> Value {
        match expression {
            Expr::Lit(literal) => literal_value(&literal.lit),
            Expr::Path(path) => self.path(path, expression),
            Expr::Paren(inner) => self.raw(&inner.expr),
            Expr::Group(inner) => self.raw(&inner.expr),
            Expr::Block(block) => self.block(&block.block),
            Expr::Unsafe(block) => {
                let value = self.block(&block.block);
                if let ([Stmt::Expr(Expr::Call(_), None)], Some(read)) =
                    (&block.block.stmts[..], value.read)
                {
                    self.function.reads[read].block = self.range(expression);
                }
                value
            }
            Expr::Const(block) => self.block(&block.block),
            Expr::Async(block) => self.block(&block.block),
            Expr::Unary(unary) => match unary.op {
                UnOp::Deref(_) => {
                    let spot = self.spot(expression);
                    self.load(spot, expression)
                }
                UnOp::Neg(_) => {
                    let mut value = self.eval(&unary.expr);
                    value.amount = value.amount.and_then(|amount| {
                        Some(Amount::Number(constant::value(&amount)?.checked_neg()?))
                    });
                    value
                }
                _ => {
                    let before = self.asked.len();
                    let value = self.eval(&unary.expr);
                    self.reasked(before, |is| Some(!is));
                    let says = value.says().not().told();
                    Value { says, ..value }
                }
            },
            Expr::Field(_) | Expr::Index(_) => {
                let spot = self.spot(expression);
                self.load(spot, expression)
            }
            Expr::Reference(reference) => {
                let spot = self.spot(&reference.expr);
                self.address(spot, &reference.expr)
            }
            Expr::RawAddr(address) => {
                let spot = self.spot(&address.expr);
                self.address(spot, &address.expr)
            }
            Expr::Cast(cast) => {
                let value = self.eval(&cast.expr);
                self.cast(value, Ty::of(&cast.ty), expression)
            }
            Expr::Binary(binary) => self.binary(binary, expression),
            Expr::Assign(assign) => {
                let name = self.buffer_name(&assign.left);
                let outer = std::mem::replace(&mut self.target, name);
                let value = self.raw(&assign.right);
                self.function.refuses |= failure::is_negative(&assign.right);
                self.target = outer;
                match &*assign.left {
                    // `_ = read()`
                    Expr::Infer(_) => {}
                    left => self.store(left, value),
                }
                Value::default()
            }
            Expr::Call(call) => self.call(call, expression),
            Expr::MethodCall(call) => self.method(call, expression),
            Expr::Macro(call) => self.macro_call(&call.mac),
            Expr::If(branch) => self.branch(branch),
            Expr::Let(condition) => {
                let value = self.eval(&condition.expr);
                let says = self.fits(&condition.pat, &value.says()).told();
                self.bind(&condition.pat, value);
                Value {
                    says,
                    ..Value::default()
                }
            }
            Expr::Match(choice) => {
                let scrutinee = self.raw(&choice.expr);
                if !scrutinee.fallbacks.is_empty() {
                    let span = self.range(&choice.expr);
                    self.decide(&scrutinee, Deciding::Match, AtZero::Other, span);
                }
                let (asks, before) = self.version_question(&choice.expr);
                let arms = choice.arms.iter().map(|arm| {
                    let guard = arm.guard.as_ref().map(|(_, guard)| &**guard);
                    (Some(&arm.pat), guard, Body::Expr(&arm.body))
                });
                let value = self.arms(scrutinee, arms);
                self.version_answer(asks, before, &value, &choice.expr);
                value
            }
            Expr::While(repeat) => {
                self.scopes.push(std::collections::HashMap::new());
                let says = self.condition(&repeat.cond);
                self.under(&says.yes, |this| this.block(&repeat.body));
                self.scopes.pop();
                Value::default()
            }
            Expr::Loop(repeat) => {
                self.under(&[], |this| this.block(&repeat.body));
                Value::default()
            }
            Expr::ForLoop(repeat) => {
                let over = self.eval(&repeat.expr);
                let span = self.range(&repeat.expr);
                self.decide(&over, Deciding::LoopBound, AtZero::Taken, span);
                self.scopes.push(std::collections::HashMap::new());
                self.bind(&repeat.pat, Value::default());
                self.under(&[], |this| this.block(&repeat.body));
                self.scopes.pop();
                Value::default()
            }
            Expr::Closure(closure) => self.closure(closure, Value::default()),
            Expr::Return(give) => {
                if let Some(value) = &give.expr {
                    self.result(value);
                    let value = self.raw(value);
                    let span = self.range(expression);
                    self.give_back(value, &span);
                }
                Value::default()
            }
            Expr::Break(stop) => match &stop.expr {
                Some(value) => self.eval(value),
                None => Value::default(),
            },
            Expr::Try(attempt) => {
                let mut value = self.eval(&attempt.expr);
                let span = self.range(expression);
                self.fails(&value, Some(Outcome::Passes), &span);
                value.read = None;
                let says = value.says();
                if says.is_in_result {
                    value.says = says.inside().told();
                } else {
                    // Behind `?` the `Option` is `Some`.
                    value.says = value.still_says();
                    self.guards.extend(says.yes);
                }
                value
            }
            Expr::Struct(record) => {
                let mut fields = Vec::new();
                for field in &record.fields {
                    let name = match &field.member {
                        syn::Member::Named(name) => name.to_string(),
                        syn::Member::Unnamed(index) => index.index.to_string(),
                    };
                    let value = self.eval(&field.expr);
                    fields.push((name, value));
                }
                if let Some(rest) = &record.rest {
                    self.eval(rest);
                }
                let all = fields.iter().flat_map(|(_, value)| value.fallbacks.clone());
                let whole = made(all.collect());
                self.literal = Some(fields);
                whole
            }
            Expr::Tuple(tuple) => {
                let parts = tuple.elems.iter().map(|part| self.eval(part).fallbacks);
                let parts: Vec<_> = parts.collect();
                made(parts.concat())
            }
            Expr::Array(array) => {
                let parts = array.elems.iter().map(|part| self.eval(part).fallbacks);
                let parts: Vec<_> = parts.collect();
                made(parts.concat())
            }
            Expr::Repeat(repeat) => {
                let value = self.eval(&repeat.expr);
                // `[0; 16]` is a zero as well.
                Value {
                    amount: value.amount.filter(|amount| *amount == Amount::Number(0)),
                    origin: Origin::Local,
                    ..Value::default()
                }
            }
            Expr::Range(range) => {
                let ends = [&range.start, &range.end].into_iter().flatten();
                let ends: Vec<Value> = ends.map(|end| self.eval(end)).collect();
                ends.into_iter()
                    .reduce(join)
                    .map_or_else(Value::default, |value| Value {
                        amount: None,
                        ..value
                    })
            }
            _ => Value::default(),
        }
    }

    fn path(&mut self, path: &syn::ExprPath, expression: &Expr) -> Value {
        if let Some(name) = path.path.get_ident()
            && let name = name.to_string()
            && self.get(&name).is_some()
        {
            self.uses(&name, expression);
            return self.get(&name).cloned().unwrap_or_default();
        }
        let Some(last) = path.path.segments.last() else {
            return Value::default();
        };
        let name = last.ident.to_string();
        let facts = self.input.facts;
        self.enumerator_use(&path.path);
        if facts.statics.contains(&name) {
            return Value {
                amount: self.constant(&name),
                says: Says::other().told(),
                ..Value::default()
            };
        }
        if facts.maps.contains_key(&name) {
            return Value {
                origin: Origin::Map,
                ..Value::default()
            };
        }
        let amount = self.constant(&name).or_else(|| {
            // A constant of a type that the crate declares: `Offsets::PID`.
            let inside = path.path.segments.len() > 1;
            let constant = name.len() > 1
                && name
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit());
            (inside && constant && facts.consts.contains_key(&name))
                .then(|| Amount::Named(name.clone(), None))
        });
        Value {
            amount,
            ..Value::default()
        }
    }

    pub(super) fn cast(&mut self, mut value: Value, ty: Ty, expression: &Expr) -> Value {
        if let Ty::Ptr(to) = &ty {
            self.address_use(&value);
            if let (Origin::Context(context), Ty::Named(name, _)) = (&value.origin, &**to) {
                let used = ContextUse {
                    context: context.clone(),
                    what: ContextPart::Cast(name.clone()),
                    span: self.range(expression),
                };
                self.function.contexts.push(used);
            }
        }
        if value.born == Ty::Unknown {
            value.born = ty.clone();
        }
        if ty != Ty::Unknown && ty != Ty::ptr(Ty::Unknown) {
            value.ty = ty;
        }
        value
    }

    fn binary(&mut self, binary: &ExprBinary, expression: &Expr) -> Value {
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
    fn stride(&mut self, value: &Value, expression: &Expr) {
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
        let is_own = around.is_some_and(|around| facts.own_enums.contains(&around));
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

    /// An expression that takes the program one way or the other, and what it says about the kernel.
    pub(super) fn condition(&mut self, expression: &Expr) -> Says {
        let value = self.eval(expression);
        if !value.fallbacks.is_empty() || matches!(value.origin, Origin::Call(_)) {
            let span = self.range(expression);
            let at_zero = (AtZero::Taken, Some(false));
            self.decide_if(&value, Deciding::Condition, at_zero, span);
        }
        value.says()
    }

    fn branch(&mut self, branch: &ExprIf) -> Value {
        let (asks, before) = self.version_question(&branch.cond);
        self.scopes.push(std::collections::HashMap::new());
        let mut behind = Vec::new();
        let value = if let Expr::Let(condition) = &*branch.cond {
            let scrutinee = self.raw(&condition.expr);
            if let Some(read) = scrutinee.read {
                self.function.reads[read].replaceable = true;
            }
            if branch.else_branch.is_none() && Body::Block(&branch.then_branch).diverges() {
                behind = self.fits(&condition.pat, &scrutinee.says()).no;
            }
            let first = (
                Some(&*condition.pat),
                None,
                Body::Block(&branch.then_branch),
            );
            let other = branch
                .else_branch
                .as_ref()
                .map(|(_, other)| (None, None, Body::Expr(other)));
            self.arms(scrutinee, std::iter::once(first).chain(other))
        } else {
            let (asked, reads) = (self.asked.len(), self.function.reads.len());
            let says = self.condition(&branch.cond);
            let other = branch.else_branch.as_ref().map(|(_, other)| &**other);
            self.taken(asked, &branch.then_branch, other);
            self.told(reads, branch);
            let then = self.under(&says.yes, |this| this.block(&branch.then_branch));
            let value = other.map(|other| {
                let value = self.under(&says.no, |this| this.raw(other));
                if super::pattern::diverges(other) {
                    then.clone()
                } else {
                    join(then, value)
                }
            });
            // Behind `if !core_field_exists!(..) { return }` the field exists.
            if Body::Block(&branch.then_branch).diverges() {
                behind = says.no;
            } else if other.is_some_and(super::pattern::diverges) {
                behind = says.yes;
            }
            value.unwrap_or_default()
        };
        self.scopes.pop();
        self.guards.extend(behind);
        self.version_answer(asks, before, &value, &branch.cond);
        value
    }

    /// Whether an expression asks for the kernel's version, and how many events there are so far.
    fn version_question(&self, expression: &Expr) -> (Option<String>, [usize; 2]) {
        let counts = [self.function.offsets.len(), self.function.places.len()];
        if !self.asks_version {
            return (None, counts);
        }
        let range = self.range(&expression.span());
        let text = self.text(&range);
        let lower = text.to_ascii_lowercase();
        let asks = VERSION_WORDS.iter().any(|word| lower.contains(word));
        (asks.then(|| text.to_owned()), counts)
    }

    /// Notes that a layout is chosen, if one is: a constant, or different offsets or fields.
    fn version_answer(
        &mut self,
        asks: Option<String>,
        before: [usize; 2],
        value: &Value,
        expression: &Expr,
    ) {
        let Some(asked) = asks else {
            return;
        };
        let offset = self.function.offsets.get(before[0]).map(|one| &one.span);
        let place = self.function.places.get(before[1]).map(|one| &one.span);
        let span = self.range(expression);
        let chosen = value.amount.as_ref().map(|_| &span);
        if let Some(layout) = offset.or(place).or(chosen).cloned() {
            let choice = VersionChoice {
                asked,
                span,
                layout,
            };
            self.function.versions.push(choice);
        }
    }
}

/// A value that the program makes of others.
fn made(fallbacks: Vec<usize>) -> Value {
    Value {
        origin: Origin::Local,
        fallbacks,
        ..Value::default()
    }
}

fn literal_value(literal: &Lit) -> Value {
    let amount = match literal {
        Lit::Int(int) => int.base10_parse::<i64>().ok().map(Amount::Number),
        Lit::Byte(byte) => Some(Amount::Number(i64::from(byte.value()))),
        _ => None,
    };
    Value {
        amount,
        ..Value::default()
    }
}
