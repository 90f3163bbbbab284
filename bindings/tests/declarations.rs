//! The types that programs use, declared for all of Debian's kernels: they compile in Rust, and say of each
//! field what the catalogue says.

// No source that people write, and no file of theirs.
#[path = "declared.txt"]
#[rustfmt::skip]
#[expect(unreachable_pub, reason = "as a program declares them")]
mod declared;

use std::fs;
use std::path::Path;

use bpf_core_bindings::{Kernels, Model, Want};
use bpf_core_catalogue::{Catalogue, KernelSet};

/// Structs, unions, typedefs and enums; whole ones, and fields of the largest.
const TYPES: [&str; 48] = [
    "address_space.{host,i_mmap,nrpages,a_ops}",
    "atomic_t",
    "bio",
    "block_device.{bd_dev,bd_disk,__bd_flags,bd_partno}",
    "bpf_map.{map_type,key_size,value_size,max_entries,id,name,map_flags,ops}",
    "bpf_map_type",
    "bpf_prog.{type,len,jited,aux.{id,name,func_info},tag}",
    "cgroup.{self.id,kn.{id,name,parent,__parent},level,ancestor_ids,ancestors}",
    "cred",
    "css_set.dfl_cgrp",
    "dentry",
    "file",
    "fs_struct",
    "gendisk.{major,first_minor,minors,disk_name,part0}",
    "hrtimer",
    "in6_addr",
    "inet_sock.{sk,inet_saddr,inet_sport,inet_id}",
    "inode",
    "iov_iter",
    "kernfs_node",
    "kiocb",
    "linux_binprm",
    "list_head",
    "mm_struct.{mm_count,pgd,arg_start,arg_end,exe_file,total_vm,rss_stat,mmap,mm_mt,owner}",
    "mount.{mnt,mnt_ns,mnt_parent,mnt_mountpoint}",
    "net_device.{name,ifindex,mtu,flags,dev_addr,nd_net,priv_flags,operstate,reg_state}",
    "nsproxy",
    "path",
    "pid",
    "pid_namespace.{level,ns.inum,child_reaper}",
    "pid_type",
    "pt_regs",
    "qstr",
    "request",
    "request_queue.{disk,queuedata,queue_flags,nr_requests,limits.logical_block_size}",
    "signal_struct.{tty,rlim,oom_score_adj,pids,live,nr_threads,maxrss}",
    "sk_buff",
    "sock",
    "sock_common",
    "socket",
    "spinlock_t",
    "super_block.{s_dev,s_magic,s_id,s_type.name,s_root,s_flags}",
    "task_struct",
    "tcp_sock.{snd_cwnd,srtt_us,mdev_us,total_retrans,bytes_acked,is_sack_reneg,inet_conn}",
    "trace_event_raw_sched_process_exec",
    "trace_event_raw_sys_enter",
    "vfsmount",
    "vm_area_struct",
];

fn model(catalogue: &Catalogue<'_>, all: &KernelSet) -> Model {
    let wants: Vec<(String, Want)> = TYPES
        .iter()
        .map(|text| Want::parse(text).unwrap())
        .collect();
    let kernels = Kernels::new(vec![(0, catalogue)], all.clone());
    Model::new(&kernels, &wants).unwrap_or_else(|error| panic!("{error}"))
}

/// `UPDATE=1` writes what is declared now, for `mod declared` to compile.
#[test]
fn they_are_what_is_compiled_here() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let text = model(&catalogue, &all).rust(&all, &|set| format!("{} kernels", set.len()));
    let text = format!("//! Made by `UPDATE=1 cargo test -p bpf-core-bindings`.\n{text}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/declared.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap();
    assert!(text == expected, "`UPDATE=1` writes {}", file.display());
}

/// A field is optional exactly if a kernel lacks it.
#[test]
fn the_catalogue_says_the_same_of_each_field() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let all = KernelSet::first(catalogue.kernels().len());
    let fields = model(&catalogue, &all).fields();
    assert!(fields.len() > 1000, "{}", fields.len());
    for (of, field, on) in fields {
        let found = catalogue.field(&of, &[&field], &all).unwrap();
        assert_eq!(all.difference(&found.absent), on, "{of}.{field}");
    }
}
