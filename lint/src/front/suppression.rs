//! Finds comments that allow findings: `// corelint: allow(RULE, reason = "...")`.
//!
//! Behind code, a comment is about its line. Alone on a line, it is about the item or statement
//! that follows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::front::lex::{Dialect, Kind, Lexer, Token};
use crate::span::Span;

/// A comment that allows findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The comment.
    pub comment: Span,
    /// The code that it is about.
    pub scope: Span,
    /// The rules that it names.
    pub rules: Vec<String>,
    /// Why it has no effect, if the comment itself is wrong.
    pub mistake: Option<String>,
}

impl Suppression {
    /// Whether it allows findings of a rule at a place.
    #[must_use]
    pub fn covers(&self, rule: &str, place: &Span) -> bool {
        self.scope.contains(place) && self.rules.iter().any(|name| name == rule)
    }
}

/// The comments of a file.
#[must_use]
pub fn of_text(path: &Arc<str>, text: &str, dialect: Dialect) -> Vec<Suppression> {
    // Most files have none, and need no second look.
    if !text.contains("corelint:") {
        return Vec::new();
    }
    let tokens: Vec<Token> = Lexer::new(text, dialect).collect();
    let comments = tokens.iter().enumerate();
    comments
        .filter(|(_, token)| token.kind == Kind::Comment)
        .filter_map(|(index, token)| {
            let (rules, mistake) = match parse(inside(&text[token.range.clone()]))? {
                Ok(rules) => (rules, None),
                Err(mistake) => (Vec::new(), Some(mistake)),
            };
            Some(Suppression {
                comment: Span::new(path, token.range.clone()),
                scope: Span::new(path, scope(text, &tokens, index)),
                rules,
                mistake,
            })
        })
        .collect()
}

/// The comments of a file whose comments start with `#`. One that stands alone is about the next
/// line that is none.
#[must_use]
pub fn of_lines(path: &Arc<str>, text: &str) -> Vec<Suppression> {
    let mut found = Vec::new();
    let mut waiting: Vec<usize> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let scope = start..start + line.trim_end().len();
        let code = line.split('#').next().unwrap_or_default().trim();
        if !code.is_empty() {
            for index in waiting.drain(..) {
                let suppression: &mut Suppression = &mut found[index];
                suppression.scope = Span::new(path, scope.clone());
            }
        }
        if let Some(at) = line.find("# corelint:")
            && let Some(parsed) = parse(line[at + 1..].trim())
        {
            let (rules, mistake) = match parsed {
                Ok(rules) => (rules, None),
                Err(mistake) => (Vec::new(), Some(mistake)),
            };
            if code.is_empty() {
                waiting.push(found.len());
            }
            found.push(Suppression {
                comment: Span::new(path, start + at..scope.end),
                scope: Span::new(path, scope),
                rules,
                mistake,
            });
        }
        start += line.len();
    }
    found
}

/// A comment's text without its delimiters. Documentation comments are text for readers.
fn inside(comment: &str) -> &str {
    let body = comment.strip_prefix("//").or_else(|| {
        let body = comment.strip_prefix("/*")?;
        Some(body.strip_suffix("*/").unwrap_or(body))
    });
    body.unwrap_or(comment).trim()
}

/// The rules that a comment names, or what is wrong with it. `None` if it is about something else.
fn parse(comment: &str) -> Option<Result<Vec<String>, String>> {
    const FORM: &str = "write `corelint: allow(rule, reason = \"...\")`";
    let directive = comment.strip_prefix("corelint:")?.trim();
    let Some(list) = directive
        .strip_prefix("allow")
        .and_then(|rest| rest.trim_start().strip_prefix('('))
    else {
        return Some(Err(FORM.to_owned()));
    };
    let (names, reason) = match list.find("reason") {
        Some(at) => (&list[..at], Some(&list[at + "reason".len()..])),
        None => (list.split(')').next().unwrap_or(list), None),
    };
    let rules: Vec<String> = names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| name.strip_prefix("corelint::").unwrap_or(name).to_owned())
        .collect();
    let reason = reason.and_then(|text| {
        let text = text.trim_start().strip_prefix('=')?.trim_start();
        let text = text.strip_prefix('"')?;
        let end = text.rfind('"')?;
        Some(text[..end].trim())
    });
    Some(match reason {
        _ if rules.is_empty() => Err(format!("it names no rule: {FORM}")),
        None | Some("") => Err(format!("it gives no reason: {FORM}")),
        Some(_) => Ok(rules),
    })
}

