//! Walks the functions of a loader. It notes what each of them attaches, and what happens if that fails.

use std::collections::HashMap;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Block, Expr, ExprClosure, ExprForLoop, ExprIf, ExprMatch, ExprMethodCall, FnArg, ImplItemFn,
    ItemConst, ItemFn, ItemMod, Local, Pat, Signature, Stmt,
};

use super::held::{Held, of_program};
use super::text::{Known, Texts, member, place, variable, variant};
use super::{Call, Fate, Fill, Function, Site};

/// The walk over a file.
pub(super) struct Walk<'a> {
    text: &'a str,
    /// What is done.
    pub(super) functions: Vec<Function>,
    known: Known,
    held: HashMap<String, Held>,
    /// What comes of a failure of the expression at hand.
    fate: Fate,
    /// How many questions are around the walk.
    asked: usize,
    function: Function,
}

/// Parts of words by which a condition asks what the kernel has.
const ASKING: &[&str] = &[
    "attach", "availab", "btf", "exist", "feature", "has_", "kallsyms", "kernel", "load", "probe",
    "support", "symbol", "version",
];

/// Types of what a function gets beside the texts.
const NO_TEXTS: &[&str] = &["Bpf", "Btf", "Ebpf"];

/// aya's types of programs that are attached to something of the kernel's or of a process.
const KINDS: &[&str] = &[
    "BtfTracePoint",
    "FEntry",
    "FExit",
    "KProbe",
    "Lsm",
    "LsmCgroup",
    "RawTracePoint",
    "TracePoint",
    "UProbe",
];

impl<'a> Walk<'a> {
    /// A walk over a file with this text.
    pub(super) fn new(file: &syn::File, text: &'a str) -> Self {
        let mut constants = Constants::default();
        constants.visit_file(file);
        Self {
            text,
            functions: Vec::new(),
            known: Known {
                constants: constants.0,
                ..Known::default()
            },
            held: HashMap::new(),
            fate: Fate::Handled,
            asked: 0,
            function: Function::default(),
        }
    }

