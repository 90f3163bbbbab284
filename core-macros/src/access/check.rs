//! Finds the mistakes of a path that has the right syntax: an index or a bound that is no constant, and a
//! path that is too deep.

use proc_macro2::Ident;
use syn::{Error, Expr, Lit, UnOp};

use super::parse::{Access, Hop, Step};
use crate::stages::Errors;

/// libbpf and the kernel refuse a longer path: `BPF_CORE_SPEC_MAX_LEN` (`relo_core.h`), of which the root
/// takes the first.
const MAX_STEPS: usize = 63;

pub(super) fn check(mut access: Access, errors: &mut Errors) -> Option<Access> {
    // The other macros ask about a type, or reach what the verifier knows.
    if let Access::Read { hops, .. } | Access::Element { hops, .. } = &mut access {
        for step in hops.iter_mut().flat_map(|hop| &mut hop.steps) {
            if let Step::Index(brackets, index) = step
                && is_known_at_run_time(index)
            {
                *step = Step::At(*brackets, index.clone());
            }
        }
    }
    for hop in access.hops() {
        self::hop(hop, errors);
    }
    if let Access::ListEntries { most, .. } = &access {
        constant(most, "a bound is a constant of type `usize`", errors);
    }
    Some(access)
}

fn hop(hop: &Hop, errors: &mut Errors) {
    for step in &hop.steps {
        if let Step::Index(_, index) = step {
            let what = "an index is a constant of type `usize`, counted from 0";
            constant(index, what, errors);
        }
    }
    if let Some(last) = hop.steps.get(MAX_STEPS - 1) {
        errors.push(Error::new(
            last.span(),
            "too deep: libbpf and the kernel follow at most 63 steps from one address, so take the one \
             half way with `core_field_ptr!`",
        ));
    }
}

/// Whether syntax alone shows that an index has a value at run time: it has the name of a variable in it, or may
/// fail. A constant that is named like a variable has one too.
fn is_known_at_run_time(index: &Expr) -> bool {
    let is = is_known_at_run_time;
    match index {
        Expr::Path(path) => path.path.get_ident().is_some_and(is_name_of_variable),
        Expr::Try(_) | Expr::MethodCall(_) => true,
        Expr::Binary(binary) => is(&binary.left) || is(&binary.right),
        Expr::Call(call) => call.args.iter().any(is),
        Expr::Cast(cast) => is(&cast.expr),
        Expr::Field(field) => is(&field.base),
        Expr::Group(group) => is(&group.expr),
        Expr::Index(element) => is(&element.expr) || is(&element.index),
        Expr::Paren(paren) => is(&paren.expr),
        Expr::Unary(unary) => is(&unary.expr),
        _ => false,
    }
}

fn is_name_of_variable(name: &Ident) -> bool {
    !name.to_string().contains(char::is_uppercase)
}

fn constant(number: &Expr, what: &str, errors: &mut Errors) {
    if !could_be_usize(number) {
        errors.push(Error::new_spanned(number, what));
    }
}

/// Whether the compiler could take it. It would refuse another one twice: as a number, and as a constant.
fn could_be_usize(index: &Expr) -> bool {
    match index {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => matches!(number.suffix(), "" | "usize"),
            _ => false,
        },
        Expr::Unary(unary) => !matches!(unary.op, UnOp::Neg(_)),
        Expr::Range(_) => false,
        Expr::Group(group) => could_be_usize(&group.expr),
        Expr::Paren(paren) => could_be_usize(&paren.expr),
        _ => true,
    }
}
