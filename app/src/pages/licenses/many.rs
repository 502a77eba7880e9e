//! The page that confirms an act on many licenses.

use leptos::{either::EitherOf4, prelude::*};
use leptos_router::hooks::use_query_map;
use licensing::{Permission, sentence::thousands};
use service::LicenseQuery;

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
    let obstacle = match () {
        () if !of.is_complete => Some(
            "More than 10,000 licenses match, or finding them all would take too long. Narrow the filter in the list.",
        ),
        () if of.count == 0 => Some("No license matches the filter any longer."),
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
                let (effect, failing, names) = (effect(act, &of), failing(act, &of), of.names.join(", "));
                let more = more(&of);
                view! {
                    <Panel id="effect" title="Effect">
                        <div class="stack">
                            <p>{effect}</p>
                            {failing.map(|text| view! { <p class="muted">{text}</p> })}
                            <p class="small soft">
                                "First: " <bdi>{names}</bdi>
                                {format!(
                                    "{more}. It runs in the background; its page shows the progress, and licenses that failed with the reason.",
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

/// The effect of an act on the devices of these licenses.
fn effect(act: ManyAct, of: &Many) -> String {
    let devices = match of.seats {
        0 => "No device holds a seat now.".to_owned(),
        1 => "1 device holds a seat.".to_owned(),
        n => format!("{} hold seats.", words::count(n, "device")),
    };
    let until = if of.seats == 0 { "" } else { " Each runs until its token ends." };
    match act {
        ManyAct::Extend => {
            "Each license gets a new end. Devices pick it up at their next renewal; the codes stay the same.".to_owned()
        }
        ManyAct::Tag | ManyAct::Untag => {
            "Tags group licenses in lists. Customers and devices never see them.".to_owned()
        }
        ManyAct::Suspend => {
            format!("No device can activate or renew until the licenses are reinstated. {devices}{until}")
        }
        ManyAct::Reinstate => "Devices can activate and renew again immediately, with the same codes.".to_owned(),
        ManyAct::Revoke => format!(
            "This can’t be undone. The codes stop working permanently, and all seats are taken back immediately. {devices} \
             Offline devices stop when their tokens end."
        ),
        ManyAct::Export => "The licenses are downloaded as a file.".to_owned(),
    }
}

/// The licenses that the act cannot change.
fn failing(act: ManyAct, of: &Many) -> Option<String> {
    let (n, why) = match act {
        ManyAct::Extend => (of.endless + of.revoked, "revoked, or without an end"),
        ManyAct::Suspend => (of.suspended + of.revoked, "suspended or revoked already"),
        ManyAct::Reinstate => (of.count.saturating_sub(of.suspended), "not suspended"),
        ManyAct::Revoke => (of.revoked, "revoked already"),
        ManyAct::Tag | ManyAct::Untag | ManyAct::Export => (0, ""),
    };
    let (which, are, them) = match n {
        0 => return None,
        1 => ("1 of them".to_owned(), "is", "it"),
        n if n == of.count => ("All of them".to_owned(), "are", "them"),
        n => (format!("{} of them", thousands(n)), "are", "them"),
    };
    Some(format!("{which} {are} {why}. The job changes nothing there, and lists {them} as failed."))
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

    fn many(count: u64, seats: u64) -> Many {
        Many {
            query: LicenseQuery::default(),
            count,
            names: vec!["Aurora".to_owned()],
            seats,
            suspended: 2,
            revoked: 1,
            endless: 3,
            is_complete: true,
        }
    }

    #[test]
    fn the_effect_names_the_devices() {
        for (seats, text) in [
            (0, "No device holds a seat now."),
            (1, "1 device holds a seat. Each runs until its token ends."),
            (1_200, "1,200 devices hold seats. Each runs until its token ends."),
        ] {
            assert!(effect(ManyAct::Suspend, &many(9, seats)).ends_with(text), "{seats}");
        }
    }

    #[test]
    fn licenses_that_an_act_cannot_change_are_counted() {
        for (act, number) in [
            (ManyAct::Extend, Some("4 of")),
            (ManyAct::Suspend, Some("3 of")),
            (ManyAct::Reinstate, Some("7 of")),
            (ManyAct::Revoke, Some("1 of")),
            (ManyAct::Tag, None),
        ] {
            let text = failing(act, &many(9, 0));
            assert_eq!(text.is_some(), number.is_some());
            assert!(text.unwrap_or_default().starts_with(number.unwrap_or_default()), "{act:?}");
        }
    }

    #[test]
    fn an_address_has_the_parts_of_the_filter() {
        let query = LicenseQuery { tag: "nfr".to_owned(), sort: "-ends".to_owned(), ..LicenseQuery::default() };
        assert_eq!(address_of("/licenses", &query), "/licenses?tag=nfr&sort=-ends");
        assert_eq!(address_with("/licenses", "dialog", "export"), "/licenses?dialog=export");
    }
}
