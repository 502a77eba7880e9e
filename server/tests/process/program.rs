//! The program as a shell starts it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// The program, in an empty environment, with its data in `folder`.
pub(crate) fn latchkey(folder: Option<&TempDir>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.env_clear().env("LATCHKEY_LOG", "info");
    if let Some(folder) = folder {
        command.current_dir(folder).env("LATCHKEY_DATA_DIR", folder.path().join("data"));
    }
    command
}

/// Runs the program to its end. Returns its exit code, standard output and standard error.
pub(crate) fn output_of(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A server that is ready for requests.
pub(crate) struct Running {
    child: Child,
    port: u16,
    log: BufReader<std::process::ChildStderr>,
    /// Its standard output.
    pub stdout: String,
}

impl Running {
    pub(crate) fn start(folder: &TempDir) -> Self {
        Self::start_with(folder, &[])
    }

    pub(crate) fn start_with(folder: &TempDir, settings: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = latchkey(Some(folder))
            .arg("serve")
            .env("LATCHKEY_LISTEN", format!("127.0.0.1:{port}"))
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("ready") {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the server ended before it was ready");
        }
        let mut stdout = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        while !stdout.contains("token=") && out.read_line(&mut stdout).unwrap() > 0 {}
        Self { child, port, log, stdout }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a path on this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).unwrap()
    }

    /// Sends these bytes and returns the answer, read until the connection ends.
    pub(crate) fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Presses Ctrl-C, expects an exit code of 0, and returns the remaining log.
    pub(crate) fn interrupt(mut self) -> String {
        let pressed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(pressed.success());
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{log}");
        log
    }
}

impl Running {
    /// Reads the log until `count` lines contain `text`, or one contains `end`. Returns what was read.
    pub(crate) fn log_until(&mut self, count: usize, text: &str, end: &str) -> String {
        let (mut log, mut found) = (String::new(), 0);
        while found < count {
            let mut line = String::new();
            assert_ne!(self.log.read_line(&mut line).unwrap(), 0, "the server ended: {log}");
            found += usize::from(line.contains(text));
            log += &line;
            if line.contains(end) {
                break;
            }
        }
        log
    }

    /// Kills the server without warning, and returns the remaining log.
    pub(crate) fn kill(mut self) -> String {
        self.child.kill().unwrap();
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        self.child.wait().unwrap();
        log
    }

    /// Waits until the server ends by itself. Returns its exit code and the remaining log.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone after `interrupt`, but still running after a failed assertion.
        _ = self.child.kill();
    }
}
