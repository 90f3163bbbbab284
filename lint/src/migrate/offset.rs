//! Literal offsets: the field that a constant hits on the kernel that the user names takes its place.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use syn::spanned::Spanned as _;
use syn::{Expr, Type};

use super::around::Source;
use super::declare::Declarations;
use super::site::{self, Field, Left, Seeker, Site, Sites};
use super::sum::{self, Sum};
use super::types::{Shape, Types};
use crate::front::Space;
use crate::front::rust::Crate;
use crate::front::rust::view::{Amount, Offset};
use crate::known::{Known, Spot};

/// A kernel that literal offsets are of.
pub(super) struct Of<'k> {
    pub(super) known: &'k Known<'static>,
    /// Its number; `None` if the user names none.
    pub(super) kernel: Option<usize>,
    /// The module of the declarations.
    pub(super) module: &'k str,
}

/// Finds the places that read by a literal offset, and the field of each.
pub(super) fn find(
    krate: &Crate,
    (types, texts): (&Types<'_>, &HashMap<Arc<str>, Source<'_>>),
    of: &Of<'_>,
    declarations: &mut Declarations<'_, '_>,
) -> Sites {
    let mut found = Sites::default();
    for (index, function) in krate.functions.iter().enumerate() {
        let Some(source) = texts.get(&function.path) else {
            continue;
        };
        found.left.extend(passed(krate, index));
        let mut finder = Finder {
            seeker: Seeker {
                krate,
                types,
                source,
                function,
            },
            of,
            declarations: &mut *declarations,
            leads: Vec::new(),
        };
        for (number, offset) in function.offsets.iter().enumerate() {
            let Some((words, byte)) = literal(krate, index, offset) else {
                continue;
            };
            let record = finder.record(index, offset);
            let site = finder.site(record.as_deref(), (number, byte), offset);
            match site {
                Ok(site) => found.sites.push(site),
                Err(why) => found.left.push(Left {
                    path: Arc::clone(&function.path),
                    at: offset.span.start,
                    owner: format!("{} + {words}", record.as_deref().unwrap_or("pointer")),
                    fields: String::new(),
                    why,
                    value: None,
                }),
            }
        }
    }
    found
}

/// Constants that another function adds to a pointer.
fn passed(krate: &Crate, function: usize) -> impl Iterator<Item = Left> {
    let all = krate.passed_offsets(function).into_iter();
    all.filter_map(move |passed| {
        let (words, _) = number(passed.by)?;
        let callee = &passed.call.callee;
        Some(Left {
            path: Arc::clone(&krate.functions[function].path),
            at: passed.span.start,
            owner: format!("pointer + {words}"),
            fields: String::new(),
            why: format!("`{callee}` adds it to the pointer: read the field by `core_read!` here"),
            value: None,
        })
    })
}

/// A constant in words, and its value if that is known.
fn number(amount: &Amount) -> Option<(String, Option<i64>)> {
    match amount {
        Amount::Number(number) => Some((number.to_string(), Some(*number))),
        Amount::Named(name, value) if !name.is_empty() => Some((name.clone(), *value)),
        _ => None,
    }
}

/// The constant that is added to a pointer into a struct of the kernel: in words, and in bytes.
fn literal(krate: &Crate, function: usize, offset: &Offset) -> Option<(String, i64)> {
    if !krate.is_in_kernel_struct(function, offset) {
        return None;
    }
    let (words, number) = number(&krate.amount(function, &offset.by)?)?;
    let byte = number?.checked_mul(offset.step.unwrap_or(1))?;
    Some((words, byte))
}

struct Finder<'a, 'k, 't> {
    seeker: Seeker<'a>,
    of: &'a Of<'a>,
    declarations: &'a mut Declarations<'k, 't>,
    /// The structs that pointers lead to which were read by literal offsets, with the reads.
    leads: Vec<(Range<usize>, String)>,
}

