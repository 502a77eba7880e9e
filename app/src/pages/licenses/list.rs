//! The list of licenses.

use chrono::{DateTime, Utc};
use leptos::{either::EitherOf3, prelude::*};
use leptos_router::hooks::use_query_map;
use licensing::{Permission, license::State, terms::Validity};

use crate::{
    admin::licenses::{FindLicense, LicenseLine, Licenses, list_licenses},
    components::{
        AFTER, BEFORE, Empty, Filter, Gate, Icon, LicenseState, MaskedCode, Narrowing, PageHead, Pager, Seats, Symbol,
        When,
    },
    form::Form,
    load::{Loaded, fetched},
    words,
};

/// Every license, to look through and to search.
#[component]
pub fn LicensesPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = move || {
        let get = |key: &str| query.with(|query| query.get(key).unwrap_or_default());
        ["q", "product", "policy", "state", BEFORE, AFTER].map(get)
    };
    let data = fetched(wanted, |[q, product, policy, state, before, after]| {
        list_licenses(q, product, policy, state, before, after)
    });
    view! { <Loaded data view=page /> }
}

fn page(data: Licenses) -> impl IntoView {
    view! {
        <PageHead title="Licenses" actions=new_license />
        {if !data.any {
            EitherOf3::A(none_yet())
        } else if data.lines.is_empty() {
            EitherOf3::B(view! {
                {filters(data.products, data.policies)}
                <Empty
                    icon=Symbol::Search
                    title="No license matches"
                    text="Look for a part of a customer’s name, an e-mail address, an order number, the end of a code, a whole code, or a device’s fingerprint."
                    actions=|| view! { <a class="button" href="/licenses">"Show all licenses"</a> }
                />
            })
        } else {
            EitherOf3::C(view! {
                {filters(data.products, data.policies)}
                <div>
                    {table(data.lines.clone(), data.now)}
                    <Pager said=words::count(data.lines.len().try_into().unwrap_or_default(), "license") turns=data.turns />
                </div>
            })
        }}
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

fn none_yet() -> impl IntoView {
    view! {
        <Empty
            icon=Symbol::ScrollText
            title="No license yet"
            text="A license is one customer’s grant of a product, under a policy. Making one gives you the activation code to send."
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

fn filters(products: Vec<(String, String)>, policies: Vec<(String, String)>) -> impl IntoView {
    let action = ServerAction::<FindLicense>::new();
    let states =
        [(State::Active, "Active, or ended by itself"), (State::Suspended, "Suspended"), (State::Revoked, "Revoked")];
    let states = states.map(|(state, words)| (state.name().to_owned(), words.to_owned()));
    view! {
        <search aria-label="Licenses">
            <Form action id="find" class="filters">
                <Narrowing label="Licenses" placeholder="Customer, order, code, device">
                    <Filter name="product" label="Product" choices=products />
                    <Filter name="policy" label="Policy" choices=policies />
                    <Filter name="state" label="State" choices=states.to_vec() />
                </Narrowing>
            </Form>
        </search>
    }
}

fn table(lines: Vec<LicenseLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| row(line, now));
    view! {
        <table class="table fixed licenses">
            <caption class="visually-hidden">"Licenses, youngest first"</caption>
            <thead>
                <tr>
                    <th scope="col">"Customer"</th>
                    <th scope="col" class="product">
                        "Product, policy"
                    </th>
                    <th scope="col" class="seats-cell">
                        "Seats"
                    </th>
                    <th scope="col" class="state-cell">
                        "State"
                    </th>
                    <th scope="col" class="ends">
                        "Ends"
                    </th>
                    <th scope="col" class="seen">
                        "Last seen"
                    </th>
                    <th scope="col" class="code-cell">
                        "Code"
                    </th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

fn row(line: LicenseLine, now: DateTime<Utc>) -> impl IntoView {
    use licensing::license::Standing;

    let over = matches!(line.standing, Standing::Ended | Standing::Revoked);
    let seen = match line.last_seen_at {
        Some(at) => view! { <When at now /> }.into_any(),
        None => view! { <span class="muted">"never"</span> }.into_any(),
    };
    view! {
        <tr data-tone=over.then_some("off")>
            <th scope="row">
                <a class="name" href=format!("/licenses/{}", line.id) title=line.name.clone()>
                    <bdi>{line.name.clone()}</bdi>
                </a>
                <span class="sub">{line.email}</span>
            </th>
            <td class="product">
                <span class="cut" title=line.product.clone()>
                    {line.product.clone()}
                </span>
                <span class="sub">{line.policy}</span>
            </td>
            <td class="seats-cell">
                <Seats used=line.used allowed=line.allowed />
            </td>
            <td class="state-cell">
                <LicenseState of=line.standing />
            </td>
            <td class="ends">{ends(line.validity, line.ends_at, now)}</td>
            <td class="seen soft">{seen}</td>
            <td class="code-cell">
                <MaskedCode tail=line.code_tail />
            </td>
        </tr>
    }
}

/// When it ends; or why that is not known yet.
fn ends(validity: Validity, ends_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> AnyView {
    match (ends_at, validity) {
        (Some(at), _) => view! { <When at now /> }.into_any(),
        (None, Validity::FromFirstActivation(period)) => {
            view! { <span class="muted">{format!("{} from start", period.in_years())}</span> }.into_any()
        }
        (None, Validity::Perpetual | Validity::Until(_) | Validity::FromIssue(_)) => {
            view! { <span class="muted">"never"</span> }.into_any()
        }
    }
}
