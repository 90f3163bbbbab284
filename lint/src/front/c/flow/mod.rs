//! Makes facts of the tree of a C file: follows pointers from where the kernel hands them out to
//! where the file uses them.
//!
//! Each function is walked in the order of its text. Branches are walked apart and joined. The
//! whole file is walked several times: a round knows from the one before what a function gets and
//! returns. Only the last round notes facts.

mod branches;
mod calls;
mod decisions;
mod expression;
mod loops;
mod memory;
mod reads;
mod value;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use bpf_core_kernel_facts::{Context, Program, syscall};

use super::tree::{Function, Kind, Node, Tree, Ty, VariableId};
use super::view::{self, Ignored, Origin, Param, SourceKind, TakenFor, Trust, View, Zero};
use crate::known::{EventLayout, Guard};
use crate::span::Span;
use value::{Argument, Place, Value};

/// How often the file is walked. A value is followed through one call less than that.
const ROUNDS: usize = 3;

/// Adds the facts of the functions of `tree` to `view`.
pub(super) fn follow(tree: &Tree, view: &mut View) {
    let names = tree.functions.iter().enumerate();
    let mut flow = Flow {
        tree,
        names: names
            .map(|(index, one)| (Rc::clone(&one.name), index))
            .collect(),
        asking: branches::asking(tree),
        set_once: branches::set_once(tree),
        summaries: vec![Summary::default(); tree.functions.len()],
        view,
        zeros: Vec::new(),
        zero_of: HashMap::new(),
        read_of: Vec::new(),
        plain: HashSet::new(),
        is_last: false,
        local: Local::default(),
    };
    for round in 0..ROUNDS {
        flow.is_last = round + 1 == ROUNDS;
        // The first round goes to the callers, which want to know what functions give, and the others to what
        // they call.
        let count = tree.functions.len();
        for number in 0..count {
            let index = if round == 0 {
                number
            } else {
                count - 1 - number
            };
            flow.function(index);
        }
        for summary in &mut flow.summaries {
            if let Some(around) = summary.around.take() {
                summary.guards = around;
            }
        }
    }
    let (zeros, read_of, plain) = (flow.zeros, flow.read_of, flow.plain);
    view.functions = tree
        .functions
        .iter()
        .map(|one| function(tree, one, &plain))
        .collect();
    for (read, zero) in read_of {
        view.reads[read].zero = Some(zeros[zero].clone());
    }
}

fn function(tree: &Tree, function: &Function, plain: &HashSet<VariableId>) -> view::Function {
    let params = function.params.iter().map(|&param| {
        let variable = &tree.variables[param];
        Param {
            name: Rc::clone(&variable.name),
            span: variable.span.clone(),
            record: variable.ty.pointee().and_then(Ty::record).cloned(),
            is_pointer: variable.ty.is_pointer(),
            is_used: plain.contains(&param) && is_used(tree, &function.body, param, USES),
        }
    });
    view::Function {
        name: Rc::clone(&function.name),
        span: function.span.clone(),
        section: function.section.clone(),
        made_by: function.made_by.clone(),
        params: params.collect(),
        refuses: decisions::refuses(&function.body),
        event: EventLayout::default(),
        takes_known: false,
        is_for_one_architecture: spells_one_architecture(tree, function),
    }
}

/// Calls from function to function in which a parameter is looked for.
const USES: usize = 4;

/// Whether a function does more with a parameter than to hand it to functions that do nothing with it: compilers
/// leave that out.
fn is_used(tree: &Tree, body: &Node, param: VariableId, left: usize) -> bool {
    let (mut all, mut ignored) = (0, 0);
    body.walk(&mut |node| match &node.kind {
        Kind::Variable(id) if *id == param => all += 1,
        Kind::Call { name, args } => {
            let function = tree.functions.iter().find(|one| one.name == *name);
            let Some(function) = function.filter(|_| left > 0) else {
                return;
            };
            for (arg, given) in args.iter().zip(&function.params) {
                let is_it = matches!(arg.bare().kind, Kind::Variable(id) if id == param);
                ignored += usize::from(is_it && !is_used(tree, &function.body, *given, left - 1));
            }
        }
        _ => {}
    });
    all > ignored
}

/// Whether a program's section is spelled with a function that one architecture alone has. Where a macro makes it,
/// the macro may choose.
fn spells_one_architecture(tree: &Tree, function: &Function) -> bool {
    let Some(section) = &function.section else {
        return false;
    };
    let target = section.rsplit('/').next().unwrap_or_default();
    let spelled = || {
        let text = format!("\"{section}\"");
        tree.sources
            .iter()
            .any(|(_, source)| source.contains(&text))
    };
    syscall::is_of_one_architecture(target) && spelled()
}

