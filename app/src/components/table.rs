//! Tables.

use leptos::{either::Either, prelude::*};

/// A table, whose children are its rows. It always has a `<tbody>`: without one, the script stumbles over it.
#[component]
pub fn Table(
    /// Its names in the stylesheet. `fixed` where that says how wide the columns are, `stacks` where the parts of a row stand below
    /// each other on a phone.
    #[prop(optional)]
    class: &'static str,
    /// What it holds and in which order, for those who hear it.
    #[prop(optional)]
    caption: Option<&'static str>,
    /// The columns: what stands above each, and its classes. What stands above `acts` is only heard.
    #[prop(into)]
    columns: Vec<(&'static str, &'static str)>,
    /// Whether it may be moved sideways where it is wider than its place.
    #[prop(optional)]
    scrolls: bool,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let heads = columns.into_iter().map(|(words, class)| {
        let words = match class {
            "acts" => Either::Left(view! { <span class="visually-hidden">{words}</span> }),
            _ => Either::Right(words),
        };
        view! {
            <th scope="col" class=(!class.is_empty()).then_some(class)>
                {words}
            </th>
        }
    });
    let table = view! {
        <table class=format!("table {class}").trim_end().to_owned()>
            {caption.map(|caption| view! { <caption class="visually-hidden">{caption}</caption> })}
            <thead>
                <tr>{heads.collect_view()}</tr>
            </thead>
            <tbody>{children()}</tbody>
        </table>
    };
    if scrolls { Either::Left(view! { <div class="table-scroll">{table}</div> }) } else { Either::Right(table) }
}
