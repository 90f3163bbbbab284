//! `--verify`: connects sockets of known settings, and compares.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;

use anyhow::{Context as _, Result};
use example_events::{Connection, Endpoint};
use example_loader::{Attached, Events, PATIENCE, Tap, Verdict};
use rustix::fs::{Uid, fchown};
use rustix::net::{AddressFamily, SocketType, bind, connect, getsockname, socket, sockopt};

use crate::TRACEPOINT;
use crate::row::{TABLE, ip, row};

// `include/net/sock.h`
const SOCK_SNDBUF_LOCK: u32 = 1;
const SOCK_RCVBUF_LOCK: u32 = 2;
const SOCK_BINDADDR_LOCK: u32 = 4;
/// Those that the owner has set; a kernel may have more.
const OF_THE_OWNER: u32 = 15;

/// Whether all connections were told as their sockets have them.
pub(crate) fn run(attached: &Attached, events: &mut Events<Connection>) -> Result<bool> {
    let mut tap = Tap::new(io::stdout().lock(), 2)?;
    tap.note(TABLE.head())?;
    // Of IPv4 two that differ; of IPv6 there is only one.
    let v4 = (
        Ipv4Addr::new(127, 0, 0, 2).into(),
        Ipv4Addr::new(127, 0, 0, 3).into(),
    );
    let v6 = (Ipv6Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into());
    for (name, (here, there)) in [("IPv4", v4), ("IPv6", v6)] {
        tap.check(&format!("{TRACEPOINT}, {name}"), |tap| match attached {
            Attached::NoHook(why) => Ok(Verdict::Skipped(why.clone())),
            Attached::Yes => verify(here, there, events, tap),
        })?;
    }
    Ok(tap.passed())
}

fn verify(
    here: IpAddr,
    there: IpAddr,
    events: &mut Events<Connection>,
    tap: &mut Tap<impl io::Write>,
) -> Result<Verdict> {
    let listener = match TcpListener::bind((there, 0)) {
        Ok(listener) => listener,
        Err(error) => {
            return Ok(Verdict::Skipped(format!(
                "no {there} to listen at: {error}"
            )));
        }
    };
    let there = listener.local_addr()?;
    let mut right = true;
    for locks in 0..=SOCK_SNDBUF_LOCK | SOCK_RCVBUF_LOCK | SOCK_BINDADDR_LOCK {
        // No one is what a read of anything else would give.
        let uid = 4200 + locks;
        let client = client(here, there, locks, uid)?;
        let source = SocketAddr::try_from(getsockname(&client)?)?;
        let is_at = |of: &Endpoint, at: SocketAddr| {
            of.address.get().map(|address| address.map(ip)) == Ok(Some(at.ip()))
                && of.port.get() == Ok(Some(at.port()))
        };
        let told = events.find(PATIENCE, |event| {
            // One that cannot be read is one to report, not to pass over.
            event
                .destination
                .port
                .get()
                .ok()
                .flatten()
                .is_none_or(|port| port == there.port())
        })?;
        let told = told.with_context(|| format!("no event of {source} to {there}"))?;
        tap.note(row(&told))?;
        let userlocks = told
            .userlocks
            .get()
            .map(|locks| locks.map(|locks| locks & OF_THE_OWNER));
        if !is_at(&told.source, source)
            || !is_at(&told.destination, there)
            || told.uid.get() != Ok(Some(uid))
            || userlocks != Ok(Some(locks))
        {
            right = false;
            tap.note(format_args!(
                "  expected: {source} to {there}, uid {uid}, locks {locks:#x} of {OF_THE_OWNER:#x}"
            ))?;
        }
    }
    Ok(Verdict::of(right))
}

/// A socket that is connected, with these locks, and of this user.
fn client(here: IpAddr, there: SocketAddr, locks: u32, uid: u32) -> Result<OwnedFd> {
    let family = match here {
        IpAddr::V4(_) => AddressFamily::INET,
        IpAddr::V6(_) => AddressFamily::INET6,
    };
    let client = socket(family, SocketType::STREAM, None)?;
    // `sockfs_setattr`, `net/socket.c`
    fchown(&client, Some(Uid::from_raw(uid)), None).context("a socket cannot be given away")?;
    if locks & SOCK_SNDBUF_LOCK != 0 {
        sockopt::set_socket_send_buffer_size(&client, 65536)?;
    }
    if locks & SOCK_RCVBUF_LOCK != 0 {
        sockopt::set_socket_recv_buffer_size(&client, 65536)?;
    }
    if locks & SOCK_BINDADDR_LOCK != 0 {
        bind(&client, &SocketAddr::new(here, 0))?;
    }
    connect(&client, &there).with_context(|| there.to_string())?;
    Ok(client)
}
