//! Finds layouts that a C file chooses by the version of the kernel, in code and in directives.

use std::rc::Rc;

use super::tree::{Kind, Node, Tree, Ty};
use super::view::{Record, VersionChoice, View};
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
            let is_own = |name: &str| points_to_own(tree, name);
            let found = directives(text, &is_own)
                .into_iter()
                .map(|(condition, layout)| VersionChoice {
                    version: asked_version(&text[condition.clone()]).map(|(code, _)| code),
                    condition: Span::new(path, condition),
                    layout: Span::new(path, layout),
                    members: Vec::new(),
                    is_one_sided: false,
                    is_alike: false,
                });
            view.versions.extend(found);
        }
    }
}

/// Whether the variables of this name point to structs that are not the kernel's.
fn points_to_own(tree: &Tree, name: &str) -> bool {
    let mut named = tree
        .variables
        .iter()
        .filter(|one| &*one.name == name)
        .peekable();
    named.peek().is_some()
        && named.all(|one| {
            let record = one.ty.pointee().and_then(Ty::record);
            record.is_some_and(|record| !record.is_kernel() && &*record.name != "pt_regs")
        })
}

/// A version in a condition.
fn choice(tree: &Tree, node: &Node, view: &mut View) {
    let (condition, chosen): (&Node, Vec<&Node>) = match &node.kind {
        Kind::If(condition, branches) => (condition, branches.iter().collect()),
        Kind::Choice(condition, yes, no) => (condition, vec![yes, no]),
        _ => return,
    };
    if !asks(tree, condition) {
        return;
    }
    let is_choice = matches!(node.kind, Kind::Choice(..));
    // Branches of numbers are a choice of offsets, and branches of parameters one of arguments.
    let numbers = is_choice
        && chosen
            .iter()
            .all(|one| matches!(one.bare().kind, Kind::Int(_)));
    let parameters = is_choice && chosen.iter().all(|one| is_parameter(tree, one));
    let mut layout = (numbers || parameters).then(|| node.span.clone());
    let mut members = Vec::new();
    for branch in chosen {
        branch.walk(&mut |node| {
            if is_layout_node(tree, node) {
                layout.get_or_insert(node.span.clone());
                members.append(&mut members_of(node));
            }
        });
    }
    if let Some(layout) = layout {
        view.versions.push(VersionChoice {
            condition: condition.span.clone(),
            version: before(tree, condition).map(|(code, _)| code),
            layout,
            members,
            is_one_sided: false,
            is_alike: false,
        });
    }
}

/// What a comparison with the kernel's version says: the version that the kernel is before, or, with `false`,
/// is not before.
pub(super) fn before(tree: &Tree, condition: &Node) -> Option<(u32, bool)> {
    let Kind::Binary(operator, left, right) = &condition.bare().kind else {
        return None;
    };
    let is_kernels = |node: &Node| match &node.bare().kind {
        Kind::Variable(id) => VERSIONS.contains(&tree.variables[*id].name.as_ref()),
        _ => false,
    };
    let (operator, code) = match (is_kernels(left), is_kernels(right)) {
        (true, false) => (&**operator, right.constant()?),
        (false, true) => match &**operator {
            "<" => (">", left.constant()?),
            ">" => ("<", left.constant()?),
            "<=" => (">=", left.constant()?),
            ">=" => ("<=", left.constant()?),
            _ => return None,
        },
        _ => return None,
    };
    side(operator, u32::try_from(code).ok()?)
}

/// The same of `#if LINUX_VERSION_CODE > KERNEL_VERSION(4, 11, 0)`, where it asks nothing else.
pub(super) fn asked_version(directive: &str) -> Option<(u32, bool)> {
    let text: String = directive.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.trim_start_matches('#');
    let text = text.strip_prefix("el").unwrap_or(text).strip_prefix("if")?;
    let text = text.trim_start_matches('(');
    let text = VERSIONS.iter().find_map(|name| text.strip_prefix(name))?;
    let operator = text.find(|c| !matches!(c, '<' | '>' | '='))?;
    let (operator, version) = text.split_at(operator);
    let numbers = version.strip_prefix("KERNEL_VERSION(")?;
    let numbers = numbers.trim_end_matches(')').split(',');
    let numbers: Vec<u32> = numbers.map(str::parse).collect::<Result<_, _>>().ok()?;
    let [major, minor, patch] = numbers[..] else {
        return None;
    };
    let code = (major << 16) + (minor << 8) + patch.min(255);
    side(operator, code)
}

/// Whether a directive asks for the version of the kernel.
pub(super) fn is_asked(directive: &str) -> bool {
    VERSIONS.iter().any(|name| directive.contains(name))
}

fn side(operator: &str, code: u32) -> Option<(u32, bool)> {
    match operator {
        "<" => Some((code, true)),
        ">=" => Some((code, false)),
        "<=" => Some((code.checked_add(1)?, true)),
        ">" => Some((code.checked_add(1)?, false)),
        _ => None,
    }
}

/// Whether a condition asks for the version of the kernel: by libbpf's or the compiler's name, or by a
/// variable that is called so and compared with a number.
fn asks(tree: &Tree, condition: &Node) -> bool {
    let mut asks = false;
    condition.walk(&mut |node| {
        asks |= match &node.kind {
            Kind::Variable(id) => VERSIONS.contains(&tree.variables[*id].name.as_ref()),
            Kind::Binary(operator, left, right) => {
                let is_order = matches!(operator.as_ref(), "<" | ">" | "<=" | ">=");
                is_order && (is_version(tree, left) || is_version(tree, right))
            }
            _ => node
                .from
                .as_deref()
                .is_some_and(|name| VERSIONS.contains(&name)),
        };
    });
    asks
}

