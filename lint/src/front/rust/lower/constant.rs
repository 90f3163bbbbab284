//! Works out the numbers that are written in the code.

use syn::{BinOp, Expr, Lit, UnOp};

use super::Lowering;
use crate::front::rust::facts::Const;
use crate::front::rust::view::{Amount, Origin, Value};

/// A constant by its name.
pub(super) fn named(name: &syn::Ident, amount: &Amount) -> Amount {
    Amount::Named(name.to_string(), value(amount))
}

/// One of several constants.
pub(super) fn choice() -> Amount {
    Amount::Named(String::new(), None)
}

/// The number, if it is known.
pub(super) fn value(amount: &Amount) -> Option<i64> {
    match amount {
        Amount::Number(number) => Some(*number),
        Amount::Named(_, number) => *number,
        _ => None,
    }
}

/// A number that is in the code, or may turn out to be: a parameter, the result of a call.
pub(super) fn possible(value: &Value) -> Option<Amount> {
    match (&value.amount, &value.origin) {
        (Some(amount), _) => Some(amount.clone()),
        (None, Origin::Param(index)) => Some(Amount::Param(*index)),
        (None, Origin::Call(call)) => Some(Amount::Call(*call)),
        _ => None,
    }
}

/// The constant in a sum with something else: `START` in `START + index * 8`.
pub(super) fn in_sum(lowering: &Lowering<'_>, expression: &Expr) -> Option<Amount> {
    match expression {
        Expr::Paren(inner) => in_sum(lowering, &inner.expr),
        Expr::Group(inner) => in_sum(lowering, &inner.expr),
        Expr::Cast(cast) => in_sum(lowering, &cast.expr),
        Expr::Binary(sum) if matches!(sum.op, BinOp::Add(_)) => {
            let parts = [&sum.left, &sum.right];
            parts.into_iter().find_map(|part| in_sum(lowering, part))
        }
        Expr::Lit(literal) if matches!(literal.lit, Lit::Int(_)) => Some(choice()),
        Expr::Path(path) => {
            let name = &path.path.segments.last()?.ident;
            // An array that starts there.
            lowering.constant(&name.to_string())
        }
        _ => None,
    }
}

/// A calculation with constants. Constants stay constants, known or not.
pub(super) fn combine(op: &BinOp, a: &Amount, b: &Amount) -> Option<Amount> {
    let number = match (value(a), value(b)) {
        (Some(a), Some(b)) => calculate(op, a, b),
        _ => None,
    };
    match (a, b) {
        (Amount::Number(_), Amount::Number(_)) => number.map(Amount::Number),
        // The sum is none of them.
        (Amount::Named(a, _), Amount::Named(b, _)) if !a.is_empty() && !b.is_empty() => {
            Some(Amount::Named(format!("{a} {} {b}", sign(op)), number))
        }
        (Amount::Named(name, _), Amount::Number(_) | Amount::Named(..))
        | (Amount::Number(_), Amount::Named(name, _)) => Some(Amount::Named(name.clone(), number)),
        // A known number beside something else leaves it what it is.
        (other, Amount::Number(_)) | (Amount::Number(_), other) if is_sum(op) => {
            Some(other.clone())
        }
        _ => None,
    }
}

fn sign(op: &BinOp) -> &'static str {
    match op {
        BinOp::Add(_) => "+",
        BinOp::Sub(_) => "-",
        BinOp::Mul(_) => "*",
        _ => "and",
    }
}

fn is_sum(op: &BinOp) -> bool {
    matches!(op, BinOp::Add(_) | BinOp::Sub(_))
}

fn calculate(op: &BinOp, a: i64, b: i64) -> Option<i64> {
    match op {
        BinOp::Add(_) => a.checked_add(b),
        BinOp::Sub(_) => a.checked_sub(b),
        BinOp::Mul(_) => a.checked_mul(b),
        BinOp::Div(_) => a.checked_div(b),
        BinOp::Rem(_) => a.checked_rem(b),
        BinOp::Shl(_) => a.checked_shl(b.try_into().ok()?),
        BinOp::Shr(_) => a.checked_shr(b.try_into().ok()?),
        BinOp::BitOr(_) => Some(a | b),
        BinOp::BitAnd(_) => Some(a & b),
        BinOp::BitXor(_) => Some(a ^ b),
        _ => None,
    }
}

impl Lowering<'_> {
    /// The constant of a name, wherever the crate declares it.
    pub(super) fn constant(&self, name: &str) -> Option<Amount> {
        let found = self.input.facts.consts.get(name)?;
        // A struct of offsets is a constant as well; a pointer or a text is none.
        if found.iter().any(|one| one.ty.contains(['&', '*', '<'])) {
            return None;
        }
        Some(Amount::Named(name.to_owned(), self.one_value(found, 0)))
    }

    /// The value of a constant, if all of its name have the same.
    fn one_value(&self, found: &[Const], hops: usize) -> Option<i64> {
        let mut values = found.iter().map(|one| self.parse(&one.value, hops));
        let first = values.next()?;
        values.all(|value| value == first).then_some(first)?
    }

    fn parse(&self, text: &str, hops: usize) -> Option<i64> {
        // Most are plain numbers, and need no parser.
        let plain = text.replace('_', "");
        if let Ok(number) = plain.parse() {
            return Some(number);
        }
        if let Some(hex) = plain.strip_prefix("0x")
            && let Ok(number) = i64::from_str_radix(hex, 16)
        {
            return Some(number);
        }
        let expression: Expr = syn::parse_str(text).ok()?;
        self.number(&expression, hops)
    }

    fn number(&self, expression: &Expr, hops: usize) -> Option<i64> {
        match expression {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Int(int) => int.base10_parse::<i64>().ok(),
                Lit::Byte(byte) => Some(i64::from(byte.value())),
                _ => None,
            },
            Expr::Paren(inner) => self.number(&inner.expr, hops),
            Expr::Group(inner) => self.number(&inner.expr, hops),
            Expr::Cast(cast) => self.number(&cast.expr, hops),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
                self.number(&unary.expr, hops)?.checked_neg()
            }
            Expr::Binary(binary) => {
                let left = self.number(&binary.left, hops)?;
                calculate(&binary.op, left, self.number(&binary.right, hops)?)
            }
            Expr::Path(path) if hops < 8 => {
                let name = path.path.segments.last()?.ident.to_string();
                let found = self.input.facts.consts.get(&name)?;
                self.one_value(found, hops + 1)
            }
            _ => None,
        }
    }
}
