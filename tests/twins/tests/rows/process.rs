//! What this thread is to the kernel, as `/proc` and system calls have it.

use std::fs;
use std::mem::zeroed;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::machine;

/// Ids of this process, its parent, and so on up to the first, or to the 32nd.
pub(crate) fn lineage() -> Option<Vec<u32>> {
    if !machine::is_in_first_pid_namespace() {
        return None;
    }
    let mut lineage = vec![std::process::id()];
    while lineage.len() <= 32 && lineage.last() > Some(&1) {
        let stat = fs::read_to_string(format!("/proc/{}/stat", lineage.last()?)).ok()?;
        // `PID (NAME) STATE PARENT ...`, and a name can have anything in it.
        let (_, rest) = stat.rsplit_once(") ")?;
        lineage.push(rest.split(' ').nth(1)?.parse().ok()?);
    }
    Some(lineage)
}

/// The sum of the ids of this thread's children, if the kernel tells (`CONFIG_PROC_CHILDREN`).
pub(crate) fn children() -> Option<u64> {
    if !machine::is_in_first_pid_namespace() {
        return None;
    }
    let children = fs::read_to_string("/proc/thread-self/children").ok()?;
    Some(
        children
            .split_whitespace()
            .map(|id| id.parse::<u64>().unwrap())
            .sum(),
    )
}

/// The name of this thread.
pub(crate) fn comm() -> String {
    named_by("/proc/thread-self/comm")
}

/// That of another process.
pub(crate) fn comm_of(process: u32) -> String {
    named_by(&format!("/proc/{process}/comm"))
}

fn named_by(file: &str) -> String {
    let comm = fs::read_to_string(file).unwrap();
    comm.trim_end_matches('\n').to_owned()
}

/// Both limits of open files, in one number.
pub(crate) fn open_files() -> u64 {
    let limit = limit();
    limit.rlim_cur ^ limit.rlim_max << 32
}

/// Both limits of open files.
pub(crate) fn limit() -> libc::rlimit {
    // SAFETY: numbers.
    let mut limit: libc::rlimit = unsafe { std::mem::zeroed() };
    // SAFETY: there is room for the limits.
    assert_eq!(
        // SAFETY: `limit` is a place for the answer.
        unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) },
        0
    );
    limit
}

/// `se.load.weight`, if the kernel tells (`CONFIG_SCHED_DEBUG`).
pub(crate) fn weight() -> Option<u64> {
    let sched = fs::read_to_string("/proc/thread-self/sched").ok()?;
    let line = sched
        .lines()
        .find(|line| line.starts_with("se.load.weight"))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// The inode of the program that runs. On overlayfs, `stat` has numbers of its own.
pub(crate) fn exe_inode() -> Option<u64> {
    // `OVERLAYFS_SUPER_MAGIC`, `include/uapi/linux/magic.h`
    const OVERLAYFS: i64 = 0x794c_7630;
    let exe = fs::File::open("/proc/self/exe").ok()?;
    // SAFETY: plain numbers.
    let mut of: libc::statfs = unsafe { zeroed() };
    // SAFETY: an open file, and memory for the answer.
    let failed = unsafe { libc::fstatfs(exe.as_raw_fd(), &raw mut of) };
    if failed != 0 || of.f_type == OVERLAYFS {
        return None;
    }
    Some(exe.metadata().ok()?.ino())
}

/// The file name of the program that runs.
pub(crate) fn exe_name() -> String {
    let exe = fs::read_link("/proc/self/exe").unwrap();
    let name = Path::new(&exe).file_name().unwrap();
    name.to_str().unwrap().to_owned()
}

/// A connection to this process itself.
pub(crate) fn connection() -> (TcpListener, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (listener, stream)
}

/// Address and port of the other end, as the program `socket` puts them together.
pub(crate) fn other_end(stream: &TcpStream) -> u64 {
    let SocketAddr::V4(address) = stream.peer_addr().unwrap() else {
        panic!("not what was bound");
    };
    // Both are in the order of the network.
    let host = u32::from_ne_bytes(address.ip().octets());
    let port = u16::from_ne_bytes(address.port().to_be_bytes());
    u64::from(host) << 16 | u64::from(port)
}

/// Sets `sched_reset_on_fork` of this thread.
pub(crate) fn reset_on_fork() {
    let parameter = libc::sched_param { sched_priority: 0 };
    let policy = libc::SCHED_OTHER | libc::SCHED_RESET_ON_FORK;
    // SAFETY: the kernel only reads the parameter.
    let failed = unsafe { libc::sched_setscheduler(0, policy, &raw const parameter) };
    assert_eq!(failed, 0, "{}", std::io::Error::last_os_error());
}

/// `futex_offset` of the list of robust futexes that the C library has told the kernel of.
pub(crate) fn futex_offset() -> Option<i64> {
    // `struct robust_list_head` (`include/uapi/linux/futex.h`): it is the second word.
    let mut head: *const [i64; 3] = std::ptr::null();
    let mut size = 0usize;
    // SAFETY: memory for the answers.
    let failed =
        unsafe { libc::syscall(libc::SYS_get_robust_list, 0, &raw mut head, &raw mut size) };
    // SAFETY: where it is not null, it is what the C library has given, and stays.
    (failed == 0 && !head.is_null()).then(|| unsafe { (*head)[1] })
}
