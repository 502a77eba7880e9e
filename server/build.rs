//! A release holds the browser's files: it is built again when they change. A debug build reads them from disk.
#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script through the environment")]

fn main() {
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    println!("cargo::rerun-if-changed={}", if release { "../target/site" } else { "build.rs" });
}
