//! Makes debug info types and LLVM types of the local types, in one module.
//!
//! The debug info builder is LLVM's own: inkwell's wants to make a compile unit, and
//! rustc has made one. It is told that no type refers to itself (pointees are names
//! only, members do not name their record as scope), so equal types of two modules
//! become one when the modules are linked.

use std::{collections::HashMap, ffi::c_uint, ptr};

use inkwell::{
    context::ContextRef,
    llvm_sys::{
        debuginfo::*,
        prelude::{LLVMDIBuilderRef, LLVMMetadataRef},
    },
    module::Module,
    types::{BasicType as _, BasicTypeEnum, StructType},
};

use crate::ask::{
    declaration::{Declaration, Room, Spelled},
    descriptor::{Enum, Int, Record},
};
use crate::lower::layout::{EnumId, Laid, RecordId, Table};

// From LLVM's `Dwarf.def`; the C API does not name them.
const DW_TAG_STRUCTURE_TYPE: c_uint = 0x13;
const DW_TAG_UNION_TYPE: c_uint = 0x17;
const DW_ATE_BOOLEAN: LLVMDWARFTypeEncoding = 0x02;
const DW_ATE_SIGNED: LLVMDWARFTypeEncoding = 0x05;
const DW_ATE_UNSIGNED: LLVMDWARFTypeEncoding = 0x07;

/// The types of one module.
pub(crate) struct Types<'ctx, 't> {
    table: &'t Table,
    context: ContextRef<'ctx>,
    builder: LLVMDIBuilderRef,
    records: HashMap<RecordId, RecordTypes<'ctx>>,
    enums: HashMap<EnumId, LLVMMetadataRef>,
}

#[derive(Clone)]
struct RecordTypes<'ctx> {
    debug: LLVMMetadataRef,
    llvm: StructType<'ctx>,
    /// For each member its element of `llvm`, which has padding too.
    elements: Vec<u32>,
}

impl<'ctx, 't> Types<'ctx, 't> {
    /// Starts with no types. `module` must outlive the result.
    pub(crate) fn new(module: &Module<'ctx>, table: &'t Table) -> Self {
        // SAFETY: the module is alive. A builder that disallows unresolved nodes
        // needs no compile unit of its own.
        let builder = unsafe { LLVMCreateDIBuilderDisallowUnresolved(module.as_mut_ptr()) };
        Self {
            table,
            context: module.get_context(),
            builder,
            records: HashMap::new(),
            enums: HashMap::new(),
        }
    }

    /// A record; the typedef where it has its name from one.
    pub(crate) fn record(&mut self, id: RecordId) -> LLVMMetadataRef {
        self.record_types(id).debug
    }

    /// A record as LLVM sees it, and the element there of a member.
    pub(crate) fn record_element(
        &mut self,
        id: RecordId,
        member: usize,
    ) -> (StructType<'ctx>, u32) {
        let types = self.record_types(id);
        (types.llvm, types.elements[member])
    }

