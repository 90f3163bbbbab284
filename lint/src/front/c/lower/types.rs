//! Turns libclang's types into those of the tree.

use std::path::Path;
use std::rc::Rc;

use super::Lower;
use crate::front::c::clang::{Cursor, Type, raw};
use crate::front::c::tree::Ty;
use crate::front::c::view::{Home, Record};

/// Pointers to pointers to ...: nobody goes deeper.
const MAX_DEPTH: usize = 8;

impl<'u> Lower<'u> {
    pub(super) fn ty(&mut self, ty: Type<'u>) -> Ty {
        self.ty_at(ty.canonical(), 0)
    }

    fn ty_at(&mut self, ty: Type<'u>, depth: usize) -> Ty {
        if depth > MAX_DEPTH {
            return Ty::Other;
        }
        match ty.kind() {
            raw::CXType_Bool..=raw::CXType_Int128 => Ty::Int(ty.size().unwrap_or(0)),
            raw::CXType_Pointer => Ty::Pointer(Rc::new(self.ty_at(ty.pointee(), depth + 1))),
            raw::CXType_ConstantArray | raw::CXType_IncompleteArray | raw::CXType_VariableArray => {
                Ty::Array(Rc::new(self.ty_at(ty.element(), depth + 1)))
            }
            raw::CXType_Enum => Ty::Enum(self.name_of(Cursor::declaring(ty))),
            raw::CXType_Record => Ty::Record(self.record(Cursor::declaring(ty))),
            // Types of attributes are sugar that canonical types have none of.
            _ => Ty::Other,
        }
    }

    /// The name of a declaration. Empty if it has none.
    fn name_of(&self, declaration: Cursor<'u>) -> Rc<str> {
        match declaration.is_anonymous() {
            true => "".into(),
            false => declaration.name().into(),
        }
    }

    fn record(&mut self, declaration: Cursor<'u>) -> Rc<Record> {
        let identity = declaration.identity();
        if let Some(record) = self.records.get(&identity) {
            return Rc::clone(record);
        }
        let definition = declaration.definition();
        let at = definition.unwrap_or(declaration);
        let file = at.expansion().map(|place| place.file.name());
        let home = file.map_or(Home::System, |file| home(Path::new(&file), self.root));
        let declared = (home == Home::Project && definition.is_some()).then(|| self.span(at));
        let (mut inside, mut members, mut places) = (Vec::new(), Vec::new(), Vec::new());
        if declared.is_some() {
            let fields = at.children().into_iter();
            for field in fields.filter(|child| child.kind() == raw::CXCursor_FieldDecl) {
                let ty = field.ty().canonical();
                if ty.kind() == raw::CXType_Record && !Cursor::declaring(ty).is_anonymous() {
                    inside.push((members.len(), self.record(Cursor::declaring(ty))));
                }
                members.push(field.name().into());
                places.push(field.place());
            }
        }
        let record = Rc::new(Record {
            name: self.name_of(at),
            home,
            relocated: match home {
                // Asked for one, all are: the attribute is pushed around the whole file.
                Home::Kernel => definition.is_none() || self.is_relocated(at),
                _ => definition.is_some() && self.is_relocated(at),
            },
            declared,
            inside,
            members,
            places,
        });
        self.records.insert(identity, Rc::clone(&record));
        record
    }

    /// Whether the record has the attribute, or is in one that has it.
    fn is_relocated(&self, record: Cursor<'u>) -> bool {
        let of_children = record.children().into_iter().any(|child| {
            child.kind() == raw::CXCursor_UnexposedAttr
                && child
                    .tokens(self.unit)
                    .iter()
                    .any(|token| token.contains("preserve_access_index"))
        });
        of_children || {
            let outer = record.parent().filter(|outer| {
                matches!(
                    outer.kind(),
                    raw::CXCursor_StructDecl | raw::CXCursor_UnionDecl
                )
            });
            outer.is_some_and(|outer| self.is_relocated(outer))
        }
    }
}

/// Where a header belongs.
pub(super) fn home(path: &Path, root: &Path) -> Home {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = path.to_string_lossy();
    if name.starts_with("vmlinux") {
        Home::Kernel
    } else if path.starts_with(root) && root.parent().is_some() {
        Home::Project
    } else if (text.contains("/linux-headers") || text.starts_with("/lib/modules/"))
        && !text.contains("/uapi/")
    {
        Home::KernelSource
    } else {
        Home::System
    }
}
