//! What every handler may ask for.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use service::Service;

use crate::{Config, oidc::Providers, site};

/// What every handler may ask for: one count to clone, as each layer does for each request.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

/// What there is in it.
#[derive(Debug)]
pub struct Shared {
    /// The acts.
    pub service: Service,
    /// The settings.
    pub config: Config,
    /// Where people sign in.
    pub(crate) providers: Providers,
    /// Where pages find their script and style.
    pub leptos: LeptosOptions,
}

impl AppState {
    /// The state of a server with these settings. Without a web build its pages come without script and style.
    pub fn new(service: Service, config: Config) -> Self {
        let pkg = site::pkg_dir().unwrap_or_else(|_| "pkg".to_owned());
        let leptos =
            LeptosOptions::builder().output_name("latchkey").site_pkg_dir(pkg).site_addr(config.listen).build();
        service.know_issuers(config.oidc.iter().map(|provider| provider.issuer.clone()));
        service.set_device_settings(service::DeviceSettings {
            longest_way: config.offline_requests,
            placeholders: config.placeholder_fingerprints,
        });
        Self(Arc::new(Shared { service, providers: Providers::new(&config), config, leptos }))
    }

    /// Asks the identity providers for their documents, so that the first sign-in need not wait.
    pub fn begin(&self) -> impl Future<Output = ()> + Send + use<> {
        self.providers.clone().begin()
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<AppState> for Service {
    fn from_ref(state: &AppState) -> Self {
        state.service.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
