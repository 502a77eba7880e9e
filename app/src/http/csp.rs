//! The Content-Security-Policy of every page.

use http::{HeaderValue, header::CONTENT_SECURITY_POLICY};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;

use crate::http::context::SignInProviders;

/// Sends the policy with the current page, with the nonce that its scripts carry.
pub(crate) fn send() {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else { return };
    if let Ok(policy) =
        HeaderValue::from_str(&policy(&nonce, &use_context::<SignInProviders>().unwrap_or_default().origins))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Identity providers are allowed as form targets, since signing out redirects to them.
fn policy(nonce: &str, issuers: &[String]) -> String {
    let issuers: String = issuers.iter().map(|origin| format!(" {origin}")).collect();
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'{issuers}; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'"
    )
}