/// Whether a value is called a version of the kernel: what a loader takes from `uname` and sets, or what the
/// program reads.
fn is_version(tree: &Tree, node: &Node) -> bool {
    let name = match &node.bare().kind {
        Kind::Variable(id) => &tree.variables[*id].name,
        Kind::Member { field, .. } => field,
        _ => return false,
    };
    let name = name.to_ascii_lowercase();
    let is_kernel = ["kern", "linux", "uname", "kver"]
        .iter()
        .any(|word| name.contains(word));
    is_kernel && ["ver", "release"].iter().any(|word| name.contains(word))
}

/// Whether a value is a parameter of a function.
fn is_parameter(tree: &Tree, node: &Node) -> bool {
    match &node.bare().kind {
        Kind::Variable(id) => tree.functions.iter().any(|one| one.params.contains(id)),
        _ => false,
    }
}

/// The members that a node reads.
fn members_of(node: &Node) -> Vec<(Rc<str>, String)> {
    let named = |record: Option<&Rc<Record>>, path: String| {
        let record = record.filter(|record| !record.name.is_empty())?;
        Some((Rc::clone(&record.name), path))
    };
    match &node.kind {
        Kind::Read(read) => {
            let hops = read.hops.iter();
            hops.filter_map(|hop| named(hop.record.as_ref(), hop.path.clone()))
                .collect()
        }
        Kind::Member {
            base,
            field,
            arrow: true,
            ..
        } => {
            let record = base.ty.pointee().and_then(Ty::record);
            named(record, field.to_string()).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn is_layout_node(tree: &Tree, node: &Node) -> bool {
    match &node.kind {
        Kind::Read(_) | Kind::OffsetOf { .. } => true,
        Kind::Question(None) | Kind::Needed(_) => node
            .from
            .as_deref()
            .is_some_and(|name| name.starts_with("BPF_CORE_READ")),
        Kind::Call { name, .. } => name.starts_with("bpf_probe_read"),
        Kind::Member {
            base, arrow: true, ..
        } => base
            .ty
            .pointee()
            .and_then(Ty::record)
            .is_some_and(|record| record.is_kernel() || &*record.name == "pt_regs"),
        Kind::Assign(_, to, from) => match (&to.kind, &from.bare().kind) {
            (Kind::Variable(id), Kind::Int(_)) => is_offset(&tree.variables[*id].name),
            (Kind::Variable(_), _) => is_parameter(tree, from),
            _ => false,
        },
        _ => false,
    }
}

fn is_offset(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains("off") || lower.contains("size")
}

/// `#if LINUX_VERSION_CODE >= ...` around a layout: the directive and the first line of it.
/// `is_own` tells the variables that point to no struct of the kernel.
fn directives(
    text: &str,
    is_own: &dyn Fn(&str) -> bool,
) -> Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> {
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
            .find_map(|one| one.take_if(|_| is_layout(trimmed, is_own)));
        if let Some(condition) = asked {
            found.push((condition, range));
        }
    }
    found
}

/// Whether a line has to do with where fields are.
fn is_layout(line: &str, is_own: &dyn Fn(&str) -> bool) -> bool {
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
        "PT_REGS_PARM",
    ];
    let mut tokens = Lexer::new(line, Dialect::C).filter(|token| token.kind != Lexed::Comment);
    let (mut base, mut previous) = ("", "");
    tokens.any(|token| {
        let word = &line[token.range.clone()];
        let arrow = previous == "-" && word == ">" && !is_own(base);
        (base, previous) = (previous, word);
        arrow || READS.iter().any(|read| word.starts_with(read))
    })
}

#[cfg(test)]
mod tests {
    use super::{asked_version, directives};

    #[test]
    fn finds_layouts() {
        let text = "#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)\nx = t->__state;\n#else\n\
                    x = t->state;\n#endif\n";
        assert_eq!(directives(text, &|_| false).len(), 1);
    }

    #[test]
    fn leaves_functions_alone() {
        let text = "#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)\n// t->a\nint f(void);\n\
                    #endif\n#ifdef LINUX_VERSION_CODE\nx = t->a;\n#endif\n";
        assert_eq!(directives(text, &|_| false), []);
    }

    #[test]
    fn leaves_own_structs_alone() {
        let text = "#if LINUX_VERSION_CODE > KERNEL_VERSION(5, 14, 0)\nev->comm[0] = 0;\n#endif\n";
        assert_eq!(directives(text, &|name| name == "ev"), []);
        let text = text.replace("ev->comm[0]", "ev->task->pid");
        assert_eq!(directives(&text, &|name| name == "ev").len(), 1);
    }

    #[test]
    fn reads_versions_of_directives() {
        for (text, expected) in [
            (
                "#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)",
                Some(0x50e00),
            ),
            (
                "# elif (LINUX_VERSION_CODE > KERNEL_VERSION(4,11,0))",
                Some(0x40b01),
            ),
            (
                "#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 300)",
                Some(0x601ff),
            ),
            ("#if LINUX_VERSION_CODE < OURS", None),
            (
                "#if defined(A) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)",
                None,
            ),
            (
                "#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0) || A",
                None,
            ),
            ("#ifdef LINUX_VERSION_CODE", None),
        ] {
            let found = asked_version(text).map(|(code, _)| code);
            assert_eq!(found, expected, "{text}");
        }
    }
}
