//! Additions to pointers: which of them lead into a struct of the kernel.

use super::ty::Ty;
use super::view::{Amount, Crate, Offset, Origin};

impl Crate {
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
