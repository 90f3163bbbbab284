//! Turns the syntax tree of a Rust file into functions of the view. Each body is walked once, in
//! the order of the source, with what is known about each variable.

mod call;
mod constant;
mod context;
mod expression;
mod failure;
mod field;
mod guard;
mod macros;
mod method;
mod negative;
mod operator;
mod outcome;
mod pattern;
mod place;
mod program;
mod read;
mod trim;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use syn::spanned::Spanned;
use syn::{Attribute, Block, FnArg, ImplItem, Item, Pat, Signature, Stmt, TraitItem};

use super::Wanted;
use super::cfg::Cfg;
use super::facts::Facts;
use super::ty::Ty;
use super::view::{Decision, Fallback, Function, Origin, Outcome, Says, Thrown, Value};
use crate::front::facts::{AtZero, Deciding};
use crate::known::{Guard, Supported};

/// A text and its place in the file.
pub(super) struct Input<'a> {
    pub(super) facts: &'a Facts,
    pub(super) path: &'a Arc<str>,
    pub(super) text: &'a str,
    /// What stands before the text that was parsed: a byte order mark, a `#!` line.
    pub(super) base: usize,
    /// Which items are part of the program.
    pub(super) cfg: Cfg<'a>,
    /// Which reads are kept.
    pub(super) wanted: Wanted,
    /// The kernels that the crate supports, if they are known.
    pub(super) supported: Option<&'a Supported<'a>>,
}

/// The functions of a file.
pub(super) fn functions(input: &Input<'_>, file: &syn::File) -> Vec<Function> {
    let mut lowering = Lowering {
        input,
        done: Vec::new(),
        function: Function::default(),
        scopes: Vec::new(),
        buffers: HashMap::new(),
        fields: HashMap::new(),
        results: HashSet::new(),
        asked: Vec::new(),
        guards: Vec::new(),
        answers: HashMap::new(),
        target: None,
        literal: None,
        asks_version: VERSION_PARTS.iter().any(|part| input.text.contains(part)),
        caught: None,
        receiver: Ty::Unknown,
        expanding: 0,
        branches: 0,
    };
    if !input.cfg.is_out(&file.attrs) {
        lowering.items(&file.items);
    }
    lowering.done
}

/// Parts of the words by which code asks for the version of the kernel. They are quick to look for.
const VERSION_PARTS: &[&str] = &["ersion", "ERSION", "elease", "ELEASE", "kver", "KVER"];

/// How code names the version of the kernel, in lower case.
const VERSION_WORDS: &[&str] = &[
    "kernel_version",
    "linux_version",
    "kernelversion",
    "linuxversion",
    "kernel_release",
    "kver",
];

struct Lowering<'a> {
    input: &'a Input<'a>,
    done: Vec<Function>,
    function: Function,
    scopes: Vec<HashMap<String, Value>>,
    /// Buffers of reads that nothing has looked at yet.
    buffers: HashMap<String, usize>,
    /// What was looked up of structs and enums.
    fields: field::Looked,
    /// The expressions that give a function's result.
    results: failure::Results,
    /// What the condition at hand asks.
    asked: Vec<failure::Asked>,
    /// What holds where the walk is.
    guards: Vec<Guard>,
    /// What results of functions say about the kernel, as far as anybody asked.
    answers: HashMap<String, Option<Rc<Says>>>,
    /// The variable that the expression at hand goes to.
    target: Option<String>,
    /// The fields of the struct literal that was just evaluated.
    literal: Option<Vec<(String, Value)>>,
    asks_version: bool,
    /// The name of the error in the arm at hand: `Err(error) => ...`.
    caught: Option<String>,
    /// The type that the methods at hand belong to.
    receiver: Ty,
    /// How many macros of the crate are around the walk.
    expanding: usize,
    /// How many branches are around the walk, or may have left the function before it.
    branches: usize,
}

