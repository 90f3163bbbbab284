//! Expands the macros that a crate declares with `macro_rules!`. The first arm whose fragments fit the call is taken, and
//! its result stands in place of the call.

use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};

/// Tokens of one expansion, at most: tables of thousands of rows tell nothing of the kernel.
const MAX_TOKENS: usize = 4096;

/// An arm: what it takes, and what it makes.
struct Arm {
    pattern: Vec<TokenTree>,
    body: Vec<TokenTree>,
}

/// What a fragment got.
#[derive(Clone, Debug)]
enum Bound {
    One(Vec<TokenTree>),
    /// One for each round of a repetition.
    Each(Vec<HashMap<String, Bound>>),
}

type Bounds = HashMap<String, Bound>;

/// What a call with these tokens becomes, by the text of the definition's rules. All that comes of the definition has
/// the place `at`.
pub(super) fn expand(rules: &str, call: TokenStream, at: Span) -> Option<TokenStream> {
    let rules: TokenStream = rules.parse().ok()?;
    let call: Vec<TokenTree> = call.into_iter().collect();
    let found = arms(rules).into_iter().find_map(|arm| {
        let mut bounds = Bounds::new();
        let rest = fit(&arm.pattern, &call, &mut bounds)?;
        rest.is_empty().then_some((arm, bounds))
    });
    let (arm, bounds) = found?;
    let mut out = Vec::new();
    transcribe(&arm.body, &bounds, at, &mut out)?;
    Some(out.into_iter().collect())
}

/// `(..) => {..};`, one after the other.
fn arms(rules: TokenStream) -> Vec<Arm> {
    let mut groups = rules.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream().into_iter().collect::<Vec<_>>()),
        _ => None,
    });
    let mut arms = Vec::new();
    while let (Some(pattern), Some(body)) = (groups.next(), groups.next()) {
        arms.push(Arm { pattern, body });
    }
    arms
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == wanted)
}

fn identifier(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    }
}

/// `$( inner ) separator *`: the tokens inside, the separator, the sign, and how many tokens that is.
fn repetition(pattern: &[TokenTree]) -> Option<(Vec<TokenTree>, Option<TokenTree>, char, usize)> {
    let Some(TokenTree::Group(inner)) = pattern.get(1) else {
        return None;
    };
    let is_sign = |at: usize| {
        let mut signs = ['*', '+', '?'].into_iter();
        signs.find(|sign| is_punct(pattern.get(at), *sign))
    };
    let inner = (inner.delimiter() == Delimiter::Parenthesis)
        .then(|| inner.stream().into_iter().collect())?;
    match (is_sign(2), is_sign(3)) {
        (Some(sign), _) => Some((inner, None, sign, 3)),
        (None, Some(sign)) => Some((inner, pattern.get(2).cloned(), sign, 4)),
        _ => None,
    }
}

/// Fits tokens to a pattern, and gives those that are left.
fn fit<'t>(
    mut pattern: &[TokenTree],
    mut tokens: &'t [TokenTree],
    bounds: &mut Bounds,
) -> Option<&'t [TokenTree]> {
    while let Some(first) = pattern.first() {
        if is_punct(Some(first), '$') {
            if let Some((inner, separator, sign, length)) = repetition(pattern) {
                let rest = &pattern[length..];
                tokens = repeat((&inner, separator.as_ref(), sign), rest, tokens, bounds)?;
                pattern = rest;
                continue;
            }
            if let (Some(name), true, Some(kind)) = (
                identifier(pattern.get(1)),
                is_punct(pattern.get(2), ':'),
                identifier(pattern.get(3)),
            ) {
                let taken = fragment(&kind, tokens)?;
                bounds.insert(name, Bound::One(tokens[..taken].to_vec()));
                tokens = &tokens[taken..];
                pattern = &pattern[4..];
                continue;
            }
        }
        let found = tokens.first()?;
        match (first, found) {
            (TokenTree::Group(wanted), TokenTree::Group(found))
                if wanted.delimiter() == found.delimiter() =>
            {
                let wanted: Vec<TokenTree> = wanted.stream().into_iter().collect();
                let found: Vec<TokenTree> = found.stream().into_iter().collect();
                fit(&wanted, &found, bounds)?.is_empty().then_some(())?;
            }
            (TokenTree::Group(_), _) | (_, TokenTree::Group(_)) => return None,
            (wanted, found) if wanted.to_string() == found.to_string() => {}
            _ => return None,
        }
        (pattern, tokens) = (&pattern[1..], &tokens[1..]);
    }
    Some(tokens)
}

