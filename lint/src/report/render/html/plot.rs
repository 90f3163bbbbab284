//! Where a field is on each kernel: a small plot, and the same in words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use bpf_core_catalogue::{Field, History, Kernel, KernelSet};

use super::super::grid::counted;
use super::escaped;
use crate::front::object::{FieldName, Matrix};
use crate::known::{Known, phrase};

const WIDTH: usize = 320;
const HEIGHT: usize = 96;
/// Room for the numbers.
const LEFT: usize = 48;
const RIGHT: usize = 8;
const TOP: usize = 8;
const BOTTOM: usize = 72;
/// How many colours the page has.
const COLORS: usize = 6;

/// The fields that an object reads by name.
pub(super) fn fields(known: &Known<'_>, matrix: &Matrix) -> String {
    let mut moving = String::new();
    let mut fixed = String::new();
    let mut count = 0;
    for name in &matrix.fields {
        let path: Vec<&str> = name.path.iter().map(String::as_str).collect();
        let history = known.history(|catalogue, set| catalogue.field(&name.type_name, &path, set));
        // A damaged catalogue was an error before.
        let Ok(history) = history else { continue };
        let history = of_judged(history, &matrix.kernels);
        match (&history.values[..], history.absent.is_empty()) {
            ([(field, _)], true) => {
                count += 1;
                let (name, place) = (text(name), place(field));
                let _ = writeln!(fixed, "<li><code>{name}</code>: {place}</li>");
            }
            ([], _) => {}
            _ => moving.push_str(&figure(known.kernels(), matrix, name, &history)),
        }
    }
    let mut out = String::new();
    if !moving.is_empty() {
        let _ = write!(
            out,
            "<h3>Fields that move</h3>\n<p class=\"faint\">Bytes from the start of the struct, over kernels from the oldest to \
             the newest. A ring at the bottom: the kernel has no such field.</p>\n\
             {}<div class=\"fields\">\n{moving}</div>\n",
            legend(known.kernels(), &matrix.kernels)
        );
    }
    if count > 0 {
        let fields = counted(count, "field");
        let _ = write!(
            out,
            "<details><summary>{fields} at one place on every kernel</summary>\n<ul>\n{fixed}</ul>\n</details>\n"
        );
    }
    out
}

fn of_judged(history: History<Field>, judged: &KernelSet) -> History<Field> {
    let values = history.values.into_iter();
    let values = values.map(|(field, set)| (field, set.intersection(judged)));
    History {
        values: values.filter(|(_, set)| !set.is_empty()).collect(),
        absent: history.absent.intersection(judged),
    }
}

fn text(name: &FieldName) -> String {
    escaped(&format!("{}.{}", name.type_name, name.path.join(".")))
}

fn place(field: &Field) -> String {
    let bit = match field.is_bitfield {
        true => format!(" bit {}", field.bit_offset % 8),
        false => String::new(),
    };
    let byte = field.bit_offset / 8;
    format!(
        "byte {byte}{bit}, <code>{}</code>",
        escaped(&field.type_text)
    )
}

fn figure(
    kernels: &[Kernel],
    matrix: &Matrix,
    name: &FieldName,
    history: &History<Field>,
) -> String {
    let text = text(name);
    let mut out = format!("<figure>\n<figcaption><code>{text}</code></figcaption>\n");
    out.push_str(&svg(kernels, &matrix.kernels, history, &text));
    out.push_str("<ul>\n");
    for (field, set) in &history.values {
        let on = escaped(&phrase(kernels, &matrix.kernels, set));
        let _ = writeln!(out, "<li>{on}: {}</li>", place(field));
    }
    if !history.absent.is_empty() {
        let on = escaped(&phrase(kernels, &matrix.kernels, &history.absent));
        let _ = writeln!(out, "<li>{on}: absent</li>");
    }
    out.push_str("</ul>\n</figure>\n");
    out
}

