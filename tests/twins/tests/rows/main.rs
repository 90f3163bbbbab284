//! Every way to ask the kernel gives the right answer on the kernel that runs: in Rust by aya and
//! by libbpf, and in C. And both loaders make the same of it for other kernels.

mod kernel;
mod libbpf_alone;
mod loaded;
mod machine;
mod object;
mod other_kernels;
mod process;
mod running_kernel;
mod struct_ops;
mod table;
