//! The username of a form that asks for a password.

use leptos::prelude::*;

/// Tells password managers whose password the form is about, in a field that nobody sees and that is not sent. Browsers
/// complain in the console about password fields without one.
#[component]
pub fn UsernameField(
    /// The address that the person signs in with.
    #[prop(into)]
    email: String,
) -> impl IntoView {
    view! { <input type="email" autocomplete="username" value=email hidden=true readonly=true /> }
}
