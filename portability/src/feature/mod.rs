//! What a program uses of the kernel's eBPF itself: instructions, helpers, kfuncs, types of maps, programs and
//! attachments. A kernel's own enums and functions tell what it has, so that backports count.

mod helper;
mod instruction;
mod ksym;
mod map;
mod program_type;

use crate::finding::Finding;
use crate::{CheckError, Scene};

/// Judges all programs of an object.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    helper::check(scene, findings)?;
    instruction::check(scene, findings)?;
    ksym::check(scene, findings)?;
    map::check(scene, findings)?;
    program_type::check(scene, findings)
}
