//! Activating a device: from its request to a signed token.

use chrono::{DateTime, Utc};
use licensing::{
    ActivationCode, Email, Fingerprint, Span,
    activation::{Facts, Kept, Purpose, Refused, Request, Rule, Snapshot},
    code,
    product::Algorithm,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use store::{
    decisions::{DecisionFacts, DecisionRow},
    status::StatusIndex,
};
use uuid::Uuid;

use crate::{
    CallKey, Clock, Declined, Error, Origin, Result, Service,
    activation::{
        decisions::{blank, masked, purpose_name},
        idempotency::Once,
    },
    offline::Presented,
};

/// A device's activation request.
#[derive(Clone, Debug)]
pub struct Activation {
    /// Activation code that the customer typed.
    pub code: ActivationCode,
    /// Fingerprint of the device.
    pub fingerprint: Fingerprint,
    /// Input for the rules.
    pub request: Request,
    /// Device name, at most 80 characters; only helps support.
    pub device_name: Option<String>,
    /// Platform, at most 80 characters; only helps support.
    pub platform: Option<String>,
    /// Source of the request.
    pub origin: Origin,
}

/// A request to the activation desk.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) credential: Credential,
    /// `None` for a request of a session, whose fingerprint is on record.
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) fingerprint_hash: [u8; 32],
    pub(crate) request: Request,
    /// The end of the code, if one was typed.
    pub(crate) code_tail: Option<String>,
    pub(crate) device_name: Option<String>,
    pub(crate) platform: Option<String>,
    pub(crate) origin: Origin,
    /// The offline request, for a device without a network.
    pub(crate) file: Option<Box<Presented>>,
    /// Present if the call has an idempotency key.
    pub(crate) once: Option<Once>,
}

/// The credential of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Credential {
    /// The HMAC of a code.
    Code([u8; 32]),
    /// A license that staff chose.
    License(Uuid),
    /// A session that has authenticated with its token.
    Session { license: Uuid, session: Uuid },
}

impl Credential {
    /// Returns `true` if both are certain to lead to the same license.
    pub(crate) fn is_of_same_license(&self, other: &Self) -> bool {
        let license = |credential: &Self| match credential {
            Self::License(license) | Self::Session { license, .. } => Some(*license),
            Self::Code(_) => None,
        };
        match (self, other) {
            (Self::Code(one), Self::Code(another)) => one == another,
            _ => license(self).is_some() && license(self) == license(other),
        }
    }
}

/// A request's content in canonical form, which an idempotency key is bound to.
#[derive(Debug, Serialize)]
pub(crate) struct Body<'a> {
    fingerprint_hash: &'a [u8; 32],
    email: Option<&'a str>,
    person: Option<(&'a str, &'a str)>,
    lease: Option<Span>,
    version: Option<String>,
    device_name: Option<&'a str>,
    platform: Option<&'a str>,
}

impl Ask {
    pub(crate) fn body(&self) -> Body<'_> {
        let Request { purpose: _, email, person, lease, version } = &self.request;
        Body {
            fingerprint_hash: &self.fingerprint_hash,
            email: email.as_ref().map(Email::as_str),
            person: person.as_ref().map(|person| (person.issuer.as_str(), person.subject.as_str())),
            lease: *lease,
            version: version.as_ref().map(ToString::to_string),
            device_name: self.device_name.as_deref(),
            platform: self.platform.as_deref(),
        }
    }
}

/// A granted activation that is committed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activated {
    /// Id of the activation.
    pub session_id: Uuid,
    /// Id of the decision that granted it.
    pub decision: Uuid,
    /// Id of the license.
    pub license_id: Uuid,
    /// Time of the decision.
    pub at: DateTime<Utc>,
    /// End of the lease.
    pub lease_ends_at: DateTime<Utc>,
    /// Expiry of the token.
    pub token_expires_at: DateTime<Utc>,
    /// End of the license; `None` if it has none, or keeps running after it.
    pub license_ends_at: Option<DateTime<Utc>>,
    /// Time from which new versions of the software are not covered.
    pub maintained_until: Option<DateTime<Utc>>,
    /// `true` if the lease begins with this request; `false` if the recorded lease is repeated.
    pub extended: bool,
    /// Time from which a floating seat should check in; `None` for fixed seats.
    pub next_check_in_after: Option<DateTime<Utc>>,
    /// Place of the session in a status list.
    pub place: Option<StatusIndex>,
    /// Terms and feature values that apply.
    pub snapshot: Snapshot,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: [u8; 32],
    /// Code of the product.
    pub product_code: String,
    /// Name of the product.
    pub product_name: String,
    /// Algorithm that signs the token.
    pub algorithm: Algorithm,
    /// Id of the token, if every repeat of the call must return the same one.
    pub token_id: Option<Uuid>,
}

