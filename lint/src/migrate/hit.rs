//! Finds the field at a literal offset on the kernel that the user names.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use syn::spanned::Spanned as _;
use syn::{Expr, Type};

use super::adder::{Adders, After};
use super::around::Source;
use super::bound;
use super::site;
use super::sum::{self, Sum};
use super::types::{Shape, Types};
use crate::front::facts::Space;
use crate::front::rust::Crate;
use crate::front::rust::view::{Amount, Function, Value};
use crate::known::names_in;
use crate::known::{Known, Spot};

/// A kernel that literal offsets are of.
pub(super) struct Of<'k> {
    pub(super) known: &'k Known<'static>,
    /// Its number; `None` if the user names none.
    pub(super) kernel: Option<usize>,
    /// Whether the constant's name says the field, and not its number.
    pub(super) by_name: bool,
    /// The module of the declarations.
    pub(super) module: &'k str,
}

/// Where a constant is added to a pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum At {
    /// In the function: the number of the addition.
    Offset(usize),
    /// In a function that it calls: the number of the call.
    Call(usize),
}

/// A constant that is added to a pointer into a struct of the kernel.
pub(super) struct Literal<'k> {
    pub(super) at: At,
    /// The pointer.
    pub(super) base: &'k Value,
    /// The constant in words, and as a number of bytes if that is known.
    pub(super) words: String,
    pub(super) byte: Option<i64>,
    /// Where it is.
    pub(super) start: usize,
}

/// A field, and how it is read.
pub(super) struct Hit {
    pub(super) record: String,
    pub(super) spot: Spot,
    pub(super) read: Reading,
    pub(super) shape: Shape,
}

/// A read at a literal offset, in source.
pub(super) struct Reading {
    /// The call that reads.
    pub(super) call: Range<usize>,
    /// The pointer, and the text that its bytes are counted in.
    pub(super) pointer: Sum,
    pub(super) pointer_in: Range<usize>,
    /// The statement that makes the address, if a variable has it.
    pub(super) binding: Option<Range<usize>>,
    /// The type that is read.
    pub(super) wanted: String,
    pub(super) after: After,
}

/// The fields that a crate's literal offsets hit, each looked up once.
pub(super) struct Hits<'a> {
    pub(super) krate: &'a Crate,
    pub(super) types: &'a Types<'a>,
    pub(super) texts: &'a HashMap<Arc<str>, Source<'a>>,
    pub(super) of: &'a Of<'a>,
    pub(super) adders: Adders,
    /// `None` while it is looked up.
    found: RefCell<HashMap<(usize, At), Option<Found>>>,
}

type Found = Result<Rc<Hit>, String>;

impl<'a> Hits<'a> {
    pub(super) fn new(
        krate: &'a Crate,
        types: &'a Types<'a>,
        texts: &'a HashMap<Arc<str>, Source<'a>>,
        of: &'a Of<'a>,
    ) -> Self {
        Self {
            krate,
            types,
            texts,
            of,
            adders: Adders::default(),
            found: RefCell::default(),
        }
    }

