//! Core dumps, which would contain the sealing key and decrypted secrets.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Keeps the system from writing this process's memory to disk when it crashes. A failure is only logged.
pub(crate) fn disable() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps cannot be disabled: a crash may write secrets to disk");
    }
    // Handlers that receive dumps through a pipe, such as systemd-coredump, are called whatever the limit is.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps cannot be disabled: a crash may write secrets to disk");
    }
}
