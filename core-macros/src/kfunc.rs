//! `kfuncs!`: declarations of the kernel's functions. Each becomes one in an `extern` block,
//! whose symbol holds the prototype: rustc writes none into debug info, and the linker does
//! from this.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{
    Attribute, Error, FnArg, Pat, Result, ReturnType, Signature, Token, Type, Visibility,
    ext::IdentExt,
    parse::{Parse, ParseStream},
};

/// `bpf_core::contract::KFUNC_PREFIX`
const PREFIX: &str = "__bpf_core_v1_kfunc ";

pub(crate) fn expand(input: Kfuncs) -> TokenStream {
    let mut functions = TokenStream::new();
    let mut errors: Option<Error> = None;
    for kfunc in input.0 {
        match kfunc.symbol() {
            Ok(symbol) => {
                let Kfunc {
                    attributes,
                    vis,
                    signature,
                } = kfunc;
                functions.extend(quote!(#(#attributes)* #[link_name = #symbol] #vis #signature;));
            }
            Err(error) => match &mut errors {
                Some(first) => first.combine(error),
                None => errors = Some(error),
            },
        }
    }
    let errors = errors.map(Error::into_compile_error);
    quote! {
        #errors
        // A struct behind a pointer is only a name here.
        #[allow(improper_ctypes)]
        unsafe extern "C" {
            #functions
        }
    }
}

pub(crate) struct Kfuncs(Vec<Kfunc>);

struct Kfunc {
    attributes: Vec<Attribute>,
    vis: Visibility,
    signature: Signature,
}

impl Parse for Kfuncs {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut kfuncs = Vec::new();
        while !input.is_empty() {
            let kfunc = Kfunc {
                attributes: input.call(Attribute::parse_outer)?,
                vis: input.parse()?,
                signature: input.parse()?,
            };
            input.parse::<Token![;]>()?;
            kfuncs.push(kfunc);
        }
        Ok(Self(kfuncs))
    }
}

impl Kfunc {
    fn symbol(&self) -> Result<String> {
        let Signature {
            ident,
            inputs,
            output,
            generics,
            variadic,
            ..
        } = &self.signature;
        if !generics.params.is_empty() {
            return Err(Error::new_spanned(
                &generics.params,
                "a function of the kernel has no parameters of this kind: remove them",
            ));
        }
        if let Some(variadic) = variadic {
            return Err(Error::new_spanned(
                variadic,
                "a kfunc has a fixed number of arguments",
            ));
        }
        let mut parameters = Vec::new();
        for input in inputs {
            match input {
                FnArg::Typed(typed) if matches!(&*typed.pat, Pat::Ident(_) | Pat::Wild(_)) => {
                    parameters.push(text(&typed.ty)?);
                }
                other => {
                    return Err(Error::new_spanned(
                        other,
                        "a parameter is a name and a type, as in `task: *mut task_struct`",
                    ));
                }
            }
        }
        let result = match output {
            ReturnType::Default => "void".to_owned(),
            ReturnType::Type(_, ty) => text(ty)?,
        };
        Ok(format!(
            "{PREFIX}{}({}){result}",
            ident.unraw(),
            parameters.join(",")
        ))
    }
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
