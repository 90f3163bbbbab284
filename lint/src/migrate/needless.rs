//! `unsafe` blocks that nothing needs any more once their reads are rewritten: rustc would warn of them. A block
//! stays wherever that is not sure.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use syn::{Block, FieldsNamed, Stmt};

use super::around::Source;
use super::types::is_unnamed;
use crate::front::lex::Kind;
use crate::front::rust::facts::Facts;

/// Methods of the core library and of aya's contexts that are safe on every type that programs call them on.
const METHODS: &[&str] = &[
    "and_then",
    "cast",
    "cast_const",
    "cast_mut",
    "clone",
    "copied",
    "is_err",
    "is_null",
    "is_ok",
    "is_some",
    "map",
    "map_err",
    "max",
    "min",
    "ok",
    "ok_or",
    "pid",
    "tgid",
    "to_be",
    "uid",
    "unwrap_or",
    "unwrap_or_default",
    "wrapping_add",
    "wrapping_sub",
];

/// Functions that are safe.
const FUNCTIONS: &[&str] = &[
    "Err",
    "Ok",
    "Some",
    "bpf_get_current_comm",
    "bpf_get_current_pid_tgid",
    "bpf_get_current_uid_gid",
    "from",
    "from_be",
    "null",
    "null_mut",
];

/// Words before a bracket that call nothing.
const KEYWORDS: &[&str] = &["as", "else", "if", "in", "let", "match", "mut", "return"];

/// What of a crate is known to be safe.
pub(super) struct Needless {
    /// Functions that the crate declares without `unsafe`.
    safe: BTreeSet<String>,
    /// Fields that may be those of a union.
    fields: BTreeSet<String>,
    /// Whether the arguments of aya's contexts are taken by an unsafe function.
    has_unsafe_arg: bool,
}

impl Needless {
    pub(super) fn new<'s, 't: 's>(
        sources: impl Iterator<Item = &'s Source<'t>>,
        facts: &Facts,
        has_unsafe_arg: bool,
    ) -> Self {
        let mut functions: BTreeMap<&str, bool> = BTreeMap::new();
        for source in sources {
            for at in 1..source.tokens.len() {
                if source.word(at - 1) == "fn" {
                    let is_safe = at < 2 || source.word(at - 2) != "unsafe";
                    *functions.entry(source.word(at)).or_insert(true) &= is_safe;
                }
            }
        }
        let safe = functions.into_iter().filter(|(_, is_safe)| *is_safe);
        let unnamed = facts.structs.iter().filter(|(name, _)| is_unnamed(name));
        let fields = unnamed.filter_map(|(_, one)| syn::parse_str::<FieldsNamed>(&one.body).ok());
        let fields = fields.flat_map(|fields| fields.named);
        Self {
            safe: safe.map(|(name, _)| name.to_owned()).collect(),
            fields: fields
                .filter_map(|field| Some(field.ident?.to_string()))
                .collect(),
            has_unsafe_arg,
        }
    }

    /// The edits that take such blocks away. `edits` are those of the reads.
    pub(super) fn edits(
        &self,
        source: &Source<'_>,
        edits: &[(Range<usize>, String)],
    ) -> Vec<(Range<usize>, String)> {
        let mut found = Vec::new();
        for at in 0..source.tokens.len() {
            if source.word(at) != "unsafe" || source.word(at + 1) != "{" {
                continue;
            }
            let close = source.close(at + 1);
            let inside = source.tokens[at + 1].range.end..source.tokens[close].range.start;
            let is_inside = |(range, _): &&(Range<usize>, String)| {
                inside.start <= range.start && range.end <= inside.end
            };
            let within: Vec<_> = edits.iter().filter(is_inside).collect();
            if !within
                .iter()
                .any(|(_, text)| text.contains("bpf_core::core_"))
            {
                continue;
            }
            let mut text = source.text[inside.clone()].to_owned();
            let mut last_first = within;
            last_first.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
            for (range, with) in last_first {
                text.replace_range(range.start - inside.start..range.end - inside.start, with);
            }
            if self.is_needless(&Source::new(&text)) {
                found.extend(without(source, at..close, &text));
            }
        }
        found
    }

    /// Whether code has nothing that may be unsafe.
    fn is_needless(&self, code: &Source<'_>) -> bool {
        // Paths of fields in macros are none of places.
        let mut macro_ends = 0;
        (0..code.tokens.len()).all(|at| {
            let word = code.word(at);
            let before = at.checked_sub(1).map_or("", |at| code.word(at));
            match code.tokens[at].kind {
                Kind::Word if word == "unsafe" || word == "asm" => false,
                Kind::Word if code.word(at + 1) == "!" && code.word(at + 2) != "=" => {
                    macro_ends = macro_ends.max(code.close(at + 2));
                    word.starts_with("core_")
                }
                Kind::Word if before == "." && at > macro_ends => {
                    self.is_call(code, at) || !self.fields.contains(word)
                }
                // A static that can change.
                Kind::Word => {
                    !(word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
                }
                Kind::Open if word == "(" => self.is_safe_call(code, at),
                Kind::Punct if word == "*" => {
                    let is_type = matches!(code.word(at + 1), "const" | "mut");
                    let has_left = at > 0
                        && matches!(code.tokens[at - 1].kind, Kind::Word | Kind::Close)
                        && !KEYWORDS.contains(&before);
                    is_type || has_left
                }
                _ => true,
            }
        })
    }

    fn is_call(&self, code: &Source<'_>, at: usize) -> bool {
        code.word(at + 1) == "(" || code.word(at + 1) == ":"
    }

    /// Whether a bracket calls nothing, or something that is safe.
    fn is_safe_call(&self, code: &Source<'_>, open: usize) -> bool {
        let Some(name) = called(code, open) else {
            return true;
        };
        let word = code.word(name);
        if KEYWORDS.contains(&word) || word.starts_with("core_") {
            return true;
        }
        match name.checked_sub(1).map_or("", |at| code.word(at)) {
            "." if word == "arg" => !self.has_unsafe_arg,
            "." => METHODS.contains(&word),
            _ => FUNCTIONS.contains(&word) || self.safe.contains(word),
        }
    }
}

