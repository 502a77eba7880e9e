//! The placeholder of a page that is still loading.

use leptos::prelude::*;

const ROWS: usize = 4;

/// A few empty rows of a table.
#[component]
pub fn Skeleton() -> impl IntoView {
    let rows = (0..ROWS).map(|row| {
        let first = if row % 2 == 0 { "skeleton long" } else { "skeleton" };
        view! {
            <tr>
                <td>
                    <span class=first></span>
                </td>
                <td>
                    <span class="skeleton short"></span>
                </td>
                <td>
                    <span class="skeleton short"></span>
                </td>
            </tr>
        }
    });
    view! {
        <div aria-busy="true">
            <table class="table" aria-label="Loading">
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}