    /// The literal offsets of a function.
    pub(super) fn literals(&self, function: usize) -> Vec<Literal<'a>> {
        let body = &self.krate.functions[function];
        let here = body.offsets.iter().enumerate();
        let here = here.filter(|(_, offset)| {
            self.krate.is_in_kernel_struct(function, offset)
                || offset.is_kernel && self.record(function, &offset.base).is_ok()
        });
        let here = here.map(|(number, _)| At::Offset(number));
        let calls = (0..body.calls.len()).map(At::Call);
        let all = here.chain(calls);
        all.filter_map(|at| self.literal(function, at)).collect()
    }

    fn literal(&self, function: usize, at: At) -> Option<Literal<'a>> {
        let krate = self.krate;
        let body = &krate.functions[function];
        match at {
            At::Offset(number) => {
                let offset = &body.offsets[number];
                let (words, value) = in_words(&krate.amount(function, &offset.by)?)?;
                Some(Literal {
                    at,
                    base: &offset.base,
                    byte: value.and_then(|value| value.checked_mul(offset.step.unwrap_or(1))),
                    words,
                    start: offset.span.start,
                })
            }
            At::Call(number) => {
                let passed = krate.passed_by(function, &body.calls[number]).next()?;
                let (words, byte) = in_words(passed.by)?;
                Some(Literal {
                    at,
                    base: passed.pointer,
                    words,
                    byte,
                    start: passed.span.start,
                })
            }
        }
    }

    /// The literal offset whose read an expression is.
    pub(super) fn read_at(&self, function: usize, source: &Range<usize>) -> Option<At> {
        let body = &self.krate.functions[function];
        let mut reads = body.reads.iter();
        let read = reads.find(|read| read.span == *source || read.block == *source);
        let at = match read {
            Some(read) => At::Offset(read.source.offset?),
            None => At::Call(body.calls.iter().position(|call| call.span == *source)?),
        };
        self.literal(function, at).map(|literal| literal.at)
    }

    /// The kernel that offsets are of.
    pub(super) fn kernel(&self) -> Result<usize, String> {
        let named = self.of.kernel;
        named.ok_or_else(|| {
            "name the kernel that the offset is of: `--kernel '6.1.176 amd64'`; or take the constants' names for \
             fields: `--by-name`"
                .to_owned()
        })
    }

    /// The field that a literal offset hits, or why it is not known.
    pub(super) fn hit(&self, function: usize, at: At) -> Found {
        let key = (function, at);
        if let Some(found) = self.found.borrow().get(&key) {
            let circle = || Err("its pointer comes from itself".to_owned());
            return found.clone().unwrap_or_else(circle);
        }
        self.found.borrow_mut().insert(key, None);
        let found = match self.literal(function, at) {
            Some(literal) => self.look(function, &literal).map(Rc::new),
            None => Err("it is no literal offset".to_owned()),
        };
        self.found.borrow_mut().insert(key, Some(found.clone()));
        found
    }

    fn look(&self, function: usize, literal: &Literal<'_>) -> Result<Hit, String> {
        let kernel = self.kernel()?;
        let record = self.record(function, literal.base)?;
        let body = &self.krate.functions[function];
        let source = self.texts.get(&body.path).ok_or("its source is not read")?;
        if literal.base.offset.is_some() {
            return Err("something was added to the pointer before: add it up".to_owned());
        }
        let read = match literal.at {
            At::Offset(number) => read_here(source, body, number, self.types.error)?,
            At::Call(number) => self.read_by(source, function, number)?,
        };
        let ty = syn::parse_str(&read.wanted).map_err(|error| error.to_string())?;
        let shape = self.types.shape(&ty, 0);
        let bytes = shape
            .bytes()
            .ok_or("the type that is read has no size that is known")?;
        let words = &literal.words;
        let spot = match (self.of.by_name, literal.byte) {
            (true, _) => self.spot_called(kernel, &record, bytes, words)?,
            (false, Some(byte)) => self.spot(kernel, &record, (byte, bytes), words)?,
            (false, None) => {
                return Err(format!(
                    "the value of `{words}` is not known, or depends on the features of the package: name them by \
                     `--features`"
                ));
            }
        };
        Ok(Hit {
            record,
            spot,
            read,
            shape,
        })
    }

    /// The one field of that size that is there.
    fn spot(
        &self,
        kernel: usize,
        record: &str,
        (byte, bytes): (i64, u32),
        words: &str,
    ) -> Result<Spot, String> {
        let name = &self.of.known.kernels()[kernel];
        let called = names_in(&[words]);
        let none = |also: &str| {
            format!("{name} has no field of {bytes} bytes at {byte} of `{record}`{also}")
        };
        let at = u32::try_from(byte).map_err(|_| none(""))?;
        let known = self.of.known;
        let found = known.fields_at(kernel, record, at, bytes);
        let mut found = found.map_err(|error| error.to_string())?;
        match found.len() {
            0 => {
                let meant = self.called(kernel, record, &called)?;
                Err(none(&meant.map_or(String::new(), |(field, byte)| {
                    format!(", and `{field}` is at {byte}")
                })))
            }
            1 => {
                let spot = found.remove(0);
                for (of, field) in &spot.steps {
                    if !called
                        .iter()
                        .any(|name| field.trim_start_matches('_') == name)
                        && let Some((other, byte)) = self.called(kernel, of, &called)?
                    {
                        let path = spot.path();
                        return Err(format!(
                            "{name} has `{path}` there, and `{other}` is at {byte} of `{of}`: name the kernel that \
                             the number is of"
                        ));
                    }
                }
                Ok(spot)
            }
            _ => {
                let names: Vec<String> = found
                    .iter()
                    .map(|spot| format!("`{}`", spot.path()))
                    .collect();
                Err(format!(
                    "a union has {} there: choose one",
                    names.join(" and ")
                ))
            }
        }
    }

    /// The one field of that size that a constant is called after: the end of its name is the whole name.
    fn spot_called(
        &self,
        kernel: usize,
        record: &str,
        bytes: u32,
        words: &str,
    ) -> Result<Spot, String> {
        let last = words.rsplit("::").next().unwrap_or(words).to_lowercase();
        let last = ["_offset", "_offs", "_off"]
            .iter()
            .find_map(|end| last.strip_suffix(end))
            .unwrap_or(&last);
        let none =
            || format!("no field of {bytes} bytes of `{record}` is called as `{words}` ends");
        let starts = last
            .char_indices()
            .filter(|(at, _)| *at == 0 || last[..*at].ends_with('_'));
        let names: Vec<String> = starts.map(|(at, _)| last[at..].to_owned()).collect();
        let (name, byte) = self.called(kernel, record, &names)?.ok_or_else(none)?;
        let found = self.of.known.fields_at(kernel, record, byte, bytes);
        let mut found = found.map_err(|error| error.to_string())?;
        found.retain(|spot| spot.steps.first().is_some_and(|(_, field)| *field == name));
        match found.len() {
            1 => Ok(found.remove(0)),
            _ => Err(none()),
        }
    }

    /// The field of a struct that a constant is called after, and its byte.
    fn called(
        &self,
        kernel: usize,
        record: &str,
        names: &[String],
    ) -> Result<Option<(String, u32)>, String> {
        for name in names.iter().filter(|name| *name != record) {
            for name in [name.clone(), format!("_{name}"), format!("__{name}")] {
                let field = self.of.known.field_on(kernel, record, &[&name]);
                if let Some(field) = field.map_err(|error| error.to_string())? {
                    return Ok(Some((name, field.bit_offset / 8)));
                }
            }
        }
        Ok(None)
    }
}

