//! `kfuncs!`: declarations of functions of the kernel, which a program calls.
//!
//! Each becomes a function of an `extern` block. Its symbol holds the prototype: rustc writes none into
//! debug info, so the linker makes the BTF of the function from the symbol.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{
    Attribute, Error, FnArg, Pat, Result, ReturnType, Signature, Token, Type, Visibility,
    ext::IdentExt,
    parse::{Parse, ParseStream},
};

use crate::stages::{self, Errors};

/// `bpf_core::contract::KFUNC_PREFIX`
const PREFIX: &str = "__bpf_core_v1_kfunc ";

/// The declarations as they are written.
struct Declarations(Vec<Declaration>);

struct Declaration {
    attributes: Vec<Attribute>,
    vis: Visibility,
    signature: Signature,
}

/// A function of the kernel.
struct Kfunc {
    declaration: Declaration,
    /// The prototype. `None` for one that is an error already: a call of the function is no second one.
    symbol: Option<String>,
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    stages::items(syn::parse2(input), check, |kfuncs| block(kfuncs))
}

impl Parse for Declarations {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut declarations = Vec::new();
        while !input.is_empty() {
            let declaration = Declaration {
                attributes: input.call(Attribute::parse_outer)?,
                vis: input.parse()?,
                signature: input.parse()?,
            };
            input.parse::<Token![;]>()?;
            declarations.push(declaration);
        }
        Ok(Self(declarations))
    }
}

fn check(Declarations(declarations): Declarations, errors: &mut Errors) -> Option<Vec<Kfunc>> {
    let kfuncs = declarations
        .into_iter()
        .filter_map(|declaration| kfunc(declaration, errors));
    Some(kfuncs.collect())
}

/// Nothing for what an `extern` block cannot have.
fn kfunc(declaration: Declaration, errors: &mut Errors) -> Option<Kfunc> {
    let Signature {
        ident,
        inputs,
        output,
        generics,
        variadic,
        ..
    } = &declaration.signature;
    let mut is_foreign = true;
    if !generics.params.is_empty() {
        errors.push(Error::new_spanned(
            &generics.params,
            "a function of the kernel has no parameters of this kind: remove them",
        ));
        is_foreign = false;
    }
    let mut types = Vec::new();
    for input in inputs {
        match input {
            FnArg::Typed(typed) if matches!(&*typed.pat, Pat::Ident(_) | Pat::Wild(_)) => {
                types.push(text(&typed.ty));
            }
            other => {
                errors.push(Error::new_spanned(
                    other,
                    "a parameter is a name and a type, as in `task: *mut task_struct`",
                ));
                is_foreign = false;
            }
        }
    }
    if let Some(variadic) = variadic {
        types.push(Err(Error::new_spanned(
            variadic,
            "a kfunc has a fixed number of arguments: remove `...`",
        )));
    }
    types.push(match output {
        ReturnType::Default => Ok("void".to_owned()),
        ReturnType::Type(_, ty) => text(ty),
    });
    let texts = types
        .into_iter()
        .map(|text| text.map_err(|error| errors.push(error)).ok());
    let texts: Vec<Option<String>> = texts.collect();
    let texts: Option<Vec<String>> = texts.into_iter().collect();
    let symbol = texts.and_then(|texts| {
        let (result, parameters) = texts.split_last()?;
        let parameters = parameters.join(",");
        Some(format!("{PREFIX}{}({parameters}){result}", ident.unraw()))
    });
    is_foreign.then_some(Kfunc {
        declaration,
        symbol,
    })
}

/// The type as the linker reads it.
fn text(ty: &Type) -> Result<String> {
    match ty {
        Type::Paren(inner) => text(&inner.elem),
        Type::Group(inner) => text(&inner.elem),
        Type::Ptr(pointer) => Ok(format!("*{}", pointee(&pointer.elem)?)),
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last().expect("a path has a segment");
            register(&last.ident.unraw()).ok_or_else(|| not_a_register(ty))
        }
        _ => Err(not_a_register(ty)),
    }
}

fn pointee(ty: &Type) -> Result<String> {
    match ty {
        Type::Paren(inner) => pointee(&inner.elem),
        Type::Group(inner) => pointee(&inner.elem),
        Type::Ptr(_) => text(ty),
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last().expect("a path has a segment");
            let name = last.ident.unraw();
            if name == "c_void" {
                return Ok("void".to_owned());
            }
            Ok(register(&name).unwrap_or_else(|| format!("struct {name}")))
        }
        _ => Err(Error::new_spanned(
            ty,
            "a pointer of the kernel points to a struct, an integer, a pointer or `c_void`",
        )),
    }
}

/// What a type's name says of it.
fn register(name: &Ident) -> Option<String> {
    let name = name.to_string();
    let text = match name.as_str() {
        "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" | "bool" => &name,
        "usize" | "c_ulong" | "c_ulonglong" => "u64",
        "isize" | "c_long" | "c_longlong" => "i64",
        "c_uint" => "u32",
        "c_int" => "i32",
        "c_char" => "i8",
        _ => return None,
    };
    Some(text.to_owned())
}

fn not_a_register(ty: &Type) -> Error {
    Error::new_spanned(
        ty,
        "a kfunc takes and gives integers, `bool` and raw pointers",
    )
}

fn block(kfuncs: &[Kfunc]) -> TokenStream {
    let functions = kfuncs.iter().map(|kfunc| {
        let Declaration {
            attributes,
            vis,
            signature,
        } = &kfunc.declaration;
        let name = kfunc
            .symbol
            .iter()
            .map(|symbol| quote!(#[link_name = #symbol]));
        quote!(#(#attributes)* #(#name)* #vis #signature;)
    });
    quote! {
        // A struct behind a pointer is only a name here.
        #[allow(improper_ctypes)]
        unsafe extern "C" {
            #(#functions)*
        }
    }
}
