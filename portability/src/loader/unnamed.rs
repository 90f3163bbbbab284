//! An object whose loader nothing names: what one loader refuses, another may take.

use super::{Loader, NEWEST, named};
use crate::finding::{Effect, Finding};
use crate::{CheckError, Scene};

/// Judges the object by the newest libbpf. Where another loader would take it, nothing is certain.
pub(super) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    let (libbpf, others) = (Loader::default(), &NEWEST[1..]);
    let mut own = refused_by(&libbpf, scene)?;
    let others = others
        .iter()
        .map(|other| Ok((other, refused_by(other, scene)?)));
    let others: Vec<(&Loader, Vec<Finding>)> = others.collect::<Result<_, CheckError>>()?;
    for one in &mut own {
        let takers = others.iter().filter(|(_, refused)| {
            let is_whole =
                |other: &Finding| other.program.is_none() && other.kernels() == *scene.kernels;
            !refused
                .iter()
                .any(|other| other.subject == one.subject || is_whole(other))
        });
        let takers: Vec<String> = takers.map(|(loader, _)| loader.to_string()).collect();
        let takers = match &takers[..] {
            [] => continue,
            [only] => format!("{only} takes it"),
            [most @ .., last] => format!("{} and {last} take it", most.join(", ")),
        };
        for case in &mut one.cases {
            case.effect = Effect::Unknown;
            case.has += &format!("; nothing here names the loader, and {takers}");
        }
    }
    findings.extend(own);
    Ok(())
}

/// What a loader does not take.
fn refused_by(loader: &Loader, scene: &Scene<'_>) -> Result<Vec<Finding>, CheckError> {
    let mut findings = Vec::new();
    named(&Scene { loader, ..*scene }, &mut findings)?;
    Ok(findings)
}
