//! Where an object says that its instructions come from: the line of the user.

use bpf_core_btf::LineInfo;
use bpf_core_btf::object::{Lines, Place};

use crate::{
    linking::{Folder, parsed},
    program::program,
};

/// `FILE:LINE:COLUMN` of each record, in order, and of all instructions.
fn lines_of(test: &str, ir: &str) -> (Vec<String>, Vec<String>) {
    let folder = Folder::new(test);
    let input = folder.file("a.ll", ir);
    let bytes = folder.link(&[&input, "--export", "prog"]);
    let object = parsed(&bytes);
    let ext = object.btf_ext().unwrap_or_else(|error| panic!("{error}"));
    let ext = ext.unwrap_or_else(|| panic!("no .BTF.ext"));
    let text = |line: &LineInfo<'_>| format!("{}:{}:{}", line.file, line.line, line.column);
    let lines = Lines::new(&object, Some(&ext));
    let of_record = |place: Place| {
        let function = object.function_at(place.section, place.at)?;
        lines.own_of_record(object.section_of(function), function, place.at, |_| true)
    };
    let records = object.records(&ext).map(|(place, _)| {
        let line = of_record(place).unwrap_or_else(|| panic!("no line at {place:?}"));
        text(&line)
    });
    let all = lines.all().map(text).collect();
    (records.collect(), all)
}

const ASKED: [&str; 3] = [
    "field_exists struct task_struct.pid:i32",
    "&byte_off struct task_struct.tgid:i32",
    "byte_off struct task_struct.se:struct sched_entity.vruntime:u64",
];

/// The program of `program`, whose accesses are on lines 91, 92, ...
fn on_lines() -> String {
    let at_line = |line: &str| {
        let is_of = |index: &usize| {
            let values = [
                format!("%p{index} "),
                format!("%v{index} "),
                format!("%v{index},"),
            ];
            values.iter().any(|value| line.contains(value))
        };
        match (0..ASKED.len()).find(is_of) {
            Some(index) => line.replace("!21", &format!("!{}", 900 + index)),
            None => line.to_owned(),
        }
    };
    let mut lines: Vec<String> = program("prog", "raw_tp/x", &ASKED)
        .lines()
        .map(at_line)
        .collect();
    for index in 0..ASKED.len() {
        let (node, line) = (900 + index, 91 + index);
        lines.push(format!(
            "!{node} = !DILocation(line: {line}, column: 9, scope: !20)"
        ));
    }
    lines.join("\n")
}

#[test]
fn accesses_are_where_the_user_wrote_them() {
    let (mut records, all) = lines_of("lines-of-accesses", &on_lines());
    records.sort();
    let expected = [
        "/src/prog.rs:91:9",
        "/src/prog.rs:92:9",
        "/src/prog.rs:93:9",
    ];
    assert_eq!(records, expected);
    let of_library = all.iter().find(|line| line.contains("bpf-core"));
    assert_eq!(of_library, None, "{all:?}");
}

#[test]
fn code_that_the_user_calls_elsewhere_is_named_by_the_innermost_call() {
    // `helper` is the user's, in another file, and is inlined into the program.
    let ir = on_lines().replace("!900 = !DILocation(line: 91, column: 9, scope: !20)", "")
        + r#"
!900 = !DILocation(line: 7, column: 3, scope: !950, inlinedAt: !951)
!950 = distinct !DISubprogram(name: "helper", scope: !952, file: !952, line: 5, type: !3, unit: !1, spFlags: DISPFlagDefinition)
!951 = distinct !DILocation(line: 91, column: 9, scope: !20)
!952 = !DIFile(filename: "helper.rs", directory: "/src")
"#;
    let (records, _) = lines_of("lines-of-helper", &ir);
    assert!(
        records.contains(&"/src/helper.rs:7:3".to_owned()),
        "{records:?}"
    );
    assert!(
        !records.contains(&"/src/prog.rs:91:9".to_owned()),
        "{records:?}"
    );
}

#[test]
fn a_library_that_no_user_calls_keeps_its_lines() {
    let ir = on_lines().replace(
        r#"directory: "/src""#,
        r#"directory: "/r/bpf-core-0.1.0/src""#,
    );
    let (records, _) = lines_of("lines-of-library", &ir);
    assert_eq!(records.len(), 3);
    let is_of_library = |line: &String| line.contains("bpf-core-0.1.0/src/");
    assert!(records.iter().all(is_of_library), "{records:?}");
}
