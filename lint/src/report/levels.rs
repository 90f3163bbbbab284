//! Decides the level of each rule from the settings of manifests and of the command line.

use std::str::FromStr;

use anyhow::{Context as _, Result, bail};

use crate::input::Owner;
use crate::rules::{self, Group, Level, Rule};

/// What a setting is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Selector {
    /// Every rule.
    All,
    /// The rules of a group.
    Group(Group),
    /// One rule.
    Rule(&'static Rule),
}

impl Selector {
    fn covers(self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            Self::Group(group) => rule.group == group,
            Self::Rule(one) => one.name == rule.name,
        }
    }

    fn width(self) -> u8 {
        match self {
            Self::All => 2,
            Self::Group(_) => 1,
            Self::Rule(_) => 0,
        }
    }
}

impl FromStr for Selector {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.strip_prefix("corelint::").unwrap_or(text);
        if text == "all" {
            return Ok(Self::All);
        }
        if let Some(group) = Group::ALL.into_iter().find(|group| group.as_str() == text) {
            return Ok(Self::Group(group));
        }
        match rules::find(text) {
            Some(rule) => Ok(Self::Rule(rule)),
            None => bail!("`{text}` is no rule and no group; `cargo corelint rules` lists them"),
        }
    }
}

/// Settings in the order in which they apply: a later one wins, unless a rule is forbidden.
#[derive(Clone, Debug, Default)]
pub(crate) struct Levels {
    settings: Vec<(Selector, Level)>,
}

impl Levels {
    /// The levels for a package: the tables of its workspace and of the package come first, then
    /// the options of the command line.
    ///
    /// # Errors
    /// A table names an unknown rule or an unknown level.
    pub(crate) fn of_owner(owner: &Owner, options: &[(Selector, Level)]) -> Result<Self> {
        let mut levels = Self::default();
        for table in &owner.settings {
            let settings = table.levels.iter().map(|(key, level)| {
                let setting = key.parse().and_then(|key| Ok((key, level.parse()?)));
                setting.with_context(|| table.name.clone())
            });
            levels.table(settings.collect::<Result<Vec<_>>>()?);
        }
        levels.sequence(options.iter().copied());
        Ok(levels)
    }

    /// Adds settings whose order means nothing, such as those of a table: the narrower one wins.
    fn table(&mut self, settings: impl IntoIterator<Item = (Selector, Level)>) {
        let mut settings: Vec<_> = settings.into_iter().collect();
        settings.sort_by_key(|(selector, _)| std::cmp::Reverse(selector.width()));
        self.settings.extend(settings);
    }

    /// Adds settings that apply one after the other, such as those of a command line.
    fn sequence(&mut self, settings: impl IntoIterator<Item = (Selector, Level)>) {
        self.settings.extend(settings);
    }

    /// Whether somebody set the level of `rule`.
    #[must_use]
    pub(crate) fn is_set(&self, rule: &Rule) -> bool {
        let mut selectors = self.settings.iter().map(|(selector, _)| selector);
        selectors.any(|selector| selector.covers(rule))
    }

    /// What is done about the findings of `rule`.
    #[must_use]
    pub(crate) fn of(&self, rule: &Rule) -> Level {
        let covering = self
            .settings
            .iter()
            .filter(|(selector, _)| selector.covers(rule));
        covering.fold(rule.level, |now, &(_, level)| match now {
            Level::Forbid => now,
            _ => level,
        })
    }
}
