//! The rules: each decides over the facts of a view, and says in words what is wrong.
//!
//! A rule has a folder. `mod.rs` holds its name, level and the words that all languages share.
//! `NAME.md` is its page. Each language has a file with a function from the view to findings.

use crate::front::rust::view::{Function, Read};
use crate::front::{View, c, ir, manifest, object, rust};
use crate::input::Kind;

mod difference;
pub mod finding;
mod level;
pub mod macros;
mod words;

pub use finding::Finding;
pub use level::Level;

pub mod absent_field;
pub mod absent_hook;
pub mod ambiguous_space;
pub mod ambiguous_type;
pub mod bitfield_direct_read;
pub mod broken_flavour;
pub mod changed_type;
pub mod conflicting_offset;
pub mod core_struct_deref;
pub mod direct_deref;
pub mod fail_open;
pub mod frozen_binding;
pub mod hardcoded_context;
pub mod hardcoded_enum_value;
pub mod hardcoded_offset;
pub mod invalid_relocation;
pub mod loader_unsupported;
pub mod missing_debug_info;
pub mod modified_context;
pub mod moved_argument;
pub mod one_architecture;
pub mod panic_on_failure;
pub mod relocation_on_uapi;
pub mod silent_zero;
pub mod sizeof_local_type;
pub mod syscall_regs;
pub mod unbounded_result;
pub mod unchecked_lookup;
pub mod unchecked_read;
pub mod undecided;
pub mod unguarded_field;
pub mod unguarded_hook;
pub mod unknown_attach_type;
pub mod unknown_helper;
pub mod unknown_ksym;
pub mod unknown_map_type;
pub mod unknown_program_type;
pub mod unreadable_input;
pub mod unsupported_instruction;
pub mod unused_suppression;
pub mod unwritten_stack;
pub mod version_check;
pub mod wrong_address_space;
pub mod wrong_record;
pub mod zero_on_failure;

/// A rule. Its name is the bad pattern, and reads well behind "allow".
#[derive(Debug)]
pub struct Rule {
    /// `kebab-case`, as its folder in `snake_case`.
    pub name: &'static str,
    /// What kind of trouble it is about.
    pub group: Group,
    /// The level of its findings where nothing is set.
    pub level: Level,
    /// One line for lists.
    pub summary: &'static str,
    /// The page, in Markdown.
    pub page: &'static str,
    /// Its findings in a C file.
    pub c: Option<Check<c::view::View>>,
    /// Its findings in a Rust crate.
    pub rust: Option<Check<rust::Crate>>,
    /// Whether it can find something in a read of a Rust function, whoever calls the function. Reads that no
    /// rule wants are not kept: a crate of ten thousand files has many.
    pub rust_reads: Option<rust::Wanted>,
    /// Its findings in an eBPF object.
    pub object: Option<Check<object::Object>>,
    /// Its findings in an eBPF object that is judged on many kernels.
    pub on_kernels: Option<Check<object::OnKernels>>,
    /// Its findings in LLVM IR.
    pub ir: Option<Check<ir::Program>>,
    /// Its findings in a package for the kernel, and how it is built.
    pub package: Option<Check<manifest::Package>>,
    /// Its findings in commands of a build.
    pub commands: Option<Check<manifest::Commands>>,
}

/// A rule in one language: adds what it finds in `view` to the list.
pub type Check<View> = fn(&View, &mut Vec<Finding>);

impl Rule {
    /// A rule without a language. Others name their languages, and take the rest from here.
    pub const BARE: Self = Self {
        name: "",
        group: Group::Hygiene,
        level: Level::Warn,
        summary: "",
        page: "",
        c: None,
        rust: None,
        rust_reads: None,
        object: None,
        on_kernels: None,
        ir: None,
        package: None,
        commands: None,
    };

