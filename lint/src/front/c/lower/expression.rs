//! Turns libclang's expressions into nodes of the tree.

use std::rc::Rc;

use super::reads::chain;
use super::{Lower, is_of_kernel};
use crate::front::c::clang::{Cursor, raw};
use crate::front::c::tree::{Kind, Node, Ty, Unary};
use crate::known::Question;

/// Functions of the compiler that ask the loader.
const QUESTIONS: &[&str] = &[
    "__builtin_preserve_field_info",
    "__builtin_preserve_type_info",
    "__builtin_preserve_enum_value",
    "__builtin_btf_type_id",
];

impl<'u> Lower<'u> {
    pub(super) fn kind(&mut self, cursor: Cursor<'u>) -> Kind {
        match cursor.kind() {
            raw::CXCursor_IntegerLiteral | raw::CXCursor_CharacterLiteral => {
                cursor.evaluate().map_or(Kind::Other(Vec::new()), Kind::Int)
            }
            raw::CXCursor_DeclRefExpr => self.name(cursor),
            raw::CXCursor_MemberRefExpr => self.member(cursor),
            raw::CXCursor_CallExpr => self.call(cursor),
            raw::CXCursor_UnexposedExpr => self.unexposed(cursor),
            raw::CXCursor_ParenExpr => match cursor.children()[..] {
                // The node is the inner one's, with our own place.
                [inner] => self.kind(inner),
                _ => Kind::Other(Vec::new()),
            },
            raw::CXCursor_CStyleCastExpr => match cursor.children().last() {
                Some(&inner) => Kind::Cast(self.boxed(inner)),
                None => Kind::Other(Vec::new()),
            },
            raw::CXCursor_UnaryExpr => self.size_of(cursor),
            raw::CXCursor_StmtExpr => self.statement_expression(cursor),
            raw::CXCursor_UnaryOperator
            | raw::CXCursor_BinaryOperator
            | raw::CXCursor_CompoundAssignOperator
            | raw::CXCursor_ConditionalOperator
            | raw::CXCursor_ArraySubscriptExpr => self.operation(cursor),
            raw::CXCursor_StringLiteral => Kind::Other(Vec::new()),
            _ => self.statement(cursor),
        }
    }

    fn name(&mut self, cursor: Cursor<'u>) -> Kind {
        let Some(target) = cursor.target() else {
            return Kind::Other(Vec::new());
        };
        match target.kind() {
            raw::CXCursor_VarDecl | raw::CXCursor_ParmDecl => Kind::Variable(self.variable(target)),
            raw::CXCursor_FunctionDecl => Kind::Function,
            raw::CXCursor_EnumConstantDecl => Kind::Enumerator {
                name: target.name().into(),
                of: target
                    .parent()
                    .map_or_else(String::new, Cursor::name)
                    .into(),
                value: target.enumerator_value(),
            },
            _ => Kind::Other(Vec::new()),
        }
    }

    fn member(&mut self, cursor: Cursor<'u>) -> Kind {
        let children = cursor.children();
        let (Some(&base), Some(field)) = (children.first(), cursor.target()) else {
            return self.other(&children);
        };
        let base = self.boxed(base);
        Kind::Member {
            arrow: base.ty.is_pointer(),
            base,
            field: field.name().into(),
            bits: field.is_bit_field(),
            byte: field.place(),
        }
    }

    fn call(&mut self, cursor: Cursor<'u>) -> Kind {
        let children = cursor.children();
        let Some((&callee, args)) = children.split_first() else {
            return Kind::Other(Vec::new());
        };
        let name: Rc<str> = match cursor.target() {
            Some(target) => target.name().into(),
            None => cursor.name().into(),
        };
        // It may be a macro of a header that is missing, and read what it is given.
        if self.undeclared.contains(name.as_ref()) && !is_of_kernel(&name) {
            return Kind::Other(Vec::new());
        }
        if QUESTIONS.contains(&name.as_ref()) {
            return question(&name, self.nodes(args)).unwrap_or(Kind::Question(None));
        }
        let args = self.nodes(args);
        if name.as_ref() == "__builtin_preserve_access_index" {
            if let Some(field) = args.into_iter().next() {
                return Kind::Relocated(Box::new(field));
            }
            return Kind::Other(Vec::new());
        }
        // Called through a pointer: helpers are, in libbpf's own declarations, but those are
        // variables with the name of the helper.
        if callee.kind() == raw::CXCursor_CallExpr {
            let callee = self.node(callee);
            return Kind::Other(std::iter::once(callee).chain(args).collect());
        }
        Kind::Call { name, args }
    }

    fn unexposed(&mut self, cursor: Cursor<'u>) -> Kind {
        let children = cursor.children();
        let expressions: Vec<_> = children
            .iter()
            .copied()
            .filter(|child| is_value(*child))
            .collect();
        match expressions[..] {
            // A conversion that nobody wrote.
            [inner] if children.len() == 1 => self.kind(inner),
            _ if children
                .iter()
                .any(|child| child.kind() == raw::CXCursor_MemberRef) =>
            {
                self.offset_of(cursor, &children)
            }
            [inner] => self.kind(inner),
            _ => self.other(&expressions),
        }
    }

