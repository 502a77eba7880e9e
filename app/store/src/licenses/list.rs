//! List of licenses, with its filter and search.
//!
//! A search must be fast whether it finds everything or nothing. It first scans the newest licenses, which fills a page
//! with a very common text, and only then queries the indexes, each for its kind of text. No index query returns more
//! than a fixed number of licenses. If there are more, the text is common enough that a longer scan fills a page with the
//! newest ones, unless it is common among old licenses only.

use chrono::{DateTime, Utc};
use licensing::{fold, license::State};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{LicenseRow, folded::ADDRESSES, select};
use crate::{
    Connection, Cursor, Page, Paging, Result,
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

/// Filter for licenses. `text`, `code_hmac` and `fingerprint_hash` are alternatives; the other parts narrow the list.
#[derive(Clone, Debug, Default)]
pub struct LicenseFilter {
    /// Licenses whose customer, e-mail address, reference or code's last characters contain this text, both folded
    /// ([`licensing::fold()`]).
    pub text: Option<String>,
    /// `true` to exclude e-mail addresses from the search, for accounts that may not see them and could otherwise guess
    /// one letter by letter.
    pub without_email: bool,
    /// Or the license with exactly this code.
    pub code_hmac: Option<[u8; 32]>,
    /// Or the licenses with a device of exactly this fingerprint.
    pub fingerprint_hash: Option<[u8; 32]>,
    /// Only licenses of this product.
    pub product_id: Option<Uuid>,
    /// Only licenses under this policy.
    pub policy_id: Option<Uuid>,
    /// Only licenses in this state.
    pub state: Option<State>,
}

impl LicenseFilter {
    /// Returns `true` if the filter has a part that only the license itself answers, not the search index.
    fn needs_whole_licenses(&self) -> bool {
        self.product_id.is_some() || self.policy_id.is_some() || self.state.is_some()
    }
}

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

/// Narrows a query of licenses `l` that has a `WHERE` to the filter and the page.
macro_rules! narrow {
    ($sql:ident, $filter:expr, $paging:expr) => {
        if let Some(id) = $filter.product_id {
            $sql.push(" AND l.product_id = ").push_bind(id);
        }
        if let Some(id) = $filter.policy_id {
            $sql.push(" AND l.policy_id = ").push_bind(id);
        }
        if let Some(state) = $filter.state {
            $sql.push(" AND l.state = ").push_bind(state.name());
            if state != State::Active {
                // The partial indexes on other states have exactly this condition.
                $sql.push(" AND l.state <> 'active'");
            }
        }
        let place = match $paging {
            Paging::First => None,
            Paging::After(place) => Some((place, "<")),
            Paging::Before(place) => Some((place, ">")),
        };
        if let Some((place, side)) = place {
            $sql.push(" AND (l.created_at, l.id) ").push(side).push(" (").push_bind(place.at);
            $sql.push(", ").push_bind(place.id).push(")");
        }
    };
}

const fn order(paging: Paging) -> &'static str {
    match paging {
        Paging::First | Paging::After(_) => " ORDER BY l.created_at DESC, l.id DESC LIMIT ",
        Paging::Before(_) => " ORDER BY l.created_at, l.id LIMIT ",
    }
}

