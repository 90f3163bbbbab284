//! Follows the conditions of a C file's directives, as far as they decide which headers it includes.

use std::collections::HashMap;

use crate::front::lex::{Dialect, Kind, Lexer};

/// The macros that are defined, with their texts. Those of the compiler and of headers that nobody follows
/// are not among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Macros {
    known: HashMap<String, String>,
}

/// Conditions in conditions that are looked at.
const MAX_DEPTH: u32 = 64;

impl Macros {
    /// Those of a compiler's arguments, and what every program for the kernel has.
    pub(super) fn of(arguments: &[String]) -> Self {
        let mut macros = Self::default();
        for name in ["__bpf__", "__BPF__", "__clang__"] {
            macros.define(name, "1");
        }
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let given = match word.as_str() {
                "-D" => words.next().map(String::as_str),
                word => word.strip_prefix("-D"),
            };
            if let Some(given) = given {
                let (name, text) = given.split_once('=').unwrap_or((given, "1"));
                macros.define(name, text);
            }
        }
        macros
    }

    pub(super) fn define(&mut self, name: &str, text: &str) {
        self.known.insert(name.to_owned(), text.trim().to_owned());
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// Whether a condition holds. `None` if that cannot be told.
    fn holds(&self, condition: &str) -> Option<bool> {
        self.value(condition, 0).map(|value| value != 0)
    }

    fn value(&self, text: &str, depth: u32) -> Option<i64> {
        if depth > MAX_DEPTH {
            return None;
        }
        let lexed = Lexer::new(text, Dialect::C).filter(|token| token.kind != Kind::Comment);
        let words: Vec<&str> = lexed.map(|token| &text[token.range]).collect();
        let mut reader = Reader {
            macros: self,
            words: &words,
            depth,
        };
        let value = reader.any()?;
        reader.words.is_empty().then_some(value)
    }
}

/// Reads an expression, word by word.
struct Reader<'m> {
    macros: &'m Macros,
    words: &'m [&'m str],
    depth: u32,
}

impl<'m> Reader<'m> {
    fn next(&mut self) -> Option<&'m str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    /// Takes these words if they come next: a lexer may give an operator in two.
    fn takes(&mut self, operator: &str) -> bool {
        let mut left = operator;
        for (at, word) in self.words.iter().enumerate() {
            let Some(rest) = left.strip_prefix(word) else {
                return false;
            };
            left = rest;
            if left.is_empty() {
                self.words = &self.words[at + 1..];
                return true;
            }
        }
        false
    }

    /// `a || b`
    fn any(&mut self) -> Option<i64> {
        let mut value = self.all();
        while self.takes("||") {
            let other = self.all();
            value = match (value, other) {
                (Some(1..) | Some(..=-1), _) | (_, Some(1..) | Some(..=-1)) => Some(1),
                (Some(0), Some(0)) => Some(0),
                _ => None,
            };
        }
        value
    }

    /// `a && b`
    fn all(&mut self) -> Option<i64> {
        let mut value = self.compared();
        while self.takes("&&") {
            let other = self.compared();
            value = match (value, other) {
                (Some(0), _) | (_, Some(0)) => Some(0),
                (Some(_), Some(_)) => Some(1),
                _ => None,
            };
        }
        value
    }

    fn compared(&mut self) -> Option<i64> {
        let left = self.one();
        for (operator, holds) in [
            ("==", i64::eq as fn(&i64, &i64) -> bool),
            ("!=", i64::ne),
            ("<=", i64::le),
            (">=", i64::ge),
            ("<", i64::lt),
            (">", i64::gt),
        ] {
            if self.takes(operator) {
                let right = self.one();
                return Some(i64::from(holds(&left?, &right?)));
            }
        }
        left
    }

    fn one(&mut self) -> Option<i64> {
        let word = self.next()?;
        match word {
            "!" => self.one().map(|value| i64::from(value == 0)),
            "-" => self.one().map(i64::wrapping_neg),
            "(" => {
                let value = self.any();
                self.takes(")").then_some(())?;
                value
            }
            "defined" => {
                let bracket = self.takes("(");
                let name = self.next()?;
                if bracket {
                    self.takes(")").then_some(())?;
                }
                Some(i64::from(self.macros.has(name)))
            }
            _ if word.starts_with(|first: char| first.is_ascii_digit()) => number(word),
            _ if self.words.first() == Some(&"(") => {
                // What a macro with arguments is, such as `__has_builtin(x)`, nobody knows.
                let mut open = 0;
                while let Some(word) = self.next() {
                    open += i32::from(word == "(") - i32::from(word == ")");
                    if open == 0 {
                        break;
                    }
                }
                None
            }
            _ => match self.macros.known.get(word) {
                Some(text) => self.macros.value(text, self.depth + 1),
                None => Some(0),
            },
        }
    }
}

fn number(word: &str) -> Option<i64> {
    let digits = word.trim_end_matches(['u', 'U', 'l', 'L']);
    match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}

/// The conditions around a line.
#[derive(Debug, Default)]
pub(super) struct Branches {
    open: Vec<Branch>,
}

#[derive(Debug)]
struct Branch {
    /// Whether the lines here are compiled, as far as the conditions of this branch say.
    is_live: bool,
    /// Whether a branch before was taken for sure.
    is_taken: bool,
}

impl Branches {
    /// Whether the lines here are compiled, or may be.
    pub(super) fn is_live(&self) -> bool {
        self.open.iter().all(|branch| branch.is_live)
    }

    /// Takes a directive: `name` is the word behind `#`. Whether it was a condition.
    pub(super) fn take(&mut self, name: &str, rest: &str, macros: &Macros) -> bool {
        let first = rest.split_whitespace().next().unwrap_or("");
        let holds = match name {
            "if" | "elif" => macros.holds(rest),
            "ifdef" | "elifdef" => Some(macros.has(first)),
            "ifndef" | "elifndef" => Some(!macros.has(first)),
            "else" => Some(true),
            "endif" => {
                self.open.pop();
                return true;
            }
            _ => return false,
        };
        if name.starts_with("if") {
            self.open.push(Branch {
                is_live: holds != Some(false),
                is_taken: holds == Some(true),
            });
        } else if let Some(branch) = self.open.last_mut() {
            branch.is_live = !branch.is_taken && holds != Some(false);
            branch.is_taken |= holds == Some(true);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Branches, Macros};

    #[test]
    fn evaluates() {
        let macros = Macros::of(&["-DA=3".to_owned(), "-DB".to_owned(), "-DC=A".to_owned()]);
        for (condition, expected) in [
            ("defined(A) && !defined(Z)", Some(true)),
            ("defined Z || A >= 3", Some(true)),
            ("C == 3 && B", Some(true)),
            ("Z", Some(false)),
            ("0x10 < 1", Some(false)),
            ("__has_builtin(x)", None),
            ("__has_builtin(x) && 0", Some(false)),
            ("(A != 3) || (B == 1)", Some(true)),
        ] {
            assert_eq!(macros.holds(condition), expected, "{condition}");
        }
    }

    #[test]
    fn follows_branches() {
        let macros = Macros::of(&["-DA".to_owned()]);
        let mut branches = Branches::default();
        let mut live = Vec::new();
        for line in [
            "ifdef Z",
            "elif defined(A)",
            "ifndef A",
            "endif",
            "else",
            "endif",
            "if f(x)",
            "else",
        ] {
            let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
            assert!(branches.take(name, rest, &macros));
            live.push(branches.is_live());
        }
        let expected = [false, true, false, true, false, true, true, true];
        assert_eq!(live, expected);
    }
}
