//! A file has one subject, and its first line says which.

use crate::files::{self, File};

/// Lines that a Rust file may have, comments apart: a macro's page has to stand at its function.
const LONGEST: usize = 500;

/// Files that have more.
const LONGER: &[&str] = &[];

fn lines_of_code(text: &str) -> usize {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_code).count()
}

#[test]
fn files_are_short() {
    let files = files::rust();
    let is_long = |file: &&File| lines_of_code(&file.text) > LONGEST;
    let long: Vec<&str> = files
        .iter()
        .filter(is_long)
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(
        long, LONGER,
        "left: files of more than {LONGEST} lines; right: those that `LONGER` in lengths.rs has. \
         Split the file, or take one from the list that is short now"
    );
}

#[test]
fn files_say_first_what_they_are() {
    let files = files::rust();
    let silent = files.iter().filter(|file| !file.text.starts_with("//!"));
    let silent: Vec<&str> = silent.map(|file| file.path.as_str()).collect();
    assert_eq!(silent, Vec::<&str>::new(), "these start without `//!`");
}
