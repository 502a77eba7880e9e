//! The newest rows of the audit log and of the decisions, by which pages notice that something has changed.

use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Connection, Result, engine::run};

impl Connection<'_> {
    /// Returns the id of the newest event, of this license if there is one.
    pub async fn newest_event(&mut self, license: Option<Uuid>) -> Result<Option<Uuid>> {
        self.newest("events", license).await
    }

    /// Returns the id of the newest decision, of this license if there is one.
    pub async fn newest_decision(&mut self, license: Option<Uuid>) -> Result<Option<Uuid>> {
        self.newest("decisions", license).await
    }

    async fn newest(&mut self, table: &'static str, license: Option<Uuid>) -> Result<Option<Uuid>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT id FROM ");
            sql.push(table);
            if let Some(id) = license {
                sql.push(" WHERE license_id = ").push_bind(id);
            }
            sql.push(" ORDER BY id DESC LIMIT 1");
            sql.build_query_scalar().fetch_optional(&mut **c).await
        })?)
    }
}
