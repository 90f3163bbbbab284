//! Replaces the calls of markers by LLVM's preserve-access intrinsics, from which
//! `BPFAbstractMemberAccess.cpp` and `BPFPreserveDIType.cpp` make relocations.

use std::collections::HashSet;

use bpf_core::contract::MARKER_PREFIX;
use inkwell::{
    attributes::{Attribute, AttributeLoc},
    builder::Builder,
    intrinsics::Intrinsic,
    llvm_sys::{
        core::{
            LLVMDeleteFunction, LLVMInstructionEraseFromParent, LLVMMetadataAsValue,
            LLVMReplaceAllUsesWith, LLVMSetMetadata,
        },
        prelude::{LLVMMetadataRef, LLVMValueRef},
    },
    module::{Linkage, Module},
    types::{AnyType as _, AnyTypeEnum, BasicTypeEnum},
    values::{
        AsValueRef as _, BasicMetadataValueEnum, CallSiteValue, FunctionValue, InstructionValue,
        IntValue, PointerValue, UnnamedAddress,
    },
};

use crate::ask::{
    Ask,
    declaration::{Declaration, Spelled},
    intrinsic,
    marker::Marker,
    request::{EnumeratorAsk, FieldAsk, TypeAsk},
};
use crate::error::{Error, REPORT, Result};
use crate::input::session;
use crate::ir::{
    self, Value,
    metadata::{Metadata, TYPE_OF_ACCESS},
    source,
};
use crate::lower::{
    debug_info::Types,
    kfunc,
    layout::{Access, EnumId, Placed, Table},
};

/// Replaces all `markers`, which are all of `module`.
///
/// # Errors
/// When LLVM does not know an intrinsic, or finds the result to be no valid module.
pub(super) fn replace(module: &Module<'_>, markers: Vec<Marker<'_>>, table: &Table) -> Result<()> {
    let wrappers: HashSet<Value<'_>> = markers
        .iter()
        .filter(|marker| marker.wrapped)
        .filter_map(|marker| marker.call.parent_function())
        .collect();
    let mut lowering = Lowering {
        module,
        builder: module.get_context().create_builder(),
        types: Types::new(module, table),
        table,
        sequence: 0,
    };
    for marker in markers {
        lowering.replace(&marker)?;
    }
    drop(lowering);
    for wrapper in wrappers {
        inline_always(module, wrapper);
    }
    kfunc::declare(module)?;
    for marker in ir::functions(module).collect::<Vec<_>>() {
        if marker.name().starts_with(MARKER_PREFIX.as_bytes()) {
            // SAFETY: it is a declaration whose last call is gone.
            unsafe { LLVMDeleteFunction(marker.raw()) };
        }
    }
    module.verify().map_err(|message| {
        Error::new("the inputs are not valid LLVM IR").note(session::lossy(&message))
    })
}

/// `memory(none)`
const NO_MEMORY: u64 = 0;

struct Lowering<'a, 'ctx> {
    module: &'a Module<'ctx>,
    builder: Builder<'ctx>,
    types: Types<'ctx, 'a>,
    table: &'a Table,
    /// Numbers intrinsics that must not become one.
    sequence: u64,
}

