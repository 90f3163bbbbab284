//! Applies the comments that allow findings, and tells which of them had no effect.

use std::sync::Arc;

use super::levels::Levels;
use crate::front::suppression::Suppression;
use crate::input::Owner;
use crate::rules::{Finding, Level, unused_suppression};

/// The comments of a run.
#[derive(Debug, Default)]
pub(super) struct Suppressions {
    comments: Vec<Comment>,
}

#[derive(Debug)]
struct Comment {
    suppression: Suppression,
    used: bool,
    owner: Arc<Owner>,
    levels: Arc<Levels>,
}

impl Suppressions {
    pub(super) fn add(
        &mut self,
        found: Vec<Suppression>,
        owner: &Arc<Owner>,
        levels: &Arc<Levels>,
    ) {
        self.comments
            .extend(found.into_iter().map(|suppression| Comment {
                suppression,
                used: false,
                owner: Arc::clone(owner),
                levels: Arc::clone(levels),
            }));
    }

    /// Drops repeated comments: two units may read one header.
    pub(super) fn settle(&mut self) {
        let place = |comment: &Comment| comment.suppression.comment.clone();
        self.comments.sort_by_cached_key(place);
        self.comments
            .dedup_by(|a, b| a.suppression == b.suppression);
    }

    /// Whether a comment allows a finding. All comments that cover it count as used: which of them
    /// is superfluous is the author's choice.
    pub(super) fn allows(&mut self, finding: &Finding) -> bool {
        let mut allowed = false;
        for comment in &mut self.comments {
            if comment
                .suppression
                .covers(finding.rule, &finding.primary.span)
            {
                comment.used = true;
                allowed = true;
            }
        }
        allowed
    }

    /// The findings about comments that allowed nothing, with their levels and owners.
    pub(super) fn unused(&self) -> impl Iterator<Item = (Finding, Level, Arc<Owner>)> + '_ {
        let unused = self.comments.iter().filter(|comment| !comment.used);
        unused.filter_map(|comment| {
            let level = comment.levels.of(&unused_suppression::RULE);
            let finding = unused_suppression::finding(&comment.suppression)?;
            (level != Level::Allow).then(|| (finding, level, Arc::clone(&comment.owner)))
        })
    }
}
