// ebpf/src/main.rs in C, to compare the number of instructions.
#include "events.bpf.h"
#include <bpf/bpf_endian.h>

#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT 2
#define IPPROTO_TCP 6
#define AF_INET 2

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct in6_addr { union { u8 u6_addr8[16]; } in6_u; };
typedef struct { u32 val; } kuid_t;
struct sock_common {
	u16 skc_family;
	u32 skc_daddr;
	u16 skc_dport;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};
struct sock {
	struct sock_common __sk_common;
	u16 sk_protocol;
	u32 sk_userlocks;
	kuid_t sk_uid;
};
struct inet_sock { struct sock sk; u32 inet_saddr; u16 inet_sport; };
#pragma clang attribute pop

struct endpoint {
	READING_OF(u8, 16) address;
	READING(u16) port;
};
struct connection {
	struct endpoint source, destination;
	READING(u32) uid;
	READING(u32) userlocks;
};

static __always_inline bool is_tcp(struct inet_sock *socket)
{
	u16 protocol;

	return READ1(&protocol, socket, sk.sk_protocol) || protocol == IPPROTO_TCP;
}

static __always_inline void map_ipv4(u8 *dst, u32 address)
{
	__builtin_memset(dst, 0, 10);
	dst[10] = dst[11] = 0xff;
	__builtin_memcpy(dst + 12, &address, 4);
}

static __always_inline long address(u8 (*dst)[16], struct inet_sock *socket, bool is_source)
{
	u16 family;
	u32 ipv4;
	long error = READ1(&family, socket, sk.__sk_common.skc_family);

	if (error)
		return error;
	if (family == AF_INET) {
		error = is_source ? READ1(&ipv4, socket, inet_saddr)
				  : READ1(&ipv4, socket, sk.__sk_common.skc_daddr);
		if (!error)
			map_ipv4(*dst, ipv4);
		return error;
	}
	if (is_source) {
		if (!bpf_core_field_exists(socket->sk.__sk_common.skc_v6_rcv_saddr))
			return -NOTHING;
		return READ1(dst, socket, sk.__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
	}
	if (!bpf_core_field_exists(socket->sk.__sk_common.skc_v6_daddr))
		return -NOTHING;
	return READ1(dst, socket, sk.__sk_common.skc_v6_daddr.in6_u.u6_addr8);
}

static __always_inline long userlocks(u32 *dst, struct inet_sock *socket)
{
	u32 size = bpf_core_field_size(socket->sk.sk_userlocks);
	u64 word = 0;
	long error;

	if (size > sizeof(word))
		return -75;
	error = bpf_probe_read_kernel(&word, size,
		(void *)socket + __CORE_RELO(socket, sk.sk_userlocks, BYTE_OFFSET));
	if (error)
		return error;
	word <<= __CORE_RELO(socket, sk.sk_userlocks, LSHIFT_U64);
	if (__CORE_RELO(socket, sk.sk_userlocks, SIGNED))
		word = (s64)word >> __CORE_RELO(socket, sk.sk_userlocks, RSHIFT_U64);
	else
		word >>= __CORE_RELO(socket, sk.sk_userlocks, RSHIFT_U64);
	*dst = word;
	return *dst == word ? 0 : -75;
}

SEC("raw_tp/inet_sock_set_state") int tcpconnect(u64 *ctx)
{
	struct inet_sock *socket = (void *)ctx[0];
	struct connection *event;

	if ((int)ctx[1] != TCP_SYN_SENT || (int)ctx[2] != TCP_ESTABLISHED || !is_tcp(socket))
		return 0;
	event = reserve(sizeof(*event));
	if (!event)
		return 0;
	PUT(&event->source.address, address, socket, true);
	PUT(&event->source.port, READ1, socket, inet_sport);
	event->source.port.value = bpf_ntohs(event->source.port.value);
	PUT(&event->destination.address, address, socket, false);
	PUT(&event->destination.port, READ1, socket, sk.__sk_common.skc_dport);
	event->destination.port.value = bpf_ntohs(event->destination.port.value);
	PUT(&event->uid, READ1, socket, sk.sk_uid.val);
	PUT(&event->userlocks, userlocks, socket);
	bpf_ringbuf_submit(event, 0);
	return 0;
}
