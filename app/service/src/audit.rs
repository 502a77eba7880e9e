//! Events: every change writes its record to the audit log in the same transaction.

use chrono::{DateTime, Utc};
use licensing::{EventKind, SubjectKind};
use serde::Serialize;
use serde_json::{Map, Value};
use store::{Tx, events::Event};
use uuid::Uuid;

use crate::{Actor, Clock, Error, Result};

/// The object of an act.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) kind: SubjectKind,
    pub(crate) id: Option<Uuid>,
    pub(crate) name: String,
    /// The license in whose history the event appears.
    pub(crate) license_id: Option<Uuid>,
}

impl Subject {
    pub(crate) fn new(kind: SubjectKind, id: Uuid, name: impl Into<String>) -> Self {
        Self { kind, id: Some(id), name: name.into(), license_id: None }
    }

    pub(crate) fn of_license(mut self, license_id: Uuid) -> Self {
        self.license_id = Some(license_id);
        self
    }
}

/// An event that is being built.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    actor: &'a Actor,
    kind: EventKind,
    subject: Subject,
    /// State before and after, or the error of serializing it.
    change: Result<(Option<Value>, Option<Value>), serde_json::Error>,
    reason: Option<String>,
}

impl<'a> Record<'a> {
    pub(crate) fn new(actor: &'a Actor, kind: EventKind, subject: Subject) -> Self {
        Self { actor, kind, subject, change: Ok((None, None)), reason: None }
    }

    /// Records the state of a new subject.
    pub(crate) fn made(mut self, after: &impl Serialize) -> Self {
        self.change = serde_json::to_value(after).map(|after| (None, Some(after)));
        self
    }

    /// Records the members that differ between `before` and `after`.
    pub(crate) fn changed(mut self, before: &impl Serialize, after: &impl Serialize) -> Self {
        self.change = differences(before, after);
        self
    }

    pub(crate) fn because(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    /// Writes the event, after [confirming](Actor::confirm) the actor. An act that changes its actor's own account must
    /// write that change after this call.
    ///
    /// # Errors
    /// `Forbidden` if the actor has lost the permission that admitted it.
    pub(crate) async fn write(self, tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
        Self::write_all([self], tx, now).await
    }

    /// Writes several events with as few statements as possible. All must have the same actor, which is
    /// [confirmed](Actor::confirm) once.
    ///
    /// # Errors
    /// As for [`write`](Self::write).
    pub(crate) async fn write_all(
        records: impl IntoIterator<Item = Self>,
        tx: &mut Tx,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let records: Vec<Self> = records.into_iter().collect();
        let actor = records.first().map(|first| first.actor);
        if let Some(actor) = actor {
            actor.confirm(tx).await?;
        }
        let events = records.into_iter().map(|record| record.into_event(now)).collect::<Result<Vec<_>>>()?;
        tx.insert_events(&events).await?;
        if let (Some(once), Some(event)) = (actor.and_then(|actor| actor.once), events.last()) {
            once.keep(tx, event, now).await?;
        }
        Ok(())
    }

    /// Builds the event without writing it. The caller confirms the actor.
    pub(crate) fn into_event(self, now: DateTime<Utc>) -> Result<Event> {
        let (before, after) = self.change.map_err(Error::defect)?;
        Ok(Event {
            id: Clock::id_at(now),
            at: now,
            actor_kind: self.actor.kind.name().to_owned(),
            actor_id: self.actor.kind.id(),
            actor_name: self.actor.name.clone(),
            kind: self.kind.name().to_owned(),
            subject_kind: self.subject.kind.name().to_owned(),
            subject_id: self.subject.id,
            subject_name: self.subject.name,
            license_id: self.subject.license_id,
            before,
            after,
            reason: self.reason,
            address: self.actor.origin.address.clone(),
            request_id: self.actor.origin.request_id.clone(),
        })
    }
}

fn differences(
    before: &impl Serialize,
    after: &impl Serialize,
) -> Result<(Option<Value>, Option<Value>), serde_json::Error> {
    let (mut before, mut after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    if let (Value::Object(old), Value::Object(new)) = (&mut before, &mut after) {
        keep_differences(old, new);
    }
    Ok((Some(before), Some(after)))
}

fn keep_differences(old: &mut Map<String, Value>, new: &mut Map<String, Value>) {
    let same: Vec<String> = old.iter().filter(|(k, v)| new.get(*k) == Some(v)).map(|(k, _)| k.clone()).collect();
    for key in same.iter().map(String::as_str).chain(["updated_at", "revision"]) {
        old.remove(key);
        new.remove(key);
    }
}
