//! The HTTP status of a page.

use leptos::prelude::*;

/// Sets the status of the current page.
pub(crate) fn set_status(status: u16) {
    if let (Some(response), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(status))
    {
        response.set_status(status);
    }
}
