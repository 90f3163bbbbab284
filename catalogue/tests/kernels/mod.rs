//! Small kernels for tests, and the catalogue of them.

use bpf_core_btf::{Array, Btf, BtfBuilder, Endian, Enumerator, Kind, Member, Param, TypeId};
use bpf_core_catalogue::{Facts, Kernel, SymbolKind, Writer};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// A member of a record.
pub(crate) fn member(name: &str, type_id: TypeId, bit_offset: u32) -> Member<'_> {
    Member {
        name,
        type_id,
        bit_offset,
        bitfield_size: 0,
    }
}

/// A kernel whose `task_struct` has `pid` at this byte, in an unnamed struct, and whose `state` is
/// called so. It has a type of every kind, two types called `twin`, and a record that has one of them.
pub(crate) fn kernel(endian: Endian, pid_at: u32, state: &str) -> Vec<u8> {
    let mut btf = BtfBuilder::new(endian);
    let int = btf.int("int", 4, 1);
    let long = btf.int("long unsigned int", 8, 0);
    let float = btf.float("float", 4);
    let pid_t = btf.typedef("pid_t", int);
    let index = Array {
        element: int,
        index_type: int,
        nelems: 3,
    };
    let array = btf.array(index);
    // The list points to itself, and is defined behind its pointer.
    let list_pointer = btf.ptr(TypeId(btf.next_id().0 + 1));
    let list = btf.structure("list_head", 8, &[member("next", list_pointer, 0)]);
    let constant = btf.reference(Kind::Const, "", int);
    let volatile = btf.reference(Kind::Volatile, "", constant);
    let user = btf.reference(Kind::TypeTag, "user", int);
    let user_pointer = btf.ptr(user);
    let declared = btf.fwd("only_declared", true);
    let declared_pointer = btf.ptr(declared);
    let value = |name, value| Enumerator { name, value };
    let values = [value("A", 0), value("B", u64::from(pid_at))];
    let kinds = btf.enumeration("kinds", 4, false, &values);
    let wide = [value("WIDE", 1 << 40), value("NEGATIVE", u64::MAX)];
    let wide = btf.enumeration64("wide", 8, true, &wide);
    let parameter = |name, type_id| Param { name, type_id };
    let parameters = [parameter("list", list_pointer), parameter("", TypeId::VOID)];
    let prototype = btf.func_proto(int, &parameters);
    let prototype_pointer = btf.ptr(prototype);
    btf.reference(Kind::Func, "walk", prototype);
    btf.var("jiffies", long, 1);
    let small = btf.structure("twin", 4, &[member("a", int, 0)]);
    let large = btf.structure("twin", 8, &[member("b", int, 0), member("c", int, 32)]);
    let inner = btf.structure("", 8, &[member("pid", pid_t, 32), member("tgid", pid_t, 0)]);
    let bit = Member {
        bitfield_size: 3,
        ..member("flags", int, 69)
    };
    let members = [
        member("", inner, (pid_at - 4) * 8),
        member(state, volatile, 512),
        member("list", list, 544 + 32),
        member("twin", large, 640),
        member("user", user_pointer, 704),
        member("declared", declared_pointer, 768),
        member("call", prototype_pointer, 832),
        member("kinds", kinds, 896),
        member("wide", wide, 960),
        member("float", float, 1024),
        bit,
        member("array", array, 1088),
    ];
    btf.structure("task_struct", 160, &members);
    btf.union("has_small", 4, &[member("small", small, 0)]);
    let leaf = btf.structure("leaf", 8, &[member("a", int, 32)]);
    btf.structure("branch", 8, &[member("leaf", leaf, 0)]);
    btf.finish()
}

/// A module's types: its own `list_user` with a list of the kernel, a `twin` that is not the kernel's, a
/// copy of the kernel's `pid_t`, and a function. Its `tree` has the kernel's `branch`, beside a `branch` and a
/// `leaf` of its own.
pub(crate) fn module(base: &Btf<'_>) -> Vec<u8> {
    let mut btf = BtfBuilder::split(base);
    let id = |name, kind| {
        base.find_by_name_kind(name, kind)
            .map_or(TypeId::VOID, |ty| ty.id())
    };
    let (list, int) = (id("list_head", Kind::Struct), id("int", Kind::Int));
    let twin = btf.structure("twin", 16, &[member("of_module", int, 96)]);
    let members = [member("list", list, 0), member("twin", twin, 64)];
    btf.structure("list_user", 24, &members);
    btf.typedef("pid_t", int);
    btf.structure("leaf", 2, &[]);
    btf.structure("branch", 1, &[]);
    let branch = id("branch", Kind::Struct);
    btf.structure("tree", 16, &[member("branch", branch, 64)]);
    let prototype = btf.func_proto(int, &[]);
    btf.reference(Kind::Func, "use_list", prototype);
    btf.finish()
}

/// Packs a block as `kernels add` does.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

/// What the second kernel tells beside its types.
pub(crate) fn facts() -> Facts {
    let mut facts = Facts::default();
    let symbols = [
        ("walk", SymbolKind::Code),
        ("walk.isra.0", SymbolKind::SharedName),
        ("do_trap", SymbolKind::Unprobeable),
        ("start_kernel", SymbolKind::Init),
        ("jiffies", SymbolKind::Data),
        ("__pfx_walk", SymbolKind::Code),
    ];
    facts.symbols = Some(symbols.map(|(name, kind)| (name.to_owned(), kind)).into());
    let pair = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
    facts.config = Some(
        [("CONFIG_HZ", "250"), ("CONFIG_KPROBES", "y")]
            .map(pair)
            .into(),
    );
    let sets = [
        ("bpf_lsm_hooks", "bpf_lsm_file_open"),
        ("bpf_lsm_hooks", "bpf_lsm_getprocattr"),
        ("bpf_lsm_disabled_hooks", "bpf_lsm_getprocattr"),
        ("kfuncs", "bpf_lsm_file_open"),
    ];
    facts.id_sets = Some(sets.map(pair).into());
    facts
}

/// Two kernels; the second has a module, and facts.
pub(crate) fn catalogue() -> Vec<u8> {
    writer().finish(pack)
}

/// The writer of that catalogue.
pub(crate) fn writer() -> Writer {
    let (old, new) = (
        kernel(Endian::Little, 36, "state"),
        kernel(Endian::Big, 44, "__state"),
    );
    let (Ok(old), Ok(new)) = (Btf::parse(&old), Btf::parse(&new)) else {
        panic!("the builder makes valid BTF");
    };
    let of_module = module(&new);
    let mut writer = Writer::new();
    let added = writer.add(Kernel::new("5.10.0-amd64", "amd64"), &old, &[]);
    assert_eq!(added, Ok(0));
    let of_module = Btf::parse_split(&of_module, &new).unwrap_or_else(|error| panic!("{error}"));
    let modules = [("lists", &of_module)];
    let added = writer.add(Kernel::new("6.1.0-amd64", "amd64"), &new, &modules);
    assert_eq!(added, Ok(1));
    writer.add_facts(1, &facts());
    writer
}
