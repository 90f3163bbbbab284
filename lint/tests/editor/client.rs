//! A small client of a language server (LSP 3.17), over the server's stdin and stdout.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A running server. It is killed when this is dropped.
pub(crate) struct Client {
    child: Child,
    stdin: ChildStdin,
    messages: Receiver<Value>,
    /// Notifications that came while an answer was waited for.
    waiting: VecDeque<Value>,
    deadline: Instant,
    last_id: u64,
}

impl Client {
    /// Starts a server. All that it is asked for has to be there in `limit`.
    pub(crate) fn start(command: &mut Command, limit: Duration) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let stdin = child.stdin.take().expect("a pipe");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            while let Ok(message) = read(&mut stdout) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            stdin,
            messages,
            waiting: VecDeque::new(),
            deadline: Instant::now() + limit,
            last_id: 0,
        }
    }

    /// Opens a folder with the server's settings.
    pub(crate) fn initialize(&mut self, folder: &Path, settings: &Value) {
        let uri = uri(folder);
        self.request(
            "initialize",
            &json!({
                "processId": std::process::id(),
                "rootUri": uri,
                "workspaceFolders": [{ "uri": uri, "name": "project" }],
                "initializationOptions": settings,
                "capabilities": {
                    "general": { "positionEncodings": ["utf-16"] },
                    "textDocument": { "publishDiagnostics": { "relatedInformation": true } },
                    "window": { "workDoneProgress": true },
                },
            }),
        );
        self.notify("initialized", &json!({}));
    }

    /// Sends a request and waits for its result.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive(self.deadline).expect("an answer in time");
            if message["id"] == id && message.get("method").is_none() {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.waiting.push_back(message);
        }
    }

    /// Sends what has no answer.
    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The next notification, or `None` when there is none for a while.
    pub(crate) fn notification(&mut self, patience: Duration) -> Option<Value> {
        if let Some(message) = self.waiting.pop_front() {
            return Some(message);
        }
        assert!(Instant::now() < self.deadline, "the server takes too long");
        self.receive(self.deadline.min(Instant::now() + patience))
    }

    /// The next message that needs no answer.
    fn receive(&mut self, until: Instant) -> Option<Value> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let message = match self.messages.recv_timeout(left) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => panic!("the server has ended"),
            };
            if message.get("method").is_none() || message.get("id").is_none() {
                return Some(message);
            }
            // A request of the server, such as for a progress bar: it may have all it wants.
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": null }));
        }
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("a pipe");
        self.stdin.flush().expect("a pipe");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(from: &mut impl BufRead) -> io::Result<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end() {
            "" => break,
            header => {
                if let Some(value) = header.strip_prefix("Content-Length:") {
                    length = value.trim().parse().ok();
                }
            }
        }
    }
    let mut body = vec![0; length.ok_or(io::ErrorKind::InvalidData)?];
    from.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}

/// A path as a server names it. The tests' own paths need no escapes.
pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}
