//! Notes what each function of the inputs asks for, in its own code or in the functions that it calls. After
//! optimising, the function may ask for nothing else: `verify` compares.

use std::collections::{BTreeSet, HashMap, HashSet};

use inkwell::module::Module;

use crate::ask::{Ask, foreign, intrinsic};
use crate::ir::{self, Value, metadata::Metadata};

/// The asks of the joined inputs.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    numbers: HashMap<Ask, usize>,
    by_function: HashMap<Vec<u8>, BTreeSet<usize>>,
    /// Of functions that are called through a pointer.
    anywhere: BTreeSet<usize>,
}

impl Asked {
    /// Collects them before optimising.
    pub(crate) fn of(module: &Module<'_>) -> Self {
        let mut asked = Self::default();
        let mut direct: HashMap<Value<'_>, BTreeSet<usize>> = HashMap::new();
        intrinsic::each_ask(module, |call, ask| {
            let number = asked.number(ask);
            if let Some(function) = call.parent_function() {
                direct.entry(function).or_default().insert(number);
            }
        });
        let metadata = Metadata::of(module);
        for global in ir::globals(module) {
            let Some(ask) = foreign::ask(metadata, global) else {
                continue;
            };
            let number = asked.number(ask);
            for function in global
                .users()
                .into_iter()
                .filter_map(Value::parent_function)
            {
                direct.entry(function).or_default().insert(number);
            }
        }
        asked.hand_up(direct);
        asked
    }

    fn number(&mut self, ask: Ask) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(ask).or_insert(next)
    }

    /// Gives callers what the functions that they call ask for.
    fn hand_up(&mut self, mut asks: HashMap<Value<'_>, BTreeSet<usize>>) {
        let mut waiting: Vec<Value<'_>> = asks.keys().copied().collect();
        let mut queued: HashSet<Value<'_>> = waiting.iter().copied().collect();
        while let Some(callee) = waiting.pop() {
            queued.remove(&callee);
            let of_callee = asks.get(&callee).cloned().unwrap_or_default();
            let mut callers = HashSet::new();
            for user in callee.users() {
                if user.callee() != Some(callee) || user.arguments().contains(&callee) {
                    self.anywhere.extend(&of_callee);
                }
                callers.extend(user.parent_function());
            }
            for caller in callers {
                let of_caller = asks.entry(caller).or_default();
                let before = of_caller.len();
                of_caller.extend(&of_callee);
                if of_caller.len() != before && queued.insert(caller) {
                    waiting.push(caller);
                }
            }
        }
        for (function, asks) in asks {
            self.by_function.insert(function.name().to_vec(), asks);
        }
    }

    /// Whether a function may ask this.
    pub(crate) fn permits(&self, function: &[u8], ask: &Ask) -> bool {
        let Some(number) = self.numbers.get(ask) else {
            return false;
        };
        // LLVM names a copy of a function after it: `helper.specialized.1`.
        let mut names = std::iter::successors(Some(function), |name| {
            let dot = name.iter().rposition(|byte| *byte == b'.')?;
            Some(&name[..dot])
        });
        self.anywhere.contains(number)
            || names.any(|name| {
                let asks = self.by_function.get(name);
                asks.is_some_and(|asks| asks.contains(number))
            })
    }
}
