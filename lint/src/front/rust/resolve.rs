//! Follows values from function to function: into calls, and back to callers.

use std::collections::HashMap;

use bpf_core_kernel_facts::{Context, syscall};

use super::facts::Facts;
use super::ty::Ty;
use super::view::{Amount, Call, Crate, Function, Offset, Origin, Program, Value};

/// Calls that are followed from one to the next. Helper upon helper is rare, and recursion is
/// not allowed in BPF.
const MAX_HOPS: usize = 6;

impl Crate {
    /// Joins functions to a crate.
    #[must_use]
    pub fn new(facts: Facts, functions: Vec<Function>) -> Self {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, function) in functions.iter().enumerate() {
            by_name
                .entry(function.name.clone())
                .or_default()
                .push(index);
        }
        let mut krate = Self {
            facts,
            functions,
            by_name,
            ..Self::default()
        };
        for (caller, function) in krate.functions.iter().enumerate() {
            for (call, made) in function.calls.iter().enumerate() {
                if let Some(callee) = krate.callee(caller, &made.callee) {
                    krate
                        .callers
                        .entry(callee)
                        .or_default()
                        .push((caller, call));
                }
            }
        }
        krate.programs = (0..krate.functions.len())
            .map(|function| krate.reached_by(function))
            .collect();
        let counts = krate.functions.iter().map(|function| function.params.len());
        krate.params = counts.map(|count| vec![Origin::Unknown; count]).collect();
        // Each round brings what is known one call further.
        for _ in 0..MAX_HOPS {
            let next = krate.given();
            if next == krate.params {
                break;
            }
            krate.params = next;
        }
        krate
    }

    /// What all callers give for each parameter, by what is known of their own.
    fn given(&self) -> Vec<Vec<Origin>> {
        let functions = self.functions.iter().enumerate();
        let of_function = functions.map(|(index, function)| {
            let params = 0..function.params.len();
            let of_param = params.map(|param| {
                let callers = self.callers.get(&index).into_iter().flatten();
                strongest(callers.filter_map(|&(caller, call)| {
                    let value = self.functions[caller].calls[call].args.get(param)?;
                    Some(self.origin(caller, value))
                }))
            });
            of_param.collect()
        });
        of_function.collect()
    }

    /// The function that a name means in another. `None` if several could be meant.
    #[must_use]
    pub fn callee(&self, caller: usize, name: &str) -> Option<usize> {
        let found = self.by_name.get(name)?;
        if let [one] = found[..] {
            return Some(one);
        }
        let path = &self.functions[caller].path;
        let mut near = found
            .iter()
            .filter(|&&one| self.functions[one].path == *path);
        match (near.next(), near.next()) {
            (Some(&one), None) => Some(one),
            _ => None,
        }
    }

    /// The calls of a function, each with the function that it is in.
    pub fn calls_of(&self, function: usize) -> impl Iterator<Item = (&Function, &Call)> {
        self.callers_of(function)
            .map(|(caller, call)| (&self.functions[caller], call))
    }

    /// The calls of a function, each with the number of the function that it is in.
    pub fn callers_of(&self, function: usize) -> impl Iterator<Item = (usize, &Call)> {
        let callers = self.callers.get(&function).into_iter().flatten();
        callers.map(|&(caller, call)| (caller, &self.functions[caller].calls[call]))
    }

    /// The calls of a function: the function that each is in, and its number there.
    pub fn call_numbers(&self, function: usize) -> impl Iterator<Item = (usize, usize)> {
        self.callers.get(&function).into_iter().flatten().copied()
    }

    fn reached_by(&self, function: usize) -> Vec<usize> {
        let (mut seen, mut next) = (vec![function], vec![function]);
        while let Some(function) = next.pop() {
            for &(caller, _) in self.callers.get(&function).into_iter().flatten() {
                if !seen.contains(&caller) {
                    seen.push(caller);
                    next.push(caller);
                }
            }
        }
        seen.retain(|&function| self.functions[function].program.is_some());
        seen
    }

    /// The functions that a program is made of, with itself.
    #[must_use]
    pub fn parts_of(&self, program: usize) -> Vec<usize> {
        let all = self.programs.iter().enumerate();
        let parts = all.filter(|(_, programs)| programs.contains(&program));
        parts.map(|(part, _)| part).collect()
    }

    /// The programs that a function is part of.
    pub fn programs(&self, function: usize) -> impl Iterator<Item = &Program> {
        let entries = self.entries(function);
        entries.filter_map(|entry| entry.program.as_ref())
    }

    /// The functions that the programs start with which a function is part of.
    pub fn entries(&self, function: usize) -> impl Iterator<Item = &Function> {
        let programs = self.programs.get(function).into_iter().flatten();
        programs.map(|&program| &self.functions[program])
    }

    /// Where a value of a function comes from, followed to the callers and into calls.
    #[must_use]
    pub fn origin(&self, function: usize, value: &Value) -> Origin {
        self.follow(function, value, 0)
    }

    fn param(&self, function: usize, index: usize) -> Origin {
        let given = self.params.get(function);
        let given = given.and_then(|given| given.get(index));
        given.cloned().unwrap_or_default()
    }

    fn follow(&self, function: usize, value: &Value, hops: usize) -> Origin {
        let origin = match &value.origin {
            _ if hops > MAX_HOPS => Origin::Unknown,
            Origin::Param(index) => self.param(function, *index),
            Origin::Behind(index) => match self.param(function, *index) {
                Origin::Task | Origin::TypedTask => Origin::Kernel,
                other => other,
            },
            Origin::Call(call) => {
                let made = &self.functions[function].calls[*call];
                match self.callee(function, &made.callee) {
                    Some(callee) => {
                        let returned = self.functions[callee].returned.iter();
                        strongest(returned.map(|value| match value.origin {
                            Origin::Param(index) => {
                                let value = made.args.get(index);
                                value.map_or(Origin::Unknown, |value| {
                                    self.follow(function, value, hops + 1)
                                })
                            }
                            _ => self.follow(callee, value, hops + 1),
                        }))
                    }
                    None => Origin::Unknown,
                }
            }
            Origin::Member(of, fields) => {
                let of = Value {
                    origin: (**of).clone(),
                    ..Value::default()
                };
                match self.follow(function, &of, hops + 1) {
                    of @ Origin::Iterator(_) => match of.member(fields.clone()) {
                        Origin::Member(..) => Origin::Typed,
                        other => other,
                    },
                    _ => Origin::Unknown,
                }
            }
            // The arguments of a user-space probe are those of the process.
            Origin::Argument(_) if self.is_user_probe(function) => Origin::User,
            Origin::Argument(_) if !self.is_kernel_probe(function) => Origin::Unknown,
            origin => origin.clone(),
        };
        let is_kernel = |name: &str, bound| self.facts.is_kernel(name, bound);
        match (&origin, value.ty.pointee(), value.born.pointee()) {
            (Origin::Unknown, Some(Ty::Named(name, bound)), _)
            | (Origin::Unknown, _, Some(Ty::Named(name, bound)))
                if is_kernel(name, *bound) =>
            {
                Origin::Typed
            }
            _ => origin,
        }
    }

    /// The struct that an offset is added to a pointer to.
    #[must_use]
    pub fn record_of<'o>(&self, function: usize, offset: &'o Offset) -> Option<&'o str> {
        let base = &offset.base;
        let named = base.ty.points_to().or(base.born.points_to());
        named.or_else(|| {
            self.origin(function, base)
                .is_task()
                .then_some("task_struct")
        })
    }

    /// Whether all programs that reach a function are probes of user-space functions.
    #[must_use]
    pub fn is_user_probe(&self, function: usize) -> bool {
        self.is_of_only(function, is_user)
    }

    /// Whether all programs that reach a function are on functions that one architecture alone has.
    #[must_use]
    pub fn is_for_one_architecture(&self, function: usize) -> bool {
        self.is_of_only(function, |program| {
            syscall::is_of_one_architecture(&program.target)
        })
    }

    /// Whether programs reach a function, and all of them are such.
    fn is_of_only(&self, function: usize, is_such: impl Fn(&Program) -> bool) -> bool {
        let mut programs = self.programs(function).peekable();
        programs.peek().is_some() && programs.all(is_such)
    }

    /// Whether another function has the name of this one: then not all of its calls are known.
    #[must_use]
    pub fn has_namesake(&self, function: usize) -> bool {
        let of_name = self.by_name.get(&self.functions[function].name);
        of_name.is_some_and(|all| all.len() > 1)
    }

    fn is_kernel_probe(&self, function: usize) -> bool {
        let mut programs = self.programs(function);
        programs.any(|program| {
            let context = program.section.context;
            matches!(context, Context::Registers | Context::Numbers) || context.is_typed()
        })
    }

    /// A number of a function, followed to the constant that it is. `None` if callers differ in
    /// whether it is one.
    #[must_use]
    pub fn amount(&self, function: usize, amount: &Amount) -> Option<Amount> {
        match amount {
            Amount::Param(_) => None,
            Amount::Call(call) => {
                let made = &self.functions[function].calls[*call];
                let callee = self.callee(function, &made.callee)?;
                let callee = &self.functions[callee];
                let (first, rest) = callee.returned.split_first()?;
                let all = rest.iter().all(|value| value.amount.is_some());
                let all = all && !callee.returns_unknown;
                let value = match first.amount.as_ref()? {
                    Amount::Number(number) if rest.is_empty() => Some(*number),
                    Amount::Number(_) => None,
                    Amount::Named(_, number) if rest.is_empty() => *number,
                    Amount::Named(..) => None,
                    _ => return None,
                };
                all.then(|| Amount::Named(made.callee.clone(), value))
            }
            other => Some(other.clone()),
        }
    }
}

/// Whether the arguments are those of a process: of its own functions, or of a system call.
fn is_user(program: &Program) -> bool {
    let facts = program.facts();
    match program.section.context {
        Context::UserRegisters => true,
        Context::Registers => facts.is_on_system_call() && !facts.is_on_wrapper(),
        _ => false,
    }
}

/// The origin that matters most to rules, of those that a value may have.
fn strongest(origins: impl Iterator<Item = Origin>) -> Origin {
    let weight = |origin: &Origin| match origin {
        Origin::Task | Origin::TypedTask => 10,
        Origin::Kernel => 9,
        Origin::Argument(_) => 8,
        Origin::Typed => 7,
        Origin::User => 6,
        Origin::Context(_) => 5,
        Origin::Unknown => 0,
        _ => 1,
    };
    origins.max_by_key(weight).unwrap_or_default()
}
