//! Chooses the structs that are declared anew. A struct is declared anew if every use of it can follow: a
//! program must not have pointers to two structs of one name.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::around::Source;
use super::declare::Declarations;
use super::site::{Left, Site, Sites};
use super::types::Shape;
use crate::front::lex::Kind;

/// Why a struct stays as it is.
type Blocked = BTreeMap<String, String>;

/// Moves sites to those that are left, until the structs of all that stay are declared anew.
pub(super) fn choose(
    sites: Sites,
    texts: &HashMap<Arc<str>, Source<'_>>,
    place: &dyn Fn(&str, usize) -> String,
    declarations: &mut Declarations<'_, '_>,
) -> Sites {
    let Sites {
        mut sites,
        mut left,
    } = sites;
    let mut blocked = Blocked::new();
    for name in sites.iter().flat_map(declared).collect::<Vec<_>>() {
        if let Some((path, at)) = by_value(&name, texts) {
            let why = format!(
                "`{name}` is used by value or by reference at {}",
                place(&path, at)
            );
            blocked.entry(name).or_insert(why);
        }
    }
    for one in &left {
        block(&mut blocked, one, place);
    }
    loop {
        let judged = sites
            .into_iter()
            .map(|site| match refused(&site, &blocked, declarations) {
                None => Ok(site),
                Some(why) => Err(site.left(why)),
            });
        let (mut kept, mut moved) = (Vec::new(), Vec::new());
        for one in judged {
            match one {
                Ok(site) => kept.push(site),
                Err(one) => moved.push(one),
            }
        }
        sites = kept;
        if moved.is_empty() {
            return Sites { sites, left };
        }
        for one in &moved {
            block(&mut blocked, one, place);
        }
        left.append(&mut moved);
    }
}

/// The structs that a site needs anew: those that it goes through, and the one whose address it takes.
fn declared(site: &Site) -> Vec<String> {
    let through = site.fields.iter().map(|field| field.of.clone());
    let taken = match (&site.value, site.fields.last()) {
        (Shape::Pointer(_, Some(to)), Some(last)) => match (to.as_ref(), &last.shape) {
            (Shape::Record(name), Some(Shape::Record(of))) if name == of => Some(name.clone()),
            _ => None,
        },
        _ => None,
    };
    through.chain(taken).collect()
}

/// Why a site cannot be rewritten.
fn refused(
    site: &Site,
    blocked: &Blocked,
    declarations: &mut Declarations<'_, '_>,
) -> Option<String> {
    let names = declared(site);
    let why = names.iter().find_map(|name| blocked.get(name).cloned());
    let mut fields = site.fields.iter();
    why.or_else(|| fields.find_map(|field| declarations.refuses(field)))
}

/// A place that stays keeps its struct, and the struct of what it reads.
fn block(blocked: &mut Blocked, one: &Left, place: &dyn Fn(&str, usize) -> String) {
    let mut names = vec![one.owner.clone()];
    match &one.value {
        Some(Shape::Record(name)) => names.push(name.clone()),
        Some(Shape::Pointer(_, Some(to))) => {
            if let Shape::Record(name) = to.as_ref() {
                names.push(name.clone());
            }
        }
        _ => {}
    }
    for name in names {
        let at = place(&one.path, one.at);
        let why = format!("`{name}` is also used at {at}, which is left");
        blocked.entry(name).or_insert(why);
    }
}

/// The first place that names a struct as a type, and not behind `*const` or `*mut`.
fn by_value(name: &str, texts: &HashMap<Arc<str>, Source<'_>>) -> Option<(String, usize)> {
    let mut paths: Vec<&Arc<str>> = texts.keys().collect();
    paths.sort();
    paths.into_iter().find_map(|path| {
        let source = &texts[path];
        let mut in_use = false;
        for at in 0..source.tokens.len() {
            match source.word(at) {
                "use" => in_use = true,
                ";" => in_use = false,
                word if word == name && !in_use && is_by_value(source, at) => {
                    return Some((path.to_string(), source.tokens[at].range.start));
                }
                _ => {}
            }
        }
        None
    })
}

/// Whether a word stands where a type does, by value or behind a reference. A field or variable of that
/// name after a colon is taken for one too.
fn is_by_value(source: &Source<'_>, at: usize) -> bool {
    let mut first = at;
    while first >= 3 && source.word(first - 1) == ":" && source.word(first - 2) == ":" {
        first -= 3;
    }
    let before = |back: usize| first.checked_sub(back).map_or("", |at| source.word(at));
    let mut back = 1;
    if matches!(before(1), "const" | "mut") && before(2) == "*" {
        return false;
    }
    let behind = source.word(at + 1);
    if behind == "{" || behind == ":" && source.word(at + 2) == ":" {
        return true;
    }
    while matches!(before(back), "&" | "mut")
        || first
            .checked_sub(back)
            .is_some_and(|at| source.tokens[at].kind == Kind::Lifetime)
    {
        back += 1;
    }
    match before(back) {
        // `pointer.cast::<sock>()`, `null::<sock>()`
        "<" if is_of_pointers(before(back + 3)) => false,
        ":" | "<" => true,
        ">" => before(back + 1) == "-",
        "," => matches!(behind, ">" | ",") && !is_argument(source, first),
        _ => false,
    }
}

/// Functions that make a pointer to the type that they are given.
fn is_of_pointers(function: &str) -> bool {
    matches!(function, "cast" | "null" | "null_mut")
}

/// Whether a word is an argument of a call, as a variable of that name is.
fn is_argument(source: &Source<'_>, at: usize) -> bool {
    let mut depth = 0_usize;
    for at in (0..at).rev() {
        match source.tokens[at].kind {
            Kind::Close => depth += 1,
            Kind::Open if depth > 0 => depth -= 1,
            Kind::Open => {
                let called = at.checked_sub(1).map(|at| source.tokens[at].kind);
                return source.word(at) == "(" && called == Some(Kind::Word);
            }
            _ if depth == 0 && source.word(at) == "<" => return false,
            _ => {}
        }
    }
    false
}
