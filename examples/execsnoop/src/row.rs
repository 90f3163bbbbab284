//! Executions as lines of text.

use example_events::Execution;
use example_loader::table::{Column, Table};

pub(crate) const TABLE: Table = Table(&[Column::number("PID", 7), Column::text("PATH", 32)]);

pub(crate) fn row(event: &Execution) -> String {
    TABLE.row([event.pid.to_string(), path(event.path())])
}

/// As a table has it.
pub(crate) fn path(read: Result<Option<&[u8]>, i32>) -> String {
    match read {
        Ok(Some(path)) => format!("\"{}\"", path.escape_ascii()),
        Ok(None) => "-".to_owned(),
        Err(errno) => format!("?{errno}"),
    }
}

#[cfg(test)]
mod tests {
    use example_events::{Form, PATH_LEN, Reading};

    use super::*;

    #[test]
    fn an_empty_path_is_not_one_that_could_not_be_read() {
        let shown = |read| {
            let event = Execution {
                form: Form::Kprobe as u32,
                pid: 1,
                len: Reading::new(read),
                bytes: [b'a'; PATH_LEN],
            };
            path(event.path())
        };
        assert_eq!(shown(Ok(Some(2))), "\"aa\"");
        assert_eq!(shown(Ok(Some(0))), "\"\"");
        assert_eq!(shown(Err(14)), "?14");
        assert_eq!(shown(Ok(None)), "-");
    }
}
