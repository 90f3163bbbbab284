//! Every way to ask the kernel gives the right answer on the kernel that runs: in Rust by aya and
//! by libbpf, and in C.

mod kernel;
mod loaded;
mod machine;
mod object;
mod process;
mod running_kernel;
mod table;
