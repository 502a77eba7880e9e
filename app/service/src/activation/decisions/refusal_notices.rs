//! Events of refusals, for webhooks: at most one an hour for each license and reason.

use std::collections::HashSet;

use licensing::{EventKind, Span, SubjectKind, activation::Purpose};
use serde_json::json;
use store::{Tx, decisions::DecisionRow, events::Event};
use uuid::Uuid;

use super::row::purpose_name;
use crate::{Actor, Clock, licenses::change::called};

/// Time after a notice for which there is no other about the same license and reason.
const QUIET: Span = Span::hours(1);

/// Writes the events of these refusals. Only refusals of devices that want to run under a known license have one.
pub(super) async fn write(tx: &mut Tx, rows: &[DecisionRow]) -> store::Result<()> {
    let mut seen: HashSet<(Uuid, &str)> = HashSet::new();
    let mut events = vec![];
    let purposes = [Purpose::Activate, Purpose::Renew, Purpose::CheckIn].map(purpose_name);
    for row in rows.iter().filter(|row| purposes.contains(&row.purpose.as_str())) {
        let Some(license) = row.license_id.filter(|id| seen.insert((*id, &row.outcome))) else { continue };
        if tx.insert_refusal_notice(license, &row.outcome, (row.at, QUIET.before(row.at))).await?
            && let Some(found) = tx.on().license_with_terms(license).await?
        {
            events.push(event(row, license, called(&found.license)));
        }
    }
    tx.insert_events(&events).await
}

fn event(row: &DecisionRow, license: Uuid, name: String) -> Event {
    let server = Actor::server();
    let after = json!({ "refusal": row.outcome, "rule": row.rule, "purpose": row.purpose, "decision": row.id,
        "device": row.device_name });
    Event {
        id: Clock::id_at(row.at),
        at: row.at,
        actor_kind: server.kind.name().to_owned(),
        actor_id: None,
        actor_name: server.name,
        kind: EventKind::ActivationRefused.name().to_owned(),
        subject_kind: SubjectKind::License.name().to_owned(),
        subject_id: Some(license),
        subject_name: name,
        license_id: Some(license),
        before: None,
        after: Some(after),
        reason: None,
        address: row.address.clone(),
        request_id: row.request_id.clone(),
    }
}
