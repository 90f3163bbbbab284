//! Collects the declarations of all files of a crate from their tokens. A rule about one file needs
//! the structs and constants of the others, and syntax trees of all files would not fit into
//! memory.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use bpf_core_kernel_facts::flavour::essential_name;
use bpf_core_kernel_facts::types::{is_kernel_struct, is_uapi};

use super::cfg::Cfg;
use super::core_attribute;
use crate::front::lex::{self, Kind, Token};

/// The declarations of a crate, by their own name: paths are not followed.
#[derive(Debug, Default)]
pub struct Facts {
    /// Structs and unions.
    pub structs: HashMap<String, Struct>,
    /// What is imported from bindings, which may be another crate.
    pub imported: HashSet<String>,
    /// Enums whose values are the program's own business, and not the kernel's.
    pub own_enums: HashSet<String>,
    /// Enums with `#[derive(CoreEnum)]`.
    pub enums: HashMap<String, Enum>,
    /// Constants, and statics that do not change; those of one name together.
    pub consts: HashMap<String, Vec<Const>>,
    /// Statics that are no maps: the loader may set them.
    pub statics: HashSet<String>,
    /// The functions, and what they return, in source.
    pub functions: HashMap<String, String>,
    /// Those whose result may tell something about the kernel, in source.
    pub asking: HashMap<String, String>,
    /// Statics that are maps.
    pub maps: HashMap<String, String>,
    /// The types of the kernel that statics in `.struct_ops` and `.struct_ops.link` implement.
    pub struct_ops: HashSet<String>,
    /// `type A = B`, in source.
    pub aliases: HashMap<String, String>,
    /// Macros by `macro_rules!`.
    pub macros: HashMap<String, Macro>,
}

/// A macro by `macro_rules!`.
#[derive(Clone, Debug)]
pub struct Macro {
    /// What is between its brackets, in source.
    pub rules: String,
    /// Where.
    pub path: Arc<str>,
    /// The name's bytes.
    pub name: Range<usize>,
}

/// A struct or union.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Whose layout it has.
    pub kind: StructKind,
    /// Where.
    pub path: Arc<str>,
    /// The name's bytes.
    pub name: Range<usize>,
    /// The kernel's name for it, without a flavour.
    pub kernel_name: String,
    /// The fields with their braces, in source.
    pub body: String,
}

/// An enum of the kernel.
#[derive(Clone, Debug)]
pub struct Enum {
    /// The kernel's name for it.
    pub kernel_name: String,
    /// The enumerators with their braces, in source.
    pub body: String,
}

/// Whose layout a struct has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StructKind {
    /// `#[derive(CoreStruct)]`: it has none, and its fields are found by name.
    Core,
    /// Made by bindgen from the headers of one kernel.
    Binding,
    /// Written by hand, after a struct of one kernel.
    Hand,
    /// The same with `#[derive(Plain)]`, so that `core_read!` copies it as it is.
    Plain,
    /// The program's own, or user-space API.
    Own,
}

/// A constant.
#[derive(Clone, Debug)]
pub struct Const {
    /// Its value, in source.
    pub value: String,
    /// Its type, in source.
    pub ty: String,
    /// Where.
    pub path: Arc<str>,
    /// The name's bytes.
    pub name: Range<usize>,
    /// Whether generated bindings declare it.
    pub binding: bool,
    /// The module around it, if that is in the same file.
    pub module: Option<String>,
}

impl Facts {
    /// Whose layout the struct of that name has. `bound`: its path leads through bindings.
    #[must_use]
    pub fn kind(&self, name: &str, bound: bool) -> StructKind {
        if let Some(found) = self.structs.get(name) {
            return found.kind;
        }
        if let Some(alias) = self.aliases.get(name).filter(|alias| !alias.contains(name)) {
            let last = alias.rsplit("::").next().unwrap_or(alias).trim();
            return self.kind(
                last,
                alias.contains("vmlinux") || alias.contains("bindings"),
            );
        }
        let bound = bound || self.imported.contains(name);
        if (bound && !is_uapi(name)) || is_kernel_struct(name) {
            StructKind::Binding
        } else {
            StructKind::Own
        }
    }

