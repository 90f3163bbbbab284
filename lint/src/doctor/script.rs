//! Build scripts: what they call `aya-build` with, and which linker they look for.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::toolchain::Toolchain;

/// A `build.rs`.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) path: PathBuf,
    /// Whether it names `aya_build`.
    pub(super) calls_aya_build: bool,
    /// The toolchains that it names.
    pub(super) toolchains: Vec<Toolchain>,
    /// Whether it looks for bpf-linker by that name.
    pub(super) wants_bpf_linker: bool,
}

impl Script {
    /// Reads one. One that is no Rust is cargo's to complain about.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let tokens: TokenStream = text.parse().ok()?;
        let mut script = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        script.walk(tokens);
        Some(script)
    }

    fn walk(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(ident) => {
                    let next = tokens.get(at + 1);
                    match ident.to_string().as_str() {
                        "aya_build" => self.calls_aya_build = true,
                        "Custom" => self.toolchains.extend(next.and_then(custom)),
                        "Toolchain" if is_nightly(&tokens[at + 1..]) => {
                            self.toolchains.push(Toolchain::Named("nightly".to_owned()));
                        }
                        _ => {}
                    }
                }
                TokenTree::Literal(literal) => {
                    self.wants_bpf_linker |= literal.to_string() == "\"bpf-linker\"";
                }
                TokenTree::Group(group) => self.walk(group.stream()),
                TokenTree::Punct(_) => {}
            }
        }
    }
}

/// The name in `Custom("name")`.
fn custom(arguments: &TokenTree) -> Option<Toolchain> {
    let TokenTree::Group(group) = arguments else {
        return None;
    };
    if group.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    let name: syn::LitStr = syn::parse2(group.stream()).ok()?;
    Some(Toolchain::Named(name.value()))
}

/// Whether `::default` or `::Nightly` follows.
fn is_nightly(rest: &[TokenTree]) -> bool {
    let [
        TokenTree::Punct(one),
        TokenTree::Punct(two),
        TokenTree::Ident(name),
        ..,
    ] = rest
    else {
        return false;
    };
    one.as_char() == ':' && two.as_char() == ':' && (name == "default" || name == "Nightly")
}
