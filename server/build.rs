//! A release build embeds the browser's files, so it is rebuilt when they change. A debug build reads them from disk.
#![expect(clippy::disallowed_methods, reason = "cargo passes a build script its inputs in the environment")]

fn main() {
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    println!("cargo::rerun-if-changed={}", if release { "../target/site" } else { "build.rs" });
}
