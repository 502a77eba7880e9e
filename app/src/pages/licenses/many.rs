//! The page that confirms an act on many licenses.

use leptos::{either::EitherOf4, prelude::*};
use leptos_router::hooks::use_query_map;
use licensing::{Permission, sentence::thousands};
use service::LicenseQuery;

use super::many_effect::{effect, skipped, skipped_words};
use crate::{
    admin::licenses::{
        extend::PERIODS,
        list::{KEYS, parts, query_of},
        many::{
            ExtendMany, Many, ManyAct, ReinstateMany, RevokeMany, SuspendMany, TagMany, UntagMany, select_licenses,
        },
    },
    components::{Empty, Notice, Only, PageHead, Panel, SelectField, Symbol, TextField, Tone, choices},
    form::{Form, Submit, act},
    http::{
        address::{leave_for, query_values, query_with},
        load::{Loaded, fetched},
    },
    text::words,
};

/// The key of the button that was pressed in the list, and the beginning of its value for the licenses on its page.
pub(super) const SCOPE: &str = "scope";
pub(super) const OF_PAGE: &str = "page:";

/// States what an act does to how many licenses, and asks for what it needs.
#[component]
pub fn ManyPage() -> impl IntoView {
    view! {
        <Only permission=Permission::ManageLicenses>
            <Selected />
        </Only>
    }
}

#[component]
fn Selected() -> impl IntoView {
    let of_list = query_values(KEYS);
    let query = use_query_map();
    let wanted = move || query.with(|query| query.get_str("act").and_then(ManyAct::from_name));
    let chosen = move || {
        let of_list = query_of(of_list());
        query.with(|query| match query.get_str(SCOPE).unwrap_or_default() {
            "all" => of_list,
            scope => LicenseQuery {
                ids: match scope.strip_prefix(OF_PAGE) {
                    Some(ids) => ids.to_owned(),
                    None => query.get_all("license").unwrap_or_default().join(","),
                },
                ..LicenseQuery::default()
            },
        })
    };
    let is_all = move || query.with(|query| query.get_str(SCOPE) == Some("all"));
    let back = address_of("/licenses", &query_of(of_list()));
    match (wanted(), chosen()) {
        (None, _) => {
            EitherOf4::A(nothing(back, "Choose an act in the list of licenses, and the licenses that it changes."))
        }
        (Some(_), chosen) if chosen.ids.is_empty() && !is_all() => {
            EitherOf4::B(nothing(back, "No license is selected. Check the boxes of some licenses in the list."))
        }
        (Some(ManyAct::Export), chosen) => {
            leave_for(&address_with(&address_of("/licenses", &chosen), "dialog", "export"));
            EitherOf4::C(())
        }
        (Some(act), chosen) => {
            let data = fetched(move || select_licenses(chosen.clone()));
            let view = move |data: Many| page(act, data, back.clone());
            EitherOf4::D(view! { <Loaded data view /> })
        }
    }
}

fn address_of(path: &str, query: &LicenseQuery) -> String {
    let filled = parts(query).into_iter().filter(|(_, value)| !value.is_empty());
    filled.fold(path.to_owned(), |address, (key, value)| address_with(&address, key, value))
}

fn address_with(address: &str, key: &str, value: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    format!("{path}{}", query_with(query, key, Some(value)))
}

fn nothing(back: String, text: &'static str) -> impl IntoView {
    view! {
        <PageHead title="Change many licenses" crumbs=crumbs() />
        <Empty
            icon=Symbol::ScrollText
            title="No licenses to change"
            text
            actions=move || view! { <a class="button" href=back.clone()>"Back to the list"</a> }
        />
    }
}

fn crumbs() -> Vec<(String, String)> {
    vec![("/licenses".to_owned(), "Licenses".to_owned())]
}

