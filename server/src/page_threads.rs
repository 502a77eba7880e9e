//! Threads of lower priority for rendering pages, so that pages use only the processor time that activations leave. On
//! SQLite, the threads that run their queries have it too (`store`, `engine/sqlite.rs`).
//!
//! A page takes several times as much processor time as an activation. Without this, a few people who constantly reload
//! a list would halve the activation desk's throughput.

use std::{sync::LazyLock, thread};

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinSet,
};
use tracing::Instrument as _;

use crate::http::headers::is_page;

/// The runtime that renders pages; `None` if its threads cannot be started.
static THREADS: LazyLock<Option<Handle>> = LazyLock::new(start);

/// Renders a page on the threads of lower priority. Writes stay on the others, including the renewal of the visitor's
/// login: the desk waits for a writer, which must not wait for processor time.
pub(crate) async fn draw(request: Request, next: Next) -> Response {
    match THREADS.as_ref() {
        Some(threads) if request.method() == Method::GET => run(threads, request, next).await,
        _ => next.run(request).await,
    }
}

async fn run(threads: &Handle, request: Request, next: Next) -> Response {
    let drawn = async move {
        let (head, body) = next.run(request).await.into_parts();
        if !is_page(&head.headers) {
            return Response::from_parts(head, body);
        }
        // Includes the compression, which is part of the work.
        match to_bytes(body, usize::MAX).await {
            Ok(bytes) => Response::from_parts(head, Body::from(bytes)),
            Err(error) => {
                tracing::error!(%error, "the body of a page ended early");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    };
    // Dropped with the request when the client disconnects.
    let mut task = JoinSet::new();
    task.spawn_on(drawn.in_current_span(), threads);
    match task.join_next().await {
        Some(Ok(page)) => page,
        Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The threads end only with the process.
        _ => std::future::pending().await,
    }
}

fn start() -> Option<Handle> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let runtime = Builder::new_multi_thread()
        .worker_threads(cores.saturating_sub(1).max(1))
        .thread_name("pages")
        .on_thread_start(store::lower_priority)
        .enable_all()
        .build()
        .inspect_err(|error| tracing::warn!(%error, "pages are rendered with the priority of activations"))
        .ok()?;
    let handle = runtime.handle().clone();
    keep(runtime)?;
    Some(handle)
}

/// Keeps the runtime until the process ends: a runtime must not be dropped in an async context.
fn keep(runtime: Runtime) -> Option<()> {
    let forever = move || runtime.block_on(std::future::pending::<()>());
    thread::Builder::new().name("pages".to_owned()).spawn(forever).ok().map(drop)
}
