//! `#[derive(CoreStruct)]`.

use bpf_core_kernel_facts::flavour::essential_name;
use std::collections::HashSet;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::{Data, DeriveInput, Error, Fields, Type, Visibility, spanned::Spanned};

use super::{
    Errors,
    attributes::{Core, Target},
    choice_ident, field_type,
    markers::Markers,
    no_generics,
};

struct Record<'a> {
    ident: &'a Ident,
    kind: &'static str,
    kernel_name: String,
    typedef: bool,
    fields: Vec<Field<'a>>,
}

struct Field<'a> {
    ident: &'a Ident,
    vis: &'a Visibility,
    kernel_name: String,
    optional: bool,
    bitfield: bool,
    declared: &'a Type,
    core_type: TokenStream,
}

pub(crate) fn expand(input: DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let record = parse(&input, &mut errors);
    let whole = record
        .as_ref()
        .filter(|_| errors.0.is_none())
        .and_then(read_as_a_whole);
    let errors = errors.into_compile_errors();
    let items = record.map(|record| items(&record));
    quote!(#errors #items #whole)
}

fn parse<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Record<'a>> {
    let core = Core::parse_of_type(input, Target::Record, errors);
    let (kind, fields) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => ("struct", fields),
            Fields::Unnamed(fields) => {
                errors.push(Error::new_spanned(
                    fields,
                    "fields of the kernel have names: write `{ name: type, ... }`",
                ));
                return None;
            }
            Fields::Unit => {
                errors.push(Error::new(
                    input.ident.span(),
                    "a kernel struct without fields has nothing to read: write `{}` behind it if it only \
                     stands behind pointers",
                ));
                return None;
            }
        },
        Data::Union(data) => ("union", &data.fields),
        Data::Enum(data) => {
            errors.push(Error::new(
                data.enum_token.span,
                "`CoreStruct` is for structs and unions: an enum of the kernel has `#[derive(CoreEnum)]`",
            ));
            return None;
        }
    };
    if !input.generics.params.is_empty() {
        no_generics(&input.generics, "a struct", errors);
        return None;
    }

    let mut unsized_field = false;
    let mut parsed: Vec<Field<'a>> = Vec::new();
    for field in &fields.named {
        let core = Core::parse(&field.attrs, Target::Field, errors);
        let ident = field.ident.as_ref().expect("a named field");
        let core_type = match field_type::core_type(&field.ty) {
            Ok(core_type) => core_type,
            // Without a size it leaves no struct to implement anything for.
            Err(error) if matches!(field.ty, Type::Slice(_)) => {
                errors.push(error);
                unsized_field = true;
                continue;
            }
            Err(error) => {
                errors.push(error);
                field_type::meant(&field.ty)
            }
        };
        let core_type = match core.bitfield {
            Some(_) => {
                let declared = &field.ty;
                quote_spanned!(declared.span()=> <#declared as ::bpf_core::__private::Bits>::Field)
            }
            None => core_type,
        };
        let kernel_name = core.kernel_name(ident);
        if parsed.iter().any(|other| other.kernel_name == kernel_name) {
            let at = core.name.as_ref().map_or(ident.span(), |name| name.span());
            errors.push(Error::new(
                at,
                format!("another field is `{kernel_name}` already: remove one"),
            ));
        }
        parsed.push(Field {
            ident,
            vis: &field.vis,
            kernel_name,
            optional: core.optional.is_some(),
            bitfield: core.bitfield.is_some(),
            declared: &field.ty,
            core_type,
        });
    }
    if unsized_field {
        return None;
    }
    Some(Record {
        ident: &input.ident,
        kind,
        kernel_name: core.kernel_name(&input.ident),
        typedef: core.typedef.is_some(),
        fields: parsed,
    })
}

