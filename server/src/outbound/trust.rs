//! The certificates that calls to other servers trust.

use std::sync::Arc;

use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs},
};

/// Returns a TLS client that trusts this machine's certificates. `None` if TLS cannot be set up.
pub(super) fn trust() -> Option<TlsConnector> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "some of this machine's trusted certificates cannot be read");
    }
    let (_, unread) = roots.add_parsable_certificates(found.certs);
    if unread > 0 || roots.is_empty() {
        tracing::warn!(
            trusted = roots.len(),
            unread,
            "only servers with certificates in this machine's store are trusted"
        );
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .inspect_err(|error| tracing::error!(%error, "TLS cannot be set up"))
        .ok()?;
    Some(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}