fn page(act: ManyAct, of: Many, back: String) -> impl IntoView {
    let count = words::count(of.count, "license");
    let title = match act {
        ManyAct::Extend => format!("Extend {count}?"),
        ManyAct::Tag => format!("Add a tag to {count}?"),
        ManyAct::Untag => format!("Remove a tag from {count}?"),
        ManyAct::Suspend => format!("Suspend {count}?"),
        ManyAct::Reinstate => format!("Reinstate {count}?"),
        ManyAct::Revoke => format!("Permanently revoke {count}?"),
        ManyAct::Export => format!("Export {count}?"),
    };
    let (skipped, why) = skipped(act, &of);
    let obstacle = match () {
        () if !of.is_complete => Some(
            "More than 10,000 licenses match, or finding them all would take too long. Narrow the filter in the list."
                .to_owned(),
        ),
        () if of.count == 0 => Some("No license matches the filter any longer.".to_owned()),
        () if skipped >= of.count && of.count == 1 => Some(format!("There is nothing to do: it is {why}.")),
        () if skipped >= of.count => Some(format!("There is nothing to do: all of them are {why}.")),
        () => None,
    };
    let title = if of.is_complete { title } else { "Too many licenses".to_owned() };
    view! {
        <PageHead title crumbs=crumbs() />
        {match obstacle {
            Some(why) => {
                view! {
                    <Notice tone=Tone::Warn>
                        <p>{why}</p>
                        <p>
                            <a href=back>"Back to the list"</a>
                        </p>
                    </Notice>
                }
                    .into_any()
            }
            None => {
                let (effect, names) = (effect(act, &of), of.names.join(", "));
                let more = more(&of);
                view! {
                    <Panel id="effect" title="Effect">
                        <div class="stack">
                            <p>{effect}</p>
                            {(skipped > 0).then(|| view! { <p class="muted">{skipped_words(skipped, why)}</p> })}
                            <p class="small soft">
                                "First: " <bdi>{names}</bdi>
                                {format!(
                                    "{more}. The job runs in the background; its page shows its progress, and why licenses were skipped.",
                                )}
                            </p>
                        </div>
                    </Panel>
                    {form(act, &of, back)}
                }
                    .into_any()
            }
        }}
    }
}

fn more(of: &Many) -> String {
    let named = u64::try_from(of.names.len()).unwrap_or_default();
    match of.count.saturating_sub(named) {
        0 => String::new(),
        1 => " and 1 other".to_owned(),
        n => format!(" and {} others", thousands(n)),
    }
}

fn form(of_act: ManyAct, of: &Many, back: String) -> impl IntoView + use<> {
    let (action, label, danger) = match of_act {
        ManyAct::Extend => (act::<ExtendMany>(), "Extend", false),
        ManyAct::Tag => (act::<TagMany>(), "Add the tag to", false),
        ManyAct::Untag => (act::<UntagMany>(), "Remove the tag from", false),
        ManyAct::Suspend => (act::<SuspendMany>(), "Suspend", true),
        ManyAct::Reinstate => (act::<ReinstateMany>(), "Reinstate", false),
        ManyAct::Revoke => (act::<RevokeMany>(), "Revoke", true),
        ManyAct::Export => ("", "Export", false),
    };
    let hidden = parts(&of.query).into_iter().filter(|(_, value)| !value.is_empty());
    let hidden: Vec<_> = hidden.map(|(name, value)| (name, value.to_owned())).collect();
    let hidden = hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let count = of.count;
    view! {
        <Form action id="many">
            {hidden.collect_view()}
            <input type="hidden" name="expected" value=count.to_string() />
            {fields(of_act, count)}
            <div class="form-foot">
                <Submit class=if danger { "danger primary" } else { "primary" } busy="Starting…">
                    {format!("{label} {}", words::count(count, "license"))}
                </Submit>
                <a class="button quiet" href=back>
                    "Cancel"
                </a>
            </div>
        </Form>
    }
}

fn fields(act: ManyAct, count: u64) -> AnyView {
    let reason = |placeholder: &'static str| {
        view! {
            <TextField
                name="reason"
                label="Reason"
                placeholder
                hint="Saved in the audit log of each license."
                required=true
            />
        }
    };
    match act {
        ManyAct::Extend => {
            let periods = PERIODS.map(|(value, label, _)| (value, label));
            let date = ("date", "Until the date below");
            let all = choices([periods[0], periods[1], periods[2], date]);
            view! {
                <SelectField
                    name="by"
                    label="Extend by"
                    choices=all
                    value=PERIODS[0].0.to_owned()
                    hint="From the end of each license, or from today if it has ended."
                />
                <TextField
                    name="until"
                    label="Last day"
                    kind="date"
                    hint="Only for “Until the date below”. The day is included, in UTC."
                />
                {reason("For example: compensation for the outage of 3 November")}
            }
            .into_any()
        }
        ManyAct::Tag | ManyAct::Untag => {
            view! { <TextField name="tag_name" label="Tag" hint="One tag, such as reseller." required=true /> }
                .into_any()
        }
        ManyAct::Suspend => reason("For example: reseller has not paid").into_any(),
        ManyAct::Reinstate => reason("For example: paid on 3 November").into_any(),
        ManyAct::Revoke => {
            let hint = format!("Type {count} to confirm.");
            view! {
                {reason("For example: codes were posted in a forum")}
                <TextField name="typed" label="Number of licenses" keyboard="numeric" hint required=true />
            }
            .into_any()
        }
        ManyAct::Export => ().into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_parts_of_the_filter() {
        let query = LicenseQuery { tag: "nfr".to_owned(), sort: "-ends".to_owned(), ..LicenseQuery::default() };
        assert_eq!(address_of("/licenses", &query), "/licenses?tag=nfr&sort=-ends");
        assert_eq!(address_with("/licenses", "dialog", "export"), "/licenses?dialog=export");
    }
}