fn items(record: &Record<'_>) -> TokenStream {
    let Record {
        ident,
        kind,
        kernel_name,
        typedef,
        fields,
        ..
    } = record;
    let choice = choice_ident(ident, "fields");
    let tag = match typedef {
        true => format!("typedef {kind} {kernel_name}"),
        false => format!("{kind} {kernel_name}"),
    };

    let name = name_type(essential_name(kernel_name));

    let names: Vec<_> = fields.iter().map(|field| field.ident).collect();
    let visibilities = fields.iter().map(|field| field.vis);
    let numbers = (0..fields.len()).map(number);
    // What is wrong with a type is found where it is checked, and told once.
    let types = fields.iter().map(|field| match field.bitfield {
        true => {
            let declared = of_record(field.declared.to_token_stream(), ident);
            quote!(::bpf_core::__private::Bitfield<#declared>)
        }
        false => of_record(field.core_type.clone(), ident),
    });
    let presences = fields.iter().map(|field| match field.optional {
        true => quote!(Optional),
        false => quote!(Required),
    });
    let mut markers = Markers::default();
    let steps: Vec<_> = fields
        .iter()
        .enumerate()
        .map(|(number, field)| {
            let name = format!(".{}:", field.kernel_name);
            let of = field_type::descriptor(field.declared);
            let path = of.map(|of| format!("{tag}{name}{of}"));
            let field_ptr = markers.field_ptr(number, path.as_deref());
            let field_exists =
                markers.field_exists(number, path.as_deref().filter(|_| field.optional));
            quote!(::bpf_core::__private::Step {
                name: #name,
                field_ptr: #field_ptr,
                field_exists: #field_exists,
            })
        })
        .collect();
    let declaration = declaration(record);
    let uses = uses(record);
    // The compiler takes its time for each.
    let checked = fields
        .iter()
        .filter(|field| field.bitfield || field_type::descriptor(field.declared).is_none())
        .map(|field| of_record(field.core_type.clone(), ident));

    quote! {
        const _: () = {
            #[allow(dead_code, non_camel_case_types, non_snake_case)]
            pub struct #choice {
                #(#visibilities #names: ::bpf_core::__private::FieldOf<
                    #ident, #numbers, #types, ::bpf_core::__private::#presences
                >,)*
            }

            // An error about another type need not list this one.
            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::CoreType for #ident {
                const TYPE: ::bpf_core::__private::Text =
                    ::bpf_core::__private::Text(&[::bpf_core::__private::Piece::Str(#tag)]);
                type At<P: ::bpf_core::__private::Path> = ::bpf_core::__private::Record<P, Self>;
            }

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::Named for #ident {}

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::CoreStruct for #ident {
                type Fields = #choice;
                const FIELDS: #choice = #choice { #(#names: ::bpf_core::__private::FieldOf::HERE,)* };
                const STEPS: &'static [::bpf_core::__private::Step] = {
                    #markers
                    &[#(#steps),*]
                };
                type Itself = Self;
                type Name = #name;
            }

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::__private::Declares<#name> for #ident {}

            #declaration

            #[allow(dead_code)]
            fn check(record: &#ident) {
                #(::bpf_core::__private::field_type::<#checked>();)*
                #uses
            }
        };
    }
}

/// A type that stands in the record, for use outside of it.
fn of_record(ty: TokenStream, record: &Ident) -> TokenStream {
    let token = |token| match token {
        TokenTree::Ident(name) if name == "Self" => {
            let mut record = record.clone();
            record.set_span(name.span());
            TokenTree::Ident(record)
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), of_record(group.stream(), record));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    };
    ty.into_iter().map(token).collect()
}

