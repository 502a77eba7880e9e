//! Dry runs: deciding a request without any effect.

use chrono::{DateTime, Utc};
use licensing::{
    Overrides, Terms,
    activation::{self, Grant, Refused, explain},
};
use store::{SeatCounts, Store, decisions::DecisionRow};
use uuid::Uuid;

use super::{
    batch::{Keys, hash_of},
    state::BatchState,
};
use crate::{
    Clock, Declined,
    activation::{decisions::Traced, desk::request::DeskRequest},
};

/// The result of a dry run.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// Time of the decision.
    pub at: DateTime<Utc>,
    /// Outcome.
    pub result: Result<Grant, Refused>,
    /// Verdict and facts of each rule, in the order of the rules.
    pub steps: Vec<Traced>,
    /// Seats in use and total seats, if seats are limited and the rules got as far as counting them.
    pub seats: Option<(u32, u32)>,
}

/// Decides on the current facts as of `at`, under `terms` if given. For a refusal, also returns the row that would be
/// written.
pub(crate) async fn simulate(
    store: &Store,
    request: &DeskRequest,
    terms: Option<&Terms>,
    at: DateTime<Utc>,
) -> store::Result<(Simulation, Option<(Declined, DecisionRow)>)> {
    let keys = Keys::of(std::iter::once(request));
    let mut reading = store.read().await?;
    let mut on = reading.on();
    let mut licenses = on.desk_licenses(keys.licenses()).await?;
    if let Some(terms) = terms {
        for license in &mut licenses {
            license.policy_terms = terms.clone();
            license.overrides = Overrides::default();
        }
    }
    let blocks = on.desk_blocks(&keys.fingerprints).await?;
    let mut state = BatchState::load(&mut on, (licenses, blocks), &keys, at).await?;
    // As on the read desk, requests that are refused regardless of seats do not wait until seats are counted.
    let mut result = state.decide(request, at);
    let mut seats = None;
    if result.is_ok() {
        state.count_seats(&mut on, std::slice::from_ref(request), &SeatCounts::default(), at).await?;
        result = state.decide(request, at);
        let limited = state.license(request).and_then(|known| Some((known.row.id, known.facts.terms.allowed()?)));
        if let Some((id, allowed)) = limited {
            seats = Some((used(on.held_seats(&[id], at).await?.first().map(|held| held.used)), allowed));
        }
    }
    let counted = seats.is_some();
    let steps = match counted || result.is_ok() {
        true => explain(state.facts(request), &request.input, at),
        false => activation::Kept::of(state.facts(request), false, &request.input, at).explain(at),
    };
    let refused = result.as_ref().err().map(|refused| {
        let declined = Declined::new(Clock::id_at(at), refused.clone());
        let row = state.see(request, counted, at).refused(&declined, request, at);
        (declined, row)
    });
    Ok((Simulation { at, result, steps: steps.into_iter().map(Traced::from).collect(), seats }, refused))
}

fn used(held: Option<i64>) -> u32 {
    u32::try_from(held.unwrap_or_default()).unwrap_or(u32::MAX)
}

/// The HMAC of the code of the license with this id.
pub(crate) async fn code_of(store: &Store, license: Uuid) -> store::Result<Option<[u8; 32]>> {
    let found = store.read().await?.on().license_with_terms(license).await?;
    found.map(|row| hash_of("licenses", "code_hmac", &row.license.code_hmac, license)).transpose()
}
