//! Lays out descriptors, and expects names, offsets and sizes.

use super::*;
use crate::ask::descriptor::parse;

fn laid(texts: &[&str]) -> Result<Table, Impossible> {
    let requests = texts.iter().map(|text| {
        let request = parse(text).unwrap_or_else(|malformed| panic!("{text}: {malformed}"));
        ((*text).to_owned(), request)
    });
    Table::new(&requests.collect())
}

fn table(texts: &[&str]) -> Table {
    laid(texts).unwrap_or_else(|impossible| panic!("{impossible}"))
}

/// The path of a request in the names of the local types, as `type.member`.
fn names(table: &Table, text: &str) -> Vec<String> {
    let Some(Placed::Field(_, accesses)) = table.placed(text) else {
        panic!("{text}")
    };
    accesses
        .iter()
        .map(|access| match access {
            Access::Member(id, index) => {
                let record = table.record(*id);
                format!(
                    "{}.{}@{}",
                    record.name, record.members[*index].name, record.members[*index].offset
                )
            }
            Access::Element(_, index) => format!("[{index}]"),
        })
        .collect()
}

const PID: &str = "byte_off struct task_struct.pid:i32";
const TGID: &str = "byte_off struct task_struct.tgid:i32";
const WIDE_PID: &str = "byte_off struct task_struct.pid:i64";
const VRUNTIME: &str = "byte_off struct task_struct.se:struct sched_entity.vruntime:u64";

#[test]
fn fields_of_all_inputs_share_a_record() {
    let table = table(&[TGID, PID, VRUNTIME]);
    assert_eq!(names(&table, PID), ["task_struct.pid@0"]);
    assert_eq!(
        names(&table, VRUNTIME),
        ["task_struct.se@8", "sched_entity.vruntime@0"]
    );
    assert_eq!(names(&table, TGID), ["task_struct.tgid@16"]);
}

#[test]
fn a_field_of_another_type_goes_to_a_flavour() {
    let table = table(&[PID, WIDE_PID]);
    assert_eq!(names(&table, PID), ["task_struct.pid@0"]);
    assert_eq!(names(&table, WIDE_PID), ["task_struct___2.pid@0"]);
}

#[test]
fn a_flavour_gets_no_second_separator() {
    let (narrow, wide) = (
        "byte_off struct t___v5.x:u32",
        "byte_off struct t___v5.x:u64",
    );
    let table = table(&[narrow, wide]);
    assert_eq!(names(&table, wide), ["t___v5_2.x@0"]);
}

#[test]
fn a_generated_flavour_is_unused() {
    let other = "byte_off struct task_struct___2.x:u8";
    let table = table(&[PID, WIDE_PID, other]);
    assert_eq!(names(&table, WIDE_PID), ["task_struct___3.pid@0"]);
    assert_eq!(names(&table, other), ["task_struct___2.x@0"]);
}

#[test]
fn a_flavour_inside_makes_one_outside() {
    let narrow = "byte_off struct a.b:struct b.x:u32";
    let wide = "byte_off struct a.b:struct b.x:u64";
    let whole = "byte_sz struct a.b:struct b";
    let table = table(&[narrow, wide, whole]);
    assert_eq!(names(&table, narrow), ["a.b@0", "b.x@0"]);
    assert_eq!(names(&table, wide), ["a___2.b@0", "b___2.x@0"]);
    assert_eq!(names(&table, whole), ["a.b@0"]);
}

#[test]
fn a_struct_a_union_a_typedef_and_an_enum_of_one_name_differ() {
    let texts = [
        "byte_off struct x.a:u8",
        "byte_off typedef struct x.a:u8",
        "byte_off union x.a:u8",
    ];
    let table = table(&[&texts[..], &["enumval_value enum x/u32.A=1"]].concat());
    let mut used: Vec<String> = texts
        .iter()
        .map(|text| names(&table, text).concat())
        .collect();
    used.sort();
    assert_eq!(used, ["x.a@0", "x___2.a@0", "x___3.a@0"]);
    assert!(matches!(
        table.placed("enumval_value enum x/u32.A=1"),
        Some(Placed::Enumerator(_, id, 0)) if table.enumeration(*id).name == "x___4"
    ));
}

#[test]
fn the_flexible_array_is_last() {
    let flexible = "byte_off struct s.a:[0]struct e.x:u32";
    let flexible_whole = "byte_off struct s.a:[0]struct e[3].x:u32";
    assert!(parse(flexible).is_err());
    let (other, second) = ("byte_off struct s.z:u8", "byte_off struct s.b:[0]u8[1]");
    let table = table(&[flexible_whole, other, second]);
    assert_eq!(names(&table, flexible_whole), ["s.a@4", "[3]", "e.x@0"]);
    assert_eq!(names(&table, other), ["s.z@0"]);
    assert_eq!(names(&table, second), ["s___2.b@0", "[1]"]);
}

#[test]
fn elements_keep_the_type_of_their_array() {
    let text = "byte_off struct s.m:[2][3]u16[1][2]";
    let table = table(&[text]);
    let Some(Placed::Field(_, accesses)) = table.placed(text) else {
        panic!()
    };
    let row = Laid::Array(3, Box::new(Laid::Int(Int::Unsigned(16))));
    let expected = [
        Access::Element(Laid::Array(2, Box::new(row.clone())), 1),
        Access::Element(row, 2),
    ];
    assert_eq!(accesses[1..], expected);
}

#[test]
fn members_of_a_union_overlap() {
    let (a, b) = ("byte_off union u.a:u8", "byte_off union u.b:u64");
    let table = table(&[
        a,
        b,
        "byte_off struct s.u:union u.b:u64",
        "byte_off struct s.v:u8",
    ]);
    assert_eq!(names(&table, a), ["u.a@0"]);
    assert_eq!(names(&table, b), ["u.b@0"]);
    assert_eq!(names(&table, "byte_off struct s.v:u8"), ["s.v@8"]);
}

#[test]
fn enumerators_share_an_enum_unless_they_disagree() {
    let texts = [
        "enumval_value enum e/u32.A=1",
        "enumval_value enum e/u32.B=2",
        "enumval_value enum e/u32.B=3",
    ];
    let table = table(&texts);
    let place = |text: &str| match table.placed(text) {
        Some(Placed::Enumerator(_, id, index)) => (table.enumeration(*id).name.as_str(), *index),
        other => panic!("{other:?}"),
    };
    assert_eq!(texts.map(place), [("e", 0), ("e", 1), ("e___2", 0)]);
}

#[test]
fn what_has_no_layout() {
    let recursion = "byte_off struct a.b:struct b.a:struct a.b:struct b";
    assert!(matches!(laid(&[recursion]), Err(Impossible::Recursive(_))));
    let huge = "byte_off struct a.x:[268435456]u8";
    let table = laid(&[huge, "byte_off struct a.y:u8"]);
    assert_eq!(table.err(), Some(Impossible::TooLarge("a".to_owned())));
    let nested = "byte_off struct a.x:[65536]struct b[0].y:[65536]u64";
    assert!(matches!(laid(&[nested]), Err(Impossible::TooLarge(_))));
}
