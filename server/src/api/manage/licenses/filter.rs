//! The filter of licenses, as parameters of a query and as members of an object.

use licensing::{
    Invalid,
    wire::{Fields, kind_of},
};
use serde_json::Value;
use service::{LicenseQuery, store::licenses::LicenseFilter};

use crate::{
    AppState,
    api::{
        manage::{products::product_filter, program::Program},
        problem::Problem,
    },
};

/// A part of a filter: the name on the wire, the name in [`LicenseQuery`], and the part itself.
type Part = (&'static str, &'static str, fn(&mut LicenseQuery) -> &mut String);

/// The parts except the product, which may also be named by its code.
const PARTS: [Part; 17] = [
    ("q", "q", |it| &mut it.q),
    ("policy", "policy", |it| &mut it.policy),
    ("customer", "customer", |it| &mut it.customer),
    ("email", "email", |it| &mut it.email),
    ("reference", "reference", |it| &mut it.reference),
    ("tag", "tag", |it| &mut it.tag),
    ("state", "state", |it| &mut it.state),
    ("standing", "status", |it| &mut it.status),
    ("seats", "seats", |it| &mut it.seats),
    ("neverActivated", "never_activated", |it| &mut it.never_activated),
    ("endsAfter", "ends_after", |it| &mut it.ends_after),
    ("endsBefore", "ends_before", |it| &mut it.ends_before),
    ("seenAfter", "seen_after", |it| &mut it.seen_after),
    ("seenBefore", "seen_before", |it| &mut it.seen_before),
    ("createdAfter", "created_after", |it| &mut it.created_after),
    ("createdBefore", "created_before", |it| &mut it.created_before),
    ("batch", "batch", |it| &mut it.batch),
];

/// Reads a filter. Errors are recorded in `fields`. The filter is limited to the products that the token reaches.
pub(in crate::api::manage) async fn read_filter(
    state: &AppState,
    program: &Program,
    fields: &mut Fields,
) -> Result<(LicenseQuery, LicenseFilter), Problem> {
    let mut query = LicenseQuery::default();
    if let Some(product) = product_filter(state, program, fields).await? {
        query.product = product.to_string();
    }
    for (name, _, part) in PARTS {
        match fields.take(name) {
            None => {}
            // A script whose variable is not set would otherwise act on everything.
            Some(Value::String(text)) if text.trim().is_empty() => {
                fields.note(name, "is empty: send a value, or leave the member out");
            }
            Some(Value::String(text)) => *part(&mut query) = text,
            Some(Value::Bool(on)) if name == "neverActivated" => *part(&mut query) = on.to_string(),
            Some(other) => fields.note(name, format!("must be a string, not {}", kind_of(&other))),
        }
    }
    let (filter, Invalid(wrong)) = state.service.licenses().read_filter(&query).await?;
    for error in wrong {
        let name = PARTS.iter().find(|(_, stored, _)| *stored == error.field).map(|(name, ..)| *name);
        fields.note(name.unwrap_or(&error.field), error.message);
    }
    let hides_emails = program.views() && state.config.hide_emails_from_viewers;
    if hides_emails && filter.email.is_some() {
        fields.note("email", "is not available: this server hides e-mail addresses from this API token");
    }
    let products = if program.only_product().is_some() { vec![] } else { program.products().to_vec() };
    Ok((query, LicenseFilter { products, without_email: hides_emails, ..filter }))
}
