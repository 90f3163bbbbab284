//! Whether two types are the same to `type_exists`, `type_size` and `target_type_id`:
//! `bpf_core_types_are_compat` of libbpf.

use crate::btf::Btf;
use crate::fault::Fault;
use crate::matcher::{Matcher, is_old_bitfield};
use crate::raw::Kind;
use crate::spec::skip;
use crate::type_id::TypeId;

/// Levels of pointers and arrays, and of parameters within parameters.
pub(crate) const MAX_DEPTH: u32 = 32;

/// Whether two types are the same to libbpf, each of its own BTF: the prototype that an object declares
/// for a kfunc, and the kernel's. Names do not matter, but for a struct that is only declared: it is none
/// that is defined.
///
/// # Errors
/// The types are damaged, or nest too deeply.
pub fn types_are_compat(
    (local_btf, local): (&Btf<'_>, TypeId),
    (target_btf, target): (&Btf<'_>, TypeId),
) -> Result<bool, Fault> {
    Matcher::new(local_btf, (0, target_btf)).types_are_compat(local, target)
}

impl Matcher<'_> {
    /// The caller has compared the names of the root types; below, names do not matter.
    pub(crate) fn types_are_compat(
        &mut self,
        local: TypeId,
        target: TypeId,
    ) -> Result<bool, Fault> {
        self.compat(local, target, MAX_DEPTH)
    }

    fn compat(&mut self, local: TypeId, target: TypeId, level: u32) -> Result<bool, Fault> {
        let kind_of = |btf: &Btf<'_>, id| btf.type_by_id(id).map(|ty| ty.kind());
        let local_kind = kind_of(self.local, local).ok_or(Fault::BadType(local))?;
        let target_kind = kind_of(self.target, target).ok_or(Fault::BadType(target))?;
        if !local_kind.core_compat(target_kind) {
            return Ok(false);
        }
        let (mut local, mut target) = (local, target);
        for _ in 0..MAX_DEPTH {
            self.step()?;
            self.uses(target, None);
            let (local_ty, target_ty) = (skip(self.local, local)?, skip(self.target, target)?);
            if !local_ty.kind().core_compat(target_ty.kind()) {
                return Ok(false);
            }
            if let (Some(local_array), Some(target_array)) = (local_ty.array(), target_ty.array()) {
                (local, target) = (local_array.element, target_array.element);
                continue;
            }
            match local_ty.kind() {
                Kind::Void | Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64 | Kind::Fwd => {
                    return Ok(true);
                }
                Kind::Int => return Ok(!is_old_bitfield(&local_ty) && !is_old_bitfield(&target_ty)),
                Kind::Ptr => {}
                Kind::FuncProto => {
                    let (local_params, target_params) = (local_ty.params(), target_ty.params());
                    if local_params.len() != target_params.len() {
                        return Ok(false);
                    }
                    for (local_param, target_param) in local_params.zip(target_params) {
                        let below = level.checked_sub(1).ok_or(Fault::TooDeep)?;
                        let local_id = skip(self.local, local_param.type_id)?.id();
                        let target_id = skip(self.target, target_param.type_id)?.id();
                        if !self.compat(local_id, target_id, below)? {
                            return Ok(false);
                        }
                    }
                }
                _ => return Ok(false),
            }
            // The pointee, or the return type.
            (local, target) = match (local_ty.referenced(), target_ty.referenced()) {
                (Some(local), Some(target)) => (local, target),
                _ => return Ok(false),
            };
        }
        Err(Fault::TooDeep)
    }
}
