//! Filters of a list. The form is posted; the server then redirects to an address with the filters, without what may be
//! a secret.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use uuid::Uuid;

use super::{Icon, Notice, Symbol};
use crate::{admin::search::TOKEN_REFUSED, form::Form};

/// A search field and further filters. Posted, because the search text may be a secret.
#[component]
pub fn Filters(
    /// The path of the server function that searches and redirects to the filtered list.
    action: &'static str,
    /// The list's name, for screen readers: `Licenses`.
    label: &'static str,
    /// The texts that can be searched for: `Customer, e-mail, reference`.
    placeholder: &'static str,
    /// Shown after the buttons.
    #[prop(optional_no_strip)]
    after: Option<AnyView>,
    /// Further filters.
    children: Children,
) -> impl IntoView {
    let query = use_query_map();
    let typed = move || query.with(|query| query.get_str("q").unwrap_or_default().to_owned());
    let narrowed = move || query.with(|query| query.clone().into_iter().any(|(_, value)| !value.is_empty()));
    view! {
        <search aria-label=label>
            <Form action id="find" class="filters" no_tokens=TOKEN_REFUSED>
                <div class="with-icon search">
                    <Icon of=Symbol::Search />
                    <input
                        class="input"
                        type="search"
                        name="q"
                        value=typed
                        placeholder=placeholder
                        aria-label=format!("Search: {label}")
                    />
                </div>
                {children()}
                <button class="button" type="submit">
                    "Search"
                </button>
                <Show when=narrowed>
                    <a class="button quiet" href="?">
                        "Clear"
                    </a>
                </Show>
                {after}
            </Form>
        </search>
    }
}

/// Fixed choices for a [`Filter`], each with its value and its label.
pub fn choices<const N: usize>(all: [(&str, &str); N]) -> Vec<(String, String)> {
    all.into_iter().map(|(value, text)| (value.to_owned(), text.to_owned())).collect()
}

/// Says that a list is limited to one license, and links to the license and to the whole list.
#[component]
pub fn OneLicenseNotice(
    /// The text before the license's name: `Only of the license of `.
    text: &'static str,
    /// The license's id and name.
    of: (Uuid, String),
    /// The address of the whole list.
    all: &'static str,
) -> impl IntoView {
    let (id, name) = of;
    view! {
        <Notice>
            <p>
                {text} <a href=format!("/licenses/{id}")>
                    <bdi>{name}</bdi>
                </a> ". " <a href=all>"Show everything"</a>
            </p>
        </Notice>
    }
}

/// A filter with a few choices, in a popover.
#[component]
pub fn Filter(
    /// The key in the query.
    name: &'static str,
    /// The filter's label: `State`.
    label: &'static str,
    /// The value and the label of each choice.
    choices: Vec<(String, String)>,
) -> impl IntoView {
    let query = use_query_map();
    let chosen = move || query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
    let all = StoredValue::new(choices.clone());
    let text = move || {
        let chosen = chosen();
        all.with_value(|all| all.iter().find(|(value, _)| *value == chosen).map(|(_, text)| text.clone()))
    };
    let any = std::iter::once((String::new(), "Any".to_owned()));
    let choices = any.chain(choices).map(|(value, text)| {
        let is = value.clone();
        view! {
            <label>
                <input type="radio" name=name value=value checked=move || chosen() == is />
                {text}
            </label>
        }
    });
    let id = format!("filter-{name}");
    view! {
        <div class="filter" data-on=move || text().map(|_| "")>
            <button class="opens" type="button" popovertarget=id.clone()>
                {move || match text() {
                    Some(text) => format!("{label}: {text}"),
                    None => label.to_owned(),
                }} " " <Icon of=Symbol::ChevronDown />
            </button>
            <fieldset class="sheet" id=id popover="auto" aria-label=label>
                {choices.collect_view()} <div class="foot">
                    <button class="button small wide">"Apply"</button>
                </div>
            </fieldset>
        </div>
    }
}
