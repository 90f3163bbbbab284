//! Declares what a file uses and nothing declares: maps of the form before BTF, whose header libbpf 1.0 dropped, and
//! constants that the project keeps to itself.

use std::collections::BTreeSet;

use super::clang::Diagnostic;

/// Types of maps, by the name of their struct.
///
/// Source: `bpf_helpers.h` of libbpf 0.8; `bpf_elf.h` of iproute2.
const MAPS: &[(&str, &str)] = &[
    (
        "bpf_map_def",
        "struct bpf_map_def { unsigned int type, key_size, value_size, max_entries, map_flags; };\n",
    ),
    (
        "bpf_elf_map",
        "struct bpf_elf_map { unsigned int type, size_key, size_value, max_elem, flags, id, pinning, inner_id, inner_idx; };\n\
         #ifndef PIN_NONE\n#define PIN_NONE 0\n#endif\n\
         #ifndef PIN_OBJECT_NS\n#define PIN_OBJECT_NS 1\n#endif\n\
         #ifndef PIN_GLOBAL_NS\n#define PIN_GLOBAL_NS 2\n#endif\n",
    ),
];

/// The declarations that the `errors` miss, if there are some. `is_all_there`: no header is missing, which may have a
/// constant.
pub(super) fn missing(errors: &[Diagnostic], is_all_there: bool) -> Option<String> {
    let mut text = String::new();
    for (name, declaration) in MAPS {
        let wanted = format!("'struct {name}'");
        let misses =
            |error: &Diagnostic| error.text.contains("incomplete") && error.text.contains(&wanted);
        if errors.iter().any(misses) {
            text += declaration;
        }
    }
    let names = errors.iter().filter(|_| is_all_there).filter_map(constant);
    let mut names: BTreeSet<&str> = names.collect();
    names.retain(|name| !text.contains(name));
    for name in names {
        // A loader may set it, for all that is known.
        text += &format!("extern const volatile long {name};\n");
    }
    (!text.is_empty()).then_some(text)
}

/// The name that an error misses, if it is one of a constant: `MAX_PORT`.
fn constant(error: &Diagnostic) -> Option<&str> {
    let rest = error.text.strip_prefix("use of undeclared identifier '")?;
    let name = rest.split('\'').next()?;
    let is_of_constant =
        |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    let is_long = name.contains('_') && !name.starts_with('_');
    (is_long && name.chars().all(is_of_constant)).then_some(name)
}
