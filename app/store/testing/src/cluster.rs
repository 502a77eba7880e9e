//! PostgreSQL servers that live as long as somebody wants them.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// What starts a server, and stops it when its command ends.
const WITH_POSTGRES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../.ci/with-postgres");

/// A PostgreSQL server of one's own. Dropped, or left behind by a process that is gone, it stops.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    keeper: Child,
}

impl Cluster {
    /// Starts a server; takes two seconds.
    pub fn start() -> Self {
        // The command says where the server is, and ends when our end of its input closes: with us, however we end.
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
            keeper.stderr.take().expect("its complaints").read_to_string(&mut why).expect("what it says");
            panic!("this test needs PostgreSQL: {why}");
        }
        Self { url: url.trim_end().to_owned(), keeper }
    }

    /// A superuser's URL, of the database `postgres`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops the server at once, as a crash would, and returns when it is gone.
    pub fn stop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().expect("the server's keeper ends");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The URL of the server that this process's tests share.
pub(crate) fn shared() -> &'static str {
    static SHARED: OnceLock<String> = OnceLock::new();
    static OWN: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "where the tests' PostgreSQL is, only the environment can say")]
        let given = std::env::var("LATCHKEY_TEST_POSTGRES").ok();
        given.unwrap_or_else(|| OWN.get_or_init(Cluster::start).url().to_owned())
    })
}
