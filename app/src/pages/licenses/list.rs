//! The list of licenses.

use leptos::{either::EitherOf3, prelude::*};
use leptos_router::hooks::use_url;
use licensing::Permission;

use super::{
    bulk,
    rows::table,
    views::{buttons, dialogs, tabs},
};
use crate::{
    FieldError,
    admin::exports::ExportLicenses,
    admin::licenses::columns::ChooseColumns,
    admin::licenses::list::{FindLicense, KEYS, Licenses, list_licenses, query_of},
    admin::paging::PageLinks,
    components::{
        AFTER, BEFORE, CheckField, Confirm, Dialog, Empty, ExportButton, ExportDialog, Filter, Filters, Gate, Icon,
        Notice, PageHead, Pager, Symbol, Tone, choices, dialog_address, may,
    },
    form::act,
    http::{
        address::{query_values, query_with},
        context::{LicenseColumn, visitor},
        load::{Loaded, fetched},
    },
};

/// The list of licenses, with search and filters.
#[component]
pub fn LicensesPage() -> impl IntoView {
    let (wanted, part) = (query_values(KEYS), query_values([BEFORE, AFTER]));
    let data = fetched(move || {
        let [before, after] = part();
        list_licenses(query_of(wanted()), before, after)
    });
    view! { <Loaded data view=page /> }
}

fn page(data: Licenses) -> impl IntoView {
    let total = data.counts.all.filter(|_| !is_narrowed());
    let unreadable = (!data.unreadable.is_empty()).then(|| unreadable(&data.unreadable));
    // A view with a part that cannot be read would filter nothing by it.
    let save = data.unreadable.is_empty().then(|| buttons(&data.views)).flatten();
    let dialogs = dialogs(&data.views);
    let (lists, selects) = (!data.lines.is_empty(), may(Permission::ManageLicenses));
    let bulk = selects.then(|| bulk::bar(&data, total));
    view! {
        <PageHead title="Licenses" actions=move || actions(lists) />
        {if !data.any {
            EitherOf3::A(none_yet())
        } else if data.lines.is_empty() {
            EitherOf3::B(view! {
                {tabs(data.counts, &data.views)} {filters(data.products, data.policies, data.tags, save)} {unreadable} {dialogs}
                {match data.page_links.partial {
                    true => continues(data.page_links).into_any(),
                    false => none_match().into_any(),
                }}
            })
        } else {
            EitherOf3::C(view! {
                {tabs(data.counts, &data.views)} {filters(data.products, data.policies, data.tags, save)}
                {unreadable} {dialogs} {columns_dialog()} {export_dialog()} {bulk}
                <Pager count=data.lines.len() of="license" page_links=data.page_links total>
                    {table(data.lines, data.now, selects)}
                </Pager>
            })
        }}
    }
}

/// Says which parts of the address could not be read.
fn unreadable(wrong: &[FieldError]) -> impl IntoView + use<> {
    let search = use_url().with_untracked(|url| url.search().to_owned());
    let without = wrong.iter().fold(search, |query, it| query_with(&query, &it.field, None));
    let lines: Vec<_> = wrong.iter().map(|it| format!("“{}” {}.", it.field.replace('_', " "), it.message)).collect();
    let items = lines.into_iter().map(|line| view! { <li>{line}</li> });
    view! {
        <Notice tone=Tone::Warn>
            <p>
                <b>"A part of this address cannot be read, so the list is not filtered or sorted by it."</b>
            </p>
            <ul>{items.collect_view()}</ul>
            <p>
                <a href=format!("/licenses{without}")>"Remove it from the address"</a>
            </p>
        </Notice>
    }
}

fn none_match() -> impl IntoView {
    view! {
        <Empty
            icon=Symbol::Search
            title="No matching licenses"
            text="Search by part of a customer’s name, an e-mail address, an order number, a whole code or the end of one, or a device’s fingerprint."
            actions=|| view! { <a class="button" href="/licenses">"Show all licenses"</a> }
        />
    }
}

