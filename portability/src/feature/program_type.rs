//! Program types and attach types that a kernel lacks, by its own enums.

use bpf_core_kernel_facts::program::Section;

use super::number::Numbers;
use crate::finding::{Effect, Finding, Rule};
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// Judges every program whose section tells its type.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    let types = Numbers::read(scene.catalogue, "bpf_prog_type")?;
    let attach_types = Numbers::read(scene.catalogue, "bpf_attach_type")?;
    for (number, program) in scene.programs.iter().enumerate() {
        let Some(kind) = &program.kind else { continue };
        let asks = [
            (
                Rule::UnknownProgramType,
                "BPF_PROG_TYPE_",
                kind.section.program_type,
                &types,
                Some((Effect::Refused, "")),
            ),
            (
                Rule::UnknownAttachType,
                "BPF_",
                kind.section.attach_type,
                &attach_types,
                without_attach_type(kind.section),
            ),
        ];
        for (rule, start, name, numbers, effect) in asks {
            if name.is_empty() {
                continue;
            }
            let name = format!("{start}{}", name.to_uppercase());
            let knowledge = numbers.name(&name);
            let mut cases = Cases::of(scene.kernels);
            cases.are_well(&knowledge.there);
            if let Some((effect, has)) = effect {
                cases.add(&knowledge.known, effect, has);
                cases.add(scene.kernels, Effect::Unknown, knowledge.unknown);
            }
            cases.report(findings, rule, Some(number), None, name);
        }
    }
    Ok(())
}

/// What a kernel does that does not know the attach type: it looks at it when it loads programs of
/// some types, and of others when it attaches them. `None`: it attaches them without.
///
/// Source: `bpf_prog_load_check_attach` in `kernel/bpf/syscall.c`.
fn without_attach_type(section: &Section) -> Option<(Effect, &'static str)> {
    Some(match (section.program_type, section.name) {
        (_, "sk_reuseport") => return None,
        (_, "tc/ingress" | "tc/egress") => (
            Effect::Unknown,
            "it attaches such programs as classifiers of a queue alone",
        ),
        ("sk_reuseport", _) => (
            Effect::NotAttached,
            "it calls no program when a socket closes",
        ),
        (
            "cgroup_skb" | "cgroup_sock" | "cgroup_sock_addr" | "cgroup_sockopt" | "lsm"
            | "netfilter" | "sk_lookup" | "struct_ops" | "tracing",
            _,
        ) => (Effect::Refused, ""),
        _ => (Effect::NotAttached, ""),
    })
}
