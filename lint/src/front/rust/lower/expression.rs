//! Follows values through expressions.

use std::collections::HashMap;

use syn::spanned::Spanned as _;
use syn::{Expr, ExprIf, Lit, Stmt, UnOp};

use super::negative::is_negative;
use super::pattern::Body;
use super::{Lowering, VERSION_WORDS, constant, join};
use crate::front::facts::{AtZero, Deciding};
use crate::front::rust::ty::Ty;
use crate::front::rust::view::{Amount, ContextPart, Origin, Outcome, Says, Value, VersionChoice};

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
            Expr::Unsafe(block) => self.unsafe_block(&block.block, expression),
            Expr::Const(block) => self.block(&block.block),
            Expr::Async(block) => self.block(&block.block),
            Expr::Unary(unary) => self.unary(unary, expression),
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
                self.cast(value, self.ty(&cast.ty), expression)
            }
            Expr::Binary(binary) => self.binary(binary, expression),
            Expr::Assign(assign) => self.assignment(assign),
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
            Expr::Match(choice) => self.choice(choice),
            Expr::While(repeat) => {
                self.scopes.push(HashMap::new());
                let says = self.condition(&repeat.cond);
                self.under(&says.yes, |this| this.block(&repeat.body));
                self.scopes.pop();
                Value::default()
            }
            Expr::Loop(repeat) => {
                self.under(&[], |this| this.block(&repeat.body));
                Value::default()
            }
            Expr::ForLoop(repeat) => self.for_loop(repeat),
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
            Expr::Try(attempt) => self.attempt(&attempt.expr, expression),
            Expr::Struct(record) => self.record(record),
            Expr::Tuple(tuple) => self.parts(tuple.elems.iter()),
            Expr::Array(array) => self.parts(array.elems.iter()),
            Expr::Repeat(repeat) => {
                let value = self.eval(&repeat.expr);
                // `[0; 16]` is a zero as well.
                Value {
                    amount: value.amount.filter(|amount| *amount == Amount::Number(0)),
                    origin: Origin::Local,
                    ..Value::default()
                }
            }
            Expr::Range(range) => self.ends(range),
            _ => Value::default(),
        }
    }

    /// Notes a block that has nothing but a read in it.
    fn unsafe_block(&mut self, block: &syn::Block, expression: &Expr) -> Value {
        let value = self.block(block);
        if let ([Stmt::Expr(Expr::Call(_), None)], Some(read)) = (&block.stmts[..], value.read) {
            self.function.reads[read].block = self.range(expression);
        }
        value
    }

    fn unary(&mut self, unary: &syn::ExprUnary, expression: &Expr) -> Value {
        match unary.op {
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
        }
    }

    fn assignment(&mut self, assign: &syn::ExprAssign) -> Value {
        let name = self.buffer_name(&assign.left);
        let outer = std::mem::replace(&mut self.target, name);
        let value = self.raw(&assign.right);
        self.function.refuses |= is_negative(&assign.right);
        self.target = outer;
        match &*assign.left {
            // `_ = read()`
            Expr::Infer(_) => {}
            left => self.store(left, value),
        }
        Value::default()
    }

    /// A `match`.
    fn choice(&mut self, choice: &syn::ExprMatch) -> Value {
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

    fn for_loop(&mut self, repeat: &syn::ExprForLoop) -> Value {
        let over = self.eval(&repeat.expr);
        let span = self.range(&repeat.expr);
        self.decide(&over, Deciding::LoopBound, AtZero::Taken, span);
        self.scopes.push(HashMap::new());
        self.bind(&repeat.pat, Value::default());
        self.under(&[], |this| this.block(&repeat.body));
        self.scopes.pop();
        Value::default()
    }

    /// `attempt?`
    fn attempt(&mut self, attempt: &Expr, expression: &Expr) -> Value {
        let mut value = self.eval(attempt);
        let span = self.range(expression);
        let thrown = self.thrown(attempt);
        self.fails(&value, Some(Outcome::Passes(thrown)), &span);
        value.read = None;
        value.is_attempt = false;
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

    fn record(&mut self, record: &syn::ExprStruct) -> Value {
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

    /// What is made of several values: a tuple, an array.
    fn parts<'e>(&mut self, parts: impl Iterator<Item = &'e Expr>) -> Value {
        let parts: Vec<_> = parts.map(|part| self.eval(part).fallbacks).collect();
        made(parts.concat())
    }

    /// What both ends of a range have in common.
    fn ends(&mut self, range: &syn::ExprRange) -> Value {
        let ends = [&range.start, &range.end].into_iter().flatten();
        let ends: Vec<Value> = ends.map(|end| self.eval(end)).collect();
        let both = ends.into_iter().reduce(join);
        both.map_or_else(Value::default, |value| Value {
            amount: None,
            ..value
        })
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
        if facts.functions.contains_key(&name) {
            // `.map(name)`, `event!(ctx, name)`: somebody calls it, and nobody knows with what.
            self.called(name, Vec::new(), Vec::new(), expression);
            return Value::default();
        }
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
                let part = ContextPart::Cast(name.clone());
                self.context_use(context.clone(), part, self.range(expression));
            }
        }
        if value.born == Ty::Unknown {
            value.born = ty.clone();
        }
        if ty != Ty::Unknown && ty != Ty::ptr(Ty::Unknown) {
            self.typed(&value, &ty);
            value.ty = ty;
        }
        value
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
        self.scopes.push(HashMap::new());
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
            self.answered(branch);
            self.branches += 1;
            let then = self.under(&says.yes, |this| this.block(&branch.then_branch));
            let value = other.map(|other| {
                let value = self.under(&says.no, |this| this.raw(other));
                if super::pattern::diverges(other) {
                    then.clone()
                } else {
                    join(then, value)
                }
            });
            // Behind `if kind != EXEC { return }` is a branch of its own.
            let leaves = Body::Block(&branch.then_branch).diverges();
            if !leaves || matches!(&*branch.cond, Expr::MethodCall(_)) {
                self.branches -= 1;
            }
            // Behind `if !core_field_exists!(..) { return }` the field exists.
            if leaves {
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
    fn version_question(&self, expression: &Expr) -> (Option<String>, [usize; 3]) {
        let counts = [
            self.function.offsets.len(),
            self.function.places.len(),
            self.function.contexts.len(),
        ];
        if !self.asks_version {
            return (None, counts);
        }
        let range = self.range(&expression.span());
        let text = self.text(&range);
        let lower = text.to_ascii_lowercase();
        let asks = VERSION_WORDS.iter().any(|word| lower.contains(word));
        let asks = asks || self.is_version(text);
        (asks.then(|| text.to_owned()), counts)
    }

    /// Whether a text names a variable with a version that the loader set: `version >= 0x050c00`.
    fn is_version(&self, text: &str) -> bool {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| {
            let is_so_called = word.to_ascii_lowercase().contains("version");
            is_so_called && self.get(word).is_some_and(|value| value.says().is_other())
        })
    }

    /// Notes that a layout is chosen, if one is: a constant, or different offsets, fields or arguments.
    fn version_answer(
        &mut self,
        asks: Option<String>,
        before: [usize; 3],
        value: &Value,
        expression: &Expr,
    ) {
        let Some(asked) = asks else {
            return;
        };
        let offset = self.function.offsets.get(before[0]).map(|one| &one.span);
        let place = self.function.places.get(before[1]).map(|one| &one.span);
        let context = self.function.contexts.get(before[2]).map(|one| &one.span);
        let span = self.range(expression);
        let chosen = value.amount.as_ref().map(|_| &span);
        if let Some(layout) = offset.or(place).or(context).or(chosen).cloned() {
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
