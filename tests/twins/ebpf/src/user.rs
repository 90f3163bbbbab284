//! The macros from a `UserPtr`: `BPF_CORE_READ_USER`, `_INTO` and `_STR_INTO`.

use bpf_core::{ReadError, UserPtr, core_read, core_read_into, core_read_str};

use crate::{
    kernel::{linux_dirent64, robust_list, robust_list_head, task_struct, user_msghdr},
    row::text,
};

rows! {
    fn user_field(message: UserPtr<user_msghdr>) -> Result<u64, ReadError> {
        core_read!(message, msg_controllen)
    }

    fn user_into(message: UserPtr<user_msghdr>) -> Result<u64, ReadError> {
        let mut len = 0;
        core_read_into!(&mut len, message, msg_controllen)?;
        Ok(len)
    }

    // What stands in user memory is a pointer to user memory, however it is declared.
    fn user_far(head: UserPtr<robust_list_head>) -> Result<UserPtr<robust_list>, ReadError> {
        core_read!(head, list.next, next, next)
    }

    fn user_text(entry: UserPtr<linux_dirent64>) -> Option<Result<&'static [u8], ReadError>> {
        let text = text()?;
        Some(core_read_str!(text, entry, d_name))
    }

    fn user_text_far(message: UserPtr<user_msghdr>) -> Option<Result<&'static [u8], ReadError>> {
        let text = text()?;
        Some(core_read_str!(text, message, msg_name))
    }

    // From kernel memory into the user's. Linux 7.3 moved the pointer.
    fn kernel_to_user(task: *const task_struct) -> Result<Option<i64>, ReadError> {
        let head = match core_read!(task, robust_list)? {
            None => core_read!(task, futex.robust_list)?,
            head => head,
        };
        match head {
            Some(head) => core_read!(head, futex_offset).map(Some),
            None => Ok(None),
        }
    }
}
