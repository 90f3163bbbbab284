//! Lists that go together: each example, rule and kind of relocation has its row or page, and facts
//! that two packages have a copy of are equal.

use bpf_core_btf::CoreReloKind;

use crate::files;

/// Folders of `examples/` without a crate `ebpf/`: what the examples share, and workspaces of their own.
const WITHOUT_EBPF: [&str; 4] = ["aya-app", "events", "libbpf-app", "loader"];

#[test]
fn every_example_is_in_the_readme() {
    let readme = files::read("examples/README.md");
    for name in files::folders("examples") {
        let told = readme.contains(&format!("**{name}**")) || readme.contains(&format!("`{name}`"));
        assert!(told, "examples/README.md does not tell of `{name}`");
        let is_example = files::root()
            .join("examples")
            .join(&name)
            .join("ebpf")
            .exists();
        let listed = WITHOUT_EBPF.contains(&name.as_str());
        assert_ne!(is_example, listed, "examples/{name}: a folder `ebpf/`?");
    }
}

#[test]
fn every_rule_has_a_page_and_fixtures() {
    let rules = files::folders("lint/src/rules");
    assert!(rules.len() > 10, "the rules are elsewhere");
    for rule in rules {
        let page = rule.replace('_', "-") + ".md";
        let folder = files::root().join("lint/src/rules").join(&rule);
        assert!(
            folder.join(&page).exists(),
            "lint/src/rules/{rule}: no {page}"
        );
    }
}

/// `--corelint` of the linker, which does not depend on the linter.
#[test]
fn the_linker_speaks_as_the_rules_do() {
    let files = files::rust();
    let rules = files
        .iter()
        .filter(|file| file.path.starts_with("lint/src/rules/"));
    let rules: Vec<&str> = rules.map(|file| file.text.as_str()).collect();
    let linker = files::read("linker/src/corelint/mod.rs");
    let judge = linker.split_once("fn judge(").expect("what it finds").1;
    let judge = judge.split_once("\n}\n").expect("its end").0;
    let words = files::read("linker/src/corelint/words.rs");
    let mut count = 0;
    for text in texts(&words).chain(texts(judge)) {
        let is_there = rules
            .iter()
            .any(|rule| rule.contains(&format!("\"{text}\"")));
        assert!(is_there, "no rule says \"{text}\"");
        count += 1;
    }
    assert!(count > 8, "{count} texts");
}

/// The texts in quotes.
fn texts(source: &str) -> impl Iterator<Item = &str> {
    let text = source.split('"').skip(1).step_by(2);
    text.filter(|text| !text.is_empty())
}

/// The gate builds and runs the example.
#[test]
fn the_tutorials_code_is_the_examples() {
    let tutorial = files::read("docs/tutorial.md");
    let files = files::all();
    let example = files
        .iter()
        .filter(|file| file.path.starts_with("examples/aya-app/"));
    let example: Vec<&str> = example.map(|file| file.text.as_str()).collect();
    let mut count = 0;
    for block in tutorial.split("```rust\n").skip(1) {
        let code = block.split("```").next().unwrap_or_default();
        let is_there = example.iter().any(|text| text.contains(code));
        assert!(is_there, "examples/aya-app has no such code:\n{code}");
        count += 1;
    }
    assert!(count > 4, "{count} blocks");
}

#[test]
fn every_kind_of_relocation_is_in_the_guide() {
    let guide = files::read("docs/guide.md");
    for (number, kind) in CoreReloKind::ALL.iter().enumerate() {
        let row = format!("| `{kind}` | {number} |");
        let is_there = guide.lines().any(|line| line.starts_with(&row));
        assert!(is_there, "docs/guide.md: no row `{row}`");
    }
}

/// A descriptor calls a kind what libbpf's errors call it.
#[test]
fn every_kind_of_relocation_is_in_the_contract() {
    let grammar = files::read("bpf-core/src/contract/mod.rs");
    let kinds = files::read("bpf-core/src/contract/relocation.rs");
    for kind in CoreReloKind::ALL {
        assert!(
            grammar.contains(&format!("\"{kind}\"")) || grammar.contains(&format!("\"{kind} \"")),
            "contract/mod.rs: the grammar has no `{kind}`"
        );
        assert!(
            kinds.contains(&format!(" = \"{kind}\";")),
            "contract/relocation.rs: no kind `{kind}`"
        );
    }
}

/// `core-macros` cannot depend on `bpf-core`, so it has copies of what the symbols of markers start with.
#[test]
fn copies_of_the_marker_prefix_are_equal() {
    let constant = |path: &str, name: &str| {
        let text = files::read(path);
        let start = format!("const {name}: &str = \"");
        let (_, value) = text
            .split_once(&start)
            .unwrap_or_else(|| panic!("{path}: no `{name}`"));
        value.split_once('"').expect("a closing quote").0.to_owned()
    };
    let contract = "bpf-core/src/contract/mod.rs";
    let marker = constant(contract, "MARKER_PREFIX");
    let kfunc = constant(contract, "KFUNC_PREFIX");
    let field = constant(contract, "FIELD_PREFIX");
    assert_eq!(constant("core-macros/src/kfunc.rs", "PREFIX"), kfunc);
    assert_eq!(
        constant("core-macros/src/derive/markers.rs", "PREFIX"),
        field
    );
    for whole in [
        kfunc,
        field,
        constant(contract, "FIELD_PTR"),
        constant(contract, "INFO"),
    ] {
        assert!(
            whole.starts_with(&marker),
            "`{whole}` does not start with `{marker}`"
        );
    }
    // `extern` blocks cannot take a name from a constant.
    let relocation = files::read("bpf-core/src/contract/relocation.rs");
    for name in ["FIELD_PTR", "INFO"] {
        let function = format!("fn {}(", constant(contract, name));
        assert!(
            relocation.contains(&function),
            "relocation.rs: no `{function}`"
        );
    }
}

/// A recipe that names a file which is elsewhere now sends people astray.
#[test]
fn every_path_in_the_recipes_is_there() {
    let text = files::read("CONTRIBUTING.md");
    let quoted = text.split('`').skip(1).step_by(2);
    let is_path = |word: &&str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let outside = ["target/", "usr/", "/"]
            .iter()
            .any(|start| word.starts_with(start));
        word.contains('/') && word.chars().all(plain) && !word.contains("NAME") && !outside
    };
    let mut paths = 0;
    for path in quoted.filter(is_path) {
        let in_package = ["", "kernel-facts/src/", "lint/", "kernel-facts/"];
        let is_there = in_package
            .iter()
            .any(|folder| files::root().join(folder).join(path).exists());
        assert!(is_there, "CONTRIBUTING.md: no `{path}`");
        paths += 1;
    }
    assert!(paths > 20, "the recipes have no paths any more");
}

/// A path of somebody's machine helps nobody else. Tests may make up a home.
#[test]
fn no_path_is_of_one_machine() {
    const MADE_UP: [&str; 2] = ["/home/u/", "/home/a b/"];
    for file in files::all() {
        if file.path.starts_with("tests/tidy/") || file.path.ends_with(".lock") {
            continue;
        }
        for (number, line) in file.text.lines().enumerate() {
            let line = MADE_UP
                .iter()
                .fold(line.to_owned(), |line, made_up| line.replace(made_up, ""));
            let of_a_machine = ["/home/", "/root/", "/Users/"]
                .iter()
                .any(|path| line.contains(path));
            assert!(!of_a_machine, "{}:{}: {line}", file.path, number + 1);
        }
    }
}
