//! The loopback interface, which is down when a kernel has just started.

use std::ffi::c_short;
use std::io;

use rustix::ioctl::{Opcode, Setter, ioctl};
use rustix::net::{AddressFamily, SocketType, socket};

/// `include/uapi/linux/sockios.h`
const SIOCSIFFLAGS: Opcode = 0x8914;
/// `include/uapi/linux/if.h`
const IFF_UP: c_short = 1;

/// `struct ifreq` of `include/uapi/linux/if.h`, with the flags out of its union.
#[repr(C)]
struct InterfaceFlags {
    name: [u8; 16],
    flags: c_short,
    rest_of_union: [u8; 22],
}

/// So that a program can connect to a server beside it.
pub(crate) fn up() -> io::Result<()> {
    let mut name = [0; 16];
    name[..2].copy_from_slice(b"lo");
    let lo = InterfaceFlags {
        name,
        flags: IFF_UP,
        rest_of_union: [0; 22],
    };
    let any = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    // SAFETY: what this request reads is a `struct ifreq`, and `lo` has its size and layout.
    unsafe { ioctl(&any, Setter::<SIOCSIFFLAGS, _>::new(lo)) }?;
    Ok(())
}
