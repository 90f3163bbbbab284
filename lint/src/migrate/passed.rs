//! A function that adds a number to a pointer and reads there: what a call of it reads, in source.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::{
    Block, Expr, ExprCall, FnArg, GenericArgument, Item, Local, Pat, PathArguments, ReturnType,
    Signature, Stmt, Type,
};

use super::around::Source;
use super::hit::{After, Hits, Reading};
use super::types::Shape;
use super::{site, sum};
use crate::front::lex::Kind;
use crate::front::rust::view::{Amount, Origin};

/// What such a function gives.
#[derive(Clone, Debug)]
pub(super) struct Adder {
    /// The number of the parameter that is the pointer.
    pointer: usize,
    /// The type that it reads, in source. `None`: its caller says.
    wanted: Option<String>,
    after: After,
}

/// The functions that were looked at, by their number.
pub(super) type Adders = RefCell<HashMap<usize, Result<Adder, String>>>;

/// Variables of a body, with what they are.
type Variables = HashMap<String, Expr>;

impl Hits<'_> {
    /// What a call reads.
    pub(super) fn read_by(
        &self,
        source: &Source<'_>,
        function: usize,
        number: usize,
    ) -> Result<Reading, String> {
        let call = &self.krate.functions[function].calls[number];
        let callee = self.krate.callee(function, &call.callee);
        let callee = callee.ok_or_else(|| more(&call.callee))?;
        let known = self.adders.borrow().get(&callee).cloned();
        let adder = known.unwrap_or_else(|| {
            let adder = self.adder(callee);
            self.adders.borrow_mut().insert(callee, adder.clone());
            adder
        })?;
        let span = call.spans.get(adder.pointer);
        let pointer_in = span.cloned().ok_or("its pointer is not found")?;
        let text = |range: &Range<usize>| source.text.get(range.clone()).unwrap_or_default();
        let pointer = syn::parse_str::<Expr>(text(&pointer_in));
        let pointer = pointer.map_err(|_| "its pointer is not understood")?;
        let written = || match syn::parse_str::<Expr>(text(&call.span)) {
            Ok(Expr::Call(made)) => {
                let ty = site::turbofish(&made.func).filter(|ty| !matches!(ty, Type::Infer(_)));
                let range = ty?.span().byte_range();
                text(&call.span).get(range).map(str::to_owned)
            }
            _ => None,
        };
        let wanted = adder.wanted.or_else(written);
        let wanted = wanted.or_else(|| of_variable(source, &call.span));
        let wanted = wanted.ok_or_else(|| {
            let name = &call.callee;
            format!("the type is not written where it is read: write `{name}::<u32>(..)`")
        })?;
        Ok(Reading {
            call: call.span.clone(),
            pointer: sum::passed(&pointer),
            pointer_in,
            binding: None,
            wanted,
            after: adder.after,
        })
    }

    fn adder(&self, callee: usize) -> Result<Adder, String> {
        let function = &self.krate.functions[callee];
        let why = || more(&function.name);
        let source = self.texts.get(&function.path).ok_or_else(why)?;
        let file = syn::parse_file(source.text).map_err(|error| error.to_string())?;
        let (signature, body) = find(&file.items, &function.name).ok_or_else(why)?;
        let [offset] = &function.offsets[..] else {
            return Err(why());
        };
        let (&Amount::Param(by), &Origin::Param(pointer)) = (&offset.by, &offset.base.origin)
        else {
            return Err(why());
        };
        let error = |ty: &Type| match self.types.shape(ty, 0) {
            Shape::Int(error) if self.types.is_errno(ty) => Some(error),
            _ => None,
        };
        let of = (source.text, signature, pointer, by);
        let (given, after) = read_of(body, of, &error).ok_or_else(why)?;
        let text = source.text.get(given.span().byte_range());
        let is_generic = signature.generics.type_params().any(|param| {
            let name = param.ident.to_string();
            text == Some(&name)
        });
        Ok(Adder {
            pointer,
            wanted: text.filter(|_| !is_generic).map(str::to_owned),
            after,
        })
    }
}

