//! Who connects where by TCP.

use crate::{Event, Reading};

/// A connection that this machine has asked for is there.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Connection {
    /// Here.
    pub source: Endpoint,
    /// There.
    pub destination: Endpoint,
    /// Whose socket it is.
    pub uid: Reading<u32>,
    /// `SOCK_SNDBUF_LOCK` ... (`include/net/sock.h`): what its owner has chosen.
    pub userlocks: Reading<u32>,
}

/// One end of a connection.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Endpoint {
    /// In the order of the network. One of IPv4 is as IPv6 has it: `::ffff:127.0.0.1`.
    pub address: Reading<[u8; 16]>,
    /// As a number.
    pub port: Reading<u16>,
}

// SAFETY: all of it is integers and arrays of them.
unsafe impl Event for Connection {}
