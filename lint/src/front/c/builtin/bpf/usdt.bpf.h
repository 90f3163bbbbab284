/* Stands in for the header of the same name where a project brings none. */
#ifndef __USDT_BPF_H__
#define __USDT_BPF_H__

#include "bpf_helpers.h"
#include "bpf_tracing.h"

int bpf_usdt_arg_cnt(struct pt_regs *ctx);
int bpf_usdt_arg_size(struct pt_regs *ctx, unsigned long long number);
int bpf_usdt_arg(struct pt_regs *ctx, unsigned long long number, long *value);
long bpf_usdt_cookie(struct pt_regs *ctx);
#define BPF_USDT(name, args...) BPF_KPROBE(name, ##args)

#endif
