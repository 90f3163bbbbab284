//! Notes reads of memory by helpers.

use bpf_core_kernel_facts::helper;
use syn::{Expr, ExprCall, UnOp};

use super::Lowering;
use crate::front::facts::Space;
use crate::front::rust::ty::Ty;
use crate::front::rust::view::{How, Origin, Place, Read, Value};
use crate::known::Layout;

impl Lowering<'_> {
    /// A call of `bpf_probe_read*`, in aya's form or in the form of the helper itself.
    pub(super) fn probe_read(
        &mut self,
        name: &str,
        call: &ExprCall,
        turbofish: Option<Ty>,
        expression: &Expr,
    ) -> Option<Value> {
        let rest = name.strip_prefix("bpf_probe_read")?;
        let (space, rest) = match rest {
            _ if rest.starts_with("_kernel") => (Space::Kernel, &rest["_kernel".len()..]),
            _ if rest.starts_with("_user") => (Space::User, &rest["_user".len()..]),
            _ => (Space::Either, rest),
        };
        let args: Vec<&Expr> = call.args.iter().collect();
        let (source, buffer) = match (rest, &args[..]) {
            ("", [source]) => (*source, None),
            ("_buf" | "_str" | "_str_bytes", [source, buffer]) => (*source, Some(*buffer)),
            ("" | "_str", [buffer, size, source]) => {
                self.eval(size);
                (*source, Some(*buffer))
            }
            _ => return None,
        };
        let value = self.eval(source);
        self.address_use(&value);
        if let Some(offset) = value.offset {
            let offset = &mut self.function.offsets[offset];
            offset.is_user |= space == Space::User;
            offset.is_kernel |= space == Space::Kernel;
        }
        let fills = buffer.is_some();
        let ty = match turbofish {
            Some(ty) if ty != Ty::Unknown => ty,
            _ => value.ty.pointee().cloned().unwrap_or_default(),
        };
        let span = self.range(expression);
        self.whole(&value, &ty, fills, space, expression);
        let buffer = buffer.and_then(|buffer| self.buffer_name(buffer));
        let fields = value
            .place
            .map(|place| self.function.places[place].fields.clone());
        let origin = match (space, &value.origin) {
            _ if fills => Origin::Unknown,
            (Space::User, _) => Origin::User,
            // A number in the kernel's struct is no pointer of the kernel: `mm->arg_start`.
            _ if value.place.is_some() && matches!(ty, Ty::Int(_)) => Origin::Unknown,
            (Space::Kernel, _) | (_, Origin::Task | Origin::TypedTask) => Origin::Kernel,
            (Space::Either, Origin::Param(param)) => Origin::Behind(*param),
            (Space::Either, origin) => origin.clone(),
        };
        let read = self.read(Read {
            fills,
            source: value,
            fields: fields.unwrap_or_default(),
            buffer,
            ..Read::by(name.to_owned(), space, span.clone())
        });
        Some(Value {
            origin,
            born: ty.clone(),
            ty: if fills { Ty::Unknown } else { ty },
            source: Some(span),
            read: Some(read),
            ..Value::default()
        })
    }

    /// A call of a helper that fills a buffer with what it finds out: `bpf_d_path`.
    pub(super) fn filling(
        &mut self,
        name: &str,
        call: &ExprCall,
        expression: &Expr,
    ) -> Option<Value> {
        let buffer = call.args.iter().nth(helper::fills(name)?)?;
        for argument in &call.args {
            self.eval(argument);
        }
        let span = self.range(expression);
        let buffer = self.buffer_name(buffer);
        let read = self.read(Read {
            fills: true,
            buffer,
            ..Read::by(name.to_owned(), Space::Kernel, span.clone())
        });
        Some(Value {
            source: Some(span),
            read: Some(read),
            ..Value::default()
        })
    }

    /// A whole struct is read with the layout that it had when the program was built.
    fn whole(&mut self, source: &Value, ty: &Ty, fills: bool, space: Space, expression: &Expr) {
        if let Ty::Named(owner, bound) = ty
            && !fills
            && space != Space::User
            && source.place.is_none()
            && source.offset.is_none()
            && self.may_differ(owner, *bound)
        {
            self.function.places.push(Place {
                base: source.clone(),
                owner: owner.clone(),
                bound: *bound,
                fields: String::new(),
                how: How::Whole,
                span: self.range(expression),
                pointer: String::new(),
                layout: Layout::Unknown,
            });
        }
    }

    /// Notes a read; its buffer is watched until somebody looks at the result.
    pub(super) fn read(&mut self, read: Read) -> usize {
        let index = self.function.reads.len();
        if let Some(buffer) = &read.buffer {
            self.buffers.insert(buffer.clone(), index);
        }
        self.function.reads.push(read);
        index
    }

    /// The variable, or the field of one, that an expression leads to.
    pub(super) fn buffer_name(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::Path(path) => {
                let name = path.path.get_ident()?.to_string();
                name.starts_with(|c: char| c.is_lowercase() || c == '_')
                    .then_some(name)
            }
            Expr::Field(field) => {
                let base = self.buffer_name(&field.base)?;
                match &field.member {
                    syn::Member::Named(name) => Some(format!("{base}.{name}")),
                    syn::Member::Unnamed(index) => Some(format!("{base}.{}", index.index)),
                }
            }
            Expr::Reference(inner) => self.buffer_name(&inner.expr),
            Expr::RawAddr(inner) => self.buffer_name(&inner.expr),
            Expr::Paren(inner) => self.buffer_name(&inner.expr),
            Expr::Cast(inner) => self.buffer_name(&inner.expr),
            Expr::Index(inner) => self.buffer_name(&inner.expr),
            Expr::MethodCall(call) => self.buffer_name(&call.receiver),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
                self.buffer_name(&unary.expr)
            }
            Expr::Macro(call) => {
                let place = syn::parse2::<Expr>(call.mac.tokens.clone()).ok()?;
                self.buffer_name(&place)
            }
            _ => None,
        }
    }
}
