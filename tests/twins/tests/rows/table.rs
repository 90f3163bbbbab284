//! Every program: what it is given, and what it has to answer.

use std::ffi::CStr;
use std::mem::zeroed;
use std::net::{TcpListener, TcpStream};

use bpf_core_btf::Btf;

use crate::kernel::{Place, enumerator, place, structure};
use crate::loaded::{Answer, MEMORY};
use crate::process;

/// What the argument of a program points to.
pub(crate) enum Base {
    /// There is none.
    Nothing,
    /// The task that runs it, of which it reads nothing.
    Address,
    /// The task that runs it.
    Task,
    /// Memory of the kernel with these bytes.
    Memory(Vec<u8>),
    /// A thread that this one starts.
    NewTask,
    /// A socket that is connected.
    Socket,
    /// Memory of this process.
    User(u64),
}

pub(crate) struct Row {
    pub(crate) program: &'static str,
    pub(crate) base: Base,
    pub(crate) expected: Expected,
    /// What it answers where a read fails, if not the errno.
    pub(crate) failed: Option<Answer>,
}

pub(crate) enum Expected {
    Answer(Answer),
    /// So much more than the address that the program was given.
    Further(i64),
    /// The id of a struct in the object's own BTF.
    LocalId(&'static str),
    /// Nothing outside of the kernel tells it: the same by all loaders.
    TheSame,
}

/// What has to stay for as long as the rows are run.
pub(crate) struct Surroundings {
    pub(crate) connection: TcpStream,
    _listener: TcpListener,
    message: Box<libc::msghdr>,
    text: &'static CStr,
    entry: Box<libc::dirent64>,
    list: Box<[u64; 5]>,
}

impl Surroundings {
    pub(crate) fn new() -> Self {
        let (listener, connection) = process::connection();
        process::reset_on_fork();
        let text = c"of this process";
        // SAFETY: numbers, and pointers that may be null.
        let mut message: Box<libc::msghdr> = Box::new(unsafe { zeroed() });
        message.msg_name = text.as_ptr().cast_mut().cast();
        message.msg_controllen = 0x1234_5678_9abc;
        // SAFETY: numbers.
        let mut entry: Box<libc::dirent64> = Box::new(unsafe { zeroed() });
        entry.d_name[..4].copy_from_slice(&b"file".map(|byte| byte as libc::c_char));
        // `struct robust_list_head`, and two of a list behind it.
        let mut list = Box::new([0; 5]);
        list[0] = address_of(&list[3]);
        list[3] = address_of(&list[4]);
        list[4] = 0x7777_7777;
        Self {
            connection,
            _listener: listener,
            message,
            text,
            entry,
            list,
        }
    }
}

fn address_of<T>(of: &T) -> u64 {
    std::ptr::from_ref(of) as u64
}

impl Row {
    fn new(program: &'static str, base: Base, expected: Expected) -> Self {
        Self {
            program,
            base,
            expected,
            failed: None,
        }
    }

