//! The files of a folder do not use each other in circles: the lower ones can be read without the higher
//! ones. A `mod.rs` has what the files beside it share, and shows what they have, so it may use them and they it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::files;

/// Circles that are there: the folder, and the files or folders in it.
const CIRCLES: &[(&str, &[&str])] = &[
    // Traits, and the types that they are for and give.
    ("bpf-core/src", &["access", "path", "pointer", "types"]),
    (
        "bpf-core/src/pointer",
        &["base", "cast", "kind", "space", "trusted", "user"],
    ),
    // BTF gives a type, which borrows it and follows its references there.
    ("btf/src", &["btf", "types"]),
    // What a descriptor asks for may be a match, whose declaration has descriptors in it.
    ("linker/src/ask", &["declaration", "descriptor", "request"]),
];

/// A module by the names on the way to it.
type Path = Vec<String>;

/// The modules of a crate, without tests.
#[derive(Default)]
struct Crate {
    modules: BTreeMap<Path, Module>,
}

/// What a file names.
#[derive(Default)]
struct Module {
    uses: Vec<Use>,
    paths: Vec<Path>,
}

/// A name that a `use` brings.
struct Use {
    is_public: bool,
    path: Path,
    name: String,
}

/// The module that has what a path names.
struct Home {
    module: Path,
    /// Whether the path names the module itself.
    is_whole: bool,
}

impl Module {
    fn parse(text: &str) -> Self {
        let mut module = Self::default();
        module.read(text.parse().expect("Rust"));
        module
    }

    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = &tokens[..];
        let mut is_public = false;
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            match first {
                TokenTree::Punct(hash) if hash.as_char() == '#' => {
                    rest = behind_tests(rest).unwrap_or(rest);
                }
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Ident(word) if word == "pub" => {
                    is_public = true;
                    // `pub(crate)`
                    let is_limit = |next: &TokenTree| match next {
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
                        _ => false,
                    };
                    rest = &rest[usize::from(rest.first().is_some_and(is_limit))..];
                    continue;
                }
                TokenTree::Ident(word) if word == "use" => {
                    let end = rest.iter().position(|token| is(token, ';'));
                    let (tree, after) = rest.split_at(end.unwrap_or(rest.len()));
                    self.add_uses(is_public, &[], tree);
                    rest = after;
                }
                TokenTree::Ident(word) => {
                    let (path, after) = path(word.to_string(), rest);
                    self.paths.extend((path.len() > 1).then_some(path));
                    rest = after;
                }
                _ => {}
            }
            is_public = false;
        }
    }

    /// Adds the names of a tree: `a::{b, c as d, self}`.
    fn add_uses(&mut self, is_public: bool, before: &[String], tree: &[TokenTree]) {
        for part in tree.split(|token| is(token, ',')) {
            let mut path = before.to_vec();
            let mut name = None;
            let mut tokens = part.iter();
            while let Some(token) = tokens.next() {
                match token {
                    TokenTree::Ident(word) if word == "as" => {
                        name = tokens.next().map(ToString::to_string);
                    }
                    TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                    TokenTree::Ident(word) => path.push(word.to_string()),
                    TokenTree::Punct(star) if star.as_char() == '*' => path.push("*".to_owned()),
                    TokenTree::Group(group) => {
                        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                        self.add_uses(is_public, &path, &inner);
                        path.clear();
                    }
                    _ => {}
                }
            }
            let Some(name) = name.or(path.last().cloned()) else {
                continue;
            };
            self.uses.push(Use {
                is_public,
                path,
                name,
            });
        }
    }
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// What follows the module of tests, behind the `#` of its `#[cfg(test)]`.
fn behind_tests(rest: &[TokenTree]) -> Option<&[TokenTree]> {
    let [
        TokenTree::Group(attribute),
        TokenTree::Ident(word),
        _,
        _,
        after @ ..,
    ] = rest
    else {
        return None;
    };
    (attribute.to_string().replace(' ', "") == "[cfg(test)]" && word == "mod").then_some(after)
}

/// The path that a word begins, and what follows it.
fn path(first: String, mut rest: &[TokenTree]) -> (Path, &[TokenTree]) {
    let mut path = vec![first];
    while let [one, two, TokenTree::Ident(word), after @ ..] = rest
        && is(one, ':')
        && is(two, ':')
    {
        path.push(word.to_string());
        rest = after;
    }
    (path, rest)
}

impl Crate {
    /// Of the files in a folder `src/`, by their paths from there.
    fn new<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> Self {
        let modules = files.filter_map(|(path, text)| {
            let path = path.strip_suffix(".rs")?;
            let path = path.strip_suffix("/mod").unwrap_or(path);
            let path: Path = match path {
                "lib" => Vec::new(),
                _ => path.split('/').map(str::to_owned).collect(),
            };
            Some((path, Module::parse(text)))
        });
        Self {
            modules: modules.collect(),
        }
    }

