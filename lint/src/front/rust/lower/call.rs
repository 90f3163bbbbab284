//! Follows values through calls of functions.

use syn::{Expr, ExprCall, ExprClosure};

use super::Lowering;
use crate::front::rust::ty::{self, Ty};
use crate::front::rust::view::{Amount, Call, How, Origin, Place, Says, Value};
use crate::known::{Layout, Question};

impl Lowering<'_> {
    pub(super) fn call(&mut self, call: &ExprCall, expression: &Expr) -> Value {
        let Expr::Path(function) = &*call.func else {
            self.eval(&call.func);
            for argument in &call.args {
                self.eval(argument);
            }
            return Value::default();
        };
        let Some(last) = function.path.segments.last() else {
            return Value::default();
        };
        let name = last.ident.to_string();
        let turbofish = ty::argument(&last.arguments).map(|ty| self.ty(&ty));
        if let Some(value) = self.filling(&name, call, expression) {
            return value;
        }
        if let Some(value) = self.probe_read(&name, call, turbofish.clone(), expression) {
            return value;
        }
        match (name.as_str(), call.args.first()) {
            ("bpf_get_current_task" | "bpf_get_current_task_btf", _) => Value {
                origin: if name.ends_with("_btf") {
                    Origin::TypedTask
                } else {
                    Origin::Task
                },
                source: Some(self.range(expression)),
                ..Value::default()
            },
            ("size_of", None) => match turbofish {
                Some(Ty::Named(name, bound)) if self.may_differ(&name, bound) => Value {
                    amount: Some(Amount::SizeOf(name)),
                    ..Value::default()
                },
                Some(ty) => Value {
                    amount: ty.size().map(Amount::Number),
                    ..Value::default()
                },
                None => Value::default(),
            },
            ("core_type_exists" | "core_type_matches" | "core_type_size", None) => {
                self.about_type(&name, turbofish, expression)
            }
            ("null" | "null_mut", None) => Value {
                amount: Some(Amount::Number(0)),
                ..Value::default()
            },
            ("zeroed", None) => Value {
                amount: Some(Amount::Number(0)),
                origin: Origin::Local,
                ..Value::default()
            },
            // The result is the argument.
            ("Some" | "Ok" | "transmute" | "from_ref" | "black_box", Some(argument)) => {
                self.raw(argument)
            }
            ("Err", Some(argument)) => {
                self.eval(argument);
                Value::default()
            }
            // `core::ptr::read(p)`, in all its forms; a volatile read of a static is a setting.
            ("read" | "read_unaligned" | "read_volatile", Some(argument))
                if !self.input.facts.functions.contains_key(&name) =>
            {
                let value = self.eval(argument);
                self.dereferenced(value, expression)
            }
            _ => match self.of_bpf_core(&name, function, call, expression) {
                Some(value) => value,
                None => self.own_call(name, call.args.iter(), turbofish, expression),
            },
        }
    }

    /// `core_type_exists::<T>()`
    fn about_type(&mut self, name: &str, ty: Option<Ty>, expression: &Expr) -> Value {
        let Some(of) = ty.and_then(|ty| self.kernel_name(&ty)) else {
            return Value::default();
        };
        let says = Says::asks(Question::Type(of.as_str().into()));
        Value {
            says: match name {
                "core_type_exists" | "core_type_size" => says.told(),
                // Where the type does not match, it may be there.
                _ => says.at_least().told(),
            },
            source: Some(self.range(expression)),
            ..Value::default()
        }
    }

    /// A value behind a pointer is loaded without a helper.
    pub(super) fn dereferenced(&mut self, value: Value, expression: &Expr) -> Value {
        self.address_use(&value);
        let kernel = value.origin.is_kernel() || matches!(value.origin, Origin::Argument(_));
        if kernel {
            let place = Place {
                owner: String::new(),
                bound: false,
                fields: String::new(),
                how: How::Load,
                span: self.range(expression),
                pointer: String::new(),
                layout: Layout::Unknown,
                base: value.clone(),
            };
            self.function.places.push(place);
        }
        Value {
            origin: loaded(&value.origin, kernel),
            says: value.still_says(),
            ty: value.ty.pointee().cloned().unwrap_or_default(),
            ..Value::default()
        }
    }

    /// A call of a function that may be the crate's own.
    pub(super) fn own_call<'e>(
        &mut self,
        callee: String,
        args: impl Iterator<Item = &'e Expr>,
        turbofish: Option<Ty>,
        expression: &Expr,
    ) -> Value {
        let facts = self.input.facts;
        let Some(returned) = facts.functions.get(&callee) else {
            for argument in args {
                self.eval(argument);
            }
            return Value::default();
        };
        let mut values = Vec::new();
        let mut spans = Vec::new();
        for argument in args {
            let value = self.eval(argument);
            values.push(value);
            spans.push(self.range(argument));
        }
        let ty = Some(returned).filter(|text| *text != "()");
        let ty = ty.and_then(|text| syn::parse_str::<syn::Type>(text).ok());
        let ty = match ty.map(|ty| self.ty(&ty)) {
            // A type parameter is what the caller says.
            Some(Ty::Named(name, _)) if name.len() == 1 => turbofish.unwrap_or_default(),
            Some(ty) => ty,
            None => Ty::Unknown,
        };
        let says = self.answer_of(&callee);
        let call = self.called(callee, values, spans, expression);
        Value {
            origin: Origin::Call(call),
            born: ty.clone(),
            ty,
            source: Some(self.range(expression)),
            says,
            ..Value::default()
        }
    }

    /// Notes a call of one of the crate's functions.
    pub(super) fn called(
        &mut self,
        callee: String,
        args: Vec<Value>,
        spans: Vec<std::ops::Range<usize>>,
        expression: &Expr,
    ) -> usize {
        self.function.calls.push(Call {
            callee,
            args,
            spans,
            span: self.range(expression),
            decisions: Vec::new(),
            is_result: self.is_result(expression),
            guards: self.guards.clone().into(),
        });
        self.function.calls.len() - 1
    }

    pub(super) fn closure(&mut self, closure: &ExprClosure, argument: Value) -> Value {
        self.scopes.push(std::collections::HashMap::new());
        for (index, input) in closure.inputs.iter().enumerate() {
            let value = if index == 0 {
                argument.clone()
            } else {
                Value::default()
            };
            self.bind(input, value);
        }
        let value = self.under(&[], |this| this.raw(&closure.body));
        self.scopes.pop();
        value
    }

    fn is_own_function(&self, path: &syn::Path) -> bool {
        let last = path.segments.last().map(|last| last.ident.to_string());
        let is_known = |name: &String| self.input.facts.functions.contains_key(name);
        let is_variable = |name: &String| path.get_ident().is_some() && self.get(name).is_some();
        last.is_some_and(|name| is_known(&name) && !is_variable(&name))
    }

    /// What a function argument makes of a value: `.map(|x| ...)`, `.map(name)`.
    pub(super) fn apply(&mut self, function: Option<&Expr>, argument: Value) -> Value {
        match function {
            Some(Expr::Closure(closure)) => self.closure(closure, argument),
            Some(Expr::Path(path)) if self.is_own_function(&path.path) => {
                let name = path.path.segments.last().map(|last| last.ident.to_string());
                let (fallbacks, span) = (argument.fallbacks.clone(), argument.source.clone());
                let spans = vec![span.unwrap_or_default()];
                let function = Expr::Path(path.clone());
                self.called(name.unwrap_or_default(), vec![argument], spans, &function);
                Value {
                    fallbacks,
                    ..Value::default()
                }
            }
            Some(other) => {
                self.eval(other);
                Value {
                    fallbacks: argument.fallbacks,
                    ..Value::default()
                }
            }
            None => Value::default(),
        }
    }
}

/// Where a value comes from that is loaded through a pointer of `origin`. `kernel`: it is one to the
/// kernel's memory.
pub(super) fn loaded(origin: &Origin, kernel: bool) -> Origin {
    match origin {
        Origin::Task | Origin::Kernel => Origin::Kernel,
        _ if kernel => Origin::Typed,
        _ => Origin::Unknown,
    }
}