/// Fits tokens to a repetition as often as they do. `rest` is the pattern behind it.
fn repeat<'t>(
    (inner, separator, sign): (&[TokenTree], Option<&TokenTree>, char),
    rest: &[TokenTree],
    mut tokens: &'t [TokenTree],
    bounds: &mut Bounds,
) -> Option<&'t [TokenTree]> {
    let mut rounds = Vec::new();
    while !tokens.is_empty() {
        let next = match separator {
            Some(separator) if !rounds.is_empty() => {
                let is_it = tokens[0].to_string() == separator.to_string();
                // A last comma may be what the pattern has behind it.
                let is_last = tokens.len() == 1 && !rest.is_empty();
                if !is_it || is_last {
                    break;
                }
                &tokens[1..]
            }
            _ => tokens,
        };
        let mut round = Bounds::new();
        let Some(left) = fit(inner, next, &mut round) else {
            break;
        };
        if left.len() == tokens.len() {
            break;
        }
        tokens = left;
        rounds.push(round);
        if sign == '?' {
            break;
        }
    }
    if sign == '+' && rounds.is_empty() {
        return None;
    }
    for name in names(inner) {
        bounds.insert(name, Bound::Each(rounds.clone()));
    }
    Some(tokens)
}

/// The fragments of a pattern.
fn names(pattern: &[TokenTree]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, token) in pattern.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                found.extend(names(&group.stream().into_iter().collect::<Vec<_>>()));
            }
            token if is_punct(Some(token), '$') => found.extend(identifier(pattern.get(at + 1))),
            _ => {}
        }
    }
    found
}

/// How many tokens a fragment takes.
fn fragment(kind: &str, tokens: &[TokenTree]) -> Option<usize> {
    let first = tokens.first()?;
    match kind {
        "tt" => return Some(1),
        "ident" => return identifier(Some(first)).map(|_| 1),
        "block" => {
            let is_block =
                matches!(first, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            return is_block.then_some(1);
        }
        "lifetime" => return is_punct(Some(first), '\'').then_some(2),
        _ => {}
    }
    let parse = |input: ParseStream<'_>| {
        match kind {
            "expr" | "expr_2021" => drop(input.parse::<syn::Expr>()?),
            "ty" => drop(input.parse::<syn::Type>()?),
            "path" => drop(input.parse::<syn::Path>()?),
            "literal" => drop(input.parse::<syn::Lit>()?),
            "pat" => drop(syn::Pat::parse_multi_with_leading_vert(input)?),
            "pat_param" => drop(syn::Pat::parse_single(input)?),
            "stmt" => drop(input.parse::<syn::Stmt>()?),
            "vis" => drop(input.parse::<syn::Visibility>()?),
            "item" => drop(input.parse::<syn::Item>()?),
            "meta" => drop(input.parse::<syn::Meta>()?),
            _ => return Err(input.error("no fragment")),
        }
        let rest: TokenStream = input.parse()?;
        Ok(rest.into_iter().count())
    };
    let all: TokenStream = tokens.iter().cloned().collect();
    Some(tokens.len() - parse.parse2(all).ok()?)
}

