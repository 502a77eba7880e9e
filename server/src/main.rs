//! The program `latchkey`.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser as _;
use mimalloc::MiMalloc;
use server::Cli;

/// Activations allocate and free on different threads, for which glibc's allocator takes locks. This one saves a tenth to a fifth
/// of the processor time of an activation; BENCHMARKS.md has the figures.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody listens any more, there is nobody to tell.
            _ = writeln!(io::stderr(), "latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}
