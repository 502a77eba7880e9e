//! Times: as text, with the exact time as tooltip and in machine-readable form.

use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

use crate::text::words;

/// A time relative to `now`, which comes with the page's data.
#[component]
pub fn When(
    /// The time.
    at: DateTime<Utc>,
    /// The server's time of the response.
    now: DateTime<Utc>,
) -> impl IntoView {
    moment(at, words::relative(at, now))
}

/// A day: `12 March 2027`.
#[component]
pub fn Day(
    /// The time.
    at: DateTime<Utc>,
) -> impl IntoView {
    moment(at, licensing::sentence::day(at))
}

fn moment(at: DateTime<Utc>, text: String) -> impl IntoView {
    view! {
        <time datetime=at.to_rfc3339_opts(SecondsFormat::Secs, true) title=words::exact(at)>
            {text}
        </time>
    }
}
