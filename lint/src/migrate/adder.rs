//! A function that adds a number to a pointer and reads there, as its source has it.

use std::cell::RefCell;
use std::collections::HashMap;

use syn::spanned::Spanned as _;
use syn::{
    Block, Expr, ExprCall, FnArg, GenericArgument, Item, Local, Pat, PathArguments, ReturnType,
    Signature, Stmt, Type,
};

use super::{site, sum};

/// What the code has in place of the result of `core_read!`.
#[derive(Clone, Copy, Debug)]
pub(super) enum After {
    /// A `Result` with an error of this type.
    Error(&'static str),
    /// An `Option`.
    Option,
}

/// What such a function gives.
#[derive(Clone, Debug)]
pub(super) struct Adder {
    /// The number of the parameter that is the pointer.
    pub(super) pointer: usize,
    /// The type that it reads, in source. `None`: its caller says.
    pub(super) wanted: Option<String>,
    pub(super) after: After,
}

/// The functions that were looked at, by their number.
pub(super) type Adders = RefCell<HashMap<usize, Result<Adder, String>>>;

/// Variables of a body, with what they are.
type Variables = HashMap<String, Expr>;

/// The function of that name.
pub(super) fn find<'f>(items: &'f [Item], name: &str) -> Option<(&'f Signature, &'f Block)> {
    items.iter().find_map(|item| match item {
        Item::Fn(item) if item.sig.ident == name => Some((&item.sig, &*item.block)),
        Item::Mod(item) => find(&item.content.as_ref()?.1, name),
        _ => None,
    })
}

/// The type that a function gives of what it reads at its pointer and its number, and what it makes of the
/// result. `None` if it does anything else.
pub(super) fn read_of<'f>(
    body: &Block,
    (text, signature, pointer, by): (&str, &'f Signature, usize, usize),
    error: &dyn Fn(&Type) -> Option<&'static str>,
) -> Option<(&'f Type, After)> {
    let mut variables = Variables::new();
    let given = tail(body, &mut variables)?;
    let (call, is_option) = result(given, &mut variables)?;
    let Expr::Path(helper) = &*call.func else {
        return None;
    };
    let helper = helper.path.segments.last()?.ident.to_string();
    if !matches!(helper.as_str(), "bpf_probe_read_kernel" | "bpf_probe_read") {
        return None;
    }
    let address = inline(call.args.first()?, &variables);
    let number = param(signature, by)?;
    let is_number = |operand: &Expr| name_of(operand).is_some_and(|name| name == number);
    let sum = sum::sum(&address, &is_number)?;
    if text.get(sum.base)? != param(signature, pointer)? {
        return None;
    }
    let ReturnType::Type(_, returned) = &signature.output else {
        return None;
    };
    let (kind, types) = arguments(returned)?;
    let (given, after) = match (kind.as_str(), is_option, &types[..]) {
        ("Option", true, [given]) => (*given, After::Option),
        ("Result", false, [given, of]) => (*given, After::Error(error(of)?)),
        _ => return None,
    };
    let mut read = sum.pointees.iter().chain(site::turbofish(&call.func));
    let read = read.find(|ty| !matches!(ty, Type::Infer(_)));
    let written = |ty: &Type| text.get(ty.span().byte_range());
    let is_given = read.is_none_or(|read| written(read) == written(given));
    is_given.then_some((given, after))
}

/// The last expression of a block that has only `let name = ..;` before it.
fn tail(block: &Block, variables: &mut Variables) -> Option<Expr> {
    let (last, before) = block.stmts.split_last()?;
    for statement in before {
        let Stmt::Local(Local {
            pat,
            init: Some(init),
            ..
        }) = statement
        else {
            return None;
        };
        let name = match pat {
            Pat::Ident(pattern) => &pattern.ident,
            Pat::Type(typed) => match &*typed.pat {
                Pat::Ident(pattern) => &pattern.ident,
                _ => return None,
            },
            _ => return None,
        };
        let value = inline(&init.expr, variables);
        variables.insert(name.to_string(), value);
    }
    match last {
        Stmt::Expr(last, None) => Some(last.clone()),
        _ => None,
    }
}

/// The call whose result a function gives, and whether it gives an `Option` of it.
fn result(given: Expr, variables: &mut Variables) -> Option<(ExprCall, bool)> {
    let mut given = given;
    let mut is_option = false;
    loop {
        given = match given {
            Expr::Paren(inner) => *inner.expr,
            Expr::Group(inner) => *inner.expr,
            Expr::Unsafe(block) => tail(&block.block, variables)?,
            Expr::Block(block) => tail(&block.block, variables)?,
            Expr::Path(_) => variables.get(&name_of(&given)?)?.clone(),
            Expr::MethodCall(call) if call.method == "ok" && !is_option => {
                is_option = true;
                *call.receiver
            }
            Expr::Call(call) => match (&*call.func, call.args.first()) {
                (Expr::Path(path), Some(inner)) if path.path.is_ident("Ok") => {
                    match unwrapped(inner, variables)? {
                        Expr::Try(attempt) => *attempt.expr,
                        _ => return None,
                    }
                }
                _ => return Some((call, is_option)),
            },
            _ => return None,
        };
    }
}

/// An expression without brackets, `unsafe` and variables around it.
fn unwrapped(expression: &Expr, variables: &mut Variables) -> Option<Expr> {
    let mut inner = inline(expression, variables);
    loop {
        inner = match inner {
            Expr::Paren(of) => *of.expr,
            Expr::Unsafe(block) => tail(&block.block, variables)?,
            Expr::Path(_) => variables.get(&name_of(&inner)?)?.clone(),
            _ => return Some(inner),
        };
    }
}

/// An address with what its variables are.
fn inline(expression: &Expr, variables: &Variables) -> Expr {
    let mut expression = expression.clone();
    match &mut expression {
        Expr::Path(_) => {
            let name = name_of(&expression);
            return match name.and_then(|name| variables.get(&name)) {
                Some(value) => value.clone(),
                None => expression,
            };
        }
        Expr::Unsafe(of) => {
            if let [Stmt::Expr(inner, None)] = &of.block.stmts[..] {
                return inline(inner, variables);
            }
        }
        Expr::Paren(of) => *of.expr = inline(&of.expr, variables),
        Expr::Cast(of) => *of.expr = inline(&of.expr, variables),
        Expr::Binary(of) => {
            *of.left = inline(&of.left, variables);
            *of.right = inline(&of.right, variables);
        }
        Expr::MethodCall(of) => {
            *of.receiver = inline(&of.receiver, variables);
            for argument in &mut of.args {
                *argument = inline(argument, variables);
            }
        }
        _ => {}
    }
    expression
}

/// The name of a variable, through casts.
fn name_of(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        Expr::Paren(of) => name_of(&of.expr),
        Expr::Cast(of) => name_of(&of.expr),
        _ => None,
    }
}

fn param(signature: &Signature, number: usize) -> Option<String> {
    match signature.inputs.iter().nth(number)? {
        FnArg::Typed(param) => match &*param.pat {
            Pat::Ident(pattern) => Some(pattern.ident.to_string()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// The name of a type, and its arguments.
pub(super) fn arguments(ty: &Type) -> Option<(String, Vec<&Type>)> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some((last.ident.to_string(), types.collect()))
}