/// Writes the body of an arm with what the fragments got.
fn transcribe(
    body: &[TokenTree],
    bounds: &Bounds,
    at: Span,
    out: &mut Vec<TokenTree>,
) -> Option<()> {
    let mut next = 0;
    while let Some(token) = body.get(next) {
        if out.len() > MAX_TOKENS {
            return None;
        }
        if is_punct(Some(token), '$') {
            if let Some((inner, separator, _, length)) = repetition(&body[next..]) {
                let rounds =
                    names(&inner)
                        .into_iter()
                        .find_map(|name| match bounds.get(&name) {
                            Some(Bound::Each(rounds)) => Some(rounds),
                            _ => None,
                        })?;
                for (number, round) in rounds.iter().enumerate() {
                    if let (Some(separator), true) = (&separator, number > 0) {
                        out.push(placed(separator.clone(), at));
                    }
                    let mut inside = bounds.clone();
                    inside.extend(round.clone());
                    transcribe(&inner, &inside, at, out)?;
                }
                next += length;
                continue;
            }
            let name = identifier(body.get(next + 1))?;
            match bounds.get(&name) {
                Some(Bound::One(tokens)) if tokens.len() == 1 => out.push(tokens[0].clone()),
                // What was one expression stays one.
                Some(Bound::One(tokens)) => {
                    let tokens = tokens.iter().cloned().collect();
                    out.push(Group::new(Delimiter::None, tokens).into());
                }
                None if name == "crate" => out.push(Ident::new("crate", at).into()),
                _ => return None,
            }
            next += 2;
            continue;
        }
        out.push(match token {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut inside = Vec::new();
                transcribe(&inner, bounds, at, &mut inside)?;
                let mut group = Group::new(group.delimiter(), inside.into_iter().collect());
                group.set_span(at);
                group.into()
            }
            token => placed(token.clone(), at),
        });
        next += 1;
    }
    Some(())
}

fn placed(mut token: TokenTree, at: Span) -> TokenTree {
    token.set_span(at);
    token
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Span, TokenStream};

    use super::expand;

    fn expanded(rules: &str, call: &str) -> Option<String> {
        let call: TokenStream = call.parse().unwrap();
        let out = expand(rules, call, Span::call_site())?;
        Some(out.to_string().replace(char::is_whitespace, ""))
    }

    #[test]
    fn an_arm_is_taken_by_its_fragments() {
        let rules = "($a:expr) => { one($a) }; ($a:expr, $b:ident) => { two($a, $b) };";
        for (call, expected) in [
            ("x", Some("one(x)")),
            ("x + 1", Some("one(x+1)")),
            ("f(x), y", Some("two(f(x),y)")),
            ("f(x), 1", None),
            ("", None),
        ] {
            assert_eq!(expanded(rules, call).as_deref(), expected, "{call}");
        }
    }

    #[test]
    fn what_repeats_is_written_as_often() {
        let rules =
            "($p:expr, $($field:ident),+ $(,)?) => { read($p, [$(stringify!($field)),*]) };";
        for (call, expected) in [
            (
                "task, mm, exe_file",
                Some("read(task,[stringify!(mm),stringify!(exe_file)])"),
            ),
            ("task, mm,", Some("read(task,[stringify!(mm)])")),
            ("task", None),
        ] {
            assert_eq!(expanded(rules, call).as_deref(), expected, "{call}");
        }
        let rules = "($($name:ident = $value:expr;)*) => { $( set($crate::$name, $value); )* };";
        let expected = "set(crate::front,1);set(crate::span,2+3);";
        assert_eq!(
            expanded(rules, "front = 1; span = 2 + 3;").as_deref(),
            Some(expected)
        );
    }

    #[test]
    fn words_and_brackets_have_to_be_the_same() {
        let rules = "(read [$at:expr] of $p:ident) => { load($p, $at) };";
        assert_eq!(
            expanded(rules, "read [8] of task").as_deref(),
            Some("load(task,8)")
        );
        assert_eq!(expanded(rules, "read (8) of task"), None);
        assert_eq!(expanded(rules, "write [8] of task"), None);
    }
}
