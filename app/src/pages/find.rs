//! Find: the field, and the results if there are several or none.

use leptos::prelude::*;

use crate::{
    admin::find::{Finding, Hit, HitKind, find, pages, shortcuts},
    components::{Empty, FindForm, HitGroup, Notice, PageHead, Recent, Symbol},
    http::{
        address::query_values,
        load::{Loaded, fetched},
    },
};

/// The page of Find.
#[component]
pub fn FindPage() -> impl IntoView {
    let wanted = query_values(["q", "of"]);
    let data = fetched(move || {
        let [q, of] = wanted();
        find(q, of)
    });
    view! { <Loaded data view=page /> }
}

const KINDS: [(HitKind, &str); 6] = [
    (HitKind::License, "Licenses"),
    (HitKind::Device, "Devices"),
    (HitKind::Decision, "Decisions"),
    (HitKind::Product, "Products"),
    (HitKind::Policy, "Policies"),
    (HitKind::Page, "Pages"),
];

fn page(data: Finding) -> impl IntoView {
    let lead = "Paste or type anything: a code or the end of one, a customer, an e-mail address, an order number, a \
                fingerprint, a device’s name, an ID, an IP address, a whole error message or a license token.";
    let value = data.text.clone();
    let found = match (data.text.is_empty(), data.hits.is_empty()) {
        (true, _) => view! {
            <Recent />
            <HitGroup title="Shortcuts" hits=shortcuts() />
            <HitGroup title="Pages" hits=pages() />
        }
        .into_any(),
        (false, true) => nothing(&data).into_any(),
        (false, false) => results(data).into_any(),
    };
    view! {
        <PageHead title="Find" lead=move || view! { <p class="lead">{lead}</p> } />
        <div class="find-page">
            <FindForm id="find-page" value autofocus=true />
            {found}
        </div>
    }
}

fn results(data: Finding) -> impl IntoView {
    let note = if data.end_of_code {
        Some(view! {
            <p>
                <b>"No license has this code. "</b>
                "Only the last four characters of codes can be searched for. These licenses match “" {data.text.clone()} "”."
            </p>
        }
        .into_any())
    } else if data.similar {
        Some(
            view! {
                <p>
                    <b>"Nothing matches “" <bdi>{data.text.clone()}</bdi> "”. "</b>
                    "These are the most similar licenses."
                </p>
            }
            .into_any(),
        )
    } else {
        None
    };
    let hits = data.hits;
    let groups = KINDS.into_iter().map(move |(kind, title)| {
        let of_kind: Vec<Hit> = hits.iter().filter(|hit| hit.kind == kind).cloned().collect();
        (!of_kind.is_empty()).then(|| view! { <HitGroup title hits=of_kind /> })
    });
    view! {
        {note.map(|note| view! { <Notice>{note}</Notice> })}
        {groups.collect_view()}
    }
}

/// Says what was searched, and where else to look.
fn nothing(data: &Finding) -> impl IntoView + use<> {
    let title = format!("Nothing found for “{}”", data.text);
    let text = if data.is_id {
        "No license, device, decision, product or policy has this ID, and no error. Decisions are kept for a limited time."
    } else if data.without_email {
        "All customers, order numbers, ends of codes, whole device names and fingerprints, products, policies and pages \
         were searched. E-mail addresses were not, since your account may not see them."
    } else {
        "All customers, e-mail addresses, order numbers, ends of codes, whole device names and fingerprints, products, \
         policies and pages were searched, also with one word misspelled."
    };
    let to = format!("/decisions{}", crate::http::address::query_with("", "q", Some(&data.text)));
    view! {
        <Empty
            icon=Symbol::Search
            title
            text
            actions=move || {
                view! {
                    <a class="button" href=to.clone()>
                        "Search the latest decisions"
                    </a>
                    <a class="button" href="/licenses">
                        "All licenses"
                    </a>
                }
            }
        />
    }
}
