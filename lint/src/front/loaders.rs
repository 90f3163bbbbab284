//! The sources of a project that load programs, in any language: what they ask of the kernel.

use std::fs;
use std::path::{Path, PathBuf};

use crate::input::walk;

/// The languages of loaders.
const LANGUAGES: [&str; 6] = ["c", "cc", "cpp", "go", "py", "rs"];

/// What asks for the kernel, or goes on where a hook is absent.
const ASKING: [&str; 14] = [
    "ENOENT",
    "ErrNotExist",
    "HaveProg",
    "IsNotExist",
    "KernelVersion",
    "LinuxVersion",
    "MinKernel",
    "_exists(",
    "available_filter_functions",
    "kallsyms",
    "kernelVersion",
    "kernel_version",
    "min_kernel",
    "uname(",
];

/// What takes one of several programs, or another hook for one.
const CHOOSING: [&str; 4] = ["autoload", "can_attach", "set_attach_target", "setAutoload"];

/// A question is about what is named so near to it.
const NEAR: usize = 12;

/// A source is written by hand.
const MAX_LEN: u64 = 1 << 20;

/// A source that asks for the kernel, or chooses programs.
#[derive(Debug)]
struct Asking {
    path: PathBuf,
    /// The words of each line, in lower case and without underscores: bpf2go calls `trace_exec` `TraceExec`.
    lines: Vec<Vec<String>>,
    /// The lines that ask.
    asking: Vec<usize>,
    /// The lines that choose.
    choosing: Vec<usize>,
    /// The lines that attach a program, and go on where its hook is absent.
    lenient: Vec<usize>,
    /// Whether it attaches all programs one by one, and goes on where one cannot be.
    goes_on: bool,
}

/// The sources of a project that load programs, and those that have some.
#[derive(Debug, Default)]
pub(super) struct Sources {
    asking: Vec<Asking>,
    /// Files with the sections of their programs.
    pub(super) programs: Vec<(PathBuf, Vec<String>)>,
}

impl Sources {
    pub(super) fn of(root: &Path) -> Self {
        let is_own = |path: &Path| {
            let name = path.file_name().unwrap_or_default();
            name != "vendor" && name != "third_party" && name != "testdata"
        };
        let mut sources = Self::default();
        for path in walk::files(root, &is_own) {
            let Some(text) = is_loader(&path)
                .then(|| fs::read_to_string(&path).ok())
                .flatten()
            else {
                continue;
            };
            let sections = text.split("SEC(\"").skip(1);
            let sections = sections.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
            let sections: Vec<String> = sections.collect();
            // A program for the kernel asks by CO-RE.
            match sections.is_empty() {
                false => sources.programs.push((path, sections)),
                true => sources.asking.extend(Asking::of(path, &text)),
            }
        }
        sources
    }

    /// Whether one of them asks near one of these names. `has_twin`: a choice between kinds of programs is no question.
    pub(super) fn asks_about(&self, names: &[&str], has_twin: bool) -> bool {
        let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
        self.asking
            .iter()
            .any(|file| file.is_about(&names, has_twin))
    }

    /// Whether one of them attaches a program of one of these names, and goes on where its hook is absent.
    pub(super) fn is_lenient_about(&self, names: &[&str]) -> bool {
        let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
        self.asking.iter().any(|file| file.is_lenient_about(&names))
    }

    /// Whether a loader of a program attaches all programs one by one, and goes on where one cannot be. In a folder
    /// with programs each loader is for the program of its name: `cachestat.c` for `cachestat.bpf.c`.
    pub(super) fn goes_on(&self, program: &Path) -> bool {
        let stem = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.split('.').next().unwrap_or_default().to_owned()
        };
        let is_for = |loader: &Path| {
            let programs = self.programs.iter().map(|(one, _)| one);
            // A text in another language tells of a program.
            let mut programs = programs.filter(|one| one.extension().is_some_and(|end| end == "c"));
            let is_among = programs.any(|one| one.parent() == loader.parent());
            !is_among || stem(loader) == stem(program)
        };
        let mut loaders = self.asking.iter().filter(|file| file.goes_on);
        loaders.any(|file| is_for(&file.path))
    }

    /// The files that ask.
    pub(super) fn asking(&self) -> impl Iterator<Item = &Path> {
        self.asking.iter().map(|one| one.path.as_path())
    }
}

