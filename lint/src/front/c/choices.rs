//! Finds macros that only the build defines and that a file needs: `WITH_BTF` of an `#ifdef WITH_BTF` around a
//! definition that the file uses.

use std::fs;
use std::path::PathBuf;

use super::clang::Diagnostic;
use super::includes::directive;
use crate::front::architecture;

/// Sets of macros to define so that the names are declared that the `errors` miss. A header declares such a name inside
/// a condition on the macro, or on one of two. The first header that does so counts.
pub(super) fn missing(errors: &[Diagnostic], headers: &[PathBuf]) -> Vec<Vec<String>> {
    let mut sets = [0, 1]
        .map(|choice| chosen(errors, headers, choice))
        .to_vec();
    sets.dedup();
    sets.retain(|set| !set.is_empty());
    sets
}

fn chosen(errors: &[Diagnostic], headers: &[PathBuf], choice: usize) -> Vec<String> {
    let mut wanted: Vec<&str> = errors.iter().filter_map(undeclared).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found: Vec<String> = Vec::new();
    for header in headers {
        let text = fs::read_to_string(header).unwrap_or_default();
        // What each condition that is open asks for.
        let mut open: Vec<Option<&str>> = Vec::new();
        for line in text.lines() {
            let defined = match directive(line) {
                Some(("if" | "ifdef" | "ifndef", _)) => {
                    open.push(asked(line, choice));
                    continue;
                }
                Some(("elif" | "else", _)) => {
                    open.pop();
                    open.push(asked(line, choice));
                    continue;
                }
                Some(("endif", _)) => {
                    open.pop();
                    continue;
                }
                Some(("define", rest)) => rest,
                Some(_) => continue,
                None if line.starts_with(char::is_whitespace) => continue,
                // The last word in front of the parameters is the name.
                None => match line.split_once('(') {
                    Some((head, _)) => head.rsplit([' ', '*']).next().unwrap_or(head),
                    None => continue,
                },
            };
            let end = defined.find(|c: char| !c.is_alphanumeric() && c != '_');
            let defined = &defined[..end.unwrap_or(defined.len())];
            if let Some(name) = open.last().copied().flatten()
                && let Ok(at) = wanted.binary_search(&defined)
            {
                wanted.remove(at);
                found.push(name.to_owned());
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The name that an error misses.
fn undeclared(error: &Diagnostic) -> Option<&str> {
    const STARTS: &[&str] = &[
        "call to undeclared function '",
        "use of undeclared identifier '",
        "unknown type name '",
    ];
    let rest = STARTS
        .iter()
        .find_map(|start| error.text.strip_prefix(start))?;
    rest.split('\'').next()
}

/// The name that a condition asks to be defined, or this one of several of which any will do. The architecture is
/// chosen elsewhere.
fn asked(line: &str, choice: usize) -> Option<&str> {
    let name = match directive(line)? {
        ("ifdef", name) => name,
        ("if" | "elif", condition) => {
            let condition = condition.split("||").take(choice + 1).last()?.trim();
            let rest = condition.strip_prefix("defined")?.trim_start();
            let inner = rest
                .strip_prefix('(')
                .and_then(|rest| rest.strip_suffix(')'));
            inner.unwrap_or(rest)
        }
        _ => return None,
    };
    let name = name.trim();
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.is_empty();
    let is_architecture = architecture::is_asked(name) || name.contains("_ARCH_");
    (is_name && !is_architecture).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn reads_the_name() {
        for (line, expected) in [
            ("#ifdef WITH_BTF", Some("WITH_BTF")),
            ("#if defined(WITH_BTF)", Some("WITH_BTF")),
            ("  # elif defined WITH_BTF // b", Some("WITH_BTF")),
            ("#if defined(A) && defined(B)", None),
            ("#if defined(A) || defined(B)", Some("A")),
            ("#if defined A||B > 4", Some("A")),
            ("#if B > 4 || defined(A)", None),
            ("#if defined(__TARGET_ARCH_x86)", None),
            ("#ifndef GUARD_H", None),
            ("#else", None),
        ] {
            assert_eq!(asked(line, 0), expected, "{line}");
        }
        assert_eq!(asked("#if defined(A) || defined(B)", 1), Some("B"));
        assert_eq!(asked("#if defined(A)", 1), Some("A"));
    }
}
