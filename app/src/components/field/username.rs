//! The hidden username field of forms with a password.

use leptos::prelude::*;

/// Tells password managers which account the form's password belongs to. The field is hidden and not submitted. Without
/// it, browsers log a console warning about password fields.
#[component]
pub fn UsernameField(
    /// The e-mail address that the person signs in with.
    #[prop(into)]
    email: String,
) -> impl IntoView {
    view! { <input type="email" autocomplete="username" value=email hidden=true readonly=true /> }
}
