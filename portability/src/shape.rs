//! What a field is: a number of so many bytes, a pointer, an array. Told of both sides of a record, the
//! object's and the kernel's.

use bpf_core_btf::{Btf, Int, Kind, Spec, TypeId};

/// What is at the end of an access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) kind: ShapeKind,
    /// In bytes. Of a bit-field, that of its type.
    pub(crate) size: u32,
    /// Its type as C writes it.
    pub(crate) name: String,
    /// Whether it has a sign, of an integer. That of `char` and of enumerations is the compiler's choice.
    pub(crate) is_signed: Option<bool>,
}

/// Kinds of fields that are read in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShapeKind {
    /// An integer or an enumeration.
    Number,
    Pointer,
    /// So many bits.
    BitField(u8),
    /// Elements of so many bytes.
    Array {
        element: u32,
    },
    /// A struct or union.
    Record,
    Other,
}

impl Shape {
    /// Of the field that an access leads to. `None` if it leads to none.
    pub(crate) fn of(spec: &Spec<'_>) -> Option<Self> {
        if !spec.kind.is_field_based() {
            return None;
        }
        let btf = spec.btf;
        let last = spec.accessors.last()?;
        let (id, bits) = match last.name {
            Some(_) => {
                let owner = btf.type_by_id(last.type_id)?;
                let member = owner.members().get(last.index as usize)?;
                (member.type_id, member.bitfield_size)
            }
            None => (last.type_id, 0),
        };
        let of = btf.skip_mods_and_typedefs(id)?;
        let kind = match of.kind() {
            _ if bits != 0 => ShapeKind::BitField(bits),
            Kind::Int | Kind::Enum | Kind::Enum64 => ShapeKind::Number,
            Kind::Ptr => ShapeKind::Pointer,
            Kind::Array => ShapeKind::Array {
                element: btf.resolve_size(of.array()?.element)?,
            },
            Kind::Struct | Kind::Union => ShapeKind::Record,
            _ => ShapeKind::Other,
        };
        let is_plain = |int: &Int| int.encoding & (Int::CHAR | Int::BOOL) == 0;
        let int = of.int().filter(|int| is_plain(int) && of.name() != "char");
        Some(Self {
            kind,
            is_signed: int.map(|int| int.is_signed()),
            size: btf.resolve_size(id).unwrap_or(0),
            name: match bits {
                0 => type_name(btf, id, 0),
                bits => format!("{} : {bits}", type_name(btf, id, 0)),
            },
        })
    }
}

/// `struct task_struct *`, `char[16]`. Types within types end at some depth: they may refer to
/// themselves.
fn type_name(btf: &Btf<'_>, id: TypeId, depth: u32) -> String {
    const DEEPEST: u32 = 16;
    let Some(of) = btf.type_by_id(id).filter(|_| depth < DEEPEST) else {
        return "?".to_owned();
    };
    let below =
        |id: Option<TypeId>| id.map_or_else(String::new, |id| type_name(btf, id, depth + 1));
    match of.kind() {
        Kind::Void => "void".to_owned(),
        Kind::Ptr => format!("{} *", below(of.referenced())),
        Kind::Array => {
            let array = of.array();
            let len = array.map_or(0, |array| array.nelems);
            format!("{}[{len}]", below(array.map(|array| array.element)))
        }
        Kind::Const | Kind::Volatile | Kind::Restrict | Kind::TypeTag => below(of.referenced()),
        Kind::FuncProto => "function".to_owned(),
        Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64 => {
            let kind = match of.kind() {
                Kind::Struct => "struct",
                Kind::Union => "union",
                _ => "enum",
            };
            match of.name() {
                "" => format!("unnamed {kind}"),
                name => format!("{kind} {name}"),
            }
        }
        _ => of.name().to_owned(),
    }
}
