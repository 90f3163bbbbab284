//! Kernel images, packages, archives and BTF of any name: the first byte says which.
#![no_main]

use bpf_core_btf::Btf;
use bpf_core_kernel_files::{read_bytes, read_module};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 6] = [
    "vmlinuz-6.1",
    "linux-image-6.1_amd64.deb",
    "kernel-core-6.1.x86_64.rpm",
    "6.1.0-13-amd64.btf",
    "6.1.0-13-amd64.btf.tar.xz",
    "kvm.ko.xz",
];

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else {
        return;
    };
    let name = NAMES[usize::from(*which) % NAMES.len()];
    let bytes = bytes.to_vec();
    let btf = match name.ends_with(".ko.xz") {
        true => read_module(name, bytes).map(|module| module.btf),
        false => read_bytes(name, bytes).map(|kernel| kernel.vmlinux),
    };
    if let Ok(btf) = btf {
        let _ = Btf::parse(&btf);
    }
});
