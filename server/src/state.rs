//! Shared state of all handlers.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use service::Service;

use crate::{
    Config,
    oidc::Providers,
    web::{assets, streams::Streams},
};

/// Shared state of all handlers. Cloning it, as each layer does for each request, only increments a counter.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

/// Content of the state.
#[derive(Debug)]
pub struct Shared {
    /// The service, which runs the acts.
    pub service: Service,
    /// The settings.
    pub config: Config,
    /// The identity providers.
    pub(crate) providers: Providers,
    /// Open streams of changes.
    pub(crate) streams: Streams,
    /// Leptos options, with the place of the pages' scripts and styles.
    pub leptos: LeptosOptions,
}

impl AppState {
    /// Creates the state of a server. Without built browser files, pages have no scripts and styles.
    pub fn new(service: Service, config: Config) -> Self {
        let pkg = assets::pkg_dir().unwrap_or_else(|_| "pkg".to_owned());
        let leptos =
            LeptosOptions::builder().output_name("latchkey").site_pkg_dir(pkg).site_addr(config.listen).build();
        service.local_sign_in().know_issuers(config.oidc.iter().map(|provider| provider.issuer.clone()));
        service.devices().set_device_settings(service::DeviceSettings {
            max_offline_age: config.offline_requests,
            placeholders: config.placeholder_fingerprints,
        });
        service.rate_limits().set_api_calls(config.api_calls_per_minute);
        service.webhooks().set_webhook_settings(service::WebhookSettings {
            plain_http: config.webhook_http,
            suspend_after: config.webhook_suspend_after,
        });
        service.licenses().set_expiring_days(config.expiring_days.clone());
        Self(Arc::new(Shared {
            service,
            providers: Providers::new(&config),
            streams: Streams::default(),
            config,
            leptos,
        }))
    }

    /// Fetches the identity providers' documents, so that the first sign-in need not wait.
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
