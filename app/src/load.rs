//! Data of a page: read, waited for, shown, or explained where it cannot be had.

use leptos::{either::Either, prelude::*};

use crate::{
    Error,
    components::{Fault, Skeleton},
};

/// What a page shows. Counted by reference: several parts of a page may wait for it.
pub type Fetched<T> = ArcAsyncDerived<Result<T, Error>>;

/// Begins to read the data of a page.
pub fn fetched<T, F>(read: impl Fn() -> F + Send + Sync + 'static) -> Fetched<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    ArcAsyncDerived::new(read)
}

/// Shows the data once it is there, the shape of it before, and a [`Fault`] with the right status where it is refused.
#[component]
pub fn Loaded<T, V, F>(
    /// The data.
    data: Fetched<T>,
    /// Draws it.
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
