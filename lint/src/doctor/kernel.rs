//! The running kernel: its types, its configuration, and what it lets a process do.

use std::io::{self, Read as _};
use std::path::Path;

use bpf_core_btf::{Btf, Kind};

use super::line::{Line, Part, State};
use super::machine::Machine;

const TYPES: &str = "/sys/kernel/btf/vmlinux";

/// What is known of the running kernel's types.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Types {
    /// Whether they have enums with values of 64 bits.
    pub(super) wide_enums: bool,
}

/// Adds the lines about the kernel.
pub(super) fn check(machine: &dyn Machine, lines: &mut Vec<Line>) -> Types {
    let Some(release) = text(machine, "/proc/sys/kernel/osrelease") else {
        let found = "no Linux: programs are built here, and load elsewhere";
        lines.push(Line::bad(
            Part::Kernel,
            "kernel",
            State::Note,
            found,
            "run `cargo corelint doctor` again where they load",
        ));
        return Types::default();
    };
    let release = release.trim();
    lines.push(Line::ok(Part::Kernel, "kernel", release));
    let options = options(machine, release);
    let types = types(machine, options.as_deref(), lines);
    configuration(options.as_deref(), lines);
    rights(machine, lines);
    types
}

fn text(machine: &dyn Machine, file: &str) -> Option<String> {
    let bytes = machine.read(Path::new(file)).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The kernel's `.config`.
fn options(machine: &dyn Machine, release: &str) -> Option<String> {
    let packed = machine.read(Path::new("/proc/config.gz"));
    let unpacked = packed.ok().and_then(|packed| {
        let mut text = String::new();
        let mut gzip = flate2::read::GzDecoder::new(&packed[..]);
        gzip.read_to_string(&mut text).ok()?;
        Some(text)
    });
    let files = [
        format!("/boot/config-{release}"),
        format!("/lib/modules/{release}/config"),
    ];
    unpacked.or_else(|| files.iter().find_map(|file| text(machine, file)))
}

fn is_on(options: &str, option: &str) -> bool {
    options.lines().any(|line| {
        line.split_once('=')
            .is_some_and(|(name, value)| name == option && matches!(value.trim(), "y" | "m"))
    })
}

const WITHOUT_TYPES: &str = "boot a kernel with CONFIG_DEBUG_INFO_BTF=y, or make BTF for this one with \
                             `cargo corelint min-btf OBJECT -o FILE` and hand it to the loader";

fn types(machine: &dyn Machine, options: Option<&str>, lines: &mut Vec<Line>) -> Types {
    let bad = |found: String, cure: &str| {
        Line::bad(Part::Kernel, "kernel types", State::Error, found, cure)
    };
    let bytes = match machine.read(Path::new(TYPES)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let is_built = options.is_some_and(|options| is_on(options, "CONFIG_DEBUG_INFO_BTF"));
            lines.push(if is_built {
                let found = format!("the kernel has types, and `{TYPES}` is not here");
                bad(found, "mount sysfs: `mount -t sysfs sysfs /sys`")
            } else {
                bad(format!("`{TYPES}` is not here"), WITHOUT_TYPES)
            });
            return Types::default();
        }
        Err(error) => {
            let found = format!("`{TYPES}` cannot be read: {error}");
            lines.push(bad(found, "let the loader's user read it"));
            return Types::default();
        }
    };
    let btf = match Btf::parse(&bytes) {
        Ok(btf) => btf,
        Err(error) => {
            lines.push(bad(format!("`{TYPES}` is damaged: {error}"), WITHOUT_TYPES));
            return Types::default();
        }
    };
    let wide_enums = btf.types().any(|one| one.kind() == Kind::Enum64);
    let found = format!("{} types in `{TYPES}`", btf.types().count());
    lines.push(Line::ok(Part::Kernel, "kernel types", found));
    Types { wide_enums }
}

/// Options, what they are for, and how bad it is if one is off.
const OPTIONS: [(&str, &str, State); 4] = [
    (
        "CONFIG_BPF_SYSCALL",
        "the system call that loads programs",
        State::Error,
    ),
    (
        "CONFIG_BPF_EVENTS",
        "programs of kprobes and tracepoints",
        State::Warning,
    ),
    (
        "CONFIG_BPF_JIT",
        "trampolines (`fentry`, `fexit`, `lsm`) and kfuncs",
        State::Warning,
    ),
    (
        "CONFIG_DEBUG_INFO_BTF_MODULES",
        "types of modules",
        State::Note,
    ),
];

fn configuration(options: Option<&str>, lines: &mut Vec<Line>) {
    let subject = "kernel options";
    let Some(options) = options else {
        lines.push(Line::bad(
            Part::Kernel,
            subject,
            State::Note,
            "neither `/proc/config.gz` nor `/boot` tells the kernel's options",
            "`modprobe configs` may bring `/proc/config.gz`",
        ));
        return;
    };
    let has_modules = is_on(options, "CONFIG_MODULES");
    let off = OPTIONS
        .iter()
        .filter(|(name, ..)| !is_on(options, name) && (has_modules || !name.ends_with("_MODULES")));
    let before = lines.len();
    lines.extend(off.map(|(name, what, state)| {
        Line::bad(
            Part::Kernel,
            subject,
            *state,
            format!("{name} is off: this kernel lacks {what}"),
            format!("boot a kernel with {name}=y"),
        )
    }));
    if lines.len() == before {
        let names: Vec<&str> = OPTIONS.iter().map(|(name, ..)| *name).collect();
        let found = format!("{} are on", names.join(", "));
        lines.push(Line::ok(Part::Kernel, subject, found));
    }
}

/// Bits of `CapEff`. Source: `include/uapi/linux/capability.h`.
const SYS_ADMIN: u64 = 1 << 21;
const PERFMON: u64 = 1 << 38;
const BPF: u64 = 1 << 39;

fn rights(machine: &dyn Machine, lines: &mut Vec<Line>) {
    let status = text(machine, "/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let held = line.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
    let may = held.is_some_and(|held| held & SYS_ADMIN != 0 || held & BPF != 0);
    lines.push(match held {
        Some(held) if may && held & (SYS_ADMIN | PERFMON) == 0 => Line::bad(
            Part::Kernel,
            "rights",
            State::Warning,
            "this user has CAP_BPF without CAP_PERFMON: programs may not read kernel memory",
            "give the loader CAP_PERFMON too",
        ),
        Some(_) if may => Line::ok(Part::Kernel, "rights", "this user may load programs"),
        _ => Line::bad(
            Part::Kernel,
            "rights",
            State::Note,
            "this user may not load programs",
            "run the loader as root, or with CAP_BPF and CAP_PERFMON",
        ),
    });
    let lockdown = text(machine, "/sys/kernel/security/lockdown").unwrap_or_default();
    if lockdown.contains("[confidentiality]") {
        lines.push(Line::bad(
            Part::Kernel,
            "lockdown",
            State::Error,
            "the kernel is locked down (confidentiality): it refuses helpers that read kernel memory",
            "boot with `lockdown=integrity`, or without secure boot",
        ));
    }
    let jit = text(machine, "/proc/sys/net/core/bpf_jit_enable").unwrap_or_default();
    if jit.trim() == "0" {
        lines.push(Line::bad(
            Part::Kernel,
            "jit",
            State::Warning,
            "`net.core.bpf_jit_enable` is 0: no trampolines (`fentry`, `fexit`, `lsm`) and no kfuncs",
            "`sysctl net.core.bpf_jit_enable=1`",
        ));
    }
}
