//! What pages and server functions find in their context.

use std::sync::Arc;

use app::{
    context::{Browser, Visitor},
    form::Submitted,
};
use http::request::Parts;
use leptos::prelude::*;
use service::Service;

/// Gives a page or a server function what it asks for: the acts, who asks and from where, the browser, and a form that was
/// refused. Called once for every request, after Leptos has provided the request's [`Parts`].
pub(crate) fn provide(service: Service) {
    provide_context(service);
    let Some(parts) = use_context::<Parts>() else { return };
    let extensions = &parts.extensions;
    provide_context(extensions.get::<Visitor>().cloned().unwrap_or_default());
    if let Some(browser) = extensions.get::<Arc<dyn Browser>>() {
        provide_context(Arc::clone(browser));
    }
    if let Some(submitted) = extensions.get::<Submitted>() {
        provide_context(submitted.clone());
    }
}
