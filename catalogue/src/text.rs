//! Types as C programmers write them, without a name in the middle: `struct list_head`, `char [16]`.

use std::fmt;

use crate::definition::{Definition, NameSpace, Prototype, Qualifier, TypeRef};

/// As C writes it, without a name in the middle.
impl fmt::Display for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&type_text(self))
    }
}

/// A type in words.
pub(crate) fn type_text(of: &TypeRef) -> String {
    match of {
        TypeRef::Void => "void".to_owned(),
        TypeRef::Named { space, name, .. } => type_name(*space, name),
        TypeRef::Forward { is_union, name } => {
            let space = if *is_union {
                NameSpace::Union
            } else {
                NameSpace::Struct
            };
            type_name(space, name)
        }
        TypeRef::Pointer(to) => match &**to {
            TypeRef::Prototype(prototype) => prototype_text("(*)", prototype),
            to => {
                let to = type_text(to);
                let space = if to.ends_with('*') { "" } else { " " };
                format!("{to}{space}*")
            }
        },
        TypeRef::Qualified(qualifier, of) => {
            let word = match qualifier {
                Qualifier::Const => "const",
                Qualifier::Volatile => "volatile",
                Qualifier::Restrict => "restrict",
            };
            match &**of {
                TypeRef::Pointer(_) => format!("{} {word}", type_text(of)),
                of => format!("{word} {}", type_text(of)),
            }
        }
        TypeRef::Tagged(_, of) => type_text(of),
        TypeRef::Array { .. } => array(of),
        TypeRef::Prototype(prototype) => prototype_text("", prototype),
        TypeRef::Unnamed(definition) => match &**definition {
            Definition::Record(record) if record.is_union => "union { ... }".to_owned(),
            Definition::Enum(_) => "enum { ... }".to_owned(),
            _ => "struct { ... }".to_owned(),
        },
    }
}

/// The dimensions stand in the order of the source, the outermost first.
fn array(mut of: &TypeRef) -> String {
    let mut dimensions = String::new();
    while let TypeRef::Array { element, len } = of {
        dimensions.push_str(&format!("[{len}]"));
        of = element;
    }
    format!("{} {dimensions}", type_text(of))
}

/// A type by its name, as C writes it.
pub fn type_name(space: NameSpace, name: &str) -> String {
    match space {
        NameSpace::Struct => format!("struct {name}"),
        NameSpace::Union => format!("union {name}"),
        NameSpace::Enum => format!("enum {name}"),
        _ => name.to_owned(),
    }
}

/// `int (struct task_struct *task, u64 flags)`, with what stands between the result and the parameters.
pub(crate) fn prototype_text(name: &str, prototype: &Prototype) -> String {
    let result = type_text(&prototype.result);
    let count = prototype.parameters.len();
    let parameters = prototype.parameters.iter().enumerate();
    let parameters: Vec<String> = parameters
        .map(|(at, (name, of))| match of {
            TypeRef::Void if at + 1 == count => "...".to_owned(),
            of => {
                let of = type_text(of);
                let space = if of.ends_with('*') || name.is_empty() {
                    ""
                } else {
                    " "
                };
                format!("{of}{space}{name}")
            }
        })
        .collect();
    let parameters = if parameters.is_empty() {
        "void".to_owned()
    } else {
        parameters.join(", ")
    };
    format!("{result} {name}({parameters})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int() -> TypeRef {
        TypeRef::Named {
            space: NameSpace::Int,
            name: "int".to_owned(),
            which: None,
        }
    }

    #[test]
    fn types_read_as_in_c() {
        let pointer = |of| TypeRef::Pointer(Box::new(of));
        let array = |element, len| TypeRef::Array {
            element: Box::new(element),
            len,
        };
        let constant = |of| TypeRef::Qualified(Qualifier::Const, Box::new(of));
        assert_eq!(type_text(&pointer(pointer(int()))), "int **");
        assert_eq!(type_text(&array(array(int(), 3), 2)), "int [2][3]");
        assert_eq!(type_text(&pointer(constant(int()))), "const int *");
        assert_eq!(type_text(&constant(pointer(int()))), "int * const");
        let prototype = Prototype {
            result: TypeRef::Void,
            parameters: vec![
                ("task".to_owned(), pointer(int())),
                (String::new(), TypeRef::Void),
            ],
        };
        assert_eq!(prototype_text("f", &prototype), "void f(int *task, ...)");
        let of = pointer(TypeRef::Prototype(Box::new(prototype)));
        assert_eq!(type_text(&of), "void (*)(int *task, ...)");
    }
}
