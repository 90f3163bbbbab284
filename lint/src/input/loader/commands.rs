//! Commands that load an object file: in scripts, makefiles and the lines of a manual.

/// What a command loads objects with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// A loader of this name.
    Named(&'static str),
    /// One whose limits are not known, or a loader that is told the types of programs.
    Other,
}

/// What the commands of a text load an object by.
pub(super) fn loads(text: &str, object: &str) -> Vec<By> {
    let text = plain(text);
    let mut found = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = words(line).collect();
        let is_object = |at: usize| {
            let word = words.get(at);
            word.is_some_and(|word| is_it(word, object) || stands_for(word, object, &text))
        };
        let at = |names: &[&str]| words.iter().position(|word| names.contains(&program(word)));
        let first = |names: &[&str], from: usize| {
            let rest = words.get(from..).unwrap_or_default();
            let found = rest.iter().position(|word| names.contains(word));
            found.map(|at| from + at)
        };
        if let Some(at) = at(&["tc", "ip"])
            && let Some(at) = first(&["obj", "object", "object-file"], at)
            && is_object(at + 1)
        {
            found.push(By::Named("iproute2"));
        }
        if let Some(tool) = at(&["bpftool"]) {
            let load = first(&["load", "loadall", "skeleton"], tool);
            if let Some(at) = load.filter(|at| is_object(at + 1)) {
                found.push(match first(&["type"], at) {
                    Some(_) => By::Other,
                    None => By::Named("libbpf"),
                });
            }
        }
        if at(&["xdp-loader"]).is_some() && (0..words.len()).any(is_object) {
            found.push(By::Other);
        }
        if at(&["bpfman"]).is_some() && (0..words.len()).any(is_object) {
            found.push(By::Named("aya"));
        }
    }
    found
}

/// A text in which a command is one line, its variables are in braces and nothing is in quotes.
fn plain(text: &str) -> String {
    let text = text.replace("\\\n", " ").replace(['"', '\''], "");
    let mut parts = text.split("$(");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(')') {
            Some((name, rest)) => plain += &format!("${{{name}}}{rest}"),
            None => plain += part,
        }
    }
    plain
}

/// The words of a command, also as the arguments of a call: `[tc, filter]`.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let is_of_word = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/' | '$' | '%' | '{' | '}')
    };
    let words = line.split(move |letter| !is_of_word(letter));
    words.filter(|word| !word.is_empty() && !word.chars().all(|letter| letter == '$'))
}

/// The program of a command: `/usr/sbin/tc`, `$TC`, `${TC}`.
fn program(word: &str) -> &str {
    match word
        .rsplit('/')
        .next()
        .unwrap_or(word)
        .trim_matches(['$', '{', '}'])
    {
        "TC" => "tc",
        "IP" => "ip",
        "BPFTOOL" => "bpftool",
        name => name,
    }
}

/// Whether a word is the path of a file of this name.
pub(super) fn is_it(word: &str, object: &str) -> bool {
    word.rsplit('/').next() == Some(object)
}

/// Whether a word has a variable that the text sets to an object: `$OBJ`, `${PROG}.o`, `{obj}`.
fn stands_for(word: &str, object: &str, text: &str) -> bool {
    let word = word.rsplit('/').next().unwrap_or(word);
    if matches!(word, "%s" | "{}") {
        return text.lines().flat_map(words).any(|word| is_it(word, object));
    }
    let bare = word.trim_start_matches(['$', '{']);
    let end = bare.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let (name, suffix) = bare.split_at(end.unwrap_or(bare.len()));
    let suffix = suffix.trim_start_matches('}');
    let mut values = text
        .lines()
        .filter_map(|line| value(line, name))
        .flat_map(words);
    !name.is_empty() && values.any(|value| is_it(&format!("{value}{suffix}"), object))
}

/// What a line sets a variable to, or has it go over.
fn value<'t>(line: &'t str, name: &str) -> Option<&'t str> {
    let line = line.trim_start();
    let words = [
        "for ",
        "export ",
        "declare -r ",
        "local ",
        "readonly ",
        "const ",
        "var ",
    ];
    let line = words
        .iter()
        .find_map(|word| line.strip_prefix(word))
        .unwrap_or(line);
    let rest = line.strip_prefix(name)?.trim_start();
    let signs = [":=", "?=", "+=", "=", "in "];
    signs.iter().find_map(|sign| rest.strip_prefix(sign))
}

#[cfg(test)]
mod tests {
    use super::{By, loads};

    #[test]
    fn commands_load_an_object() {
        let iproute2 = By::Named("iproute2");
        for (text, by) in [
            (
                "/bin/sudo tc filter add dev eth0 egress bpf direct-action obj \"$BASEDIR\"/x.o sec a\n",
                iproute2,
            ),
            (
                "ip link set dev eth0 xdpgeneric obj ./x.o sec prog\n",
                iproute2,
            ),
            (
                "    $ sudo ip route add 10.0.0.0/8 encap bpf out obj x.o section lwt dev eth0\n",
                iproute2,
            ),
            (
                "OBJ=bpf/x.o\ntc filter add dev eth0 \\\n\tingress bpf da object-file $OBJ\n",
                iproute2,
            ),
            (
                "PROG := x\nload:\n\t$(TC) filter add dev lo ingress bpf obj $(PROG).o\n",
                iproute2,
            ),
            (
                "for o in w.o x.o; do ip link set lo xdp obj ${o}; done\n",
                iproute2,
            ),
            (
                "run(['tc', 'filter', 'add', 'dev', dev, 'egress', 'bpf', 'da', 'obj', 'x.o'])\n",
                iproute2,
            ),
            ("bpftool prog load x.o /sys/fs/bpf/x\n", By::Named("libbpf")),
            (
                "\tbpftool gen skeleton $(OUT)/x.o > x.skel.h\n",
                By::Named("libbpf"),
            ),
            (
                "bpftool prog loadall x.o /sys/fs/bpf/x type xdp\n",
                By::Other,
            ),
            ("xdp-loader load -m skb eth0 x.o\n", By::Other),
            (
                "bpfman load file --path x.o --programs tc:a tc\n",
                By::Named("aya"),
            ),
        ] {
            assert_eq!(loads(text, "x.o"), [by], "{text}");
        }
    }

    #[test]
    fn other_commands_load_nothing() {
        for text in [
            "clang -target bpf -c x.c -o x.o\n",
            "tc filter add dev eth0 egress bpf da obj other_x.o sec a\n",
            "tc filter add dev eth0 egress bpf da obj y.o # beside x.o\n",
            "OBJ=y.o\ncp x.o /tmp\ntc filter add dev eth0 egress bpf da obj $OBJ\n",
            "bpftool gen object whole.o x.o\n",
            "bpftool btf dump file x.o\n",
            "the object x.o is for tc\n",
        ] {
            assert_eq!(loads(text, "x.o"), [], "{text}");
        }
    }
}
