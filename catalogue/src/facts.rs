//! What decides whether a program attaches to a kernel, beside its types: symbols, sets of BTF ids,
//! options of the configuration.
//!
//! An image may hide these, and raw BTF has none of them. So there are three answers: a kernel has it, a
//! kernel that is known lacks it, or it cannot be known.

use crate::definition::{Definition, NameSpace, Region, SymbolKind};
use crate::error::OpenError;
use crate::format::FACTS;
use crate::history::History;
use crate::read::{Catalogue, Entry};
use crate::set::KernelSet;

/// What a kernel's image and package tell beside its types. `None` is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The symbols of `/proc/kallsyms`, without those of modules. Names that `is_tracked` does not take
    /// are left out of a catalogue.
    pub symbols: Option<Vec<(String, SymbolKind)>>,
    /// Options that are set, and their values.
    pub config: Option<Vec<(String, String)>>,
    /// The sets of BTF ids, each with a function in it.
    pub id_sets: Option<Vec<(String, String)>>,
}

impl Facts {
    /// In the order of [`FACTS`].
    pub(crate) fn are_known(&self) -> [bool; FACTS.len()] {
        [
            self.symbols.is_some(),
            self.config.is_some(),
            self.id_sets.is_some(),
        ]
    }

    pub(crate) fn for_each(&self, mut each: impl FnMut(NameSpace, &str, Definition)) {
        for (name, kind) in self.symbols.iter().flatten() {
            if is_tracked(name) {
                each(NameSpace::Symbol, name, Definition::Symbol(*kind));
            }
        }
        for (option, value) in self.config.iter().flatten() {
            each(NameSpace::Config, option, Definition::Config(value.clone()));
        }
        for (set, function) in self.id_sets.iter().flatten() {
            each(NameSpace::IdSet, set, Definition::IdSet(function.clone()));
        }
    }
}

/// Whether a catalogue keeps symbols of this name. Nobody attaches to the rest, which makes half of the
/// table: padding before functions, cold halves, mangled names of Rust, data that macros make, and static
/// data of functions, which compilers number (`__key.12`).
pub(crate) fn is_tracked(name: &str) -> bool {
    const LEFT_OUT: [&str; 22] = [
        "$",
        ".",
        "TRACE_SYSTEM_",
        "_R",
        "__BTF_ID__",
        "__SCK__",
        "__SCT__",
        "__TRACE_SYSTEM_",
        "__UNIQUE_ID",
        "__bpf_trace_tp_map_",
        "__cfi_",
        "__flags_",
        "__initcall_",
        "__kstrtab",
        "__ksymtab",
        "__p_syscall_meta_",
        "__param_",
        "__pfx_",
        "__setup_str_",
        "__syscall_meta_",
        "__tpstrtab_",
        "print_fmt_",
    ];
    let is_left_out = LEFT_OUT.iter().any(|start| name.starts_with(start));
    let is_numbered = name.split_once('.').is_some_and(|(_, number)| {
        number.bytes().all(|byte| byte.is_ascii_digit()) || number.starts_with("cold")
    });
    !is_left_out && !is_numbered
}

/// The kernels that have a symbol of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Symbol {
    /// The kernels whose own table has it, as code or data. A kernel refuses a program of `fentry`,
    /// `fexit` or `lsm` whose function is in BTF and not here: it finds no address. A kernel without
    /// `CONFIG_KALLSYMS_ALL` has no data in its table.
    pub present: KernelSet,
    /// The kernels whose table is known, for this name.
    pub known: KernelSet,
    /// Those of `present` that have code of this name.
    pub code: KernelSet,
    /// Those of `code` where other code has the same name: a kprobe by name gets EADDRNOTAVAIL from 6.7
    /// on, and any of them before.
    pub shared_name: KernelSet,
    /// Those of `code` where it is in a section that kprobes are refused in.
    pub unprobeable: KernelSet,
    /// Those of `code` where it is freed once the kernel has booted.
    pub init: KernelSet,
    /// Modules whose types have a function of this name, each with its kernels.
    pub modules: Vec<(String, KernelSet)>,
}

impl Symbol {
    /// The kernels that are known not to have it, in themselves. A module may have it.
    pub fn absent(&self) -> KernelSet {
        self.known.difference(&self.present)
    }

    fn add(&mut self, entry: &Entry<'_>) -> Result<(), OpenError> {
        for (module, set) in &entry.owners {
            if let Some(module) = module {
                self.modules.push(((*module).to_owned(), (*set).clone()));
                continue;
            }
            if entry.space != NameSpace::Symbol {
                continue;
            }
            let Definition::Symbol(kind) = entry.definition()? else {
                continue;
            };
            let add = |to: &mut KernelSet| *to = to.union(set);
            add(&mut self.present);
            if kind != SymbolKind::Data {
                add(&mut self.code);
            }
            match kind {
                SymbolKind::SharedName => add(&mut self.shared_name),
                SymbolKind::Unprobeable => add(&mut self.unprobeable),
                SymbolKind::Init => add(&mut self.init),
                SymbolKind::Code | SymbolKind::Data => {}
            }
        }
        Ok(())
    }
}