    fn function(&mut self, signature: &Signature, body: &Block) {
        let function = Function {
            name: signature.ident.to_string(),
            ..Function::default()
        };
        let outer = std::mem::replace(&mut self.function, function);
        let variables = std::mem::take(&mut self.known.variables);
        let held = std::mem::take(&mut self.held);
        let asked = std::mem::take(&mut self.asked);
        let inputs = signature.inputs.iter();
        let typed = inputs.filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed),
            FnArg::Receiver(_) => None,
        });
        for (at, param) in typed.enumerate() {
            if let Some(name) = variable(&param.pat) {
                let kind = last_type(&param.ty);
                let is_text = kind
                    .as_ref()
                    .is_none_or(|kind| !NO_TEXTS.contains(&kind.as_str()));
                let program = Texts::Unknown;
                self.held.insert(name.clone(), Held { program, kind });
                let texts = if is_text {
                    Texts::Param(at)
                } else {
                    Texts::Unknown
                };
                self.known.variables.insert(name, texts);
            }
        }
        self.under(Fate::Returned, |walk| walk.visit_block(body));
        self.asked = asked;
        self.held = held;
        self.known.variables = variables;
        let done = std::mem::replace(&mut self.function, outer);
        self.functions.push(done);
    }

    fn under(&mut self, fate: Fate, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.fate, fate);
        walk(self);
        self.fate = outer;
    }

    fn if_asked(&mut self, is_asked: bool, walk: impl FnOnce(&mut Self)) {
        self.asked += usize::from(is_asked);
        walk(self);
        self.asked -= usize::from(is_asked);
    }

    /// A call that attaches a program to what it names, or loads it for that.
    fn attaching(&self, call: &ExprMethodCall) -> Option<Site> {
        let held = Held::of(&call.receiver, &self.known, &self.held);
        let kind = held.kind.as_deref();
        let args: Vec<&Expr> = call.args.iter().collect();
        let texts = |at: usize| args.get(at).map(|arg| self.known.texts(arg));
        let (attribute, category, name) = match (call.method.to_string().as_str(), &args[..]) {
            ("attach", [_, offset])
                if matches!(kind, None | Some("KProbe")) && is_number(offset) =>
            {
                ("kprobe", None, texts(0)?)
            }
            ("attach", [_, _]) if matches!(kind, None | Some("TracePoint")) => {
                let is_text = |at| !matches!(texts(at), Some(Texts::Unknown) | None);
                (is_text(0) && is_text(1)).then_some(())?;
                ("tracepoint", texts(0), texts(1)?)
            }
            ("attach", [_]) if kind == Some("RawTracePoint") => ("raw_tracepoint", None, texts(0)?),
            ("load", [_, _]) => {
                let attribute = match kind? {
                    "BtfTracePoint" => "btf_tracepoint",
                    "FEntry" => "fentry",
                    "FExit" => "fexit",
                    "Lsm" => "lsm",
                    "LsmCgroup" => "lsm_cgroup",
                    _ => return None,
                };
                (attribute, None, texts(0)?)
            }
            ("attach_kprobe", [_, _]) => ("kprobe", None, texts(1)?),
            ("attach_tracepoint", [_, _]) => ("tracepoint", texts(0), texts(1)?),
            ("attach_raw_tracepoint", [_]) => ("raw_tracepoint", None, texts(0)?),
            _ => return None,
        };
        Some(Site {
            attribute,
            programs: held.program,
            category,
            name,
            fate: self.fate,
            is_asked: self.asked > 0,
        })
    }

    /// Notes the texts that a value is made with.
    fn fill<'e>(&mut self, path: &syn::Path, fields: impl Iterator<Item = (String, &'e Expr)>) {
        let Some(of) = variant(path) else { return };
        let parts = fields.map(|(field, value)| (place(&of, &field), self.known.texts(value)));
        let parts: Vec<(String, Texts)> = parts.collect();
        if parts
            .iter()
            .any(|(_, texts)| !matches!(texts, Texts::Unknown))
        {
            let is_asked = self.asked > 0;
            self.function.fills.push(Fill { parts, is_asked });
        }
    }

    fn calls(&mut self, name: String, args: &syn::punctuated::Punctuated<Expr, syn::Token![,]>) {
        let args = args.iter().map(|arg| self.known.texts(arg)).collect();
        self.function.calls.push(Call {
            name,
            args,
            fate: self.fate,
            is_asked: self.asked > 0,
        });
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !self.is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !self.is_test(&item.attrs) {
            self.function(&item.sig, &item.block);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !self.is_test(&item.attrs) {
            self.function(&item.sig, &item.block);
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        let fate = self.fate;
        let asked = self.asked;
        for (at, statement) in block.stmts.iter().enumerate() {
            let is_last = at + 1 == block.stmts.len();
            let fate = match statement {
                Stmt::Expr(_, None) if is_last => fate,
                _ => Fate::Handled,
            };
            self.under(fate, |walk| walk.visit_stmt(statement));
            // Behind `if !has_symbol(..) { return }` it is known.
            if self.leaves_where_asked(statement) {
                self.asked += 1;
            }
        }
        self.asked = asked;
    }

    fn visit_local(&mut self, local: &'ast Local) {
        visit::visit_local(self, local);
        let (Some(name), Some(init)) = (variable(&local.pat), &local.init) else {
            return;
        };
        let mut held = Held::of(&init.expr, &self.known, &self.held);
        let declared = match &local.pat {
            Pat::Type(typed) => last_type(&typed.ty),
            _ => None,
        };
        held.kind = declared
            .or_else(|| self.said_type(&init.expr))
            .or(held.kind);
        self.held.insert(name.clone(), held);
        let texts = self.known.texts(&init.expr);
        self.known.variables.insert(name, texts);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        match expression {
            Expr::Try(inner) => self.under(Fate::Returned, |walk| walk.visit_expr(&inner.expr)),
            Expr::Return(give) => {
                if let Some(value) = &give.expr {
                    self.under(Fate::Returned, |walk| walk.visit_expr(value));
                }
            }
            Expr::MethodCall(_)
            | Expr::Block(_)
            | Expr::Unsafe(_)
            | Expr::If(_)
            | Expr::Match(_)
            | Expr::Paren(_)
            | Expr::Group(_)
            | Expr::Await(_)
            | Expr::Call(_)
            | Expr::Closure(_)
            | Expr::ForLoop(_) => visit::visit_expr(self, expression),
            // Somebody else looks at the result.
            Expr::Async(_) => self.if_asked(true, |walk| {
                walk.under(Fate::Handled, |walk| visit::visit_expr(walk, expression));
            }),
            _ => self.under(Fate::Handled, |walk| visit::visit_expr(walk, expression)),
        }
    }

    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        self.if_asked(true, |walk| {
            walk.under(Fate::Handled, |walk| {
                visit::visit_expr_closure(walk, closure)
            });
        });
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func
            && let Some(last) = path.path.segments.last()
        {
            self.calls(last.ident.to_string(), &call.args);
            let numbers = (0..call.args.len()).map(|at| at.to_string());
            self.fill(&path.path, numbers.zip(&call.args));
            // What a thread gives is given on.
            let is_done_there = ["block_in_place", "spawn_blocking"]
                .iter()
                .any(|name| last.ident == name);
            if is_done_there
                && self.fate != Fate::Handled
                && let Some(Expr::Closure(closure)) = call.args.first()
            {
                return self.under(Fate::Returned, |walk| walk.visit_expr(&closure.body));
            }
        }
        self.under(Fate::Handled, |walk| visit::visit_expr_call(walk, call));
    }

    fn visit_expr_struct(&mut self, made: &'ast syn::ExprStruct) {
        let fields = made.fields.iter();
        let fields = fields.map(|field| (member(&field.member), &field.expr));
        self.fill(&made.path, fields);
        visit::visit_expr_struct(self, made);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        match self.attaching(call) {
            Some(site) => self.function.sites.push(site),
            None => self.calls(call.method.to_string(), &call.args),
        }
        let fate = match call.method.to_string().as_str() {
            "unwrap" | "expect" => Fate::Panics,
            "map_err" | "context" | "with_context" | "wrap_err" | "wrap_err_with" | "map"
            | "and_then" | "inspect_err" | "change_context" | "attach_printable" => self.fate,
            "unwrap_or_else" if call.args.first().is_some_and(|one| self.ends(one)) => Fate::Panics,
            _ => Fate::Handled,
        };
        self.under(fate, |walk| walk.visit_expr(&call.receiver));
        self.under(Fate::Handled, |walk| {
            call.args.iter().for_each(|arg| walk.visit_expr(arg));
        });
    }

    fn visit_expr_for_loop(&mut self, repeat: &'ast ExprForLoop) {
        self.known.bind_each(&repeat.pat, &repeat.expr);
        self.under(Fate::Handled, |walk| walk.visit_expr(&repeat.expr));
        self.under(Fate::Handled, |walk| walk.visit_block(&repeat.body));
    }

    fn visit_expr_if(&mut self, branch: &'ast ExprIf) {
        let is_asked = self.asks(&*branch.cond);
        let fate = self.fate;
        self.under(Fate::Handled, |walk| walk.visit_expr(&branch.cond));
        let first = self.function.sites.len();
        let then = &branch.then_branch;
        self.if_asked(is_asked, |walk| {
            walk.under(fate, |walk| walk.visit_block(then))
        });
        let second = self.function.sites.len();
        if let Some((_, other)) = &branch.else_branch {
            self.if_asked(is_asked, |walk| {
                walk.under(fate, |walk| walk.visit_expr(other))
            });
        }
        self.choose(&[first, second]);
    }

    fn visit_expr_match(&mut self, choice: &'ast ExprMatch) {
        let is_asked = self.asks(&*choice.expr);
        let fate = self.fate;
        self.under(Fate::Handled, |walk| walk.visit_expr(&choice.expr));
        let mut starts = Vec::new();
        for arm in &choice.arms {
            starts.push(self.function.sites.len());
            self.known.bind_held(&arm.pat);
            if let Some(kind) = of_program(&arm.pat) {
                self.held.insert(kind.0, kind.1);
            }
            let is_asked = is_asked
                || arm
                    .guard
                    .as_ref()
                    .is_some_and(|(_, guard)| self.asks(&**guard));
            self.if_asked(is_asked, |walk| {
                walk.under(fate, |walk| walk.visit_expr(&arm.body));
            });
        }
        self.choose(&starts);
    }
}

