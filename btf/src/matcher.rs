//! Looking for a local access in one target type: `bpf_core_spec_match` of libbpf.

use crate::btf::Btf;
use crate::fault::{Fault, Mismatch};
use crate::minimize::Use;
use crate::raw::Kind;
use crate::relo_kind::CoreReloKind;
use crate::spec::{Accessor, MAX_SPEC_LEN, Spec, skip};
use crate::type_id::TypeId;
use crate::types::{Member, Type};
use bpf_core_kernel_facts::flavour::essential_name;

/// Members and enumerators looked at per candidate. The largest in 24 kernels need some twenty
/// thousand; types that nest anonymous members without end would go on for ever.
const MAX_STEPS: u32 = 1 << 20;

/// One comparison of a local with a target type.
pub(crate) struct Matcher<'b> {
    pub(crate) local: &'b Btf<'b>,
    pub(crate) target: &'b Btf<'b>,
    /// Which of the targets it is.
    number: usize,
    steps: u32,
    /// What of the target decided the comparison, whichever way.
    pub(crate) uses: Vec<Use>,
}

/// Where the search for a field ended.
enum Found {
    Field(TypeId),
    Nothing,
    OtherType(Mismatch),
}

impl<'b> Matcher<'b> {
    pub(crate) fn new(local: &'b Btf<'b>, (number, target): (usize, &'b Btf<'b>)) -> Self {
        Self {
            local,
            target,
            number,
            steps: 0,
            uses: Vec::new(),
        }
    }

