//! Architecture invariant: bytes in, values out. This crate opens no file, reads no environment,
//! prints nothing and parses no ELF.

const FORBIDDEN: [&str; 8] = [
    "std::fs",
    "std::io",
    "std::env",
    "std::net",
    "std::process",
    "println!",
    "object::",
    "llvm",
];

#[test]
fn sources_do_no_io() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        for line in source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            for word in FORBIDDEN {
                assert!(!line.contains(word), "{}: {line}", path.display());
            }
        }
        files += 1;
    }
    assert!(files > 10);
}
