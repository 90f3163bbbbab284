//! Notes what a program takes from its context, by aya's methods and by functions of `bpf_core`.

use std::ops::Range;

use syn::{Expr, ExprCall, ExprMethodCall, ExprPath, GenericArgument, Lit, PathArguments};

use super::{Lowering, constant};
use crate::front::rust::ty::{self, Ty};
use crate::front::rust::view::{ContextPart, ContextUse, Origin, Value};

impl Lowering<'_> {
    pub(super) fn context_use(&mut self, context: String, what: ContextPart, span: Range<usize>) {
        self.function.contexts.push(ContextUse {
            context,
            what,
            span,
            guards: self.guards.clone().into(),
            is_in_branch: self.branches > 0,
        });
    }

    /// A register by the name of one architecture. A file that asks for the architecture is right.
    pub(super) fn register_use(&mut self, name: String, expression: &Expr) {
        let span = self.range(expression);
        let is_asked = self.input.text.contains("target_arch") || names_machine(self.input.text);
        let is_known = |used: &ContextUse| used.span == span;
        if !is_asked && !self.function.contexts.iter().any(is_known) {
            self.context_use("pt_regs".to_owned(), ContextPart::Register(name), span);
        }
    }

    /// A method of a context.
    pub(super) fn context_method(
        &mut self,
        name: &str,
        context: String,
        value: Value,
        call: &ExprMethodCall,
        turbofish: Option<Ty>,
        expression: &Expr,
    ) -> Value {
        let args: Vec<Value> = call
            .args
            .iter()
            .map(|argument| self.eval(argument))
            .collect();
        let first = args.into_iter().next().unwrap_or_default();
        let ty = turbofish.unwrap_or_default();
        let span = self.range(expression);
        match name {
            "as_ptr" | "regs" => Value {
                ty: Ty::ptr(Ty::Void),
                ..value
            },
            // What a system call's wrapper returned is what the system call returned.
            "ret" => given(Origin::Argument(None), ty, span),
            "arg" => {
                let number = first.amount.as_ref().and_then(constant::value);
                let part = ContextPart::Argument(number, ty.clone());
                self.context_use(context, part, span.clone());
                given(Origin::Argument(number), ty, span)
            }
            "read_at" => {
                let sum = || constant::in_sum(self, call.args.first()?);
                if let Some(at) = constant::possible(&first).or_else(sum) {
                    self.context_use(context, ContextPart::At(at), span.clone());
                }
                Value {
                    is_attempt: true,
                    ..given(Origin::Unknown, ty, span)
                }
            }
            "data" | "data_end" | "load" | "load_bytes" => given(Origin::Packet, ty, span),
            _ => Value::default(),
        }
    }

    /// Functions of `bpf_core` that give a pointer of a type.
    pub(super) fn of_bpf_core(
        &mut self,
        name: &str,
        function: &ExprPath,
        call: &ExprCall,
        expression: &Expr,
    ) -> Option<Value> {
        let mut segments = function.path.segments.iter().rev();
        let last = segments.next()?;
        let of = segments.next();
        let pointer = |kinds: &[&str]| {
            let of = of.filter(|of| kinds.iter().any(|kind| of.ident == kind))?;
            let to = ty::argument(&of.arguments).map(|ty| self.ty(&ty));
            Some(Ty::ptr(to.unwrap_or_default()))
        };
        let span = self.range(expression);
        match name {
            // `TrustedPtr::<task_struct>::arg(&ctx, 0)`
            "arg" => {
                let ty = pointer(&["TrustedPtr", "TrustedMut"])?;
                let args: Vec<Value> = call.args.iter().map(|one| self.eval(one)).collect();
                let [context, number] = &args[..] else {
                    return None;
                };
                let number = number.amount.as_ref().and_then(constant::value);
                if let Origin::Context(context) = &context.origin {
                    let part = ContextPart::Argument(number, ty.clone());
                    self.context_use(context.clone(), part, span.clone());
                }
                Some(given(Origin::Argument(number), ty, span))
            }
            "current_task" => {
                let ty = pointer(&["TrustedPtr"])?;
                Some(given(Origin::TypedTask, ty, span))
            }
            "core_cast" => {
                self.eval(call.args.first()?);
                let ty =
                    Ty::ptr(ty::argument(&last.arguments).map_or(Ty::Unknown, |ty| self.ty(&ty)));
                Some(given(Origin::Typed, ty, span))
            }
            // `pt_regs_parm::<2, u64>(regs)` counts from 1.
            "pt_regs_parm" => {
                let regs = self.eval(call.args.first()?);
                let number = first_number(&last.arguments).map(|number| number - 1);
                let ty = ty::argument(&last.arguments).map_or(Ty::Unknown, |ty| self.ty(&ty));
                if let Origin::Context(_) = regs.origin {
                    let part = ContextPart::Argument(number, ty.clone());
                    self.context_use("pt_regs".to_owned(), part, span.clone());
                }
                Some(given(Origin::Argument(number), ty, span))
            }
            _ => None,
        }
    }

    /// An argument of the context gets its type from the code around it.
    pub(super) fn typed(&mut self, value: &Value, ty: &Ty) {
        let (Origin::Argument(_), Some(source)) = (&value.origin, &value.source) else {
            return;
        };
        let mut uses = self.function.contexts.iter_mut().rev();
        let taken = uses.find(|used| used.span == *source);
        if let Some(ContextPart::Argument(_, known)) = taken.map(|used| &mut used.what)
            && known.points_to().is_none()
        {
            *known = ty.clone();
        }
    }
}

fn given(origin: Origin, ty: Ty, span: Range<usize>) -> Value {
    Value {
        origin,
        born: ty.clone(),
        ty,
        source: Some(span),
        ..Value::default()
    }
}

/// Whether a feature of the crate is named after a machine: `#[cfg(feature = "aarch64")]`.
fn names_machine(text: &str) -> bool {
    let machines = [
        "x86_64", "x86", "amd64", "aarch64", "arm64", "riscv64", "s390x",
    ];
    let mut features = text.split("feature = \"").skip(1);
    features.any(|rest| {
        let name = rest.split('"').next().unwrap_or_default();
        machines.iter().any(|machine| name.contains(machine))
    })
}

/// The first number in `::<2, u64>`.
fn first_number(arguments: &PathArguments) -> Option<i64> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Const(Expr::Lit(literal)) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    })
}
