//! Splits Rust and C into tokens, as far as both are alike: enough for comments, the ends of
//! statements and the depth of nesting. It is fast, and ends on any input.

use std::ops::Range;

/// Which language's strings and comments apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Nested comments, raw strings, lifetimes.
    Rust,
    /// Continued lines, character constants of several characters.
    C,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// A string or a character.
    Text,
    /// A lifetime.
    Lifetime,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// Any other single character.
    Punct,
    /// A comment with its delimiters.
    Comment,
}

/// A token and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub range: Range<usize>,
}

/// The token that closes the bracket at `open`; the last one, if none does.
#[must_use]
pub fn close(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close if depth <= 1 => return at,
            Kind::Close => depth -= 1,
            _ => {}
        }
    }
    tokens.len().saturating_sub(1)
}

/// An iterator over the tokens of a text.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
    dialect: Dialect,
}

impl<'a> Lexer<'a> {
    /// Starts at the front of `text`.
    #[must_use]
    pub fn new(text: &'a str, dialect: Dialect) -> Self {
        Self {
            text,
            at: 0,
            dialect,
        }
    }

    fn byte(&self, offset: usize) -> u8 {
        self.text
            .as_bytes()
            .get(self.at + offset)
            .copied()
            .unwrap_or(0)
    }

    fn find(&self, from: usize, needle: &str) -> usize {
        match self.text.as_bytes()[from..]
            .windows(needle.len())
            .position(|window| window == needle.as_bytes())
        {
            Some(found) => from + found + needle.len(),
            None => self.text.len(),
        }
    }

    fn line_comment(&self) -> usize {
        let bytes = self.text.as_bytes();
        let mut end = self.at;
        while end < bytes.len() {
            if bytes[end] == b'\n' {
                let continued = self.dialect == Dialect::C && bytes[end - 1] == b'\\';
                if !continued {
                    return end;
                }
            }
            end += 1;
        }
        end
    }

    fn block_comment(&self) -> usize {
        if self.dialect == Dialect::C {
            return self.find(self.at + 2, "*/");
        }
        let bytes = self.text.as_bytes();
        let (mut depth, mut end) = (1, self.at + 2);
        while end + 1 < bytes.len() {
            match &bytes[end..end + 2] {
                b"/*" => (depth, end) = (depth + 1, end + 2),
                b"*/" => (depth, end) = (depth - 1, end + 2),
                _ => end += 1,
            }
            if depth == 0 {
                return end;
            }
        }
        bytes.len()
    }

    fn quoted(&self, from: usize, quote: u8) -> usize {
        let bytes = self.text.as_bytes();
        let mut end = from;
        while end < bytes.len() {
            match bytes[end] {
                b'\\' => end += 1,
                found if found == quote => return end + 1,
                // C has no strings over lines: an apostrophe in `#error` text ends with its line.
                b'\n' if self.dialect == Dialect::C => return end,
                _ => {}
            }
            end += 1;
        }
        bytes.len()
    }

    /// The end of a raw string whose `#`s or quote start at `from`, if it is one.
    fn raw(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let hashes = bytes[from..].iter().take_while(|&&b| b == b'#').count();
        if bytes.get(from + hashes) != Some(&b'"') {
            return None;
        }
        let close = format!("\"{}", "#".repeat(hashes));
        Some(self.find(from + hashes + 1, &close))
    }

    fn word(&self) -> (Kind, usize) {
        let bytes = self.text.as_bytes();
        let mut end = self.at;
        while end < bytes.len() && is_word(bytes[end]) {
            end += 1;
        }
        let word = &self.text[self.at..end];
        if self.dialect == Dialect::Rust {
            if matches!(word, "r" | "br" | "cr")
                && let Some(end) = self.raw(end)
            {
                return (Kind::Text, end);
            }
            if word == "r" && bytes.get(end) == Some(&b'#') {
                let mut raw = end + 1;
                while raw < bytes.len() && is_word(bytes[raw]) {
                    raw += 1;
                }
                return (Kind::Word, raw);
            }
        }
        let prefix = match self.dialect {
            Dialect::Rust => matches!(word, "b" | "c"),
            Dialect::C => matches!(word, "L" | "u" | "U" | "u8"),
        };
        match bytes.get(end) {
            Some(&quote @ (b'"' | b'\'')) if prefix => (Kind::Text, self.quoted(end + 1, quote)),
            _ => (Kind::Word, end),
        }
    }