/// A number as a type: `bpf_core::number` has the digits.
fn number(number: usize) -> TokenStream {
    let (high, low) = (high_digits(number / 16), number % 16);
    let low = format_ident!("X{}", format!("{low:X}"));
    quote!((#high, ::bpf_core::__private::#low))
}

fn high_digits(high: usize) -> TokenStream {
    match high {
        0 => quote!(()),
        _ => number(high),
    }
}

/// Names the fields: what a macro reads is not seen by the lint for dead code.
fn uses(record: &Record<'_>) -> TokenStream {
    let ident = record.ident;
    let names = record.fields.iter().map(|field| field.ident);
    match record.kind {
        // To name the field of a union is unsafe.
        "union" => quote!(#(let _ = ::core::mem::offset_of!(#ident, #names);)*),
        _ => quote!(#(let _ = record.#names;)*),
    }
}

/// Each of them once: a bound takes time to check, and many fields have one type.
fn distinct(types: impl Iterator<Item = TokenStream>) -> Vec<TokenStream> {
    let mut seen = HashSet::new();
    types.filter(|ty| seen.insert(ty.to_string())).collect()
}

/// A name as a type: equal for equal names.
fn name_type(name: &str) -> TokenStream {
    name.as_bytes().rchunks(16).fold(quote!(()), |rest, bytes| {
        let bytes = bytes
            .iter()
            .fold(0, |number, &byte| number << 8 | u128::from(byte));
        quote!(::bpf_core::__private::Name<#bytes, #rest>)
    })
}

/// What `type_matches` compares. A field that is optional or a bit-field is declared to differ
/// between kernels, and so is not among it.
fn declaration(record: &Record<'_>) -> TokenStream {
    let ident = record.ident;
    let compared = record
        .fields
        .iter()
        .filter(|field| !field.optional && !field.bitfield);
    // What stands between a type and the next belongs to the name.
    let (names, types): (Vec<_>, Vec<_>) = compared
        .enumerate()
        .map(|(number, field)| {
            let before = if number == 0 { "{" } else { "," };
            let name = format!("{before}{}:", field.kernel_name);
            (name, field_type::spelled_as_in_c(field.declared))
        })
        .unzip();
    let end = if names.is_empty() { "{}" } else { ",}" };
    let bounds = distinct(types.iter().cloned());
    quote! {
        impl<__L> ::bpf_core::__private::Declared<__L> for #ident
        where
            #(#bounds: ::bpf_core::__private::Declared<__L>,)*
        {
            const DECLARATION: ::bpf_core::__private::Text =
                ::bpf_core::__private::Text(&[
                    ::bpf_core::__private::Piece::Text(<Self as ::bpf_core::CoreType>::TYPE),
                    #(::bpf_core::__private::Piece::Str(#names),
                    ::bpf_core::__private::Piece::Text(
                        <#types as ::bpf_core::__private::Declared<__L>>::DECLARATION
                    ),)*
                    ::bpf_core::__private::Piece::Str(#end),
                ]);
        }

        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl<__L> ::bpf_core::__private::BehindPointer<__L> for #ident {
            const BEHIND_POINTER: ::bpf_core::__private::Text = <Self as ::bpf_core::CoreType>::TYPE;
        }
    }
}

/// A whole struct is read field by field, each through its own relocation. A union has no
/// such fields; a flexible array, a function pointer and an optional field have no value to
/// put there.
fn read_as_a_whole(record: &Record<'_>) -> Option<TokenStream> {
    let Record {
        ident,
        kind,
        fields,
        ..
    } = record;
    let readable = *kind == "struct"
        && !fields.is_empty()
        && fields
            .iter()
            .all(|field| !field.optional && field_type::stands_for_itself(field.declared));
    if !readable {
        return None;
    }
    // Lists of 16 fields, as the compiler does not go deep into types.
    let (mut lists, mut values, mut pattern) = (quote!(()), quote!(()), quote!(()));
    let chunks: Vec<_> = fields.chunks(16).enumerate().collect();
    for (high, chunk) in chunks.into_iter().rev() {
        let types: Vec<_> = chunk.iter().map(|field| field.declared).collect();
        let read = (0..)
            .map(|low| format_ident!("__{high}_{low}"))
            .take(types.len());
        let high = high_digits(high);
        lists = quote!((::bpf_core::__private::Fields<Self, #high, (#(#types,)*)>, #lists));
        values = quote!(((#(#types,)*), #values));
        pattern = quote!(((#(#read,)*), #pattern));
    }
    let members = fields.iter().enumerate().map(|(number, field)| {
        let (name, value) = (
            field.ident,
            format_ident!("__{}_{}", number / 16, number % 16),
        );
        quote!(#name: #value)
    });
    Some(quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl<S: ::bpf_core::__private::Space> ::bpf_core::__private::Read<S> for #ident
        where
            #lists: ::bpf_core::__private::Members<S, Values = #values>,
        {
            type Value = Self;

            #[inline(always)]
            fn read<P: ::bpf_core::__private::Path>(
                __base: *const ::core::primitive::u8,
            ) -> ::core::result::Result<Self, ::bpf_core::__private::Code> {
                match <#lists as ::bpf_core::__private::Members<S>>::read::<P>(__base) {
                    ::core::result::Result::Ok(#pattern) => {
                        ::core::result::Result::Ok(Self { #(#members,)* })
                    }
                    ::core::result::Result::Err(__why) => ::core::result::Result::Err(__why),
                }
            }
        }
    })
}