    pub(crate) fn step(&mut self) -> Result<(), Fault> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            Err(Fault::TooComplex)
        } else {
            Ok(())
        }
    }

    pub(crate) fn uses(&mut self, type_id: TypeId, member: Option<u32>) {
        let target = self.number;
        self.uses.push(Use {
            target,
            type_id,
            member,
        });
    }

    /// The spec's counterpart in target type `id`.
    pub(crate) fn spec(
        &mut self,
        local: &Spec<'b>,
        id: TypeId,
    ) -> Result<Result<Spec<'b>, Mismatch>, Fault> {
        let spec = Spec::of_target(self.target, id, local.kind);
        self.uses(id, None);
        if local.kind == CoreReloKind::TypeMatches {
            let matches = self.types_match(local.root, id)?;
            return Ok(if matches {
                Ok(spec)
            } else {
                Err(Mismatch::DoesNotMatch)
            });
        }
        if local.kind.is_type_based() {
            let compatible = self.types_are_compat(local.root, id)?;
            return Ok(if compatible {
                Ok(spec)
            } else {
                Err(Mismatch::Incompatible)
            });
        }
        if local.kind.is_enumval_based() {
            return self.enumerator(local, spec);
        }
        self.field(local, spec)
    }

    fn enumerator(
        &mut self,
        local: &Spec<'b>,
        mut spec: Spec<'b>,
    ) -> Result<Result<Spec<'b>, Mismatch>, Fault> {
        let ty = skip(self.target, spec.root)?;
        if !ty.kind().is_any_enum() {
            return Ok(Err(Mismatch::NotAnEnum { of: ty.to_string() }));
        }
        let wanted = local.accessors.first().and_then(|accessor| accessor.name);
        let wanted = essential_name(wanted.unwrap_or_default());
        let found = (0..)
            .zip(ty.enumerators())
            .find(|(_, e)| essential_name(e.name) == wanted);
        let Some((index, enumerator)) = found else {
            let name = wanted.to_owned();
            return Ok(Err(Mismatch::NoEnumerator {
                name,
                of: ty.to_string(),
            }));
        };
        self.uses(ty.id(), Some(index));
        spec.indices.push(index);
        spec.accessors.push(Accessor {
            type_id: ty.id(),
            index,
            name: Some(enumerator.name),
        });
        Ok(Ok(spec))
    }

    fn field(
        &mut self,
        local: &Spec<'b>,
        mut spec: Spec<'b>,
    ) -> Result<Result<Spec<'b>, Mismatch>, Fault> {
        let mut id = spec.root;
        for (at, accessor) in local.accessors.iter().enumerate() {
            let ty = skip(self.target, id)?;
            id = ty.id();
            if let Some(name) = accessor.name {
                id = match self.member(accessor, id, &mut spec)? {
                    Found::Field(id) => id,
                    Found::OtherType(mismatch) => return Ok(Err(mismatch)),
                    Found::Nothing => {
                        let (field, of) = (name.to_owned(), ty.to_string());
                        return Ok(Err(if ty.kind().is_composite() {
                            Mismatch::NoField { field, of }
                        } else {
                            Mismatch::NotComposite { field, of }
                        }));
                    }
                };
                continue;
            }
            // The first index is of the root type itself; the others are of an array.
            if at > 0 {
                let Some(array) = ty.array() else {
                    return Ok(Err(Mismatch::NotAnArray { of: ty.to_string() }));
                };
                if accessor.index >= array.nelems && !spec.ends_in_flexible(&array) {
                    let (index, nelems) = (accessor.index, array.nelems);
                    return Ok(Err(Mismatch::OutOfBounds { index, nelems }));
                }
                id = skip(self.target, array.element)?.id();
            }
            if spec.indices.len() == MAX_SPEC_LEN {
                return Err(Fault::TooDeep);
            }
            spec.accessors.push(Accessor {
                type_id: id,
                index: accessor.index,
                name: None,
            });
            spec.indices.push(accessor.index);
            spec.advance(spec.element_offset(id, accessor.index)?)?;
        }
        Ok(Ok(spec))
    }

    /// Searches target type `id`, anonymous members included, for the local field, and extends
    /// `spec` by the way to it (`bpf_core_match_member`).
    fn member(
        &mut self,
        local: &Accessor<'b>,
        id: TypeId,
        spec: &mut Spec<'b>,
    ) -> Result<Found, Fault> {
        let ty = skip(self.target, id)?;
        let mut found = Found::Nothing;
        for (index, member) in (0..).zip(ty.members()) {
            self.step()?;
            if spec.indices.len() == MAX_SPEC_LEN {
                self.uses(ty.id(), Some(index));
                return Err(Fault::TooDeep);
            }
            if member.name.is_empty() {
                let before = spec.bit_offset;
                let uses = self.uses.len();
                spec.indices.push(index);
                spec.advance(member.bit_offset)?;
                let inner = self.member(local, member.type_id, spec);
                if self.uses.len() > uses {
                    self.uses(ty.id(), Some(index));
                }
                match inner? {
                    Found::Field(id) => return Ok(Found::Field(id)),
                    // As in libbpf, a field of another type ends the search only in the struct
                    // that it is a direct member of. What libbpf then finds further on has the
                    // offset of that field in its own; but C has no such structs.
                    Found::OtherType(mismatch) => found = Found::OtherType(mismatch),
                    Found::Nothing => {}
                }
                spec.bit_offset = before;
                spec.indices.pop();
            } else if local.name == Some(member.name) {
                self.uses(ty.id(), Some(index));
                let local_type = self.local_member(local)?.type_id;
                if !self.fields_are_compat(local_type, member.type_id)? {
                    return Ok(Found::OtherType(Mismatch::FieldType {
                        field: member.name.to_owned(),
                        local: skip(self.local, local_type)?.to_string(),
                        target: skip(self.target, member.type_id)?.to_string(),
                    }));
                }
                spec.indices.push(index);
                spec.advance(member.bit_offset)?;
                let name = Some(member.name);
                spec.accessors.push(Accessor {
                    type_id: ty.id(),
                    index,
                    name,
                });
                return Ok(Found::Field(member.type_id));
            }
        }
        Ok(found)
    }

    fn local_member(&self, local: &Accessor<'b>) -> Result<Member<'b>, Fault> {
        self.local
            .type_by_id(local.type_id)
            .and_then(|ty| ty.members().get(local.index as usize))
            .ok_or(Fault::BadType(local.type_id))
    }

    /// Whether a target field can stand for a local one (`bpf_core_fields_are_compat`): sizes and
    /// array lengths do not matter, kinds do.
    fn fields_are_compat(&mut self, local: TypeId, target: TypeId) -> Result<bool, Fault> {
        let (mut local, mut target) = (local, target);
        loop {
            self.step()?;
            let (local_ty, target_ty) = (skip(self.local, local)?, skip(self.target, target)?);
            let (local_kind, target_kind) = (local_ty.kind(), target_ty.kind());
            if local_kind.is_composite() && target_kind.is_composite() {
                return Ok(true);
            }
            if !local_kind.core_compat(target_kind) {
                return Ok(false);
            }
            return Ok(match local_kind {
                Kind::Ptr | Kind::Float => true,
                Kind::Fwd | Kind::Enum | Kind::Enum64 => {
                    let local_name = essential_name(local_ty.name());
                    let target_name = essential_name(target_ty.name());
                    local_name.is_empty() || target_name.is_empty() || local_name == target_name
                }
                Kind::Int => !is_old_bitfield(&local_ty) && !is_old_bitfield(&target_ty),
                Kind::Array => {
                    let (Some(local_array), Some(target_array)) =
                        (local_ty.array(), target_ty.array())
                    else {
                        return Ok(false);
                    };
                    local = local_array.element;
                    target = target_array.element;
                    continue;
                }
                _ => false,
            });
        }
    }
}

/// An int that is itself a bit-field, from before members had a width. CO-RE has never taken it.
pub(crate) fn is_old_bitfield(ty: &Type<'_>) -> bool {
    ty.int().is_some_and(|int| int.bit_offset != 0)
}
