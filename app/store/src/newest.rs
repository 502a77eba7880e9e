//! The newest rows of the audit log and of the decisions, by which pages notice that something has changed.

use uuid::Uuid;

use crate::{Connection, Result, engine::run};

impl Connection<'_> {
    /// Returns the id of the newest event.
    pub async fn newest_event(&mut self) -> Result<Option<Uuid>> {
        const SQL: &str = "SELECT id FROM events ORDER BY id DESC LIMIT 1";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_optional(&mut **c).await)?)
    }

    /// Returns the id of the newest decision.
    pub async fn newest_decision(&mut self) -> Result<Option<Uuid>> {
        const SQL: &str = "SELECT id FROM decisions ORDER BY id DESC LIMIT 1";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_optional(&mut **c).await)?)
    }

    /// Returns the ids of the newest event and of the newest refusal of a license. A grant is an event, and only refusals have an
    /// index by license.
    pub async fn newest_of_license(&mut self, license: Uuid) -> Result<(Option<Uuid>, Option<Uuid>)> {
        const EVENT: &str = "SELECT id FROM events WHERE license_id = $1 ORDER BY id DESC LIMIT 1";
        const REFUSAL: &str = "SELECT id FROM decisions WHERE license_id = $1 AND outcome <> 'granted' \
             ORDER BY id DESC LIMIT 1";
        let event = run!(self, |c| sqlx::query_scalar(EVENT).bind(license).fetch_optional(&mut **c).await)?;
        let refusal = run!(self, |c| sqlx::query_scalar(REFUSAL).bind(license).fetch_optional(&mut **c).await)?;
        Ok((event, refusal))
    }
}
