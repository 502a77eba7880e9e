//! The field of Find, in the dialog on every page and on the page of Find.

use leptos::prelude::*;

use super::{Icon, Symbol};
use crate::{
    admin::find::{FindAnything, Hit, HitKind},
    form::{Form, act},
    http::context::visitor,
};

/// The form of Find. Posted, because the text may be a secret. With script, a license token is read in the browser, and
/// only the id of its session is sent.
#[component]
pub fn FindForm(
    /// The form's id, unique on the page.
    id: &'static str,
    /// The text to start with.
    #[prop(optional, into)]
    value: String,
    /// `true` to focus the field when the page opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let action = act::<FindAnything>();
    view! {
        <search aria-label="Everything">
            <Form action id class="find" reads_tokens=true>
                <div class="ask">
                    <Icon of=Symbol::Search />
                    <input
                        type="search"
                        name="q"
                        value=value
                        autofocus=autofocus
                        placeholder="Code, customer, e-mail, order, device, error …"
                        aria-label="Find anything"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                    />
                    <button class="button" type="submit">
                        "Find"
                    </button>
                </div>
                <div class="token-claims" data-claims=""></div>
            </Form>
        </search>
    }
}

/// Search results under a heading.
#[component]
pub fn HitGroup(
    /// The heading.
    title: &'static str,
    /// The results.
    hits: Vec<Hit>,
) -> impl IntoView {
    view! {
        <section class="hit-group" aria-label=title>
            <h2>{title}</h2>
            <ul class="hits">{hits.into_iter().map(hit).collect_view()}</ul>
        </section>
    }
}

/// The licenses, products and decisions that this account opened last in this browser. Hidden, because only a script
/// knows them: it fills the list with copies of the example lines.
#[component]
pub fn Recent() -> impl IntoView {
    let kinds = [("licenses", HitKind::License), ("products", HitKind::Product), ("decisions", HitKind::Decision)];
    let examples = kinds.map(|(kind, icon)| {
        view! {
            <li data-kind=kind>
                <a>
                    <Icon of=icon_of(icon) />
                    <span>
                        <bdi></bdi>
                    </span>
                </a>
            </li>
        }
    });
    visitor().account.map(|account| {
        view! {
            <section class="hit-group" data-recent="" data-account=account.id.to_string() hidden>
                <h2>"Recently opened"</h2>
                <ul class="hits"></ul>
                <ul hidden>{examples.into_iter().collect_view()}</ul>
            </section>
        }
    })
}

const fn icon_of(kind: HitKind) -> Symbol {
    match kind {
        HitKind::License => Symbol::ScrollText,
        HitKind::Device => Symbol::Monitor,
        HitKind::Decision => Symbol::Activity,
        HitKind::Product => Symbol::Package,
        HitKind::Policy => Symbol::SlidersHorizontal,
        HitKind::Page => Symbol::ChevronRight,
    }
}

fn hit(hit: Hit) -> impl IntoView {
    let icon = icon_of(hit.kind);
    let note = (!hit.note.is_empty()).then(|| {
        view! {
            <small>
                <bdi>{hit.note}</bdi>
            </small>
        }
    });
    view! {
        <li data-words=hit.words>
            <a href=hit.to>
                <Icon of=icon />
                <span>
                    <bdi>{hit.title}</bdi>
                    {note}
                </span>
            </a>
        </li>
    }
}