impl Connection<'_> {
    /// Returns a page of licenses, newest first, with their seats at `now`.
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
        let ids = match (&wanted, is_search) {
            (_, false) => self.listed_licenses(filter, paging, most).await?,
            (None, true) => self.found_licenses(filter, None, paging, most).await?.ids,
            (Some(text), true) => self.searched_licenses(filter, text, paging, most).await?,
        };
        let rows = self.license_rows(&ids, paging, now).await?;
        Ok(Page::of(rows, size, paging, |row| Cursor { at: row.license.created_at, id: row.license.id }))
    }

    /// Returns the ids on a page of a list without a search.
    async fn listed_licenses(&mut self, filter: &LicenseFilter, paging: Paging, most: i64) -> Result<Vec<Uuid>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT l.id FROM licenses l WHERE 1 = 1");
            narrow!(sql, filter, paging);
            sql.push(order(paging)).push_bind(most);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the ids of licenses that contain the text, at least those on the page.
    async fn searched_licenses(
        &mut self,
        filter: &LicenseFilter,
        text: &Wanted,
        paging: Paging,
        most: i64,
    ) -> Result<Vec<Uuid>> {
        let is_full = |ids: &[Uuid]| i64::try_from(ids.len()).is_ok_and(|found| found >= most);
        let has_whole_index = has_trigram(&text.folded) && !filter.needs_whole_licenses();
        let scanned = if has_whole_index { SCANNED } else { SCANNED_WITH_LESS_INDEX };
        let mut young = self.scanned_licenses(filter, text, paging, scanned, most).await?;
        if is_full(&young) {
            return Ok(young);
        }
        // If older licenses match as often, a long scan fills the page.
        let is_common = i64::try_from(young.len()).is_ok_and(|found| found * (SCANNED_FOR_COMMON / scanned) >= most);
        if is_common {
            young = self.scanned_licenses(filter, text, paging, SCANNED_FOR_COMMON, most).await?;
            if is_full(&young) {
                return Ok(young);
            }
        }
        let found = self.found_licenses(filter, Some(text), paging, most).await?;
        if !found.is_complete && !is_common {
            let more = self.scanned_licenses(filter, text, paging, SCANNED_FOR_COMMON, most).await?;
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
        scanned: i64,
        most: i64,
    ) -> Result<Vec<Uuid>> {
        Ok(run!(self, |c| {
            // The outer query has no order, so that both databases stop the scan as soon as the page is full.
            let mut sql = QueryBuilder::<Db>::new("SELECT l.id FROM (");
            sql.push("SELECT l.id, l.folded FROM licenses l WHERE 1 = 1");
            narrow!(sql, filter, paging);
            sql.push(order(paging)).push_bind(scanned);
            sql.push(") AS l WHERE l.folded LIKE ").push_bind(text.pattern.clone()).push(" ESCAPE '!' LIMIT ");
            sql.push_bind(most);
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
    ) -> Result<Found> {
        let text_with_trigram = text.filter(|text| has_trigram(&text.folded));
        let sample = if text_with_trigram.is_some() { self.sampled_texts().await? } else { vec![] };
        let found: Vec<(Uuid, i64)> = run!(self, |c| {
            const HITS: &str = " UNION SELECT l.id, l.created_at FROM licenses l WHERE ";
            let mut sql =
                QueryBuilder::<Db>::new("WITH l AS MATERIALIZED (SELECT id, created_at FROM licenses WHERE 1 = 0");
            if let Some(hmac) = &filter.code_hmac {
                sql.push(HITS).push("l.code_hmac = ").push_bind(hmac.as_slice());
                narrow!(sql, filter, paging);
            }
            if let Some(hash) = &filter.fingerprint_hash {
                sql.push(HITS).push("l.id IN (SELECT license_id FROM activations WHERE fingerprint_hash = ");
                sql.push_bind(hash.as_slice()).push(")");
                narrow!(sql, filter, paging);
            }
            if let Some(text) = text {
                sql.push(HITS).push("l.code_tail = ").push_bind(text.folded.to_ascii_uppercase());
                narrow!(sql, filter, paging);
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
                    narrow!(sql, filter, paging);
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
                narrow!(sql, filter, paging);
                sql.push(" LIMIT ").push_bind(MOST_FOUND).push(") AS of_trigrams");
            }
            sql.push(") SELECT l.id, (SELECT COUNT(*) FROM l) FROM l").push(order(paging)).push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        let is_complete = found.first().is_none_or(|(_, matches)| *matches < MOST_FOUND);
        Ok(Found { ids: found.into_iter().map(|(id, _)| id).collect(), is_complete })
    }

    /// Returns the licenses with these ids, in the order of the page.
    pub(super) async fn license_rows(
        &mut self,
        ids: &[Uuid],
        paging: Paging,
        now: DateTime<Utc>,
    ) -> Result<Vec<LicenseRow>> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        let mut rows: Vec<LicenseRow> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("");
            select!(sql, now);
            sql.push(" WHERE l.id IN (");
            let mut list = sql.separated(", ");
            for id in padded(ids) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        rows.sort_unstable_by_key(|row| (row.license.created_at, row.license.id));
        if !matches!(paging, Paging::Before(_)) {
            rows.reverse();
        }
        Ok(rows)
    }
}
