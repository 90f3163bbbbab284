//! Finds layouts that a C file chooses by the version of the kernel, in code and in directives.

use super::tree::{Kind, Node, Tree};
use super::view::{VersionChoice, View};
use crate::front::lex::{Dialect, Kind as Lexed, Lexer};
use crate::span::Span;

/// What stands for the version of a kernel.
const VERSIONS: &[&str] = &["LINUX_VERSION_CODE", "LINUX_KERNEL_VERSION"];

/// Adds the choices of all files that were looked into.
pub(super) fn find(tree: &Tree, view: &mut View) {
    for function in &tree.functions {
        function.body.walk(&mut |node| choice(tree, node, view));
    }
    for (path, text) in &tree.sources {
        if VERSIONS.iter().any(|name| text.contains(name)) {
            let found = directives(text)
                .into_iter()
                .map(|(condition, layout)| VersionChoice {
                    condition: Span::new(path, condition),
                    layout: Span::new(path, layout),
                });
            view.versions.extend(found);
        }
    }
}

/// `LINUX_KERNEL_VERSION` in a condition.
fn choice(tree: &Tree, node: &Node, view: &mut View) {
    let (condition, chosen): (&Node, Vec<&Node>) = match &node.kind {
        Kind::If(condition, branches) => (condition, branches.iter().collect()),
        Kind::Choice(condition, yes, no) => (condition, vec![yes, no]),
        _ => return,
    };
    let mut asks = false;
    condition.walk(&mut |node| {
        asks |= match &node.kind {
            Kind::Variable(id) => VERSIONS.contains(&tree.variables[*id].name.as_ref()),
            _ => node
                .from
                .as_deref()
                .is_some_and(|name| VERSIONS.contains(&name)),
        };
    });
    if !asks {
        return;
    }
    // A branch of numbers is a choice of offsets.
    let numbers = matches!(node.kind, Kind::Choice(..))
        && chosen
            .iter()
            .all(|one| matches!(one.bare().kind, Kind::Int(_)));
    let mut layout = numbers.then(|| node.span.clone());
    for branch in chosen {
        branch.walk(&mut |node| {
            let is_layout = match &node.kind {
                Kind::Read(_) | Kind::OffsetOf { .. } => true,
                Kind::Call { name, .. } => name.starts_with("bpf_probe_read"),
                Kind::Assign(_, to, from) => match (&to.kind, &from.bare().kind) {
                    (Kind::Variable(id), Kind::Int(_)) => is_offset(&tree.variables[*id].name),
                    _ => false,
                },
                _ => false,
            };
            if is_layout {
                layout.get_or_insert(node.span.clone());
            }
        });
    }
    if let Some(layout) = layout {
        let condition = condition.span.clone();
        view.versions.push(VersionChoice { condition, layout });
    }
}

fn is_offset(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains("off") || lower.contains("size")
}

/// `#if LINUX_VERSION_CODE >= ...` around a layout: the directive and the first line of it.
fn directives(text: &str) -> Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    // The conditions around the line, and whether each asks for the version.
    let mut open: Vec<Option<std::ops::Range<usize>>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        let range = start..start + trimmed.len();
        at += line.len();
        let directive = trimmed.strip_prefix('#').map(str::trim_start);
        match directive {
            Some(rest) if rest.starts_with("if") => {
                let asks = VERSIONS.iter().any(|name| rest.contains(name));
                let guards = rest.starts_with("ifdef") || rest.starts_with("ifndef");
                open.push((asks && !guards).then_some(range));
                continue;
            }
            Some(rest) if rest.starts_with("elif") => {
                let asks = VERSIONS.iter().any(|name| rest.contains(name));
                if let Some(last) = open.last_mut()
                    && asks
                {
                    last.get_or_insert(range);
                }
                continue;
            }
            Some(rest) if rest.starts_with("endif") => {
                open.pop();
                continue;
            }
            Some(rest) if rest.starts_with("else") => continue,
            _ => {}
        }
        let asked = open
            .iter_mut()
            .rev()
            .find_map(|one| one.take_if(|_| is_layout(trimmed)));
        if let Some(condition) = asked {
            found.push((condition, range));
        }
    }
    found
}

/// Whether a line has to do with where fields are.
fn is_layout(line: &str) -> bool {
    if let Some(rest) = line.strip_prefix('#') {
        let mut words = rest.split_whitespace();
        let (first, name) = (words.next(), words.next());
        return first == Some("define") && name.is_some_and(is_offset);
    }
    const READS: &[&str] = &[
        "BPF_CORE_READ",
        "BPF_PROBE_READ",
        "bpf_core_read",
        "bpf_probe_read",
    ];
    let mut tokens = Lexer::new(line, Dialect::C).filter(|token| token.kind != Lexed::Comment);
    let mut previous = "";
    tokens.any(|token| {
        let word = &line[token.range.clone()];
        let arrow = previous == "-" && word == ">";
        previous = word;
        arrow || READS.iter().any(|read| word.starts_with(read))
    })
}

#[cfg(test)]
mod tests {
    use super::directives;

    #[test]
    fn finds_layouts() {
        let text = "#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)\nx = t->__state;\n#else\n\
                    x = t->state;\n#endif\n";
        assert_eq!(directives(text).len(), 1);
    }

    #[test]
    fn leaves_functions_alone() {
        let text = "#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)\n// t->a\nint f(void);\n\
                    #endif\n#ifdef LINUX_VERSION_CODE\nx = t->a;\n#endif\n";
        assert_eq!(directives(text), []);
    }
}
