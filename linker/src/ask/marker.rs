//! Finds the marker calls of a module, and reads their descriptors.

use std::rc::Rc;

use bpf_core::contract::{CAPACITY, FIELD_PREFIX, FIELD_PTR, INFO, MARKER_PREFIX};
use inkwell::module::Module;

use crate::ask::descriptor;
use crate::ask::prototype::is_kfunc;
use crate::ask::request::{FieldAsk, Request};
use crate::error::{Error, Result};
use crate::ir::{self, Value, source};

/// The call of a marker.
pub(crate) struct Marker<'m> {
    /// The call.
    pub(crate) call: Value<'m>,
    /// Its descriptor.
    pub(crate) descriptor: Rc<Descriptor>,
    /// Whether it asks for a field's address, and not for a number.
    is_address: bool,
    /// Whether the function around it is one of bpf-core that holds only this call.
    pub(crate) wrapped: bool,
}

impl<'m> Marker<'m> {
    /// The address of the record, for a request of a field's address. It may be the call of another marker, which
    /// is then another value once that one is replaced.
    pub(crate) fn base(&self) -> Option<Value<'m>> {
        self.is_address
            .then(|| self.call.arguments().last().copied())
            .flatten()
    }
}

/// A descriptor.
pub(crate) struct Descriptor {
    /// As text.
    pub(crate) text: String,
    /// As it is read.
    pub(crate) request: Request,
}

/// Whether the module has a marker, or a function of the kernel.
pub(crate) fn present(module: &Module<'_>) -> bool {
    ir::functions(module)
        .any(|function| function.name().starts_with(MARKER_PREFIX.as_bytes()) && function.is_used())
}

/// All calls of markers in a module.
///
/// # Errors
/// When a marker has an unknown version, is used as a value, or is called with arguments that are no
/// descriptor.
pub(crate) fn find<'m>(module: &'m Module<'_>) -> Result<Vec<Marker<'m>>> {
    let mut markers = Vec::new();
    for function in ir::functions(module) {
        let name = function.name();
        if !name.starts_with(MARKER_PREFIX.as_bytes()) || is_kfunc(name) {
            continue;
        }
        let of_field = name.strip_prefix(FIELD_PREFIX.as_bytes());
        let wants_base = name == FIELD_PTR.as_bytes();
        if of_field.is_none() && !wants_base && name != INFO.as_bytes() {
            return Err(unknown_version(function));
        }
        if !function.is_declaration() {
            return Err(Error::new(format!(
                "`{}` is defined, but its name is reserved",
                lossy(name)
            ))
            .at(source::line_of_function(function)));
        }
        let users = function.users();
        let passed_on = |user: &&Value<'m>| {
            user.callee() != Some(function) || user.arguments().contains(&function)
        };
        if let Some(user) = users.iter().find(passed_on) {
            return Err(not_lowered(
                *user,
                "the marker is used as a value, and can only be called",
            ));
        }
        match of_field {
            Some(text) => markers.extend(of_named(text, users)?),
            None => {
                for call in users {
                    fold_arguments(call);
                    markers.push(of_arguments(call, wants_base)?);
                }
            }
        }
    }
    Ok(markers)
}

/// The calls of a marker whose symbol has the descriptor `text`.
fn of_named<'m>(text: &[u8], calls: Vec<Value<'m>>) -> Result<Vec<Marker<'m>>> {
    let Some(&first) = calls.first() else {
        return Ok(Vec::new());
    };
    let text =
        std::str::from_utf8(text).map_err(|_| malformed(first, "its bytes are not a text"))?;
    let descriptor = Rc::new(described(first, text)?);
    let is_address = asks_for_offset(&descriptor.request);
    let marker = |call: Value<'m>| {
        match (is_address, &call.arguments()[..]) {
            (true, [base]) if base.is_pointer() && call.is_pointer() => {}
            (false, []) if call.is_i64() => {}
            _ => return Err(of_other_types(call)),
        }
        Ok(Marker {
            call,
            descriptor: Rc::clone(&descriptor),
            is_address,
            wrapped: false,
        })
    };
    calls.into_iter().map(marker).collect()
}

