//! Loads and stores through pointers that the program may dereference.

use crate::{
    linking::{Folder, instruction, records, said},
    program::module,
};

const LEVELS: [&str; 6] = ["0", "1", "2", "3", "s", "z"];

/// `*(u32 *)(r + off)` and `*(u32 *)(r + off) = r`, from `linux/bpf_common.h`.
const LDX_W: u8 = 0x61;
const STX_W: u8 = 0x63;

/// The opcodes of all instructions that have a record, with what it says.
fn relocated(test: &str, level: &str, requests: &[&str], function: &str) -> Vec<(String, u8)> {
    let folder = Folder::new(test);
    let input = folder.file("a.ll", module("prog", requests, function));
    let object = folder.link(&[&input, "--export", "prog", "-O", level]);
    let records = records(&object);
    said(&records)
        .into_iter()
        .map(str::to_owned)
        .zip(records.iter().map(|record| instruction(&object, record)[0]))
        .collect()
}

#[test]
fn a_field_is_one_load_and_one_store() {
    let function = r#"
define i32 @prog(ptr %context) section "struct_ops/x" !dbg !20 {
  %state = load ptr, ptr %context, !dbg !21
  %p = call ptr @prog_0(ptr %state), !dbg !21
  %v = load i32, ptr %p, !dbg !21
  %q = call ptr @prog_1(ptr %state), !dbg !21
  store i32 %v, ptr %q, !dbg !21
  ret i32 0, !dbg !21
}
"#;
    let requests = ["&byte_off struct s.a:i32", "&byte_off struct s.b:i32"];
    for level in LEVELS {
        let relocated = relocated("one_load", level, &requests, function);
        let expected = [
            ("byte_off s.a".to_owned(), LDX_W),
            ("byte_off s.b".to_owned(), STX_W),
        ];
        assert_eq!(relocated, expected, "-O {level}");
    }
}

/// Loaders compare the size of a load that a relocation is in with that of the local field
/// (`insn_bytes_to_bpf_size` in `relo_core.c`), and here it has another one on purpose.
#[test]
fn an_offset_that_was_asked_for_does_not_become_one_with_a_load() {
    let function = r#"
define i64 @prog(ptr %context) section "tp_btf/x" !dbg !20 {
  %state = load ptr, ptr %context, !dbg !21
  %o = call i64 @prog_0(), !dbg !21
  %p = getelementptr i8, ptr %state, i64 %o, !dbg !21
  %v = load i32, ptr %p, !dbg !21
  %w = zext i32 %v to i64, !dbg !21
  ret i64 %w, !dbg !21
}
"#;
    for level in LEVELS {
        let requests = ["byte_off struct s.a:u64"];
        for (what, opcode) in relocated("asked_offset", level, &requests, function) {
            assert_eq!(what, "byte_off s.a");
            assert_eq!(
                opcode & 7,
                7,
                "-O {level}: no ALU64 instruction but {opcode:#x}"
            );
        }
    }
}

/// The input has the offset, but nothing in the program depends on it.
#[test]
fn an_offset_that_arithmetic_drops_has_no_record() {
    for dropped in [
        "  %d = and i64 %o, 0, !dbg !21\n",
        "  %d = mul i64 %o, 0, !dbg !21\n",
        "  %d = xor i64 %o, %o, !dbg !21\n",
        // Only the lower half is returned.
        "  %d = shl i64 %o, 32, !dbg !21\n",
    ] {
        let function = format!(
            r#"
define i32 @prog(ptr %context) section "raw_tp/x" !dbg !20 {{
  %o = call i64 @prog_0(), !dbg !21
{dropped}  %kept = call i64 @prog_1(), !dbg !21
  %sum = xor i64 %d, %kept, !dbg !21
  %low = trunc i64 %sum to i32, !dbg !21
  ret i32 %low, !dbg !21
}}
"#
        );
        let requests = ["byte_off struct s.a:u64", "byte_off struct s.b:u64"];
        for level in LEVELS {
            let relocated = relocated("dropped_offset", level, &requests, &function);
            let said: Vec<&str> = relocated.iter().map(|(what, _)| what.as_str()).collect();
            assert_eq!(said, ["byte_off s.b"], "-O {level}: {dropped}");
        }
    }
}

/// Each is used at once. All of them together would not fit into the registers and the stack.
#[test]
fn a_function_may_ask_for_200_fields() {
    for (what, take) in [
        ("byte_off", "  %v{i} = call i64 @prog_{i}(), !dbg !21\n"),
        ("byte_sz", "  %v{i} = call i64 @prog_{i}(), !dbg !21\n"),
        ("field_exists", "  %v{i} = call i64 @prog_{i}(), !dbg !21\n"),
        (
            "&byte_off",
            "  %p{i} = call ptr @prog_{i}(ptr %state), !dbg !21\n  \
             %v{i} = load i64, ptr %p{i}, !dbg !21\n",
        ),
    ] {
        let requests: Vec<String> = (0..200)
            .map(|index| format!("{what} struct s.f{index}:u64"))
            .collect();
        let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
        let mut body = String::new();
        for index in 0..200 {
            body += &take.replace("{i}", &index.to_string());
            let last = match index {
                0 => "0".to_owned(),
                _ => format!("%sum{}", index - 1),
            };
            body += &format!(
                "  %mixed{index} = mul i64 {last}, 31, !dbg !21\n  \
                 %sum{index} = xor i64 %mixed{index}, %v{index}, !dbg !21\n"
            );
        }
        let function = format!(
            "define i64 @prog(ptr %context) section \"tp_btf/x\" !dbg !20 {{\n  \
             %state = load ptr, ptr %context, !dbg !21\n{body}  ret i64 %sum199, !dbg !21\n}}\n"
        );
        for level in LEVELS {
            let relocated = relocated("many_fields", level, &requests, &function);
            assert_eq!(relocated.len(), 200, "-O {level}: {what}");
        }
    }
}
