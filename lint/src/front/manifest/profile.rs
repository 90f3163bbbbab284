//! Reads the profiles of a manifest, or of Cargo's configuration.

use toml::de::DeValue;

use super::table::Part;
use crate::span::Span;

/// A profile.
#[derive(Debug)]
pub struct Profile {
    /// `release`, `dev` or a name.
    pub name: String,
    /// The profile that it starts from.
    pub inherits: Option<String>,
    /// Where its name is.
    pub span: Span,
    /// Where a setting can be added.
    pub end_of_header: Option<usize>,
    /// Its debug info.
    pub debug: Option<Debugged>,
    /// That of single packages.
    pub packages: Vec<(String, Debugged)>,
}

/// A setting of `debug`.
#[derive(Clone, Debug)]
pub struct Debugged {
    /// How much.
    pub debug: Debug,
    /// Where.
    pub span: Span,
}

/// How much debug info.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Debug {
    /// With types.
    Full,
    /// Lines, or nothing.
    Less,
}

/// The profiles of a table of such.
pub(super) fn profiles(all: Part<'_, '_>) -> Vec<Profile> {
    let profile = |(name, profile): (&str, Part<'_, '_>)| Profile {
        name: name.to_owned(),
        inherits: profile
            .get("inherits")
            .and_then(|name| Some(name.text()?.to_owned())),
        span: profile_span(&profile),
        end_of_header: profile.behind_header(),
        debug: profile.get("debug").map(|debug| debugged(&debug)),
        packages: profile
            .get("package")
            .iter()
            .flat_map(Part::entries)
            .filter_map(|(name, package)| Some((name.to_owned(), debugged(&package.get("debug")?))))
            .collect(),
    };
    all.entries().map(profile).collect()
}

fn profile_span(profile: &Part<'_, '_>) -> Span {
    let mut span = profile.span();
    (span.start, span.end) = (profile.key.0 as u32, profile.key.1 as u32);
    span
}

fn debugged(debug: &Part<'_, '_>) -> Debugged {
    let full = match debug.value {
        DeValue::Boolean(on) => *on,
        DeValue::Integer(number) => number.as_str() == "2",
        DeValue::String(word) => word.as_ref() == "full",
        _ => false,
    };
    Debugged {
        debug: if full { Debug::Full } else { Debug::Less },
        span: debug.span(),
    }
}
