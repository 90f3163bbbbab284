//! Which kernels have a function that an object declares as `extern`, with a prototype that libbpf takes for
//! the declared one.

use bpf_core_btf::{Array, Btf, BtfBuilder, Endian, Kind, Param, TypeId, essential_name};
use bpf_core_btf::{object::Object, types_are_compat};
use bpf_core_catalogue::{
    Catalogue, Definition, KernelSet, NameSpace, OpenError, Prototype, TypeRef,
};

/// Where a function is.
#[derive(Debug, Default)]
pub(crate) struct Kfunc {
    /// In these kernels themselves, as it is declared.
    pub(crate) there: KernelSet,
    /// In these kernels' modules, as it is declared.
    pub(crate) modules: Vec<(String, KernelSet)>,
    /// With another prototype: what it is there.
    pub(crate) others: Vec<(String, KernelSet)>,
}

impl Kfunc {
    /// Asks all kernels.
    ///
    /// Source: `bpf_object__resolve_ksym_func_btf_id` in `libbpf.c`.
    pub(crate) fn of(
        object: &Object<'_>,
        catalogue: &Catalogue<'_>,
        name: &str,
    ) -> Result<Self, OpenError> {
        let declared = object.btf().and_then(|btf| {
            let function = btf.find_by_name_kind(name, Kind::Func)?;
            Some((btf, function.referenced()?))
        });
        let mut found = Self::default();
        for entry in catalogue.functions_named(essential_name(name))? {
            let Definition::Function { prototype, .. } = entry.definition()? else {
                continue;
            };
            let is_meant = match declared {
                Some(declared) => is_compat(declared, catalogue, &prototype, entry.kernels())?,
                None => true,
            };
            let text = TypeRef::Prototype(Box::new(prototype)).to_string();
            for (module, kernels) in entry.owners {
                match module {
                    _ if !is_meant => found.others.push((text.clone(), kernels.clone())),
                    None => found.there = found.there.union(kernels),
                    Some(module) => found.modules.push((module.to_owned(), kernels.clone())),
                }
            }
        }
        Ok(found)
    }

    /// The kernels in which libbpf finds it, in a module or not.
    pub(crate) fn anywhere(&self) -> KernelSet {
        let modules = self.modules.iter();
        modules.fold(self.there.clone(), |all, (_, kernels)| all.union(kernels))
    }
}

fn is_compat(
    declared: (&Btf<'_>, TypeId),
    catalogue: &Catalogue<'_>,
    prototype: &Prototype,
    kernels: KernelSet,
) -> Result<bool, OpenError> {
    let mut kernel = Kernel {
        kernels,
        builder: BtfBuilder::new(Endian::Little),
        catalogue,
    };
    let id = kernel.prototype(prototype, 0)?;
    let bytes = kernel.builder.finish();
    // A declaration that cannot be compared is damaged, and libbpf does not take it.
    Ok(Btf::parse(&bytes)
        .is_ok_and(|kernel| types_are_compat(declared, (&kernel, id)).unwrap_or(false)))
}

/// What a kernel has, as BTF: of named types no more than what kind they are.
struct Kernel<'c> {
    builder: BtfBuilder,
    catalogue: &'c Catalogue<'c>,
    /// Those that have the function.
    kernels: KernelSet,
}

/// Typedefs of typedefs are a handful.
const DEEPEST: u32 = 32;

impl Kernel<'_> {
    fn prototype(&mut self, of: &Prototype, depth: u32) -> Result<TypeId, OpenError> {
        let result = self.add(&of.result, depth)?;
        let mut params = Vec::new();
        for (_, of) in &of.parameters {
            params.push(Param {
                name: "",
                type_id: self.add(of, depth)?,
            });
        }
        Ok(self.builder.func_proto(result, &params))
    }

    fn add(&mut self, of: &TypeRef, depth: u32) -> Result<TypeId, OpenError> {
        let below = depth + 1;
        if depth == DEEPEST {
            return Ok(TypeId::VOID);
        }
        Ok(match of {
            TypeRef::Void => TypeId::VOID,
            TypeRef::Pointer(to) => {
                let to = self.add(to, below)?;
                self.builder.ptr(to)
            }
            TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => self.add(of, below)?,
            TypeRef::Array { element, len } => {
                let element = self.add(element, below)?;
                self.builder.array(Array {
                    element,
                    index_type: element,
                    nelems: *len,
                })
            }
            TypeRef::Prototype(of) => self.prototype(of, below)?,
            TypeRef::Forward { is_union, name } => self.builder.fwd(name, *is_union),
            TypeRef::Unnamed(of) => match &**of {
                Definition::Record(of) if of.is_union => self.builder.union("", 0, &[]),
                Definition::Record(_) => self.builder.structure("", 0, &[]),
                _ => self.builder.enumeration("", 4, false, &[]),
            },
            TypeRef::Named { space, name, .. } => match space {
                NameSpace::Int => self.builder.int(name, 4, 0),
                NameSpace::Float => self.builder.float(name, 8),
                NameSpace::Struct => self.builder.structure(name, 0, &[]),
                NameSpace::Union => self.builder.union(name, 0, &[]),
                NameSpace::Enum => self.builder.enumeration(name, 4, false, &[]),
                NameSpace::Typedef => self.typedef(name, below)?,
                _ => TypeId::VOID,
            },
        })
    }

    /// What a typedef stands for on these kernels.
    fn typedef(&mut self, name: &str, depth: u32) -> Result<TypeId, OpenError> {
        for entry in self.catalogue.types_named(name)? {
            let is_here = !entry.kernels().intersection(&self.kernels).is_empty();
            if entry.space == NameSpace::Typedef
                && entry.name == name
                && is_here
                && let Definition::Typedef(of) = entry.definition()?
            {
                return self.add(&of, depth);
            }
        }
        Ok(TypeId::VOID)
    }
}
