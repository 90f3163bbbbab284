//! Tells of each TCP connection that this machine has asked for.
//!
//! A socket is structs in structs, by value: `inet_sock` begins with a `sock`, which begins with a
//! `sock_common`. A path with dots through all of them is one relocation and one read.
#![no_std]
#![no_main]

mod kernel;

use aya_ebpf::{macros::raw_tracepoint, programs::RawTracePointContext};
use bpf_core::{ReadError, core_read, core_read_into};
use example_events::{Connection, tell};
use kernel::inet_sock;

// `include/net/tcp_states.h`, `include/uapi/linux/in.h`, `include/linux/socket.h`: a kernel could not
// change them without its users.
const TCP_ESTABLISHED: i32 = 1;
const TCP_SYN_SENT: i32 = 2;
const IPPROTO_TCP: u16 = 6;
const AF_INET: u16 = 2;

// TP_PROTO(const struct sock *sk, const int oldstate, const int newstate)
#[raw_tracepoint(tracepoint = "inet_sock_set_state")]
pub fn tcpconnect(ctx: RawTracePointContext) -> i32 {
    // `inet_sk`, `include/net/inet_sock.h`: its first member is the `sock`.
    let socket: *const inet_sock = ctx.arg(0);
    let (old, new): (i32, i32) = (ctx.arg(1), ctx.arg(2));
    if (old, new) == (TCP_SYN_SENT, TCP_ESTABLISHED) && is_tcp(socket) {
        tell(|event| {
            let Connection {
                source,
                destination,
                uid,
                userlocks,
            } = event;
            let (here, there) = (source, destination);
            here.address.fill(|address| source_of(socket, address));
            here.port
                .put(core_read!(socket, inet_sport).map(u16::from_be));
            there
                .address
                .fill(|address| destination_of(socket, address));
            there
                .port
                .put(core_read!(socket, sk.__sk_common.skc_dport).map(u16::from_be));
            uid.fill(|uid| core_read_into!(uid, socket, sk.sk_uid.val));
            userlocks.put(core_read!(socket, sk.sk_userlocks));
        });
    }
    0
}

fn is_tcp(socket: *const inet_sock) -> bool {
    // Where the read fails it cannot be known: better one too many.
    core_read!(socket, sk.sk_protocol).map_or(true, |protocol| protocol == IPPROTO_TCP)
}

#[inline(always)]
fn source_of(socket: *const inet_sock, address: &mut [u8; 16]) -> Result<Option<()>, ReadError> {
    match core_read!(socket, sk.__sk_common.skc_family)? {
        AF_INET => *address = mapped(core_read!(socket, inet_saddr)?),
        _ => {
            return core_read_into!(
                address,
                socket,
                sk.__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8
            );
        }
    }
    Ok(Some(()))
}

#[inline(always)]
fn destination_of(
    socket: *const inet_sock,
    address: &mut [u8; 16],
) -> Result<Option<()>, ReadError> {
    match core_read!(socket, sk.__sk_common.skc_family)? {
        AF_INET => *address = mapped(core_read!(socket, sk.__sk_common.skc_daddr)?),
        _ => return core_read_into!(address, socket, sk.__sk_common.skc_v6_daddr.in6_u.u6_addr8),
    }
    Ok(Some(()))
}

/// `address` is in the order of the network, and so is what comes of it: RFC 4291, 2.5.5.2.
#[inline(always)]
fn mapped(address: u32) -> [u8; 16] {
    let [a, b, c, d] = address.to_ne_bytes();
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d]
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
