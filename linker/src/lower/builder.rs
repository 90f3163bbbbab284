//! Makes debug info of types, in one module.
//!
//! The builder is LLVM's own: inkwell's wants to make a compile unit, and rustc has made one. It is told that
//! no type refers to itself (pointees are names only, members do not name their record as scope), so
//! LLVM takes equal types for one.

use std::{ffi::c_uint, ptr};

use inkwell::{
    llvm_sys::{
        debuginfo::*,
        prelude::{LLVMDIBuilderRef, LLVMMetadataRef},
    },
    module::Module,
};

use crate::ask::{
    declaration::{Declaration, Room, Spelled},
    request::{Enum, Int, Record},
};

// From LLVM's `Dwarf.def`; the C API does not name them.
const DW_TAG_STRUCTURE_TYPE: c_uint = 0x13;
const DW_TAG_UNION_TYPE: c_uint = 0x17;
const DW_ATE_BOOLEAN: LLVMDWARFTypeEncoding = 0x02;
const DW_ATE_SIGNED: LLVMDWARFTypeEncoding = 0x05;
const DW_ATE_UNSIGNED: LLVMDWARFTypeEncoding = 0x07;

/// LLVM's builder.
pub(super) struct Builder(LLVMDIBuilderRef);

impl Builder {
    /// `module` must outlive the result.
    pub(super) fn new(module: &Module<'_>) -> Self {
        // SAFETY: the module is alive. A builder that disallows unresolved nodes needs no compile unit of
        // its own.
        Self(unsafe { LLVMCreateDIBuilderDisallowUnresolved(module.as_mut_ptr()) })
    }

    pub(super) fn raw(&self) -> LLVMDIBuilderRef {
        self.0
    }

    /// What a match compares.
    pub(super) fn declared(&self, of: &Declaration<Spelled>) -> LLVMMetadataRef {
        match of {
            Declaration::Void => ptr::null_mut(),
            Declaration::Integer(of) => self.int(*of),
            Declaration::Pointer(pointee) => self.pointer(self.declared(pointee)),
            Declaration::Array(count, element) => {
                let size = of.room().0;
                self.array_of(&[*count], self.declared(element), size)
            }
            Declaration::Function(parameters, result) => {
                let parts = [&**result].into_iter().chain(parameters);
                self.subroutine(parts)
            }
            Declaration::Name(record) if record.typedef => self.composite(record, 0, &mut []),
            Declaration::Name(record) => self.forward(record),
            Declaration::Record(record, members) => {
                let room = Room::of(record, members);
                let mut members: Vec<LLVMMetadataRef> = members
                    .iter()
                    .zip(room.offsets)
                    .map(|((name, of), offset)| {
                        self.member(name, self.declared(of), of.room().0, offset)
                    })
                    .collect();
                self.composite(record, room.size, &mut members)
            }
            Declaration::Enum(of, enumerators) => self.enum_of(of, enumerators),
        }
    }

