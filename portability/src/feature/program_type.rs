//! Program types and attach types that a kernel lacks, by its own enums.

use bpf_core_catalogue::KernelSet;
use bpf_core_kernel_facts::program::Section;

use crate::finding::{Effect, Finding, Rule};
use crate::number::Numbers;
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
        if kind.section.name.starts_with("xdp.frags") {
            let mut cases = Cases::of(scene.kernels);
            let has = "it gives programs packets in one piece alone, as `SEC(\"xdp\")` takes them";
            cases.add(&without_fragments(scene)?, Effect::Refused, has);
            let flag = "BPF_F_XDP_HAS_FRAGS";
            cases.report(findings, Rule::UnknownProgramType, Some(number), None, flag);
        }
    }
    Ok(())
}

/// The kernels that refuse a program which says that it takes packets in several pieces. A macro has the flag,
/// which is not in BTF; what the kernel keeps of it is.
///
/// Source: `bpf_prog_load` in `kernel/bpf/syscall.c`.
fn without_fragments(scene: &Scene<'_>) -> Result<KernelSet, CheckError> {
    let types = scene.catalogue.types_named("bpf_prog_aux")?;
    let known = types.iter().map(|entry| entry.kernels());
    let known = known.fold(KernelSet::default(), |all, kernels| all.union(&kernels));
    let kept = scene
        .catalogue
        .field("bpf_prog_aux", &["xdp_has_frags"], &known)?;
    Ok(kept.absent)
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
