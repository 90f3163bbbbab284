/* Stands in for the header of the same name where a project brings none. */
#ifndef __USDT_BPF_H__
#define __USDT_BPF_H__

#include "bpf_helpers.h"
#include "bpf_tracing.h"

#define BPF_USDT_MAX_SPEC_CNT 256
#define BPF_USDT_MAX_IP_CNT (4 * BPF_USDT_MAX_SPEC_CNT)
#define BPF_USDT_MAX_ARG_CNT 12

int bpf_usdt_arg_cnt(struct pt_regs *ctx);
int bpf_usdt_arg_size(struct pt_regs *ctx, unsigned long long number);
int bpf_usdt_arg(struct pt_regs *ctx, unsigned long long number, long *value);
long bpf_usdt_cookie(struct pt_regs *ctx);
#define BPF_USDT(name, args...) BPF_KPROBE(name, ##args)

#endif
