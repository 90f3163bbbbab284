//! The front end for eBPF objects: follows pointers through the bytecode, and makes a view of
//! facts.
//!
//! - `types.rs`: what the object's types and CO-RE records say.
//! - `state.rs`, `step.rs`, `flow.rs`: pointers from where the kernel hands them out to where the
//!   program uses them.
//! - `lines.rs`: back to the source.
//! - `view.rs`, `on_kernels.rs`, `fields.rs`: what rules and reports see.

mod fields;
mod flow;
mod lines;
mod on_kernels;
mod state;
mod step;
mod types;
mod view;

use std::path::Path;

use anyhow::Result;
use bpf_core_btf::object;

pub use fields::FieldName;
pub use on_kernels::{Difference, Language, Matrix, OnKernels};
pub use view::{Address, Constant, Function, IgnoredRead, Object, Use};

use self::lines::Lines;
use self::types::Types;
use super::{Reading, Settings, View, contents};
use crate::input::Owner;
use crate::known::{Choice, Supported};

/// No loader takes an object of this size.
const LARGEST: u64 = 64 << 20;

/// Reads an object.
pub(super) fn read(path: &Path, owner: &Owner, settings: &Settings) -> Reading {
    let mut reading = Reading {
        compiled: true,
        ..Reading::default()
    };
    let bytes = match contents::read(path, LARGEST) {
        Ok(bytes) => bytes,
        Err(why) => {
            reading.unreadable(path, why);
            return reading;
        }
    };
    let object = object::Object::parse(&bytes);
    let viewed = object
        .map_err(anyhow::Error::from)
        .and_then(|object| view(path, &object, (owner, settings), &mut reading));
    if let Err(why) = viewed {
        reading.unreadable(path, format!("{why:#}"));
    }
    reading
}

fn view(
    path: &Path,
    object: &object::Object<'_>,
    (owner, settings): (&Owner, &Settings),
    reading: &mut Reading,
) -> Result<()> {
    let ext = object.btf_ext()?;
    let types = Types::new(object.btf(), ext.as_ref());
    let found = match flow::run(object, &types) {
        Ok(found) => found,
        Err(flow::TooLong) => {
            reading.unreadable(path, "following its pointers takes too long");
            return Ok(());
        }
    };
    let mut lines = Lines::new(path, object, ext.as_ref());
    let mut view = view::of(path, object, &types, ext.as_ref(), &found, &mut lines);
    if let Some(known) = &settings.known {
        let supported = Supported::new(known, &settings.asked, owner)?;
        on_kernels::answer(&mut view, &supported)?;
    }
    reading.views.push(View::Object(view));
    if let Some(known) = &settings.known {
        let choice = Choice::new(known, &settings.asked, owner)?;
        let judged = on_kernels::judge((object, ext.as_ref()), known, &choice, &mut lines)?;
        reading.views.push(View::OnKernels(judged));
    }
    lines.sources.tell(reading);
    Ok(())
}
