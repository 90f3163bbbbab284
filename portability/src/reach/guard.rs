//! Which question to the kernel a program asked before it came to what the kernel lacks.

use bpf_core_btf::insn::Op;

use super::code::Code;
use super::walk::Found;

/// The record that has decided the last branch without which a step would not be reached.
pub(super) fn guard_of(code: &Code, found: &Found, step: u32) -> Option<u16> {
    let function = code.steps[step as usize].function;
    let mut branches = found.deciders.iter().rev();
    branches.find_map(|(branch, records)| {
        let of = &code.steps[*branch as usize];
        let leads = |to: Option<u32>| to.is_some_and(|to| leads(code, to, step));
        let guards = of.function == function && leads(of.next) != leads(of.target);
        records.first().copied().filter(|_| guards)
    })
}

/// Whether one step of a function can lead to another, whatever branches say.
fn leads(code: &Code, from: u32, to: u32) -> bool {
    let mut seen = vec![false; code.steps.len()];
    let mut next = vec![from];
    while let Some(at) = next.pop() {
        if at == to {
            return true;
        }
        if std::mem::replace(&mut seen[at as usize], true) {
            continue;
        }
        let step = &code.steps[at as usize];
        let falls = !matches!(step.op, Op::Goto { .. } | Op::Exit);
        next.extend(step.next.filter(|_| falls));
        next.extend(step.target);
    }
    false
}
