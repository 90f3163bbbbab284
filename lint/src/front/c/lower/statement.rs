//! Turns libclang's statements into nodes of the tree.

use super::Lower;
use super::expression::is_value;
use crate::front::c::clang::{Cursor, raw};
use crate::front::c::tree::Kind;

impl<'u> Lower<'u> {
    pub(super) fn statement(&mut self, cursor: Cursor<'u>) -> Kind {
        let children = cursor.children();
        match (cursor.kind(), &children[..]) {
            (raw::CXCursor_CompoundStmt, _) => Kind::Block(self.nodes(&children)),
            (raw::CXCursor_DeclStmt, &[one]) => self.kind(one),
            (raw::CXCursor_DeclStmt, _) => Kind::Other(self.nodes(&children)),
            (raw::CXCursor_VarDecl, _) => {
                let id = self.variable(cursor);
                let initializer = cursor.initializer();
                Kind::Declare(id, initializer.map(|value| self.boxed(value)))
            }
            (raw::CXCursor_IfStmt, &[condition, ref branches @ ..]) => {
                Kind::If(self.boxed(condition), self.nodes(branches))
            }
            (raw::CXCursor_WhileStmt, &[condition, body]) => Kind::Loop {
                parts: Vec::new(),
                condition: Some(self.boxed(condition)),
                body: self.boxed(body),
            },
            (raw::CXCursor_DoStmt, &[body, condition]) => Kind::Loop {
                parts: Vec::new(),
                condition: Some(self.boxed(condition)),
                body: self.boxed(body),
            },
            (raw::CXCursor_ForStmt, &[ref head @ .., body]) => self.for_statement(head, body),
            (raw::CXCursor_SwitchStmt, &[value, body]) => {
                Kind::Switch(self.boxed(value), self.boxed(body))
            }
            (raw::CXCursor_CaseStmt, &[value, ..]) => {
                Kind::Case(value.evaluate(), self.nodes(&children))
            }
            (raw::CXCursor_DefaultStmt, _) => Kind::Case(None, self.nodes(&children)),
            (raw::CXCursor_GotoStmt, _) => Kind::Goto,
            (raw::CXCursor_BreakStmt | raw::CXCursor_ContinueStmt, _) => Kind::Jump,
            (raw::CXCursor_LabelStmt, _) => Kind::Label(self.nodes(&children)),
            (raw::CXCursor_ReturnStmt, _) => {
                let value = children.first();
                Kind::Return(value.map(|&value| self.boxed(value)))
            }
            _ => {
                let values: Vec<_> = children.into_iter().filter(|one| is_value(*one)).collect();
                self.other(&values)
            }
        }
    }

    /// libclang gives the parts that are there, and does not say which they are: the condition is
    /// the one that compares, or else the second of three.
    fn for_statement(&mut self, head: &[Cursor<'u>], body: Cursor<'u>) -> Kind {
        let mut parts = self.nodes(head);
        let compares = |kind: &Kind| match kind {
            Kind::Binary(operator, ..) => {
                matches!(
                    operator.as_ref(),
                    "<" | ">" | "<=" | ">=" | "==" | "!=" | "&&" | "||"
                )
            }
            _ => false,
        };
        let condition = parts
            .iter()
            .position(|part| compares(&part.kind))
            .or((parts.len() == 3).then_some(1))
            .map(|at| Box::new(parts.remove(at)));
        Kind::Loop {
            parts,
            condition,
            body: self.boxed(body),
        }
    }
}