    /// Whether it is a struct of the kernel, whoever declares it.
    #[must_use]
    pub fn is_kernel(&self, name: &str, bound: bool) -> bool {
        self.kind(name, bound) != StructKind::Own
    }

    /// Adds what a file declares. `tokens` are those of `text`, without comments.
    pub fn add(
        &mut self,
        path: &Arc<str>,
        (text, tokens): (&str, &[Token]),
        generated: bool,
        cfg: Cfg<'_>,
    ) {
        let mut scan = Scan {
            facts: self,
            path,
            text,
            tokens,
            at: 0,
            cfg,
            generated,
            depth: 0,
            modules: Vec::new(),
        };
        scan.struct_ops();
        scan.run();
    }
}

/// Whether bindgen or aya-tool made a file.
#[must_use]
pub fn is_generated(path: &str, text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(400)];
    String::from_utf8_lossy(head).contains("automatically generated by rust-bindgen")
        || path.ends_with("/vmlinux.rs")
        || text.contains("__BindgenBitfieldUnit<")
}

struct Scan<'a> {
    facts: &'a mut Facts,
    path: &'a Arc<str>,
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    cfg: Cfg<'a>,
    generated: bool,
    depth: usize,
    /// Inline modules, and the depth that they end at.
    modules: Vec<(String, usize)>,
}