impl Catalogue<'_> {
    /// Which kernels have a symbol, as `/proc/kallsyms` lists them: `vfs_read`, `vfs_open.part.0`.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn symbol(&self, name: &str) -> Result<Symbol, OpenError> {
        let mut symbol = Symbol::default();
        if !is_tracked(name) {
            return Ok(symbol);
        }
        symbol.known = self.known(NameSpace::Symbol);
        for entry in self.code_named(name)? {
            symbol.add(&entry)?;
        }
        Ok(symbol)
    }

    /// Which kernels have a symbol of any of several names, all of which start with `start`.
    /// [`Symbol::unprobeable`] and [`Symbol::init`] are those kernels that have no other of them.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn symbols(
        &self,
        start: &str,
        is_meant: impl Fn(&str) -> bool,
    ) -> Result<Symbol, OpenError> {
        let (mut plain, mut others) = (Symbol::default(), Symbol::default());
        let mut damaged = None;
        self.for_each_from(Region::Code, start, |entry| {
            let is_code = matches!(entry.space, NameSpace::Symbol | NameSpace::Function);
            if is_code && entry.name.starts_with(start) && is_meant(entry.name) {
                let of = match entry.definition() {
                    Ok(Definition::Symbol(SymbolKind::Code | SymbolKind::SharedName)) => &mut plain,
                    _ => &mut others,
                };
                damaged = of.add(&entry).err().or(damaged.take());
            }
        })?;
        let add = |one: &KernelSet, other: &KernelSet| one.union(other);
        let all = Symbol {
            present: add(&plain.present, &others.present),
            known: self.known(NameSpace::Symbol),
            code: add(&plain.code, &others.code),
            shared_name: plain.shared_name,
            unprobeable: others.unprobeable.difference(&plain.code),
            init: others.init.difference(&plain.code),
            modules: plain.modules.into_iter().chain(others.modules).collect(),
        };
        damaged.map_or(Ok(all), Err)
    }

    /// The value of an option on these kernels, by its name as in `.config`: `CONFIG_KPROBES`. Of the
    /// kernels without one, those of [`Catalogue::known`] do not set it.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn config(&self, option: &str, kernels: &KernelSet) -> Result<History<String>, OpenError> {
        self.texts(NameSpace::Config, option, kernels)
    }

    /// The functions in a set of BTF ids, such as `bpf_lsm_disabled_hooks` or `btf_id_deny`, on these
    /// kernels. Of the kernels without one, those of [`Catalogue::known`] have no such set.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn id_set(&self, set: &str, kernels: &KernelSet) -> Result<History<String>, OpenError> {
        self.texts(NameSpace::IdSet, set, kernels)
    }

    /// The sets of BTF ids that have this function, on these kernels: those of kfuncs have names such as
    /// `generic_btf_ids`.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn id_sets_of(
        &self,
        function: &str,
        kernels: &KernelSet,
    ) -> Result<History<String>, OpenError> {
        let mut found = Vec::new();
        let mut damaged = None;
        self.for_each_of(Region::Build, |entry| {
            if entry.space != NameSpace::IdSet {
                return;
            }
            match entry.definition() {
                Ok(Definition::IdSet(other)) if other == function => {
                    found.push((entry.name.to_owned(), entry.kernels()));
                }
                Ok(_) => {}
                Err(error) => damaged = Some(error),
            }
        })?;
        damaged.map_or(Ok(History::of(found, kernels)), Err)
    }

    /// The kernels whose verifier refuses a program on this LSM hook (`file_open` or `bpf_lsm_file_open`),
    /// although BTF has its function; and the kernels where that is known.
    ///
    /// Source: `bpf_lsm_verify_prog` in `kernel/bpf/bpf_lsm.c`.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn disabled_hook(&self, hook: &str) -> Result<(KernelSet, KernelSet), OpenError> {
        let function = format!("bpf_lsm_{}", hook.trim_start_matches("bpf_lsm_"));
        let all = KernelSet::first(self.kernels().len());
        let of = |history: &History<String>| {
            let value = history.values.iter().find(|(name, _)| *name == function);
            value.map_or(KernelSet::default(), |(_, set)| set.clone())
        };
        let hooks = self.id_set("bpf_lsm_hooks", &all)?;
        let known = self.known(NameSpace::IdSet).difference(&hooks.absent);
        let disabled = of(&self.id_set("bpf_lsm_disabled_hooks", &all)?);
        let enabled = of(&hooks).difference(&disabled);
        Ok((known.difference(&enabled), known))
    }

    fn texts(
        &self,
        space: NameSpace,
        name: &str,
        kernels: &KernelSet,
    ) -> Result<History<String>, OpenError> {
        let mut found = Vec::new();
        for entry in self.named(space, name)? {
            if let Definition::Config(text) | Definition::IdSet(text) = entry.definition()? {
                found.push((text, entry.kernels()));
            }
        }
        Ok(History::of(found, kernels))
    }
}
