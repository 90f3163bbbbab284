//! Takes the definitions out of a kernel's or a module's BTF.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use bpf_core_btf::{Btf, Kind, Type, TypeId};

use crate::body::{self, Body};
use crate::definition::{
    Definition, Enum, Member, NameSpace, Prototype, Qualifier, Record, TypeRef,
};
use crate::error::AddError;

/// Types nest a dozen deep in real kernels; deeper ones refer to themselves.
const MAX_DEPTH: u32 = 32;

/// A name of one name space.
type Key<'b> = (NameSpace, &'b str);

/// The BTF of a kernel or of a module, ready to give its definitions.
pub(crate) struct Collector<'b> {
    btf: &'b Btf<'b>,
    base: Option<&'b Collector<'b>>,
    ids: HashMap<Key<'b>, Vec<TypeId>>,
    tags: HashMap<TypeId, Vec<&'b str>>,
    /// Names with more than one meaning here.
    ambiguous: HashSet<Key<'b>>,
    /// Whether all types are read alike, also those of the base: then hashes tell which are the same.
    compares: bool,
    /// Hashes of bodies, by id.
    hashes: RefCell<HashMap<TypeId, u64>>,
}

/// A definition of a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Named<'b> {
    pub(crate) space: NameSpace,
    pub(crate) name: &'b str,
    pub(crate) body: Body,
}

/// The name space of a type that has a definition.
pub(crate) fn space_of(kind: Kind) -> Option<NameSpace> {
    Some(match kind {
        Kind::Int => NameSpace::Int,
        Kind::Float => NameSpace::Float,
        Kind::Struct => NameSpace::Struct,
        Kind::Union => NameSpace::Union,
        Kind::Enum | Kind::Enum64 => NameSpace::Enum,
        Kind::Typedef => NameSpace::Typedef,
        Kind::Func => NameSpace::Function,
        Kind::Var => NameSpace::Variable,
        _ => return None,
    })
}

impl<'b> Collector<'b> {
    /// Reads which names there are. `base` is the kernel's collector, for a module.
    pub(crate) fn new(btf: &'b Btf<'b>, base: Option<&'b Collector<'b>>) -> Result<Self, AddError> {
        let mut ids: HashMap<Key<'b>, Vec<TypeId>> = HashMap::new();
        let mut tags: HashMap<TypeId, Vec<&'b str>> = HashMap::new();
        for ty in btf.types() {
            if let (Some(space), name @ [_, ..]) = (space_of(ty.kind()), ty.name().as_bytes()) {
                let _ = name;
                ids.entry((space, ty.name())).or_default().push(ty.id());
            }
            if let (Kind::DeclTag, Some(-1), Some(on)) =
                (ty.kind(), ty.component_idx(), ty.referenced())
            {
                tags.entry(on).or_default().push(ty.name());
            }
        }
        let mut collector = Self {
            btf,
            base,
            ids,
            tags,
            ambiguous: HashSet::new(),
            compares: true,
            hashes: RefCell::default(),
        };
        collector.find_ambiguous()?;
        Ok(collector)
    }

    /// A name is ambiguous if two types have it whose bodies differ, at any depth.
    fn find_ambiguous(&mut self) -> Result<(), AddError> {
        let repeated: Vec<(Key<'b>, Vec<TypeId>)> = self
            .ids
            .iter()
            .map(|(key, own)| (*key, self.all_ids(key, own)))
            .filter(|(_, ids)| ids.len() > 1)
            .collect();
        self.ambiguous = repeated.iter().map(|(key, _)| *key).collect();
        let mut unlike = HashSet::new();
        for (key, ids) in &repeated {
            let mut bodies = HashSet::new();
            for id in ids {
                bodies.insert(self.hash_of(*id, 0)?);
            }
            if bodies.len() > 1 {
                unlike.insert(*key);
            }
        }
        self.ambiguous = unlike;
        self.compares = false;
        self.hashes.borrow_mut().clear();
        Ok(())
    }

    fn all_ids(&self, key: &Key<'b>, own: &[TypeId]) -> Vec<TypeId> {
        let of_base = self.base.and_then(|base| base.ids.get(key));
        of_base.into_iter().flatten().chain(own).copied().collect()
    }

    fn is_ambiguous(&self, key: &Key<'b>) -> bool {
        self.ambiguous.contains(key) || self.base.is_some_and(|base| base.ambiguous.contains(key))
    }

    /// All definitions, without those of the base.
    pub(crate) fn definitions(&self) -> Result<Vec<Named<'b>>, AddError> {
        let mut found = Vec::new();
        for ((space, name), ids) in &self.ids {
            let first = found.len();
            for id in ids {
                let named = Named {
                    space: *space,
                    name,
                    body: body::encode(&self.definition(*id, 0)?),
                };
                if !found[first..].contains(&named) {
                    found.push(named);
                }
            }
        }
        Ok(found)
    }

    /// What tells a type from others of its name: the hash of its definition, which a base has in its own words.
    fn which(&self, id: TypeId, depth: u32) -> Result<u64, AddError> {
        let is_of = |base: &&Collector<'_>| base.btf.type_by_id(id).is_some();
        match self.base.filter(is_of) {
            Some(base) if !self.compares => base.hash_of(id, depth),
            _ => self.hash_of(id, depth),
        }
    }

