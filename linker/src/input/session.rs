//! An LLVM context: it reads IR, links modules, and collects LLVM's reports, which would end the process
//! otherwise.

use std::{
    cell::RefCell,
    ffi::{CStr, c_void},
    mem,
};

use inkwell::{
    context::Context,
    llvm_sys::{
        LLVMDiagnosticSeverity,
        core::{
            LLVMContextSetDiagnosticHandler, LLVMDisposeMessage, LLVMGetDiagInfoDescription,
            LLVMGetDiagInfoSeverity, LLVMGetVersion,
        },
        linker::LLVMLinkModules2,
        prelude::LLVMDiagnosticInfoRef,
    },
    memory_buffer::MemoryBuffer,
    module::Module,
    support::LLVMString,
};
use tracing::{debug, warn};

use crate::error::{Error, Result};
use crate::input::{Ir, Piece, producer};

/// The major version of the LLVM that this linker is built with.
pub(crate) const LLVM_MAJOR: &str = env!("BPF_CORE_LINKER_LLVM");

/// An LLVM context with its diagnostics.
pub(crate) struct Session {
    // Before `diagnostics`: fields are dropped in this order, and the context has a
    // pointer to the other one.
    context: Context,
    diagnostics: Box<Diagnostics>,
}

#[derive(Default)]
struct Diagnostics {
    errors: RefCell<Vec<String>>,
    lost_debug_info: RefCell<Option<String>>,
}

impl Session {
    pub(crate) fn new() -> Self {
        let context = Context::create();
        let diagnostics = Box::<Diagnostics>::default();
        // SAFETY: the context is alive, and the handler's data lives in a box that
        // outlives it.
        unsafe {
            LLVMContextSetDiagnosticHandler(
                context.raw(),
                Some(collect),
                (&raw const *diagnostics).cast_mut().cast(),
            );
        }
        Self {
            context,
            diagnostics,
        }
    }

    /// The errors that LLVM has reported since the last call.
    pub(crate) fn take_errors(&self) -> Vec<String> {
        self.diagnostics.errors.take()
    }

    /// A module without anything in it.
    pub(crate) fn module(&self, name: &str) -> Module<'_> {
        self.context.create_module(name)
    }

    /// Reads a piece of IR.
    ///
    /// # Errors
    /// When LLVM cannot read it: corrupt, or of a newer LLVM.
    pub(crate) fn parse(&self, piece: &Piece<'_>) -> Result<Module<'_>> {
        let parsed = match piece.ir {
            Ir::Bitcode(bytes) => {
                let buffer = MemoryBuffer::create_from_memory_range_copy(bytes, "bitcode");
                Module::parse_bitcode_from_buffer(&buffer, &self.context)
            }
            Ir::Text(bytes) => {
                let buffer = MemoryBuffer::create_from_memory_range_copy(bytes, "IR");
                self.context.create_module_from_ir(buffer)
            }
        };
        let reported = self.take_errors();
        let message = match parsed {
            Ok(module) if reported.is_empty() => return Ok(module),
            Ok(_) => reported.join("\n"),
            Err(message) => lossy(&message),
        };
        Err(unreadable(piece, &message))
    }

    /// Moves all of `module` into `into`.
    ///
    /// # Errors
    /// When both define one symbol, or LLVM refuses for another reason.
    pub(crate) fn link(&self, name: &str, module: Module<'_>, into: &Module<'_>) -> Result<()> {
        // inkwell's `link_in_module` puts another handler of reports in place of ours.
        // SAFETY: both modules are of this context. LLVM frees the one that it takes from.
        let failed = unsafe {
            LLVMLinkModules2(
                into.as_mut_ptr(),
                mem::ManuallyDrop::new(module).as_mut_ptr(),
            )
        };
        let reported = self.take_errors();
        if failed == 0 && reported.is_empty() {
            return Ok(());
        }
        let error = Error::new(format!("cannot link `{name}` with the inputs before it"));
        Err(reported.into_iter().fold(error, Error::note))
    }

    /// Whether LLVM has left out debug info of what it read since the last call, and why.
    pub(crate) fn take_lost_debug_info(&self) -> Option<String> {
        self.diagnostics.lost_debug_info.take()
    }
}

extern "C" fn collect(info: LLVMDiagnosticInfoRef, diagnostics: *mut c_void) {
    // SAFETY: LLVM calls this with the pointer that `Session::new` gave it, on the
    // thread that uses the session, and frees the description only when told to.
    let (severity, message, diagnostics) = unsafe {
        let description = LLVMGetDiagInfoDescription(info);
        let message = CStr::from_ptr(description)
            .to_string_lossy()
            .trim_end()
            .to_owned();
        LLVMDisposeMessage(description);
        (
            LLVMGetDiagInfoSeverity(info),
            message,
            &*diagnostics.cast::<Diagnostics>(),
        )
    };
    match severity {
        LLVMDiagnosticSeverity::LLVMDSError if is_harmless(&message) => {}
        LLVMDiagnosticSeverity::LLVMDSError => diagnostics.errors.borrow_mut().push(message),
        LLVMDiagnosticSeverity::LLVMDSWarning => {
            warn!("llvm: {message}");
            // `UpgradeDebugInfo` in LLVM's `AutoUpgrade.cpp`.
            if message.starts_with("ignoring ") && message.contains("debug info") {
                diagnostics.lost_debug_info.replace(Some(message));
            }
        }
        LLVMDiagnosticSeverity::LLVMDSRemark | LLVMDiagnosticSeverity::LLVMDSNote => {
            debug!("llvm: {message}");
        }
    }
}

/// Before LLVM 23 the backend reported calls of these, which bpf-linker links in from
/// compiler-builtins, and went on.
fn is_harmless(message: &str) -> bool {
    const LIBRARY: [&str; 6] = ["memcpy", "memmove", "memset", "memcmp", "bcmp", "strlen"];
    !cfg!(feature = "llvm-23")
        && LIBRARY.iter().any(|name| {
            message.ends_with(&format!(
                "A call to built-in function '{name}' is not supported."
            ))
        })
}

/// The version of LLVM that is running, as `22.1.8`.
pub(crate) fn llvm_version() -> String {
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: the function writes three numbers to where it is told.
    unsafe { LLVMGetVersion(&mut major, &mut minor, &mut patch) };
    format!("{major}.{minor}.{patch}")
}

pub(crate) fn lossy(message: &LLVMString) -> String {
    message.to_string_lossy().trim_end().to_owned()
}

fn unreadable(piece: &Piece<'_>, message: &str) -> Error {
    let name = &piece.name;
    let Ir::Bitcode(bytes) = piece.ir else {
        return Error::new(format!("cannot parse the LLVM IR in `{name}`")).note(message);
    };
    let producer = producer::producer(bytes).unwrap_or_default();
    let newer = producer::major(&producer)
        .filter(|major| LLVM_MAJOR.parse().is_ok_and(|ours: u32| *major > ours));
    // A change of epoch breaks with all older readers.
    if newer.is_none() && !message.contains("Incompatible epoch") {
        return Error::new(format!("corrupt or truncated bitcode in `{name}`")).note(message);
    }
    let feature = newer.map_or("llvm-NN".to_owned(), |major| format!("llvm-{major}"));
    Error::new(format!(
        "`{name}` is bitcode of a newer LLVM: written by {producer}, this linker has LLVM {}",
        llvm_version()
    ))
    .note(message)
    .help(format!(
        "build it with a rustc whose LLVM is not newer (`rustc -vV` tells), or build the linker for that \
         one: `--no-default-features --features {feature}`"
    ))
}
