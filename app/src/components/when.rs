//! A moment: in words, with the exact time for pointer and machine.

use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

use crate::words;

/// A moment as seen from `now`, which comes with the page's data.
#[component]
pub fn When(
    /// The moment.
    at: DateTime<Utc>,
    /// The server's time when it answered.
    now: DateTime<Utc>,
) -> impl IntoView {
    moment(at, words::relative(at, now))
}

/// A day: `12 March 2027`.
#[component]
pub fn Day(
    /// The moment.
    at: DateTime<Utc>,
) -> impl IntoView {
    moment(at, licensing::sentence::day(at))
}

fn moment(at: DateTime<Utc>, said: String) -> impl IntoView {
    view! {
        <time datetime=at.to_rfc3339_opts(SecondsFormat::Secs, true) title=words::exact(at)>
            {said}
        </time>
    }
}
