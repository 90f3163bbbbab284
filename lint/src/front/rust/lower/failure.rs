//! Follows the failures of reads and calls to what the function then gives.

use std::collections::HashSet;
use std::ops::Range;

use syn::{Block, Expr, ExprClosure, ExprIf, Lit, Pat, Stmt, UnOp};

use super::negative::{is_negative, refuses};
use super::{Lowering, constant, pattern};
use crate::front::facts::AtZero;
use crate::front::rust::view::{Amount, Failing, Failure, Origin, Outcome, Thrown, Value};

/// The expressions whose value a function gives, by their address: those that end its body, and what they
/// are made from.
pub(super) type Results = HashSet<*const Expr>;

/// A use of a value that may be a failure, in the condition at hand.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// The fallback, and the decision in it.
    pub(super) decision: (usize, usize),
    /// What the condition is if the read failed, where that follows.
    pub(super) is: Option<bool>,
}

impl Lowering<'_> {
    /// Notes which expressions give the function's result.
    pub(super) fn results_of(&mut self, body: &Block) {
        let Some(Stmt::Expr(last, None)) = body.stmts.last() else {
            return;
        };
        self.result(last);
        // `let verdict = ...; verdict`
        let Expr::Path(variable) = last else { return };
        let Some(name) = variable.path.get_ident() else {
            return;
        };
        let locals = body
            .stmts
            .iter()
            .rev()
            .filter_map(|statement| match statement {
                Stmt::Local(local) => Some((&local.pat, &*local.init.as_ref()?.expr)),
                _ => None,
            });
        let binds = |pattern: &Pat| matches!(pattern, Pat::Ident(one) if one.ident == *name);
        for (pattern, value) in locals {
            match pattern {
                Pat::Type(typed) if binds(&typed.pat) => return self.result(value),
                Pat::Tuple(tuple) => {
                    if let Some(at) = tuple.elems.iter().position(binds) {
                        return self.result_part(value, at);
                    }
                }
                pattern if binds(pattern) => return self.result(value),
                _ => {}
            }
        }
    }

    /// Notes that the function gives a part of the tuple that an expression makes.
    fn result_part(&mut self, expression: &Expr, at: usize) {
        let of_block = |this: &mut Self, block: &Block| {
            if let Some(Stmt::Expr(last, None)) = block.stmts.last() {
                this.result_part(last, at);
            }
        };
        match expression {
            Expr::Tuple(tuple) => {
                if let Some(part) = tuple.elems.iter().nth(at) {
                    self.result(part);
                }
            }
            Expr::Paren(inner) => self.result_part(&inner.expr, at),
            Expr::Unsafe(block) => of_block(self, &block.block),
            Expr::Block(block) => of_block(self, &block.block),
            Expr::If(branch) => {
                of_block(self, &branch.then_branch);
                if let Some((_, other)) = &branch.else_branch {
                    self.result_part(other, at);
                }
            }
            Expr::Match(choice) => {
                for arm in &choice.arms {
                    self.result_part(&arm.body, at);
                }
            }
            _ => {}
        }
    }

    /// Notes that the function gives the value of an expression.
    pub(super) fn result(&mut self, expression: &Expr) {
        self.results.insert(std::ptr::from_ref(expression));
        self.function.refuses |= is_negative(expression);
        match expression {
            Expr::Paren(inner) => self.result(&inner.expr),
            Expr::Unsafe(block) => self.results_of(&block.block),
            Expr::Block(block) => self.results_of(&block.block),
            Expr::If(branch) => {
                self.results_of(&branch.then_branch);
                if let Some((_, other)) = &branch.else_branch {
                    self.result(other);
                }
            }
            Expr::Match(choice) => {
                self.result(&choice.expr);
                for arm in &choice.arms {
                    self.result(&arm.body);
                }
            }
            Expr::MethodCall(call) => {
                self.result(&call.receiver);
                for argument in &call.args {
                    if let Expr::Closure(closure) = argument {
                        self.result(&closure.body);
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn is_result(&self, expression: &Expr) -> bool {
        self.results.contains(&std::ptr::from_ref(expression))
    }

    /// Notes what comes of a failure of what a value is made by.
    pub(super) fn fails(&mut self, value: &Value, then: Option<Outcome>, at: &Range<usize>) {
        let of = match (value.read, &value.origin) {
            (Some(read), _) => {
                let read = &self.function.reads[read];
                Failing::Read(read.callee.clone(), read.span.clone())
            }
            (None, Origin::Call(call)) => Failing::Call(*call),
            _ => return,
        };
        if let Some(then) = then {
            let at = at.clone();
            self.function.failures.push(Failure { of, then, at });
        }
    }

    /// What a function gives that goes this way: `return 0`, or, as the end of the function, `0`.
    pub(super) fn outcome(&self, way: &Expr) -> Option<Outcome> {
        match way {
            Expr::Return(give) => self.given(give.expr.as_deref()?),
            Expr::Block(block) => self.outcome_of(&block.block),
            Expr::Unsafe(block) => self.outcome_of(&block.block),
            Expr::Paren(inner) => self.outcome(&inner.expr),
            other if self.is_result(other) => self.given(other),
            Expr::Tuple(tuple) => {
                let mut parts = tuple.elems.iter();
                let part = parts.find(|part| self.is_result(part));
                part.and_then(|part| self.given(part))
            }
            _ => None,
        }
    }

    pub(super) fn outcome_of(&self, way: &Block) -> Option<Outcome> {
        match way.stmts.last()? {
            Stmt::Expr(last, _) => self.outcome(last),
            _ => None,
        }
    }

    fn given(&self, value: &Expr) -> Option<Outcome> {
        match value {
            Expr::Paren(inner) => self.given(&inner.expr),
            Expr::Cast(cast) => self.given(&cast.expr),
            Expr::Lit(literal) => match &literal.lit {
                Lit::Int(int) if int.base10_digits() == "0" => Some(Outcome::Allows),
                Lit::Bool(answer) => Some(Outcome::Answers(answer.value)),
                _ => None,
            },
            Expr::Path(path) => {
                let name = path.path.segments.last()?.ident.to_string();
                if self.caught.as_ref() == Some(&name) {
                    return Some(Outcome::GivesBack);
                }
                if name == "None" {
                    return Some(Outcome::Passes(Thrown::Other));
                }
                let amount = self.constant(&name)?;
                (constant::value(&amount) == Some(0)).then_some(Outcome::Allows)
            }
            Expr::Call(call) => {
                let Expr::Path(function) = &*call.func else {
                    return None;
                };
                match function.path.segments.last()?.ident.to_string().as_str() {
                    "Ok" | "Some" => self.given(call.args.first()?),
                    "Err" => match call.args.first()? {
                        // The caller gives it back as it is.
                        error if is_negative(error) => None,
                        error => Some(Outcome::Passes(self.thrown_value(error))),
                    },
                    _ => None,
                }
            }
            // `result.err().unwrap_or(0)`
            Expr::MethodCall(call) => {
                let is_error = |of: &Expr| matches!(of, Expr::MethodCall(of) if of.method == "err");
                let name = call.method.to_string();
                let is_given_back = name.starts_with("unwrap") && is_error(&call.receiver);
                (is_given_back || name == "unwrap_err").then_some(Outcome::GivesBack)
            }
            _ => None,
        }
    }

    /// The error in `Err(error)`.
    fn thrown_value(&self, error: &Expr) -> Thrown {
        match self.given(error) {
            Some(Outcome::Allows) => Thrown::Zero,
            Some(Outcome::GivesBack) => Thrown::Same,
            _ => Thrown::Other,
        }
    }

    /// The error that `?` behind an expression passes on.
    pub(super) fn thrown(&self, attempt: &Expr) -> Thrown {
        match attempt {
            Expr::Paren(inner) => self.thrown(&inner.expr),
            Expr::Unsafe(block) => match block.block.stmts.last() {
                Some(Stmt::Expr(last, None)) => self.thrown(last),
                _ => Thrown::Other,
            },
            Expr::MethodCall(call) => match (call.method.to_string().as_str(), call.args.first()) {
                ("map_err" | "ok_or_else", Some(Expr::Closure(closure))) => {
                    match closure_gives_back(closure) {
                        true => Thrown::Same,
                        false => self.thrown_value(&closure.body),
                    }
                }
                ("ok_or", Some(error)) => self.thrown_value(error),
                ("map_err" | "ok_or_else" | "ok" | "or" | "or_else", _) => Thrown::Other,
                _ => Thrown::Same,
            },
            _ => Thrown::Same,
        }
    }

    /// Notes what comes of each answer of a call that a condition asks: `if is_denied(file) { return -EPERM }`.
    pub(super) fn answered(&mut self, branch: &ExprIf) {
        let (mut asked, mut is_negated) = (&*branch.cond, false);
        loop {
            asked = match asked {
                Expr::Paren(inner) => &inner.expr,
                Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                    is_negated = !is_negated;
                    &unary.expr
                }
                Expr::Unsafe(block) => match &block.block.stmts[..] {
                    [Stmt::Expr(last, None)] => last,
                    _ => return,
                },
                _ => break,
            };
        }
        let span = self.range(asked);
        let mut calls = self.function.calls.iter().enumerate();
        let Some((call, _)) = calls.find(|(_, call)| call.span == span) else {
            return;
        };
        let other = branch.else_branch.as_ref().map(|(_, other)| &**other);
        let then = (
            self.outcome_of(&branch.then_branch),
            refuses(&branch.then_branch),
        );
        let other = match other {
            Some(other @ Expr::Block(block)) => (self.outcome(other), refuses(&block.block)),
            Some(other) => (self.outcome(other), false),
            None => (None, false),
        };
        for answer in [true, false] {
            let (way, skipped) = match answer != is_negated {
                true => (&then, &other),
                false => (&other, &then),
            };
            let then = way.0.or(skipped.1.then_some(Outcome::Allows));
            if let Some(then) = then {
                let of = Failing::Answer(call, answer);
                let at = span.clone();
                self.function.failures.push(Failure { of, then, at });
            }
        }
    }

    /// Notes which way failures take at a branch, and what comes of it.
    pub(super) fn taken(&mut self, before: usize, then: &Block, other: Option<&Expr>) {
        let ways = [
            Some((self.outcome_of(then), refuses(then), leaves(then))),
            other.map(|other| {
                let block = match other {
                    Expr::Block(block) => refuses(&block.block),
                    _ => false,
                };
                (self.outcome(other), block, pattern::diverges(other))
            }),
        ];
        for asked in self.asked.split_off(before) {
            let Some(is) = asked.is else { continue };
            let (way, skipped) = if is {
                (&ways[0], &ways[1])
            } else {
                (&ways[1], &ways[0])
            };
            let (fallback, decision) = asked.decision;
            let fallback = &mut self.function.fallbacks[fallback];
            let decision = &mut fallback.decisions[decision];
            let leaves = way.as_ref().is_some_and(|(_, _, leaves)| *leaves);
            let allows = way
                .as_ref()
                .is_some_and(|(then, _, _)| *then == Some(Outcome::Allows));
            if leaves {
                decision.zero = AtZero::TurnedAway;
            }
            let is_let_through = skipped.as_ref().is_some_and(|(_, refuses, _)| *refuses);
            if allows || is_let_through {
                fallback.allows.get_or_insert(decision.span.clone());
            }
        }
    }

    /// `if read().is_err() { return 0 }`: what comes of the failure of the read that was just asked about.
    pub(super) fn told(&mut self, before: usize, branch: &ExprIf) {
        let Expr::MethodCall(call) = &*branch.cond else {
            return;
        };
        let other = branch.else_branch.as_ref().map(|(_, other)| &**other);
        let then = match call.method.to_string().as_str() {
            "is_err" | "is_none" => self.outcome_of(&branch.then_branch),
            "is_ok" | "is_some" => other.and_then(|other| self.outcome(other)),
            _ => None,
        };
        let read = (before < self.function.reads.len()).then_some(before);
        let value = Value {
            read,
            ..Value::default()
        };
        let at = self.range(&branch.cond);
        if read.is_some() {
            self.fails(&value, then, &at);
        }
    }

    /// Takes the questions from `before` on for those of the whole condition.
    pub(super) fn reasked(&mut self, before: usize, whole: impl Fn(bool) -> Option<bool>) {
        for asked in &mut self.asked[before..] {
            asked.is = asked.is.and_then(&whole);
        }
    }
}

/// Whether a comparison holds of a failed read, which is zero.
pub(super) fn holds(op: &syn::BinOp, left: i64, right: i64) -> Option<bool> {
    use syn::BinOp::{Eq, Ge, Gt, Le, Lt, Ne};
    Some(match op {
        Eq(_) => left == right,
        Ne(_) => left != right,
        Lt(_) => left < right,
        Le(_) => left <= right,
        Gt(_) => left > right,
        Ge(_) => left >= right,
        _ => return None,
    })
}

/// Whether a closure gives what it gets: `|error| error`.
pub(super) fn closure_gives_back(closure: &ExprClosure) -> bool {
    let mut body = &*closure.body;
    while let Expr::Cast(cast) = body {
        body = &cast.expr;
    }
    let given = match body {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    };
    let gets = closure.inputs.first().map(|input| match input {
        Pat::Type(typed) => &*typed.pat,
        input => input,
    });
    matches!((gets, given), (Some(Pat::Ident(gets)), Some(given)) if gets.ident == *given)
}

fn leaves(block: &Block) -> bool {
    pattern::Body::Block(block).diverges()
}

/// Whether a value is a plain zero.
pub(super) fn is_zero(value: &Value) -> bool {
    value.amount == Some(Amount::Number(0))
}