    /// The type of a function: its result, then its parameters.
    pub(super) fn subroutine<'d>(
        &self,
        parts: impl Iterator<Item = &'d Declaration<Spelled>>,
    ) -> LLVMMetadataRef {
        let mut parts: Vec<LLVMMetadataRef> = parts.map(|part| self.declared(part)).collect();
        // SAFETY: the builder is alive; null is no file, and among the parts `void`.
        unsafe {
            LLVMDIBuilderCreateSubroutineType(
                self.0,
                ptr::null_mut(),
                parts.as_mut_ptr(),
                parts.len() as c_uint,
                0,
            )
        }
    }

    pub(super) fn member(
        &self,
        name: &str,
        of: LLVMMetadataRef,
        size: u64,
        offset: u64,
    ) -> LLVMMetadataRef {
        // SAFETY: the builder is alive, the name is copied, the type is of this context; the
        // builder takes null for scope and file.
        unsafe {
            LLVMDIBuilderCreateMemberType(
                self.0,
                ptr::null_mut(),
                name.as_ptr().cast(),
                name.len(),
                ptr::null_mut(),
                0,
                size * 8,
                0,
                offset * 8,
                0,
                of,
            )
        }
    }

    /// A struct or union, or the typedef of one.
    pub(super) fn composite(
        &self,
        record: &Record,
        size: u64,
        members: &mut [LLVMMetadataRef],
    ) -> LLVMMetadataRef {
        let name = if record.typedef { "" } else { &record.name };
        let count = members.len() as c_uint;
        // SAFETY: as above; the members are of this builder.
        let debug = unsafe {
            if record.union {
                LLVMDIBuilderCreateUnionType(
                    self.0,
                    ptr::null_mut(),
                    name.as_ptr().cast(),
                    name.len(),
                    ptr::null_mut(),
                    0,
                    size * 8,
                    0,
                    0,
                    members.as_mut_ptr(),
                    count,
                    0,
                    ptr::null(),
                    0,
                )
            } else {
                LLVMDIBuilderCreateStructType(
                    self.0,
                    ptr::null_mut(),
                    name.as_ptr().cast(),
                    name.len(),
                    ptr::null_mut(),
                    0,
                    size * 8,
                    0,
                    0,
                    ptr::null_mut(),
                    members.as_mut_ptr(),
                    count,
                    0,
                    ptr::null_mut(),
                    ptr::null(),
                    0,
                )
            }
        };
        if !record.typedef {
            return debug;
        }
        // SAFETY: as above; the type is the one just made.
        unsafe {
            LLVMDIBuilderCreateTypedef(
                self.0,
                debug,
                record.name.as_ptr().cast(),
                record.name.len(),
                ptr::null_mut(),
                0,
                ptr::null_mut(),
                0,
            )
        }
    }

    pub(super) fn enum_of(&self, of: &Enum, enumerators: &[(String, i64)]) -> LLVMMetadataRef {
        let holder = self.int(of.holder);
        let unsigned = i32::from(!matches!(of.holder, Int::Signed(_)));
        let mut enumerators: Vec<LLVMMetadataRef> = enumerators
            .iter()
            .map(|(name, value)| {
                // SAFETY: the builder is alive and copies the name.
                unsafe {
                    LLVMDIBuilderCreateEnumerator(
                        self.0,
                        name.as_ptr().cast(),
                        name.len(),
                        *value,
                        unsigned,
                    )
                }
            })
            .collect();
        // SAFETY: as above; the elements are the enumerators just made, and null is
        // no scope and no file.
        unsafe {
            LLVMDIBuilderCreateEnumerationType(
                self.0,
                ptr::null_mut(),
                of.name.as_ptr().cast(),
                of.name.len(),
                ptr::null_mut(),
                0,
                of.holder.size() * 8,
                0,
                enumerators.as_mut_ptr(),
                enumerators.len() as c_uint,
                holder,
            )
        }
    }

    pub(super) fn array_of(
        &self,
        dimensions: &[u32],
        element: LLVMMetadataRef,
        size: u64,
    ) -> LLVMMetadataRef {
        // SAFETY: the builder is alive.
        let subrange =
            |count: &u32| unsafe { LLVMDIBuilderGetOrCreateSubrange(self.0, 0, i64::from(*count)) };
        let mut dimensions: Vec<LLVMMetadataRef> = dimensions.iter().map(subrange).collect();
        // SAFETY: as above; the subscripts are the ones just made.
        unsafe {
            LLVMDIBuilderCreateArrayType(
                self.0,
                size * 8,
                0,
                element,
                dimensions.as_mut_ptr(),
                dimensions.len() as c_uint,
            )
        }
    }

    pub(super) fn int(&self, of: impl Into<Spelled>) -> LLVMMetadataRef {
        let Spelled { name, int } = of.into();
        let encoding = match int {
            Int::Unsigned(_) => DW_ATE_UNSIGNED,
            Int::Signed(_) => DW_ATE_SIGNED,
            Int::Bool => DW_ATE_BOOLEAN,
        };
        // SAFETY: the builder is alive and copies the name.
        unsafe {
            LLVMDIBuilderCreateBasicType(
                self.0,
                name.as_ptr().cast(),
                name.len(),
                int.size() * 8,
                encoding,
                0,
            )
        }
    }

    pub(super) fn pointer(&self, pointee: LLVMMetadataRef) -> LLVMMetadataRef {
        // SAFETY: the builder is alive; null is `void`.
        unsafe { LLVMDIBuilderCreatePointerType(self.0, pointee, 64, 0, 0, ptr::null(), 0) }
    }

    pub(super) fn forward(&self, record: &Record) -> LLVMMetadataRef {
        let tag = if record.union {
            DW_TAG_UNION_TYPE
        } else {
            DW_TAG_STRUCTURE_TYPE
        };
        // SAFETY: the builder is alive and copies the name; null is no scope and no
        // file.
        unsafe {
            LLVMDIBuilderCreateForwardDecl(
                self.0,
                tag,
                record.name.as_ptr().cast(),
                record.name.len(),
                ptr::null_mut(),
                ptr::null_mut(),
                0,
                0,
                0,
                0,
                ptr::null(),
                0,
            )
        }
    }
}

impl Drop for Builder {
    fn drop(&mut self) {
        // SAFETY: the builder was made in `new`, its module still lives, and nothing
        // else disposes of it.
        unsafe { LLVMDisposeDIBuilder(self.0) };
    }
}
