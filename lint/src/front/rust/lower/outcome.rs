//! Follows values through the methods of `Result`, `Option` and `bool`.

use syn::{Expr, ExprMethodCall};

use super::Lowering;
use crate::front::rust::view::{Amount, Panic, Says, Value};

impl Lowering<'_> {
    /// Methods of a `bool` or an `Option` that says something about the kernel. `None` for one that is
    /// like any other.
    pub(super) fn asked_method(
        &mut self,
        name: &str,
        value: &Value,
        call: &ExprMethodCall,
    ) -> Option<Value> {
        let says = value.says();
        if value.says.is_none() || says.is_in_result {
            return None;
        }
        let first = call.args.first();
        let inside = Value {
            says: value.still_says(),
            ..value.clone()
        };
        let (says, value) = match name {
            "is_some" => (says, Value::default()),
            "is_none" => (says.not(), Value::default()),
            "then" | "then_some" | "map" => {
                let made = self.under(&says.yes, |this| this.apply(first, inside));
                (says, made)
            }
            "and_then" | "is_some_and" | "filter" => {
                let made = self.under(&says.yes, |this| this.apply(first, inside));
                (says.at_least(), made)
            }
            "unwrap_or_else" | "or_else" | "ok_or_else" => {
                self.under(&says.no, |this| this.apply(first, Value::default()));
                let says = if name == "ok_or_else" {
                    says
                } else {
                    Says::default()
                };
                (says, inside)
            }
            "map_or_else" => {
                let made = self.under(&says.no, |this| this.apply(first, Value::default()));
                let second = call.args.get(1);
                self.under(&says.yes, |this| this.apply(second, inside));
                (Says::default(), made)
            }
            "ok_or" | "copied" | "cloned" | "as_ref" | "as_mut" => {
                for argument in &call.args {
                    self.eval(argument);
                }
                (says, inside)
            }
            "unwrap" | "expect" | "unwrap_unchecked" => {
                self.guards.extend(says.yes);
                (Says::default(), inside)
            }
            _ => return None,
        };
        let told = says.told().or(value.says);
        Some(Value {
            says: told,
            ..value
        })
    }

    /// Methods of the result of a read. `None` for one that is like any other.
    pub(super) fn result_method(
        &mut self,
        name: &str,
        value: &Value,
        call: &ExprMethodCall,
    ) -> Option<Value> {
        let mut value = value.clone();
        let mut args = call.args.iter();
        let (first, second) = (args.next(), args.next());
        let says = value.says();
        let inside = Value {
            read: None,
            says: says.clone().inside().told(),
            ..value.clone()
        };
        // The text from the method's name on: `unwrap_or(0)`.
        let start = self.range(&call.method).start;
        let how = |this: &Self| {
            let end = this.range(&call.paren_token.span.close()).end;
            let text = this.text(&(start..end));
            (text.to_owned(), start..end)
        };
        let made = match name {
            "flatten" => {
                value.says = says.clone().inside().at_least().told();
                value
            }
            "ok" | "map_err" | "copied" | "cloned" | "as_ref" => {
                for argument in &call.args {
                    self.eval(argument);
                }
                value
            }
            "unwrap_or_default" => {
                let (text, span) = how(self);
                self.fall_back(&mut value, text, span);
                value
            }
            "unwrap_or" | "unwrap_or_else" => {
                let other = match (name, first?) {
                    ("unwrap_or_else", function) => self.apply(Some(function), Value::default()),
                    (_, other) => self.zero_like(other),
                };
                if other.amount == Some(Amount::Number(0)) {
                    let (text, span) = how(self);
                    self.fall_back(&mut value, text, span);
                } else {
                    value = self.checked(value);
                    value.read = None;
                }
                value
            }
            "map_or" => {
                let other = self.zero_like(first?);
                let mut mapped = self.apply(second, inside);
                if other.amount == Some(Amount::Number(0)) {
                    mapped.read = value.read;
                    let (text, span) = how(self);
                    self.fall_back(&mut mapped, text, span);
                } else {
                    self.checked(value);
                }
                mapped
            }
            "map" => {
                let mapped = self.apply(first, inside);
                let says = Says {
                    is_in_result: says.is_in_result,
                    ..mapped.says()
                };
                Value {
                    read: value.read,
                    says: says.told(),
                    ..mapped
                }
            }
            "and_then" => {
                let value = self.checked(value);
                let then = self.apply(first, inside);
                Value {
                    read: then.read.or(value.read),
                    ..then
                }
            }
            "is_ok" | "is_err" | "is_some" | "is_none" => {
                if let Some(read) = value.read {
                    self.function.reads[read].replaceable = true;
                }
                self.checked(value);
                let says = match name {
                    "is_some" if !says.is_in_result => says.clone(),
                    "is_none" if !says.is_in_result => says.clone().not(),
                    _ => Says::default(),
                };
                return Some(Value {
                    says: says.told(),
                    ..Value::default()
                });
            }
            "unwrap" | "expect" | "unwrap_unchecked" => {
                if let Some(read) = value.read {
                    self.function.panics.push(Panic {
                        by: self.function.reads[read].callee.clone(),
                        how: format!("{name}()"),
                        is_checked: name != "unwrap_unchecked",
                        span: self.range(&call.method),
                    });
                }
                let mut value = self.checked(value);
                value.read = None;
                value
            }
            _ => return None,
        };
        // What stands in for the `Err` is no `Some` and not true.
        let says = made.says();
        let is_out = name.starts_with("unwrap") || name == "expect";
        let says = match is_out {
            true if says.is_in_result => says.inside().at_least(),
            true => Says::default(),
            false => says,
        };
        Some(Value {
            says: says.told(),
            ..made
        })
    }

    /// A value that stands in for a failed read; `Default::default()` is zero.
    pub(super) fn zero_like(&mut self, expression: &Expr) -> Value {
        if let Expr::Call(call) = expression
            && let Expr::Path(path) = &*call.func
            && path
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "default")
        {
            return Value {
                amount: Some(Amount::Number(0)),
                ..Value::default()
            };
        }
        self.eval(expression)
    }
}
