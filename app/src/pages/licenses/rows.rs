//! The rows of the list of licenses.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_url;
use licensing::terms::Validity;

use super::bulk::FORM;
use crate::{
    admin::licenses::LicenseLine,
    components::{AFTER, BEFORE, Icon, LicenseState, MaskedCode, Seats, Symbol, When},
    http::{
        address,
        context::{LicenseColumn, LicenseColumns, visitor},
    },
};

/// The table of licenses, with headings that change its order. With `selects`, each has a box for an act on many.
pub(super) fn table(lines: Vec<LicenseLine>, now: DateTime<Utc>, selects: bool) -> impl IntoView {
    let columns = visitor().columns;
    let headings = columns.iter().map(column_heading).collect_view();
    let rows = lines.into_iter().map(move |line| row(line, &columns, now, selects));
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
                <tr>{select_all} {heading("Customer", "customer", "")} {headings}</tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

/// The class of a column's cells.
const fn class_of(column: LicenseColumn) -> &'static str {
    match column {
        LicenseColumn::Product => "product",
        LicenseColumn::Reference => "reference",
        LicenseColumn::Seats => "seats-cell",
        LicenseColumn::State => "state-cell",
        LicenseColumn::Issued => "issued soft",
        LicenseColumn::Ends => "ends",
        LicenseColumn::LastSeen => "seen soft",
        LicenseColumn::Code => "code-cell",
    }
}

fn column_heading(column: LicenseColumn) -> AnyView {
    let class = class_of(column);
    match column {
        LicenseColumn::Ends => heading(column.label(), "ends", class).into_any(),
        _ => view! {
            <th scope="col" class=class>
                {column.label()}
            </th>
        }
        .into_any(),
    }
}

/// A heading that sorts by its column: ascending, then descending, then by age again.
fn heading(label: &'static str, by: &'static str, class: &'static str) -> impl IntoView {
    let (path, search) = use_url().with_untracked(|url| (url.path().to_owned(), url.search().to_owned()));
    let sort = use_url().with_untracked(|url| url.search_params().get_str("sort").unwrap_or_default().to_owned());
    let descending = format!("-{by}");
    let (order, icon, next) = match sort.as_str() {
        sort if sort == by => (Some("ascending"), Symbol::ChevronUp, Some(descending.as_str())),
        sort if sort == descending => (Some("descending"), Symbol::ChevronDown, None),
        _ => (None, Symbol::ChevronsUpDown, Some(by)),
    };
    let query = [BEFORE, AFTER].into_iter().fold(search, |query, key| address::query_with(&query, key, None));
    let to = format!("{path}{}", address::query_with(&query, "sort", next));
    view! {
        <th scope="col" class=(!class.is_empty()).then_some(class) aria-sort=order>
            <a class="sort" href=to>
                {label}
                " "
                <Icon of=icon />
            </a>
        </th>
    }
}

fn row(line: LicenseLine, columns: &LicenseColumns, now: DateTime<Utc>, selects: bool) -> impl IntoView + use<> {
    use licensing::license::LicenseStatus;

    let over = matches!(line.status, LicenseStatus::Ended | LicenseStatus::Revoked);
    let select = selects.then(|| {
        let label = format!("Select {}", line.name);
        view! {
            <td class="pick">
                <input type="checkbox" name="license" value=line.id.to_string() form=FORM aria-label=label />
            </td>
        }
    });
    let cells = columns.iter().map(|column| view! { <td class=class_of(column)>{cell(&line, column, now)}</td> });
    let cells = cells.collect_view();
    view! {
        <tr data-tone=over.then_some("off")>
            {select} <th scope="row">
                <a class="name" href=format!("/licenses/{}", line.id) title=line.name.clone()>
                    <bdi>{line.name.clone()}</bdi>
                </a>
                <span class="sub">{line.email}</span>
            </th>
            {cells}
        </tr>
    }
}

fn cell(line: &LicenseLine, column: LicenseColumn, now: DateTime<Utc>) -> AnyView {
    match column {
        LicenseColumn::Product => view! {
            <span class="cut" title=line.product.clone()>
                {line.product.clone()}
            </span>
            <span class="sub">{line.policy.clone()}</span>
        }
        .into_any(),
        LicenseColumn::Reference => view! {
            <span class="cut" title=line.reference.clone()>
                <bdi>{line.reference.clone()}</bdi>
            </span>
        }
        .into_any(),
        LicenseColumn::Seats => view! { <Seats used=line.used allowed=line.allowed /> }.into_any(),
        LicenseColumn::State => view! { <LicenseState of=line.status /> }.into_any(),
        LicenseColumn::Issued => view! { <When at=line.issued_at now /> }.into_any(),
        LicenseColumn::Ends => ends(line.validity, line.ends_at, now),
        LicenseColumn::LastSeen => match line.last_seen_at {
            Some(at) => view! { <When at now /> }.into_any(),
            None => view! { <span class="muted">"never"</span> }.into_any(),
        },
        LicenseColumn::Code => view! { <MaskedCode tail=line.code_tail.clone() /> }.into_any(),
    }
}

/// The end of the license; its length if the first activation has yet to set the end.
fn ends(validity: Validity, ends_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> AnyView {
    match (ends_at, validity) {
        (Some(at), _) => view! { <When at now /> }.into_any(),
        (None, Validity::FromFirstActivation(period)) => {
            view! { <span class="muted">{format!("{period} from start")}</span> }.into_any()
        }
        (None, Validity::Perpetual | Validity::Until(_) | Validity::FromIssue(_)) => {
            view! { <span class="muted">"never"</span> }.into_any()
        }
    }
}