impl Finder<'_, '_, '_> {
    /// The struct that a constant is added to a pointer to.
    fn record(&self, function: usize, offset: &Offset) -> Option<String> {
        let named = self.seeker.krate.record_of(function, offset);
        named.map(str::to_owned).or_else(|| {
            let source = offset.base.source.as_ref()?;
            let is_from =
                |read: &Range<usize>| read.start <= source.start && source.end <= read.end;
            let lead = self.leads.iter().find(|(read, _)| is_from(read));
            lead.map(|(_, record)| record.clone())
        })
    }

    fn site(
        &mut self,
        record: Option<&str>,
        (number, byte): (usize, i64),
        offset: &Offset,
    ) -> Result<Site, String> {
        let function = self.seeker.function;
        let kernel = self
            .of
            .kernel
            .ok_or("name the kernel that the offset is of: `--kernel '6.1.176 amd64'`")?;
        let record = record.ok_or("the struct that the pointer leads to is not known")?;
        if offset.base.offset.is_some() {
            return Err("something was added to the pointer before: add it up".to_owned());
        }
        let mut reads = function.reads.iter();
        let read = reads.find(|read| read.source.offset == Some(number));
        let read = read.ok_or("it is read without a helper, or not here")?;
        if read.fills {
            return Err(site::INTO_BUFFER.to_owned());
        }
        if read.space == Space::User {
            return Err(site::AS_USER.to_owned());
        }
        let text = self.seeker.text(&read.span)?;
        let (sum, wanted) = address(text, offset)?;
        let wanted_text = text.get(wanted.span().byte_range()).unwrap_or_default();
        let shape = self.seeker.types.shape(&wanted, 0);
        let bytes = shape
            .bytes()
            .ok_or("the type that is read has no size that is known")?;
        let spot = self.spot(kernel, record, byte, bytes)?;
        let fields: Vec<Field> = spot
            .steps
            .iter()
            .map(|(of, name)| Field::of_kernel(of, name))
            .collect();
        let mut declared = Shape::Other;
        for field in &fields {
            declared = self.declarations.declared(field)?;
        }
        let cast = cast(&declared, (&shape, wanted_text)).ok_or_else(|| {
            let field = format!("{}.{}", record, spot.path());
            format!(
                "`{field}` is a `{}`, and it is read as `{wanted_text}`",
                spot.field.type_text
            )
        })?;
        let target = format!("crate::{}::{record}", self.of.module);
        let base = sum
            .pointer(text, &target)
            .ok_or("its pointer is not found")?;
        let (range, error) = self.seeker.ending(read, sum.may_be_unsafe);
        let path = spot.steps.iter().map(|(_, name)| site::rust_name(name));
        let path = path.collect::<Vec<_>>().join(".");
        if let Some(to) = pointee(&spot.field.type_text) {
            self.leads.push((read.block.clone(), to.to_owned()));
        }
        Ok(Site {
            path: Arc::clone(&function.path),
            range,
            text: format!("bpf_core::core_read!({base}, {path}){cast}{error}"),
            fields,
            value: shape,
        })
    }

    /// The one field of that size that is there.
    fn spot(&self, kernel: usize, record: &str, byte: i64, bytes: u32) -> Result<Spot, String> {
        let name = &self.of.known.kernels()[kernel];
        let none = || format!("{name} has no field of {bytes} bytes at {byte} of `{record}`");
        let at = u32::try_from(byte).map_err(|_| none())?;
        let found = self.of.known.fields_at(kernel, record, at, bytes);
        let mut found = found.map_err(|error| error.to_string())?;
        match found.len() {
            0 => Err(none()),
            1 => Ok(found.remove(0)),
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
}

/// The pointer and the type of a read.
fn address(text: &str, offset: &Offset) -> Result<(Sum, Type), String> {
    let Ok(Expr::Call(call)) = syn::parse_str::<Expr>(text) else {
        return Err("the call around it is not understood".to_owned());
    };
    let name = match &offset.by {
        Amount::Named(name, _) => name.rsplit("::").next().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    let is_constant = |operand: &Expr| is_constant(operand, &name);
    let address = call.args.first().ok_or("it reads no address")?;
    let sum = sum::sum(address, &is_constant)
        .ok_or("the constant is not added where the address is read")?;
    let mut written = sum.pointees.iter().chain(site::turbofish(&call.func));
    let wanted = written.find(|ty| !matches!(ty, Type::Infer(_)));
    let wanted = wanted.cloned();
    let wanted =
        wanted.ok_or("the type is not written where it is read: write `.cast::<u32>()`")?;
    Ok((sum, wanted))
}

/// What makes the type that is wanted of the type that is declared. `None` if nothing does.
fn cast(declared: &Shape, (wanted, text): (&Shape, &str)) -> Option<String> {
    if declared.text().is_some_and(|declared| declared == text) {
        return Some(String::new());
    }
    match (declared, wanted) {
        (Shape::Int(_), Shape::Int("bool")) => None,
        (Shape::Int(_) | Shape::Pointer(..), Shape::Int(_) | Shape::Pointer(..)) => {
            Some(format!(".map(|value| value as {text})"))
        }
        _ => None,
    }
}

/// The struct that a pointer of C leads to.
fn pointee(type_text: &str) -> Option<&str> {
    let to = type_text.strip_suffix('*')?.trim_end();
    let to = to.strip_prefix("const ").unwrap_or(to);
    to.strip_prefix("struct ").or(to.strip_prefix("union "))
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
