//! A row of the outbox.

use sqlx::FromRow;
use uuid::Uuid;

use crate::insert::columns;

/// Events of one transaction.
#[derive(FromRow)]
pub(crate) struct OutboxRow {
    pub(super) event_id: Uuid,
    /// Ids of its other events, one after the other.
    more: Option<Vec<u8>>,
}

impl OutboxRow {
    /// The row of these events; `None` if there are none.
    pub(crate) fn of(events: &[Uuid]) -> Option<Self> {
        let (first, others) = events.split_first()?;
        let more: Vec<u8> = others.iter().flat_map(|id| id.into_bytes()).collect();
        Some(Self { event_id: *first, more: Some(more).filter(|more| !more.is_empty()) })
    }

    /// The events.
    pub(super) fn events(&self) -> impl Iterator<Item = Uuid> {
        let (others, _) = self.more.as_deref().unwrap_or_default().as_chunks();
        std::iter::once(self.event_id).chain(others.iter().map(|id| Uuid::from_bytes(*id)))
    }
}

columns!(OutboxRow, "outbox", |row| { event_id: row.event_id, more: row.more.as_deref() });
