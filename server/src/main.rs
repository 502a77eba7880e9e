//! The program `latchkey`.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser as _;
use server::Cli;

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
