//! What an attribute `#[core(...)]` stands on.

/// What may stand in the attribute of a struct, a field or an enum.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Record,
    Field,
    Enum,
    Enumerator,
    /// A field of a plain type.
    PlainField,
}

impl Target {
    pub(super) fn allowed(self) -> &'static str {
        match self {
            Target::Record => {
                "`#[core(name = \"...\")]` and `#[core(typedef)]` can stand on a struct or union"
            }
            Target::Field => {
                "`#[core(name = \"...\")]`, `#[core(optional)]` and `#[core(bitfield)]` can stand on a field"
            }
            Target::Enum => "`#[core(name = \"...\")]` can stand on an enum",
            Target::Enumerator => {
                "`#[core(name = \"...\")]` and `#[core(optional)]` can stand on an enumerator"
            }
            Target::PlainField => {
                "a field of a plain type has no attribute, as every kernel has the same layout"
            }
        }
    }

    /// Whether it may have another name in Rust than in the kernel.
    pub(super) fn has_name(self) -> bool {
        !matches!(self, Target::PlainField)
    }

    pub(super) fn example(self) -> &'static str {
        match self {
            Target::Record => "task_struct",
            Target::Field | Target::PlainField => "type",
            Target::Enum => "pid_type",
            Target::Enumerator => "PIDTYPE_PID",
        }
    }
}
