//! The facts that front ends give to rules.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use cargo_corelint::front::c::view::How;
use cargo_corelint::front::{self, Settings, View};
use cargo_corelint::input::{Kind, Owner, Unit, Work};
use cargo_corelint::known::{Guard, Question};

/// The members that a C program loads, each with the guards that hold there.
fn loads(name: &str, body: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("facts");
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(format!("{name}.bpf.c"));
    let text = format!(
        "#define SEC(name) __attribute__((section(name), used))\n\
         struct a {{ int old; int new; int other; }} __attribute__((preserve_access_index));\n\
         enum e {{ ONE, TWO }};\n\
         #define has(field) __builtin_preserve_field_info(field, 2)\n\
         #define has_type(type) __builtin_preserve_type_info(*(type *)0, 0)\n\
         #define has_value(type, value) __builtin_preserve_enum_value(*(type *)value, 0)\n\
         #define offset(field) __builtin_preserve_field_info(field, 0)\n\
         SEC(\"tp_btf/x\") int probe(unsigned long *ctx)\n{{\n\tstruct a *p = (void *)ctx[0];\n\t{body}\n}}\n"
    );
    fs::write(&file, text).expect("a file");
    let unit = Unit {
        work: Work::File(Kind::C, file),
        owner: Arc::new(Owner::default()),
    };
    let reading = front::read(&unit, &Settings::default(), |_, _, _| true);
    let [View::C(view)] = &reading.views[..] else {
        panic!("{:?} {:?}", reading.problems, reading.notes);
    };
    let loads = view
        .accesses
        .iter()
        .filter(|access| access.how == How::Load);
    let members = loads.filter(|access| !access.path.is_empty());
    members
        .map(|access| {
            let guards: Vec<String> = access.guards.iter().map(shown).collect();
            format!("{} [{}]", access.path, guards.join(", "))
        })
        .collect()
}

fn shown(guard: &Guard) -> String {
    let asked = match &*guard.question {
        Question::Field(record, path, _) => format!("{}.{path}", record),
        Question::Type(record) => record.to_string(),
        Question::Enumerator(_, name) => name.to_string(),
        Question::Either(a, b) => {
            let all = |guards: &[Guard]| guards.iter().map(shown).collect::<Vec<_>>().join(" & ");
            format!("({} | {})", all(a), all(b))
        }
        Question::Tracepoint(name) => format!("tracepoint {name}"),
        Question::Before(code) => format!("before {code:#x}"),
        Question::Other => "another".to_owned(),
    };
    let not = if guard.exists { "" } else { "!" };
    format!("{not}{asked}")
}

#[test]
fn guards_hold_in_their_branches() {
    assert_eq!(
        loads(
            "branches",
            "if (has(p->new)) return p->new; else if (!has_type(struct a)) return 0; return p->old;"
        ),
        ["new [a.new]", "old [!a.new]"]
    );
    assert_eq!(
        loads("choice", "return has(p->new) ? p->new : p->old;"),
        ["new [a.new]", "old [!a.new]"]
    );
    assert_eq!(
        loads(
            "both",
            "if (has(p->new) && has_value(enum e, TWO) && p->new) return p->other; return p->old;"
        ),
        ["new [a.new, TWO]", "other [a.new, TWO]", "old [another]"]
    );
}

#[test]
fn a_branch_that_returns_guards_the_rest_of_its_block() {
    assert_eq!(
        loads(
            "returns",
            "if (p->other) { if (!has(p->new) || !has_type(struct a)) return 0; return p->new; } return p->old;"
        ),
        ["other []", "new [a.new, a]", "old []"]
    );
    assert_eq!(
        loads(
            "else_returns",
            "if (has(p->new)) p->other = p->new; else return 0; return p->old;"
        ),
        ["new [a.new]", "old [a.new]"]
    );
}

#[test]
fn code_that_is_reached_in_another_way_has_no_known_guard() {
    assert_eq!(
        loads(
            "switch",
            "switch (ctx[1]) { case 1: if (!has(p->new)) return 0; return p->new; case 2: return p->other; } return p->old;"
        ),
        ["new [a.new]", "other []", "old []"]
    );
    assert_eq!(
        loads(
            "goto",
            "if (ctx[1]) goto out; if (!has(p->new)) return 0; out: return p->new;"
        ),
        ["new []"]
    );
    assert_eq!(
        loads(
            "goto_behind",
            "if (!has(p->new)) goto out; p->other = p->new; out: return p->old;"
        ),
        ["new [a.new]", "old []"]
    );
    assert_eq!(
        loads(
            "goto_in_front",
            "if (!has(p->new)) return 0; if (ctx[1]) goto out; p->other = 1; out: return p->new;"
        ),
        ["new [a.new]"]
    );
}

#[test]
fn other_questions_are_guards_of_which_nothing_is_known() {
    assert_eq!(
        loads(
            "offset",
            "if (offset(p->new)) return p->new; return p->old;"
        ),
        ["new [another]", "old [another]"]
    );
}
