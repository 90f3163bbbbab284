//! Whether a target type has the shape of the local one: `bpf_core_types_match` of libbpf, the
//! question of `type_matches`.

use crate::compat::MAX_DEPTH;
use crate::fault::Fault;
use crate::matcher::Matcher;
use crate::raw::Kind;
use crate::spec::skip;
use crate::type_id::TypeId;
use crate::types::Type;
use bpf_core_kernel_facts::flavour::essential_name;

impl<'b> Matcher<'b> {
    /// Stricter than [`Matcher::types_are_compat`]: names count at every level, ints must agree
    /// in size and sign, arrays in length, and local members must all exist.
    pub(crate) fn types_match(&mut self, local: TypeId, target: TypeId) -> Result<bool, Fault> {
        self.matches(local, target, false, MAX_DEPTH)
    }

    fn matches(
        &mut self,
        local: TypeId,
        target: TypeId,
        behind_ptr: bool,
        level: u32,
    ) -> Result<bool, Fault> {
        let below = level.checked_sub(1).ok_or(Fault::TooDeep)?;
        let (mut local, mut target, mut behind_ptr) = (local, target, behind_ptr);
        for _ in 0..MAX_DEPTH {
            self.step()?;
            self.uses(target, None);
            let (local_ty, target_ty) = (skip(self.local, local)?, skip(self.target, target)?);
            if essential_name(local_ty.name()) != essential_name(target_ty.name()) {
                return Ok(false);
            }
            let (local_kind, target_kind) = (local_ty.kind(), target_ty.kind());
            match local_kind {
                Kind::Fwd => return Ok(fwd_matches(&local_ty, &target_ty, behind_ptr)),
                Kind::Enum | Kind::Enum64 if target_kind.is_any_enum() => {
                    return self.enums_match(&local_ty, &target_ty);
                }
                Kind::Struct | Kind::Union if behind_ptr => {
                    let declared = target_kind == Kind::Fwd
                        && target_ty.kind_flag() == (local_kind == Kind::Union);
                    return Ok(local_kind == target_kind || declared);
                }
                _ if local_kind != target_kind => return Ok(false),
                Kind::Void => return Ok(true),
                Kind::Struct | Kind::Union => {
                    return self.composites_match(&local_ty, &target_ty, behind_ptr, below);
                }
                Kind::Int => {
                    let signed = |ty: &Type<'_>| ty.int().is_some_and(|int| int.is_signed());
                    return Ok(local_ty.size() == target_ty.size()
                        && signed(&local_ty) == signed(&target_ty));
                }
                Kind::Array => {
                    let (Some(local_array), Some(target_array)) =
                        (local_ty.array(), target_ty.array())
                    else {
                        return Ok(false);
                    };
                    if local_array.nelems != target_array.nelems {
                        return Ok(false);
                    }
                    (local, target) = (local_array.element, target_array.element);
                    continue;
                }
                Kind::Ptr => behind_ptr = true,
                Kind::FuncProto => {
                    let (local_params, target_params) = (local_ty.params(), target_ty.params());
                    if local_params.len() != target_params.len() {
                        return Ok(false);
                    }
                    for (local_param, target_param) in local_params.zip(target_params) {
                        let (local_id, target_id) = (local_param.type_id, target_param.type_id);
                        if !self.matches(local_id, target_id, behind_ptr, below)? {
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

    /// Every local enumerator exists in the target, whatever its value (`bpf_core_enums_match`).
    fn enums_match(&mut self, local: &Type<'b>, target: &Type<'b>) -> Result<bool, Fault> {
        if local.size() != target.size() || local.enumerators().len() > target.enumerators().len() {
            return Ok(false);
        }
        let mut taken = Vec::new();
        for wanted in local.enumerators() {
            let mut found = None;
            for (index, enumerator) in (0..).zip(target.enumerators()) {
                self.step()?;
                if essential_name(wanted.name) == essential_name(enumerator.name) {
                    found = Some(index);
                    break;
                }
            }
            let Some(index) = found else { return Ok(false) };
            taken.push(index);
        }
        self.uses_all(target, taken);
        Ok(true)
    }

    /// A match counts the members: where two local ones share one of the target, it needs others
    /// of the target to be there, whichever.
    fn uses_all(&mut self, target: &Type<'b>, mut taken: Vec<u32>) {
        let wanted = taken.len() as u32;
        taken.sort_unstable();
        taken.dedup();
        if (taken.len() as u32) < wanted {
            taken.extend(0..wanted);
        }
        for index in taken {
            self.uses(target.id(), Some(index));
        }
    }

    /// Every local member exists in the target under its name and with a matching type
    /// (`bpf_core_composites_match`). Flavours are ignored in the names of members too.
    fn composites_match(
        &mut self,
        local: &Type<'b>,
        target: &Type<'b>,
        behind_ptr: bool,
        level: u32,
    ) -> Result<bool, Fault> {
        if local.members().len() > target.members().len() {
            return Ok(false);
        }
        let mut taken = Vec::new();
        for wanted in local.members() {
            let mut found = None;
            for (index, member) in (0..).zip(target.members()) {
                self.step()?;
                if essential_name(wanted.name) != essential_name(member.name) {
                    continue;
                }
                let matched = self.matches(wanted.type_id, member.type_id, behind_ptr, level);
                if matched.is_err() {
                    // It fails on the same way only where no member is missing.
                    (0..target.members().len() as u32)
                        .for_each(|index| self.uses(target.id(), Some(index)));
                }
                if matched? {
                    found = Some(index);
                    break;
                }
            }
            let Some(index) = found else { return Ok(false) };
            taken.push(index);
        }
        self.uses_all(target, taken);
        Ok(true)
    }
}

/// Of a forward declaration the kind flag tells the kind: set for a union.
fn fwd_matches(local: &Type<'_>, target: &Type<'_>, behind_ptr: bool) -> bool {
    let union = local.kind_flag();
    match target.kind() {
        Kind::Fwd => target.kind_flag() == union,
        Kind::Struct => behind_ptr && !union,
        Kind::Union => behind_ptr && union,
        _ => false,
    }
}
