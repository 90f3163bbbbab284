//! Symbols, options and sets of ids have three answers: there, not there, not known.

mod kernels;

use bpf_core_catalogue::{Catalogue, KernelSet, NameSpace, OpenError, Writer};
use kernels::{catalogue, pack};

fn set<const N: usize>(kernels: [usize; N]) -> KernelSet {
    kernels.into_iter().collect()
}

#[test]
fn a_symbol_is_there_or_not_or_not_known() -> Result<(), OpenError> {
    let file = catalogue();
    let catalogue = Catalogue::open(&file)?;
    let walk = catalogue.symbol("walk")?;
    assert_eq!([&walk.present, &walk.code], [&set([1]), &set([1])]);
    assert_eq!(walk.absent(), set([]), "the first kernel's are not known");
    let absent = catalogue.symbol("twalk")?;
    assert_eq!((absent.present.len(), absent.absent()), (0, set([1])));
    assert_eq!(catalogue.symbol("walk.isra.0")?.shared_name, set([1]));
    assert_eq!(catalogue.symbol("do_trap")?.unprobeable, set([1]));
    assert_eq!(catalogue.symbol("start_kernel")?.init, set([1]));
    let data = catalogue.symbol("jiffies")?;
    assert_eq!((data.present, data.code), (set([1]), set([])));
    // `walk.cold`, padding and numbered data are not kept, so nothing is known of them.
    for untracked in ["__pfx_walk", "walk.cold", "__key.12"] {
        assert_eq!(catalogue.symbol(untracked)?.known, set([]), "{untracked}");
    }
    // A function of BTF is no symbol, and a symbol is no function.
    assert_eq!(catalogue.functions_named("jiffies")?.len(), 1);
    assert_eq!(catalogue.functions_named("do_trap")?.len(), 0);
    Ok(())
}

#[test]
fn options_have_values() -> Result<(), OpenError> {
    let file = catalogue();
    let catalogue = Catalogue::open(&file)?;
    let all = KernelSet::first(2);
    let value = |option| catalogue.config(option, &all);
    assert_eq!(value("CONFIG_HZ")?.values, [("250".to_owned(), set([1]))]);
    let unset = value("CONFIG_BPF_LSM")?.absent;
    let known = catalogue.known(NameSpace::Config);
    assert_eq!(unset.intersection(&known), set([1]));
    assert_eq!(unset.difference(&known), set([0]));
    assert_eq!(catalogue.known(NameSpace::Struct), all);
    Ok(())
}

#[test]
fn hooks_are_disabled_by_sets_of_ids() -> Result<(), OpenError> {
    let file = catalogue();
    let catalogue = Catalogue::open(&file)?;
    for (hook, disabled) in [
        ("file_open", set([])),
        ("bpf_lsm_file_open", set([])),
        ("getprocattr", set([1])),
        ("no_hook_at_all", set([1])),
    ] {
        assert_eq!(
            catalogue.disabled_hook(hook)?,
            (disabled, set([1])),
            "{hook}"
        );
    }
    let sets = catalogue.id_sets_of("bpf_lsm_file_open", &KernelSet::first(2))?;
    let sets: Vec<String> = sets.values.into_iter().map(|(set, _)| set).collect();
    assert_eq!(sets, ["bpf_lsm_hooks", "kfuncs"]);
    Ok(())
}

#[test]
fn a_module_is_named_for_what_only_it_has() -> Result<(), OpenError> {
    let file = catalogue();
    let catalogue = Catalogue::open(&file)?;
    assert_eq!(catalogue.with_modules(), &set([1]));
    for name in ["list_user", "use_list"] {
        assert_eq!(
            catalogue.modules_with(name)?,
            [("lists", set([1]))],
            "{name}"
        );
    }
    // The second and the third are the kernel's, and the module has another copy.
    for name in ["task_struct", "pid_t", "twin", "walk", "nothing"] {
        assert_eq!(catalogue.modules_with(name)?, [], "{name}");
    }
    Ok(())
}

#[test]
fn facts_go_into_a_catalogue_of_catalogues() -> Result<(), OpenError> {
    let file = catalogue();
    let first = Catalogue::open(&file)?;
    let mut writer = Writer::new();
    writer.add_all(&first)?;
    writer.add_all(&first)?;
    let twice = writer.finish(pack);
    let twice = Catalogue::open(&twice)?;
    let walk = twice.symbol("walk")?;
    assert_eq!((walk.present, walk.known), (set([1, 3]), set([1, 3])));
    assert_eq!(twice.disabled_hook("getprocattr")?.0, set([1, 3]));
    Ok(())
}