impl Asking {
    fn of(path: PathBuf, text: &str) -> Option<Self> {
        let lines_with = |words: &[&str]| {
            let lines = text.lines().enumerate();
            let with = lines.filter(|(_, line)| words.iter().any(|word| line.contains(word)));
            with.map(|(number, _)| number).collect::<Vec<usize>>()
        };
        let (asking, choosing) = (lines_with(&ASKING), lines_with(&CHOOSING));
        let goes_on = goes_on(text);
        let lenient = lenient(text);
        let is_empty = [&asking, &choosing, &lenient]
            .iter()
            .all(|one| one.is_empty());
        (goes_on || !is_empty).then(|| Self {
            goes_on,
            lenient,
            lines: text.lines().map(words).collect(),
            path,
            asking,
            choosing,
        })
    }

    /// Whether it attaches a program of one of these names, and goes on where its hook is absent.
    fn is_lenient_about(&self, names: &[String]) -> bool {
        let mut lines = self.lenient.iter().map(|number| &self.lines[*number]);
        lines.any(|line| names.iter().any(|name| line.contains(name)))
    }

    /// Whether it asks near one of these names.
    fn is_about(&self, names: &[String], has_twin: bool) -> bool {
        let lines = self.lines.iter().enumerate();
        let mut named = lines.filter(|(_, line)| names.iter().any(|name| line.contains(name)));
        named.any(|(number, _)| {
            let is_near = |at: &usize| at.abs_diff(number) <= NEAR;
            self.asking.iter().any(is_near) || !has_twin && self.choosing.iter().any(is_near)
        })
    }
}

/// Whether a loader has a loop over all programs that attaches each, and goes on with the next one where the kernel
/// has no such hook.
fn goes_on(text: &str) -> bool {
    /// How far a loop reaches, and how far the answer to a failure is from the call.
    const LOOP: usize = 40;
    const ANSWER: usize = 8;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let has = |line: &str, words: &[&str]| words.iter().any(|word| line.contains(word));
    let mut loops = (0..lines.len()).filter(|at| {
        let line = lines[*at];
        let is_loop = line.starts_with("for ") || line.starts_with("bpf_object__for_each_program");
        is_loop && has(&line.to_ascii_lowercase(), &["prog"])
    });
    loops.any(|start| {
        let body = start..lines.len().min(start + LOOP);
        let mut attached = body.filter(|at| has(lines[*at], ATTACHING));
        attached.any(|at| {
            // A `?` behind the call, or a way out of the loop, gives up.
            let gives_up = |line: &&&str| has(line, LEAVING) || has(line, &["?;", "?)", "?,"]);
            let answer = &lines[at..lines.len().min(at + ANSWER)];
            let until = answer.iter().position(|line| gives_up(&line));
            let answer = &answer[..until.unwrap_or(answer.len())];
            answer.iter().any(|line| has(line, GOING_ON))
        })
    })
}

/// The lines of a loader that attach one program, and go on where that fails: by a function that says so in its name,
/// or because the answer to the failure only tells.
fn lenient(text: &str) -> Vec<usize> {
    /// How far the answer is from the call, and how long it is.
    const ANSWER: usize = 4;
    const LEN: usize = 8;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let has = |line: &str, words: &[&str]| words.iter().any(|word| line.contains(word));
    let is_lenient = |at: usize| {
        let line = lines[at];
        if !has(line, ATTACHES) {
            return false;
        }
        if has(&plain(line), OPTIONAL) {
            return true;
        }
        let behind = at..lines.len().min(at + ANSWER);
        let failed = |at: &usize| has(lines[*at], FAILED) && lines[*at].ends_with('{');
        let Some(start) = behind.clone().find(failed) else {
            return false;
        };
        let body = &lines[start + 1..lines.len().min(start + LEN)];
        let end = body.iter().position(|line| line.starts_with('}'));
        end.is_some_and(|end| {
            let tells = body[..end].iter().any(|line| has(line, TELLING));
            tells && !body[..end].iter().any(|line| has(line, LEAVING))
        })
    };
    (0..lines.len()).filter(|at| is_lenient(*at)).collect()
}

/// What attaches a program that the line names.
const ATTACHES: &[&str] = &[
    "attach",
    "Attach",
    "link.Kprobe(",
    "link.Kretprobe(",
    "link.Tracepoint(",
];

/// Names of functions that attach what may be absent, in lower case and without underscores.
const OPTIONAL: &[&str] = &[
    "attachoptional",
    "besteffort",
    "ifavailable",
    "ifexists",
    "maybeattach",
    "optionalkprobe",
    "tryattach",
];

