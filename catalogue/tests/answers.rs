//! What a catalogue answers is what the kernels' own BTF says.

mod kernels;

use bpf_core_btf::{Btf, BtfBuilder, CoreRelo, CoreReloKind, Endian, Resolver};
use bpf_core_catalogue::{
    Ask, Catalogue, Definition, Group, KernelSet, NameSpace, OpenError, Writer,
};
use kernels::{catalogue, kernel, member, module, pack};

fn set<const N: usize>(kernels: [usize; N]) -> KernelSet {
    kernels.into_iter().collect()
}

#[test]
fn a_field_has_a_history() -> Result<(), OpenError> {
    let file = catalogue();
    let catalogue = Catalogue::open(&file)?;
    let all = KernelSet::first(2);
    let offsets = |path: &[&str]| -> Result<Vec<(u32, String, KernelSet)>, OpenError> {
        let history = catalogue.field("task_struct", path, &all)?;
        let values = history.values.into_iter();
        Ok(values
            .map(|(field, set)| (field.bit_offset, field.type_text, set))
            .collect())
    };
    let pid = |bits, kernel| (bits, "pid_t".to_owned(), set([kernel]));
    assert_eq!(offsets(&["pid"])?, [pid(36 * 8, 0), pid(44 * 8, 1)]);
    assert_eq!(
        offsets(&["state"])?,
        [(512, "volatile const int".to_owned(), set([0]))]
    );
    assert_eq!(
        catalogue.field("task_struct", &["state"], &all)?.absent,
        set([1])
    );
    let next = offsets(&["list", "next"])?;
    assert_eq!(next, [(576, "struct list_head *".to_owned(), set([0, 1]))]);
    // Of two types called `twin` it is the one with `c`.
    assert_eq!(
        offsets(&["twin", "c"])?,
        [(672, "int".to_owned(), set([0, 1]))]
    );
    assert_eq!(offsets(&["twin", "a"])?, []);
    let flags = catalogue.field("task_struct", &["flags"], &all)?;
    let (flags, _) = &flags.values[0];
    assert!(flags.is_bitfield);
    assert_eq!((flags.bit_offset, flags.bit_size), (69, Some(3)));
    let array = catalogue.field("task_struct", &["array"], &set([1]))?;
    assert_eq!(array.values[0].0.bit_size, Some(96));
    assert_eq!(
        array.values[0].1,
        set([1]),
        "the other kernel was not asked"
    );
    Ok(())
}

#[test]
fn kernels_that_are_like_others_have_what_these_have_but_for_changes() -> Result<(), OpenError> {
    let file = catalogue();
    let before = Catalogue::open(&file)?;
    let kernels = [0, 1, 1].map(|like| (like, before.kernels()[like].clone()));
    let mut writer = Writer::new();
    writer.add_like(&before, kernels, |entry, kernels| {
        let mut definition = entry.definition()?;
        if let Definition::Record(record) = &mut definition
            && entry.name == "task_struct"
        {
            record
                .members
                .iter_mut()
                .for_each(|member| member.bit_offset += 64);
            return Ok(vec![(definition, kernels.intersection(&set([2])))]);
        }
        Ok(Vec::new())
    })?;
    let file = writer.finish(pack);
    let after = Catalogue::open(&file)?;
    let history = after.field("task_struct", &["pid"], &KernelSet::first(3))?;
    let places = history.values.iter();
    let places: Vec<_> = places
        .map(|(field, set)| (field.bit_offset, set.clone()))
        .collect();
    let expected = [(36 * 8, set([0])), (44 * 8, set([1])), (52 * 8, set([2]))];
    assert_eq!(places, expected);
    assert_eq!(
        after.size("list_user", &KernelSet::first(3))?.absent,
        set([0])
    );
    assert_eq!(after.known(NameSpace::Symbol), set([1, 2]));
    assert_ne!(after.hash(), before.hash());
    assert_eq!(before.hash(), Catalogue::open(&catalogue())?.hash());
    Ok(())
}

