//! What every handler may ask for.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use service::Service;

use crate::{Config, site};

/// What every handler may ask for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The acts.
    pub service: Service,
    /// The settings.
    pub config: Arc<Config>,
    /// Where pages find their script and style.
    pub leptos: LeptosOptions,
}

impl AppState {
    /// The state of a server with these settings. Without a web build its pages come without script and style.
    pub fn new(service: Service, config: Config) -> Self {
        let pkg = site::pkg_dir().unwrap_or_else(|_| "pkg".to_owned());
        let leptos =
            LeptosOptions::builder().output_name("latchkey").site_pkg_dir(pkg).site_addr(config.listen).build();
        Self { service, config: Arc::new(config), leptos }
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