    /// Adds what the rule finds in a view.
    pub fn check(&self, view: &View, findings: &mut Vec<Finding>) {
        fn run<V>(check: Option<Check<V>>, view: &V, findings: &mut Vec<Finding>) {
            if let Some(check) = check {
                check(view, findings);
            }
        }
        match view {
            View::C(view) => run(self.c, view, findings),
            View::Rust(view) => run(self.rust, view, findings),
            View::Object(view) => run(self.object, view, findings),
            View::OnKernels(view) => run(self.on_kernels, view, findings),
            View::Ir(view) => run(self.ir, view, findings),
            View::Package(view) => run(self.package, view, findings),
            View::Commands(view) => run(self.commands, view, findings),
        }
    }

    /// Whether it looks at files of that kind.
    #[must_use]
    pub fn reads(&self, kind: Kind) -> bool {
        match kind {
            Kind::C => self.c.is_some(),
            Kind::Rust => self.rust.is_some(),
            Kind::Object => self.object.is_some() || self.on_kernels.is_some(),
            Kind::Ir => self.ir.is_some(),
            Kind::Package => self.package.is_some(),
            Kind::Commands => self.commands.is_some(),
        }
    }
}

/// What kind of trouble rules are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The program does the wrong thing, or does not load.
    Correctness,
    /// The program does the wrong thing on another kernel.
    Portability,
    /// The program does the wrong thing, or does not load, on a kernel that is known.
    OnKernels,
    /// Right in most programs. For users who want to know every place.
    Pedantic,
    /// About the run itself.
    Hygiene,
}

impl Group {
    /// All of them, in the order in which lists show them.
    pub const ALL: [Self; 5] = [
        Self::Correctness,
        Self::Portability,
        Self::OnKernels,
        Self::Pedantic,
        Self::Hygiene,
    ];

    /// The word in settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Correctness => "correctness",
            Self::Portability => "portability",
            Self::OnKernels => "on-kernels",
            Self::Pedantic => "pedantic",
            Self::Hygiene => "hygiene",
        }
    }
}

/// Every rule, by name. A test compares it with the folders.
pub static ALL: &[&Rule] = &[
    &absent_field::RULE,
    &absent_hook::RULE,
    &ambiguous_space::RULE,
    &ambiguous_type::RULE,
    &bitfield_direct_read::RULE,
    &broken_flavour::RULE,
    &changed_type::RULE,
    &conflicting_offset::RULE,
    &core_struct_deref::RULE,
    &direct_deref::RULE,
    &fail_open::RULE,
    &frozen_binding::RULE,
    &hardcoded_context::RULE,
    &hardcoded_enum_value::RULE,
    &hardcoded_offset::RULE,
    &invalid_relocation::RULE,
    &loader_unsupported::RULE,
    &missing_debug_info::RULE,
    &modified_context::RULE,
    &moved_argument::RULE,
    &one_architecture::RULE,
    &panic_on_failure::RULE,
    &relocation_on_uapi::RULE,
    &silent_zero::RULE,
    &sizeof_local_type::RULE,
    &syscall_regs::RULE,
    &unbounded_result::RULE,
    &unchecked_lookup::RULE,
    &unchecked_read::RULE,
    &undecided::RULE,
    &unguarded_field::RULE,
    &unguarded_hook::RULE,
    &unknown_attach_type::RULE,
    &unknown_helper::RULE,
    &unknown_ksym::RULE,
    &unknown_map_type::RULE,
    &unknown_program_type::RULE,
    &unreadable_input::RULE,
    &unsupported_instruction::RULE,
    &unused_suppression::RULE,
    &unwritten_stack::RULE,
    &version_check::RULE,
    &wrong_address_space::RULE,
    &wrong_record::RULE,
    &zero_on_failure::RULE,
];

/// Whether a rule can find something in a read of a Rust function.
#[must_use]
pub fn want(facts: &rust::facts::Facts, function: &Function, read: &Read) -> bool {
    let mut wanted = ALL.iter().filter_map(|rule| rule.rust_reads);
    wanted.any(|wanted| wanted(facts, function, read))
}

/// The rule of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.name == name)
}
