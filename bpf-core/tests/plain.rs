//! Structs of user space as types of fields.
#![allow(non_camel_case_types)]

use bpf_core::{
    CoreStruct, CoreType, ErrorKind, Plain, UserPtr, core_read, core_read_into, core_type_matches,
    core_type_size, probe_read_kernel, probe_read_user, types::PlainData,
};

/// `include/uapi/linux/in6.h`
#[derive(Clone, Copy, Plain)]
#[repr(C)]
union in6_addr {
    u6_addr8: [u8; 16],
    u6_addr32: [Be32; 4],
}

#[derive(Clone, Copy, PartialEq, Debug, Plain)]
#[repr(transparent)]
struct Be32(u32);

/// `include/uapi/linux/openat2.h`
#[derive(Clone, Copy, PartialEq, Debug, Plain)]
#[repr(C)]
#[core(name = "open_how")]
struct OpenHow {
    flags: u64,
    mode: u64,
    resolve: u64,
}

#[derive(Clone, Copy, Plain)]
#[repr(C, packed(2))]
struct packed {
    kind: u16,
    at: UserPtr<OpenHow>,
}

#[derive(Clone, Copy, Plain)]
#[repr(C, align(8))]
#[core(typedef)]
struct aligned(u32, [u8; 4]);

#[derive(CoreStruct)]
struct all {
    address: in6_addr,
    how: OpenHow,
    hows: [OpenHow; 2],
    number: Be32,
    numbers: [Be32; 3],
    packed: packed,
    aligned: aligned,
    behind: *const OpenHow,
    behind_user: UserPtr<in6_addr>,
    #[core(optional)]
    since: Be32,
}

fn text<T: CoreType>() -> String {
    T::TYPE.to_string()
}

#[test]
fn a_type_has_the_kernels_name_or_that_of_its_field() {
    assert_eq!(text::<in6_addr>(), "union in6_addr");
    assert_eq!(text::<OpenHow>(), "struct open_how");
    assert_eq!(text::<aligned>(), "typedef struct aligned");
    assert_eq!(text::<Be32>(), "u32");
    assert_eq!(text::<[Be32; 3]>(), "[3]u32");
}

/// On a host every read fails, but compiles.
#[test]
fn they_are_read_as_a_whole() {
    let all = core::ptr::null::<all>();
    let how: Result<OpenHow, _> = core_read!(all, how);
    assert_eq!(how.unwrap_err().kind(), ErrorKind::NotBpf);
    let number: Result<Be32, _> = core_read!(all, number);
    assert_eq!(number.unwrap_err().kind(), ErrorKind::NotBpf);
    let numbers: Result<[Be32; 3], _> = core_read!(all, numbers);
    assert_eq!(numbers.unwrap_err().kind(), ErrorKind::NotBpf);
    let since: Result<Option<Be32>, _> = core_read!(all, since);
    assert_eq!(since, Ok(None));
    let mut hows = [OpenHow {
        flags: 0,
        mode: 0,
        resolve: 0,
    }; 2];
    assert!(core_read_into!(&mut hows, all, hows).is_err());
    assert!(core_read_into!(&mut hows[1], all, hows[1]).is_err());
    assert!(core_read!(all, address).is_err());
    assert!(core_read!(all, packed).is_err());
    assert!(core_read!(all, aligned).is_err());

    let user = UserPtr::<all>::new(0);
    let behind: Result<UserPtr<OpenHow>, _> = core_read!(user, behind);
    assert!(behind.is_err());
    assert!(core_read!(user, address).is_err());
    assert!(probe_read_user(UserPtr::<OpenHow>::new(0)).is_err());
    assert!(probe_read_kernel(core::ptr::null::<in6_addr>()).is_err());
}

#[test]
fn the_kernel_is_asked_for_them() {
    assert_eq!(core_type_size::<OpenHow>(), None);
    assert!(!core_type_matches::<all>());
}

#[test]
fn a_smaller_field_of_the_kernel_holds_none() {
    fn held<T: PlainData>(sizes: &[usize]) -> Vec<bool> {
        sizes.iter().map(|&size| T::is_held_in(|| size)).collect()
    }
    // A struct may get more fields behind those that are known.
    assert_eq!(held::<OpenHow>(&[16, 24, 32]), [false, true, true]);
    // In an array, all that follow the first would then be elsewhere.
    assert_eq!(held::<[OpenHow; 2]>(&[24, 48, 64]), [false, true, false]);
    assert_eq!(
        held::<[[OpenHow; 2]; 2]>(&[48, 96, 128]),
        [false, true, false]
    );
    // Of an integer nothing is asked, as without the struct around it.
    assert_eq!(held::<Be32>(&[1, 4, 8]), [true, true, true]);
}
