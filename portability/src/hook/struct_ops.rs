//! Structs of functions that an object registers with the kernel, such as a variable of type
//! `struct tcp_congestion_ops` in `.struct_ops.link`. libbpf finds the kernel's struct and its members by
//! their names.

use bpf_core_btf::object::{Place, Target, Variable};
use bpf_core_btf::{Btf, Kind, Member as Declared, Type, essential_name};
use bpf_core_catalogue::{Ask, KernelSet};

use super::in_modules;
use crate::finding::{Effect, Finding, Rule};
use crate::number::Numbers;
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// The sections whose variables libbpf registers. Those with a `?` only if it is told to.
const SECTIONS: [&str; 4] = [
    ".struct_ops",
    ".struct_ops.link",
    "?.struct_ops",
    "?.struct_ops.link",
];

/// A variable that is registered.
pub(super) struct Map<'o> {
    section: &'o str,
    /// The struct's name without flavour, as kernels have it.
    record: &'o str,
    members: Vec<Member<'o>>,
}

struct Member<'o> {
    declared: Declared<'o>,
    /// The program that it holds, by its number.
    program: Option<usize>,
    /// A kernel may lack a member whose bytes are all 0.
    is_zero: bool,
}

/// The variables that are registered.
pub(super) fn maps<'o>(scene: &'o Scene<'_>) -> Vec<Map<'o>> {
    let Some(btf) = scene.object.btf() else {
        return Vec::new();
    };
    let variables = scene.object.variables().iter();
    variables.filter_map(|one| map(scene, btf, one)).collect()
}

fn map<'o>(scene: &'o Scene<'_>, btf: &'o Btf<'_>, variable: &Variable<'o>) -> Option<Map<'o>> {
    let section = &scene.object.sections()[variable.section];
    if !SECTIONS.contains(&section.name) {
        return None;
    }
    let of = btf.find_by_name_kind(variable.name, Kind::Var)?;
    let record = btf.skip_mods_and_typedefs(of.referenced()?)?;
    let members = record.members().map(|declared| {
        let start = variable.offset + u64::from(declared.bit_offset / 8);
        let size = btf.resolve_size(declared.type_id).unwrap_or(0);
        let range = start..start + u64::from(size);
        let mut relocations = section.relocations.iter();
        let relocation = relocations.find(|one| range.contains(&one.offset.into()));
        let bytes = usize::try_from(start).ok().and_then(|start| {
            let end = start.checked_add(size as usize)?;
            section.data.get(start..end)
        });
        Member {
            declared,
            program: relocation.and_then(|one| program_at(scene, one.target)),
            is_zero: relocation.is_none() && bytes.unwrap_or(&[]).iter().all(|byte| *byte == 0),
        }
    });
    Some(Map {
        section: section.name,
        record: essential_name(record.name()),
        members: members.collect(),
    })
}

fn program_at(scene: &Scene<'_>, target: Target<'_>) -> Option<usize> {
    let Target::Code { section, offset } = target else {
        return None;
    };
    let mut programs = scene.programs.iter();
    programs.position(|one| (one.function.section, one.function.start) == (section, offset))
}

impl<'o> Map<'o> {
    /// The member that holds a program: `tcp_congestion_ops` and `cong_avoid`.
    pub(super) fn member_of(&self, program: usize) -> Option<(&'o str, &'o str)> {
        let mut members = self.members.iter();
        let member = members.find(|member| member.program == Some(program))?;
        Some((self.record, member.declared.name))
    }

