//! Types of fields that syntax alone tells.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{
    Error, Expr, ExprLit, GenericArgument, Lit, PathArguments, Result, ReturnType, Type,
    TypeBareFn, spanned::Spanned,
};

/// The type that stands for the declared one in a path.
pub(super) fn core_type(ty: &Type) -> Result<TokenStream> {
    match ty {
        Type::Paren(inner) => core_type(&inner.elem),
        Type::Group(inner) => core_type(&inner.elem),
        Type::Array(array) if is_zero(&array.len) => {
            let element = core_type(&array.elem)?;
            Ok(quote_spanned!(ty.span()=> ::bpf_core::__private::Flexible<#element>))
        }
        Type::Array(array) => {
            let (element, len) = (core_type(&array.elem)?, &array.len);
            Ok(quote_spanned!(ty.span()=> [#element; #len]))
        }
        Type::BareFn(_) => Ok(function_pointer()),
        Type::Path(path) => {
            let last = path.path.segments.last().expect("a path has a segment");
            if let PathArguments::AngleBracketed(arguments) = &last.arguments {
                let inner = match arguments.args.first() {
                    Some(GenericArgument::Type(inner)) if arguments.args.len() == 1 => Some(inner),
                    _ => None,
                };
                match (last.ident.to_string().as_str(), inner) {
                    ("Option", Some(Type::BareFn(_))) => return Ok(function_pointer()),
                    ("Option", _) => {
                        return Err(Error::new_spanned(
                            ty,
                            "a kernel field is no `Option`: write the type alone, and `#[core(optional)]` \
                             above the field if not every kernel has it",
                        ));
                    }
                    // As rustc wants a struct in a union.
                    ("ManuallyDrop", Some(inner)) => return core_type(inner),
                    // What bindgen makes of a flexible array.
                    ("__IncompleteArrayField", Some(element)) => {
                        let element = core_type(element)?;
                        return Ok(
                            quote_spanned!(ty.span()=> ::bpf_core::__private::Flexible<#element>),
                        );
                    }
                    _ => {}
                }
            }
            Ok(quote!(#ty))
        }
        Type::Ptr(_) => Ok(quote!(#ty)),
        Type::Reference(reference) => {
            let inner = &reference.elem;
            // A `str` has no place in C.
            let inner = match &**inner {
                Type::Path(path) if path.path.is_ident("str") => quote!(u8),
                inner => quote!(#inner),
            };
            Err(Error::new_spanned(
                ty,
                format!("kernel memory is not borrowed: write `*const {inner}`"),
            ))
        }
        Type::Slice(slice) => {
            let element = &slice.elem;
            let element = quote!(#element);
            Err(Error::new_spanned(
                ty,
                format!("a flexible array is written `[{element}; 0]`"),
            ))
        }
        Type::Tuple(_) => Err(Error::new_spanned(
            ty,
            "the kernel has no tuples: declare a struct with `#[derive(CoreStruct)]`",
        )),
        _ => Err(Error::new_spanned(
            ty,
            "not a type of a kernel field: use an integer, `bool`, a raw pointer, an array, or a type \
             with `#[derive(CoreStruct)]` or `#[derive(CoreEnum)]`",
        )),
    }
}

/// The text of a descriptor for a type that is known by its syntax: nobody gives the name of an
/// integer to another type.
pub(super) fn descriptor(ty: &Type) -> Option<String> {
    match ty {
        Type::Paren(inner) => descriptor(&inner.elem),
        Type::Group(inner) => descriptor(&inner.elem),
        Type::Ptr(_) => Some("*void".to_owned()),
        Type::Array(array) => {
            let Expr::Lit(ExprLit {
                lit: Lit::Int(len), ..
            }) = &array.len
            else {
                return None;
            };
            let element = descriptor(&array.elem)?;
            Some(format!("[{}]{element}", len.base10_digits()))
        }
        Type::Path(path) => {
            let name = path.path.get_ident()?.to_string();
            INTEGERS.contains(&name.as_str()).then_some(name)
        }
        _ => None,
    }
}

/// The integers that are written in a descriptor as in Rust, and `bool`.
const INTEGERS: [&str; 11] = [
    "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "bool",
];

/// The type that stands for the declared one where it is compared, with every name of C that is
/// an alias in Rust.
pub(super) fn spelled_as_in_c(ty: &Type) -> TokenStream {
    match ty {
        Type::Paren(inner) => spelled_as_in_c(&inner.elem),
        Type::Group(inner) => spelled_as_in_c(&inner.elem),
        Type::Array(array) => {
            let element = spelled_as_in_c(&array.elem);
            match is_zero(&array.len) {
                true => quote!(::bpf_core::__private::Flexible<#element>),
                false => {
                    let len = &array.len;
                    quote!([#element; #len])
                }
            }
        }
        Type::Ptr(pointer) => pointer_to(&pointer.elem),
        // Of functions.
        Type::Reference(reference) => pointer_to(&reference.elem),
        Type::Never(_) => void(),
        Type::Tuple(tuple) if tuple.elems.is_empty() => void(),
        Type::BareFn(function) => pointer_to_function(function),
        Type::Path(path) => {
            let last = path.path.segments.last().expect("a path has a segment");
            let inner = match &last.arguments {
                PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
                    Some(GenericArgument::Type(inner)) => Some(inner),
                    _ => None,
                },
                _ => None,
            };
            match (last.ident.to_string().as_str(), inner) {
                ("c_char", None) => quote!(::bpf_core::__private::CChar),
                ("c_long", None) => quote!(::core::primitive::isize),
                ("c_ulong", None) => quote!(::core::primitive::usize),
                ("Option", Some(Type::BareFn(function))) => pointer_to_function(function),
                ("UserPtr", Some(pointee)) => pointer_to(pointee),
                ("ManuallyDrop", Some(inner)) => spelled_as_in_c(inner),
                ("__IncompleteArrayField", Some(element)) => {
                    let element = spelled_as_in_c(element);
                    quote!(::bpf_core::__private::Flexible<#element>)
                }
                _ => quote!(#ty),
            }
        }
        _ => quote!(#ty),
    }
}

fn pointer_to(pointee: &Type) -> TokenStream {
    let pointee = spelled_as_in_c(pointee);
    quote!(*const #pointee)
}

fn pointer_to_function(function: &TypeBareFn) -> TokenStream {
    let result = match &function.output {
        ReturnType::Type(_, result) => spelled_as_in_c(result),
        ReturnType::Default => void(),
    };
    // BTF has `...` as a last parameter without type.
    let variadic = function.variadic.iter().map(|_| void());
    let parameters = function
        .inputs
        .iter()
        .map(|input| spelled_as_in_c(&input.ty));
    let parameters = parameters
        .chain(variadic)
        .rev()
        .fold(quote!(()), |others, first| quote!((#first, #others)));
    quote!(*const ::bpf_core::__private::Function<#parameters, #result>)
}

/// The type that a wrong one was to be, so that its use is no second mistake.
pub(super) fn meant(ty: &Type) -> TokenStream {
    match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if !path.path.is_ident("str") => quote!(*const #path),
            _ => quote!(*const ::core::primitive::u8),
        },
        Type::Path(path) => match path.path.segments.last().map(|last| &last.arguments) {
            Some(PathArguments::AngleBracketed(arguments)) => match arguments.args.first() {
                Some(GenericArgument::Type(inner)) => {
                    core_type(inner).unwrap_or_else(|_| meant(inner))
                }
                _ => quote!(::core::primitive::u8),
            },
            _ => quote!(::core::primitive::u8),
        },
        _ => quote!(::core::primitive::u8),
    }
}

/// Whether what `core_type` makes of a type is the type itself.
pub(super) fn stands_for_itself(ty: &Type) -> bool {
    match ty {
        Type::Paren(inner) => stands_for_itself(&inner.elem),
        Type::Group(inner) => stands_for_itself(&inner.elem),
        Type::Array(array) => !is_zero(&array.len) && stands_for_itself(&array.elem),
        Type::BareFn(_) => false,
        Type::Path(path) => {
            let others = ["Option", "ManuallyDrop", "__IncompleteArrayField"];
            let last = path.path.segments.last();
            !last.is_some_and(|last| others.iter().any(|other| last.ident == other))
        }
        _ => true,
    }
}

fn function_pointer() -> TokenStream {
    let void = void();
    quote!(*const #void)
}

fn void() -> TokenStream {
    quote!(::core::ffi::c_void)
}

fn is_zero(len: &Expr) -> bool {
    matches!(len, Expr::Lit(ExprLit { lit: Lit::Int(len), .. }) if len.base10_digits() == "0")
}
