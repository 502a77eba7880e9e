//! A page's data: reads it, waits for it, and shows it or the reason why it is not available.

use leptos::{either::Either, prelude::*};

use crate::{
    Error,
    components::{Fault, Skeleton},
};

/// A page's data. Reference-counted, since several parts of a page may wait for it.
pub type Fetched<T> = ArcAsyncDerived<Result<T, Error>>;

/// Starts reading a page's data.
pub fn fetched<T, F>(read: impl Fn() -> F + Send + Sync + 'static) -> Fetched<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    ArcAsyncDerived::new(read)
}

/// Shows the data once it is read, a skeleton until then, and a [`Fault`] with its status if the read fails.
#[component]
pub fn Loaded<T, V, F>(
    /// The data.
    data: Fetched<T>,
    /// Renders the data.
    view: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
{
    let drawn = move || {
        let (view, data) = (view.clone(), data.clone());
        Suspend::new(async move {
            match data.await {
                Ok(data) => Either::Left(view(data)),
                Err(error) => Either::Right(view! { <Fault error /> }),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton /> }>{drawn}</Transition> }
}
