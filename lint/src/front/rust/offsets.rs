//! Additions to pointers: which of them lead into a struct of the kernel.

use std::ops::Range;

use super::ty::Ty;
use super::view::{Amount, Call, Crate, Offset, Origin, Value};
use crate::span::Span;

/// A pointer of the kernel and a number that are passed to a function which adds them.
#[derive(Debug)]
pub struct Passed<'k> {
    /// The call.
    pub call: &'k Call,
    /// The pointer.
    pub pointer: &'k Value,
    /// The number.
    pub by: &'k Amount,
    /// Where the number is passed.
    pub span: &'k Range<usize>,
    /// Where they are added.
    pub added: Span,
}

impl Crate {
    /// What a function passes to others that add it.
    #[must_use]
    pub fn passed_offsets(&self, caller: usize) -> Vec<Passed<'_>> {
        let calls = self.functions[caller].calls.iter();
        calls
            .flat_map(|call| self.passed_by(caller, call))
            .collect()
    }

    /// What a call passes to be added.
    pub fn passed_by<'k>(
        &'k self,
        caller: usize,
        call: &'k Call,
    ) -> impl Iterator<Item = Passed<'k>> {
        let callee = self.callee(caller, &call.callee);
        let callee = callee.map(|callee| &self.functions[callee]);
        let offsets = callee.into_iter().flat_map(|callee| {
            let offsets = callee.offsets.iter();
            offsets.map(move |offset| (callee, offset))
        });
        offsets.filter_map(move |(callee, offset)| {
            let (&Amount::Param(by), &Origin::Param(base)) = (&offset.by, &offset.base.origin)
            else {
                return None;
            };
            let (pointer, amount) = (call.args.get(base)?, call.args.get(by)?);
            let origin = self.origin(caller, pointer);
            let is_kernel = origin.is_kernel() || matches!(origin, Origin::Argument(_));
            if !is_kernel || !offset.is_address || offset.is_user {
                return None;
            }
            Some(Passed {
                call,
                pointer,
                by: amount.amount.as_ref()?,
                span: call.spans.get(by)?,
                added: callee.span(&offset.span),
            })
        })
    }

    /// Whether a sum is an address in a struct of the kernel.
    #[must_use]
    pub fn is_in_kernel_struct(&self, function: usize, offset: &Offset) -> bool {
        if !offset.is_address || offset.is_user || self.is_element(function, offset) {
            return false;
        }
        match self.origin(function, &offset.base) {
            Origin::Task | Origin::TypedTask => true,
            Origin::Kernel | Origin::Typed | Origin::Argument(_) => {
                !matches!(offset.base.born, Ty::Named(..))
            }
            // What is read as the kernel's is an address of the kernel, whoever gives it.
            Origin::Unknown => offset.is_kernel && matches!(offset.base.origin, Origin::Param(_)),
            _ => false,
        }
    }

    /// Whether the pointer was one to numbers or characters from the start: then the sum is an element
    /// of an array, and `.add(1)` no field.
    fn is_element(&self, function: usize, offset: &Offset) -> bool {
        let (Some(born), Some(now)) = (offset.base.born.pointee(), offset.base.ty.pointee()) else {
            return false;
        };
        let declared = matches!(born, Ty::Int(_)) && born == now;
        let large = match self.amount(function, &offset.by) {
            Some(Amount::Number(number) | Amount::Named(_, Some(number))) => number >= 16,
            _ => false,
        };
        declared && !(large && *born == Ty::Int(1)) && !offset.base.origin.is_task()
    }
}
