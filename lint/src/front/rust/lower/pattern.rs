//! Binds values to the names in patterns.

use syn::{Block, Expr, Local, Pat, Stmt};

use super::negative::is_negative;
use super::{Lowering, join};
use crate::front::rust::ty::Ty;
use crate::front::rust::view::{Amount, Says, Value};

impl Lowering<'_> {
    pub(super) fn local(&mut self, local: &Local) {
        let (pattern, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, self.ty(&typed.ty)),
            pattern => (pattern, Ty::Unknown),
        };
        let name = match pattern {
            Pat::Ident(ident) => Some(ident.ident.to_string()),
            Pat::TupleStruct(_) => innermost(pattern),
            _ => None,
        };
        let outer = std::mem::replace(&mut self.target, name);
        self.literal = None;
        let mut value = match &local.init {
            Some(init) => {
                self.function.refuses |= is_negative(&init.expr);
                let value = self.raw(&init.expr);
                match &init.diverge {
                    Some((_, otherwise)) => {
                        let value = self.checked(value);
                        if let Some(read) = value.read {
                            self.function.reads[read].replaceable = true;
                        }
                        let says = self.fits(&local.pat, &value.says());
                        let then = self.outcome(otherwise);
                        let span = self.range(otherwise);
                        self.fails(&value, then, &span);
                        self.under(&says.no, |this| this.raw(otherwise));
                        self.guards.extend(says.yes);
                        value
                    }
                    None => value,
                }
            }
            None => Value::default(),
        };
        self.target = outer;
        if ty != Ty::Unknown {
            // What `zeroed()` gives and the like is the variable's own.
            if value.born == Ty::Unknown {
                value.born = ty.clone();
            }
            self.typed(&value, &ty);
            value.ty = ty;
        }
        let fields = self.literal.take();
        match pattern {
            Pat::Wild(_) => {}
            Pat::Ident(ident) => {
                let name = ident.ident.to_string();
                self.set(name.clone(), value);
                for (field, value) in fields.into_iter().flatten() {
                    self.set(format!("{name}.{field}"), value);
                }
            }
            _ => {
                let value = self.checked(value);
                self.bind(pattern, value);
            }
        }
    }

    /// Gives the names of a pattern their values.
    pub(super) fn bind(&mut self, pattern: &Pat, mut value: Value) {
        match pattern {
            Pat::Ident(ident) => {
                let name = ident.ident.to_string();
                if name.starts_with(char::is_uppercase) {
                    self.enumerator_use(&ident.ident.clone().into());
                } else {
                    self.set(name, value);
                }
            }
            Pat::TupleStruct(tuple) => {
                let holds = tuple.path.segments.last();
                let holds = holds.is_some_and(|last| last.ident == "Ok" || last.ident == "Some");
                value.read = None;
                value.is_attempt = false;
                let is_ok = tuple.path.segments.last();
                let is_ok = is_ok.is_some_and(|last| last.ident == "Ok");
                value.says = match value.says() {
                    says if is_ok && says.is_in_result => says.inside().told(),
                    _ => value.still_says(),
                };
                for inner in &tuple.elems {
                    let inside = if holds { value.clone() } else { part(&value) };
                    self.bind(inner, inside);
                }
            }
            Pat::Tuple(tuple) => {
                for inner in &tuple.elems {
                    self.bind(inner, part(&value));
                }
            }
            Pat::Struct(record) => {
                for field in &record.fields {
                    self.bind(&field.pat, part(&value));
                }
            }
            Pat::Slice(slice) => {
                for inner in &slice.elems {
                    self.bind(inner, part(&value));
                }
            }
            Pat::Reference(reference) => {
                value.ty = value.ty.pointee().cloned().unwrap_or_default();
                self.bind(&reference.pat, value);
            }
            Pat::Paren(paren) => self.bind(&paren.pat, value),
            Pat::Type(typed) => {
                value.ty = self.ty(&typed.ty);
                self.bind(&typed.pat, value);
            }
            Pat::Path(path) => self.enumerator_use(&path.path),
            Pat::Or(or) => {
                for case in &or.cases {
                    self.bind(case, value.clone());
                }
            }
            _ => {}
        }
    }

    /// The arms of a `match`, or of `if let ... else`: pattern, guard and body.
    pub(super) fn arms<'e>(
        &mut self,
        scrutinee: Value,
        arms: impl Iterator<Item = (Option<&'e Pat>, Option<&'e Expr>, Body<'e>)>,
    ) -> Value {
        let scrutinee = self.checked(scrutinee);
        let mut whole: Option<Value> = None;
        // What holds where no arm so far was taken, and what holds behind the arms that come back.
        let (mut else_holds, mut behind) = (Vec::new(), Vec::new());
        let mut count = 0;
        for (pattern, guard, body) in arms {
            count += 1;
            self.scopes.push(std::collections::HashMap::new());
            if let Some(pattern) = pattern {
                self.bind(pattern, scrutinee.clone());
            }
            if let Some(guard) = guard {
                self.condition(guard);
            }
            let says = pattern.map_or_else(Says::default, |pattern| {
                self.fits(pattern, &scrutinee.says())
            });
            let holds = [&says.yes[..], &else_holds].concat();
            self.branches += 1;
            let mut value = self.under(&holds, |this| match body {
                Body::Expr(body) => this.raw(body),
                Body::Block(body) => this.block(body),
            });
            self.branches -= 1;
            self.scopes.pop();
            if guard.is_none() {
                else_holds.extend(says.no);
            }
            if !body.diverges() {
                behind.push(holds);
            }
            let failed = pattern.is_none_or(is_failure);
            if failed {
                let caught = pattern.and_then(innermost);
                let outer = std::mem::replace(&mut self.caught, caught);
                let (then, span) = match body {
                    Body::Expr(body) => (self.outcome(body), self.range(body)),
                    Body::Block(body) => (self.outcome_of(body), self.range(body)),
                };
                self.caught = outer;
                self.fails(&scrutinee, then, &span);
            }
            if failed && scrutinee.read.is_some() && value.amount == Some(Amount::Number(0)) {
                value.read = scrutinee.read;
                let span = match body {
                    Body::Expr(body) => self.range(body),
                    Body::Block(body) => self.range(body),
                };
                let how = format!("Err(_) => {}", self.text(&span));
                self.fall_back(&mut value, how, span);
            }
            if body.diverges() {
                continue;
            }
            whole = Some(match whole {
                Some(whole) => join(whole, value),
                None => value,
            });
        }
        // A lone `if let` may not have run.
        if let ([holds], true) = (&mut behind[..], count > 1) {
            self.guards.append(holds);
        }
        whole.unwrap_or_default()
    }
}