    /// Judges it on all kernels.
    ///
    /// Source: `bpf_map__init_kern_struct_ops` in `libbpf.c`.
    pub(super) fn check(
        &self,
        scene: &Scene<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), CheckError> {
        let value = format!("bpf_struct_ops_{}", self.record);
        let presence = scene.catalogue.structure(&value)?;
        let mut cases = Cases::of(scene.kernels);
        in_modules(scene, &presence.modules, &Effect::Refused, &mut cases);
        if self.section.ends_with(".link") {
            // Linux 6.4 has made both the attach type and the flag of the map, `BPF_F_LINK`.
            let attach_types = Numbers::read(scene.catalogue, "bpf_attach_type")?;
            let link = attach_types.name("BPF_STRUCT_OPS");
            let has = "it registers no `.struct_ops.link`; `.struct_ops` works there";
            let lacks = link.known.difference(&link.there);
            cases.add(&lacks.intersection(&presence.there), Effect::Refused, has);
        }
        cases.are_well(&presence.there);
        cases.add(scene.kernels, Effect::Refused, "");
        let subject = format!("struct_ops type {}", self.record);
        self.report(scene, None, cases, &subject, findings);
        for (member, cases) in self
            .members
            .iter()
            .zip(self.compare(scene, &presence.there)?)
        {
            let subject = format!("struct_ops member {}.{}", self.record, member.declared.name);
            self.report(scene, member.program, cases, &subject, findings);
        }
        Ok(())
    }

    /// What kernels have in place of each member.
    fn compare(&self, scene: &Scene<'_>, kernels: &KernelSet) -> Result<Vec<Cases>, CheckError> {
        let all = self.members.iter().map(|_| Cases::of(kernels));
        let mut all: Vec<Cases> = all.collect();
        let Some(local) = scene.object.btf() else {
            return Ok(all);
        };
        for group in scene.catalogue.types(&Ask::whole([self.record]), kernels)? {
            let btf = Btf::parse(&group.vmlinux).map_err(CheckError::Types)?;
            let Some(record) = btf.find_by_name_kind(self.record, Kind::Struct) else {
                continue;
            };
            for (member, cases) in self.members.iter().zip(&mut all) {
                if let Some(has) = member.difference((local, &btf), &record) {
                    cases.add(&group.kernels, Effect::Refused, has);
                }
            }
        }
        Ok(all)
    }

    /// libbpf refuses the whole object for a map that it cannot make. One that it makes on demand is of
    /// concern to the map's own programs.
    fn report(
        &self,
        scene: &Scene<'_>,
        program: Option<usize>,
        cases: Cases,
        subject: &str,
        findings: &mut Vec<Finding>,
    ) {
        let mut programs: Vec<usize> = self.members.iter().filter_map(|one| one.program).collect();
        programs.sort_unstable();
        programs.dedup();
        let place = |program: usize| {
            let function = &scene.programs[program].function;
            Place {
                section: function.section,
                at: function.start,
            }
        };
        if self.section.starts_with('?') {
            for one in programs {
                let place = Some(place(program.unwrap_or(one)));
                cases
                    .clone()
                    .report(findings, Rule::AbsentHook, Some(one), place, subject);
            }
        } else {
            let place = program.or(programs.first().copied()).map(place);
            cases.report(findings, Rule::AbsentHook, None, place, subject);
        }
    }
}

impl Member<'_> {
    /// What the kernel's struct has in its place, if libbpf does not take that.
    fn difference(
        &self,
        (local, kernel): (&Btf<'_>, &Btf<'_>),
        record: &Type<'_>,
    ) -> Option<String> {
        let name = self.declared.name;
        let Some(found) = record.members().find(|member| member.name == name) else {
            return (!self.is_zero).then(|| format!("`struct {}` without `{name}`", record.name()));
        };
        let own = local.skip_mods_and_typedefs(self.declared.type_id)?;
        let of = kernel.skip_mods_and_typedefs(found.type_id)?;
        if found.bitfield_size != 0 || self.declared.bitfield_size != 0 {
            return Some(format!(
                "`{name}` as a bit-field, which libbpf does not fill"
            ));
        }
        if own.kind() != of.kind() {
            return Some(format!("`{name}` of kind {}", of.kind()));
        }
        if of.kind() == Kind::Ptr {
            let to = kernel.skip_mods_and_typedefs(of.referenced()?)?;
            let is_function = to.kind() == Kind::FuncProto;
            return (self.program.is_some() && !is_function)
                .then(|| format!("`{name}`, which points to no function"));
        }
        let sizes = [
            local.resolve_size(self.declared.type_id),
            kernel.resolve_size(found.type_id),
        ];
        match sizes {
            [Some(own), Some(size)] if own != size => Some(format!(
                "`{name}` of {size} bytes, and the object's has {own}"
            )),
            _ => None,
        }
    }
}
