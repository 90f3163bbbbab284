//! Turns libclang's cursors into the tree that the data flow walks.

mod expression;
mod macros;
mod reads;
mod settings;
mod statement;
mod types;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::clang::{self, Cursor, Unit};
use super::tree::{Function, Kind, Node, Tree, Variable, VariableId};
use super::view::{Home, MacroUse, Record};
use crate::span::Span;
use macros::Macros;

/// Turns a parsed file, and the project's headers that it includes, into a tree.
pub(super) fn tree(unit: &Unit, root: &Path, main: &Path) -> Tree {
    let children = Cursor::root(unit).children();
    let mut lower = Lower {
        unit,
        root,
        main,
        macros: Macros::of(&children),
        undeclared: undeclared(unit),
        files: HashMap::new(),
        records: HashMap::new(),
        variables: HashMap::new(),
        tree: Tree::default(),
        depth: 0,
    };
    lower.top(&children);
    settings::leave_out_users(&mut lower.tree);
    let mut declared: Vec<_> = lower
        .records
        .values()
        .filter(|one| one.declared.is_some())
        .cloned()
        .collect();
    declared.sort_by(|a, b| a.declared.cmp(&b.declared));
    lower.tree.declared = declared;
    lower.uses();
    let mut tree = lower.tree;
    for (file, path) in lower.files {
        let text = std::str::from_utf8(unit.text_of(file));
        if let (Some(path), Ok(text)) = (path, text) {
            tree.sources.push((path, text.to_owned()));
        }
    }
    tree.sources.sort();
    tree.sources.dedup();
    tree
}

/// Whether a function that nobody declares is a helper or a kfunc by its name, and no macro that reads: those of
/// `bpf_core_read.h`.
pub(super) fn is_of_kernel(name: &str) -> bool {
    name.starts_with("bpf_") && !name.starts_with("bpf_core_")
}

struct Lower<'u> {
    unit: &'u Unit,
    root: &'u Path,
    main: &'u Path,
    macros: Macros,
    /// Functions that are called and that nobody declares.
    undeclared: HashSet<String>,
    /// The path of a file, if it is one to look into.
    files: HashMap<clang::FileId, Option<Arc<str>>>,
    records: HashMap<usize, Rc<Record>>,
    variables: HashMap<usize, VariableId>,
    tree: Tree,
    depth: usize,
}

/// Nodes in nodes. Everything that walks a tree calls itself.
const MAX_DEPTH: usize = 4_000;

