//! A kfunc as an object declares it, beside the one of each kernel: libbpf takes it if the prototypes are the
//! same to `bpf_core_types_are_compat`.

use bpf_core_btf::object::{Extern, Object};
use bpf_core_btf::{Btf, Kind, TypeId, essential_name};
use bpf_core_catalogue::{
    Catalogue, Definition, Entry, KernelSet, NameSpace, OpenError, Prototype, TypeRef,
};

/// A function of the kernel that has the name of an extern.
pub(crate) struct Version<'c> {
    pub(crate) entry: Entry<'c>,
    /// The kernel's prototype, where the object declares another one.
    pub(crate) other: Option<TypeRef>,
}

/// All functions with the name of an extern. libbpf ignores a flavour.
pub(crate) fn versions<'c>(
    of: &Extern<'_>,
    object: &Object<'_>,
    catalogue: &'c Catalogue<'_>,
) -> Result<Vec<Version<'c>>, OpenError> {
    let declared = object.btf().and_then(|btf| {
        let function = btf.find_by_name_kind(of.name, Kind::Func)?;
        Some((btf, function.referenced()?))
    });
    let mut versions = Vec::new();
    for entry in catalogue.functions_named(essential_name(of.name))? {
        let Definition::Function { prototype, .. } = entry.definition()? else {
            continue;
        };
        let is_same = match declared {
            Some((local, declared)) => {
                let kernels = entry.kernels();
                let sides = Sides {
                    local,
                    catalogue,
                    kernels,
                };
                sides.same_prototype(declared, &prototype, DEPTH)?
            }
            None => true,
        };
        let other = (!is_same).then(|| TypeRef::Prototype(Box::new(prototype)));
        versions.push(Version { entry, other });
    }
    Ok(versions)
}

/// As deep as libbpf follows a type.
const DEPTH: u32 = 32;

struct Sides<'a> {
    local: &'a Btf<'a>,
    catalogue: &'a Catalogue<'a>,
    /// Those that have the function.
    kernels: KernelSet,
}

impl Sides<'_> {
    fn same_prototype(
        &self,
        local: TypeId,
        kernel: &Prototype,
        depth: u32,
    ) -> Result<bool, OpenError> {
        let Some(local) = self.local.type_by_id(local) else {
            return Ok(false);
        };
        let parameters = local.params();
        if local.kind() != Kind::FuncProto || parameters.len() != kernel.parameters.len() {
            return Ok(false);
        }
        for (local, (_, kernel)) in parameters.zip(&kernel.parameters) {
            if !self.same(local.type_id, kernel, depth)? {
                return Ok(false);
            }
        }
        match local.referenced() {
            Some(result) => self.same(result, &kernel.result, depth),
            None => Ok(kernel.result == TypeRef::Void),
        }
    }

    fn same(&self, local: TypeId, kernel: &TypeRef, depth: u32) -> Result<bool, OpenError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Ok(false);
        };
        let Some(local) = self.local.skip_mods_and_typedefs(local) else {
            return Ok(false);
        };
        let of_space = |space| match local.kind() {
            Kind::Int => space == NameSpace::Int,
            Kind::Struct => space == NameSpace::Struct,
            Kind::Union => space == NameSpace::Union,
            Kind::Enum | Kind::Enum64 => space == NameSpace::Enum,
            _ => false,
        };
        match kernel {
            TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => self.same(local.id(), of, depth),
            TypeRef::Named {
                space: NameSpace::Typedef,
                name,
                ..
            } => match self.typedef(name)? {
                Some(of) => self.same(local.id(), &of, depth),
                None => Ok(true),
            },
            TypeRef::Named { space, .. } => Ok(of_space(*space)),
            TypeRef::Unnamed(definition) => Ok(match &**definition {
                Definition::Record(record) if record.is_union => of_space(NameSpace::Union),
                Definition::Record(_) => of_space(NameSpace::Struct),
                Definition::Enum(_) => of_space(NameSpace::Enum),
                Definition::Int { .. } => of_space(NameSpace::Int),
                _ => false,
            }),
            TypeRef::Void => Ok(local.kind() == Kind::Void),
            TypeRef::Forward { .. } => Ok(local.kind() == Kind::Fwd),
            TypeRef::Pointer(to) => match local.referenced() {
                Some(local_to) if local.kind() == Kind::Ptr => self.same(local_to, to, depth),
                _ => Ok(false),
            },
            TypeRef::Array { element, .. } => match local.array() {
                Some(array) => self.same(array.element, element, depth),
                None => Ok(false),
            },
            TypeRef::Prototype(prototype) => self.same_prototype(local.id(), prototype, depth),
        }
    }

    /// What a name stands for on these kernels.
    fn typedef(&self, name: &str) -> Result<Option<TypeRef>, OpenError> {
        for entry in self.catalogue.types_named(name)? {
            let is_here = !entry.kernels().intersection(&self.kernels).is_empty();
            if entry.space == NameSpace::Typedef
                && entry.name == name
                && is_here
                && let Definition::Typedef(of) = entry.definition()?
            {
                return Ok(Some(of));
            }
        }
        Ok(None)
    }
}
