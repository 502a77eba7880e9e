//! List of licenses, with its filter and search.
//!
//! A search must be fast whether it finds everything or nothing. It first scans the newest licenses, which fills a page
//! with a very common text, and only then queries the indexes, each for its kind of text. No index query returns more
//! than a fixed number of licenses. If there are more, the text is common enough that a longer scan fills a page with the
//! newest ones, unless it is common among old licenses only.

use chrono::{DateTime, Utc};
use licensing::fold;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    LicenseRow,
    filter::{LicenseFilter, after_place, narrow, narrow_by_devices},
    folded::ADDRESSES,
    order::List,
    select,
};
use crate::{
    Connection, Page, Paging, Result,
    desk::padded,
    engine::run,
    search::{Trigrams, has_trigram, like, rarest},
};

/// Number of the newest licenses that are scanned for a text. One match in twenty fills a page.
const SCANNED: i64 = 1_000;
/// The same where the index of trigrams may miss matches: it has none for a short text, and on SQLite it does not know
/// the filter, so its matches may be licenses that the filter excludes.
const SCANNED_WITH_LESS_INDEX: i64 = 5_000;
/// The same for a text with more matches than an index returns. One match in four hundred fills a page.
const SCANNED_FOR_COMMON: i64 = 20_000;
/// Maximum number of results of an index.
const MOST_FOUND: i64 = 5_000;
/// Number of the newest licenses in the sample that shows which trigrams are rare.
const SAMPLED: i64 = 200;

/// Folded search text, in the forms that the databases need.
#[derive(Debug)]
struct Wanted {
    folded: String,
    /// For `LIKE … ESCAPE '!'`.
    pattern: String,
    /// Smallest key greater than all keys with this prefix; `None` if there is none.
    end: Option<Vec<u8>>,
}

/// Licenses that the indexes found.
#[derive(Debug)]
struct Found {
    /// The ids on the page.
    ids: Vec<Uuid>,
    /// `false` if an index may have more matches than it returned. On PostgreSQL, those returned are not the newest.
    is_complete: bool,
}

impl Wanted {
    fn new(text: &str, without_email: bool) -> Option<Self> {
        let folded = fold(text);
        // Either before the addresses, or anywhere.
        let behind = if without_email { format!("%{ADDRESSES}%") } else { "%".to_owned() };
        let end = folded.as_bytes().iter().rposition(|byte| *byte < u8::MAX).and_then(|last| {
            let mut end = folded.as_bytes().get(..=last)?.to_vec();
            *end.last_mut()? += 1;
            Some(end)
        });
        (!folded.is_empty()).then(|| Self { pattern: format!("%{}{behind}", like(&folded)), folded, end })
    }
}

const fn order(paging: Paging) -> &'static str {
    match paging {
        Paging::First | Paging::After(_) => " ORDER BY l.created_at DESC, l.id DESC LIMIT ",
        Paging::Before(_) => " ORDER BY l.created_at, l.id LIMIT ",
    }
}