struct Flow<'t, 'v> {
    tree: &'t Tree,
    names: HashMap<Rc<str>, usize>,
    /// The functions whose result may depend on the kernel.
    asking: HashSet<Rc<str>>,
    /// The variables that are given a value once, with it.
    set_once: HashMap<VariableId, &'t Node>,
    summaries: Vec<Summary>,
    view: &'v mut View,
    /// What becomes of the values that a failed read makes zero.
    zeros: Vec<Zero>,
    /// The index in `zeros` by the place of the read. A round finds the entries of the round
    /// before.
    zero_of: HashMap<Span, usize>,
    /// The reads of the view that have one, with their index in `zeros`.
    read_of: Vec<(usize, usize)>,
    /// The variables that are used where no condition asks for the kernel.
    plain: HashSet<VariableId>,
    /// Whether this is the last round, which notes facts: by then the callers are known.
    is_last: bool,
    local: Local,
}

/// What callers of a function know, and what they pass.
#[derive(Clone, Debug, Default)]
struct Summary {
    /// What callers pass.
    args: Vec<Option<Value>>,
    returns: Option<Value>,
    /// What the context is that callers pass, if it is one of a kind. `None`: none of them does.
    passed: Option<Option<Context>>,
    /// The programs that pass their context, themselves or through what they call.
    programs: BTreeSet<usize>,
    /// What conditions around all calls of the round say about the kernel.
    around: Option<Vec<Guard>>,
    /// The same of the round before.
    guards: Vec<Guard>,
    /// Whether anything calls it.
    is_called: bool,
    /// Parameters whose sum is used as an address: the pointer, and the constant.
    adds: Vec<(usize, usize)>,
}

/// What is known in the function that is walked.
#[derive(Default)]
struct Local {
    index: usize,
    section: Option<Rc<str>>,
    /// What the context is, as far as the section's kind says.
    context: Option<Context>,
    /// What the context is that callers pass, in a function that is no program.
    passed: Option<Context>,
    env: HashMap<Place, Value>,
    /// What each variable is taken for in [`View::taken`] since it has its value, while nothing uses it.
    taken: HashMap<VariableId, Range<usize>>,
    /// How often the function uses the value of a variable.
    uses: HashMap<VariableId, i64>,
    /// Buffers of reads whose result nothing has looked at.
    pending: Vec<Pending>,
    /// What the condition at hand asks.
    asked: Vec<decisions::Asked>,
    /// The variable or member that takes the value at hand.
    target: Option<Rc<str>>,
    /// Whether the walk is in `__builtin_preserve_access_index`.
    relocated: bool,
    /// Whether the walk is in the condition of a loop.
    bound: bool,
    /// What the conditions around say about the kernel.
    guards: Vec<Guard>,
    /// How many answers of functions and variables the walk is in.
    inlined: usize,
    /// How many guards there were where the `switch` around begins.
    switch: usize,
    /// What conditions around every `goto` so far say about the kernel.
    jumped: Option<Vec<Guard>>,
    returns: Option<Value>,
}

/// A buffer that was filled by a read whose result nothing looks at.
struct Pending {
    /// The read, in the last round.
    read: Option<usize>,
    buffer: Ignored,
}

/// What the code around an expression does with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// It uses the value.
    Value,
    /// It asks whether the value is zero.
    Condition,
    /// It reads from the value, an address.
    Address,
    /// It drops the value.
    Nothing,
}

