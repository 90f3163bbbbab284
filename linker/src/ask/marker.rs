//! Finds the calls of the markers in a module, and reads what they ask for.

use bpf_core::descriptor::{CAPACITY, FIELD_PTR, INFO, MARKER_PREFIX};
use inkwell::module::Module;

use crate::ask::descriptor::{self, FieldAsk, Request};
use crate::ask::prototype::is_kfunc;
use crate::error::{Error, Result};
use crate::ir::{self, Value, source};

/// The call of a marker.
pub(crate) struct Marker<'m> {
    /// The call.
    pub(crate) call: Value<'m>,
    /// What it asks for, as text.
    pub(crate) text: String,
    /// What it asks for.
    pub(crate) request: Request,
    /// The address that is to become that of a field, unless a number is asked for.
    pub(crate) base: Option<Value<'m>>,
}

/// Whether the module has a marker, or a function of the kernel.
pub(crate) fn present(module: &Module<'_>) -> bool {
    ir::functions(module)
        .any(|function| function.name().starts_with(MARKER_PREFIX.as_bytes()) && function.is_used())
}

/// All calls of markers in a module.
///
/// # Errors
/// When one of them is of an unknown version, is not called but passed on, or has
/// arguments that are not a descriptor.
pub(crate) fn find<'m>(module: &'m Module<'_>) -> Result<Vec<Marker<'m>>> {
    let mut markers = Vec::new();
    for function in ir::functions(module) {
        let name = function.name();
        if !name.starts_with(MARKER_PREFIX.as_bytes()) || is_kfunc(name) {
            continue;
        }
        let wants_base = name == FIELD_PTR.as_bytes();
        if !wants_base && name != INFO.as_bytes() {
            return Err(unknown_version(function));
        }
        if !function.is_declaration() {
            return Err(Error::new(format!(
                "`{}` is defined, but its name is reserved",
                lossy(name)
            ))
            .at(source::line_of_function(function)));
        }
        for user in function.users() {
            if user.callee() != Some(function) || user.arguments().contains(&function) {
                return Err(not_lowered(
                    user,
                    "the marker is not called but used as a value",
                ));
            }
            fold_arguments(user);
            markers.push(read(user, wants_base)?);
        }
    }
    Ok(markers)
}

fn read(call: Value<'_>, wants_base: bool) -> Result<Marker<'_>> {
    let arguments = call.arguments();
    let (text, len, base) = match (wants_base, &arguments[..]) {
        (true, [text, len, base]) if base.is_pointer() && call.is_pointer() => {
            (*text, *len, Some(*base))
        }
        (false, [text, len]) if call.is_i64() => (*text, *len, None),
        _ => {
            return Err(not_lowered(
                call,
                "the marker is called with other types than declared",
            ));
        }
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
    let descriptor = usize::try_from(start)
        .ok()
        .zip(usize::try_from(len).ok())
        .filter(|(_, len)| *len <= CAPACITY)
        .and_then(|(start, len)| bytes.get(start..start.checked_add(len)?))
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    let Some(descriptor) = descriptor else {
        return Err(malformed(call, "its bytes are not a text of that length"));
    };
    let request = descriptor::parse(descriptor)
        .map_err(|why| malformed(call, &format!("{why} of `{descriptor}`")))?;
    if wants_base
        && !matches!(
            request,
            Request::Field {
                ask: FieldAsk::ByteOffset,
                ..
            }
        )
    {
        return Err(malformed(
            call,
            &format!("`{descriptor}` asks for no address"),
        ));
    }
    Ok(Marker {
        call,
        text: descriptor.to_owned(),
        request,
        base,
    })
}

/// Without optimisation, constants come by way of a stack slot.
fn fold_arguments(call: Value<'_>) {
    let constant = call
        .arguments()
        .iter()
        .take(2)
        .all(|argument| argument.integer().is_some() || argument.global_and_offset().is_some());
    // Neither removes a call that may have effects, such as this one.
    if let Some(function) = call.parent_function().filter(|_| !constant) {
        ir::run_passes(function, c"sroa,early-cse");
    }
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
    .help("a newer bpf-core made it: update the linker to the same version")
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
