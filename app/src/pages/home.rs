//! Home: counts, recent refusals, and the first steps until they are done.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{Permission, sentence::thousands};

use crate::{
    admin::{
        decisions::GroupLine,
        home::{HomePage as Data, home},
    },
    components::{Gate, Icon, PageHead, Symbol, When},
    load::{Loaded, fetched},
    pages::decisions::refusal_groups,
};

/// The page that opens after signing in.
#[component]
pub fn HomePage() -> impl IntoView {
    let data = fetched(home);
    view! { <Loaded data view=page /> }
}

fn page(data: Data) -> impl IntoView {
    let steps = steps(&data);
    let open = steps.iter().any(|step| !step.done);
    let lead = if open {
        "From an empty server to the first activation. Each step is checked off as you complete it."
    } else {
        "All set. Devices are activating."
    };
    view! {
        <PageHead
            title="Home"
            lead=move || view! { <p class="lead">{lead}</p> }
            actions=move || (!open).then(new_license)
        />
        {counts(&data)}
        {open.then(|| checklist(steps))}
        {data.activated.then(|| refused(data.refusals, data.now))}
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

fn counts(data: &Data) -> impl IntoView + use<> {
    let counts = data.counts.as_ref();
    let of = match counts.filter(|counts| counts.licenses != counts.active) {
        None => String::new(),
        Some(counts) => format!(" of {}", thousands(counts.licenses)),
    };
    let count = |n: Option<u64>| n.map_or_else(|| "…".to_owned(), thousands);
    let all = [
        ("/licenses", "Licenses active", count(counts.map(|counts| counts.active)), of),
        ("/licenses", "Seats in use", count(counts.map(|counts| counts.seats)), String::new()),
        ("/products", "Products", thousands(data.products), String::new()),
        ("/policies", "Policies", thousands(data.policies), String::new()),
    ];
    let when = match counts {
        None => Some(view! { <p class="muted small">"Licenses and seats are being counted."</p> }.into_any()),
        Some(counts) if counts.at < data.now => {
            let (at, now) = (counts.at, data.now);
            let counted_at =
                view! { <p class="muted small">"Licenses and seats were counted " <When at now /> "."</p> };
            Some(counted_at.into_any())
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

fn refused(groups: Vec<GroupLine>, now: DateTime<Utc>) -> impl IntoView {
    let shown = match groups.is_empty() {
        true => view! {
            <div class="body">
                <p class="muted">"No device was refused."</p>
            </div>
        }
        .into_any(),
        false => refusal_groups(groups, "24", now).into_any(),
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

struct Step {
    done: bool,
    title: &'static str,
    aside: &'static str,
    link: (&'static str, &'static str),
}

fn steps(data: &Data) -> [Step; 4] {
    [
        Step {
            done: data.products > 0,
            title: "Create a product",
            aside: "what you license, and how its tokens are signed",
            link: ("/products/new", "New product"),
        },
        Step {
            done: data.policies > 0,
            title: "Create a policy",
            aside: "how many devices, for how long, and how long offline",
            link: ("/policies/new", "New policy"),
        },
        Step {
            done: data.any_license,
            title: "Create a license",
            aside: "one customer’s grant, with its activation code",
            link: ("/licenses/new", "New license"),
        },
        Step {
            done: data.activated,
            title: "Activate a device",
            aside: "run the command shown with the new license, or use your own software",
            link: ("/licenses", "Licenses"),
        },
    ]
}

fn checklist(steps: [Step; 4]) -> impl IntoView {
    let now = steps.iter().position(|step| !step.done);
    let lines = steps.into_iter().enumerate().map(|(i, step)| {
        let is_now = now == Some(i);
        let class = match (step.done, is_now) {
            (true, _) => "done",
            (false, true) => "now",
            (false, false) => "later",
        };
        let tick = match step.done {
            true => view! {
                <Icon of=Symbol::Check />
                <span class="visually-hidden">"done"</span>
            }
            .into_any(),
            false => (i + 1).into_any(),
        };
        let (to, words) = step.link;
        view! {
            <li class=class aria-current=is_now.then_some("step")>
                <span class="tick">{tick}</span>
                <h3>{step.title}</h3>
                <span class="aside">{step.aside}</span>
                {is_now
                    .then(|| {
                        view! {
                            <div class="inside">
                                <div class="actions">
                                    <Gate permission=Permission::ManageLicenses label=words>
                                        <a class="button primary" href=to>
                                            {words}
                                        </a>
                                    </Gate>
                                </div>
                            </div>
                        }
                    })}
            </li>
        }
    });
    view! {
        <section class="narrow stack" aria-labelledby="steps">
            <h2 id="steps">"First steps"</h2>
            <ol class="steps">{lines.collect_view()}</ol>
        </section>
    }
}