    fn offset_of(&mut self, cursor: Cursor<'u>, children: &[Cursor<'u>]) -> Kind {
        let mut of = None;
        let mut path = Vec::new();
        for child in children {
            match child.kind() {
                raw::CXCursor_TypeRef => {
                    if let Some(target) = child.target()
                        && let Ty::Record(record) = self.ty(target.ty())
                    {
                        of = Some(record);
                    }
                }
                raw::CXCursor_MemberRef => {
                    path.push(child.name());
                    path.retain(|name| !name.is_empty());
                }
                _ => {}
            }
        }
        // Designators of an initializer look alike.
        match cursor.evaluate() {
            Some(_) if of.is_some() => Kind::OffsetOf {
                of,
                field: path.join(".").into(),
            },
            _ => {
                let values: Vec<_> = children
                    .iter()
                    .copied()
                    .filter(|one| is_value(*one))
                    .collect();
                self.other(&values)
            }
        }
    }

    fn size_of(&mut self, cursor: Cursor<'u>) -> Kind {
        let value = cursor.evaluate();
        let child = cursor.children().into_iter().next();
        let of = match child {
            Some(child) if child.kind() == raw::CXCursor_TypeRef => {
                let named = child.target().map(Cursor::ty);
                // `sizeof(struct s *)` names the struct, and has another size.
                let fits = named.and_then(|ty| ty.canonical().size())
                    == value.and_then(|v| u64::try_from(v).ok());
                named.filter(|_| fits).map(|ty| self.ty(ty))
            }
            Some(child) if is_value(child) => Some(self.ty(child.ty())),
            _ => None,
        };
        Kind::SizeOf {
            of: of.unwrap_or(Ty::Other),
            value,
        }
    }

    fn operation(&mut self, cursor: Cursor<'u>) -> Kind {
        let children = cursor.children();
        let operator = match cursor.kind() {
            raw::CXCursor_ConditionalOperator | raw::CXCursor_ArraySubscriptExpr => String::new(),
            _ => cursor.operator(self.unit),
        };
        match (cursor.kind(), &children[..]) {
            (raw::CXCursor_UnaryOperator, &[one]) => {
                let inner = self.boxed(one);
                match operator.as_str() {
                    "*" => Kind::Deref(inner),
                    "&" => Kind::AddressOf(inner),
                    "!" => Kind::Unary(Unary::Not, inner),
                    "++" | "--" => Kind::Unary(Unary::Step, inner),
                    "-" => match inner.kind {
                        Kind::Int(value) => Kind::Int(value.wrapping_neg()),
                        _ => Kind::Unary(Unary::Other, inner),
                    },
                    _ => Kind::Unary(Unary::Other, inner),
                }
            }
            (raw::CXCursor_ArraySubscriptExpr, &[base, index]) => {
                Kind::Index(self.boxed(base), self.boxed(index))
            }
            (raw::CXCursor_ConditionalOperator, &[condition, yes, no]) => {
                Kind::Choice(self.boxed(condition), self.boxed(yes), self.boxed(no))
            }
            (raw::CXCursor_CompoundAssignOperator, &[to, from]) => {
                let operator = operator.trim_end_matches('=').into();
                Kind::Assign(operator, self.boxed(to), self.boxed(from))
            }
            (raw::CXCursor_BinaryOperator, &[left, right]) => {
                let (left, right) = (self.boxed(left), self.boxed(right));
                match operator.as_str() {
                    "=" => Kind::Assign("".into(), left, right),
                    operator => Kind::Binary(operator.into(), left, right),
                }
            }
            _ => self.other(&children),
        }
    }
}

/// The question whether something exists, or for its place or value. `None` for other questions: the size of a
/// type that is missing is 0.
fn question(name: &str, args: Vec<Node>) -> Option<Kind> {
    // `BPF_FIELD_EXISTS`, `BPF_TYPE_EXISTS` and `BPF_ENUMVAL_EXISTS` of `bpf_core_read.h`.
    let (exists, what) = match name {
        "__builtin_preserve_field_info" => (2, 0),
        "__builtin_preserve_type_info" => (0, 1),
        "__builtin_preserve_enum_value" => (0, 2),
        _ => return None,
    };
    let mut args = args.into_iter();
    let (asked, kind) = (args.next()?, args.next()?);
    let kind = match kind.bare().kind {
        Kind::Int(kind) | Kind::Enumerator { value: kind, .. } => kind,
        _ => return None,
    };
    let question = asked_for(what, asked)?;
    match (kind == exists, &question) {
        (true, _) => Some(Kind::Question(Some(Rc::new(question)))),
        (false, Question::Type(_)) => None,
        (false, _) => Some(Kind::Needed(Rc::new(question))),
    }
}

/// A field, type or enumerator, by the number of its kind.
fn asked_for(what: u32, asked: Node) -> Option<Question> {
    match what {
        0 => {
            let hop = chain(asked).hops.pop()?;
            let name = Rc::clone(&hop.record?.name);
            Some(Question::Field(name, hop.path, Some(hop.form)))
        }
        1 => {
            let record = asked.ty.record()?;
            Some(Question::Type(Rc::clone(&record.name)))
        }
        _ => {
            let mut found = None;
            asked.walk(&mut |node| {
                if let Kind::Enumerator { name, of, .. } = &node.kind {
                    found = Some(Question::Enumerator(Rc::clone(of), Rc::clone(name)));
                }
            });
            found
        }
    }
}

/// Whether a child is a value, not the name of a type.
pub(super) fn is_value(cursor: Cursor<'_>) -> bool {
    !matches!(
        cursor.kind(),
        raw::CXCursor_TypeRef | raw::CXCursor_MemberRef | raw::CXCursor_UnexposedAttr
    )
}
