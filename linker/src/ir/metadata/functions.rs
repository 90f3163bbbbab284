//! Functions in debug info: signatures, compile units, variables.

use inkwell::llvm_sys::debuginfo::LLVMMetadataKind;

use super::Node;

impl<'m> Node<'m> {
    const TYPE: usize = 4;
    const UNIT: usize = 5;
    const RETAINED: usize = 7;

    /// The parameters and the result of a function, and its variables that stay known.
    pub(crate) fn types_of_subprogram(self) -> Vec<Node<'m>> {
        const TYPE_OF_VARIABLE: usize = 3;
        let variables = self.variables().into_iter();
        let variables = variables.filter_map(|variable| variable.slot(TYPE_OF_VARIABLE));
        let signature = self.signature().into_iter().flatten();
        signature.chain(variables).collect()
    }

    /// The types of a function's result and parameters, where none is `void`. The C API shows
    /// `void f(void)`, which is `!{null}`, as if it had no types.
    pub(crate) fn signature(self) -> Vec<Option<Node<'m>>> {
        const TYPES: usize = 5;
        let of = self.slot(Self::TYPE).and_then(|of| of.slot(TYPES));
        of.map_or(Vec::new(), Node::slots)
    }

    /// Gives a function another type.
    pub(crate) fn set_signature(self, of: Node<'m>) {
        self.replace(Self::TYPE, of.raw());
    }

    /// The compile unit of a function.
    pub(crate) fn unit(self) -> Option<Node<'m>> {
        self.slot(Self::UNIT)
    }

    /// Puts a function into a compile unit.
    pub(crate) fn set_unit(self, unit: Node<'m>) {
        self.replace(Self::UNIT, unit.raw());
    }

    /// The variables of a function that stay known.
    pub(crate) fn variables(self) -> Vec<Node<'m>> {
        self.slot(Self::RETAINED).map_or(Vec::new(), Node::operands)
    }

    /// Gives a function other variables.
    pub(crate) fn set_variables(self, variables: &[Node<'m>]) {
        self.replace(Self::RETAINED, self.tuple(variables));
    }

    /// The number of the parameter that a variable is, from 1. The C API tells it in print only.
    pub(crate) fn parameter_number(self) -> Option<u32> {
        if !matches!(
            self.kind(),
            LLVMMetadataKind::LLVMDILocalVariableMetadataKind
        ) {
            return None;
        }
        let text = self.printed();
        let (_, number) = text.split_once("arg: ")?;
        let end = number.find(|c: char| !c.is_ascii_digit())?;
        number.get(..end)?.parse().ok()
    }
}
