//! PostgreSQL servers for tests.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// Starts a server, and stops it when its command ends.
const WITH_POSTGRES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../scripts/with-postgres");

/// A separate PostgreSQL server. It stops when it is dropped, or when the process ends.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    keeper: Child,
}

impl Cluster {
    /// Starts a server, which takes two seconds.
    pub fn start() -> Self {
        // The command prints the server's URL, and ends when our end of its input closes: when this process ends, in
        // any way.
        let mut keeper = Command::new(WITH_POSTGRES)
            .args(["sh", "-c", "echo $LATCHKEY_TEST_POSTGRES; exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{WITH_POSTGRES} cannot be run: {e}"));
        let mut url = String::new();
        BufReader::new(keeper.stdout.take().expect("its output")).read_line(&mut url).expect("its first line");
        if url.is_empty() {
            let mut why = String::new();
            keeper.stderr.take().expect("its error output").read_to_string(&mut why).expect("its error message");
            panic!("this test needs PostgreSQL: {why}");
        }
        Self { url: url.trim_end().to_owned(), keeper }
    }

    /// Returns the URL of the database `postgres`, as a superuser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops the server at once, like a crash, and returns when it is gone.
    pub fn stop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().expect("the server's command ends");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns the URL of the server that the tests of this process share.
pub(crate) fn shared() -> &'static str {
    static SHARED: OnceLock<String> = OnceLock::new();
    static OWN: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "the tests' PostgreSQL is configured by the environment")]
        let given = std::env::var("LATCHKEY_TEST_POSTGRES").ok();
        given.unwrap_or_else(|| OWN.get_or_init(Cluster::start).url().to_owned())
    })
}
