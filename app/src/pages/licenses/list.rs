//! The list of licenses.

use chrono::{DateTime, Utc};
use leptos::{either::EitherOf3, prelude::*};
use licensing::{Permission, license::State, terms::Validity};

use crate::{
    address::query_values,
    admin::licenses::{FindLicense, LicenseLine, Licenses, list_licenses},
    components::{
        AFTER, BEFORE, Empty, Filter, Filters, Gate, Icon, LicenseState, MaskedCode, PageHead, Pager, Seats, Symbol,
        Table, When, choices,
    },
    form::act,
    load::{Loaded, fetched},
};

/// The list of licenses, with search and filters.
#[component]
pub fn LicensesPage() -> impl IntoView {
    let wanted = query_values(["q", "product", "policy", "state", BEFORE, AFTER]);
    let data = fetched(move || {
        let [q, product, policy, state, before, after] = wanted();
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
                    title="No matching licenses"
                    text="Search by part of a customer’s name, an e-mail address, an order number, a whole code or the end of one, or a device’s fingerprint."
                    actions=|| view! { <a class="button" href="/licenses">"Show all licenses"</a> }
                />
            })
        } else {
            EitherOf3::C(view! {
                {filters(data.products, data.policies)}
                <Pager count=data.lines.len() of="license" page_links=data.page_links>
                    {table(data.lines, data.now)}
                </Pager>
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

fn filters(products: Vec<(String, String)>, policies: Vec<(String, String)>) -> impl IntoView {
    let action = act::<FindLicense>();
    let states = [(State::Active, "Active or ended"), (State::Suspended, "Suspended"), (State::Revoked, "Revoked")];
    let states = choices(states.map(|(state, label)| (state.name(), label)));
    view! {
        <Filters action label="Licenses" placeholder="Customer, order, code, device">
            <Filter name="product" label="Product" choices=products />
            <Filter name="policy" label="Policy" choices=policies />
            <Filter name="state" label="State" choices=states />
        </Filters>
    }
}

fn table(lines: Vec<LicenseLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = lines.into_iter().map(move |line| row(line, now));
    view! {
        <Table
            class="fixed licenses stacks"
            caption="Licenses, newest first"
            columns=[
                ("Customer", ""),
                ("Product, policy", "product"),
                ("Seats", "seats-cell"),
                ("State", "state-cell"),
                ("Ends", "ends"),
                ("Last seen", "seen"),
                ("Code", "code-cell"),
            ]
        >
            {rows.collect_view()}
        </Table>
    }
}

fn row(line: LicenseLine, now: DateTime<Utc>) -> impl IntoView {
    use licensing::license::LicenseStatus;

    let over = matches!(line.status, LicenseStatus::Ended | LicenseStatus::Revoked);
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
                <LicenseState of=line.status />
            </td>
            <td class="ends">{ends(line.validity, line.ends_at, now)}</td>
            <td class="seen soft">{seen}</td>
            <td class="code-cell">
                <MaskedCode tail=line.code_tail />
            </td>
        </tr>
    }
}

/// The end of the license; its length if the first activation has yet to set the end.
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
