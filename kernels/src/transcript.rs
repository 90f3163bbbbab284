//! What a guest says on its console, as `kernels/guest` writes it.

/// How `std` shows the exit of a program that found nothing wrong.
const SUCCESS: &str = "exit status: 0";

/// A boot as it was seen from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Transcript {
    /// What the kernel calls itself; none if it did not come so far.
    pub(crate) release: Option<String>,
    /// What the first process said was not to be had.
    pub(crate) missing: Vec<String>,
    pub(crate) runs: Vec<Run>,
    /// The first process has come to its end.
    pub(crate) done: bool,
    /// The kernel's last words.
    pub(crate) panic: Option<String>,
}

/// An example in a guest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) example: String,
    pub(crate) output: Vec<String>,
    /// How it ended, if it did.
    pub(crate) end: Option<String>,
}

impl Run {
    pub(crate) fn succeeded(&self) -> bool {
        self.end.as_deref() == Some(SUCCESS)
    }
}

impl Transcript {
    pub(crate) fn parse(console: &str) -> Self {
        let mut transcript = Self::default();
        for line in console.lines().map(|line| line.trim_end_matches('\r')) {
            if let Some(said) = line.strip_prefix("guest: ") {
                transcript.hear(said);
            } else if let Some((_, why)) = line.split_once("Kernel panic - not syncing: ") {
                // A second one comes of the first.
                transcript.panic.get_or_insert_with(|| why.to_owned());
            } else if let Some(run) = transcript.running() {
                run.output.push(line.to_owned());
            }
        }
        transcript
    }

    fn hear(&mut self, said: &str) {
        if said == "done" {
            self.done = true;
        } else if let Some(release) = said.strip_prefix("kernel ") {
            self.release = Some(release.to_owned());
        } else if let Some(missing) = said.strip_prefix("no ") {
            self.missing.push(missing.to_owned());
        } else if let Some(example) = said.strip_suffix(" starts") {
            self.runs.push(Run {
                example: example.to_owned(),
                ..Run::default()
            });
        } else if let (Some((_, how)), Some(run)) = (said.split_once(" ended: "), self.running()) {
            run.end = Some(how.to_owned());
        }
    }

    fn running(&mut self) -> Option<&mut Run> {
        self.runs.last_mut().filter(|run| run.end.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: &str = "guest: kernel 6.1.0-50-cloud-amd64\r\nguest: no tracefs: No such device\r\n\
        guest: execsnoop starts\r\n1..1\r\nok 1 - pid\r\nguest: execsnoop ended: exit status: 0\r\n\
        guest: lineage starts\r\nPID COMM\r\n";

    #[test]
    fn each_example_has_its_own_output() {
        let end = "guest: lineage ended: signal: 11 (SIGSEGV)\r\nguest: done\r\n";
        let transcript = Transcript::parse(&format!("{BOOT}{end}"));
        assert_eq!(transcript.release.as_deref(), Some("6.1.0-50-cloud-amd64"));
        assert_eq!(transcript.missing, ["tracefs: No such device"]);
        let [execsnoop, lineage] = &transcript.runs[..] else {
            panic!("{transcript:?}");
        };
        assert!(execsnoop.succeeded());
        assert_eq!(execsnoop.output, ["1..1", "ok 1 - pid"]);
        assert!(!lineage.succeeded());
        assert_eq!(lineage.end.as_deref(), Some("signal: 11 (SIGSEGV)"));
        assert!(transcript.done);
    }

    #[test]
    fn a_panic_ends_it() {
        let panic = "[   10.1] Kernel panic - not syncing: Fatal exception\r\n\
                     [   10.2] Kernel panic - not syncing: again\r\n";
        let transcript = Transcript::parse(&format!("{BOOT}{panic}"));
        assert_eq!(transcript.panic.as_deref(), Some("Fatal exception"));
        assert_eq!(transcript.runs[1].end, None);
        assert!(!transcript.done);
    }
}
