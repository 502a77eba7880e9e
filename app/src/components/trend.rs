//! The activity of the last days, as bars and as a table.

use chrono::NaiveDate;
use leptos::prelude::*;
use licensing::sentence::thousands;

use super::{Icon, Symbol, Table};

/// The width of a day, and the height of the drawing.
const DAY: f64 = 20.0;
const HEIGHT: f64 = 96.0;

/// The numbers of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayBars {
    /// The day.
    pub day: NaiveDate,
    /// Devices that were activated.
    pub activated: u64,
    /// Requests that were refused.
    pub refused: u64,
}

/// Two bars for each day, drawn by the server, with the same numbers in a table.
#[component]
pub fn Trend(
    /// The days, oldest first.
    days: Vec<DayBars>,
) -> impl IntoView {
    let most = days.iter().map(|it| it.activated.max(it.refused)).max().unwrap_or_default().max(1);
    let sum = |of: fn(&DayBars) -> u64| days.iter().map(of).sum::<u64>();
    let (activated, refused) = (sum(|it| it.activated), sum(|it| it.refused));
    let label = format!(
        "{} and {} in {} days. The table below has the numbers.",
        crate::text::words::count(activated, "activation"),
        crate::text::words::count(refused, "refusal"),
        days.len()
    );
    let bars = days.clone().into_iter().enumerate().map(|(place, it)| {
        let x = DAY * place_of(place);
        let title =
            format!("{}: {} activated, {} refused", day(it.day), thousands(it.activated), thousands(it.refused));
        view! {
            <g>
                <title>{title}</title>
                <rect class="hit" x=text(x) y="0" width=text(DAY) height=text(HEIGHT)></rect>
                {bar("activated", x + 3.0, it.activated, most)}
                {bar("refused", x + 11.0, it.refused, most)}
            </g>
        }
    });
    let width = text(DAY * place_of(days.len().max(1)));
    let ends = days.first().zip(days.last()).map(|(first, last)| (day(first.day), day(last.day)));
    let rows = days.into_iter().rev().map(|it| {
        view! {
            <tr>
                <th scope="row">{day(it.day)}</th>
                <td class="end">{thousands(it.activated)}</td>
                <td class="end">{thousands(it.refused)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="trend">
            <p class="legend">
                <span data-of="activated">{thousands(activated)} " activated"</span>
                <span data-of="refused">{thousands(refused)} " refused"</span>
            </p>
            <svg viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=label>
                {bars.collect_view()}
            </svg>
            {ends
                .map(|(first, last)| {
                    view! {
                        <p class="ends" aria-hidden="true">
                            <span>{first}</span>
                            <span>"at most " {thousands(most)} " a day"</span>
                            <span>{last}</span>
                        </p>
                    }
                })}
            <details class="more">
                <summary>
                    <Icon of=Symbol::ChevronRight />
                    "Show as a table"
                </summary>
                <Table caption="Activations and refusals by day, newest first" columns=[("Day", ""), ("Activated", "end"), ("Refused", "end")]>
                    {rows}
                </Table>
            </details>
        </div>
    }
}

fn bar(class: &'static str, x: f64, count: u64, most: u64) -> impl IntoView {
    // One refusal among a thousand is still visible.
    let height = if count == 0 { 0.0 } else { (HEIGHT * count_of(count) / count_of(most)).max(2.0) };
    view! { <rect class=class x=text(x) y=text(HEIGHT - height) width="7" height=text(height)></rect> }
}

fn day(day: NaiveDate) -> String {
    day.format("%-d %b").to_string()
}

/// Formats units of the drawing to hundredths.
fn text(units: f64) -> String {
    format!("{units:.2}")
}

#[expect(clippy::cast_precision_loss, reason = "a drawing is some hundreds of units wide")]
fn place_of(place: usize) -> f64 {
    place as f64
}

#[expect(clippy::cast_precision_loss, reason = "a drawing is some hundreds of units high")]
fn count_of(count: u64) -> f64 {
    count as f64
}
