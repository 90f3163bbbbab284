//! Compares what each macro expands to with `tests/expansions/`. `UPDATE_EXPECT=1 cargo test -p
//! bpf-core-macros` writes these files, for you to read. `tests/ui` has the mistakes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use expect_test::expect_file;
use proc_macro2::TokenStream;

use crate::{access::Form, derive, enumerator, kfunc, recast};

type Macro = fn(TokenStream) -> TokenStream;

/// The end of a file's name, and the arguments of the macro.
type Case = (&'static str, &'static str);

/// Each macro by its name, with its cases.
const MACROS: &[(&str, Macro, &[Case])] = &[
    (
        "CoreStruct",
        derive::record::derive,
        &[
            (
                "",
                "#[core(name = \"task_struct___v5\")] struct Task {
                    pid: i32, #[core(optional)] __state: u32, #[core(bitfield)] flags: u8,
                    se: Entity, real_parent: *const Self,
                }",
            ),
            ("_readable", "struct load_weight { weight: usize }"),
            (
                "_union",
                "#[core(typedef)] union word { low: u16, whole: u32 }",
            ),
        ],
    ),
    (
        "CoreEnum",
        derive::enumeration::derive,
        &[(
            "",
            "#[repr(u32)] enum pid_type { PIDTYPE_PID, #[core(optional)] PIDTYPE_TGID = 7 }",
        )],
    ),
    (
        "Plain",
        derive::plain::derive,
        &[
            ("", "#[repr(C)] struct in6_addr { bytes: [u8; 16] }"),
            ("_transparent", "#[repr(transparent)] struct Pid(i32);"),
            (
                "_union",
                "#[repr(C)] union sigval { int: u64, ptr: UserPtr<u8> }",
            ),
        ],
    ),
    (
        "core_read",
        |input| Form::Read.expand(input),
        &[
            ("", "task, tgid"),
            ("_behind_a_pointer", "task, real_parent, se.load[1]"),
        ],
    ),
    (
        "core_read_into",
        |input| Form::ReadInto.expand(input),
        &[("", "&mut pid, task, pid")],
    ),
    (
        "core_read_str",
        |input| Form::ReadStr.expand(input),
        &[("", "&mut buf, task, comm")],
    ),
    (
        "core_field_ptr",
        |input| Form::FieldPtr.expand(input),
        &[("", "task, comm")],
    ),
    (
        "core_element_ptr",
        |input| Form::ElementPtr.expand(input),
        &[("", "pid, numbers; level")],
    ),
    (
        "core_write",
        |input| Form::Write.expand(input),
        &[("", "task, scx.slice = 5")],
    ),
    (
        "core_field_exists",
        |input| Form::FieldExists.expand(input),
        &[
            ("", "task_struct, se.vruntime"),
            ("_behind_a_pointer", "*task, real_parent, pid"),
        ],
    ),
    (
        "core_field_size",
        |input| Form::FieldSize.expand(input),
        &[("", "task_struct, comm")],
    ),
    (
        "core_field_offset",
        |input| Form::FieldOffset.expand(input),
        &[("", "task_struct, se.vruntime")],
    ),
    (
        "core_container_of",
        |input| Form::ContainerOf.expand(input),
        &[("", "entity, task_struct, se")],
    ),
    (
        "core_list_entries",
        |input| Form::ListEntries.expand(input),
        &[("", "head, task_struct, sibling; 64")],
    ),
    (
        "core_recast",
        recast::expand,
        &[("", "task, task_struct___v5")],
    ),
    (
        "core_enum_value",
        |input| enumerator::expand("enum_value", input),
        &[("", "pid_type::PIDTYPE_PID")],
    ),
    (
        "core_enum_value_exists",
        |input| enumerator::expand("enum_value_exists", input),
        &[("", "crate::pid_type::PIDTYPE_PID")],
    ),
    (
        "kfuncs",
        kfunc::expand,
        &[(
            "",
            "/// Takes a reference.
            pub fn bpf_task_acquire(p: *mut task_struct) -> *mut task_struct;
            fn bpf_task_release(p: *mut task_struct);",
        )],
    ),
];

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The macros whose code stands among items; the others stand in an expression.
fn makes_items(name: &str) -> bool {
    !name.starts_with("core_")
}

#[test]
fn every_macro_expands_as_written() {
    let mut files = BTreeSet::new();
    for (name, expand, cases) in MACROS {
        for (case, input) in *cases {
            let code = expand(input.parse().expect("tokens"));
            let file = match makes_items(name) {
                true => syn::parse_quote!(#code),
                false => syn::parse_quote!(fn expansion() { #code }),
            };
            let path = format!("{name}{case}.expanded");
            let expected = expect_file![folder("tests/expansions").join(&path)];
            expected.assert_eq(&prettyplease::unparse(&file));
            files.insert(path);
        }
    }
    let there = fs::read_dir(folder("tests/expansions")).expect("a folder of expansions");
    let there = there.map(|entry| entry.expect("an entry").file_name());
    let there: BTreeSet<String> = there
        .map(|name| name.into_string().expect("a name in UTF-8"))
        .collect();
    assert_eq!(there, files, "left: files of no case");
}

/// Each macro has a page, so the pages tell whether a macro has no expansion here.
#[test]
fn every_macro_has_an_expansion() {
    let pages = fs::read_dir(folder("src/pages")).expect("a folder of pages");
    let pages = pages.map(|entry| entry.expect("an entry").path());
    let pages: BTreeSet<String> = pages
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let names: BTreeSet<String> = MACROS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(pages, names);
}

/// A page says what the macro gives, how that can fail, and what a C programmer writes instead. A derive gives
/// nothing but an implementation.
#[test]
fn every_page_has_its_parts() {
    let pages = fs::read_dir(folder("src/pages")).expect("a folder of pages");
    for page in pages {
        let path = page.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a page");
        let name = path.file_stem().expect("a name").to_string_lossy();
        let is_derive = name.starts_with(char::is_uppercase);
        let has = |part: &str| text.contains(part);
        for part in ["In C: ", "\n# Errors\n", "\n# Example\n\n```\n"] {
            assert!(has(part), "{name}.md: no {part:?}");
        }
        assert_eq!(has("\n# Result\n"), !is_derive, "{name}.md: `# Result`");
    }
}
