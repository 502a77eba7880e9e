//! Seats as a bar and as text.

use leptos::prelude::*;
use licensing::sentence::thousands;

use super::{Badge, Tone};

/// Maximum number of seats that are drawn one by one.
const SINGLE: u64 = 12;
const GAP: f64 = 2.0;

/// `3 of 5`, with a bar. Going over the limit is shown in red, with the excess.
#[component]
pub fn Seats(
    /// Seats in use now.
    used: u64,
    /// Number of seats allowed; `None` if unlimited.
    allowed: Option<u64>,
    /// The bar's length in pixels.
    #[prop(default = 56)]
    length: u32,
) -> impl IntoView {
    let Some(allowed) = allowed else {
        return view! {
            <span class="seats">
                <span>
                    <b>{thousands(used)}</b>
                    ", no limit"
                </span>
            </span>
        }
        .into_any();
    };
    let over = used.saturating_sub(allowed);
    let fill = match used {
        _ if over > 0 => "over",
        _ if used == allowed => "full",
        _ => "some",
    };
    view! {
        <span class="seats" data-fill=fill>
            <svg width=length height="6" aria-hidden="true">
                {bar(used, allowed, f64::from(length))}
            </svg>
            <span>
                <b>{thousands(used)}</b>
                " of "
                {thousands(allowed)}
            </span>
            {(over > 0).then(|| view! { <Badge tone=Tone::Bad>{thousands(over)} " over"</Badge> })}
        </span>
    }
    .into_any()
}

/// The part of a whole as a plain bar of the full width, next to the number.
#[component]
pub fn Level(
    /// The part.
    part: u64,
    /// The whole.
    whole: u64,
) -> impl IntoView {
    const LENGTH: f64 = 100.0;
    let filled = if whole == 0 { 0.0 } else { LENGTH * as_length(part.min(whole)) / as_length(whole) };
    view! {
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            {piece("free", 0.0, LENGTH)}
            {(part > 0).then(|| piece("used", 0.0, filled.max(1.0)))}
        </svg>
    }
}

fn bar(used: u64, allowed: u64, length: f64) -> AnyView {
    if used > allowed {
        // The mark stands at the limit, but never so close to an end that one side disappears.
        let mark = (length * as_length(allowed) / as_length(used)).clamp(6.0, length - 9.0);
        return view! {
            {piece("used", 0.0, mark)}
            {piece("over", mark + GAP, length - mark - GAP)}
            <rect class="mark" x=text(mark + 0.25) y="-2" width="1.5" height="10"></rect>
        }
        .into_any();
    }
    if allowed <= SINGLE {
        let count = as_length(allowed.max(1));
        let width = (length - GAP * (count - 1.0)) / count;
        let seats = (0..allowed).map(|seat| {
            let class = if seat < used { "used" } else { "free" };
            piece(class, as_length(seat) * (width + GAP), width)
        });
        return seats.collect_view().into_any();
    }
    view! {
        {piece("free", 0.0, length)}
        {(used > 0).then(|| piece("used", 0.0, (length * as_length(used) / as_length(allowed)).max(1.5)))}
    }
    .into_any()
}

fn piece(class: &'static str, x: f64, width: f64) -> impl IntoView {
    view! { <rect class=class x=text(x) width=text(width) height="6" rx="1.5"></rect> }
}

/// Formats pixels to hundredths.
fn text(pixels: f64) -> String {
    format!("{pixels:.2}")
}

#[expect(clippy::cast_precision_loss, reason = "a bar is some dozens of pixels long")]
fn as_length(seats: u64) -> f64 {
    seats as f64
}
