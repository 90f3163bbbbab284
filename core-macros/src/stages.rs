//! The three stages of a macro, and the mistakes that they find.
//!
//! 1. *parse*: tokens to a tree. It stops at the first token that does not fit.
//! 2. *check*: the tree to its meaning, which has no mistakes that the tree shows. It finds them all.
//! 3. *expand*: the meaning to code. It cannot fail. The type errors of the code fall on the user's own
//!    tokens.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Result};

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    fn into_compile_errors(self) -> TokenStream {
        self.0.map(Error::into_compile_error).unwrap_or_default()
    }
}

/// Runs a macro that makes items: the mistakes, and all the code that can be made beside them. So a use
/// of an item is no further error.
pub(crate) fn items<T, M>(
    tree: Result<T>,
    check: impl FnOnce(T, &mut Errors) -> Option<M>,
    expand: impl FnOnce(&M) -> TokenStream,
) -> TokenStream {
    let (meaning, errors) = checked(tree, check);
    let code = meaning.as_ref().map(expand);
    let errors = errors.into_compile_errors();
    quote!(#errors #code)
}

/// Runs a macro that makes an expression: the mistakes alone, or the code.
pub(crate) fn expression<T, M>(
    tree: Result<T>,
    check: impl FnOnce(T, &mut Errors) -> Option<M>,
    expand: impl FnOnce(&M) -> TokenStream,
) -> TokenStream {
    match checked(tree, check) {
        (Some(meaning), errors) if errors.is_empty() => expand(&meaning),
        (_, errors) => {
            let errors = errors.into_compile_errors();
            // One expression, of several mistakes too.
            quote!({ #errors })
        }
    }
}

fn checked<T, M>(
    tree: Result<T>,
    check: impl FnOnce(T, &mut Errors) -> Option<M>,
) -> (Option<M>, Errors) {
    let mut errors = Errors::default();
    let meaning = match tree {
        Ok(tree) => check(tree, &mut errors),
        Err(error) => {
            errors.push(error);
            None
        }
    };
    (meaning, errors)
}
