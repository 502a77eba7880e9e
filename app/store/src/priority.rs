//! Priority of the threads that work for pages.

/// Nice value of these threads on Linux. The scheduler gives a thread with value 0 about 28 times the time of one with
/// 15.
#[cfg(target_os = "linux")]
const NICE: i32 = 15;

/// Lowers the priority of the calling thread, so that it uses only the processor time that activations leave. Does
/// nothing where threads have no priority of their own, that is, outside Linux.
pub fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "a thread that works for pages keeps its priority");
    }
}
