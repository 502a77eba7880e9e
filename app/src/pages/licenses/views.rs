//! Views of the list of licenses: ready ones, and those that the signed-in account has saved.

use leptos::prelude::*;
use leptos_router::hooks::use_url;
use licensing::sentence::thousands;

use crate::{
    admin::licenses::{
        list::{KEYS, MOST_COUNTED, TabCounts, ViewTab},
        views::{DeleteView, SaveView},
    },
    components::{AFTER, BEFORE, Confirm, DIALOG, Dialog, Icon, Symbol, TextField, dialog_address},
    form::act,
    http::{address::query_with, done::Done},
};

/// The names of the dialogs in the address.
const SAVE: &str = "save-view";
const DELETE: &str = "delete-view";

/// The ready filters with the address of each.
const READY: [(&str, &str); 5] = [
    ("", "All"),
    ("?status=ending", "Ending soon"),
    ("?seats=over", "Over limit"),
    ("?never_activated=true", "Never activated"),
    ("?seen_before=-90d", "Silent for 90 days"),
];

/// The filters and the order of the list, as in the address of a view.
fn here() -> String {
    let search = use_url().with_untracked(|url| url.search().to_owned());
    [BEFORE, AFTER, DIALOG, Done::KEY].into_iter().fold(search, |query, key| query_with(&query, key, None))
}

/// Returns `true` if two queries have the same pairs, in any order.
fn is_same(one: &str, other: &str) -> bool {
    let pairs = |query: &str| {
        let mut pairs: Vec<String> = query.trim_start_matches('?').split('&').map(str::to_owned).collect();
        pairs.retain(|pair| !pair.is_empty() && !pair.ends_with('='));
        pairs.sort_unstable();
        pairs
    };
    pairs(one) == pairs(other)
}

/// The saved view that the list shows now.
fn current(views: &[ViewTab]) -> Option<ViewTab> {
    let here = here();
    views.iter().find(|view| is_same(&view.search, &here)).cloned()
}

/// Links to the views. Ready ones have their numbers of licenses, where these are cheap to know; in any order of the
/// list.
pub(super) fn tabs(counts: TabCounts, views: &[ViewTab]) -> impl IntoView + use<> {
    let (saved, here) = (current(views), here());
    let unsorted = query_with(&here, "sort", None);
    let capped = |n: Option<u64>| {
        n.map(|n| if n >= MOST_COUNTED { format!("{}+", thousands(MOST_COUNTED)) } else { thousands(n) })
    };
    let ready = READY.map(|(search, label)| {
        let count = match search {
            "" => counts.all.map(thousands),
            "?status=ending" => capped(counts.ending),
            "?never_activated=true" => capped(counts.not_started),
            _ => None,
        };
        let is_here = saved.is_none() && is_same(search, &unsorted);
        tab(search.to_owned(), label.to_owned(), count, is_here)
    });
    let id = saved.map(|view| view.id);
    let own = views.iter().map(|view| tab(view.search.clone(), view.name.clone(), None, id == Some(view.id)));
    let own = own.collect_view();
    view! {
        <nav class="tabs" aria-label="Views">
            <ul>{ready.into_iter().collect_view()} {own}</ul>
        </nav>
    }
}

fn tab(search: String, label: String, count: Option<String>, is_here: bool) -> impl IntoView {
    view! {
        <li>
            <a href=format!("/licenses{search}") aria-current=is_here.then_some("page")>
                <bdi>{label}</bdi>
                {count.map(|count| view! { " " <span class="muted">{count}</span> })}
            </a>
        </li>
    }
}

/// The buttons that save the filters of the list as a view, or rename and delete the view that is shown. Shows nothing
/// on a ready view.
pub(super) fn buttons(views: &[ViewTab]) -> Option<AnyView> {
    if current(views).is_some() {
        return Some(
            view! {
                <span class="row">
                    <a class="button quiet" href=dialog_address(SAVE)>
                        "Rename view"
                    </a>
                    <a class="button quiet" href=dialog_address(DELETE)>
                        "Delete view"
                    </a>
                </span>
            }
            .into_any(),
        );
    }
    let here = here();
    (!READY.iter().any(|(search, _)| is_same(search, &here))).then(|| {
        view! {
            <a class="button quiet" href=dialog_address(SAVE)>
                <Icon of=Symbol::Plus />
                " Save this view"
            </a>
        }
        .into_any()
    })
}

/// The dialogs behind [`buttons`].
pub(super) fn dialogs(views: &[ViewTab]) -> impl IntoView + use<> {
    let view = StoredValue::new(current(views));
    let is_saved = view.with_value(Option::is_some);
    let title = if is_saved { "Rename this view" } else { "Save this view" };
    let save = (!here().is_empty()).then(|| {
        view! {
            <Dialog name=SAVE title>
                {move || save(view.get_value())}
            </Dialog>
        }
    });
    let delete = is_saved.then(|| {
        view! {
            <Dialog name=DELETE title="Delete this view?">
                {move || delete(view.get_value())}
            </Dialog>
        }
    });
    view! { {save} {delete} }
}

fn save(view: Option<ViewTab>) -> impl IntoView {
    let action = act::<SaveView>();
    let params = use_url().with_untracked(|url| url.search_params().clone());
    let filter = KEYS.into_iter().filter_map(|key| Some((key, params.get_str(key)?.to_owned())));
    let filter: Vec<_> = filter.filter(|(_, value)| !value.is_empty()).collect();
    let (text, does, name) = match view {
        Some(view) => ("The tab keeps its filters and its order.", "Rename view", view.name),
        None => {
            ("The filters and the order of the list, as a tab above it. Only you see it.", "Save view", String::new())
        }
    };
    view! {
        <p>{text}</p>
        <Confirm action id="save-view" of=filter does>
            <TextField
                name="name"
                label="Name"
                value=name
                hint="Such as “Renewals in spring”. A view of the same name is replaced."
                required=true
            />
        </Confirm>
    }
}

fn delete(view: Option<ViewTab>) -> Option<AnyView> {
    let action = act::<DeleteView>();
    let view = view?;
    Some(
        view! {
            <p>"The tab “" <bdi>{view.name}</bdi> "” is removed. No license changes."</p>
            <Confirm action id="delete-view" of=[("id", view.id.to_string())] does="Delete view" />
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn the_order_of_the_filters_makes_no_other_view() {
        assert!(is_same("?tag=nfr&sort=-ends", "?sort=-ends&tag=nfr"));
        assert!(is_same("", "?q="));
        assert!(!is_same("?tag=nfr", "?tag=nfr&sort=-ends"));
    }
}