    /// The module that has what a path of `from` names. `None` if it is another crate's.
    fn home(&self, from: &[String], path: &[String], hops: usize) -> Option<Home> {
        let ups = path.iter().take_while(|name| *name == "super").count();
        let (at, rest) = match path.first()?.as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" => (from.to_vec(), &path[1..]),
            "super" => (from[..from.len().checked_sub(ups)?].to_vec(), &path[ups..]),
            first => {
                self.modules.get(&joined(from, first))?;
                (from.to_vec(), path)
            }
        };
        self.below(at, rest, hops)
    }

    /// The module that has what a path names, seen from the module `at`.
    fn below(&self, mut at: Path, mut rest: &[String], hops: usize) -> Option<Home> {
        while let Some((first, more)) = rest.split_first() {
            let child = joined(&at, first);
            if self.modules.contains_key(&child) {
                (at, rest) = (child, more);
                continue;
            }
            let uses = self.modules.get(&at).map_or(&[][..], |module| &module.uses);
            let shown = uses.iter().find(|one| one.is_public && one.name == *first);
            if let Some(shown) = shown.filter(|_| hops < 8)
                && let Some(home) = self.home(&at, &[&shown.path, more].concat(), hops + 1)
            {
                return Some(home);
            }
            break;
        }
        let is_whole = rest.is_empty();
        self.modules.contains_key(&at).then_some(Home {
            module: at,
            is_whole,
        })
    }

    /// The modules that a module uses.
    fn used_by(&self, from: &[String], module: &Module) -> BTreeSet<Path> {
        let mut used = BTreeSet::new();
        let mut names: BTreeMap<&str, Path> = BTreeMap::new();
        for one in &module.uses {
            let Some(home) = self.home(from, &one.path, 0) else {
                continue;
            };
            if home.is_whole {
                names.insert(&one.name, home.module);
            } else if !(one.is_public && home.module.starts_with(from)) {
                used.insert(home.module);
            }
        }
        for path in &module.paths {
            let home = match names.get(path[0].as_str()) {
                Some(module) => self.below(module.clone(), &path[1..], 0),
                None => self.home(from, path, 0),
            };
            used.extend(home.map(|home| home.module));
        }
        used
    }

    /// The circles in each folder: those of its files and folders that use each other.
    fn circles(&self) -> BTreeSet<(Path, BTreeSet<String>)> {
        let mut folders: BTreeMap<Path, BTreeSet<(String, String)>> = BTreeMap::new();
        for (from, module) in &self.modules {
            for to in self.used_by(from, module) {
                let both = from.iter().zip(&to);
                let shared = both.take_while(|(a, b)| a == b).count();
                if let (Some(a), Some(b)) = (from.get(shared), to.get(shared)) {
                    let folder = folders.entry(from[..shared].to_vec()).or_default();
                    folder.insert((a.clone(), b.clone()));
                }
            }
        }
        let mut circles = BTreeSet::new();
        for (folder, uses) in folders {
            for (name, _) in &uses {
                let down = reached(name, &uses);
                let circle = down
                    .iter()
                    .filter(|other| reached(other, &uses).contains(name));
                let circle: BTreeSet<String> = circle.cloned().collect();
                if !circle.is_empty() {
                    circles.insert((folder.clone(), circle));
                }
            }
        }
        circles
    }
}

/// What a file uses, and what these use.
fn reached(from: &str, uses: &BTreeSet<(String, String)>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(name) = open.pop() {
        let used = uses.iter().filter(|(user, _)| *user == name);
        for (_, used) in used {
            if reached.insert(used.clone()) {
                open.push(used.clone());
            }
        }
    }
    reached
}

fn joined(path: &[String], name: &str) -> Path {
    [path, &[name.to_owned()]].concat()
}

#[test]
fn files_use_each_other_in_one_direction() {
    let files = files::rust();
    let mut found = Vec::new();
    for package in &files::workspace().packages {
        let folder = package.manifest_path.parent().expect("a folder");
        let folder = folder.strip_prefix(files::root()).expect("below the root");
        let source = format!("{folder}/src/");
        let inside = files.iter().filter_map(|file| {
            let path = file.path.strip_prefix(&source)?;
            let is_own = path == "main.rs" || path.starts_with("bin/");
            (!is_own).then_some((path, file.text.as_str()))
        });
        for (path, circle) in Crate::new(inside).circles() {
            let path = [&[format!("{folder}/src")], &path[..]].concat().join("/");
            found.push((path, circle.into_iter().collect::<Vec<_>>()));
        }
    }
    let listed: Vec<(String, Vec<String>)> = CIRCLES
        .iter()
        .map(|(path, names)| {
            let names = names.iter().map(|name| (*name).to_owned());
            ((*path).to_owned(), names.collect())
        })
        .collect();
    found.sort();
    assert_eq!(
        found, listed,
        "left: files that use each other in a circle; right: those that `CIRCLES` in circles.rs has. \
         Move what both need into a file of its own, or take a circle from the list that is gone"
    );
}

#[test]
fn a_circle_is_seen() {
    let circles = |files: &[(&str, &str)]| {
        let circles = Crate::new(files.iter().copied()).circles();
        let names = circles.into_iter().map(|(_, names)| Vec::from_iter(names));
        names.collect::<Vec<_>>()
    };
    let shown = (
        "a/mod.rs",
        "mod b; mod c; pub use self::b::B; fn f() { c::C }",
    );
    let through = ("a/b.rs", "use super::c; fn f() -> c::C {}");
    let back = ("a/c.rs", "use crate::a::{Other, B as Name};");
    assert_eq!(circles(&[shown, through, back]), [["b", "c"]]);
    let tests = ("a/c.rs", "#[cfg(test)] mod tests { use crate::a::B; }");
    assert!(circles(&[shown, through, tests]).is_empty());
    let namesake = ("a/c.rs", "use crate::a::b::b;");
    assert_eq!(circles(&[shown, through, namesake]), [["b", "c"]]);
    let parent = ("a/c.rs", "use super::Other; use other::a::B; mod b {}");
    assert!(circles(&[shown, through, parent]).is_empty());
    let across = ("d.rs", "fn f() { crate::a::b::g() }");
    let other = ("a/b.rs", "fn f() { vec![super::super::d::f()] }");
    assert_eq!(circles(&[shown, across, other]), [["a", "d"]]);
}
