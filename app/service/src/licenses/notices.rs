//! Notices about the ends of licenses, for webhooks.
//!
//! Once a minute, the index on ends finds the licenses for which a notice has become due since the last round, so a round
//! reads few rows however many licenses there are. Acts that move an end send the notice that follows from the move. Each
//! notice has a row, and only the transaction that inserts the row writes the event.
//!
//! The first round of a database sends nothing: a database that gets this feature later, or whose first subscription is
//! created later, says nothing about licenses that ended long ago.

use chrono::{DateTime, Utc};
use licensing::{
    Span, SubjectKind,
    license::{State, ends_at},
    terms::Validity,
    webhook::{Notice, days_left, notice_between},
};
use serde_json::json;
use store::{
    Tx,
    webhooks::{EndingLicense, NoticeRow},
};
use uuid::Uuid;

use crate::{
    Actor, Licenses, Result, Trust,
    audit::{Record, Subject},
    licenses::change::name_of,
    retry::retried,
};

/// Maximum number of licenses in one transaction.
const PART: i64 = 100;
/// Time before the last round that is looked at again, since acts that moved an end may have committed after that round.
/// Longer than a transaction takes.
const AGAIN: Span = Span::minutes(1);

/// A notice that has become due.
struct Due {
    license: Uuid,
    notice: Notice,
    end: DateTime<Utc>,
}

impl Licenses {
    /// Sets the days before the end of a license at which notices are sent.
    pub fn set_expiring_days(&self, days: Vec<u32>) {
        self.expiring.set(days);
    }

    /// Sends the notices that have become due since the last round, of any instance. Must be called once a minute. Sends
    /// none while the clock is not trusted. Returns the number sent.
    ///
    /// # Errors
    /// `Unavailable`; some may have been sent then, and the next round sends the others.
    pub async fn send_notices(&self) -> Result<usize> {
        if self.clock.trust() != Trust::Good {
            return Ok(0);
        }
        let now = self.clock.now();
        let mark = self.store.read().await?.on().notice_mark().await?;
        let mut sent = 0;
        // A mark in the future is that of a clock that was wrong.
        if let Some(since) = mark.filter(|mark| *mark <= now).map(|mark| AGAIN.before(mark)) {
            for notice in Notice::all(&self.expiring.get()) {
                if self.store.is_wanted(notice.event()) {
                    sent += self.send_notices_between(notice.lead(), (since, now)).await?;
                }
            }
        }
        let mut tx = self.store.begin().await?;
        tx.set_notice_mark(now).await?;
        tx.commit().await?;
        Ok(sent)
    }

    /// Sends notices of the licenses whose end came this near between two times.
    async fn send_notices_between(&self, lead: Span, (since, now): (DateTime<Utc>, DateTime<Utc>)) -> Result<usize> {
        // Ends are compared in whole seconds.
        let (mut place, until) =
            ((lead.after(Span::seconds(1).before(since)), Uuid::nil()), lead.after(Span::seconds(1).after(now)));
        let mut sent = 0;
        loop {
            let part = self.store.read().await?.on().licenses_ending_after(place, until, PART).await?;
            let Some(last) = part.last() else { return Ok(sent) };
            place = *last;
            let mut ids: Vec<Uuid> = part.iter().map(|(_, id)| *id).collect();
            ids.sort_unstable();
            sent += self.send_some_notices(&ids, since).await?;
        }
    }

    /// Sends the notices of these licenses that have become due since this time, in one transaction.
    async fn send_some_notices(&self, ids: &[Uuid], since: DateTime<Utc>) -> Result<usize> {
        let days = self.expiring.get();
        retried(|| async {
            let mut tx = self.store.begin().await?;
            tx.lock_licenses(ids).await?;
            let now = self.clock.synchronized(&mut tx.on()).await?;
            let licenses = tx.on().ending_licenses(ids).await?;
            let due: Vec<Due> = licenses.iter().filter_map(|license| due(license, (since, now), &days)).collect();
            let sent = self.write_notices(&mut tx, (&licenses, due), now).await?;
            tx.commit().await?;
            Ok(sent)
        })
        .await
    }

    /// Sends the notice that follows from moving the end of a license, which the transaction has locked. None if it moves
    /// away.
    pub(super) async fn notice_move(
        &self,
        tx: &mut Tx,
        license: Uuid,
        (old, new): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        now: DateTime<Utc>,
    ) -> Result<()> {
        let due = notice_between((old, now), (new, now), &self.expiring.get()).zip(new);
        let Some((notice, end)) = due.filter(|(notice, _)| self.store.is_wanted(notice.event())) else {
            return Ok(());
        };
        let licenses = tx.on().ending_licenses(&[license]).await?;
        self.write_notices(tx, (&licenses, vec![Due { license, notice, end }]), now).await.map(drop)
    }

    /// Writes the notices that a subscription wants and that were not sent before. Returns their number.
    async fn write_notices(
        &self,
        tx: &mut Tx,
        (licenses, due): (&[EndingLicense], Vec<Due>),
        now: DateTime<Utc>,
    ) -> Result<usize> {
        if self.clock.trust() != Trust::Good {
            return Ok(0);
        }
        let server = Actor::server();
        let mut records = vec![];
        for Due { license, notice, end } in due {
            let found = licenses.iter().find(|row| row.id == license && row.state != State::Revoked);
            let Some(row) = found.filter(|_| self.store.is_wanted(notice.event())) else { continue };
            let sent = NoticeRow { license_id: license, kind: notice.name(), ends_at: end };
            if !tx.insert_notice(&sent).await? {
                continue;
            }
            let name = name_of(row.customer.as_deref(), row.email.as_deref(), &row.code_tail);
            let subject = Subject::new(SubjectKind::License, license, name).of_license(license);
            let about = match notice {
                Notice::Expiring(_) => json!({ "ends_at": end, "days_left": days_left(end, now) }),
                Notice::Expired => json!({ "ends_at": end }),
            };
            records.push(Record::new(&server, notice.event(), subject).made(&about));
        }
        let sent = records.len();
        Record::write_all(records, tx, now).await?;
        Ok(sent)
    }
}

/// Returns the notice of a license that has become due since this time, by its exact end. None for a time before the
/// license had this end: one for seven days does not end in seven days when it begins.
fn due(license: &EndingLicense, (since, now): (DateTime<Utc>, DateTime<Utc>), days: &[u32]) -> Option<Due> {
    let validity = license.policy_terms.with(&license.overrides).validity;
    let end = ends_at(validity, license.issued_at, license.first_activated_at);
    let started = license.first_activated_at.filter(|_| matches!(validity, Validity::FromFirstActivation(_)));
    let begun = started.unwrap_or(license.created_at).min(now);
    let notice = notice_between((end, since.max(begun)), (end, now), days)?;
    Some(Due { license: license.id, notice, end: end? })
}
