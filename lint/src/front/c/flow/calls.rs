//! Follows values into calls: of helpers, of kfuncs, and of functions of the file.

use std::collections::BTreeSet;
use std::rc::Rc;

use bpf_core_catalogue::Form;
use bpf_core_kernel_facts::Context;
use bpf_core_kernel_facts::helper::Helper;
use bpf_core_kernel_facts::kfunc::{self, Gives};

use super::value::{Place, Value};
use super::{Flow, Use};
use crate::front::c::tree::{Node, Ty};
use crate::front::c::view::{Access, Added, How, Origin, SourceKind, Trust};
use crate::front::facts::Deciding;
use crate::known::Layout;

impl<'t> Flow<'t, '_> {
    pub(super) fn call(
        &mut self,
        node: &'t Node,
        called: &str,
        args: &'t [Node],
        wanted: Use,
    ) -> Value {
        // A project's own `get_current_task` is no helper.
        if let Some(index) = self.names.get(called).copied() {
            return self.own_call(index, args);
        }
        if let Some(value) = self.read_call(node, called, args, wanted) {
            return value;
        }
        let name = called.strip_prefix("bpf_").unwrap_or(called);
        let what = || SourceKind::Helper(format!("bpf_{name}"));
        match (Helper::of_name(name), kfunc::gives(name)) {
            (Helper::Gives { is_typed, name: of }, _) => {
                self.each(args);
                let trust = if is_typed { Trust::Yes } else { Trust::No };
                Value {
                    of: of.map(Into::into),
                    ..Value::from(Origin::Kernel(trust), what(), &node.span)
                }
            }
            (_, Some(Gives::Kernel)) => {
                self.each(args);
                Value::from(Origin::Kernel(Trust::Yes), what(), &node.span)
            }
            (Helper::GivesOwn | Helper::Reserves, _) | (_, Some(Gives::Own)) => {
                self.each(args);
                Value::of(Origin::Own)
            }
            (Helper::Map, _) => {
                self.map_call(args);
                Value::of(Origin::Own)
            }
            (Helper::Sends, _) => {
                self.each(args);
                Value::default()
            }
            _ => self.other_call(called, args),
        }
    }

    /// A call of anything but a known helper or kfunc.
    fn other_call(&mut self, called: &str, args: &'t [Node]) -> Value {
        match called {
            "__builtin_memset" | "memset" => {
                self.each(args);
                Value::default()
            }
            _ if called.starts_with("__builtin_bswap") || called == "__builtin_expect" => {
                let value = args.first().map(|one| self.eval(one, Use::Value));
                value.unwrap_or_default()
            }
            _ => {
                self.foreign_call(args);
                Value::default()
            }
        }
    }

    fn each(&mut self, args: &'t [Node]) -> Vec<Value> {
        let before = self.local.asked.len();
        let values = args.iter().map(|one| {
            let wanted = if one.ty.is_pointer() {
                Use::Address
            } else {
                Use::Value
            };
            self.eval(one, wanted)
        });
        let values = values.collect();
        self.forget_asked(before);
        values
    }

    /// A call of a function of the file.
    fn own_call(&mut self, index: usize, args: &'t [Node]) -> Value {
        let values = self.each(args);
        let tree = self.tree;
        let params = &tree.functions[index].params;
        for ((value, node), param) in values.iter().zip(args).zip(params) {
            self.take(value, &tree.variables[*param].ty, &node.span);
        }
        let programs = match &self.local.section {
            Some(_) => BTreeSet::from([self.local.index]),
            None => self.summaries[self.local.index].programs.clone(),
        };
        let summary = &mut self.summaries[index];
        summary.is_called = true;
        let guards = &self.local.guards;
        // What holds around all calls holds in the function.
        match &mut summary.around {
            Some(around) => around.retain(|one| guards.contains(one)),
            None => summary.around = Some(guards.clone()),
        }
        if values.iter().any(|value| value.origin == Origin::Context) {
            summary.programs.extend(programs);
            let passed = self.local.context.or(self.local.passed);
            // Arguments are numbers in both.
            let is_list = |context| matches!(context, Some(Context::Numbers | Context::Typed));
            summary.passed = match summary.passed {
                Some(known) if known != passed && !(is_list(known) && is_list(passed)) => {
                    Some(None)
                }
                Some(known) => Some(known),
                None => Some(passed),
            };
        }
        summary
            .args
            .resize(values.len().max(summary.args.len()), None);
        for (known, value) in summary.args.iter_mut().zip(&values) {
            // A place and a read mean nothing in the function that is called.
            let value = Value {
                place: None,
                unchecked: None,
                param: None,
                arguments: Vec::new(),
                // The callee may ask for zero and decide nothing by it, as one that counts bits
                // does.
                zero: None,
                ..value.clone()
            };
            *known = Some(match known.take() {
                Some(before) => before.join(&value),
                None => value,
            });
        }
        let adds = summary.adds.clone();
        let returns = summary.returns.clone().unwrap_or_default();
        for (base, by) in adds {
            let (Some(pointer), Some(number)) = (values.get(base), values.get(by)) else {
                continue;
            };
            if let (true, true, Some(number)) = (self.is_last, pointer.is_kernel(), &number.number)
                && number.value != 0
                && !number.is_size
            {
                let span = args[by].span.clone();
                let added = Added {
                    bytes: number.value,
                    constant: number.name.clone(),
                    span: span.clone(),
                    of: pointer.of.clone(),
                };
                let pointer = Value {
                    added: Some(Rc::new(added)),
                    ..pointer.clone()
                };
                self.view.accesses.push(Access {
                    span,
                    function: self.local.index,
                    pointer: pointer.pointer(),
                    record: args[base].bare().ty.pointee().and_then(Ty::record).cloned(),
                    path: String::new(),
                    form: Form::Other,
                    is_bit_field: false,
                    how: How::Passed,
                    relocated: false,
                    from: None,
                    target: self.local.target.clone(),
                    guards: self.local.guards.clone(),
                    is_dead: false,
                    byte: None,
                    layout: Layout::default(),
                    leads_to: None,
                });
            }
        }
        // The callee may use a single value behind a pointer. A struct may be an event that is
        // filled in pieces.
        for (value, node) in values.iter().zip(args) {
            if let Some(place) = &value.place
                && place.path.is_empty()
                && !matches!(
                    tree.variables[place.variable].ty,
                    Ty::Record(_) | Ty::Array(_)
                )
            {
                self.use_place(place, &node.span);
            }
        }
        Value {
            place: None,
            unchecked: None,
            param: None,
            ..returns
        }
    }

    /// A call of a helper, or of a function of another file.
    fn foreign_call(&mut self, args: &'t [Node]) {
        for (value, node) in self.each(args).into_iter().zip(args) {
            if let Some(place) = &value.place {
                self.use_place(place, &node.span);
            }
        }
    }

    fn map_call(&mut self, args: &'t [Node]) {
        let values = self.each(args);
        let (Some(key), Some(node)) = (values.get(1), args.get(1)) else {
            return;
        };
        let Some(place) = &key.place else {
            return;
        };
        self.use_place(place, &node.span);
        let parts = self.local.env.iter().filter(|(one, _)| place.covers(one));
        let mut zeros: Vec<usize> = parts.filter_map(|(_, value)| value.zero).collect();
        zeros.sort_unstable();
        for zero in zeros {
            let value = Value {
                zero: Some(zero),
                ..Value::default()
            };
            self.decide(&value, &node.span, Deciding::MapKey);
        }
    }

    /// Notes that the contents of a place are used.
    fn use_place(&mut self, place: &Place, span: &crate::span::Span) {
        let parts = self.local.env.iter().filter(|(one, _)| place.covers(one));
        let mut used: Vec<usize> = parts.filter_map(|(_, value)| value.unchecked).collect();
        used.sort_unstable();
        for index in used {
            self.use_buffer(index, span);
        }
    }
}
