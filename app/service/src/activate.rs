//! Activating: from a device's request to a signed token.

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
    calls::Once,
    decisions::{blank, masked, purpose_name},
    offline::Presented,
};

/// What a device asks for.
#[derive(Clone, Debug)]
pub struct Activation {
    /// The code that the customer typed.
    pub code: ActivationCode,
    /// The device.
    pub fingerprint: Fingerprint,
    /// What else the rules look at.
    pub request: Request,
    /// The device's name, at most 80 characters; only helps support.
    pub device_name: Option<String>,
    /// Its platform, at most 80 characters; only helps support.
    pub platform: Option<String>,
    /// Where the request came from.
    pub origin: Origin,
}

/// A request at the desk.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) door: Door,
    /// Absent where a session asks: its fingerprint is on record.
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) fingerprint_hash: [u8; 32],
    pub(crate) request: Request,
    /// The end of the code, where one was typed.
    pub(crate) code_tail: Option<String>,
    pub(crate) device_name: Option<String>,
    pub(crate) platform: Option<String>,
    pub(crate) origin: Origin,
    /// What a device has signed that is never online, where it came so.
    pub(crate) paper: Option<Box<Presented>>,
    /// Where it comes under a key.
    pub(crate) once: Option<Once>,
}

/// What a request comes in with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Door {
    /// A code, by what it is found by.
    Code([u8; 32]),
    /// A license that staff chose.
    License(Uuid),
    /// A session that has proved itself.
    Session { license: Uuid, session: Uuid },
}

impl Door {
    /// Whether both surely lead to the same license.
    pub(crate) fn is_of_same_license(&self, other: &Self) -> bool {
        let license = |door: &Self| match door {
            Self::License(license) | Self::Session { license, .. } => Some(*license),
            Self::Code(_) => None,
        };
        match (self, other) {
            (Self::Code(one), Self::Code(another)) => one == another,
            _ => license(self).is_some() && license(self) == license(other),
        }
    }
}

/// What a request asks, in one form however it was written: what a key is bound to.
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

/// An activation that was granted and is on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activated {
    /// The activation's id.
    pub session_id: Uuid,
    /// The decision that granted it.
    pub decision: Uuid,
    /// The license.
    pub license_id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when the device is confirmed.
    pub lease_ends_at: DateTime<Utc>,
    /// Until when its token is good.
    pub token_expires_at: DateTime<Utc>,
    /// When the license stops; `None` for never, and for one that keeps running after its end.
    pub license_ends_at: Option<DateTime<Utc>>,
    /// From when newer versions of the software are not covered.
    pub maintained_until: Option<DateTime<Utc>>,
    /// Whether its lease began with this request, rather than with the one that is repeated.
    pub extended: bool,
    /// From when a floating seat should check in; `None` for fixed seats.
    pub next_check_in_after: Option<DateTime<Utc>>,
    /// The place of its session in a status list.
    pub place: Option<StatusIndex>,
    /// The terms and values it runs under.
    pub snapshot: Snapshot,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: [u8; 32],
    /// The product's code.
    pub product_code: String,
    /// The product's name.
    pub product_name: String,
    /// How its token is signed.
    pub algorithm: Algorithm,
    /// The id of its token, where every repeat of the call has the same.
    pub token_id: Option<Uuid>,
}

impl Service {
    /// Activates a license on a device, or confirms that it is: the same device gets the same seat and a fresh token. When
    /// this returns `Ok`, the activation is on disk.
    ///
    /// # Errors
    /// `Refused` where the rules say no; `Unavailable` where the database is away or full, or too many are waiting. Asking
    /// again is always right: should the connection have broken in the middle of the commit, the device finds its seat.
    pub async fn activate(&self, activation: Activation) -> Result<(Activated, String)> {
        self.activate_once(activation, None).await
    }

    /// The same under a key: once, however often it is called. A repeat gives the same claims.
    ///
    /// # Errors
    /// As for [`activate`](Self::activate), and `Call`.
    pub async fn activate_once(&self, activation: Activation, key: Option<&CallKey>) -> Result<(Activated, String)> {
        // A slip of the pen: nobody was ever given this code, so there is nothing to look up.
        let activation = Activation { code: self.code_meant(activation.code).await?, ..activation };
        if activation.code.origin() == code::Origin::Mistyped {
            return Err(self.mistyped(&activation));
        }
        let hmac = self.0.vault.code_hmac(&activation.code);
        let fingerprint = activation.fingerprint.clone();
        let ask = self.at_the_desk(activation);
        self.check_fingerprint(&fingerprint, &ask.door).await?;
        let call = self.begin_call(key, &hmac, &ask.body())?;
        let once = call.as_ref().map(|(once, _)| *once);
        let granted = self.0.desk.ask(Ask { once, ..ask }).await?;
        let token = self.sign(&granted).await?;
        Ok((granted, token))
    }

    /// The same without a token, where nobody waits for one: for devices of demonstrations and load tests.
    ///
    /// # Errors
    /// As for [`activate`](Self::activate).
    pub async fn activate_unsigned(&self, activation: Activation) -> Result<Activated> {
        self.0.desk.ask(self.at_the_desk(activation)).await
    }

    /// The request as the desk takes it.
    pub(crate) fn at_the_desk(&self, activation: Activation) -> Ask {
        let Activation { code, fingerprint, request, device_name, platform, origin } = activation;
        Ask {
            door: Door::Code(self.0.vault.code_hmac(&code)),
            fingerprint_hash: fingerprint.digest(),
            fingerprint: Some(fingerprint),
            request,
            code_tail: Some(code.tail()),
            device_name,
            platform,
            origin,
            paper: None,
            once: None,
        }
    }

    /// Refuses a code that cannot be one and of whose device nothing more is kept.
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

    /// Refuses a code that cannot be one.
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