/// A line for each architecture, over the versions that were judged.
fn svg(kernels: &[Kernel], judged: &KernelSet, history: &History<Field>, name: &str) -> String {
    let versions: BTreeSet<[u32; 3]> = judged.iter().map(|at| kernels[at].numbers()).collect();
    let versions: Vec<[u32; 3]> = versions.into_iter().collect();
    let offsets: Vec<u32> = history
        .values
        .iter()
        .map(|(field, _)| field.bit_offset / 8)
        .collect();
    let (low, high) = (offsets.iter().min().copied(), offsets.iter().max().copied());
    let (Some(low), Some(high)) = (low, high) else {
        return String::new();
    };
    let x = |at: usize| {
        let place = versions.binary_search(&kernels[at].numbers()).unwrap_or(0);
        LEFT + place * (WIDTH - LEFT - RIGHT) / versions.len().saturating_sub(1).max(1)
    };
    // The lowest stands above the bottom, which is for kernels without the field.
    let y = |offset: u32| {
        let room = (BOTTOM - TOP - 12) as u64;
        let up = u64::from(offset - low) * room / u64::from(high - low).max(1);
        BOTTOM - 12 - usize::try_from(up).unwrap_or(0)
    };
    let offset = |at: usize| {
        let here = history.values.iter().find(|(_, set)| set.contains(at));
        here.map(|(field, _)| field.bit_offset / 8)
    };
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"offset of {name} over kernels\">\n\
         <line class=\"axis\" x1=\"{LEFT}\" y1=\"{BOTTOM}\" x2=\"{WIDTH}\" y2=\"{BOTTOM}\"/>\n"
    );
    let label = |x: usize, y: usize, anchor: &str, text: &str| {
        format!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>\n")
    };
    out.push_str(&label(LEFT - 6, y(low) + 4, "end", &low.to_string()));
    if high > low {
        out.push_str(&label(LEFT - 6, y(high) + 4, "end", &high.to_string()));
    }
    let release = |[major, minor, _]: [u32; 3]| format!("{major}.{minor}");
    if let [first, .., last] = versions[..] {
        out.push_str(&label(LEFT, HEIGHT - 6, "start", &release(first)));
        out.push_str(&label(WIDTH - RIGHT, HEIGHT - 6, "end", &release(last)));
    }
    for (number, build) in builds(kernels, judged) {
        let there = build
            .iter()
            .filter_map(|at| Some(format!("{},{}", x(*at), y(offset(*at)?))));
        let there: Vec<String> = there.collect();
        let _ = writeln!(
            out,
            "<g class=\"s{number}\"><polyline points=\"{}\"/>",
            there.join(" ")
        );
        for at in build {
            let (class, place, what) = match offset(at) {
                Some(offset) => ("there", y(offset), offset.to_string()),
                None => ("absent", BOTTOM, "absent".to_owned()),
            };
            let kernel = escaped(&kernels[at].to_string());
            let _ = writeln!(
                out,
                "<circle class=\"{class}\" cx=\"{}\" cy=\"{place}\" r=\"3\"><title>{kernel}: {what}</title></circle>",
                x(at)
            );
        }
        out.push_str("</g>\n");
    }
    out.push_str("</svg>\n");
    out
}

/// The kernels of each build, oldest first, with the number of the architecture's colour.
fn builds(kernels: &[Kernel], judged: &KernelSet) -> Vec<(usize, Vec<usize>)> {
    let mut builds: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for at in judged.iter() {
        let kernel = &kernels[at];
        let build = (kernel.architecture.as_str(), kernel.flavour.as_str());
        builds.entry(build).or_default().push(at);
    }
    let architectures = architectures(kernels, judged);
    let builds = builds.into_iter().map(|((architecture, _), mut build)| {
        build.sort_by_key(|at| kernels[*at].numbers());
        let color = architectures.iter().position(|one| *one == architecture);
        (color.unwrap_or(0) % COLORS, build)
    });
    builds.collect()
}

fn architectures<'k>(kernels: &'k [Kernel], judged: &KernelSet) -> Vec<&'k str> {
    let names = judged.iter().map(|at| kernels[at].architecture.as_str());
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Which colour is which architecture.
fn legend(kernels: &[Kernel], judged: &KernelSet) -> String {
    let names = architectures(kernels, judged).into_iter().enumerate();
    let names = names.map(|(at, name)| {
        format!(
            "<li><b class=\"s{}\">●</b> {}</li>\n",
            at % COLORS,
            escaped(name)
        )
    });
    format!(
        "<ul class=\"legend\">\n{}</ul>\n",
        names.collect::<String>()
    )
}
