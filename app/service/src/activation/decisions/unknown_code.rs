//! Recording refusals of codes that were never issued.

use licensing::{
    ActivationCode,
    activation::{Facts, Kept, Purpose, Refused, Request, Rule},
    refusal::Refusal,
};
use store::decisions::{DecisionFacts, DecisionRow};

use super::{Decisions, blank, masked, purpose_name};
use crate::{Clock, Declined, Error, Origin, activation::desk::request::Activation};

impl Decisions {
    /// Refuses a mistyped code of a request that names no device. The recorded decision keeps only the end of the code.
    pub(crate) fn refuse_mistyped(&self, code: &ActivationCode, origin: &Origin) -> Error {
        let now = self.clock.now();
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

    /// Refuses an activation with a mistyped code. The recorded decision keeps the device too.
    pub(crate) fn refuse_activation(&self, activation: &Activation) -> Error {
        let now = self.clock.now();
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
