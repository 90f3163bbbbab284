//! The members that a record has on any of several kernels.

use std::collections::HashSet;

use bpf_core_catalogue::{Definition, Member, Record, TypeRef};

/// The record that a definition is, if it is one.
pub(super) fn record(of: &Definition) -> Option<&Record> {
    match of {
        Definition::Record(record) => Some(record),
        _ => None,
    }
}

/// The members of a record: those of the newest kernel, and those that only others have.
pub(super) fn members<'r>(mut records: impl Iterator<Item = &'r Record>) -> Vec<&'r Member> {
    let Some(newest) = records.next() else {
        return Vec::new();
    };
    let mut names = HashSet::new();
    names_of(newest, &mut names);
    let mut members: Vec<&Member> = newest.members.iter().collect();
    // A flexible array has to be the last.
    let is_flexible = |member: &&Member| matches!(member.type_ref, TypeRef::Array { len: 0, .. });
    let last = members.pop_if(|member| is_flexible(&&**member));
    for record in records {
        for member in &record.members {
            let mut its_names = HashSet::new();
            member_names(member, &mut its_names);
            if its_names.is_disjoint(&names) {
                names.extend(its_names);
                members.push(member);
                continue;
            }
            // What was in an unnamed struct stands alone.
            if let (true, TypeRef::Unnamed(inner)) =
                (member.name.is_empty(), skip_tags(&member.type_ref))
                && let Definition::Record(inner) = &**inner
            {
                let others = inner.members.iter();
                let others = others.filter(|one| !one.name.is_empty() && names.insert(&one.name));
                members.extend(others.collect::<Vec<_>>());
            }
        }
    }
    members.extend(last);
    members
}

fn names_of<'r>(record: &'r Record, names: &mut HashSet<&'r str>) {
    for member in &record.members {
        member_names(member, names);
    }
}

/// The names by which a member is reached: those inside of it, if it has none.
fn member_names<'r>(member: &'r Member, names: &mut HashSet<&'r str>) {
    match skip_tags(&member.type_ref) {
        TypeRef::Unnamed(inner) if member.name.is_empty() => {
            if let Definition::Record(inner) = &**inner {
                names_of(inner, names);
            }
        }
        _ => {
            names.insert(&member.name);
        }
    }
}

/// The type behind tags and qualifiers, which do not change how a pointer to it is written.
pub(super) fn skip_tags(mut of: &TypeRef) -> &TypeRef {
    while let TypeRef::Qualified(_, to) | TypeRef::Tagged(_, to) = of {
        of = to;
    }
    of
}
