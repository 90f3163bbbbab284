//! Places in an object: of an instruction, and of the instruction that a CO-RE record is about.

use super::Object;
use crate::ext::BtfExt;
use crate::relo::CoreRelo;

/// Where an instruction is in an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index in [`Object::sections`].
    pub section: usize,
    /// In bytes from the start of the section.
    pub at: u32,
}

impl Object<'_> {
    /// The CO-RE records of the object with the instructions that they are about, in the order of the
    /// file. Records of a section that the object does not have are left out: no loader reads them.
    pub fn records<'e, 'b>(
        &'e self,
        ext: &'e BtfExt<'b>,
    ) -> impl Iterator<Item = (Place, &'e CoreRelo<'b>)> {
        ext.core_relos().iter().flat_map(|part| {
            let mut sections = self.sections().iter();
            let section = sections.position(|section| section.name == part.name);
            let records = section.into_iter().flat_map(|_| &part.records);
            records
                .zip(section.into_iter().cycle())
                .map(|(relo, section)| {
                    let at = relo.insn_off;
                    (Place { section, at }, relo)
                })
        })
    }

    /// The CO-RE record of an instruction.
    pub fn record_at<'e, 'b>(&self, ext: &'e BtfExt<'b>, place: Place) -> Option<&'e CoreRelo<'b>> {
        let section = self.sections().get(place.section)?.name;
        ext.core_relos_in(section, place.at..place.at.checked_add(1)?)
            .next()
    }
}