    /// What starts with an apostrophe in Rust.
    fn apostrophe(&self) -> (Kind, usize) {
        let rest = &self.text[self.at + 1..];
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some('\\'), _) => (Kind::Text, self.quoted(self.at + 1, b'\'')),
            (Some(c), Some('\'')) => (Kind::Text, self.at + 2 + c.len_utf8()),
            _ => {
                let name = rest.bytes().take_while(|&b| is_word(b)).count();
                (Kind::Lifetime, self.at + 1 + name)
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        while self.byte(0).is_ascii_whitespace() {
            self.at += 1;
        }
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let (kind, end) = match (self.byte(0), self.byte(1)) {
            (b'/', b'/') => (Kind::Comment, self.line_comment()),
            (b'/', b'*') => (Kind::Comment, self.block_comment()),
            (b'"', _) => (Kind::Text, self.quoted(start + 1, b'"')),
            (b'\'', _) if self.dialect == Dialect::Rust => self.apostrophe(),
            (b'\'', _) => (Kind::Text, self.quoted(start + 1, b'\'')),
            (b'(' | b'[' | b'{', _) => (Kind::Open, start + 1),
            (b')' | b']' | b'}', _) => (Kind::Close, start + 1),
            (byte, _) if is_word(byte) => self.word(),
            _ => (Kind::Punct, start + 1),
        };
        self.at = end.min(self.text.len());
        Some(Token {
            kind,
            range: start..self.at,
        })
    }
}

/// Brackets in brackets. rustc gives up at 128 levels of its own recursion limit in macros; no
/// hand or generator writes this many.
const MAX_DEPTH: usize = 512;

/// Tokens of one expression at one level: `a + b + c ...` makes a tree as deep as it is long.
const MAX_RUN: usize = 20_000;

/// Why a text would make a parser that calls itself run out of stack, if it would.
#[must_use]
pub fn too_deep(text: &str, tokens: &[Token]) -> Option<&'static str> {
    let mut runs = vec![0_usize];
    for token in tokens {
        match token.kind {
            Kind::Comment => continue,
            Kind::Open if runs.len() > MAX_DEPTH => return Some("brackets are nested too deeply"),
            Kind::Open => {
                if let Some(run) = runs.last_mut() {
                    *run += 1;
                }
                runs.push(0);
            }
            Kind::Close if runs.len() > 1 => {
                runs.pop();
            }
            Kind::Punct if matches!(text.as_bytes()[token.range.start], b';' | b',') => {
                if let Some(run) = runs.last_mut() {
                    *run = 0;
                }
            }
            _ => {
                if let Some(run) = runs.last_mut() {
                    *run += 1;
                    if *run > MAX_RUN {
                        return Some("an expression is too long");
                    }
                }
            }
        }
        // An item or a block ends a run as well.
        if token.kind == Kind::Close && text.as_bytes()[token.range.start] == b'}' {
            let goes_on = text[token.range.end..].trim_start().starts_with("else");
            if let Some(run) = runs.last_mut().filter(|_| !goes_on) {
                *run = 0;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Kind, Lexer, too_deep};

    fn words(text: &str, dialect: Dialect) -> Vec<(Kind, &str)> {
        let tokens = Lexer::new(text, dialect);
        tokens
            .map(|token| (token.kind, &text[token.range]))
            .collect()
    }

    #[test]
    fn strings_and_comments_of_rust() {
        use Kind::{Comment, Lifetime, Open, Punct, Text, Word};
        let text = r##"'a 'b' '\'' r#"("# br"\" r#type b'x' /* /* ( */ */ "\"" // {"##;
        let expected = [
            (Lifetime, "'a"),
            (Text, "'b'"),
            (Text, r"'\''"),
            (Text, r##"r#"("#"##),
            (Text, r#"br"\""#),
            (Word, "r#type"),
            (Text, "b'x'"),
            (Comment, "/* /* ( */ */"),
            (Text, r#""\"""#),
            (Comment, "// {"),
        ];
        assert_eq!(words(text, Dialect::Rust), expected);
        let call = [(Word, "f"), (Open, "("), (Punct, "&")];
        assert_eq!(words("f(&", Dialect::Rust), call);
    }

    #[test]
    fn strings_and_comments_of_c() {
        use Kind::{Comment, Text, Word};
        let text = "L\"(\" 'ab' // one \\\n two\n/* /* */ x";
        let expected = [
            (Text, "L\"(\""),
            (Text, "'ab'"),
            (Comment, "// one \\\n two"),
            (Comment, "/* /* */"),
            (Word, "x"),
        ];
        assert_eq!(words(text, Dialect::C), expected);
    }

    #[test]
    fn every_text_ends() {
        let pieces = [
            "\"", "'", "/*", "//", "r#\"", "b'", "\\", "ä", "\n", "r#", "'\\",
        ];
        for first in pieces {
            for second in pieces {
                let text = format!("{first}{second}");
                for dialect in [Dialect::Rust, Dialect::C] {
                    let end = Lexer::new(&text, dialect)
                        .last()
                        .map_or(0, |token| token.range.end);
                    assert!(end <= text.len(), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn depth_is_limited() {
        let deep = |text: &str| {
            let tokens: Vec<_> = Lexer::new(text, Dialect::Rust).collect();
            too_deep(text, &tokens).is_some()
        };
        assert!(deep(&"(".repeat(600)));
        assert!(!deep(&"() ".repeat(9_000)));
        assert!(deep(&format!("x{}", " + 1".repeat(20_000))));
        assert!(!deep(&"x(1); ".repeat(20_000)));
        assert!(!deep(&"fn f() {} ".repeat(20_000)));
    }
}
