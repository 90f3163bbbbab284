//! Runs LLVM in a process of its own, which LLVM may end without loss, and answers with facts.

use std::ffi::OsString;
use std::path::Path;

use bpf_core_flow::facts::{Facts, Place};
use bpf_core_flow::module;
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::module::Module;

use crate::front::contents;

/// The option by which this program is called for it.
pub(super) const OPTION: &str = "--read-ir";

/// Larger modules are not read: LLVM takes twenty times the memory.
const LARGEST: u64 = 64 << 20;

/// What the child says: the facts about a module, or why there are none.
pub(super) type Answer = Result<Facts<Place>, String>;

/// Reads the module that the words of a command line ask for, if they ask for one, and gives the
/// answer as JSON.
pub fn answer(words: impl IntoIterator<Item = OsString>) -> Option<String> {
    let mut words = words.into_iter().skip(1);
    let asked = words.next().is_some_and(|word| word == OPTION);
    let path = words.next().filter(|_| asked)?;
    let answer: Answer = read(Path::new(&path));
    Some(serde_json::to_string(&answer).unwrap_or_default())
}

fn read(path: &Path) -> Answer {
    let bytes = contents::read(path, LARGEST)?;
    let context = Context::create();
    let buffer = MemoryBuffer::create_from_memory_range_copy(&bytes, "module");
    let module = if bytes.starts_with(b"BC\xc0\xde") {
        Module::parse_bitcode_from_buffer(&buffer, &context)
    } else {
        context.create_module_from_ir(buffer)
    };
    let module = module.map_err(|why| {
        let why = why.to_string();
        format!(
            "LLVM cannot read it: {}",
            why.lines().next().unwrap_or_default()
        )
    })?;
    if !module.get_triple().as_str().to_bytes().starts_with(b"bpf") {
        return Err("it is not for eBPF".to_owned());
    }
    module.verify().map_err(|why| {
        let why = why.to_string();
        format!(
            "it is no valid IR: {}",
            why.lines().next().unwrap_or_default()
        )
    })?;
    Ok(module::facts(&module))
}
