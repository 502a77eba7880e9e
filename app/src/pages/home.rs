//! Home: an overview of the server, recent refusals, and the first steps until they are done.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use licensing::{Permission, sentence::thousands};
use service::LASTING;

use super::{first_steps, well};
use crate::{
    admin::{
        decisions::GroupLine,
        home::{HomePage as Data, home},
    },
    components::{DayBars, Gate, Icon, Level, PageHead, Panel, Symbol, Trend, When},
    http::load::{Loaded, fetched},
    pages::decisions::refusal_groups,
    text::words,
};

/// Number of groups of refusals on the page; the others are one click away.
const SHOWN_GROUPS: usize = 6;

/// The page that opens after signing in.
#[component]
pub fn HomePage() -> impl IntoView {
    let data = fetched(home);
    view! { <Loaded data view=page /> }
}

fn page(data: Data) -> impl IntoView {
    let steps = first_steps::steps(&data);
    let open = steps.iter().any(|step| !step.done);
    let first_run = data.first_run.clone();
    let lead = if open {
        "From an empty server to the first activation. Each step is checked off as you complete it.".to_owned()
    } else {
        well::sentence(&data)
    };
    let (trend, outage) =
        (data.activated.then(|| trend(&data)).flatten(), data.activated.then(|| outage(&data)).flatten());
    view! {
        <PageHead
            title="Home"
            live=Some(data.seen.clone())
            lead=move || view! { <p class="lead">{lead.clone()}</p> }
            actions=move || (!open).then(new_license)
        />
        {tiles(&data)}
        {(open || first_run.is_some()).then(|| first_steps::checklist(steps, first_run))}
        {trend}
        <div class="halves">
            {data.activated.then(|| refused(data.refusals, data.now))}
            {outage}
        </div>
    }
}

fn new_license() -> impl IntoView {
    view! {
        <Gate permission=Permission::ManageLicenses label="New license">
            <a class="button primary" href="/licenses/new">
                <Icon of=Symbol::Plus />
                " New license"
            </a>
        </Gate>
    }
}

fn tiles(data: &Data) -> impl IntoView + use<> {
    let of = data.overview.as_deref();
    let count = |n: Option<u64>| n.map_or_else(|| "…".to_owned(), thousands);
    let inactive = of.filter(|it| it.licenses != it.active).map(|it| format!(" of {}", thousands(it.licenses)));
    let soon = of.filter(|it| it.ending_in_week > 0).map(|it| format!(" {} this week", thousands(it.ending_in_week)));
    // Seats without a limit are counted apart: "104 of 95" would look like more than was sold.
    let (seats, sold) = match of {
        Some(it) if it.sold == 0 && it.unlimited > 0 => {
            (it.seats_unlimited, Some(format!(" on {} without a limit", words::count(it.unlimited, "license"))))
        }
        Some(it) if it.unlimited == 0 => (it.seats_of_sold, Some(format!(" of {}", thousands(it.sold)))),
        Some(it) => {
            let apart = format!(" of {}, plus {} unlimited", thousands(it.sold), thousands(it.seats_unlimited));
            (it.seats_of_sold, Some(apart))
        }
        None => (0, None),
    };
    let refused: u64 = data.refusals.iter().map(|group| group.refusals).sum();
    let all = [
        ("/licenses", "Active licenses", count(of.map(|it| it.active)), inactive),
        ("/licenses?ends=30d", "Ending within 30 days", count(of.map(|it| it.ending_in_month)), soon),
        ("/licenses", "Seats in use", count(of.map(|_| seats)), sold),
        ("/decisions?outcome=refused&hours=24", "Refused in 24 hours", thousands(refused), None),
    ];
    let when = match of {
        None => Some(view! { <p class="muted small">"Licenses and seats are being counted."</p> }.into_any()),
        Some(it) if data.now.signed_duration_since(it.at) >= TimeDelta::minutes(1) => {
            let (at, now) = (it.at, data.now);
            Some(view! { <p class="muted small">"Licenses and seats were counted " <When at now /> "."</p> }.into_any())
        }
        Some(_) => None,
    };
    let all = all.map(|(to, label, count, small)| {
        view! {
            <a href=to>
                <span class="label">{label}</span>
                <b>{count} <small>{small}</small></b>
            </a>
        }
    });
    view! {
        <div class="stats">{all.collect_view()}</div>
        {when}
    }
}

fn trend(data: &Data) -> Option<AnyView> {
    let days = data.overview.as_ref()?.days.iter();
    let days: Vec<_> = days.map(|it| DayBars { day: it.day, activated: it.activated, refused: it.refused }).collect();
    Some(
        view! {
            <Panel id="trend" title="Last 30 days">
                <Trend days />
            </Panel>
        }
        .into_any(),
    )
}

/// The seats that would still be held if no device could renew any more.
fn outage(data: &Data) -> Option<AnyView> {
    let overview = data.overview.clone()?;
    let now = overview.seats;
    let rows = LASTING.into_iter().zip(overview.lasting).map(move |(after, held)| {
        view! {
            <li>
                <span>{after.to_string()}</span>
                <Level part=held whole=now />
                <b>{thousands(held)}</b>
            </li>
        }
    });
    let text = format!(
        "Devices run on their tokens. Of {} held now (suspended licenses included), this many would still be held after:",
        words::count(now, "seat")
    );
    Some(
        view! {
            <Panel id="outage" title="If this server stopped now">
                <div class="stack">
                    <p class="small soft">{text}</p>
                    <ul class="levels">{rows.collect_view()}</ul>
                </div>
            </Panel>
        }
        .into_any(),
    )
}

fn refused(groups: Vec<GroupLine>, now: DateTime<Utc>) -> impl IntoView {
    let shown = match groups.is_empty() {
        true => view! {
            <div class="body">
                <p class="muted">"No device was refused."</p>
            </div>
        }
        .into_any(),
        false => refusal_groups(groups.into_iter().take(SHOWN_GROUPS).collect(), "24", now).into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="refused">
            <header>
                <h2 id="refused">"Refused in the last 24 hours"</h2>
                <a href="/decisions?view=grouped&hours=168">"Last 7 days"</a>
            </header>
            {shown}
        </section>
    }
}
