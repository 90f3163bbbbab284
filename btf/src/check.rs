//! `btf_sanity_check` of libbpf: every string offset and type id that a record holds.

use crate::btf::Btf;
use crate::bytes::{Window, word};
use crate::error::{Error, ErrorKind};
use crate::raw::{Kind, TypeRecord};
use crate::records::{Form, References};
use crate::type_id::TypeId;

impl Btf<'_> {
    /// Finds what refers to nothing.
    pub(crate) fn check(&self, types: Window<'_>, references: &References) -> Result<(), Error> {
        match self.has_all(references) {
            true => Ok(()),
            false => self.check_each(types),
        }
    }

    /// Whether all is well, as far as that can be told without looking at each record.
    fn has_all(&self, references: &References) -> bool {
        let is_prototype = |id: u32| match id.checked_sub(self.start_id) {
            Some(place) => references.is_prototype.get(place as usize) == Some(&true),
            None => {
                let of_base = self.type_by_id(TypeId(id));
                of_base.is_some_and(|of| of.kind() == Kind::FuncProto)
            }
        };
        self.is_ascii()
            && references.last_string < self.string_end()
            && references.last_id < self.type_count()
            && references.of_functions.iter().all(|id| is_prototype(*id))
    }

    fn check_each(&self, types: Window<'_>) -> Result<(), Error> {
        for (ty, &at) in self.types().zip(&self.offsets) {
            let (at, id) = (at as usize, ty.id);
            let string = |field: usize, string: u32| {
                if self.has_string(string) {
                    return Ok(());
                }
                types.error(at + field, ErrorKind::BadString { string, id })
            };
            let reference = |field: usize, to: u32| {
                if to < self.type_count() {
                    return Ok(());
                }
                types.error(at + field, ErrorKind::BadReference { to: TypeId(to), id })
            };
            string(0, ty.record.name_off)?;
            let Some(form) = Form::of(ty.record.raw_kind(), &[]) else {
                continue;
            };
            if let Some(to) = ty.referenced() {
                reference(8, to.0)?;
                let prototype = || {
                    self.type_by_id(to)
                        .filter(|to| to.kind() == Kind::FuncProto)
                };
                if ty.kind() == Kind::Func && prototype().is_none() {
                    return types.error(at + 8, ErrorKind::NotAFuncProto(id));
                }
            }
            for first in (0..form.size(ty.record)).step_by(form.step()) {
                let found = |index: usize| word(self.endian, ty.tail, index);
                let field = |index: usize| TypeRecord::SIZE + index * 4;
                if form.names > 0 {
                    string(field(first), found(first))?;
                }
                if form.first_ids > 0 {
                    reference(field(first), found(first))?;
                }
                if form.second_ids > 0 {
                    reference(field(first + 1), found(first + 1))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::btf::Btf;
    use crate::raw::Parts;

    /// What is wrong in one word shows in the largest of all, or it is not wrong.
    #[test]
    fn a_damaged_record_is_not_passed_over() {
        let little = include_bytes!("../tests/fixtures/moved.btf");
        let big = include_bytes!("../tests/fixtures/moved.bpfeb.btf");
        for good in [little, big] {
            let count = Btf::parse(good).unwrap().type_count();
            let strings = Parts::cut(good).unwrap().strings.bytes.len() as u32;
            let mut refused = 0;
            for at in (24..good.len() / 4 * 4).step_by(4) {
                for value in [0, 1, count - 1, count, strings - 1, strings, u32::MAX] {
                    let mut bytes = *good;
                    let value = match good == little {
                        true => value.to_le_bytes(),
                        false => value.to_be_bytes(),
                    };
                    bytes[at..at + 4].copy_from_slice(&value);
                    let Ok(btf) = Btf::parse(&bytes) else {
                        refused += 1;
                        continue;
                    };
                    let types = Parts::cut(&bytes).unwrap().types;
                    assert!(btf.check_each(types).is_ok(), "{value:?} at {at}");
                }
            }
            assert!(refused > 100, "{refused}");
        }
    }
}
