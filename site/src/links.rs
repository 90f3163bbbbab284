//! The links of pages: those to files that the site does not have become plain words, and each of the rest
//! must lead somewhere.

use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::Pages;

/// A link as `[text](target)`.
struct Link {
    /// All of it.
    place: Range<usize>,
    /// What people read.
    text: Range<usize>,
    target: String,
}

/// Where the links of a text lead.
pub(crate) fn of(text: &str) -> Vec<String> {
    links(text).into_iter().map(|link| link.target).collect()
}

fn links(text: &str) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for (event, place) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Link {
                link_type: LinkType::Inline,
                dest_url,
                ..
            }) => links.push(Link {
                text: place.end..place.start,
                place,
                target: dest_url.into_string(),
            }),
            Event::End(TagEnd::Link) => {}
            _ => {
                if let Some(link) = links.last_mut()
                    && place.end <= link.place.end
                    && place.start > link.place.start
                {
                    link.text.start = link.text.start.min(place.start);
                    link.text.end = link.text.end.max(place.end);
                }
            }
        }
    }
    links
}

/// A page whose links lead to other pages only.
pub(crate) fn rewritten(
    text: &str,
    page: &Path,
    repository: &Path,
    pages: &[PathBuf],
) -> Result<String> {
    let mut written = String::new();
    let mut end = 0;
    for link in links(text) {
        let Some((file, fragment)) = local(&link.target, page)? else {
            continue;
        };
        let path = link.target.split('#').next().unwrap_or_default();
        // mdBook makes an `index.html` of a README.md, and leaves the links to it alone.
        let of_readme = match path.strip_suffix("README.md") {
            Some(folder) if pages.contains(&file) => Some(folder.to_owned()),
            _ if pages.contains(&file.join("README.md")) => Some(format!("{path}/")),
            _ => None,
        };
        if of_readme.is_none() && pages.contains(&file) {
            continue;
        }
        written.push_str(&text[end..link.place.start]);
        end = link.place.end;
        let words = &text[link.text.clone()];
        if let Some(folder) = of_readme {
            written.push_str(&format!("[{words}]({folder}index.md{fragment})"));
        } else {
            let there = repository.join(&file);
            ensure!(
                there.exists(),
                "a link leads to {}, which is not there",
                file.display()
            );
            written.push_str(words);
        }
    }
    written.push_str(&text[end..]);
    Ok(written)
}

/// The path from the repository that a link of a page leads to, and the part behind `#`. `None` for other
/// sites, and for places of the page itself.
fn local(target: &str, page: &Path) -> Result<Option<(PathBuf, String)>> {
    if target.contains("://") || target.starts_with('#') || target.starts_with("mailto:") {
        return Ok(None);
    }
    let (path, fragment) = match target.split_once('#') {
        Some((path, fragment)) => (path, format!("#{fragment}")),
        None => (target, String::new()),
    };
    let mut found = page.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => found.push(name),
            Component::CurDir => {}
            Component::ParentDir if found.pop() => {}
            _ => bail!("the link `{target}` leads out of the repository"),
        }
    }
    Ok(Some((found, fragment)))
}

/// Fails if a link of a page leads to a page or a heading that the site does not have.
pub(crate) fn check(pages: &Pages, html: &Path) -> Result<()> {
    for (page, text) in pages {
        for target in of(text) {
            let of_page = |file: &Path| {
                let path = html.join(file.with_extension("html"));
                fs::read_to_string(&path).with_context(|| {
                    format!(
                        "`{target}` of {} leads to {}",
                        page.display(),
                        path.display()
                    )
                })
            };
            let (file, fragment) = match local(&target, page)? {
                Some(found) => found,
                None if target.starts_with('#') => {
                    let own = match page.ends_with("README.md") {
                        true => page.with_file_name("index.md"),
                        false => page.clone(),
                    };
                    (own, target.clone())
                }
                None => continue,
            };
            let there = of_page(&file)?;
            let id = fragment.trim_start_matches('#');
            ensure!(
                id.is_empty() || there.contains(&format!("id=\"{id}\"")),
                "`{target}` of {}: no such heading",
                page.display()
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    fn written(text: &str) -> Result<String> {
        let pages = ["docs/guide.md", "lint/README.md"].map(PathBuf::from);
        rewritten(text, Path::new("docs/faq.md"), here(), &pages)
    }

    #[test]
    fn links_lead_to_pages_only() {
        let same = "[guide](guide.md#a), [a](#b), [c](https://example.org) and `[d](e)`";
        assert_eq!(written(same).unwrap(), same);
        assert_eq!(
            written("[`links`](../src/links.rs), [*l*](../lint)").unwrap(),
            "`links`, [*l*](../lint/index.md)"
        );
        assert_eq!(
            written("[l](../lint/README.md#rules)").unwrap(),
            "[l](../lint/index.md#rules)"
        );
    }

    #[test]
    fn a_broken_link_is_an_error() {
        let error = written("[gone](gone.md)").unwrap_err().to_string();
        assert_eq!(error, "a link leads to docs/gone.md, which is not there");
        assert!(written("[out](../../x.md)").is_err());
        let pages = Pages::from([("a.md".into(), "[b](b.md#no)".to_owned())]);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b.html"), "<h2 id=\"yes\">").unwrap();
        let error = check(&pages, folder.path()).unwrap_err().to_string();
        assert_eq!(error, "`b.md#no` of a.md: no such heading");
    }
}