impl Service {
    /// Activates a license on a device, or confirms an existing activation: the same device keeps its seat and gets a
    /// new token. When this returns `Ok`, the activation is committed.
    ///
    /// # Errors
    /// `Refused` if the rules refuse the device; `Unavailable` if the database is unavailable or full, or too many
    /// requests are waiting. Repeating the request is always safe: if the connection broke during the commit, the
    /// device finds its seat.
    pub async fn activate(&self, activation: Activation) -> Result<(Activated, String)> {
        self.activate_once(activation, None).await
    }

    /// Like [`activate`](Self::activate), but done only once per key. A repeat returns the same claims.
    ///
    /// # Errors
    /// As for [`activate`](Self::activate), and `Call`.
    pub async fn activate_once(&self, activation: Activation, key: Option<&CallKey>) -> Result<(Activated, String)> {
        // The check symbol is wrong, so this code was never issued and needs no look-up.
        let activation = Activation { code: self.licenses().code_meant(activation.code).await?, ..activation };
        if activation.code.origin() == code::Origin::Mistyped {
            return Err(self.mistyped(&activation));
        }
        let hmac = self.0.vault.code_hmac(&activation.code);
        let fingerprint = activation.fingerprint.clone();
        let ask = self.at_the_desk(activation);
        self.check_fingerprint(&fingerprint, &ask.credential).await?;
        let call = self.begin_call(key, &hmac, &ask.body())?;
        let once = call.as_ref().map(|(once, _)| *once);
        let granted = self.0.desk.ask(Ask { once, ..ask }).await?;
        let token = self.keys().sign(&granted).await?;
        Ok((granted, token))
    }

    /// Like [`activate`](Self::activate), without a token: for devices of demonstrations and load tests.
    ///
    /// # Errors
    /// As for [`activate`](Self::activate).
    pub async fn activate_unsigned(&self, activation: Activation) -> Result<Activated> {
        self.0.desk.ask(self.at_the_desk(activation)).await
    }

    /// Converts the request into one for the desk.
    pub(crate) fn at_the_desk(&self, activation: Activation) -> Ask {
        let Activation { code, fingerprint, request, device_name, platform, origin } = activation;
        Ask {
            credential: Credential::Code(self.0.vault.code_hmac(&code)),
            fingerprint_hash: fingerprint.digest(),
            fingerprint: Some(fingerprint),
            request,
            code_tail: Some(code.tail()),
            device_name,
            platform,
            origin,
            file: None,
            once: None,
        }
    }

    /// Refuses a mistyped code; the recorded decision keeps only the end of the code.
    pub(crate) fn unknown_code(&self, code: &ActivationCode, origin: &Origin) -> Error {
        let now = self.clock().now();
        let refused = Refused { rule: Rule::CodeKnown, refusal: Refusal::CodeNotFound { ended: false } };
        let declined = Declined::new(Clock::id_at(now), refused);
        let saw = Kept::of(Facts::default(), false, &Request::default(), now);
        let facts = DecisionFacts {
            refusal: Some(declined.refusal.clone()),
            saw: Some(Box::new(saw)),
            ..DecisionFacts::default()
        };
        let row = blank(&declined, purpose_name(Purpose::Activate), origin, now);
        self.keep_refusal(DecisionRow { code_tail: Some(code.tail()), facts: Some(facts), ..row }, now);
        Error::declined(declined, origin)
    }

    /// Refuses a mistyped code; the recorded decision keeps the device too.
    pub(crate) fn mistyped(&self, activation: &Activation) -> Error {
        let now = self.clock().now();
        let refused = Refused { rule: Rule::CodeKnown, refusal: Refusal::CodeNotFound { ended: false } };
        let declined = Declined::new(Clock::id_at(now), refused);
        let Activation { code, fingerprint, request, device_name, platform, origin } = activation;
        let saw = Kept::of(Facts::default(), false, request, now);
        let row = blank(&declined, purpose_name(Purpose::Activate), origin, now);
        let facts =
            row.facts.map(|facts| DecisionFacts { saw: Some(Box::new(saw)), platform: platform.clone(), ..facts });
        let row = DecisionRow {
            code_tail: Some(code.tail()),
            email: masked(request.email.as_ref()),
            device_name: device_name.clone(),
            fingerprint_hash: Some(fingerprint.digest().to_vec()),
            facts,
            ..row
        };
        self.keep_refusal(row, now);
        Error::declined(declined, origin)
    }
}
