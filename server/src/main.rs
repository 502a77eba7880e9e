//! The `latchkey` program.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser as _;
use mimalloc::MiMalloc;
use server::Cli;

/// Activations allocate and free on different threads, for which glibc's allocator takes locks. This one saves 10 to 20
/// percent of the processor time of an activation; BENCHMARKS.md has the figures.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, the message cannot be shown at all.
            _ = writeln!(io::stderr(), "latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}
