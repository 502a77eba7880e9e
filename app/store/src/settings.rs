//! Settings that owners change at run time: texts by name.

use chrono::{DateTime, Utc};

use crate::{Connection, Result, Tx, engine::run};

impl Connection<'_> {
    /// Returns a setting; `None` if it was never set.
    pub async fn server_setting(&mut self, name: &str) -> Result<Option<String>> {
        const SQL: &str = "SELECT value FROM server_settings WHERE name = $1";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(name).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts or updates a setting.
    pub async fn put_server_setting(&mut self, name: &str, value: &str, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "INSERT INTO server_settings (name, value, updated_at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
        run!(self.on(), |c| sqlx::query(SQL).bind(name).bind(value).bind(now).execute(c).await.map(drop))?;
        Ok(())
    }
}