/// What asks whether a call failed.
const FAILED: &[&str] = &[
    "err != nil",
    "Err(",
    "is_err()",
    "if (!",
    "if (err",
    "libbpf_get_error(",
];

/// What tells about a failure.
const TELLING: &[&str] = &["Print", "Warn", "fprintf", "log", "pr_", "print", "warn"];

/// What attaches a program that a variable holds.
const ATTACHING: &[&str] = &[".attach()", "bpf_program__attach(", "AttachGeneric()"];

/// What leaves a loop.
const LEAVING: &[&str] = &[
    "return", "goto ", "break", "bail!", "panic", "exit(", "Exit(", "Fatal", "fatal",
];

/// What goes on with the next program.
const GOING_ON: &[&str] = &["continue", "ENOENT", "NotFound", "warn", "debug"];

/// Whether a file may load programs, by its name and length.
pub(super) fn is_loader(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    LANGUAGES.contains(&&*extension)
        && fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= MAX_LEN)
}

fn words(line: &str) -> Vec<String> {
    let words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let words = words.filter(|word| !word.is_empty());
    // libbpf-rs calls the mutable one so.
    let words = words.map(|word| plain(word.strip_suffix("_mut").unwrap_or(word)));
    words.collect()
}

fn plain(text: &str) -> String {
    let letters = text.chars().filter(|letter| *letter != '_');
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Asking, plain};

    fn source(text: &str) -> Asking {
        Asking::of("loader.c".into(), text).expect("a choice")
    }

    #[test]
    fn a_choice_is_near_its_name() {
        let near = source("x();\nbpf_program__set_autoload(obj->progs.trace_exec, false);\n");
        assert!(near.is_about(&[plain("trace_exec")], false));
        assert!(near.is_about(&[plain("TraceExec")], false));
        assert!(!near.is_about(&[plain("trace_exit")], false));
        assert!(!near.is_about(&[plain("trace")], false));
        let far = format!("attach(objs.TraceExec)\n{}autoload\n", "x()\n".repeat(40));
        assert!(!source(&far).is_about(&[plain("trace_exec")], false));
    }

    #[test]
    fn goes_on_with_the_next_program() {
        for text in [
            "for prog in object.progs_mut() {\n match prog.attach() {\n Ok(link) => links.push(link),\n \
             Err(e) if e.kind() == ErrorKind::NotFound => debug!(\"{e}\"),\n Err(e) => return Err(e),\n }\n}\n",
            "bpf_object__for_each_program(prog, obj) {\n link = bpf_program__attach(prog);\n if (!link)\n \
             continue;\n}\n",
        ] {
            assert!(super::goes_on(text), "{text}");
        }
        for text in [
            "for prog in object.progs_mut() {\n links.push(prog.attach()?);\n}\nwarn!(\"done\");\n",
            "bpf_object__for_each_program(prog, obj) {\n link = bpf_program__attach(prog);\n if (!link)\n \
             goto cleanup;\n}\nwarn(\"done\");\n",
            "for index in 0..4 {\n if skel.attach().is_err() {\n continue;\n }\n}\n",
        ] {
            assert!(!super::goes_on(text), "{text}");
        }
    }

    #[test]
    fn what_goes_on_is_lenient_about_its_program() {
        for text in [
            "attachOptionalKprobe(\"tcp_x\", objs.TraceExec, &links)\n",
            "kp, err := link.Kprobe(\"x\", objs.TraceExec, nil)\nif err != nil {\n log.Printf(\"%v\", err)\n}\n",
            "if let Err(e) = attach(bpf.program_mut(\"trace_exec\")) {\n warn!(\"{e}\");\n}\n",
            "links.trace_exec = bpf_program__attach(progs.trace_exec);\nif (!links.trace_exec) {\n \
             fprintf(stderr, \"no\");\n}\n",
        ] {
            assert!(
                source(text).is_lenient_about(&[plain("trace_exec")]),
                "{text}"
            );
        }
        for text in [
            "kp, err := link.Kprobe(\"x\", objs.TraceExec, nil)\nif err != nil {\n log.Fatalf(\"%v\", err)\n}\n",
            "kp, err := link.Kprobe(\"x\", objs.TraceExec, nil)\nif err != nil {\n return err\n}\n",
            "attachRequired(objs.TraceExec)\n",
        ] {
            assert!(Asking::of("loader.go".into(), text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_choice_of_kinds_is_none_of_functions() {
        let kinds = source("bpf_program__set_autoload(obj->progs.fentry_page, false);\n");
        assert!(!kinds.is_about(&[plain("fentry_page")], true));
    }
}
