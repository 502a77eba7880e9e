//! List of licenses, with its filter and search.
//!
//! A search must be fast whether it finds everything or nothing. It first scans the newest licenses, which fills a page
//! with any common text, and only then queries the indexes, each for its kind of text. No index query returns more than
//! a fixed number of licenses, since a name may be common among old licenses only.

use chrono::{DateTime, Utc};
use licensing::{fold, license::State};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{LicenseRow, folded::ADDRESSES, select};
use crate::{
    Connection, Cursor, Page, Paging, Result,
    desk::padded,
    engine::run,
    events::like,
    search::{Trigrams, has_trigram},
};

/// Number of the newest licenses that are scanned for a text, of which one in a hundred fills a page; also the maximum
/// number of results of an index.
const LOOKED_THROUGH: i64 = 5_000;

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

/// Folded search text, in the forms that the databases need.
#[derive(Debug)]
struct Wanted {
    folded: String,
    /// For `LIKE … ESCAPE '!'`.
    pattern: String,
    /// Smallest key greater than all keys with this prefix; `None` if there is none.
    end: Option<Vec<u8>>,
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
            (None, true) => self.found_licenses(filter, None, &[], paging, most).await?,
            (Some(text), true) => {
                let common = self.common_licenses(filter, text, paging, most).await?;
                match common.len() > size {
                    true => common,
                    false => self.found_licenses(filter, Some(text), &common, paging, most).await?,
                }
            }
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

    /// Returns the ids on a page of the newest licenses that contain the text.
    async fn common_licenses(
        &mut self,
        filter: &LicenseFilter,
        text: &Wanted,
        paging: Paging,
        most: i64,
    ) -> Result<Vec<Uuid>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("WITH l AS MATERIALIZED (");
            sql.push("SELECT l.id, l.created_at, l.folded FROM licenses l WHERE 1 = 1");
            narrow!(sql, filter, paging);
            sql.push(order(paging)).push_bind(LOOKED_THROUGH);
            sql.push(") SELECT l.id FROM l WHERE l.folded LIKE ").push_bind(text.pattern.clone()).push(" ESCAPE '!'");
            sql.push(order(paging)).push_bind(most);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the ids on a page of the licenses that the indexes find, and of those `among_the_young`, which are all
    /// matches there.
    async fn found_licenses(
        &mut self,
        filter: &LicenseFilter,
        text: Option<&Wanted>,
        among_the_young: &[Uuid],
        paging: Paging,
        most: i64,
    ) -> Result<Vec<Uuid>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("WITH hits AS MATERIALIZED (SELECT id FROM licenses WHERE 1 = 0");
            if let Some(hmac) = &filter.code_hmac {
                sql.push(" UNION SELECT id FROM licenses WHERE code_hmac = ").push_bind(hmac.as_slice());
            }
            if let Some(hash) = &filter.fingerprint_hash {
                sql.push(" UNION SELECT license_id FROM activations WHERE fingerprint_hash = ");
                sql.push_bind(hash.as_slice());
            }
            if !among_the_young.is_empty() {
                sql.push(" UNION SELECT id FROM licenses WHERE id IN (");
                let mut list = sql.separated(", ");
                for id in padded(among_the_young) {
                    list.push_bind(*id);
                }
                sql.push(")");
            }
            if let Some(text) = text {
                let tail = text.folded.to_ascii_uppercase();
                sql.push(" UNION SELECT id FROM licenses WHERE code_tail = ").push_bind(tail);
                // If addresses are excluded, a match of the address key is found by the other queries, or must not be
                // found.
                let keys =
                    ["reference_key", "customer_key"].into_iter().chain((!filter.without_email).then_some("email_key"));
                for key in keys {
                    sql.push(" UNION SELECT id FROM (SELECT id FROM licenses WHERE ").push(key).push(" >= ");
                    sql.push_bind(text.folded.clone().into_bytes());
                    if let Some(end) = &text.end {
                        sql.push(" AND ").push(key).push(" < ").push_bind(end.clone());
                    }
                    sql.push(" AND folded LIKE ").push_bind(text.pattern.clone()).push(" ESCAPE '!' LIMIT ");
                    sql.push_bind(LOOKED_THROUGH).push(") AS of_key");
                }
                if has_trigram(&text.folded) {
                    sql.push(" UNION ");
                    Db::push(&mut sql, &text.folded, &text.pattern, LOOKED_THROUGH);
                }
            }
            sql.push(") SELECT l.id FROM hits h CROSS JOIN licenses l WHERE l.id = h.id");
            narrow!(sql, filter, paging);
            sql.push(order(paging)).push_bind(most);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the licenses with these ids, in the order of the page.
    async fn license_rows(&mut self, ids: &[Uuid], paging: Paging, now: DateTime<Utc>) -> Result<Vec<LicenseRow>> {
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
