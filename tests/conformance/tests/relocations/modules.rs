//! Types that modules have: `bpf_core_find_cands` of `libbpf.c`.

use bpf_core_btf::CoreReloKind::{ByteOff, EnumvalValue, FieldExists, TypeExists, TypeIdTarget};
use bpf_core_conformance::case::{Case, EINVAL};
use bpf_core_conformance::differences::MODULES;
use bpf_core_conformance::insn::{Outcome, load_imm64, mov};

const PAIR: &str = "struct s { int a; int b; };";
const KERNEL: &str = "struct k { long l; };";

pub(crate) fn cases() -> Vec<Case> {
    let b = |name| {
        Case::new(name)
            .local(PAIR)
            .asks(ByteOff, "struct s", "0:1", mov(4))
    };
    vec![
        b("a type of a module")
            .target(KERNEL)
            .module("struct s { long x; int b; };")
            .gives(8)
            .aya(&MODULES, Outcome::Poison),
        b("a type of the second module")
            .target(KERNEL)
            .module("struct t { int b; };")
            .module("struct s { long x; int b; };")
            .gives(8)
            .aya(&MODULES, Outcome::Poison),
        b("a type of kernel and module")
            .target("struct s { int a, x, b; };")
            .module("struct s { long x, y; int b; };")
            .gives(8),
        b("a type of the kernel without the field")
            .target("struct s { int a; };")
            .module("struct s { long x; int b; };")
            .poisons(),
        b("a flavour in the kernel")
            .target("struct s___2 { int a, x, b; };")
            .module("struct s { long x, y; int b; };")
            .gives(8),
        b("a type of the kernel that is of another kind")
            .target("union s { int b; };")
            .module("struct s { long x; int b; };")
            .gives(8)
            .aya(&MODULES, Outcome::Poison),
        b("modules that agree")
            .target(KERNEL)
            .module("struct s { long x; int b; };")
            .module("struct s { long y; int b; };")
            .gives(8)
            .aya(&MODULES, Outcome::Poison),
        b("modules that disagree")
            .target(KERNEL)
            .module("struct s { long x; int b; };")
            .module("struct s { int b; };")
            .refuses(EINVAL)
            .aya(&MODULES, Outcome::Poison),
        Case::new("a module that is left out")
            .local(PAIR)
            .target(KERNEL)
            .module("struct s { long x; int b; };")
            .module("struct s { int a; int b; };")
            .asks(FieldExists, "struct s", "0:0", mov(1))
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(4)
            .aya(&MODULES, Outcome::Poison),
        Case::new("the id of a type of a module")
            .local(PAIR)
            .target(KERNEL)
            .module("struct s { int a; };")
            .asks(TypeIdTarget, "struct s", "0", mov(1))
            .gives(3)
            .aya(&MODULES, Outcome::Refused),
        Case::new("whether a type of a module exists")
            .local(PAIR)
            .target(KERNEL)
            .module("struct s { int a; };")
            .asks(TypeExists, "struct s", "0", mov(1))
            .gives(1)
            .aya(&MODULES, Outcome::Value(0)),
        Case::new("an enumerator of a module")
            .local("enum e { A };")
            .target(KERNEL)
            .module("enum e { X, A };")
            .asks(EnumvalValue, "enum e", "0", load_imm64(0))
            .gives(1)
            .aya(&MODULES, Outcome::Poison),
    ]
}