fn more(function: &str) -> String {
    format!(
        "`{function}` adds it to the pointer, and does more than to read there: read the field by `core_read!` here"
    )
}

/// The function of that name.
fn find<'f>(items: &'f [Item], name: &str) -> Option<(&'f Signature, &'f Block)> {
    items.iter().find_map(|item| match item {
        Item::Fn(item) if item.sig.ident == name => Some((&item.sig, &*item.block)),
        Item::Mod(item) => find(&item.content.as_ref()?.1, name),
        _ => None,
    })
}

/// The type that a function gives of what it reads at its pointer and its number, and what it makes of the
/// result. `None` if it does anything else.
fn read_of<'f>(
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
fn arguments(ty: &Type) -> Option<(String, Vec<&Type>)> {
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

/// The type of the variable that takes what a call gives: `let tgid: i32 = read(task, TGID)?;`
fn of_variable(source: &Source<'_>, call: &Range<usize>) -> Option<String> {
    let tokens = &source.tokens;
    let first = tokens.partition_point(|token| token.range.start < call.start);
    let mut depth = 0_usize;
    let start = (0..first).rev().find(|at| match tokens[*at].kind {
        Kind::Close => {
            depth += 1;
            false
        }
        Kind::Open => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0 && matches!(source.word(*at), ";" | "let"),
    })?;
    if source.word(start) != "let" {
        return None;
    }
    let start = tokens[start].range.start;
    // The statement ends at the first `;` with which it can be parsed.
    let ends = tokens.iter().filter(|token| {
        token.range.start >= call.end && source.text.get(token.range.clone()) == Some(";")
    });
    let mut statements = ends.take(MAX_STATEMENTS).filter_map(|end| {
        let text = source.text.get(start..end.range.end)?;
        Some((syn::parse_str::<Stmt>(text).ok()?, text))
    });
    let (Stmt::Local(local), text) = statements.next()? else {
        return None;
    };
    let Pat::Type(typed) = &local.pat else {
        return None;
    };
    let is_taken = is_taken(&local.init?.expr, &(call.start - start..call.end - start))?;
    let ty = match is_taken {
        true => &*typed.ty,
        false => arguments(&typed.ty)?.1.first().copied()?,
    };
    let text = text.get(ty.span().byte_range())?;
    (!matches!(ty, Type::Infer(_))).then(|| text.to_owned())
}

/// `;` in the blocks of a statement that are passed over.
const MAX_STATEMENTS: usize = 16;

/// Whether an expression is the value in the result of a call, or the result itself. `None` if it is neither.
fn is_taken(expression: &Expr, call: &Range<usize>) -> Option<bool> {
    if expression.span().byte_range() == *call {
        return Some(false);
    }
    let taken = |inner: &Expr| (!is_taken(inner, call)?).then_some(true);
    match expression {
        Expr::Paren(of) => is_taken(&of.expr, call),
        Expr::Unsafe(of) => match &of.block.stmts[..] {
            [Stmt::Expr(inner, None)] => is_taken(inner, call),
            _ => None,
        },
        Expr::Try(of) => taken(&of.expr),
        Expr::MethodCall(of) => match of.method.to_string().as_str() {
            "unwrap_or" | "unwrap_or_default" | "unwrap_or_else" | "unwrap" | "expect" => {
                taken(&of.receiver)
            }
            "map_err" | "ok" | "ok_or" => is_taken(&of.receiver, call),
            _ => None,
        },
        Expr::Match(of) => {
            let gives = of.arms.iter().any(|arm| match (&arm.pat, &*arm.body) {
                (Pat::TupleStruct(pattern), Expr::Path(body)) => {
                    let inner = match pattern.elems.first() {
                        Some(Pat::Ident(inner)) => body.path.is_ident(&inner.ident),
                        _ => false,
                    };
                    inner && (pattern.path.is_ident("Ok") || pattern.path.is_ident("Some"))
                }
                _ => false,
            });
            gives.then(|| taken(&of.expr)).flatten()
        }
        _ => None,
    }
}
