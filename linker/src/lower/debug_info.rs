//! Makes debug info types and LLVM types of the local types, in one module.

use std::{collections::HashMap, ptr};

use inkwell::{
    context::ContextRef,
    llvm_sys::prelude::LLVMMetadataRef,
    module::Module,
    types::{BasicType as _, BasicTypeEnum, StructType},
};

use crate::ask::{
    declaration::{Declaration, Spelled},
    request::{Enum, Int, Record},
};
use crate::lower::builder::Builder;
use crate::lower::layout::{EnumId, Laid, RecordId, Table};

/// The types of one module.
pub(crate) struct Types<'ctx, 't> {
    table: &'t Table,
    context: ContextRef<'ctx>,
    builder: Builder,
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
        Self {
            table,
            context: module.get_context(),
            builder: Builder::new(module),
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
            members.push(self.builder.member(&member.name, of, size, member.offset));
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
        let debug = self.builder.composite(&named, record.size, &mut members);
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
        let debug = self.builder.enum_of(&named, &of.enumerators);
        self.enums.insert(id, debug);
        debug
    }

    /// What a match compares.
    pub(crate) fn declared(&self, of: &Declaration<Spelled>) -> LLVMMetadataRef {
        self.builder.declared(of)
    }

    /// The debug info type of a member or an element.
    pub(crate) fn debug(&mut self, of: &Laid) -> LLVMMetadataRef {
        match of {
            Laid::Int(int) => self.builder.int(*int),
            Laid::Pointer => self.builder.pointer(ptr::null_mut()),
            Laid::PointerTo(record) => {
                let pointee = self.builder.forward(record);
                self.builder.pointer(pointee)
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
        self.builder
            .array_of(&dimensions, element, self.table.size(of))
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
