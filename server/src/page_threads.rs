//! Threads of lower priority for drawing pages, so that they take only the processor time that activations leave.
//!
//! A page costs several times as much processor time as an activation. Without this, a few people who reload a list without
//! pause would halve the activation desk's rate.

use std::{sync::LazyLock, thread};

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode, header::CONTENT_TYPE};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinSet,
};
use tracing::Instrument as _;

/// Priority of these threads on Linux. The scheduler gives a thread of priority 0 ten times the time of one of priority 10.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// The runtime that draws pages; `None` where its threads cannot be started.
static THREADS: LazyLock<Option<Handle>> = LazyLock::new(start);

/// Draws a page on the threads of lower priority. Whatever writes stays on the others, the login that a click renews
/// included: the desk waits for a writer, which must not wait for processor time.
pub(crate) async fn draw(request: Request, next: Next) -> Response {
    match THREADS.as_ref() {
        Some(threads) if request.method() == Method::GET => run(threads, request, next).await,
        _ => next.run(request).await,
    }
}

async fn run(threads: &Handle, request: Request, next: Next) -> Response {
    let drawn = async move {
        let (head, body) = next.run(request).await.into_parts();
        let is_page = head.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if !is_page {
            return Response::from_parts(head, body);
        }
        // Compressing it is part of the work.
        match to_bytes(body, usize::MAX).await {
            Ok(bytes) => Response::from_parts(head, Body::from(bytes)),
            Err(error) => {
                tracing::error!(%error, "a page broke off");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    };
    // Dropped with the request when the client hangs up.
    let mut task = JoinSet::new();
    task.spawn_on(drawn.in_current_span(), threads);
    match task.join_next().await {
        Some(Ok(page)) => page,
        Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // Only the end of the process ends the threads.
        _ => std::future::pending().await,
    }
}

fn start() -> Option<Handle> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let runtime = Builder::new_multi_thread()
        .worker_threads(cores.saturating_sub(1).max(1))
        .thread_name("pages")
        .on_thread_start(lower_priority)
        .enable_all()
        .build()
        .inspect_err(|error| tracing::warn!(%error, "pages are drawn with the priority of activations"))
        .ok()?;
    let handle = runtime.handle().clone();
    keep(runtime)?;
    Some(handle)
}

/// Keeps the runtime until the process ends: one may not be dropped where others run.
fn keep(runtime: Runtime) -> Option<()> {
    let forever = move || runtime.block_on(std::future::pending::<()>());
    thread::Builder::new().name("pages".to_owned()).spawn(forever).ok().map(drop)
}

/// Gives the calling thread the priority of pages. Linux counts it by thread.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "a thread that draws pages keeps its priority");
    }
}