/// A call whose arguments have the descriptor.
fn of_arguments(call: Value<'_>, wants_base: bool) -> Result<Marker<'_>> {
    let arguments = call.arguments();
    let (text, len) = match (wants_base, &arguments[..]) {
        (true, [text, len, base]) if base.is_pointer() && call.is_pointer() => (*text, *len),
        (false, [text, len]) if call.is_i64() => (*text, *len),
        _ => return Err(of_other_types(call)),
    };
    let Some((global, start)) = text.global_and_offset() else {
        return Err(not_lowered(
            call,
            "the address of its descriptor is not a constant",
        ));
    };
    let Some(len) = len.integer() else {
        return Err(not_lowered(
            call,
            "the length of its descriptor is not a constant",
        ));
    };
    let Some(bytes) = global.constant_initializer().and_then(Value::bytes) else {
        return Err(not_lowered(call, "its descriptor is not a constant string"));
    };
    let text = usize::try_from(start)
        .ok()
        .zip(usize::try_from(len).ok())
        .filter(|(_, len)| *len <= CAPACITY)
        .and_then(|(start, len)| bytes.get(start..start.checked_add(len)?))
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    let Some(text) = text else {
        return Err(malformed(call, "its bytes are not a text of that length"));
    };
    let descriptor = described(call, text)?;
    if wants_base && !asks_for_offset(&descriptor.request) {
        return Err(malformed(call, &format!("`{text}` asks for no address")));
    }
    Ok(Marker {
        call,
        descriptor: Rc::new(descriptor),
        is_address: wants_base,
        wrapped: true,
    })
}

fn described(call: Value<'_>, text: &str) -> Result<Descriptor> {
    let request =
        descriptor::parse(text).map_err(|why| malformed(call, &format!("{why} of `{text}`")))?;
    Ok(Descriptor {
        text: text.to_owned(),
        request,
    })
}

fn asks_for_offset(request: &Request) -> bool {
    let ask = FieldAsk::ByteOffset;
    matches!(request, Request::Field { ask: of, .. } if *of == ask)
}

/// Makes the arguments constants: code without optimisation passes them through a stack slot.
fn fold_arguments(call: Value<'_>) {
    let constant = call
        .arguments()
        .iter()
        .take(2)
        .all(|argument| argument.integer().is_some() || argument.global_and_offset().is_some());
    // Neither pass removes a call that may have effects, such as this one.
    if let Some(function) = call.parent_function().filter(|_| !constant) {
        ir::run_passes(function, c"sroa,early-cse");
    }
}

fn of_other_types(call: Value<'_>) -> Error {
    not_lowered(call, "the marker is called with other types than declared")
}

fn unknown_version(marker: Value<'_>) -> Error {
    let call = marker
        .users()
        .into_iter()
        .find(|user| user.is_instruction());
    Error::new(format!(
        "unknown relocation marker `{}`",
        lossy(marker.name())
    ))
    .at(call.and_then(source::line_of))
    .note(format!(
        "this is bpf-core-linker {}",
        env!("CARGO_PKG_VERSION")
    ))
    .help("a newer bpf-core made it: install bpf-core-linker of the same version")
}

fn not_lowered(user: Value<'_>, why: &str) -> Error {
    let error = Error::new(format!("relocation cannot be lowered: {why}")).at(user
        .is_instruction()
        .then(|| source::line_of(user))
        .flatten());
    let error = match user.parent_function() {
        Some(function) => error.note(format!("in function `{}`", function.readable_name())),
        None => error,
    };
    error.help("read kernel fields through the macros of bpf-core, whose descriptors are constants")
}

fn malformed(call: Value<'_>, why: &str) -> Error {
    let error =
        Error::new(format!("malformed relocation descriptor: {why}")).at(source::line_of(call));
    match call.parent_function() {
        Some(function) => error.note(format!("in function `{}`", function.readable_name())),
        None => error,
    }
    .help("bpf-core and bpf-core-linker must be of one version")
}

fn lossy(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}