impl<'a> Scan<'a> {
    fn word(&self, ahead: usize) -> &'a str {
        let token = self.tokens.get(self.at + ahead);
        token.map_or("", |token| &self.text[token.range.clone()])
    }

    fn range(&self, at: usize) -> Range<usize> {
        let token = self.tokens.get(at);
        token.map_or(self.text.len()..self.text.len(), |token| {
            token.range.clone()
        })
    }

    fn run(&mut self) {
        let mut attributes: Vec<&'a str> = Vec::new();
        while self.at < self.tokens.len() {
            match self.word(0) {
                "#" => {
                    let start = self.range(self.at).start;
                    let open = if self.word(1) == "!" { 2 } else { 1 };
                    if self.word(open) == "[" {
                        let end = self.close(self.at + open);
                        let attribute = self.text.get(start..self.range(end).end);
                        attributes.push(attribute.unwrap_or_default());
                        self.at = end;
                    }
                    self.at += 1;
                    continue;
                }
                "{" => self.depth += 1,
                "}" => {
                    self.depth = self.depth.saturating_sub(1);
                    self.modules.retain(|(_, depth)| *depth <= self.depth);
                }
                "mod" if self.word(2) == "{" => {
                    self.modules.push((self.word(1).to_owned(), self.depth + 1));
                    if self.cfg.is_text_out(&attributes) {
                        self.at = self.close(self.at + 2);
                        self.modules.pop();
                    }
                }
                "struct" | "union" => self.record(&attributes),
                "enum" => {
                    if attributes.iter().any(|one| one.contains("CoreEnum")) {
                        self.kernel_enum(&attributes);
                    } else if !self.is_bound() {
                        self.facts.own_enums.insert(self.word(1).to_owned());
                    }
                }
                "const" | "static" => self.constant(&attributes),
                "fn" => self.function(),
                "use" => self.import(),
                "macro_rules" if self.word(1) == "!" => self.rules(),
                "type" => self.alias(),
                "pub" | "(" | ")" | "crate" | "super" | "in" | "unsafe" | "extern" | "async" => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            attributes.clear();
            self.at += 1;
        }
    }

    /// Types of statics in a section of `struct_ops`, also in macros.
    fn struct_ops(&mut self) {
        for at in 0..self.tokens.len() {
            if !self.text[self.range(at)].starts_with("\".struct_ops") {
                continue;
            }
            let words = (at..self.tokens.len()).map(|at| &self.text[self.range(at)]);
            let of_static = words.skip_while(|word| *word != "static");
            let of_type = of_static.skip_while(|word| *word != ":").skip(1);
            let of_type = of_type.take_while(|word| !["=", ";"].contains(word));
            let named = of_type.filter(|word| word.starts_with(is_name_start));
            if let Some(name) = named.last() {
                self.facts.struct_ops.insert(name.to_owned());
            }
        }
    }

    /// The token that closes the bracket at `open`.
    fn close(&self, open: usize) -> usize {
        lex::close(self.tokens, open)
    }

    /// The first of some words at this level, from `from`.
    fn seek(&self, from: usize, words: &[&str]) -> usize {
        let mut at = from;
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            let word = &self.text[token.range.clone()];
            if words.contains(&word) {
                return at;
            }
            match token.kind {
                Kind::Open => at = self.close(at),
                Kind::Close => return at,
                _ => {}
            }
            at += 1;
        }
        at
    }

    fn is_bound(&self) -> bool {
        let inside = |name: &str| name == "vmlinux" || name == "bindings";
        self.generated || self.modules.iter().any(|(name, _)| inside(name))
    }

    fn record(&mut self, attributes: &[&str]) {
        let name = self.word(1).to_owned();
        if !name.starts_with(is_name_start) || self.cfg.is_text_out(attributes) {
            return;
        }
        let body = self.seek(self.at + 2, &["{", ";"]);
        let end = self.close(body);
        // A struct may be the last word of a file.
        let fields = self.text.get(self.range(body).start..self.range(end).end);
        let fields = fields.unwrap_or_default().to_owned();
        let kernel_name = kernel_name(attributes, &name);
        let derives = |what: &str| {
            let mut derives = attributes.iter().filter(|one| one.contains("derive"));
            derives.any(|one| one.contains(what))
        };
        let repr_c = attributes
            .iter()
            .any(|one| one.contains("repr") && one.contains('C'));
        let kind = if derives("CoreStruct") {
            StructKind::Core
        } else if derives("Plain") && is_kernel_struct(&kernel_name) && !is_uapi(&kernel_name) {
            StructKind::Plain
        } else if is_uapi(&name) {
            StructKind::Own
        } else if self.is_bound() {
            StructKind::Binding
        } else if repr_c && is_kernel_struct(&name) {
            StructKind::Hand
        } else {
            StructKind::Own
        };
        let found = Struct {
            kind,
            path: Arc::clone(self.path),
            name: self.range(self.at + 1),
            kernel_name,
            body: fields,
        };
        // Of two structs of one name, the kernel's is kept: rules are about it.
        let known = self.facts.structs.get(&name);
        if known.is_none_or(|known| known.kind == StructKind::Own) {
            self.facts.structs.insert(name, found);
        }
        if self.text[self.range(body)].starts_with('{') {
            self.at = end;
        }
    }

    fn kernel_enum(&mut self, attributes: &[&str]) {
        let name = self.word(1).to_owned();
        let open = self.seek(self.at + 2, &["{", ";"]);
        let end = self.close(open);
        let body = self.text.get(self.range(open).start..self.range(end).end);
        let found = Enum {
            kernel_name: kernel_name(attributes, &name),
            body: body.unwrap_or_default().to_owned(),
        };
        self.facts.enums.insert(name, found);
    }

    fn constant(&mut self, attributes: &[&str]) {
        let is_static = self.word(0) == "static";
        if is_static && self.word(1) == "mut" {
            self.at += 1;
        }
        let name = self.word(1).to_owned();
        if self.word(2) != ":" || self.cfg.is_text_out(attributes) {
            return;
        }
        let equals = self.seek(self.at + 3, &["=", ";"]);
        if self.range(equals).is_empty() || !self.text[self.range(equals)].starts_with('=') {
            return;
        }
        let end = self.seek(equals + 1, &[";"]);
        let between = |from: usize, to: usize| {
            let (start, end) = (self.range(from).start, self.range(to).start);
            self.text
                .get(start..end)
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let ty = between(self.at + 3, equals);
        if attributes
            .iter()
            .any(|one| matches!(*one, "#[map]" | "#[btf_map]") || one.starts_with("#[map("))
        {
            self.facts.maps.insert(name, ty);
            return;
        }
        let value = between(equals + 1, end);
        if is_static {
            self.facts.statics.insert(name.clone());
        }
        // Tables are no offsets.
        if value.len() > 200 {
            return;
        }
        let found = Const {
            value,
            ty,
            path: Arc::clone(self.path),
            name: self.range(self.at + 1),
            binding: self.is_bound(),
            module: self.modules.last().map(|(name, _)| name.clone()),
        };
        self.facts.consts.entry(name).or_default().push(found);
    }

    fn function(&mut self) {
        let name = self.word(1).to_owned();
        let body = self.seek(self.at + 2, &["{", ";", "where"]);
        let head = self.range(self.at).start..self.range(body).start;
        let head = self.text.get(head).unwrap_or_default();
        let returned = head
            .rsplit_once("->")
            .map_or("()", |(_, returned)| returned.trim());
        let open = self.seek(body, &["{", ";"]);
        let text = match self.tokens.get(open) {
            Some(token) if token.kind == Kind::Open => {
                self.range(self.at).start..self.range(self.close(open)).end
            }
            _ => 0..0,
        };
        let text = self.text.get(text).unwrap_or_default();
        let may_tell = ["bool", "Option"].iter().any(|one| returned.contains(one));
        if asks(text) || may_tell && text.contains("core_") {
            self.facts.asking.insert(name.clone(), text.to_owned());
        }
        self.facts.functions.insert(name, returned.to_owned());
    }

    /// `macro_rules! name { .. }`. What it declares is declared by its uses.
    fn rules(&mut self) {
        let open = self.at + 3;
        let end = self.close(open);
        let inside = self.range(open).end..self.range(end).start;
        if let Some(rules) = self.text.get(inside) {
            let found = Macro {
                rules: rules.to_owned(),
                path: Arc::clone(self.path),
                name: self.range(self.at + 2),
            };
            self.facts.macros.insert(self.word(2).to_owned(), found);
        }
    }

    /// `use vmlinux::{cred, task_struct}`: the names behind a module of bindings.
    fn import(&mut self) {
        let end = self.seek(self.at + 1, &[";"]);
        let words: Vec<String> = (1..end - self.at)
            .map(|ahead| self.word(ahead).to_owned())
            .collect();
        self.at = end;
        // aya's own bindings are of user-space API.
        if words.iter().any(|word| word.starts_with("aya_")) {
            return;
        }
        let (mut around, mut bound) = (Vec::new(), false);
        for (at, word) in words.iter().enumerate() {
            match word.as_str() {
                // `use vmlinux::path as kernel_path`
                "as" if bound && at > 0 => {
                    if let Some(other) = words.get(at + 1) {
                        let alias = format!("vmlinux::{}", words[at - 1]);
                        self.facts.aliases.insert(other.clone(), alias);
                    }
                }
                "vmlinux" | "bindings" => bound = true,
                "{" => around.push(bound),
                "," => bound = around.last().copied().unwrap_or(false),
                "}" => bound = around.pop().unwrap_or(false),
                name if bound && name.starts_with(is_name_start) => {
                    self.facts.imported.insert(word.clone());
                }
                _ => {}
            }
        }
    }

    fn alias(&mut self) {
        if self.word(2) != "=" {
            return;
        }
        let end = self.seek(self.at + 3, &[";"]);
        let (start, end) = (self.range(self.at + 3).start, self.range(end).start);
        if let Some(target) = self.text.get(start..end) {
            let name = self.word(1).to_owned();
            self.facts.aliases.insert(name, target.trim().to_owned());
        }
    }
}

/// Words of functions that ask for the kernel: of the loader, of a static that it sets, of its version.
const ASKING: &[&str] = &[
    "_exists",
    "_matches",
    "read_volatile",
    ".load(",
    "ersion",
    "ERSION",
];

/// Whether the result of a function, given in source, may depend on the kernel.
pub(super) fn asks(function: &str) -> bool {
    ASKING.iter().any(|word| function.contains(word))
}

/// The kernel's name for a type that Rust calls `name`, without a flavour.
fn kernel_name(attributes: &[&str], name: &str) -> String {
    let mut names = attributes
        .iter()
        .filter(|attribute| attribute.contains("core"))
        .filter_map(|attribute| core_attribute::name(attribute));
    let given = names.next();
    let given = given
        .as_deref()
        .unwrap_or(name.strip_prefix("r#").unwrap_or(name));
    essential_name(given).to_owned()
}

fn is_name_start(first: char) -> bool {
    first == '_' || first.is_alphabetic()
}