/// The code that the comment `tokens[index]` is about.
fn scope(text: &str, tokens: &[Token], index: usize) -> std::ops::Range<usize> {
    let comment = &tokens[index].range;
    let line = text[..comment.start].rfind('\n').map_or(0, |at| at + 1);
    if !text[line..comment.start].trim().is_empty() {
        let end = text[comment.end..]
            .find('\n')
            .map_or(text.len(), |at| comment.end + at);
        return line..end;
    }
    let mut rest = tokens[index + 1..]
        .iter()
        .filter(|token| token.kind != Kind::Comment)
        .peekable();
    let Some(first) = rest.peek() else {
        return comment.clone();
    };
    let start = first.range.start;
    let mut end = start;
    let (mut depth, mut shape) = (0_usize, Shape::Unknown);
    while let Some(token) = rest.next() {
        let word = &text[token.range.clone()];
        if depth == 0 && token.kind == Kind::Word {
            shape = shape.with(word);
        }
        match (token.kind, word) {
            (Kind::Open, _) => depth += 1,
            (Kind::Close, _) if depth == 0 => break,
            (Kind::Close, _) => depth -= 1,
            _ => {}
        }
        end = token.range.end;
        let next = rest.peek().map_or("", |next| &text[next.range.clone()]);
        let ends = depth == 0
            && match word {
                ";" => true,
                "," => shape == Shape::Expression,
                "}" => shape != Shape::Binding && !goes_on(next),
                _ => false,
            };
        if ends {
            break;
        }
    }
    start..end
}

/// What a run of tokens turns out to be, which says how it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Unknown,
    /// `let`, `static`, `use`: ends with a semicolon.
    Binding,
    /// `fn`, `struct`, `impl`: ends with a brace, and has commas in its head.
    Item,
    Expression,
}

impl Shape {
    fn with(self, word: &str) -> Self {
        match (self, word) {
            (Self::Item | Self::Expression, _) => self,
            (_, "fn" | "struct" | "enum" | "union" | "impl" | "trait" | "mod" | "int" | "void") => {
                Self::Item
            }
            (Self::Binding, _) => self,
            (_, "let" | "static" | "const" | "use" | "type" | "return") => Self::Binding,
            (_, "pub" | "unsafe" | "extern" | "async" | "inline" | "__always_inline") => self,
            _ => Self::Expression,
        }
    }
}

fn goes_on(next: &str) -> bool {
    matches!(next, "else" | "." | "?" | ";" | "," | "as" | "while")
}

#[cfg(test)]
mod tests {
    use super::of_text;
    use crate::front::lex::Dialect;

    /// The code that the one comment of a text is about, and the rules.
    fn scope(text: &str, dialect: Dialect) -> (String, Vec<String>) {
        let found = of_text(&"a".into(), text, dialect);
        let [one] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(one.mistake, None);
        (text[one.scope.range()].to_owned(), one.rules.clone())
    }

    fn rust(code: &str) -> String {
        let text = format!("before();\n// corelint: allow(a, reason = \"r\")\n{code}");
        scope(&text, Dialect::Rust).0
    }

    #[test]
    fn behind_code_it_is_about_the_line() {
        let text = "a();\n  b(); // corelint: allow(x, corelint::y, reason = \"r\")\nc();";
        let (code, rules) = scope(text, Dialect::Rust);
        assert!(code.trim().starts_with("b();"), "{code}");
        assert_eq!(rules, ["x", "y"]);
    }

    #[test]
    fn before_a_statement_it_is_about_all_of_it() {
        assert_eq!(
            rust("let x = match y {\n  1 => 2,\n} + 1;\nz();"),
            "let x = match y {\n  1 => 2,\n} + 1;"
        );
        assert_eq!(rust("if a { b } else { c }\nd();"), "if a { b } else { c }");
        assert_eq!(rust("a(1, 2);\nb();"), "a(1, 2);");
        assert_eq!(rust("Some(x) => y,\nNone => z,"), "Some(x) => y,");
    }

    #[test]
    fn before_an_item_it_is_about_all_of_it() {
        let function = "#[kprobe]\npub fn f<A, B>(a: A, b: B) -> u32 {\n  { a; }\n  b\n}";
        assert_eq!(rust(&format!("{function}\nfn g() {{}}")), function);
        assert_eq!(
            rust("const X: u32 = 1;\nconst Y: u32 = 2;"),
            "const X: u32 = 1;"
        );
    }

    #[test]
    fn in_c_as_well() {
        let text = "/* corelint: allow(a, reason = \"r\") */\nint f(int a, int b)\n{\n  return a;\n}\nint g;";
        assert_eq!(
            scope(text, Dialect::C).0,
            "int f(int a, int b)\n{\n  return a;\n}"
        );
        let text = "x = 1;\n// corelint: allow(a, reason = \"r\")\ny = f(a, b);\nz = 2;";
        assert_eq!(scope(text, Dialect::C).0, "y = f(a, b);");
    }

    #[test]
    fn mistakes_are_told() {
        let mistake = |comment: &str| {
            let found = of_text(&"a".into(), comment, Dialect::Rust);
            found
                .first()
                .and_then(|one| one.mistake.clone())
                .unwrap_or_default()
        };
        assert!(mistake("// corelint: allow(a)").starts_with("it gives no reason"));
        assert!(mistake("// corelint: allow(a, reason = \"\")").starts_with("it gives no reason"));
        assert!(mistake("// corelint: allow(reason = \"r\")").starts_with("it names no rule"));
        assert!(mistake("// corelint: deny(a)").starts_with("write"));
        assert_eq!(
            of_text(
                &"a".into(),
                "/// corelint: allow(a)\n\"corelint:\"",
                Dialect::Rust
            ),
            []
        );
    }
}