/// The word that a bracket calls: `cast` of `.cast::<u8>()`.
fn called(code: &Source<'_>, open: usize) -> Option<usize> {
    let mut at = open.checked_sub(1)?;
    if code.word(at) == ">" {
        let mut depth = 0_usize;
        loop {
            match code.word(at) {
                ">" => depth += 1,
                "<" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            at = at.checked_sub(1)?;
        }
        at = at.checked_sub(3)?;
    }
    if code.word(at) == "!" {
        at = at.checked_sub(1)?;
    }
    (code.tokens[at].kind == Kind::Word).then_some(at)
}

/// Takes `unsafe` away from a block, and the braces of a single expression, of which rustc would warn as well.
fn without(source: &Source<'_>, block: Range<usize>, inside: &str) -> Vec<(Range<usize>, String)> {
    let tokens = &source.tokens;
    let start = tokens[block.start].range.start;
    let end = tokens[block.end].range.end;
    let parsed = syn::parse_str::<Block>(&format!("{{{inside}}}"));
    let is_single = parsed.is_ok_and(|block| matches!(&block.stmts[..], [Stmt::Expr(_, None)]));
    if !is_single || block.end < block.start + 3 {
        let open = tokens[block.start + 1].range.start;
        return vec![(start..open, String::new())];
    }
    let before = |back: usize| {
        block
            .start
            .checked_sub(back)
            .map_or("", |at| source.word(at))
    };
    let is_first = match before(1) {
        "(" | "," | "{" | "}" | ";" | "return" => true,
        "=" => !matches!(before(2), "=" | "!" | "<" | ">"),
        ">" => before(2) == "=",
        _ => false,
    };
    let is_last = matches!(source.word(block.end + 1), ")" | "," | "}" | ";");
    let (open, close) = match is_first && is_last {
        true => ("", ""),
        false => ("(", ")"),
    };
    let first = tokens[block.start + 2].range.start;
    let last = tokens[block.end - 1].range.end;
    vec![
        (start..first, open.to_owned()),
        (last..end, close.to_owned()),
    ]
}