impl<'u> Lower<'u> {
    fn top(&mut self, children: &[Cursor<'u>]) {
        // Sections and wrappers belong to a declaration that may come first.
        let mut sections: HashMap<String, Rc<str>> = HashMap::new();
        let mut bodies = Vec::new();
        for &cursor in children {
            match cursor.kind() {
                clang::raw::CXCursor_FunctionDecl if self.is_ours(cursor) => {
                    let name = cursor.name();
                    if let Some(section) = section(&cursor.head()) {
                        sections.entry(name.clone()).or_insert(section);
                    }
                    let parts = cursor.children();
                    let body = parts
                        .iter()
                        .copied()
                        .find(|part| part.kind() == clang::raw::CXCursor_CompoundStmt);
                    if let Some(body) = body {
                        bodies.push((cursor, name, parts, body));
                    }
                }
                clang::raw::CXCursor_VarDecl if self.is_ours(cursor) => {
                    self.variable(cursor);
                    if section(&cursor.head()).is_some_and(|name| name.contains(".struct_ops"))
                        && let Some(name) = cursor.ty().name().strip_prefix("struct ")
                    {
                        self.tree.struct_ops.push(name.into());
                    }
                }
                clang::raw::CXCursor_StructDecl | clang::raw::CXCursor_UnionDecl
                    if self.is_ours(cursor) =>
                {
                    self.ty(cursor.ty());
                }
                _ => {}
            }
        }
        let inner: Vec<String> = bodies
            .iter()
            .filter_map(|(_, name, ..)| Some(name.strip_prefix("____")?.to_owned()))
            .collect();
        for (cursor, name, parts, body) in bodies {
            // The wrapper that libbpf's macros write only unpacks the arguments.
            if inner.contains(&name) {
                continue;
            }
            let shown = name.strip_prefix("____").unwrap_or(&name);
            let params = parts
                .iter()
                .filter(|part| part.kind() == clang::raw::CXCursor_ParmDecl)
                .map(|&part| self.variable(part))
                .collect();
            let span = self.head(cursor, body);
            let body = self.node(body);
            let function = Function {
                section: sections.get(shown).cloned(),
                made_by: self.macros.outer(cursor),
                name: shown.into(),
                span,
                params,
                body,
            };
            self.tree.functions.push(function);
        }
    }

    fn variable(&mut self, cursor: Cursor<'u>) -> VariableId {
        let identity = cursor.identity();
        if let Some(&id) = self.variables.get(&identity) {
            return id;
        }
        let ty = cursor.ty();
        // In C, a constant that may change at load time (`const volatile`) is none.
        let constant = ty.is_const() && !ty.name().contains("volatile");
        let value = if constant {
            cursor.initializer().and_then(Cursor::evaluate)
        } else {
            None
        };
        // libbpf keeps both in maps that nothing changes, so the verifier drops what they rule out.
        let is_setting = ty.is_const() && !constant
            || section(&cursor.head()).is_some_and(|section| &*section == ".kconfig");
        let variable = Variable {
            name: cursor.name().into(),
            ty: self.ty(ty),
            span: self.span(cursor),
            value,
            is_setting: is_setting
                && cursor
                    .parent()
                    .is_some_and(|outer| outer.kind() == clang::raw::CXCursor_TranslationUnit),
        };
        let id = self.tree.variables.len();
        self.tree.variables.push(variable);
        self.variables.insert(identity, id);
        id
    }

    /// Notes the uses of the project's macros.
    fn uses(&mut self) {
        let uses = std::mem::take(&mut self.macros).pairs();
        for (at, name, definition) in uses {
            let (Some(used), Some(defined)) = (self.file(at.0), self.file(definition.0)) else {
                continue;
            };
            self.tree.macros.push(MacroUse {
                span: Span::new(&used, at.1),
                name,
                definition: Span::new(&defined, definition.1),
            });
        }
    }

    /// Whether a declaration is written in one of the files to look into.
    fn is_ours(&mut self, cursor: Cursor<'u>) -> bool {
        let place = cursor.expansion();
        place.is_some_and(|place| self.file(place.file).is_some())
    }

    /// The path of a file to look into.
    fn file(&mut self, file: clang::FileId) -> Option<Arc<str>> {
        let (root, main) = (self.root, self.main);
        let entry = self.files.entry(file);
        let look = || {
            let name = file.name();
            let path = Path::new(&name);
            (path == main || is_project(path, root)).then(|| clean(path))
        };
        entry.or_insert_with(look).clone()
    }

    fn span(&mut self, cursor: Cursor<'u>) -> Span {
        match cursor.range() {
            Some((file, range)) => {
                let path = self.file(file).unwrap_or_else(|| file.name().into());
                Span::new(&path, range)
            }
            None => {
                let path: Arc<str> = self.main.to_string_lossy().into();
                Span::new(&path, 0..0)
            }
        }
    }

    /// The declaration of a function, in front of its body.
    fn head(&mut self, function: Cursor<'u>, body: Cursor<'u>) -> Span {
        let (mut head, body) = (self.span(function), self.span(body));
        if head.contains(&body) && body.start > head.start {
            head.end = body.start;
        }
        head
    }

    fn node(&mut self, mut cursor: Cursor<'u>) -> Node {
        // Conversions that nobody wrote have the type that an array decays to.
        while let (clang::raw::CXCursor_UnexposedExpr, [inner]) =
            (cursor.kind(), &cursor.children()[..])
        {
            cursor = *inner;
        }
        let from = self.macro_of(cursor);
        self.depth += 1;
        let kind = match self.depth {
            // Macros can make of a line what nobody would write.
            MAX_DEPTH.. => {
                self.tree.is_cut = true;
                Kind::Other(Vec::new())
            }
            _ => self.kind(cursor),
        };
        self.depth -= 1;
        Node {
            kind,
            ty: self.ty(cursor.ty()),
            span: self.span(cursor),
            from,
        }
    }

    /// The macro that an expression is made by, also in parentheses.
    fn macro_of(&self, mut cursor: Cursor<'u>) -> Option<Rc<str>> {
        loop {
            let made_by = self.macros.outer(cursor);
            match cursor.children()[..] {
                [inner] if made_by.is_none() && cursor.kind() == clang::raw::CXCursor_ParenExpr => {
                    cursor = inner
                }
                _ => return made_by,
            }
        }
    }

    fn nodes(&mut self, cursors: &[Cursor<'u>]) -> Vec<Node> {
        cursors.iter().map(|&cursor| self.node(cursor)).collect()
    }

    fn boxed(&mut self, cursor: Cursor<'u>) -> Box<Node> {
        Box::new(self.node(cursor))
    }

    fn other(&mut self, children: &[Cursor<'u>]) -> Kind {
        Kind::Other(self.nodes(children))
    }
}

fn undeclared(unit: &Unit) -> HashSet<String> {
    let errors = unit.errors().into_iter();
    let names = errors.filter_map(|error| {
        let (_, rest) = error.text.split_once("call to undeclared function '")?;
        Some(rest.split_once('\'')?.0.to_owned())
    });
    names.collect()
}

/// Whether a header is the project's own code: not the kernel's types, not libbpf.
fn is_project(path: &Path, root: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let libbpf = matches!(
        name.as_ref(),
        "bpf_helpers.h"
            | "bpf_helper_defs.h"
            | "bpf_core_read.h"
            | "bpf_tracing.h"
            | "bpf_endian.h"
            | "usdt.bpf.h"
            | "bpf.h"
            | "btf.h"
    );
    path.starts_with(root) && !libbpf && types::home(path, root) == Home::Project
}

/// A path without `.` and `..`, as far as the letters say.
fn clean(path: &Path) -> Arc<str> {
    match path.canonicalize() {
        Ok(path) => path.to_string_lossy().into(),
        Err(_) => path.to_string_lossy().into(),
    }
}

/// The section of a declaration, from its attributes.
fn section(head: &str) -> Option<Rc<str>> {
    let rest = &head[head.find("section(\"")? + "section(\"".len()..];
    Some(rest[..rest.find('"')?].into())
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_a_section() {
        let head = "__attribute__((section(\"kprobe/x\"), used)) int f(void)";
        assert_eq!(super::section(head).as_deref(), Some("kprobe/x"));
        assert_eq!(super::section("int f(void)"), None);
    }
}