#[test]
fn sizes_enumerators_and_prototypes_have_a_history() -> Result<(), OpenError> {
    let file = catalogue();
    let catalogue = Catalogue::open(&file)?;
    let all = KernelSet::first(2);
    let sizes = catalogue.size("twin", &all)?;
    assert_eq!(
        sizes.values,
        [(4, all.clone()), (8, all.clone()), (16, set([1]))],
        "both of the kernel, and that of the module"
    );
    assert_eq!(catalogue.size("pid_t", &all)?.values, [(4, all.clone())]);
    assert_eq!(catalogue.size("list_user", &all)?.absent, set([0]));
    assert_eq!(catalogue.size("no_such", &all)?.absent, all);
    let values = catalogue.enumerator("kinds", "B", &all)?.values;
    assert_eq!(values, [(36, set([0])), (44, set([1]))]);
    let values = catalogue.enumerator("wide", "NEGATIVE", &all)?.values;
    assert_eq!(values, [(u64::MAX, all.clone())]);
    let walk = catalogue.prototype("walk", &all)?.values;
    let text = "int walk(struct list_head *list, ...)".to_owned();
    assert_eq!(walk, [(text, all.clone())]);
    assert_eq!(catalogue.prototype("task_struct", &all)?.absent, all);
    Ok(())
}

/// Every kind of relocation, on types of the object that agree with the kernel's, and on some that do not.
#[test]
fn relocations_resolve_as_with_the_kernels_own_btf() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = BtfBuilder::new(Endian::Little);
    let int = builder.int("int", 4, 1);
    let pointer = builder.ptr(int);
    let twin = builder.structure("twin", 8, &[member("c", int, 32)]);
    let inner = [
        member("pid", int, 0),
        member("twin", twin, 32),
        member("state", int, 96),
        member("call", pointer, 128),
        member("nowhere", int, 192),
    ];
    builder.structure("task_struct___mine", 64, &inner);
    builder.structure("twin___small", 4, &[member("a", int, 0)]);
    builder.structure("list_user", 8, &[member("list", pointer, 0)]);
    let value = |name, value| bpf_core_btf::Enumerator { name, value };
    builder.enumeration(
        "kinds",
        4,
        false,
        &[value("A", 0), value("B", 1), value("C", 2)],
    );
    builder.typedef("pid_t", int);
    builder.union("has_small", 4, &[]);
    let leaf = builder.structure("leaf", 4, &[member("a", int, 0)]);
    let branch = builder.structure("branch", 4, &[member("leaf", leaf, 0)]);
    builder.structure("tree", 4, &[member("branch", branch, 0)]);
    let object = builder.finish();
    let local = Btf::parse(&object)?;
    let mut relos = Vec::new();
    for ty in local.types().filter(|ty| !ty.name().is_empty()) {
        let members = ty.members().len() as u32;
        let enumerators = ty.enumerators().len() as u32;
        for kind in (0..=12).filter_map(CoreReloKind::from_raw) {
            let accesses: Vec<String> = if kind.is_field_based() {
                (0..members)
                    .map(|at| format!("0:{at}"))
                    .chain(["0:1:0".to_owned(), "0:0:0:0".to_owned()])
                    .collect()
            } else if kind.is_enumval_based() {
                (0..enumerators).map(|at| at.to_string()).collect()
            } else {
                vec!["0".to_owned()]
            };
            relos.extend(accesses.into_iter().map(|access| (kind, ty.id(), access)));
        }
    }
    let mut ask = Ask::new();
    let relo = |(kind, type_id, access): &'_ (_, _, String)| -> CoreRelo<'static> {
        let access: &'static str = Box::leak(access.clone().into_boxed_str());
        CoreRelo {
            insn_off: 0,
            type_id: *type_id,
            access,
            kind: *kind,
        }
    };
    let relos: Vec<CoreRelo<'_>> = relos.iter().map(relo).collect();
    relos
        .iter()
        .for_each(|relo| ask.add_relocation(&local, relo));

    let file = catalogue();
    let catalogue = Catalogue::open(&file)?;
    let groups: Vec<Group> = catalogue.types(&ask, &KernelSet::first(2))?.collect();
    let mut compared = 0;
    for (number, (endian, pid_at, state)) in
        [(Endian::Little, 36, "state"), (Endian::Big, 44, "__state")]
            .into_iter()
            .enumerate()
    {
        let group = groups.iter().find(|group| group.kernels.contains(number));
        let group = group.ok_or("a kernel is in no group")?;
        let bytes = kernel(endian, pid_at, state);
        let original = Btf::parse(&bytes)?;
        let module_bytes = module(&original);
        let original_module = Btf::parse_split(&module_bytes, &original)?;
        let answered = Btf::parse(&group.vmlinux)?;
        let modules: Vec<Btf<'_>> = group
            .modules
            .iter()
            .map(|(_, btf)| Btf::parse(btf))
            .collect::<Result<_, _>>()?;
        let mut theirs = Resolver::new(&local, &original);
        if number == 1 {
            theirs.add_module(&original_module);
        }
        let mut ours = Resolver::new(&local, &answered);
        modules.iter().for_each(|module| ours.add_module(module));
        for relo in &relos {
            let (ours, theirs) = (answer(ours.resolve(relo)), answer(theirs.resolve(relo)));
            assert_eq!(ours, theirs, "kernel {number}: {relo:?}");
            compared += 1;
        }
    }
    assert_eq!(compared, 2 * relos.len());
    assert!(relos.len() > 100, "{}", relos.len());
    Ok(())
}

