//! The rows of the list of licenses.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_url;
use licensing::terms::Validity;

use super::bulk::FORM;
use crate::{
    address,
    admin::licenses::LicenseLine,
    components::{AFTER, BEFORE, Icon, LicenseState, MaskedCode, Seats, Symbol, When},
};

/// The table of licenses, with headings that change its order. With `selects`, each has a box for an act on many.
pub(super) fn table(lines: Vec<LicenseLine>, now: DateTime<Utc>, selects: bool) -> impl IntoView {
    let rows = lines.into_iter().map(move |line| row(line, now, selects));
    let select_all = selects.then(|| {
        view! {
            <td class="pick">
                <input type="checkbox" data-checks="license" aria-label="Select all on this page" />
            </td>
        }
    });
    view! {
        <table class="table fixed licenses stacks">
            <caption class="visually-hidden">"Licenses"</caption>
            <thead>
                <tr>
                    {select_all} {heading("Customer", "customer", "")} <th scope="col" class="product">"Product, policy"</th>
                    <th scope="col" class="seats-cell">"Seats"</th>
                    <th scope="col" class="state-cell">"State"</th>
                    {heading("Ends", "ends", "ends")} <th scope="col" class="seen">"Last seen"</th>
                    <th scope="col" class="code-cell">"Code"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

/// A heading that sorts by its column: ascending, then descending, then by age again.
fn heading(label: &'static str, by: &'static str, class: &'static str) -> impl IntoView {
    let (path, search) = use_url().with_untracked(|url| (url.path().to_owned(), url.search().to_owned()));
    let sort = use_url().with_untracked(|url| url.search_params().get_str("sort").unwrap_or_default().to_owned());
    let descending = format!("-{by}");
    let (order, next) = match sort.as_str() {
        sort if sort == by => (Some("ascending"), Some(descending.as_str())),
        sort if sort == descending => (Some("descending"), None),
        _ => (None, Some(by)),
    };
    let query = [BEFORE, AFTER].into_iter().fold(search, |query, key| address::query_with(&query, key, None));
    let to = format!("{path}{}", address::query_with(&query, "sort", next));
    view! {
        <th scope="col" class=(!class.is_empty()).then_some(class) aria-sort=order>
            <a href=to>{label} {order.map(|_| view! { " " <Icon of=Symbol::ChevronsUpDown /> })}</a>
        </th>
    }
}

fn row(line: LicenseLine, now: DateTime<Utc>, selects: bool) -> impl IntoView {
    use licensing::license::LicenseStatus;

    let over = matches!(line.status, LicenseStatus::Ended | LicenseStatus::Revoked);
    let seen = match line.last_seen_at {
        Some(at) => view! { <When at now /> }.into_any(),
        None => view! { <span class="muted">"never"</span> }.into_any(),
    };
    let select = selects.then(|| {
        let label = format!("Select {}", line.name);
        view! {
            <td class="pick">
                <input type="checkbox" name="license" value=line.id.to_string() form=FORM aria-label=label />
            </td>
        }
    });
    view! {
        <tr data-tone=over.then_some("off")>
            {select} <th scope="row">
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