impl Walk<'_> {
    /// The code of a node.
    fn code(&self, node: &impl Spanned) -> &str {
        self.text.get(node.span().byte_range()).unwrap_or_default()
    }

    fn is_test(&self, attributes: &[syn::Attribute]) -> bool {
        attributes.iter().any(|attribute| {
            let last = attribute.path().segments.last();
            last.is_some_and(|last| last.ident == "test")
                || attribute.path().is_ident("cfg") && self.code(attribute).contains("test")
        })
    }

    /// Whether a condition asks what the kernel has, or tries something.
    fn asks(&self, condition: &impl Spanned) -> bool {
        let text = self.code(condition).to_ascii_lowercase();
        ASKING.iter().any(|word| text.contains(word))
    }

    /// Whether a closure ends the process.
    fn ends(&self, closure: &Expr) -> bool {
        let text = self.code(closure);
        text.contains("panic!") || text.contains("exit(")
    }

    /// Whether a statement asks, and leaves the block where the answer is no.
    fn leaves_where_asked(&self, statement: &Stmt) -> bool {
        match statement {
            Stmt::Expr(Expr::If(branch), _) => {
                self.asks(&*branch.cond) && leaves(&branch.then_branch)
            }
            // `let Some(program) = ebpf.program_mut(..) else { .. }` asks for no kernel.
            Stmt::Local(local) => local.init.as_ref().is_some_and(|init| {
                let is_program = self.code(&*init.expr).contains("program");
                init.diverge.is_some() && self.asks(&*init.expr) && !is_program
            }),
            _ => false,
        }
    }

    /// The type that an expression names for itself: `TryInto::<&mut KProbe>::try_into(..)`.
    fn said_type(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::Try(inner) => self.said_type(&inner.expr),
            Expr::MethodCall(call) => self.said_type(&call.receiver),
            Expr::Call(call) => {
                let text = self.code(&*call.func);
                let mut words = text.split(|letter: char| !letter.is_alphanumeric());
                words.find(|word| KINDS.contains(word)).map(str::to_owned)
            }
            _ => None,
        }
    }

    /// Where two ways attach to different things, the loader chooses. `starts` are the first sites of each way.
    fn choose(&mut self, starts: &[usize]) {
        let ends = starts.iter().skip(1).copied();
        let ends = ends.chain([self.function.sites.len()]);
        let ways: Vec<_> = starts.iter().copied().zip(ends).collect();
        let names = |(start, end): &(usize, usize)| {
            let sites = self.function.sites[*start..*end].iter();
            let texts = sites.flat_map(|site| match &site.name {
                Texts::These(texts) => texts.iter().map(|(text, _)| text.clone()).collect(),
                _ => Vec::new(),
            });
            let mut names: Vec<String> = texts.collect();
            names.sort();
            names
        };
        let all: Vec<Vec<String>> = ways
            .iter()
            .map(names)
            .filter(|one| !one.is_empty())
            .collect();
        let differ = all.iter().any(|one| *one != all[0]);
        if differ {
            for site in &mut self.function.sites[starts[0]..] {
                site.is_asked = true;
            }
        }
    }
}

/// The constants of a file.
#[derive(Default)]
struct Constants(HashMap<String, Expr>);

impl<'ast> Visit<'ast> for Constants {
    fn visit_item_const(&mut self, item: &'ast ItemConst) {
        self.0.insert(item.ident.to_string(), (*item.expr).clone());
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.0.insert(item.ident.to_string(), (*item.expr).clone());
    }
}

/// The last name of the type behind references: `KProbe` of `&mut programs::KProbe`.
fn last_type(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Reference(inner) => last_type(&inner.elem),
        syn::Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn is_number(expression: &Expr) -> bool {
    matches!(expression, Expr::Lit(literal) if matches!(literal.lit, syn::Lit::Int(_)))
}

fn leaves(block: &Block) -> bool {
    match block.stmts.last() {
        Some(Stmt::Expr(Expr::Return(_) | Expr::Continue(_) | Expr::Break(_), _)) => true,
        Some(Stmt::Macro(call)) => call.mac.path.is_ident("bail"),
        Some(Stmt::Expr(Expr::Macro(call), _)) => call.mac.path.is_ident("bail"),
        _ => false,
    }
}