impl<'ctx> Lowering<'_, 'ctx> {
    fn replace(&mut self, marker: &Marker<'_>) -> Result<()> {
        let Some(placed) = self.table.placed(&marker.descriptor.text) else {
            return Err(Error::new(format!(
                "`{}` has no layout",
                marker.descriptor.text
            )));
        };
        if marker.call.users().is_empty() {
            // rustc keeps a call whose result is unused. LLVM's pass starts from the users of an intrinsic,
            // and crashes on one without users.
            // SAFETY: nothing uses the call.
            unsafe { LLVMInstructionEraseFromParent(marker.call.raw()) };
            return Ok(());
        }
        // SAFETY: the value is a call in this module.
        let call = unsafe { InstructionValue::new(marker.call.raw()) };
        // New instructions get the call's place in the source too.
        self.builder.position_before(&call);
        let result = match placed.clone() {
            Placed::Field(ask, accesses) => {
                match marker.base() {
                    Some(base) => {
                        // SAFETY: the base was checked to be a pointer.
                        let base = unsafe { PointerValue::new(base.raw()) };
                        self.chain(base, &accesses)?.as_value_ref()
                    }
                    None => {
                        let null = self.module.get_context().ptr_type(0.into()).const_null();
                        let field = self.chain(null, &accesses)?;
                        self.field_info(ask, field)?
                    }
                }
            }
            Placed::Record(ask, id) => {
                let of = self.types.record(id);
                self.type_info(ask, of)?
            }
            Placed::Enum(ask, id) => {
                let of = self.types.enumeration(id);
                self.type_info(ask, of)?
            }
            Placed::Match(spelled) => self.any_match(&spelled)?,
            Placed::Enumerator(ask, id, index) => self.enumerator(ask, id, index)?,
        };
        self.check(marker, result)?;
        // SAFETY: the result has the type of the call, which was checked to be the one
        // that its marker declares; nothing uses the call after this.
        unsafe {
            LLVMReplaceAllUsesWith(marker.call.raw(), result);
            LLVMInstructionEraseFromParent(marker.call.raw());
        }
        Ok(())
    }

    /// Checks that the intrinsics of a result ask for what the descriptor asks for.
    fn check(&self, marker: &Marker<'_>, result: LLVMValueRef) -> Result<()> {
        let metadata = Metadata::of(self.module);
        let mut waiting: Vec<Value<'_>> = // SAFETY: the result is in this module.
            unsafe { Value::new(result) }.into_iter().collect();
        while let Some(value) = waiting.pop() {
            if !value.callee().is_some_and(Value::is_relocation_intrinsic) {
                // It has just been built, so it has no cycle.
                waiting.extend(
                    value
                        .operands()
                        .into_iter()
                        .filter(|of| of.is_instruction()),
                );
                continue;
            }
            let asks = intrinsic::asks(metadata, value);
            if !asks
                .iter()
                .any(|ask| ask.answers(&marker.descriptor.request))
            {
                let ask = asks.first().map_or("nothing".to_owned(), Ask::to_string);
                return Err(Error::new(format!(
                    "relocation `{}` was lowered to {ask}",
                    marker.descriptor.text
                ))
                .at(source::line_of(marker.call))
                .help(REPORT));
            }
        }
        Ok(())
    }

    fn chain(
        &mut self,
        base: PointerValue<'ctx>,
        accesses: &[Access],
    ) -> Result<PointerValue<'ctx>> {
        let mut here = base;
        for access in accesses {
            here = match access {
                Access::Member(id, index) => {
                    let of = self.types.record(*id);
                    let number = self.number(*index);
                    if self.table.record(*id).union {
                        let arguments = [here.into(), number];
                        self.access("llvm.preserve.union.access.index", &arguments, None, of)?
                    } else {
                        let (llvm, element) = self.types.record_element(*id, *index);
                        let arguments = [here.into(), self.number(element as usize), number];
                        let name = "llvm.preserve.struct.access.index";
                        self.access(name, &arguments, Some(llvm.into()), of)?
                    }
                }
                Access::Element(array, index) => {
                    let of = self.types.debug(array);
                    let llvm = self.types.llvm(array, 0);
                    let arguments = [here.into(), self.number(1), self.number(*index as usize)];
                    self.access(
                        "llvm.preserve.array.access.index",
                        &arguments,
                        Some(llvm.as_any_type_enum()),
                        of,
                    )?
                }
            };
        }
        Ok(here)
    }

    fn access(
        &self,
        name: &str,
        arguments: &[BasicMetadataValueEnum<'ctx>],
        element_type: Option<AnyTypeEnum<'ctx>>,
        of: LLVMMetadataRef,
    ) -> Result<PointerValue<'ctx>> {
        let pointer: BasicTypeEnum<'ctx> = self.module.get_context().ptr_type(0.into()).into();
        let call = self.call(name, &[pointer, pointer], arguments, Some(of))?;
        if let Some(element_type) = element_type {
            let kind = Attribute::get_named_enum_kind_id("elementtype");
            let attribute = self
                .module
                .get_context()
                .create_type_attribute(kind, element_type);
            call.add_attribute(AttributeLoc::Param(0), attribute);
        }
        // SAFETY: these intrinsics give a pointer.
        Ok(unsafe { PointerValue::new(call.as_value_ref()) })
    }

    fn field_info(&self, ask: FieldAsk, field: PointerValue<'ctx>) -> Result<LLVMValueRef> {
        let flag = self
            .module
            .get_context()
            .i64_type()
            .const_int(ask as u64, false);
        let name = "llvm.bpf.preserve.field.info";
        let call = self.call(
            name,
            &[field.get_type().into()],
            &[field.into(), flag.into()],
            None,
        )?;
        let number = self.widened(call)?;
        match ask {
            FieldAsk::ByteOffset | FieldAsk::ByteSize => self.opaque(number),
            _ => Ok(number.as_value_ref()),
        }
    }

    /// Hides from code generation where the number comes from. Code generation would join an addition of an
    /// offset with the load behind it (`BPFMISimplifyPatchable.cpp`). Loaders compare the size of such a load
    /// with that of the local field. This costs no instruction; libbpf's `BPF_CORE_READ_BITFIELD` does the
    /// same. A number that is compared and then passed on, a size or an id, would be loaded twice.
    ///
    /// The passes may drop it, by its attributes. Code generation may not, or a record would be missing. Nor may
    /// it take all offsets of a block first: many of them need more registers than there are. So the assembly
    /// has a side effect.
    fn opaque(&self, number: IntValue<'ctx>) -> Result<LLVMValueRef> {
        let context = self.module.get_context();
        let wide = context.i64_type();
        let function = wide.fn_type(&[wide.into()], false);
        let constraints = "=r,0".to_owned();
        let asm = context.create_inline_asm(
            function,
            String::new(),
            constraints,
            true,
            false,
            None,
            false,
        );
        let call = self
            .builder
            .build_indirect_call(function, asm, &[number.into()], "")
            .map_err(|error| Error::new(format!("LLVM does not keep an offset: {error}")))?;
        for (name, value) in [("memory", NO_MEMORY), ("nounwind", 0), ("willreturn", 0)] {
            let kind = Attribute::get_named_enum_kind_id(name);
            let attribute = context.create_enum_attribute(kind, value);
            call.add_attribute(AttributeLoc::Function, attribute);
        }
        Ok(call.as_value_ref())
    }

    fn type_info(&mut self, ask: TypeAsk, of: LLVMMetadataRef) -> Result<LLVMValueRef> {
        match ask {
            TypeAsk::Exists => self.preserve_type_info(0, of).map(|is| is.as_value_ref()),
            TypeAsk::Size => self.preserve_type_info(1, of).map(|is| is.as_value_ref()),
            TypeAsk::IdLocal => self.type_id(0, of),
            TypeAsk::IdTarget => {
                let id = self.type_id(1, of)?;
                // SAFETY: the intrinsic gives an integer of 64 bits.
                self.opaque(unsafe { IntValue::new(id) })
            }
        }
    }

    fn any_match(&mut self, spelled: &[Declaration<Spelled>]) -> Result<LLVMValueRef> {
        let mut any = self.module.get_context().i64_type().const_zero();
        for declaration in spelled {
            let of = self.types.declared(declaration);
            let matches = self.preserve_type_info(2, of)?;
            any = self
                .builder
                .build_or(any, matches, "")
                .map_err(|error| Error::new(format!("LLVM does not join relocations: {error}")))?;
        }
        Ok(any.as_value_ref())
    }

    /// The flags are those of `BPFCoreSharedInfo` in LLVM's `BPFCORE.h`.
    fn preserve_type_info(&mut self, flag: u64, of: LLVMMetadataRef) -> Result<IntValue<'ctx>> {
        let call = self.call_about_type("llvm.bpf.preserve.type.info", flag, of)?;
        self.widened(call)
    }

    fn type_id(&mut self, flag: u64, of: LLVMMetadataRef) -> Result<LLVMValueRef> {
        let call = self.call_about_type("llvm.bpf.btf.type.id", flag, of)?;
        Ok(call.as_value_ref())
    }

    fn call_about_type(
        &mut self,
        name: &str,
        flag: u64,
        of: LLVMMetadataRef,
    ) -> Result<CallSiteValue<'ctx>> {
        let flag = self.module.get_context().i64_type().const_int(flag, false);
        let arguments = [self.next_in_sequence(), flag.into()];
        self.call(name, &[], &arguments, Some(of))
    }

    fn enumerator(&mut self, ask: EnumeratorAsk, id: EnumId, index: usize) -> Result<LLVMValueRef> {
        let context = self.module.get_context();
        let of = self.table.enumeration(id);
        let (name, value) = &of.enumerators[index];
        // BTF holds four bytes, which libbpf sign-extends whatever the enum's sign is: it refuses an
        // instruction that holds anything else.
        let value = match of.holder.size() {
            8 => *value,
            _ => i64::from(*value as i32),
        };
        // LLVM takes the name and the value of the enumerator from a string.
        let text = context.const_string(format!("{name}:{value}").as_bytes(), false);
        let global = self.module.add_global(text.get_type(), None, "");
        global.set_initializer(&text);
        global.set_constant(true);
        global.set_linkage(Linkage::Private);
        global.set_unnamed_address(UnnamedAddress::Global);
        let flag = match ask {
            EnumeratorAsk::Exists => 0,
            EnumeratorAsk::Value => 1,
        };
        let flag = context.i64_type().const_int(flag, false);
        let arguments = [
            self.next_in_sequence(),
            global.as_pointer_value().into(),
            flag.into(),
        ];
        let of = self.types.enumeration(id);
        Ok(self
            .call("llvm.bpf.preserve.enum.value", &[], &arguments, Some(of))?
            .as_value_ref())
    }

    fn call(
        &self,
        name: &str,
        overload: &[BasicTypeEnum<'ctx>],
        arguments: &[BasicMetadataValueEnum<'ctx>],
        of: Option<LLVMMetadataRef>,
    ) -> Result<CallSiteValue<'ctx>> {
        let unknown = || {
            Error::new(format!(
                "LLVM {} does not know `{name}`",
                session::llvm_version()
            ))
        };
        let intrinsic = Intrinsic::find(name)
            .and_then(|intrinsic| intrinsic.get_declaration(self.module, overload))
            .ok_or_else(unknown)?;
        let call = self
            .builder
            .build_call(intrinsic, arguments, "")
            .map_err(|_| unknown())?;
        if let Some(of) = of {
            let context = self.module.get_context();
            let kind = context.get_kind_id(TYPE_OF_ACCESS);
            // SAFETY: the call is an instruction, the type a node of this context.
            unsafe {
                let node = LLVMMetadataAsValue(context.raw(), of);
                LLVMSetMetadata(call.as_value_ref(), kind, node);
            }
        }
        Ok(call)
    }

    fn widened(&self, call: CallSiteValue<'ctx>) -> Result<IntValue<'ctx>> {
        // SAFETY: the intrinsics that this is used for give an `i32`.
        let narrow = unsafe { IntValue::new(call.as_value_ref()) };
        let wide = self.module.get_context().i64_type();
        self.builder
            .build_int_z_extend(narrow, wide, "")
            .map_err(|error| Error::new(format!("LLVM does not widen a relocation: {error}")))
    }

    fn number(&self, number: usize) -> BasicMetadataValueEnum<'ctx> {
        self.module
            .get_context()
            .i32_type()
            .const_int(number as u64, false)
            .into()
    }

    fn next_in_sequence(&mut self) -> BasicMetadataValueEnum<'ctx> {
        let number = self
            .module
            .get_context()
            .i32_type()
            .const_int(self.sequence, false);
        self.sequence += 1;
        number.into()
    }
}

