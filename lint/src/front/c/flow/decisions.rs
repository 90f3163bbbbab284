//! Notes where a value that is zero after a failed read takes the program one way or the other.

use super::value::Value;
use super::{Flow, Use};
use crate::front::c::tree::{Kind, Node, Unary};
use crate::front::c::view::{Decision, ReturnsZero};
use crate::front::facts::AtZero;
use crate::front::facts::Deciding;
use crate::span::Span;

/// A question in the condition at hand that a failed read answers.
pub(super) struct Asked {
    about: About,
    /// What the condition is if the read failed, where that follows.
    is: Option<bool>,
    span: Span,
}

#[derive(Clone, Copy)]
enum About {
    /// A value that is zero then: its index in `Flow::zeros`, and the question's in its decisions.
    Zero(usize, usize),
    /// The result of a read of the view, which is below zero then.
    Error(usize),
}

impl<'t> Flow<'t, '_> {
    /// Evaluates a condition, and notes what it asks.
    pub(super) fn condition(&mut self, node: &'t Node, what: Deciding) {
        let value = self.eval(node, Use::Condition);
        self.decide_if(&value, AtZero::Taken, Some(false), &node.span, what);
        self.ask_error(&value, Some(true), &node.span);
    }

    /// Notes that a value that may be a failure decides something.
    pub(super) fn decide(&mut self, value: &Value, span: &Span, what: Deciding) {
        self.decide_if(value, AtZero::Taken, None, span, what);
    }

    fn decide_if(
        &mut self,
        value: &Value,
        at: AtZero,
        is: Option<bool>,
        span: &Span,
        what: Deciding,
    ) {
        let Some(index) = value.zero else {
            return;
        };
        let what = if self.local.bound {
            Deciding::LoopBound
        } else {
            what
        };
        let decisions = &mut self.zeros[index].decisions;
        let known = decisions
            .iter()
            .position(|one| one.span == *span && one.what == what);
        let decision = known.unwrap_or_else(|| {
            decisions.push(Decision {
                span: span.clone(),
                what,
                zero: at,
            });
            decisions.len() - 1
        });
        self.local.asked.push(Asked {
            about: About::Zero(index, decision),
            is,
            span: span.clone(),
        });
    }

    fn ask_error(&mut self, value: &Value, is: Option<bool>, span: &Span) {
        self.local.asked.extend(value.error.map(|read| Asked {
            about: About::Error(read),
            is,
            span: span.clone(),
        }));
    }

    /// Evaluates `!inner`.
    pub(super) fn negation(&mut self, inner: &'t Node) {
        let before = self.local.asked.len();
        self.condition(inner, Deciding::Condition);
        for asked in &mut self.local.asked[before..] {
            asked.is = asked.is.map(|is| !is);
        }
    }

    /// Evaluates `left && right` or `left || right`.
    pub(super) fn both(&mut self, operator: &str, left: &'t Node, right: &'t Node) {
        let before = self.local.asked.len();
        self.condition(left, Deciding::Condition);
        self.under(left, operator == "&&", |flow| {
            flow.condition(right, Deciding::Condition);
        });
        // One side decides the whole only if it is false in `&&` and true in `||`.
        for asked in &mut self.local.asked[before..] {
            asked.is = asked.is.filter(|is| *is == (operator == "||"));
        }
    }

    /// Evaluates `left operator right`, a comparison.
    pub(super) fn compare(
        &mut self,
        node: &'t Node,
        operator: &str,
        left: &'t Node,
        right: &'t Node,
    ) {
        let is_null = |side: &Node| matches!(side.bare().kind, Kind::Int(0));
        let wanted = |other: &Node| {
            if is_null(other) {
                Use::Condition
            } else {
                Use::Value
            }
        };
        let a = self.eval(left, wanted(right));
        let b = self.eval(right, wanted(left));
        for (value, other, is_left) in [(&a, &b, true), (&b, &a, false)] {
            let number = other.number.as_ref().map(|number| number.value);
            let at = match number {
                Some(0) => AtZero::Taken,
                Some(_) if !matches!(operator, "==" | "!=") => AtZero::Taken,
                _ => AtZero::Other,
            };
            let compare = |failed| {
                number.and_then(|number| match is_left {
                    true => holds(failed, operator, number),
                    false => holds(number, operator, failed),
                })
            };
            self.decide_if(value, at, compare(0), &node.span, Deciding::Comparison);
            self.ask_error(value, compare(-1), &node.span);
        }
    }

    /// Evaluates the condition of `branches`, and notes which failures leave at once.
    pub(super) fn branching(&mut self, condition: &'t Node, branches: &'t [Node]) {
        let before = self.local.asked.len();
        self.condition(condition, Deciding::Condition);
        for asked in self.local.asked.split_off(before) {
            let way = match asked.is {
                Some(true) => branches.first(),
                Some(false) => branches.get(1),
                None => None,
            };
            let Some(result) = way.and_then(leaves) else {
                if let About::Zero(index, decision) = asked.about
                    && way.is_some_and(|way| refills(condition, way))
                {
                    self.zeros[index].decisions[decision].zero = AtZero::Other;
                }
                continue;
            };
            let returns = (result == Some(0)).then_some(ReturnsZero {
                function: self.local.index,
                span: asked.span,
            });
            match asked.about {
                About::Zero(index, decision) => {
                    let zero = &mut self.zeros[index];
                    zero.decisions[decision].zero = AtZero::TurnedAway;
                    zero.returns.extend(returns.filter(|_| self.is_last));
                }
                About::Error(read) => {
                    let known = &mut self.view.reads[read].returns;
                    *known = known.take().or(returns);
                }
            }
        }
    }

    /// The questions asked from `before` on are about the arguments of a call, and say nothing about
    /// its result.
    pub(super) fn forget_asked(&mut self, before: usize) {
        self.local.asked.truncate(before);
    }
}

