/* Stands in for the header of the same name where a project brings none. */
#ifndef __BPF_ENDIAN__
#define __BPF_ENDIAN__

#define bpf_htons(x) ((unsigned short)__builtin_bswap16(x))
#define bpf_ntohs(x) ((unsigned short)__builtin_bswap16(x))
#define bpf_htonl(x) ((unsigned int)__builtin_bswap32(x))
#define bpf_ntohl(x) ((unsigned int)__builtin_bswap32(x))
#define __bpf_ntohs(x) bpf_ntohs(x)
#define __bpf_htons(x) bpf_htons(x)
#define __bpf_ntohl(x) bpf_ntohl(x)
#define __bpf_htonl(x) bpf_htonl(x)
#define __bpf_constant_htons(x) bpf_htons(x)
#define __bpf_constant_ntohs(x) bpf_ntohs(x)
#define __bpf_constant_htonl(x) bpf_htonl(x)
#define __bpf_constant_ntohl(x) bpf_ntohl(x)
#define bpf_cpu_to_be64(x) ((unsigned long long)__builtin_bswap64(x))
#define bpf_be64_to_cpu(x) ((unsigned long long)__builtin_bswap64(x))

#endif
