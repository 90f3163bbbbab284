//! What a loader's `--verify` prints, as far as it is in the Test Anything Protocol.

/// One `ok` or `not ok`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) passed: bool,
    pub(crate) what: String,
    /// Why it was left out.
    pub(crate) skipped: Option<String>,
}

/// The checks of a loader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tap {
    /// How many it has announced, by `1..N`.
    pub(crate) plan: Option<usize>,
    pub(crate) checks: Vec<Check>,
    /// Why the whole of it was left out: `1..0 # SKIP why`.
    pub(crate) skipped: Option<String>,
}

impl Tap {
    /// `None` if there is nothing of the protocol in it. Other lines are for people.
    pub(crate) fn parse(output: &[String]) -> Option<Self> {
        let mut tap = Self::default();
        for line in output {
            let (line, directive) = match line.split_once(" # ") {
                Some((line, directive)) => (line, skip(directive)),
                None => (line.as_str(), None),
            };
            if let Some(count) = line.strip_prefix("1..") {
                tap.plan = count.trim().parse().ok();
                tap.skipped = directive;
            } else if let Some(what) = after_number(line, "not ok") {
                tap.push(false, what, directive);
            } else if let Some(what) = after_number(line, "ok") {
                tap.push(true, what, directive);
            }
        }
        let is_empty = tap.plan.is_none() && tap.checks.is_empty();
        (!is_empty).then_some(tap)
    }

    fn push(&mut self, passed: bool, what: &str, skipped: Option<String>) {
        self.checks.push(Check {
            passed,
            what: what.to_owned(),
            skipped,
        });
    }
}

/// `what` of `ok 1 - what`.
fn after_number<'line>(line: &'line str, word: &str) -> Option<&'line str> {
    let (number, what) = match line.strip_prefix(word)?.strip_prefix(' ')?.split_once(' ') {
        Some((number, what)) => (number, what.trim_start_matches("- ")),
        None => (line.rsplit(' ').next()?, ""),
    };
    number.parse::<usize>().ok().map(|_| what)
}

fn skip(directive: &str) -> Option<String> {
    let (word, why) = directive.split_once(' ').unwrap_or((directive, ""));
    word.eq_ignore_ascii_case("skip").then(|| why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(output: &str) -> Option<Tap> {
        Tap::parse(&output.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_check_passes_fails_or_is_left_out() {
        let tap = parse(
            "1..3\n# a word\nok 1 - pid of 7 # 7\nnot ok 2 - comm\nok 3 - fentry # SKIP no fentry\n",
        )
        .unwrap();
        let check = |passed, what: &str, skipped: Option<&str>| Check {
            passed,
            what: what.to_owned(),
            skipped: skipped.map(str::to_owned),
        };
        assert_eq!(tap.plan, Some(3));
        assert_eq!(
            tap.checks,
            [
                check(true, "pid of 7", None),
                check(false, "comm", None),
                check(true, "fentry", Some("no fentry")),
            ]
        );
    }

    #[test]
    fn all_may_be_left_out() {
        let tap = parse("1..0 # SKIP no block device\n").unwrap();
        assert_eq!((tap.plan, tap.checks.len()), (Some(0), 0));
        assert_eq!(tap.skipped.as_deref(), Some("no block device"));
    }

    #[test]
    fn prose_is_no_protocol() {
        assert_eq!(parse("PID  COMM  VERIFIED\nok then\nnot ok\n"), None);
    }
}
