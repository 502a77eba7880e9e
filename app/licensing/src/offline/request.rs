//! Activation request of a device without a network.

use chrono::{DateTime, Utc};

use super::members::{Members, nonce, product};
use crate::{ActivationCode, Email, Fingerprint, Invalid, Span, Version, activation::Request};

/// Activation request of a device without a network, without its signature. The members are those of `POST
/// /api/v1/activations/jwt`, and three of RFC 7519:
///
/// | member | holds |
/// |---|---|
/// | `aud` | the product's code |
/// | `jti` | the nonce |
/// | `iat` | when it was made, in seconds since 1970, by the device's clock |
/// | `activationCode` | the code, which makes the request as secret as the code; omitted if the vendor's staff choose the license |
/// | `fingerprint` | the text that identifies the device |
/// | `email`, `requestedLeaseDuration`, `targetSoftwareVersion`, `deviceName`, `platform` | as in that call |
#[derive(Clone, Debug)]
pub struct OfflineRequest {
    /// Code of the product.
    pub product: String,
    /// Nonce that distinguishes this request from every other of the device.
    pub nonce: String,
    /// Time at which it was made, by the device's clock.
    pub made_at: DateTime<Utc>,
    /// Activation code that the customer typed; `None` if the vendor's staff choose the license.
    pub code: Option<ActivationCode>,
    /// Fingerprint of the device.
    pub fingerprint: Fingerprint,
    /// Values that the rules check.
    pub request: Request,
    /// Name of the device.
    pub device_name: Option<String>,
    /// Platform of the device.
    pub platform: Option<String>,
}

impl OfflineRequest {
    /// Reads the members.
    ///
    /// # Errors
    /// Returns every invalid member.
    pub fn read(mut members: Members) -> Result<Self, Invalid> {
        let product = members.required("aud", product);
        let nonce = members.required("jti", nonce);
        let made_at = members.moment("iat");
        let code = members.optional("activationCode", ActivationCode::read);
        let fingerprint = members.required("fingerprint", Fingerprint::read);
        let request = Request {
            email: members.optional("email", Email::read),
            lease: members.text_or_number("requestedLeaseDuration", Span::read),
            version: members.optional("targetSoftwareVersion", Version::read),
            ..Request::default()
        };
        let [device_name, platform] = members.hints();
        let made = (|| {
            let (product, nonce, made_at, fingerprint) = (product?, nonce?, made_at?, fingerprint?);
            Some(Self { product, nonce, made_at, code, fingerprint, request, device_name, platform })
        })();
        members.finish(made)
    }
}
