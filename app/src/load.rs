//! Data of a page: fetched, waited for, shown, or explained where it cannot be had.

use leptos::{either::Either, prelude::*};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error,
    components::{Fault, Skeleton},
};

/// What a page shows. Counted by reference: a part of a page that is drawn again may still be waited for, and a [`Resource`] would
/// have gone with its part then.
pub type Fetched<T> = ArcResource<Result<T, Error>>;

/// Asks `fetch` for the data of a page, which depends on `source`.
pub fn fetched<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Fetched<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    ArcResource::new(source, fetch)
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
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
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
