//! Core dumps, which would hold the sealing key and whatever it has opened.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Keeps the system from writing this process's memory to a disk when it crashes. Failing is no reason not to start.
pub(crate) fn disable() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps cannot be disabled: a crash may write secrets to a disk");
    }
    // Handlers that dumps are piped to, such as systemd-coredump, are called whatever the limit is.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps cannot be disabled: a crash may write secrets to a disk");
    }
}