/// A part of a value that is not followed: only what may hide in it is known.
fn part(value: &Value) -> Value {
    Value {
        fallbacks: value.fallbacks.clone(),
        ..Value::default()
    }
}

fn innermost(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(ident) => Some(ident.ident.to_string()),
        Pat::TupleStruct(tuple) => tuple.elems.first().and_then(innermost),
        _ => None,
    }
}

/// Whether a pattern takes the failures of a read.
fn is_failure(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::TupleStruct(tuple) => tuple
            .path
            .segments
            .last()
            .is_some_and(|one| one.ident == "Err"),
        Pat::Ident(ident) => ident.ident == "None",
        Pat::Path(path) => path.path.is_ident("None"),
        Pat::Or(or) => or.cases.iter().any(is_failure),
        _ => false,
    }
}

/// Whether control never comes behind an expression.
pub(super) fn diverges(expression: &Expr) -> bool {
    match expression {
        Expr::Return(_) | Expr::Continue(_) | Expr::Break(_) => true,
        Expr::Block(block) => Body::Block(&block.block).diverges(),
        Expr::Unsafe(block) => Body::Block(&block.block).diverges(),
        Expr::Paren(inner) => diverges(&inner.expr),
        Expr::If(branch) => branch.else_branch.as_ref().is_some_and(|(_, other)| {
            Body::Block(&branch.then_branch).diverges() && diverges(other)
        }),
        Expr::Match(choice) => {
            !choice.arms.is_empty() && choice.arms.iter().all(|arm| diverges(&arm.body))
        }
        _ => false,
    }
}

/// What is done in a branch.
#[derive(Clone, Copy)]
pub(super) enum Body<'e> {
    Expr(&'e Expr),
    Block(&'e Block),
}

impl Body<'_> {
    pub(super) fn diverges(self) -> bool {
        match self {
            Self::Expr(expression) => diverges(expression),
            Self::Block(block) => match block.stmts.last() {
                Some(Stmt::Expr(last, _)) => diverges(last),
                _ => false,
            },
        }
    }
}
