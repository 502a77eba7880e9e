//! Tables.

use leptos::{either::Either, prelude::*};

/// A table; its children are the rows. It always has a `<tbody>`: browsers insert a missing one, which the
/// script does not expect.
#[component]
pub fn Table(
    /// CSS classes: `fixed` if the style sheet sets the column widths, `stacks` if a row's cells are stacked on a
    /// phone.
    #[prop(optional)]
    class: &'static str,
    /// The table's content and order, for screen readers.
    #[prop(optional)]
    caption: Option<&'static str>,
    /// The columns: the heading and the classes of each. The heading of `acts` is only for screen readers.
    #[prop(into)]
    columns: Vec<(&'static str, &'static str)>,
    /// `true` if the table scrolls sideways when it is too wide.
    #[prop(optional)]
    scrolls: bool,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let heads = columns.into_iter().map(|(text, class)| {
        let text = match class {
            "acts" => Either::Left(view! { <span class="visually-hidden">{text}</span> }),
            _ => Either::Right(text),
        };
        view! {
            <th scope="col" class=(!class.is_empty()).then_some(class)>
                {text}
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
