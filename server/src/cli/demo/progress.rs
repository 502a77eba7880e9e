//! Progress of a long demo, on standard error.

use std::{
    io::{self, IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

/// Time between two reports.
const PAUSE: Duration = Duration::from_secs(5);

/// Counts the licenses, and reports from time to time. Reports nothing if the licenses are listed on a terminal, which
/// shows the progress by itself.
pub(super) struct Progress {
    done: u64,
    all: u64,
    began: Instant,
    reported: Instant,
    is_shown: bool,
}

impl Progress {
    pub(super) fn new(all: u64) -> Self {
        let began = Instant::now();
        Self { done: 0, all, began, reported: began, is_shown: !io::stdout().is_terminal() }
    }

    pub(super) fn add(&mut self, licenses: u64) -> io::Result<()> {
        self.done += licenses;
        let now = Instant::now();
        if self.is_shown && (now - self.reported >= PAUSE || (self.done == self.all && self.reported > self.began)) {
            self.reported = now;
            let (done, all, seconds) = (self.done, self.all, (now - self.began).as_secs());
            writeln!(io::stderr(), "{done} of {all} licenses after {seconds} s")?;
        }
        Ok(())
    }
}
