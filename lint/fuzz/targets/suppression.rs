//! Suppression comments in all three kinds of text.
#![no_main]

use cargo_corelint::front::lex::Dialect;
use cargo_corelint::front::suppression;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let path = "file".into();
    let all = [
        suppression::of_text(&path, text, Dialect::Rust),
        suppression::of_text(&path, text, Dialect::C),
        suppression::of_lines(&path, text),
    ];
    for comment in all.iter().flatten() {
        assert!(text.get(comment.comment.range()).is_some());
        assert!(text.get(comment.scope.range()).is_some());
    }
});
