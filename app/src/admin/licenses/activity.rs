//! The activity of a license in one list: its events, and the refused requests of its devices, which have no events.

use service::store::{
    Connection, Cursor, Page, Paging,
    decisions::{DecisionFilter, Outcome},
    events::{EventActors, EventFilter},
};
use uuid::Uuid;

use crate::{
    Error,
    admin::{
        audit::{EventLine, folded},
        decisions::DecisionLine,
        paging::PageLinks,
    },
};

/// Number of entries per page, before routine events are folded.
const IN_SIGHT: usize = 50;

/// A page of the activity, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// The part of it that the page shows.
    pub part: Part,
    /// The entries on this page.
    pub entries: Vec<Entry>,
    /// The keys of the previous and the next page.
    pub page_links: PageLinks,
}

/// An entry of the activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An event.
    Event(EventLine),
    /// A decision.
    Decision(DecisionLine),
}

/// A part of the activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// All events, and the refused requests.
    #[default]
    Everything,
    /// The requests of devices, granted and refused.
    Decisions,
    /// Acts of people and programs.
    Changes,
}

impl Part {
    /// Every part, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Everything, Self::Decisions, Self::Changes];

    /// The label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Everything => "Everything",
            Self::Decisions => "Decisions",
            Self::Changes => "Changes",
        }
    }

    /// The value in the address; empty for the default.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Everything => "",
            Self::Decisions => "decisions",
            Self::Changes => "changes",
        }
    }

    /// The part with this key; the default for an unknown one.
    pub fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|part| part.key() == key).unwrap_or_default()
    }
}

impl Activity {
    /// Reads a page of the activity of a license.
    pub(super) async fn read(
        on: &mut Connection<'_>,
        license: Uuid,
        part: Part,
        paging: Paging,
    ) -> Result<Self, Error> {
        let decided = |outcome| DecisionFilter { license_id: Some(license), outcome, ..DecisionFilter::default() };
        let done = |by| EventFilter { license_id: Some(license), by, ..EventFilter::default() };
        // One more than is shown of each kind, which tells whether there is another page.
        let size = IN_SIGHT + 1;
        let (decisions, events) = match part {
            Part::Everything => {
                let refused = on.decisions(&decided(Some(Outcome::Refused)), paging, size).await?;
                (refused.rows, on.events(&done(None), paging, size).await?.rows)
            }
            Part::Decisions => (on.decisions(&decided(None), paging, size).await?.rows, Vec::new()),
            Part::Changes => (Vec::new(), on.events(&done(Some(EventActors::Others)), paging, size).await?.rows),
        };
        let decisions = decisions.into_iter().map(|row| (row.at, row.id, Entry::Decision(row.into())));
        let events = events.into_iter().map(|row| (row.at, row.id, Entry::Event(row.into())));
        let mut rows: Vec<_> = decisions.chain(events).collect();
        // Both kinds of ids are UUIDv7, so they are in the order of time.
        rows.sort_unstable_by_key(|(_, id, _)| *id);
        if !matches!(paging, Paging::Before(_)) {
            rows.reverse();
        }
        let page = Page::of(rows, IN_SIGHT, paging, |(at, id, _)| Cursor { at: *at, id: *id });
        let page_links = PageLinks::of(&page);
        let entries = folded(page.rows.into_iter().map(|(.., entry)| entry), |entry| match entry {
            Entry::Event(line) => Some(line),
            Entry::Decision(_) => None,
        });
        Ok(Self { part, entries, page_links })
    }
}