/// Says that a search has found nothing yet, and continues it.
fn continues(page_links: PageLinks) -> impl IntoView {
    let next = page_links.next.map(|place| {
        let search = use_url().with_untracked(|url| url.search().to_owned());
        let query = query_with(&query_with(&search, BEFORE, None), AFTER, Some(&place));
        view! {
            <a class="button small" rel="next" href=format!("/licenses{query}")>
                "Continue the search "
                <Icon of=Symbol::ChevronRight />
            </a>
        }
    });
    view! {
        <Notice>
            <p>"None of the licenses searched so far matches. There are more to search."</p>
            <p>{next}</p>
        </Notice>
    }
}

/// The buttons in the head. With `lists`, the page has a list, whose columns can be chosen.
fn actions(lists: bool) -> impl IntoView {
    let columns = lists.then(|| {
        view! {
            <a class="button quiet" href=dialog_address("columns")>
                "Columns"
            </a>
        }
    });
    view! {
        {columns}
        <a class="button" href="/jobs">
            "Jobs"
        </a>
        <ExportButton permission=Permission::ManageLicenses />
        <Gate permission=Permission::ManageLicenses label="New license">
            <a class="button primary" href="/licenses/new">
                <Icon of=Symbol::Plus />
                " New license"
            </a>
        </Gate>
    }
}

fn none_yet() -> impl IntoView {
    view! {
        <Empty
            icon=Symbol::ScrollText
            title="No licenses yet"
            text="A license grants a product to one customer under a policy. Create one to get an activation code for your customer."
            actions=|| {
                view! {
                    <Gate permission=Permission::ManageLicenses label="Create the first license">
                        <a class="button" href="/licenses/new">
                            "Create the first license"
                        </a>
                    </Gate>
                }
            }
        />
    }
}

fn columns_dialog() -> impl IntoView {
    view! {
        <Dialog name="columns" title="Columns">
            {columns_form}
        </Dialog>
    }
}

fn columns_form() -> impl IntoView {
    let action = act::<ChooseColumns>();
    let shown = visitor().columns;
    view! {
        <p>"The customer is always shown. This browser keeps the choice."</p>
        <Confirm action id="columns" does="Show these columns">
            {LicenseColumn::ALL
                .map(|column| view! { <CheckField name=column.name() label=column.label() checked=shown.has(column) /> })
                .into_iter()
                .collect_view()}
        </Confirm>
    }
}

fn export_dialog() -> impl IntoView {
    let action = act::<ExportLicenses>();
    let hint = "Anyone who has the file can activate devices.";
    let fields = move || view! { <CheckField name="codes" label="Include activation codes" hint /> };
    view! { <ExportDialog permission=Permission::ManageLicenses action of="licenses" keys=&KEYS fields /> }
}

/// Returns `true` if the address has a filter.
fn is_narrowed() -> bool {
    let params = use_url().with_untracked(|url| url.search_params().clone());
    KEYS.into_iter().any(|key| params.get_str(key).is_some_and(|value| !value.is_empty()))
}

fn filters(
    products: Vec<(String, String)>,
    policies: Vec<(String, String)>,
    tags: Vec<String>,
    after: Option<AnyView>,
) -> impl IntoView {
    let action = act::<FindLicense>();
    let states = choices([
        ("not-started", "Not started"),
        ("active", "Active"),
        ("ending", "Ending soon"),
        ("ended", "Ended"),
        ("suspended", "Suspended"),
        ("revoked", "Revoked"),
    ]);
    let seats = choices([("free", "Seats free"), ("full", "Full"), ("over", "Over limit")]);
    let ends = choices([
        ("7d", "Within 7 days"),
        ("30d", "Within 30 days"),
        ("90d", "Within 90 days"),
        ("-30d", "In the last 30 days"),
    ]);
    let seen = choices([("-30d", "Over 30 days ago"), ("-90d", "Over 90 days ago"), ("-180d", "Over 180 days ago")]);
    let tags: Vec<_> = tags.into_iter().map(|tag| (tag.clone(), tag)).collect();
    view! {
        <Filters action label="Licenses" placeholder="Customer, order, code, device" after>
            <Filter name="product" label="Product" choices=products />
            <Filter name="policy" label="Policy" choices=policies />
            <Filter name="status" label="State" choices=states />
            <Filter name="seats" label="Seats" choices=seats />
            <Filter name="ends" label="Ends" choices=ends />
            <Filter name="seen_before" label="Last seen" choices=seen />
            {(!tags.is_empty()).then(|| view! { <Filter name="tag" label="Tag" choices=tags /> })}
        </Filters>
    }
}
