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
    /// Revision, raised by every change that users make; starts at 1.
    #[serde(skip)]
    pub revision: i64,
}

impl Connection<'_> {
    /// Returns the vendor's profile; `None` until the server is set up.
    pub async fn provider(&mut self) -> Result<Option<Provider>> {
        const SQL: &str =
            "SELECT name, email, url, description, copyright, legal_notice, revision FROM provider WHERE id = 1";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Returns the vendor's profile, locked until the transaction ends. Every change to it starts here.
    pub async fn lock_provider(&mut self) -> Result<Option<Provider>> {
        if let Connection::Postgres(c) = self.on() {
            sqlx::query("SELECT id FROM provider WHERE id = 1 FOR NO KEY UPDATE").execute(c).await?;
        }
        self.on().provider().await
    }

    /// Inserts or updates the vendor's profile.
    pub async fn put_provider(&mut self, provider: &Provider, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "INSERT INTO provider \
             (id, name, email, url, description, copyright, legal_notice, updated_at, revision) \
             VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, url = excluded.url, \
             description = excluded.description, copyright = excluded.copyright, \
             legal_notice = excluded.legal_notice, updated_at = excluded.updated_at, revision = excluded.revision";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(&provider.name)
            .bind(&provider.email)
            .bind(&provider.url)
            .bind(&provider.description)
            .bind(&provider.copyright)
            .bind(&provider.legal_notice)
            .bind(now)
            .bind(provider.revision)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }
}
