//! Functions of the kernel, as libbpf looks for them: a `FUNC` of linkage `extern` in the `DATASEC`
//! `.ksyms`, with the prototype.

use bpf_core_btf::object::ExternKind;
use bpf_core_btf::{Btf, Kind, TypeId};

use crate::{
    linking::{Folder, parsed, section},
    program::{LINE, module},
};

/// `BTF_FUNC_EXTERN`, `include/uapi/linux/btf.h`
const EXTERN: u32 = 2;

fn program(symbol: &str) -> String {
    let function = format!(
        r#"
declare ptr @"__bpf_core_v1_kfunc {symbol}"(ptr, i32)
define i32 @prog(ptr %context) section "tp_btf/x" !dbg !20 {{
  %r = call ptr @"__bpf_core_v1_kfunc {symbol}"(ptr %context, i32 1), !dbg !21
  %n = icmp eq ptr %r, null, !dbg !21
  %z = zext i1 %n to i32, !dbg !21
  ret i32 %z, !dbg !21
}}
"#
    );
    module("prog", &[], &function)
}

/// A type as C writes it, with `struct` before a defined struct and `fwd` before a declared one.
fn spelt(btf: &Btf<'_>, id: TypeId) -> String {
    let Some(of) = btf.type_by_id(id).filter(|_| id.0 != 0) else {
        return "void".to_owned();
    };
    match of.kind() {
        Kind::Ptr => format!("{} *", spelt(btf, of.referenced().unwrap_or(TypeId(0)))),
        Kind::Struct => format!("struct {}", of.name()),
        Kind::Fwd => format!("fwd {}", of.name()),
        _ => of.name().to_owned(),
    }
}

#[test]
fn a_kfunc_has_its_prototype_in_ksyms() {
    let folder = Folder::new("kfunc");
    let symbol = "bpf_get(*struct task_struct,u32)*void";
    let input = folder.file("a.ll", program(symbol));
    let object = folder.link(&[&input, "--export", "prog"]);
    let object_file = parsed(&object);
    let [kfunc] = object_file.externs() else {
        panic!("{:?}", object_file.externs())
    };
    let kfunc = (kfunc.name, kfunc.is_weak, kfunc.kind);
    assert_eq!(kfunc, ("bpf_get", false, ExternKind::Kfunc));

    let btf = section(&object, ".BTF");
    let btf = Btf::parse(&btf).unwrap_or_else(|error| panic!("{error}"));
    let ksyms = btf
        .find_by_name_kind(".ksyms", Kind::Datasec)
        .unwrap_or_else(|| panic!("no .ksyms"));
    let mut found = Vec::new();
    for variable in ksyms.variables() {
        let of = |id| {
            btf.type_by_id(id)
                .unwrap_or_else(|| panic!("no type {id:?}"))
        };
        let function = of(variable.type_id);
        assert_eq!(function.kind(), Kind::Func);
        assert_eq!(function.linkage(), Some(EXTERN));
        let prototype = of(function.referenced().unwrap_or(TypeId(0)));
        let parameters: Vec<String> = prototype
            .params()
            .into_iter()
            .map(|parameter| spelt(&btf, parameter.type_id))
            .collect();
        let result = spelt(&btf, prototype.referenced().unwrap_or(TypeId(0)));
        let name = function.name();
        found.push(format!("{result} {name}({})", parameters.join(", ")));
    }
    assert_eq!(found, ["void * bpf_get(struct task_struct *, u32)"]);
}

#[test]
fn two_crates_may_declare_one_kfunc() {
    let folder = Folder::new("kfunc_twice");
    let one = folder.file("a.ll", program("bpf_get(*struct task_struct,u32)*void"));
    let other = program("bpf_get(*struct task_struct,u32)*void").replace("@prog", "@other");
    let other = folder.file("b.ll", other);
    let object = folder.link(&[&one, &other, "--export", "prog", "--export", "other"]);
    assert_eq!(parsed(&object).externs().len(), 1);
}

#[test]
fn a_prototype_that_cannot_be_read() {
    let folder = Folder::new("kfunc_malformed");
    let input = folder.file("a.ll", program("bpf_get(task)"));
    let message = folder.fail(&[&input, "--export", "prog"]);
    assert!(
        message.contains("malformed prototype of a function of the kernel"),
        "{message}"
    );
    assert!(message.contains(LINE), "{message}");
}