/// A constant in words, and its value if that is known.
fn in_words(amount: &Amount) -> Option<(String, Option<i64>)> {
    match amount {
        Amount::Number(number) => Some((number.to_string(), Some(*number))),
        Amount::Named(name, value) if !name.is_empty() => Some((name.clone(), *value)),
        _ => None,
    }
}

/// A read at an offset that is added in the function.
fn read_here(
    source: &Source<'_>,
    function: &Function,
    number: usize,
    error: &'static str,
) -> Result<Reading, String> {
    let mut reads = function.reads.iter();
    let read = reads.find(|read| read.source.offset == Some(number));
    let read = read.ok_or("it is read without a helper, or not here")?;
    if read.fills {
        return Err(site::INTO_BUFFER.to_owned());
    }
    if read.space == Space::User {
        return Err(site::AS_USER.to_owned());
    }
    let (call, offset) = (&read.span, &function.offsets[number]);
    let text = source.text.get(call.clone()).unwrap_or_default();
    let parsed = syn::parse_str::<Expr>(text);
    let Ok(Expr::Call(parsed)) = parsed else {
        return Err("the call around it is not understood".to_owned());
    };
    let name = match &offset.by {
        Amount::Named(name, _) => name.rsplit("::").next().unwrap_or_default(),
        _ => "",
    };
    let is_constant = |operand: &Expr| is_constant(operand, name);
    let address = parsed.args.first().ok_or("it reads no address")?;
    let written = |types: &[&Type]| {
        let mut types = types.iter();
        let ty = types.find(|ty| !matches!(ty, Type::Infer(_)))?;
        Some(text.get(ty.span().byte_range())?.to_owned())
    };
    let of_call = written(site::turbofish(&parsed.func).as_slice());
    let (pointer, pointer_in, wanted, binding) = match sum::sum(address, &is_constant) {
        Some(sum) => {
            let wanted = written(&sum.pointees.iter().collect::<Vec<_>>());
            (sum, call.clone(), wanted, None)
        }
        None => {
            let sum = (address, offset.span.start);
            let bound = bound::bound(source, sum, call, &is_constant)?;
            let statement = bound.statement;
            (bound.sum, statement.clone(), bound.wanted, Some(statement))
        }
    };
    let wanted = wanted.or(of_call);
    Ok(Reading {
        call: call.clone(),
        pointer,
        pointer_in,
        binding,
        wanted: wanted.ok_or("the type is not written where it is read: write `.cast::<u32>()`")?,
        after: After::Error(error),
    })
}

/// Whether an operand is a number, or the constant of that name.
fn is_constant(operand: &Expr, name: &str) -> bool {
    match operand {
        Expr::Lit(_) => true,
        Expr::Paren(inner) => is_constant(&inner.expr, name),
        Expr::Cast(cast) => is_constant(&cast.expr, name),
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == name),
        _ => false,
    }
}
