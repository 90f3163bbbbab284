//! Follows values through calls of methods.

use syn::{Expr, ExprMethodCall};

use super::failure::{closure_gives_back, is_zero};
use super::{Lowering, constant};
use crate::front::facts::{AtZero, Deciding, SizeFor};
use crate::front::rust::ty::{self, Ty};
use crate::front::rust::view::{Amount, Origin, Outcome, Panic, Value};

impl Lowering<'_> {
    pub(super) fn method(&mut self, call: &ExprMethodCall, expression: &Expr) -> Value {
        let name = call.method.to_string();
        if self.method_place(&call.receiver, &name, expression) {
            return Value {
                origin: Origin::Typed,
                ..Value::default()
            };
        }
        let mut value = self.raw(&call.receiver);
        let turbofish = call.turbofish.as_ref().and_then(|fish| {
            let arguments = syn::PathArguments::AngleBracketed(fish.clone());
            Some(self.ty(&ty::argument(&arguments)?))
        });
        if std::mem::take(&mut value.is_attempt) {
            // The context is always there, but neither the compiler nor the verifier knows.
            if let "unwrap" | "expect" = &*name {
                self.function.panics.push(Panic {
                    by: "read_at".to_owned(),
                    how: format!("{name}()"),
                    is_checked: true,
                    span: self.range(&call.method),
                });
            }
            return Value {
                is_attempt: matches!(&*name, "ok" | "map_err"),
                ..self.plain_method(&name, value, (call, turbofish), expression)
            };
        }
        if value.read.is_some()
            && let Some(value) = self.result_method(&name, &value, call)
        {
            if self.is_result(expression) {
                for &fallback in &value.fallbacks {
                    let span = self.range(&call.method);
                    self.function.fallbacks[fallback].allows.get_or_insert(span);
                }
            }
            return value;
        }
        let value = self.checked(value);
        if let Some(value) = self.asked_method(&name, &value, call) {
            return value;
        }
        if let Origin::Context(context) = &value.origin
            && is_context(&value.ty, context)
        {
            let context = context.clone();
            return self.context_method(&name, context, value, call, turbofish, expression);
        }
        if value.origin == Origin::Map {
            return self.map_method(&name, call);
        }
        self.plain_method(&name, value, (call, turbofish), expression)
    }

    /// A method of a value that is nothing in particular.
    fn plain_method(
        &mut self,
        name: &str,
        value: Value,
        (call, turbofish): (&ExprMethodCall, Option<Ty>),
        expression: &Expr,
    ) -> Value {
        let first = call.args.first();
        match name {
            "add" | "sub" | "offset" | "byte_add" | "byte_sub" | "byte_offset" | "wrapping_add"
            | "wrapping_sub" | "wrapping_offset" | "wrapping_byte_add" | "saturating_add"
            | "checked_add" | "checked_sub" | "saturating_sub" => {
                self.stepped(name, value, first, expression)
            }
            "cast" | "cast_mut" | "cast_const" => {
                let ty = turbofish.map_or(Ty::ptr(Ty::Unknown), Ty::ptr);
                match name {
                    "cast" => self.cast(value, ty, expression),
                    _ => value,
                }
            }
            "read" | "read_unaligned" | "read_volatile" if matches!(value.ty, Ty::Ptr(_)) => {
                self.dereferenced(value, expression)
            }
            "is_null" => {
                let span = self.range(expression);
                self.address_use(&value);
                let at_zero = (AtZero::Taken, Some(true));
                self.decide_if(&value, Deciding::NullCheck, at_zero, span);
                Value::default()
            }
            "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "cmp" => {
                let other = first.map(|other| self.eval(other)).unwrap_or_default();
                self.compared(&value, &other, None, expression);
                Value::default()
            }
            "map_or" | "unwrap_or" | "unwrap_or_default" | "unwrap_or_else" | "map_or_else"
                if matches!(value.origin, Origin::Call(_)) =>
            {
                self.stands_in(name, value, call, expression)
            }
            "map" | "and_then" => self.apply(first, value),
            // The program's own copy of what was read.
            "as_ptr" | "as_mut_ptr" if !matches!(value.ty, Ty::Ptr(_)) && value.is_read() => {
                Value {
                    origin: Origin::Local,
                    ty: Ty::ptr(Ty::Unknown),
                    ..Value::default()
                }
            }
            "unwrap" | "expect" | "ok" | "map_err" | "ok_or" | "ok_or_else"
            | "unwrap_unchecked" | "into" | "try_into" | "clone" | "copied" | "cloned"
            | "as_ref" | "as_mut" | "flatten" | "unwrap_or" | "unwrap_or_default"
            | "unwrap_or_else" | "to_be" | "to_le" | "swap_bytes" | "as_ptr" | "as_mut_ptr"
            | "assume_init" | "get_unchecked" | "min" | "max" => {
                for argument in &call.args {
                    self.eval(argument);
                }
                if name == "into" && self.input.facts.functions.contains_key("from") {
                    let span = self.range(&call.receiver);
                    self.called(
                        "from".to_owned(),
                        vec![value.clone()],
                        vec![span],
                        expression,
                    );
                }
                value
            }
            _ => {
                let receiver = std::iter::once(&*call.receiver);
                if self.input.facts.functions.contains_key(name) {
                    return self.own_call(
                        name.to_owned(),
                        receiver.chain(&call.args),
                        turbofish,
                        expression,
                    );
                }
                for argument in &call.args {
                    self.eval(argument);
                }
                Value {
                    says: value.still_says(),
                    fallbacks: value.fallbacks,
                    ..Value::default()
                }
            }
        }
    }

    /// An address or a number, and what is added to it.
    fn stepped(&mut self, name: &str, value: Value, by: Option<&Expr>, expression: &Expr) -> Value {
        let by = by.map(|by| self.eval(by)).unwrap_or_default();
        let step = match &value.ty {
            Ty::Ptr(to) if !name.contains("byte") => to.size(),
            _ => Some(1),
        };
        if let (Some(owner), false) = (value.ty.points_to(), name.contains("byte"))
            && value.origin != Origin::Local
        {
            self.struct_step(owner.to_owned(), &value, expression);
            return value;
        }
        let amount = constant::possible(&by);
        let sum = amount.and_then(|by| self.offset(value.clone(), by, step, expression));
        sum.unwrap_or(Value {
            amount: None,
            ..value
        })
    }

    /// What stands in for the failure of a call.
    fn stands_in(
        &mut self,
        name: &str,
        value: Value,
        call: &ExprMethodCall,
        expression: &Expr,
    ) -> Value {
        let first = call.args.first();
        let stands_in = match first {
            Some(Expr::Closure(closure)) => self.closure(closure, Value::default()),
            Some(first) => self.zero_like(first),
            None => Value {
                amount: Some(Amount::Number(0)),
                ..Value::default()
            },
        };
        for argument in call.args.iter().skip(1) {
            self.eval(argument);
        }
        let is_given_back = matches!(first, Some(Expr::Closure(one)) if closure_gives_back(one));
        let then = match is_given_back {
            true => Some(Outcome::GivesBack),
            false => is_zero(&stands_in).then_some(Outcome::Allows),
        };
        if self.is_result(expression) {
            let span = self.range(&call.method);
            self.fails(&value, then, &span);
        }
        match name.starts_with("unwrap") {
            true => value,
            false => Value::default(),
        }
    }

    /// `.add(1)` on a pointer to a struct goes on by the struct's size.
    fn struct_step(&mut self, owner: String, value: &Value, expression: &Expr) {
        let bound = matches!(value.ty.pointee(), Some(Ty::Named(_, true)));
        if self.input.facts.is_kernel(&owner, bound) {
            self.size_use(owner, SizeFor::Stride, expression);
        }
    }

    fn map_method(&mut self, name: &str, call: &ExprMethodCall) -> Value {
        let mut args = call.args.iter();
        if let "get" | "get_ptr" | "get_ptr_mut" | "insert" | "remove" | "tail_call" = name
            && let Some(key) = args.next()
        {
            // The key is handed over by reference.
            let value = match key {
                Expr::Reference(to) => self.eval(&to.expr),
                key => self.eval(key),
            };
            let span = self.range(key);
            self.decide(&value, Deciding::MapKey, AtZero::Taken, span);
        }
        for argument in args {
            self.eval(argument);
        }
        Value {
            origin: Origin::Map,
            ..Value::default()
        }
    }
}

/// Whether a type is that of a context, or of a reference to one, and not of a pointer to its memory.
fn is_context(ty: &Ty, context: &str) -> bool {
    matches!(ty.pointee().unwrap_or(ty), Ty::Named(name, _) if name == context)
}
