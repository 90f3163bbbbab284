//! What was asked of the catalogues before, with the answers.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};

use anyhow::Result;
use bpf_core_catalogue::{Field, History};

/// Answers by what was asked.
type Memory<K, T> = Mutex<HashMap<K, Arc<History<T>>>>;

/// Answers that other files have asked for before.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) fields: Memory<(String, String), Field>,
    pub(super) sizes: Memory<String, u64>,
    pub(super) enumerators: Memory<(String, String), u64>,
}

/// The answer for a key: the one that is known, or else what `find` gives.
pub(super) fn ask<K, T>(
    known: &Memory<K, T>,
    key: K,
    find: impl FnOnce() -> Result<History<T>>,
) -> Result<Arc<History<T>>>
where
    K: Hash + Eq,
{
    if let Ok(known) = known.lock()
        && let Some(found) = known.get(&key)
    {
        return Ok(Arc::clone(found));
    }
    let found = Arc::new(find()?);
    if let Ok(mut known) = known.lock() {
        known.insert(key, Arc::clone(&found));
    }
    Ok(found)
}
