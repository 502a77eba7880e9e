//! Profile of the vendor that runs this server, as shown in licenses and on pages.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Connection, Result, Tx, engine::run};

/// Profile of the vendor: a single row, once the owner has set the server up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Provider {
    /// Name that customers know.
    pub name: String,
    /// E-mail address for customers.
    pub email: Option<String>,
    /// Website.
    pub url: Option<String>,
    /// One line about the service.
    pub description: Option<String>,
    /// Copyright line.
    pub copyright: Option<String>,
    /// Legal notice.
    pub legal_notice: Option<String>,
}

impl Connection<'_> {
    /// Returns the vendor's profile; `None` until the server is set up.
    pub async fn provider(&mut self) -> Result<Option<Provider>> {
        const SQL: &str = "SELECT name, email, url, description, copyright, legal_notice FROM provider WHERE id = 1";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts or updates the vendor's profile.
    pub async fn put_provider(&mut self, provider: &Provider, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "INSERT INTO provider (id, name, email, url, description, copyright, legal_notice, updated_at) \
             VALUES (1, $1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, url = excluded.url, \
             description = excluded.description, copyright = excluded.copyright, \
             legal_notice = excluded.legal_notice, updated_at = excluded.updated_at";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(&provider.name)
            .bind(&provider.email)
            .bind(&provider.url)
            .bind(&provider.description)
            .bind(&provider.copyright)
            .bind(&provider.legal_notice)
            .bind(now)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }
}
