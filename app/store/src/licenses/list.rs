//! The list of licenses: what narrows it, and what is looked for in it.
//!
//! A search must be quick whether it finds everything or nothing. So it first looks through the youngest licenses, which
//! fills a page of whatever is common, and only then asks the indexes, each for the kind of text that it knows. No index is
//! asked for more than a fixed number of licenses, since a name may be common among old licenses alone.

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

/// The youngest licenses that are looked through for a text, one in a hundred of which fills a page; and the most that one
/// index gives.
const LOOKED_THROUGH: i64 = 5_000;

/// Which licenses are wanted. `text`, `code_hmac` and `fingerprint_hash` are alternatives; the rest narrows.
#[derive(Clone, Debug, Default)]
pub struct LicenseFilter {
    /// Where customer, e-mail, reference or the code's end holds this text, both folded ([`licensing::fold()`]).
    pub text: Option<String>,
    /// Whether the search leaves out e-mail addresses: for somebody from whom they are hidden, and who could otherwise
    /// find one out letter by letter.
    pub without_email: bool,
    /// Or the license with exactly this code.
    pub code_hmac: Option<[u8; 32]>,
    /// Or a license with a device of exactly this fingerprint.
    pub fingerprint_hash: Option<[u8; 32]>,
    /// Only of this product.
    pub product_id: Option<Uuid>,
    /// Only under this policy.
    pub policy_id: Option<Uuid>,
    /// Only in this state.
    pub state: Option<State>,
}

/// The folded text that is looked for, in the forms that the databases want.
#[derive(Debug)]
struct Wanted {
    folded: String,
    /// For `LIKE … ESCAPE '!'`.
    pattern: String,
    /// The first key that does not begin with the text; `None` where every larger key does.
    end: Option<Vec<u8>>,
}

impl Wanted {
    fn new(text: &str, without_email: bool) -> Option<Self> {
        let folded = fold(text);
        // Before the addresses, or anywhere.
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
                // In these words, for the indexes of the few.
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
    /// A page of licenses, youngest first, with their seats at `now`.
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

    /// The ids on a page of a list in which nothing is looked for.
    async fn listed_licenses(&mut self, filter: &LicenseFilter, paging: Paging, most: i64) -> Result<Vec<Uuid>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT l.id FROM licenses l WHERE 1 = 1");
            narrow!(sql, filter, paging);
            sql.push(order(paging)).push_bind(most);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?)
    }

    /// The ids on a page of those among the youngest licenses that hold the text.
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

    /// The ids on a page of what the indexes find, and of those `among_the_young`: all that hold the text there.
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
                // Where addresses are left out, what their keys find is found by the others, or not at all.
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

    /// The licenses of these ids, in the order of the page.
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