    fn or(mut self, failed: Answer) -> Self {
        self.failed = Some(failed);
        self
    }
}

/// Rows by subject, in the order of the files of the twins.
pub(crate) fn rows(btf: &Btf<'_>, around: &Surroundings) -> Vec<Row> {
    let mut rows = reads(around);
    rows.extend(strings());
    rows.extend(user(around));
    rows.extend(probes(around));
    rows.extend(bitfields(btf));
    rows.extend(fields(btf));
    rows.extend(types(btf));
    rows.extend(enums(btf));
    rows.extend(flavours());
    rows.extend(lists());
    rows.extend(registers(btf));
    rows.extend(trusted());
    rows.extend(values());
    rows
}

fn value(value: impl Into<u64>) -> Expected {
    Expected::Answer(Answer::value(value.into()))
}

fn signed(value: i64) -> Expected {
    Expected::Answer(Answer::value(value.cast_unsigned()))
}

fn text(text: &str) -> Expected {
    Expected::Answer(Answer::text(text))
}

fn absent() -> Expected {
    Expected::Answer(Answer::absent())
}

fn if_known(known: Option<impl Into<u64>>) -> Expected {
    known.map_or(Expected::TheSame, value)
}

fn reads(around: &Surroundings) -> Vec<Row> {
    use Base::{Socket, Task};
    let lineage = process::lineage();
    let lineage = lineage.as_deref();
    let own = lineage.map(|ids| ids[0]);
    let parent = lineage.map(|ids| ids[1]);
    let weight = process::weight();
    // `WMULT_CONST` over what is left of the weight by `scale_load_down`, rounded as `sched_prio_to_wmult` has it
    // (kernel/sched/core.c).
    let inverse = |weight: u64| ((1 << 32) + weight / 2) / weight;
    let whole = weight.map(|weight| weight + inverse(weight >> 10));
    let letter = process::comm().as_bytes().get(3).copied().unwrap_or(0);
    vec![
        Row::new("parent", Task, if_known(parent)),
        Row::new("nested", Task, if_known(weight)),
        Row::new("element", Task, value(letter)),
        Row::new("inode", Task, if_known(process::exe_inode())),
        Row::new(
            "two_reads",
            Task,
            if_known(own.zip(parent).map(|(own, parent)| own ^ parent)),
        ),
        Row::new(
            "ancestors",
            Task,
            if_known(lineage.map(|ids| ids.len() as u64 - 1)),
        ),
        Row::new("whole", Task, if_known(whole)),
        Row::new("plain", Task, value(process::open_files())),
        Row::new("into", Task, if_known(own)),
        Row::new("into_far", Task, if_known(parent)),
        Row::new(
            "socket",
            Socket,
            value(process::other_end(&around.connection)),
        ),
    ]
}

fn strings() -> Vec<Row> {
    vec![
        Row::new("comm", Base::Task, text(&process::comm())),
        Row::new("name", Base::Task, text(&process::exe_name())),
    ]
}

fn user(around: &Surroundings) -> Vec<Row> {
    let message = || Base::User(address_of(&*around.message));
    let entry = Base::User(address_of(&*around.entry));
    let list = Base::User(address_of(&*around.list));
    let controllen = around.message.msg_controllen as u64;
    let offset = process::futex_offset();
    vec![
        Row::new("user_field", message(), value(controllen)),
        Row::new("user_into", message(), value(controllen)),
        Row::new("user_far", list, value(around.list[4])),
        Row::new("user_text", entry, text("file")),
        Row::new(
            "user_text_far",
            message(),
            text(around.text.to_str().unwrap()),
        ),
        Row::new(
            "kernel_to_user",
            Base::Task,
            offset.map_or(Expected::TheSame, signed),
        ),
    ]
}

fn probes(around: &Surroundings) -> Vec<Row> {
    let bytes = around.text.to_bytes();
    let start = |len| Base::Memory(bytes[..len].to_vec());
    let here = || Base::User(around.text.as_ptr() as u64);
    let word = u64::from_ne_bytes(bytes[..8].try_into().unwrap());
    let half = u32::from_ne_bytes(bytes[..4].try_into().unwrap());
    vec![
        Row::new("probe_kernel", start(8), value(word)),
        Row::new("probe_user", here(), value(half)),
        Row::new("probe_kernel_text", start(7), text("of this")),
        Row::new("probe_user_text", here(), text("of this process")),
    ]
}

fn bitfields(btf: &Btf<'_>) -> Vec<Row> {
    use Base::{Memory, Task};
    let fork = place(btf, "task_struct", "sched_reset_on_fork").unwrap();
    let set = || Memory(fork.filled(MEMORY, false, 1));
    let clear = || Memory(fork.filled(MEMORY, true, 0));
    let locks = |around, value| {
        let place = place(btf, "sock", "sk_userlocks").unwrap();
        place.filled(MEMORY, around, value)
    };
    let mut rows = vec![
        // Set by `process::reset_on_fork`.
        Row::new("bits_unsigned", Task, value(1u8)),
        Row::new("bits_unsigned", set(), value(1u8)),
        Row::new("bits_unsigned", clear(), value(0u8)),
        Row::new("bits_bool", Task, value(true)),
        Row::new("bits_bool", set(), value(true)),
        Row::new("bits_bool", clear(), value(false)),
        Row::new("bits_several", Memory(locks(false, 5)), value(5u8)),
        Row::new("bits_several", Memory(locks(true, 10)), value(10u8)),
        Row::new("integer_of_another_size", Task, value(1u8)),
    ];
    match place(btf, "bpf_reg_state", "iter.depth") {
        Some(depth) => rows.extend([false, true].map(|around| {
            let memory = depth.filled(MEMORY, around, (-5i64).cast_unsigned());
            Row::new("bits_signed", Memory(memory), signed(-5))
        })),
        None => rows.push(Row::new("bits_signed", Base::Address, absent())),
    }
    rows
}

fn fields(btf: &Btf<'_>) -> Vec<Row> {
    use Base::{Address, Nothing, Task};
    let place = |path| place(btf, "task_struct", path).unwrap();
    vec![
        Row::new("field_exists", Nothing, value(true)),
        Row::new("field_is_missing", Nothing, value(false)),
        Row::new("field_size", Nothing, value(place("comm").bytes())),
        Row::new(
            "field_offset",
            Nothing,
            value(place("real_parent").byte_offset()),
        ),
        Row::new(
            "field_size_of_pointee",
            Address,
            value(place("comm").bytes()),
        ),
        Row::new(
            "field_address",
            Address,
            Expected::Further(place("se").byte_offset().cast_signed()),
        ),
        Row::new(
            "container",
            Address,
            Expected::Further(-place("se").byte_offset().cast_signed()),
        ),
        // `TASK_RUNNING`
        Row::new("field_renamed", Task, value(0u8)),
    ]
}

fn types(btf: &Btf<'_>) -> Vec<Row> {
    use Base::Nothing;
    let task = structure(btf, "task_struct");
    vec![
        Row::new("type_exists", Nothing, value(true)),
        Row::new("type_is_missing", Nothing, value(false)),
        Row::new("type_size", Nothing, value(task.size().unwrap())),
        Row::new("type_id_local", Nothing, Expected::LocalId("task_struct")),
        Row::new("type_id_kernel", Nothing, value(task.id().0)),
    ]
}

fn enums(btf: &Btf<'_>) -> Vec<Row> {
    use Base::Nothing;
    let of = |name, of| value(enumerator(btf, name, of));
    vec![
        Row::new("enum_value", Nothing, of("pid_type", "PIDTYPE_TGID")),
        Row::new(
            "enum_value_signed",
            Nothing,
            of("perf_event_state", "PERF_EVENT_STATE_ERROR"),
        ),
        Row::new(
            "enum_value_64",
            Nothing,
            of("perf_callchain_context", "PERF_CONTEXT_USER"),
        ),
        Row::new("enum_value_optional", Nothing, absent()),
        Row::new("enumerator_exists", Nothing, value(true)),
        Row::new("enumerator_is_missing", Nothing, value(false)),
    ]
}

fn flavours() -> Vec<Row> {
    let own = process::lineage().map(|ids| ids[0]);
    vec![
        Row::new("flavour", Base::Task, if_known(own)),
        Row::new("recast", Base::Task, if_known(own)),
        Row::new("flavour_guarded", Base::Task, value(0u8)),
    ]
}

fn lists() -> Vec<Row> {
    let children = process::children();
    vec![Row::new("children", Base::Task, if_known(children))]
}

fn registers(btf: &Btf<'_>) -> Vec<Row> {
    let registers = [
        ("register_parm", "di", 0),
        ("register_of_syscall", "r10", 3),
    ];
    let rows = registers.map(|(program, of_x86_64, of_arm64)| {
        let place = place(btf, "pt_regs", of_x86_64).or_else(|| {
            let regs = place(btf, "pt_regs", "regs")?;
            let bit_offset = regs.bit_offset + of_arm64 * 64;
            Some(Place {
                bit_offset,
                bits: 64,
            })
        });
        let word = 0x1234_5678_9abc_def0;
        let memory = place.unwrap().filled(MEMORY, false, word);
        Row::new(program, Base::Memory(memory), value(word))
    });
    rows.into()
}

fn trusted() -> Vec<Row> {
    use Base::NewTask;
    let lineage = process::lineage();
    let [own, parent] = [0, 1].map(|at| lineage.as_ref().map(|ids| ids[at]));
    vec![
        Row::new("trusted", NewTask, if_known(own)),
        Row::new("trusted_far", NewTask, if_known(parent)),
        // Of the thread that starts the other: set by `process::reset_on_fork`.
        Row::new("trusted_bits", NewTask, value(1u8)),
    ]
}

/// What is sent, nobody reads: the helper for it gives 0. The others put an event where a text goes.
fn values() -> Vec<Row> {
    let sent = |program| Row::new(program, Base::Task, value(0u8));
    let event = |parts: &[(usize, &[u8])]| Expected::Answer(Answer::bytes(parts));
    let put = |program, expected| Row::new(program, Base::Task, expected);
    let comm = process::comm();
    let comm: (usize, &[u8]) = (8, comm.as_bytes());
    let limit = process::limit();
    let limit = [limit.rlim_cur, limit.rlim_max].map(u64::to_ne_bytes);
    let limit: (usize, &[u8]) = (40, limit.as_flattened());
    let end: (usize, &[u8]) = (56, &[7u32, 9].map(u32::to_ne_bytes).concat());
    let lineage = process::lineage();
    let whole = lineage.as_ref().map_or(Expected::TheSame, |ids| {
        let of_parent = process::comm_of(ids[1]);
        let ids = [ids[0], ids[1]].map(u32::to_ne_bytes).concat();
        event(&[(0, &ids), comm, (24, of_parent.as_bytes()), limit, end])
    });
    let names = lineage.map_or(Expected::TheSame, |ids| {
        let of_parent = process::comm_of(ids[1]);
        event(&[comm, (24, of_parent.as_bytes())])
    });
    vec![
        sent("value_sent"),
        sent("value_of_function_sent"),
        sent("value_if_there_sent").or(Answer::absent()),
        sent("value_or_default_sent").or(Answer::value(0)),
        sent("struct_sent"),
        put("value_put", event(&[comm])),
        put("value_or_text_put", event(&[comm])).or(Answer::bytes(&[(8, b"not known")])),
        put("values_by_match_put", names),
        put("current_name_put", event(&[comm])).or(Answer::bytes(&[comm])),
        put("plain_put", event(&[limit])),
        put("struct_put", whole),
    ]
}
