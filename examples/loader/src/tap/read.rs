//! Reads a document of TAP out of all that a loader prints.

/// One `ok` or `not ok`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// It was right.
    pub passed: bool,
    /// Its name.
    pub what: String,
    /// Why it was left out.
    pub skipped: Option<String>,
    /// What was printed before it, from the check before on: its notes, and what is no TAP.
    pub said: Vec<String>,
}

/// The checks of a loader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// How many it has announced, by `1..N`.
    pub plan: Option<usize>,
    /// Those that were made, in order.
    pub checks: Vec<Check>,
    /// Why the whole of it was left out: `1..0 # SKIP why`.
    pub skipped: Option<String>,
    /// What was printed after the last check.
    pub said: Vec<String>,
}

impl Document {
    /// `None` if there is nothing of the protocol in it. Other lines are for people.
    pub fn parse<L: AsRef<str>>(lines: impl IntoIterator<Item = L>) -> Option<Self> {
        let mut document = Self::default();
        for line in lines {
            let whole = line.as_ref();
            let (line, directive) = match whole.split_once(" # ") {
                Some((line, directive)) => (line, skip(directive)),
                None => (whole, None),
            };
            if let Some(count) = line.strip_prefix("1..") {
                document.plan = count.trim().parse().ok();
                document.skipped = directive;
            } else if let Some(what) = after_number(line, "not ok") {
                document.push(false, what, directive);
            } else if let Some(what) = after_number(line, "ok") {
                document.push(true, what, directive);
            } else {
                document.said.push(whole.to_owned());
            }
        }
        let is_empty = document.plan.is_none() && document.checks.is_empty();
        (!is_empty).then_some(document)
    }

    fn push(&mut self, passed: bool, what: &str, skipped: Option<String>) {
        self.checks.push(Check {
            passed,
            what: what.to_owned(),
            skipped,
            said: std::mem::take(&mut self.said),
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

    fn parse(output: &str) -> Option<Document> {
        Document::parse(output.lines())
    }

    #[test]
    fn a_check_passes_fails_or_is_left_out() {
        let document = parse(
            "1..3\n# a word\nok 1 - pid of 7 # 7\nit failed\n# why # 2\nnot ok 2 - comm\n\
             ok 3 - fentry # SKIP no fentry\n# the end\n",
        )
        .unwrap();
        let check = |passed, what: &str, skipped: Option<&str>, said: &[&str]| Check {
            passed,
            what: what.to_owned(),
            skipped: skipped.map(str::to_owned),
            said: said.iter().map(|&line| line.to_owned()).collect(),
        };
        assert_eq!(document.plan, Some(3));
        assert_eq!(
            document.checks,
            [
                check(true, "pid of 7", None, &["# a word"]),
                check(false, "comm", None, &["it failed", "# why # 2"]),
                check(true, "fentry", Some("no fentry"), &[]),
            ]
        );
        assert_eq!(document.said, ["# the end"]);
    }

    #[test]
    fn all_may_be_left_out() {
        let document = parse("1..0 # SKIP no block device\n").unwrap();
        assert_eq!((document.plan, document.checks.len()), (Some(0), 0));
        assert_eq!(document.skipped.as_deref(), Some("no block device"));
    }

    #[test]
    fn prose_is_no_protocol() {
        assert_eq!(parse("PID  COMM  VERIFIED\nok then\nnot ok\n"), None);
    }
}
