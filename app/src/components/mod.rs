//! The components of pages.
//!
//! # How a page is made
//!
//! 1. **Data**: a struct in `admin/<noun>.rs`, and next to it the read that fills it: a plain `async` function, its name
//!    as a constant, and a row for that name in [`admin::TABLE`](crate::admin::TABLE). Its first line is
//!    `guard_read(LIST_PRODUCTS)?;`, its errors are [`Error`](crate::Error). Data that is shown relative to the current
//!    time carries `now` from the server.
//! 2. **Page**: a component in `pages/<noun>.rs`, and its path and its act in a row of `pages!` in `pages/routes.rs`:
//!    ```text
//!    #[component]
//!    pub fn ProductsPage() -> impl IntoView {
//!        let data = fetched(list_products);
//!        view! { <Loaded data view=page /> }
//!    }
//!
//!    fn page(data: Products) -> impl IntoView { view! { <PageHead title="Products" /> … } }
//!    ```
//!    [`Loaded`](crate::http::load::Loaded) waits for the data and shows it, or the error with its status. The address is the
//!    state: everything that changes the view is in the query. Lists of similar items are rows of a [`Table`].
//! 3. **Form**: a server function with an `endpoint` and a row of its own, whose first line is
//!    `let actor = guard::<CreateProduct>()?;`; on the page, `let action = act::<CreateProduct>();` and
//!    ```text
//!    <Form action id="product">
//!        <TextField name="name" label="Name" required=true />
//!        <div class="form-foot"><Submit>"Create product"</Submit></div>
//!    </Form>
//!    ```
//!    Fields are named like the function's arguments, all of them `#[server(default)] name: String`, so that an invalid
//!    number becomes a message at its field: `Error::Invalid` with the argument's name. Without script the same page
//!    comes back with 422, filled in. A field whose name contains `password` is never sent back.
//! 4. **After the act**: add a variant to [`Done`](crate::http::done::Done) and end the function with
//!    `Done::ProductCreated.at(&format!("/products/{id}"));`: the browser is redirected there and shows a toast, whose
//!    text never comes from the address.
//! 5. **Dialog**: `<a class="button" href=dialog_address("revoke")>` opens `<Dialog name="revoke" title="…">`, which
//!    describes the act's effect and its extent, and ends with a [`Confirm`]: its form, which asks for a reason.
//! 6. **Roles**: wrap a button in [`Gate`], which disables it and shows the reason if the role lacks the permission.
//! 7. No `style` attribute, no `inner_html`, no browser clock. Names that people typed are in `<bdi>`. Column widths of a
//!    table go into a style file of its own.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod badge;
mod code;
mod confirm;
mod copy_button;
mod dialog;
mod empty;
mod export;
mod fault;
pub mod field;
mod filters;
mod find_form;
mod form_section;
mod gate;
mod icon;
mod live_mark;
mod notice;
mod once;
mod page_head;
mod pager;
mod rcdata;
mod seats;
pub mod shell;
mod skeleton;
mod sprite;
mod state;
mod table;
pub mod terms;
mod toast;
mod trend;
mod when;

pub use badge::{Badge, Tone};
pub use code::{Code, CodeBlock, MaskedCode};
pub use confirm::Confirm;
pub use copy_button::CopyButton;
pub use dialog::{Cancel, DIALOG, Dialog, dialog_address, dialog_target};
pub use empty::Empty;
pub use export::{ExportButton, ExportDialog};
pub use fault::Fault;
pub use field::{CheckField, Choice, ChoiceCards, LengthField, SelectField, TextArea, TextField, UsernameField};
pub use filters::{Filter, Filters, OneLicenseNotice, choices};
pub use find_form::{FindForm, HitGroup, Recent};
pub use form_section::FormSection;
pub use gate::{DisabledButton, Gate, Only, may};
pub use icon::{Icon, Symbol};
pub use live::{Fact, Facts, Panel, Sentence};
pub use live_mark::Live;
pub use notice::Notice;
pub use once::{NewSecret, Once};
pub use page_head::{Crumbs, PageHead};
pub use pager::{AFTER, BEFORE, Pager};
pub(crate) use rcdata::escaped;
pub use seats::{Level, Seats};
pub use skeleton::Skeleton;
pub(crate) use sprite::Sprite;
pub use state::{LicenseState, Shape, State};
pub use table::Table;
pub use toast::Toast;
pub use trend::{DayBars, Trend};
pub use when::{Day, When};
