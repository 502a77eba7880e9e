//! The bar above the list of licenses, with which an act is chosen for many of them.

use leptos::prelude::*;
use leptos_router::hooks::use_url;
use licensing::{Permission, sentence::thousands};

use super::many::{OF_PAGE, SCOPE};
use crate::{
    admin::licenses::{
        list::{KEYS, Licenses},
        many::ManyAct,
    },
    components::may,
};

/// The id of the form that the boxes in the list belong to.
pub(super) const FORM: &str = "bulk";

/// The form that leads to the page of an act on many licenses: those whose boxes are checked, those on this page, or all
/// that match the filter.
pub(super) fn bar(data: &Licenses, total: Option<u64>) -> impl IntoView + use<> {
    let params = use_url().with_untracked(|url| url.search_params().clone());
    let filter = KEYS.into_iter().filter_map(|key| Some((key, params.get_str(key)?.to_owned())));
    let filter = filter.filter(|(_, value)| !value.is_empty());
    let filter = filter.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let acts = ManyAct::ALL.into_iter().filter(|(act, ..)| *act != ManyAct::Export || may(Permission::RevealCodes));
    let acts = acts.map(|(_, value, label)| view! { <option value=value>{label}</option> });
    let shown = data.lines.len();
    let ids: Vec<String> = data.lines.iter().map(|line| line.id.to_string()).collect();
    let is_whole = data.page_links.previous.is_none() && data.page_links.next.is_none();
    // Without a part of the filter, all licenses would be more than was meant.
    let all = (!is_whole && data.unreadable.is_empty()).then(|| match total {
        Some(total) => format!("All {}", thousands(total)),
        None => "All that match".to_owned(),
    });
    view! {
        <form id=FORM method="get" action="/licenses/many" class="bulk">
            {filter.collect_view()}
            <label for="bulk-act">"Act"</label>
            <select class="input" id="bulk-act" name="act">
                {acts.collect_view()}
            </select>
            <span class="muted">"on"</span>
            <button class="button small" type="submit">
                "Selected"
            </button>
            <button class="button small" type="submit" name=SCOPE value=format!("{OF_PAGE}{}", ids.join(","))>
                {format!("All {shown} on this page")}
            </button>
            {all
                .map(|label| {
                    view! {
                        <button class="button small" type="submit" name=SCOPE value="all">
                            {label}
                        </button>
                    }
                })}
            // A script fills this in, and keeps what is selected while the user pages through the list.
            <span class="picks" data-picks="">
                <span class="muted" role="status"></span>
                <button class="button quiet small" type="button" data-unpick="" hidden>
                    "Clear"
                </button>
            </span>
        </form>
    }
}