impl Lowering<'_> {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Fn(item) => self.item_fn(&item.attrs, &item.sig, &item.block),
                Item::Mod(item) if !self.input.cfg.is_out(&item.attrs) => {
                    if let Some((_, items)) = &item.content {
                        self.items(items);
                    }
                }
                Item::Impl(item) if !self.input.cfg.is_out(&item.attrs) => {
                    let receiver = self.ty(&item.self_ty);
                    let outer = std::mem::replace(&mut self.receiver, receiver);
                    for item in &item.items {
                        if let ImplItem::Fn(item) = item {
                            self.item_fn(&item.attrs, &item.sig, &item.block);
                        }
                    }
                    self.receiver = outer;
                }
                Item::Trait(item) if !self.input.cfg.is_out(&item.attrs) => {
                    for item in &item.items {
                        if let TraitItem::Fn(item) = item
                            && let Some(body) = &item.default
                        {
                            self.item_fn(&item.attrs, &item.sig, body);
                        }
                    }
                }
                Item::Macro(item) if !self.input.cfg.is_out(&item.attrs) => {
                    self.item_macro(&item.mac);
                }
                _ => {}
            }
        }
    }

    /// A function, which may stand in another one.
    fn item_fn(&mut self, attributes: &[Attribute], signature: &Signature, body: &Block) {
        if self.input.cfg.is_out(attributes) {
            return;
        }
        let function = Function {
            name: signature.ident.to_string(),
            at: self.range(&signature.ident),
            path: Arc::clone(self.input.path),
            program: attributes.iter().find_map(program::of_attribute),
            ..Function::default()
        };
        let outer = std::mem::replace(&mut self.function, function);
        let scopes = std::mem::replace(&mut self.scopes, vec![HashMap::new()]);
        let buffers = std::mem::take(&mut self.buffers);
        let target = self.target.take();
        let guards = std::mem::take(&mut self.guards);
        let results = std::mem::take(&mut self.results);
        let asked = std::mem::take(&mut self.asked);
        let branches = std::mem::take(&mut self.branches);
        for (index, param) in signature.inputs.iter().enumerate() {
            self.param(index, param);
        }
        self.results_of(body);
        let value = self.block(body);
        let end = body.stmts.last().map_or(0..0, |last| self.range(last));
        self.give_back(value, &end);
        self.guards = guards;
        self.results = results;
        self.asked = asked;
        self.branches = branches;
        self.target = target;
        self.buffers = buffers;
        self.scopes = scopes;
        let mut function = std::mem::replace(&mut self.function, outer);
        trim::function(self.input.facts, &mut function, self.input.wanted);
        self.done.push(function);
    }

    fn param(&mut self, index: usize, param: &FnArg) {
        let param = match param {
            FnArg::Typed(param) => param,
            FnArg::Receiver(receiver) => {
                let ty = match receiver.reference {
                    Some(_) => Ty::ptr(self.receiver.clone()),
                    None => self.receiver.clone(),
                };
                self.function.params.push(ty.clone());
                let value = Value {
                    origin: Origin::Param(index),
                    ty,
                    ..Value::default()
                };
                self.set("self".to_owned(), value);
                return;
            }
        };
        let ty = self.ty(&param.ty);
        let named = match (&ty, ty.pointee()) {
            (Ty::Named(name, _), _) | (_, Some(Ty::Named(name, _))) => name.clone(),
            _ => String::new(),
        };
        let origin = match named.as_str() {
            // One of aya's.
            context
                if context.ends_with("Context")
                    && !self.input.facts.structs.contains_key(context) =>
            {
                Origin::Context(named)
            }
            _ => match &self.function.program {
                Some(program) if index == 0 && program.is_iterator() => {
                    Origin::Iterator(program.target.clone())
                }
                _ => Origin::Param(index),
            },
        };
        let value = Value {
            origin,
            born: ty.clone(),
            ty: ty.clone(),
            source: Some(self.range(&*param.pat)),
            ..Value::default()
        };
        self.function.params.push(ty);
        if let Pat::Ident(pattern) = &*param.pat {
            self.set(pattern.ident.to_string(), value);
        }
    }

    fn block(&mut self, block: &Block) -> Value {
        self.scopes.push(HashMap::new());
        let mut value = Value::default();
        for (index, statement) in block.stmts.iter().enumerate() {
            let last = index + 1 == block.stmts.len();
            let this = self.statement(statement);
            if last {
                value = this;
            }
        }
        self.scopes.pop();
        value
    }

    /// A statement, and its value if it has one and ends a block.
    fn statement(&mut self, statement: &Stmt) -> Value {
        match statement {
            Stmt::Local(local) if !self.input.cfg.is_out(&local.attrs) => {
                self.local(local);
                Value::default()
            }
            Stmt::Local(_) => Value::default(),
            Stmt::Item(item) => {
                self.items(std::slice::from_ref(item));
                if let Item::Const(item) = item {
                    let value = self.raw(&item.expr);
                    let amount = value
                        .amount
                        .map(|amount| constant::named(&item.ident, &amount));
                    let value = Value {
                        amount,
                        ..Value::default()
                    };
                    self.set(item.ident.to_string(), value);
                }
                Value::default()
            }
            Stmt::Expr(expression, None) => self.raw(expression),
            Stmt::Expr(expression, Some(_)) => {
                // Nothing takes the result, so a read in it stays unchecked.
                self.raw(expression);
                Value::default()
            }
            Stmt::Macro(statement) if !self.input.cfg.is_out(&statement.attrs) => {
                let value = self.macro_call(&statement.mac);
                match statement.semi_token {
                    Some(_) => Value::default(),
                    None => value,
                }
            }
            Stmt::Macro(_) => Value::default(),
        }
    }

    /// Notes that the function returns a value.
    fn give_back(&mut self, value: Value, span: &Range<usize>) {
        self.fails(&value, Some(Outcome::Passes(Thrown::Same)), span);
        let value = self.checked(value);
        for &fallback in &value.fallbacks {
            self.function.fallbacks[fallback].returned = true;
        }
        if value.is_known() {
            self.function.returned.push(value);
        } else {
            self.function.returns_unknown = true;
        }
    }

    /// Notes that something looks at a value, so that a read in it is checked.
    fn checked(&mut self, value: Value) -> Value {
        if let Some(read) = value.read {
            self.function.reads[read].checked = true;
        }
        value
    }

    /// Notes that a value decides something.
    fn decide(&mut self, value: &Value, what: Deciding, zero: AtZero, span: Range<usize>) {
        self.decide_if(value, what, (zero, None), span);
    }

    /// The same. `is`: what the condition is if the value is zero.
    fn decide_if(
        &mut self,
        value: &Value,
        what: Deciding,
        (zero, is): (AtZero, Option<bool>),
        span: Range<usize>,
    ) {
        let decision = Decision { what, zero, span };
        for &index in &value.fallbacks {
            let decisions = &mut self.function.fallbacks[index].decisions;
            decisions.push(decision.clone());
            let decision = (index, decisions.len() - 1);
            self.asked.push(failure::Asked { decision, is });
        }
        if let Origin::Call(call) = value.origin {
            self.function.calls[call].decisions.push(decision);
        }
    }

    /// Notes that a value is used as an address.
    fn address_use(&mut self, value: &Value) {
        if let Some(offset) = value.offset {
            self.function.offsets[offset].is_address = true;
        }
        for &fallback in &value.fallbacks {
            self.function.fallbacks[fallback].is_pointer = true;
        }
    }

    /// Notes that a failed read becomes zero.
    fn fall_back(&mut self, value: &mut Value, how: String, span: Range<usize>) {
        let Some(read) = value.read.take() else {
            return;
        };
        self.function.reads[read].checked = true;
        if self.function.reads[read].fills {
            return;
        }
        self.function.reads[read].replaceable = true;
        self.function.fallbacks.push(Fallback {
            read,
            how,
            span,
            is_pointer: matches!(value.ty, Ty::Ptr(_)),
            decisions: Vec::new(),
            allows: None,
            returned: false,
        });
        value.fallbacks.push(self.function.fallbacks.len() - 1);
    }

    fn set(&mut self, name: String, value: Value) {
        // What was known about its fields no longer holds.
        let prefix = format!("{name}.");
        if let Some(scope) = self.scopes.last_mut() {
            scope.retain(|key, _| !key.starts_with(&prefix));
            scope.insert(name, value);
        }
    }

    fn assign(&mut self, name: &str, value: Value) {
        let mut scopes = self.scopes.iter_mut().rev();
        match scopes.find(|scope| scope.contains_key(name)) {
            Some(scope) => {
                let prefix = format!("{name}.");
                scope.retain(|key, _| !key.starts_with(&prefix));
                scope.insert(name.to_owned(), value);
            }
            None => self.set(name.to_owned(), value),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    fn range(&self, node: &impl Spanned) -> Range<usize> {
        let range = node.span().byte_range();
        range.start + self.input.base..range.end + self.input.base
    }

    fn text(&self, range: &Range<usize>) -> &str {
        self.input.text.get(range.clone()).unwrap_or_default()
    }
}

/// The value that is one of two, by the way that the program takes.
fn join(mut a: Value, b: Value) -> Value {
    a.says = a.still_says().or(b.still_says());
    if a.origin == Origin::Unknown {
        a.origin = b.origin;
    }
    if a.ty == Ty::Unknown {
        a.ty = b.ty;
    }
    if a.born == Ty::Unknown {
        a.born = b.born;
    }
    a.amount = match (a.amount, b.amount) {
        (Some(a), Some(b)) if a == b => Some(a),
        (Some(_), Some(_)) => Some(constant::choice()),
        _ => None,
    };
    a.offset = a.offset.or(b.offset);
    a.place = None;
    a.read = a.read.or(b.read);
    a.source = a.source.or(b.source);
    a.fallbacks.extend(b.fallbacks);
    a.fallbacks.sort_unstable();
    a.fallbacks.dedup();
    a
}