/// Whether two numbers compare so.
fn holds(left: i64, operator: &str, right: i64) -> Option<bool> {
    Some(match operator {
        "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        ">" => left > right,
        "<=" => left <= right,
        ">=" => left >= right,
        _ => return None,
    })
}

/// Whether a branch gives a variable that the condition asks for another value: `if (!ns) ns = ...`.
fn refills(condition: &Node, branch: &Node) -> bool {
    let mut asked = Vec::new();
    condition.walk(&mut |node| {
        if let Kind::Variable(id) = node.kind {
            asked.push(id);
        }
    });
    let fills = |node: &Node| match &node.kind {
        Kind::Assign(operator, to, _) if operator.is_empty() => {
            matches!(to.kind, Kind::Variable(id) if asked.contains(&id))
        }
        _ => false,
    };
    let mut found = false;
    branch.walk(&mut |node| found |= fills(node));
    found
}

/// Whether a branch leaves the code around it at its end, and the number that it returns then.
fn leaves(branch: &Node) -> Option<Option<i64>> {
    match &branch.kind {
        Kind::Return(Some(value)) => Some(match value.bare().kind {
            Kind::Int(value) => Some(value),
            _ => None,
        }),
        Kind::Return(None) | Kind::Goto | Kind::Jump => Some(None),
        Kind::Block(nodes) => nodes.last().and_then(leaves),
        _ => None,
    }
}

/// Whether the function ever gives a number below zero, as one that forbids something does.
pub(super) fn refuses(body: &Node) -> bool {
    let mut found = false;
    body.walk(&mut |node| {
        found |= match &node.kind {
            Kind::Return(Some(value))
            | Kind::Declare(_, Some(value))
            | Kind::Assign(_, _, value) => is_negative(value),
            _ => false,
        };
    });
    found
}

fn is_negative(node: &Node) -> bool {
    match &node.bare().kind {
        Kind::Int(value) => *value < 0,
        Kind::Unary(Unary::Other, inner) => matches!(inner.bare().kind, Kind::Int(1..)),
        Kind::Choice(_, yes, no) => is_negative(yes) || is_negative(no),
        _ => false,
    }
}
