//! Leptos context of reads, acts and pages.

use std::sync::Arc;

use app::{
    admin::data::Retention,
    form::Submitted,
    http::context::{Browser, FormPage, ProviderLink, SignInNotice, SignInProviders, Visitor},
};
use http::request::Parts;
use leptos::prelude::*;

use crate::{AppState, config::IdentityProvider};

/// Provides the context of a page or act: the permissions, the service, the visitor, the browser, and a refused form.
/// Called once per request, after Leptos has provided the request's [`Parts`].
pub(crate) fn provide(state: &AppState) {
    app::admin::provide_table();
    provide_context(state.service.clone());
    provide_context(sign_in_providers(state));
    let config = &state.config;
    provide_context(Retention {
        decisions: config.decisions,
        device_events: config.device_events,
        webhooks: config.webhooks,
    });
    let Some(parts) = use_context::<Parts>() else { return };
    let extensions = &parts.extensions;
    provide_context(extensions.get::<Visitor>().cloned().unwrap_or_default());
    if let Some(browser) = extensions.get::<Arc<dyn Browser>>() {
        provide_context(Arc::clone(browser));
    }
    if let Some(notice) = extensions.get::<SignInNotice>() {
        provide_context(notice.clone());
    }
    if let Some(page) = extensions.get::<FormPage>() {
        provide_context(page.clone());
    }
    if let Some(submitted) = extensions.get::<Submitted>() {
        provide_context(submitted.clone());
    }
}

fn sign_in_providers(state: &AppState) -> SignInProviders {
    let providers = &state.config.oidc;
    SignInProviders {
        others: providers
            .iter()
            .map(|one| ProviderLink { id: one.id.clone(), name: one.name.clone(), issuer: one.issuer.clone() })
            .collect(),
        origins: providers.iter().flat_map(IdentityProvider::origins).collect(),
    }
}