    fn hash_of(&self, id: TypeId, depth: u32) -> Result<u64, AddError> {
        if let Some(hash) = self.hashes.borrow().get(&id) {
            return Ok(*hash);
        }
        let found = body::encode(&self.definition(id, depth)?).view().hash();
        self.hashes.borrow_mut().insert(id, found);
        Ok(found)
    }

    fn definition(&self, id: TypeId, depth: u32) -> Result<Definition, AddError> {
        let ty = self.type_by_id(id)?;
        let size = ty.size().unwrap_or_default();
        let referenced = || ty.referenced().ok_or(AddError::BadReference(id.0));
        Ok(match ty.kind() {
            Kind::Struct | Kind::Union => Definition::Record(Record {
                is_union: ty.kind() == Kind::Union,
                size,
                members: ty
                    .members()
                    .map(|member| {
                        Ok(Member {
                            name: member.name.to_owned(),
                            bit_offset: member.bit_offset,
                            bitfield_size: member.bitfield_size,
                            type_ref: self.reference(member.type_id, true, depth)?,
                        })
                    })
                    .collect::<Result<_, AddError>>()?,
            }),
            Kind::Enum | Kind::Enum64 => Definition::Enum(Enum {
                size,
                is_wide: ty.kind() == Kind::Enum64,
                is_signed: ty.kind_flag(),
                enumerators: ty
                    .enumerators()
                    .map(|of| (of.name.to_owned(), of.value))
                    .collect(),
            }),
            Kind::Int => {
                let int = ty.int().ok_or(AddError::BadReference(id.0))?;
                Definition::Int {
                    size,
                    encoding: int.encoding,
                    bits: int.bits,
                }
            }
            Kind::Float => Definition::Float(size),
            Kind::Typedef => Definition::Typedef(self.reference(referenced()?, true, depth)?),
            Kind::Func => Definition::Function {
                linkage: ty.linkage().unwrap_or_default(),
                prototype: self.prototype(referenced()?, depth)?,
                tags: self
                    .tags
                    .get(&id)
                    .map(|tags| tags.iter().map(|tag| (*tag).to_owned()).collect())
                    .unwrap_or_default(),
            },
            Kind::Var => Definition::Variable {
                linkage: ty.linkage().unwrap_or_default(),
                type_ref: self.reference(referenced()?, true, depth)?,
            },
            _ => return Err(AddError::BadReference(id.0)),
        })
    }

    fn prototype(&self, id: TypeId, depth: u32) -> Result<Prototype, AddError> {
        let ty = self.type_by_id(id)?;
        if ty.kind() != Kind::FuncProto {
            return Err(AddError::BadReference(id.0));
        }
        let result = ty.referenced().unwrap_or(TypeId::VOID);
        Ok(Prototype {
            result: self.reference(result, false, depth)?,
            parameters: ty
                .params()
                .map(|param| {
                    let of = self.reference(param.type_id, false, depth)?;
                    Ok((param.name.to_owned(), of))
                })
                .collect::<Result<_, AddError>>()?,
        })
    }

    /// `by_value`: whether the type is a part of the definition that refers to it, as what stands
    /// behind a pointer is not. A record cannot be a part of itself, so this ends.
    fn reference(&self, id: TypeId, by_value: bool, depth: u32) -> Result<TypeRef, AddError> {
        if id == TypeId::VOID {
            return Ok(TypeRef::Void);
        }
        if depth == MAX_DEPTH {
            return Err(AddError::Endless(id.0));
        }
        let ty = self.type_by_id(id)?;
        let depth = depth + 1;
        let to = ty.referenced().unwrap_or(TypeId::VOID);
        let boxed = |by_value| self.reference(to, by_value, depth).map(Box::new);
        Ok(match ty.kind() {
            Kind::Ptr => TypeRef::Pointer(boxed(false)?),
            Kind::Const => TypeRef::Qualified(Qualifier::Const, boxed(by_value)?),
            Kind::Volatile => TypeRef::Qualified(Qualifier::Volatile, boxed(by_value)?),
            Kind::Restrict => TypeRef::Qualified(Qualifier::Restrict, boxed(by_value)?),
            Kind::TypeTag => TypeRef::Tagged(ty.name().to_owned(), boxed(by_value)?),
            Kind::Array => {
                let array = ty.array().ok_or(AddError::BadReference(id.0))?;
                TypeRef::Array {
                    element: Box::new(self.reference(array.element, by_value, depth)?),
                    len: array.nelems,
                }
            }
            Kind::FuncProto => TypeRef::Prototype(Box::new(self.prototype(id, depth)?)),
            Kind::Fwd => TypeRef::Forward {
                is_union: ty.kind_flag(),
                name: ty.name().to_owned(),
            },
            kind => {
                let space = space_of(kind).ok_or(AddError::BadReference(id.0))?;
                if ty.name().is_empty() {
                    return Ok(TypeRef::Unnamed(Box::new(self.definition(id, depth)?)));
                }
                let which = if by_value && self.is_ambiguous(&(space, ty.name())) {
                    Some(self.which(id, depth)?)
                } else {
                    None
                };
                TypeRef::Named {
                    space,
                    name: ty.name().to_owned(),
                    which,
                }
            }
        })
    }

    fn type_by_id(&self, id: TypeId) -> Result<Type<'b>, AddError> {
        self.btf.type_by_id(id).ok_or(AddError::BadReference(id.0))
    }
}
