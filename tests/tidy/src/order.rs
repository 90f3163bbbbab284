//! The modules of a crate stand in one order: each uses only those before it. The first page of each
//! crate (`src/lib.rs`) tells what each module is for.

use crate::files;

/// A crate by its folder, and its modules from the ground up. Those in one row may not use each other.
struct Order {
    package: &'static str,
    rows: &'static [&'static [&'static str]],
}

const ORDERS: [Order; 2] = [
    Order {
        package: "linker",
        rows: &[
            &["error"],
            &["ir", "log"],
            &["ask", "diagnosis"],
            &["input"],
            &["lower"],
            &["optimise"],
            &["mend"],
            &["corelint", "emit"],
            &["verify"],
            &["link"],
            &["cli", "contain", "output"],
            &["main", "lib"],
        ],
    },
    Order {
        package: "lint",
        rows: &[
            &["answer", "span", "digest", "cores", "kept"],
            &["input"],
            &["known"],
            &["front"],
            &["rules"],
            &["check"],
            &["cache", "inspect", "kernels", "report", "why"],
            &["bindings", "doctor", "migrate", "min_btf"],
            &["cli", "compiler"],
            &["run"],
            &["main", "bin", "lib"],
        ],
    },
];

impl Order {
    fn source(&self) -> String {
        format!("{}/src/", self.package)
    }

    fn row(&self, module: &str) -> usize {
        let row = self.rows.iter().position(|row| row.contains(&module));
        row.unwrap_or_else(|| {
            let package = self.package;
            panic!("`{module}` of `{package}` has no place in the order: give it one in `ORDERS`")
        })
    }

    /// What is wrong with the directions of a file's uses.
    fn wrong(&self, module: &str, text: &str) -> Vec<String> {
        // An import of a group at the root would hide what it names.
        assert!(
            !text.contains("use crate::{"),
            "{module}: one `use` for each module"
        );
        let below = named(text)
            .into_iter()
            .filter(|name| *name != module && self.row(name) >= self.row(module));
        below
            .map(|name| format!("`{module}` uses `{name}`"))
            .collect()
    }
}

/// The module at the root of the crate that a file belongs to, by its path from `src/`.
fn module(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or_default();
    first.trim_end_matches(".rs")
}

/// The modules at the root of the crate that a text names.
fn named(text: &str) -> Vec<&str> {
    let code = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    let parts = code.flat_map(|line| line.split("crate::").skip(1).zip(line.split("crate::")));
    parts
        // `$crate::` and `some_crate::` are other things.
        .filter(|(_, before)| !before.ends_with(|c: char| c == '_' || c.is_alphanumeric()))
        .map(|(rest, _)| {
            let end = rest.find(|c: char| c != '_' && !c.is_alphanumeric());
            &rest[..end.unwrap_or(rest.len())]
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn modules_use_only_those_before_them() {
    let files = files::rust();
    for order in &ORDERS {
        let mut found = Vec::new();
        let mut modules = Vec::new();
        for file in &files {
            let Some(inside) = file.path.strip_prefix(&order.source()) else {
                continue;
            };
            let module = module(inside);
            order.row(module);
            modules.push(module);
            let wrong = order.wrong(module, &file.text).into_iter();
            found.extend(wrong.map(|wrong| format!("{}: {wrong}", file.path)));
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
        for name in order.rows.iter().copied().flatten() {
            let package = order.package;
            assert!(
                modules.contains(name),
                "`{name}` is in the order, and no module of `{package}`"
            );
        }
    }
}

#[test]
fn a_wrong_direction_is_seen() {
    let [linker, lint] = &ORDERS;
    let wrong = |order: &Order, module, text| !order.wrong(module, text).is_empty();
    assert!(wrong(lint, "front", "use crate::rules::Finding;"));
    assert!(wrong(
        lint,
        "input",
        "fn f() { crate::report::levels::of(); }"
    ));
    assert!(wrong(lint, "cache", "use crate::report::sink;"));
    assert!(wrong(linker, "lower", "use crate::verify::Wanted;"));
    assert!(!wrong(
        lint,
        "rules",
        "use crate::front::View; // not crate::check"
    ));
    assert!(!wrong(
        lint,
        "front",
        "use crate::front::lex; use other_crate::rules;"
    ));
    assert!(!wrong(linker, "verify", "use crate::emit;"));
}