impl Connection<'_> {
    /// Returns a page of licenses in the order of the filter, with their seats at `now`. A search is always in the order of
    /// age, newest first.
    ///
    /// A filter that no index supports looks through a limited number of licenses, and reports in `partial` if there are
    /// more.
    pub async fn licenses(
        &mut self,
        filter: &LicenseFilter,
        paging: Paging,
        size: usize,
        now: DateTime<Utc>,
    ) -> Result<Page<LicenseRow>> {
        let most = i64::try_from(size + 1).unwrap_or(i64::MAX);
        let wanted = filter.text.as_deref().and_then(|text| Wanted::new(text, filter.without_email));
        let is_exact = filter.code_hmac.is_some() || filter.fingerprint_hash.is_some();
        let is_search = wanted.is_some() || (is_exact && filter.text.is_none());
        let list = if is_search { List::BY_AGE } else { List::of(filter) };
        let (ids, horizon) = match (&wanted, is_search) {
            (_, false) => self.listed_licenses(filter, list, paging, most, now).await?,
            (None, true) => (self.found_licenses(filter, None, paging, most, now).await?.ids, None),
            (Some(text), true) => (self.searched_licenses(filter, text, paging, most, now).await?, None),
        };
        let mut rows = self.license_rows(&ids, now).await?;
        list.sort(&mut rows, paging);
        Ok(Page::of(rows, size, paging, |row| list.place(&row.license)).stopped_at(horizon, paging))
    }

    /// Counts the licenses that match a filter without a search, up to `most`. `None` if that would take a long search.
    pub async fn count_licenses(
        &mut self,
        filter: &LicenseFilter,
        most: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>> {
        let (ids, horizon) = self.listed_licenses(filter, List::of(filter), Paging::First, most, now).await?;
        let found = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        Ok(horizon.is_none().then_some(found))
    }

    /// Returns the ids of licenses that contain the text, at least those on the page.
    async fn searched_licenses(
        &mut self,
        filter: &LicenseFilter,
        text: &Wanted,
        paging: Paging,
        most: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<Uuid>> {
        let is_full = |ids: &[Uuid]| i64::try_from(ids.len()).is_ok_and(|found| found >= most);
        let has_whole_index = has_trigram(&text.folded) && !filter.needs_whole_licenses();
        let scanned = if has_whole_index { SCANNED } else { SCANNED_WITH_LESS_INDEX };
        let mut young = self.scanned_licenses(filter, text, paging, (scanned, most), now).await?;
        if is_full(&young) {
            return Ok(young);
        }
        // If older licenses match as often, a long scan fills the page.
        let is_common = i64::try_from(young.len()).is_ok_and(|found| found * (SCANNED_FOR_COMMON / scanned) >= most);
        if is_common {
            young = self.scanned_licenses(filter, text, paging, (SCANNED_FOR_COMMON, most), now).await?;
            if is_full(&young) {
                return Ok(young);
            }
        }
        let found = self.found_licenses(filter, Some(text), paging, most, now).await?;
        if !found.is_complete && !is_common {
            let more = self.scanned_licenses(filter, text, paging, (SCANNED_FOR_COMMON, most), now).await?;
            if is_full(&more) {
                return Ok(more);
            }
        }
        let mut ids = [young, found.ids].concat();
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Returns the ids on a page of those of the newest `scanned` licenses that contain the text.
    async fn scanned_licenses(
        &mut self,
        filter: &LicenseFilter,
        text: &Wanted,
        paging: Paging,
        (scanned, most): (i64, i64),
        now: DateTime<Utc>,
    ) -> Result<Vec<Uuid>> {
        Ok(run!(self, |c| {
            // The outer query has no order, so that both databases stop the scan as soon as the page is full.
            let mut sql = QueryBuilder::<Db>::new("SELECT l.id FROM (");
            sql.push("SELECT l.id, l.folded FROM licenses l WHERE 1 = 1");
            narrow!(sql, filter, now);
            after_place!(sql, paging);
            sql.push(order(paging)).push_bind(scanned);
            sql.push(") AS l WHERE l.folded LIKE ").push_bind(text.pattern.clone()).push(" ESCAPE '!'");
            narrow_by_devices!(sql, filter, now);
            sql.push(" LIMIT ").push_bind(most);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?)
    }

    /// Returns folded texts of the newest licenses.
    pub(super) async fn sampled_texts(&mut self) -> Result<Vec<String>> {
        const SQL: &str = "SELECT folded FROM licenses ORDER BY created_at DESC, id DESC LIMIT $1";
        let texts: Vec<Option<String>> =
            run!(self, |c| sqlx::query_scalar(SQL).bind(SAMPLED).fetch_all(&mut **c).await)?;
        Ok(texts.into_iter().flatten().collect())
    }

    /// Returns the ids on a page of the licenses that the indexes find.
    async fn found_licenses(
        &mut self,
        filter: &LicenseFilter,
        text: Option<&Wanted>,
        paging: Paging,
        most: i64,
        now: DateTime<Utc>,
    ) -> Result<Found> {
        let text_with_trigram = text.filter(|text| has_trigram(&text.folded));
        let sample = if text_with_trigram.is_some() { self.sampled_texts().await? } else { vec![] };
        let found: Vec<(Uuid, i64)> = run!(self, |c| {
            const HITS: &str = " UNION SELECT l.id, l.created_at FROM licenses l WHERE ";
            let mut sql =
                QueryBuilder::<Db>::new("WITH l AS MATERIALIZED (SELECT id, created_at FROM licenses WHERE 1 = 0");
            if let Some(hmac) = &filter.code_hmac {
                sql.push(HITS).push("l.code_hmac = ").push_bind(hmac.as_slice());
                narrow!(sql, filter, now);
                after_place!(sql, paging);
            }
            if let Some(hash) = &filter.fingerprint_hash {
                sql.push(HITS).push("l.id IN (SELECT license_id FROM activations WHERE fingerprint_hash = ");
                sql.push_bind(hash.as_slice()).push(")");
                narrow!(sql, filter, now);
                after_place!(sql, paging);
            }
            if let Some(text) = text {
                sql.push(HITS).push("l.code_tail = ").push_bind(text.folded.to_ascii_uppercase());
                narrow!(sql, filter, now);
                after_place!(sql, paging);
                // If addresses are excluded, a match of the address key is found by the other queries, or must not be
                // found.
                let keys =
                    ["reference_key", "customer_key"].into_iter().chain((!filter.without_email).then_some("email_key"));
                for key in keys {
                    sql.push(" UNION SELECT * FROM (SELECT l.id, l.created_at FROM licenses l WHERE l.").push(key);
                    sql.push(" >= ").push_bind(text.folded.clone().into_bytes());
                    if let Some(end) = &text.end {
                        sql.push(" AND l.").push(key).push(" < ").push_bind(end.clone());
                    }
                    sql.push(" AND l.folded LIKE ").push_bind(text.pattern.clone()).push(" ESCAPE '!'");
                    narrow!(sql, filter, now);
                    after_place!(sql, paging);
                    match text_with_trigram {
                        Some(_) => sql.push(" LIMIT ").push(Db::MOST_BEGINNING),
                        None => sql.push(" LIMIT ").push_bind(MOST_FOUND),
                    };
                    sql.push(") AS of_key");
                }
            }
            if let Some(text) = text_with_trigram {
                let trigrams = rarest::<Db>(&text.folded, &sample);
                sql.push(" UNION SELECT * FROM (SELECT l.id, l.created_at FROM ");
                Db::push(&mut sql, &trigrams, &text.pattern, MOST_FOUND, filter.needs_whole_licenses());
                // Concatenation keeps PostgreSQL from looking up the trigrams of the whole text, too.
                sql.push(" AND l.folded || '' LIKE ").push_bind(text.pattern.clone()).push(" ESCAPE '!'");
                narrow!(sql, filter, now);
                after_place!(sql, paging);
                sql.push(" LIMIT ").push_bind(MOST_FOUND).push(") AS of_trigrams");
            }
            sql.push(") SELECT l.id, (SELECT COUNT(*) FROM l) FROM l WHERE 1 = 1");
            narrow_by_devices!(sql, filter, now);
            sql.push(order(paging)).push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        let is_complete = found.first().is_none_or(|(_, matches)| *matches < MOST_FOUND);
        Ok(Found { ids: found.into_iter().map(|(id, _)| id).collect(), is_complete })
    }

    /// Returns the licenses with these ids, in any order.
    pub(super) async fn license_rows(&mut self, ids: &[Uuid], now: DateTime<Utc>) -> Result<Vec<LicenseRow>> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("");
            select!(sql, now);
            sql.push(" WHERE l.id IN (");
            let mut list = sql.separated(", ");
            for id in padded(ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}
