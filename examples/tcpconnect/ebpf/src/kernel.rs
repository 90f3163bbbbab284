//! The part of the kernel's types that the program reads.
#![expect(non_camel_case_types, reason = "the kernel's names")]

use bpf_core::CoreStruct;

/// `include/net/inet_sock.h`
#[derive(CoreStruct)]
pub struct inet_sock {
    pub sk: sock,
    pub inet_saddr: u32,
    pub inet_sport: u16,
}

/// `include/net/sock.h`
#[derive(CoreStruct)]
pub struct sock {
    pub __sk_common: sock_common,
    pub sk_protocol: u16,
    /// Four bits in 6.1, a byte of its own in 6.12.
    #[core(bitfield)]
    pub sk_userlocks: u32,
    pub sk_uid: kuid_t,
}

/// `include/net/sock.h`: most of it is in unnamed structs and unions, which need no word here.
#[derive(CoreStruct)]
pub struct sock_common {
    pub skc_family: u16,
    pub skc_daddr: u32,
    pub skc_dport: u16,
    /// With CONFIG_IPV6.
    #[core(optional)]
    pub skc_v6_daddr: in6_addr,
    /// With CONFIG_IPV6.
    #[core(optional)]
    pub skc_v6_rcv_saddr: in6_addr,
}

/// `include/uapi/linux/in6.h`
#[derive(CoreStruct)]
pub struct in6_addr {
    pub in6_u: in6_u,
}

/// In `in6_addr`, where it has a name as a member, and none as a type.
#[derive(CoreStruct)]
pub union in6_u {
    pub u6_addr8: [u8; 16],
}

/// `include/linux/uidgid.h`
#[derive(CoreStruct)]
#[core(typedef)]
pub struct kuid_t {
    pub val: u32,
}
