//! Tags of licenses.

use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    Connection, Result, Tx,
    desk::{padded, pieces},
    engine::run,
};

impl Connection<'_> {
    /// Returns the tags of a license, in alphabetical order.
    pub async fn tags(&mut self, license_id: Uuid) -> Result<Vec<String>> {
        const SQL: &str = "SELECT tag FROM license_tags WHERE license_id = $1";
        let mut tags: Vec<String> = run!(self, |c| sqlx::query_scalar(SQL).bind(license_id).fetch_all(&mut **c).await)?;
        tags.sort_unstable();
        Ok(tags)
    }

    /// Returns the tags of these licenses, as pairs of a license and a tag, in alphabetical order of the tags.
    pub async fn tags_of(&mut self, licenses: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
        if licenses.is_empty() {
            return Ok(vec![]);
        }
        let mut tags: Vec<(Uuid, String)> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT license_id, tag FROM license_tags WHERE license_id IN (");
            let mut list = sql.separated(", ");
            for id in padded(licenses) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        tags.sort_unstable_by(|a, b| a.1.cmp(&b.1));
        Ok(tags)
    }

    /// Returns at most `most` of the tags in use, in alphabetical order. Skips from tag to tag in the index, so the number
    /// of licenses does not matter.
    pub async fn tags_in_use(&mut self, most: i64) -> Result<Vec<String>> {
        const SQL: &str = "WITH RECURSIVE t(tag) AS (SELECT MIN(tag) FROM license_tags UNION ALL \
             SELECT (SELECT MIN(n.tag) FROM license_tags n WHERE n.tag > t.tag) FROM t WHERE t.tag IS NOT NULL) \
             SELECT tag FROM t WHERE tag IS NOT NULL LIMIT $1";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(most).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Adds tags to licenses. Does nothing for a tag that the license has.
    pub async fn add_tags(&mut self, tags: &[(Uuid, String)]) -> Result<()> {
        for piece in pieces(tags) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO license_tags (license_id, tag) ");
                sql.push_values(piece, |mut row, (id, tag)| {
                    row.push_bind(*id).push_bind(tag);
                });
                sql.push(" ON CONFLICT (license_id, tag) DO NOTHING");
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Removes a tag from a license, if it has it.
    pub async fn remove_tag(&mut self, license_id: Uuid, tag: &str) -> Result<()> {
        const SQL: &str = "DELETE FROM license_tags WHERE license_id = $1 AND tag = $2";
        run!(self.on(), |c| sqlx::query(SQL).bind(license_id).bind(tag).execute(c).await.map(drop))?;
        Ok(())
    }
}