/// Has a function of bpf-core inlined from here on. bpf-core keeps it out of line so that the optimiser does
/// not merge paths. But a relocation is for one section, and joins a load only beside it. Programs, which
/// have a section, stay as they are.
fn inline_always(module: &Module<'_>, wrapper: Value<'_>) {
    if wrapper.section().is_some() {
        return;
    }
    // SAFETY: the value is a function in this module.
    let Some(function) = (unsafe { FunctionValue::new(wrapper.raw()) }) else {
        return;
    };
    for name in ["noinline", "optnone"] {
        let kind = Attribute::get_named_enum_kind_id(name);
        function.remove_enum_attribute(AttributeLoc::Function, kind);
    }
    allow_inlining(wrapper);
    let kind = Attribute::get_named_enum_kind_id("alwaysinline");
    let attribute = module.get_context().create_enum_attribute(kind, 0);
    function.add_attribute(AttributeLoc::Function, attribute);
}

/// rustc forbids inlining at each call too, and a call's attribute outweighs that of the function.
fn allow_inlining(wrapper: Value<'_>) {
    let noinline = Attribute::get_named_enum_kind_id("noinline");
    for call in wrapper.users() {
        if call.callee() == Some(wrapper) {
            // SAFETY: the value is a call in a live module.
            let call = unsafe { CallSiteValue::new(call.raw()) };
            call.remove_enum_attribute(AttributeLoc::Function, noinline);
        }
    }
}
