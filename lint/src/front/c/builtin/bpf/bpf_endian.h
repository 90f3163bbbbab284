/* Stands in for the header of the same name where libbpf is not installed. */
#ifndef __BPF_ENDIAN__
#define __BPF_ENDIAN__

#define bpf_htons(x) ((unsigned short)__builtin_bswap16(x))
#define bpf_ntohs(x) ((unsigned short)__builtin_bswap16(x))
#define bpf_htonl(x) ((unsigned int)__builtin_bswap32(x))
#define bpf_ntohl(x) ((unsigned int)__builtin_bswap32(x))
#define bpf_cpu_to_be64(x) ((unsigned long long)__builtin_bswap64(x))
#define bpf_be64_to_cpu(x) ((unsigned long long)__builtin_bswap64(x))

#endif
