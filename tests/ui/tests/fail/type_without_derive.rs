#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct sock {
    __sk_common: sock_common,
}

#[derive(CoreStruct)]
struct sock_common {
    skc_v6_daddr: in6_addr,
//~               ^^^^^^^^
}

#[derive(Clone, Copy)]
#[repr(C)]
struct in6_addr {
    u6_addr8: [u8; 16],
}

fn read(sk: *const sock) -> Result<u8, ReadError> {
    Ok(core_read!(sk, __sk_common.skc_v6_daddr)?.u6_addr8[0])
//~    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
}

fn main() {}
