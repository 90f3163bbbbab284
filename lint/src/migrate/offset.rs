//! Literal offsets: the field that a constant hits on the kernel that the user names takes its place.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::adder::After;
use super::around::Source;
use super::declare::Declarations;
use super::ending;
use super::hit::{Hit, Hits, Of};
use super::resolve;
use super::site::{Field, Left, Site, Sites};
use super::types::{Shape, Types};
use crate::front::rust::Crate;

/// Finds the places that read by a literal offset, and the field of each.
pub(super) fn find(
    krate: &Crate,
    (types, texts): (&Types<'_>, &HashMap<Arc<str>, Source<'_>>),
    of: &Of<'_>,
    declarations: &mut Declarations<'_, '_>,
) -> Sites {
    let hits = Hits::new(krate, types, texts, of);
    let mut found = Sites::default();
    for (index, function) in krate.functions.iter().enumerate() {
        let Some(source) = texts.get(&function.path) else {
            continue;
        };
        for literal in hits.literals(index) {
            let hit = hits.hit(index, literal.at);
            match hit.and_then(|hit| site(&hits, (&function.path, source), &hit, declarations)) {
                Ok(site) => found.sites.push(site),
                Err(why) => {
                    let record = hits.record(index, literal.base);
                    let record = record.as_deref().unwrap_or("pointer");
                    found.left.push(Left {
                        path: Arc::clone(&function.path),
                        at: literal.start,
                        owner: format!("{record} + {}", literal.words),
                        fields: String::new(),
                        why,
                        value: None,
                    });
                }
            }
        }
    }
    found
}

fn site(
    hits: &Hits<'_>,
    (path, source): (&Arc<str>, &Source<'_>),
    hit: &Rc<Hit>,
    declarations: &mut Declarations<'_, '_>,
) -> Result<Site, String> {
    let steps = hit.spot.steps.iter();
    let fields: Vec<Field> = steps.map(|(of, name)| Field::of_kernel(of, name)).collect();
    let mut declared = Shape::Other;
    for field in &fields {
        declared = declarations.declared(field)?;
    }
    let cast = cast(&declared, (&hit.shape, &hit.read.wanted)).ok_or_else(|| {
        let field = format!("{}.{}", hit.record, hit.spot.path());
        format!(
            "`{field}` is a `{}`, and it is read as `{}`",
            hit.spot.field.type_text, hit.read.wanted
        )
    })?;
    let target = format!("crate::{}::{}", hits.of.module, hit.record);
    let read = &hit.read;
    let text = source.text.get(read.pointer_in.clone());
    let base = text.and_then(|text| read.pointer.pointer(text, &target));
    let base = base.ok_or("its pointer is not found")?;
    let needs_unsafe = read.pointer.may_be_unsafe;
    let (range, ending) = match read.after {
        After::Error(error) => ending::of(source, (hits.types, error), &read.call, needs_unsafe),
        After::Option if needs_unsafe => (read.call.clone(), ".ok()".to_owned()),
        After::Option => {
            let (range, mark) = ending::without_unsafe(source, &read.call);
            (range, format!(".ok(){mark}"))
        }
    };
    let names = hit
        .spot
        .steps
        .iter()
        .map(|(_, name)| resolve::rust_name(name));
    let names = names.collect::<Vec<_>>().join(".");
    let mut text = format!("bpf_core::core_read!({base}, {names}){cast}{ending}");
    let mut range = range;
    if let Some(binding) = &read.binding {
        text.insert_str(0, &source.text[binding.end..range.start]);
        range.start = binding.start;
    }
    Ok(Site {
        path: Arc::clone(path),
        range,
        text,
        fields,
        value: hit.shape.clone(),
    })
}

/// What makes the type that is wanted of the type that is declared. `None` if nothing does.
fn cast(declared: &Shape, (wanted, text): (&Shape, &str)) -> Option<String> {
    if declared.text().is_some_and(|declared| declared == text) {
        return Some(String::new());
    }
    match (declared, wanted) {
        (Shape::Int(_), Shape::Int("bool")) => None,
        (Shape::Int(_) | Shape::Pointer(..), Shape::Int(_) | Shape::Pointer(..)) => {
            Some(format!(".map(|value| value as {text})"))
        }
        _ => None,
    }
}