/// What a loader makes of a record. Type ids are other numbers in a catalogue's BTF.
fn answer(resolution: Result<bpf_core_btf::Resolution<'_>, bpf_core_btf::ResolveError>) -> String {
    match resolution {
        Ok(found) => {
            let value = if found.relo.kind == CoreReloKind::TypeIdTarget {
                found.value.map(|_| 0)
            } else {
                found.value
            };
            format!("{value:?} {:?} {}", found.width, found.target.is_some())
        }
        Err(_) => "refused".to_owned(),
    }
}

#[test]
fn kernels_that_agree_on_what_is_asked_are_one_group() -> Result<(), OpenError> {
    let file = catalogue();
    let catalogue = Catalogue::open(&file)?;
    let all = KernelSet::first(2);
    let groups: Vec<Group> = catalogue.types(&Ask::whole(["list_head"]), &all)?.collect();
    assert_eq!(groups.len(), 1, "a list is the same on both");
    assert_eq!(groups[0].kernels, all);
    assert_eq!(
        catalogue.types(&Ask::whole(["task_struct"]), &all)?.count(),
        2
    );
    assert_eq!(catalogue.types(&Ask::whole(["no_such"]), &all)?.count(), 1);
    Ok(())
}

#[test]
fn a_catalogue_made_of_catalogues_answers_the_same() -> Result<(), OpenError> {
    let file = catalogue();
    let first = Catalogue::open(&file)?;
    let mut writer = Writer::new();
    writer.add_all(&first)?;
    assert_eq!(writer.finish(pack), file, "a copy has the same bytes");
    let mut writer = Writer::new();
    writer.add_all(&first)?;
    writer.add_all(&first)?;
    let twice = writer.finish(pack);
    let twice = Catalogue::open(&twice)?;
    let pid = twice.field("task_struct", &["pid"], &KernelSet::first(4))?;
    let kernels: Vec<KernelSet> = pid.values.into_iter().map(|(_, set)| set).collect();
    assert_eq!(kernels, [set([0, 2]), set([1, 3])]);
    let modules: Vec<_> = twice.modules().collect();
    assert_eq!(modules, [("lists", &set([1, 3]))]);
    Ok(())
}
