//! What the directives around a place say about the kernel: a build chooses between what stands in them.

use std::rc::Rc;

use super::includes::directive;
use super::versions;
use crate::known::{Guard, Question};

/// A condition that is open at a place.
struct Open {
    /// Whether it asks for the version of the kernel.
    asks: bool,
    /// Whether the function around has it.
    is_inside: bool,
    /// What holds in the branch.
    guards: Vec<Guard>,
    /// What does not hold there: the last condition.
    last: Option<Guard>,
    is_first: bool,
}

/// The guards around a place of a text. A condition on something else than the version is one on the build, if the
/// function has another branch for it.
pub(super) fn around(text: &str, at: usize) -> Vec<Guard> {
    let mut open: Vec<Open> = Vec::new();
    let mut start = 0;
    let mut lines = text.split_inclusive('\n');
    for line in lines.by_ref() {
        start += line.len();
        if start > at {
            break;
        }
        if line.starts_with("SEC(") || line.starts_with('}') {
            open.iter_mut().for_each(|one| one.is_inside = false);
        }
        match directive(line) {
            Some(("if" | "ifdef" | "ifndef", _)) => {
                let last = asked(line);
                open.push(Open {
                    asks: versions::is_asked(line),
                    is_inside: true,
                    guards: last.iter().cloned().collect(),
                    last,
                    is_first: true,
                });
            }
            Some(("elif" | "else", _)) => {
                let Some(one) = open.last_mut() else { continue };
                one.guards.pop();
                one.guards.extend(one.last.take().map(opposite));
                one.last = asked(line);
                one.guards.extend(one.last.clone());
                one.asks |= versions::is_asked(line);
                one.is_first = false;
            }
            Some(("endif", _)) => {
                open.pop();
            }
            _ => {}
        }
    }
    let rest = text.get(start..).unwrap_or_default();
    let depth = open.len();
    let mut guards = Vec::new();
    for (number, one) in open.into_iter().enumerate() {
        if one.asks {
            let is_known = !one.guards.is_empty();
            guards.extend(one.guards);
            guards.extend((!is_known).then(Guard::other));
        } else if one.is_inside && (!one.is_first || has_other_branch(rest, depth - number)) {
            guards.push(Guard::other());
        }
    }
    guards
}

/// Whether the condition that is this far out has another branch behind a place.
fn has_other_branch(rest: &str, out: usize) -> bool {
    let mut depth = out;
    for (name, _) in rest.lines().filter_map(directive) {
        match name {
            "if" | "ifdef" | "ifndef" => depth += 1,
            "elif" | "else" if depth == 1 => return true,
            "endif" if depth == 1 => return false,
            "endif" => depth -= 1,
            _ => {}
        }
    }
    false
}

/// What a directive asks of the version.
fn asked(line: &str) -> Option<Guard> {
    let (code, is_before) = versions::asked_version(line.trim())?;
    Some(Guard {
        question: Rc::new(Question::Before(code)),
        exists: is_before,
    })
}

fn opposite(guard: Guard) -> Guard {
    Guard {
        exists: !guard.exists,
        ..guard
    }
}

#[cfg(test)]
mod tests {
    use super::around;
    use crate::known::{Guard, Question};

    fn said(text: &str) -> Vec<String> {
        let guards = around(text, text.find("here").expect("the place"));
        let said = guards
            .iter()
            .map(|Guard { question, exists }| match **question {
                Question::Before(code) if *exists => format!("before {:x}", code),
                Question::Before(code) => format!("from {:x}", code),
                _ => "other".to_owned(),
            });
        said.collect()
    }

    #[test]
    fn says_what_holds() {
        let new = "#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)\n";
        let old = "#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)\n";
        for (text, expected) in [
            (
                format!("SEC(\"a\")\n{new} here\n#else\n#endif\n"),
                &["from 50b00"][..],
            ),
            (
                format!("SEC(\"a\")\n{new}#else\n here\n#endif\n"),
                &["before 50b00"],
            ),
            (format!("{old} here\n#endif\n"), &["before 50b00"]),
            (
                format!("{new}#elif LINUX_VERSION_CODE < KERNEL_VERSION(5, 4, 0)\n here\n#endif\n"),
                &["before 50b00", "before 50400"],
            ),
            (format!("{new}#endif\n here\n"), &[]),
            (
                "SEC(\"a\")\n{\n#ifdef NEW\n here\n#else\n#endif\n".to_owned(),
                &["other"],
            ),
            (
                "SEC(\"a\")\n{\n#ifdef NEW\n#else\n here\n#endif\n".to_owned(),
                &["other"],
            ),
            // Not a choice, and not one of this function.
            ("SEC(\"a\")\n{\n#ifdef NEW\n here\n#endif\n".to_owned(), &[]),
            (
                "#ifdef A\nSEC(\"a\")\n{\n here\n}\n#else\n#endif\n".to_owned(),
                &[],
            ),
            (
                "#ifndef A_H\n#define A_H\nSEC(\"a\")\n here\n#endif\n".to_owned(),
                &[],
            ),
        ] {
            assert_eq!(said(&text), expected, "{text}");
        }
    }
}