    fn record_types(&mut self, id: RecordId) -> RecordTypes<'ctx> {
        if let Some(types) = self.records.get(&id) {
            return types.clone();
        }
        let record = self.table.record(id);
        let mut members = Vec::new();
        let mut body: Vec<BasicTypeEnum<'ctx>> = Vec::new();
        let mut elements = Vec::new();
        let mut end = 0;
        for member in &record.members {
            let of = self.debug(&member.of);
            let size = self.table.size(&member.of);
            members.push(self.member(&member.name, of, size, member.offset));
            if !record.union {
                self.pad(&mut body, member.offset - end);
                elements.push(body.len() as u32);
                body.push(self.llvm(&member.of, 1));
                end = member.offset + self.table.room(&member.of).0;
            }
        }
        self.pad(&mut body, record.size - end);
        let named = Record {
            name: record.name.clone(),
            union: record.union,
            typedef: record.typedef,
        };
        let debug = self.composite(&named, record.size, &mut members);
        // Packed, with the padding spelled out: equal to the table's layout whatever
        // the data layout of the module says of alignment.
        let llvm = self.context.struct_type(&body, true);
        let types = RecordTypes {
            debug,
            llvm,
            elements,
        };
        self.records.insert(id, types.clone());
        types
    }

    fn pad(&self, body: &mut Vec<BasicTypeEnum<'ctx>>, bytes: u64) {
        if bytes != 0 {
            body.push(self.bytes(bytes));
        }
    }

    fn bytes(&self, count: u64) -> BasicTypeEnum<'ctx> {
        // The table refuses what is larger than 2^28 bytes.
        self.context.i8_type().array_type(count as u32).into()
    }

    /// An enum.
    pub(crate) fn enumeration(&mut self, id: EnumId) -> LLVMMetadataRef {
        if let Some(of) = self.enums.get(&id) {
            return *of;
        }
        let of = self.table.enumeration(id);
        let named = Enum {
            name: of.name.clone(),
            holder: of.holder,
        };
        let debug = self.enum_of(&named, &of.enumerators);
        self.enums.insert(id, debug);
        debug
    }

    /// What a match compares.
    pub(crate) fn declared(&self, of: &Declaration<Spelled>) -> LLVMMetadataRef {
        match of {
            Declaration::Void => ptr::null_mut(),
            Declaration::Integer(of) => self.int(of.name, of.int),
            Declaration::Pointer(pointee) => self.pointer(self.declared(pointee)),
            Declaration::Array(count, element) => {
                let size = of.room().0;
                self.array_of(&[*count], self.declared(element), size)
            }
            Declaration::Function(parameters, result) => {
                let parts = [&**result].into_iter().chain(parameters);
                let mut parts: Vec<LLVMMetadataRef> =
                    parts.map(|part| self.declared(part)).collect();
                // SAFETY: the builder is alive; null is no file, and among the parts `void`.
                unsafe {
                    LLVMDIBuilderCreateSubroutineType(
                        self.builder,
                        ptr::null_mut(),
                        parts.as_mut_ptr(),
                        parts.len() as c_uint,
                        0,
                    )
                }
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

    fn member(&self, name: &str, of: LLVMMetadataRef, size: u64, offset: u64) -> LLVMMetadataRef {
        // SAFETY: the builder is alive, the name is copied, the type is of this context; the
        // builder takes null for scope and file.
        unsafe {
            LLVMDIBuilderCreateMemberType(
                self.builder,
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
    fn composite(
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
                    self.builder,
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
                    self.builder,
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
                self.builder,
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

    fn enum_of(&self, of: &Enum, enumerators: &[(String, i64)]) -> LLVMMetadataRef {
        let holder = self.int(&of.holder.name(), of.holder);
        let unsigned = i32::from(!matches!(of.holder, Int::Signed(_)));
        let mut enumerators: Vec<LLVMMetadataRef> = enumerators
            .iter()
            .map(|(name, value)| {
                // SAFETY: the builder is alive and copies the name.
                unsafe {
                    LLVMDIBuilderCreateEnumerator(
                        self.builder,
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
                self.builder,
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

    /// The debug info type of a member or an element.
    pub(crate) fn debug(&mut self, of: &Laid) -> LLVMMetadataRef {
        match of {
            Laid::Int(int) => self.int(&int.name(), *int),
            Laid::Pointer => self.pointer(ptr::null_mut()),
            Laid::PointerTo(record) => {
                let pointee = self.forward(record);
                self.pointer(pointee)
            }
            Laid::Record(id) => self.record(*id),
            Laid::Enum(id) => self.enumeration(*id),
            Laid::Array(..) => self.array(of),
        }
    }

    /// As in C, an array of arrays is one type with as many dimensions.
    fn array(&mut self, of: &Laid) -> LLVMMetadataRef {
        let mut dimensions = Vec::new();
        let mut element = of;
        while let Laid::Array(count, inner) = element {
            dimensions.push(*count);
            element = inner;
        }
        let element = self.debug(element);
        self.array_of(&dimensions, element, self.table.size(of))
    }

    fn array_of(&self, dimensions: &[u32], element: LLVMMetadataRef, size: u64) -> LLVMMetadataRef {
        // SAFETY: the builder is alive.
        let subrange = |count: &u32| unsafe {
            LLVMDIBuilderGetOrCreateSubrange(self.builder, 0, i64::from(*count))
        };
        let mut dimensions: Vec<LLVMMetadataRef> = dimensions.iter().map(subrange).collect();
        // SAFETY: as above; the subscripts are the ones just made.
        unsafe {
            LLVMDIBuilderCreateArrayType(
                self.builder,
                size * 8,
                0,
                element,
                dimensions.as_mut_ptr(),
                dimensions.len() as c_uint,
            )
        }
    }

    fn int(&self, name: &str, int: Int) -> LLVMMetadataRef {
        let encoding = match int {
            Int::Unsigned(_) => DW_ATE_UNSIGNED,
            Int::Signed(_) => DW_ATE_SIGNED,
            Int::Bool => DW_ATE_BOOLEAN,
        };
        // SAFETY: the builder is alive and copies the name.
        unsafe {
            LLVMDIBuilderCreateBasicType(
                self.builder,
                name.as_ptr().cast(),
                name.len(),
                int.size() * 8,
                encoding,
                0,
            )
        }
    }

    fn pointer(&self, pointee: LLVMMetadataRef) -> LLVMMetadataRef {
        // SAFETY: the builder is alive; null is `void`.
        unsafe { LLVMDIBuilderCreatePointerType(self.builder, pointee, 64, 0, 0, ptr::null(), 0) }
    }

    fn forward(&self, record: &Record) -> LLVMMetadataRef {
        let tag = if record.union {
            DW_TAG_UNION_TYPE
        } else {
            DW_TAG_STRUCTURE_TYPE
        };
        // SAFETY: the builder is alive and copies the name; null is no scope and no
        // file.
        unsafe {
            LLVMDIBuilderCreateForwardDecl(
                self.builder,
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

    /// The LLVM type of a member or an element. A flexible array has `flexible`
    /// elements: none as a type, one where it takes room in a record.
    pub(crate) fn llvm(&mut self, of: &Laid, flexible: u32) -> BasicTypeEnum<'ctx> {
        match of {
            Laid::Int(int) => self.llvm_int(*int),
            Laid::Enum(id) => self.llvm_int(self.table.enumeration(*id).holder),
            Laid::Pointer | Laid::PointerTo(_) => self.context.ptr_type(0.into()).into(),
            Laid::Record(id) => self.record_types(*id).llvm.into(),
            Laid::Array(count, element) => {
                let count = if *count == 0 { flexible } else { *count };
                self.llvm(element, flexible).array_type(count).into()
            }
        }
    }

    fn llvm_int(&self, int: Int) -> BasicTypeEnum<'ctx> {
        match int.size() {
            1 => self.context.i8_type(),
            2 => self.context.i16_type(),
            4 => self.context.i32_type(),
            8 => self.context.i64_type(),
            _ => self.context.i128_type(),
        }
        .into()
    }
}

impl Drop for Types<'_, '_> {
    fn drop(&mut self) {
        // SAFETY: the builder was made in `new`, its module still lives, and nothing
        // else disposes of it.
        unsafe { LLVMDisposeDIBuilder(self.builder) };
    }
}