impl<'t> Flow<'t, '_> {
    fn function(&mut self, index: usize) {
        let function = &self.tree.functions[index];
        let section = function.section.clone();
        self.local = Local {
            index,
            context: section.as_deref().map(|section| {
                Program::of_section(section).map_or(Context::Own, |program| program.section.context)
            }),
            passed: match &section {
                Some(_) => None,
                None => self.summaries[index].passed.flatten(),
            },
            section,
            uses: uses(&function.body),
            ..Local::default()
        };
        // What is true around the calls is true in it. Where nobody calls it, nobody knows.
        let summary = &self.summaries[index];
        self.local.guards = match (&function.section, &summary.around) {
            (Some(_), _) => Vec::new(),
            (None, Some(around)) => around.clone(),
            (None, None) if summary.is_called => summary.guards.clone(),
            (None, None) => vec![Guard::other()],
        };
        for (number, &param) in function.params.iter().enumerate() {
            let mut value = self.parameter(function, number, param);
            value.param = Some(number);
            value.arguments = self
                .argument_of(function, number, param)
                .into_iter()
                .collect();
            self.local.env.insert(Place::whole(param), value);
        }
        self.eval(&function.body, Use::Nothing);
        self.summaries[index].returns = self.local.returns.take();
        for pending in std::mem::take(&mut self.local.pending) {
            if let Some(read) = pending.read {
                self.view.reads[read].ignored = Some(pending.buffer);
            }
        }
    }

    /// What is known about a parameter.
    fn parameter(&mut self, function: &'t Function, number: usize, param: VariableId) -> Value {
        let variable = &self.tree.variables[param];
        let Some(section) = function.section.as_deref() else {
            let known = self.summaries[self.local.index].args.get(number);
            let known = known.cloned().flatten().unwrap_or_default();
            return Self::typed(known, &variable.ty);
        };
        let program = Program::of_section(section);
        let context = program.map_or(Context::Own, |program| program.section.context);
        let made_by = function
            .made_by
            .as_deref()
            .filter(|name| name.starts_with("BPF_"));
        if number == 0 {
            return Value::of(Origin::Context);
        }
        let wrapper = program.is_some_and(|program| program.is_on_wrapper());
        let user = program.is_some_and(|program| program.is_on_system_call());
        let record = variable.ty.pointee().and_then(Ty::record);
        if !variable.ty.is_pointer() {
            return Value::default();
        }
        let what = SourceKind::Parameter(Rc::clone(&variable.name), section.into());
        let is_system_call = made_by.is_some_and(|name| name.contains("SYSCALL"));
        let origin = match context {
            _ if is_system_call => Origin::User,
            Context::UserRegisters | Context::SystemCall => Origin::User,
            Context::Registers if wrapper => Origin::Register,
            Context::Registers if user => Origin::User,
            Context::Registers | Context::Numbers => match &variable.ty {
                // A pointer to numbers or characters may point to memory of the process.
                Ty::Pointer(to) if matches!(**to, Ty::Int(_)) => Origin::Register,
                _ if record.is_some_and(|record| !record.is_kernel()) => Origin::Register,
                _ => Origin::Kernel(Trust::No),
            },
            _ if context.is_typed() => Origin::Kernel(Trust::Yes),
            _ => Origin::Register,
        };
        Value::from(origin, what, &variable.span)
    }

    /// The argument that a parameter of `BPF_PROG` or `BPF_KPROBE` is, where its type does not say what it is.
    fn argument_of(
        &self,
        function: &Function,
        number: usize,
        param: VariableId,
    ) -> Option<Rc<Argument>> {
        let made_by = function.made_by.as_deref()?;
        let variable = &self.tree.variables[param];
        let is_plain = matches!(made_by, "BPF_PROG" | "BPF_KPROBE")
            && variable.ty.pointee().and_then(Ty::record).is_none();
        is_plain.then_some(Rc::new(Argument {
            number: number.checked_sub(1)?,
            name: Rc::clone(&variable.name),
            guards: Vec::new(),
        }))
    }

    /// Notes that a value is taken for a pointer of type `ty`.
    fn take(&mut self, value: &Value, ty: &Ty, span: &Span) {
        let Some(record) = ty.pointee().and_then(Ty::record) else {
            return;
        };
        if !self.is_last {
            return;
        }
        let own = self.local.section.is_some().then_some(self.local.index);
        let callers = &self.summaries[self.local.index].programs;
        let guards = &self.local.guards;
        let taken = value.arguments.iter().flat_map(|argument| {
            let programs = own.iter().chain(callers.iter().filter(|_| own.is_none()));
            programs.map(|&function| TakenFor {
                span: span.clone(),
                function,
                number: argument.number,
                name: Rc::clone(&argument.name),
                record: Rc::clone(record),
                guards: [&guards[..], &argument.guards].concat(),
            })
        });
        self.view.taken.extend(taken);
    }

    /// The same, of what a variable gets.
    fn take_into(&mut self, id: VariableId, value: &Value, span: &Span) {
        let first = self.view.taken.len();
        self.take(value, &self.tree.variables[id].ty, span);
        self.local.taken.insert(id, first..self.view.taken.len());
    }

    /// The value, with what its type says about it.
    fn typed(mut value: Value, ty: &Ty) -> Value {
        let record = ty.pointee().and_then(Ty::record);
        if let Some(record) = record.filter(|record| !record.name.is_empty()) {
            value.of = Some(record.essential().into());
        }
        if record.is_some_and(|record| record.is_kernel()) {
            value.origin = match value.origin {
                Origin::Unknown => Origin::Kernel(Trust::Unknown),
                Origin::Register => Origin::Kernel(Trust::No),
                known => known,
            };
        }
        value
    }

    /// The section of the function, for messages.
    fn section(&self) -> &str {
        self.local.section.as_deref().unwrap_or_default()
    }

    fn name(&self, variable: VariableId) -> &'t Rc<str> {
        &self.tree.variables[variable].name
    }
}

/// How often the function uses the value of each variable. An assignment to a variable is no use.
fn uses(body: &Node) -> HashMap<VariableId, i64> {
    let mut uses: HashMap<VariableId, i64> = HashMap::new();
    body.walk(&mut |node| match &node.kind {
        Kind::Variable(id) => *uses.entry(*id).or_default() += 1,
        Kind::Assign(operator, to, _) if operator.is_empty() => {
            if let Kind::Variable(id) = to.kind {
                // The walk counts this variable as well.
                *uses.entry(id).or_default() -= 1;
            }
        }
        _ => {}
    });
    uses
}
