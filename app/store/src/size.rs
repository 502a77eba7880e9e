//! Size of the database.

use crate::{Connection, Result, engine::run};

impl Connection<'_> {
    /// Returns the size of the database in bytes, with its indexes and without its log.
    pub async fn database_size(&mut self) -> Result<i64> {
        let sql = match self {
            Self::Sqlite(_) => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            Self::Postgres(_) => "SELECT pg_database_size(current_database())",
        };
        Ok(run!(self, |c| sqlx::query_scalar(sql).fetch_one(&mut **c).await)?)
    }
}
