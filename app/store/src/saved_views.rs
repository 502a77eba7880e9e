//! Filters of the list of licenses that accounts have saved under a name.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A saved filter.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedView {
    /// Id.
    pub id: Uuid,
    /// Account that saved it, and that alone sees it.
    pub account_id: Uuid,
    /// Name, unique for the account.
    pub name: String,
    /// Filter and order, as text.
    pub query: String,
    /// Time at which it was first saved.
    pub created_at: DateTime<Utc>,
}

impl Connection<'_> {
    /// Returns the views of an account, oldest first.
    pub async fn saved_views(&mut self, account_id: Uuid) -> Result<Vec<SavedView>> {
        const SQL: &str = "SELECT id, account_id, name, query, created_at FROM saved_views WHERE account_id = $1 \
             ORDER BY created_at, id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(account_id).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts a view, or changes the name and the query of the one with its id.
    pub async fn put_saved_view(&mut self, view: &SavedView) -> Result<()> {
        const SQL: &str = "INSERT INTO saved_views (id, account_id, name, query, created_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, query = excluded.query";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(view.id)
            .bind(view.account_id)
            .bind(&view.name)
            .bind(&view.query)
            .bind(view.created_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Deletes a view of an account and returns it; `None` if the account has no such view.
    pub async fn delete_saved_view(&mut self, account_id: Uuid, id: Uuid) -> Result<Option<SavedView>> {
        const SQL: &str = "DELETE FROM saved_views WHERE account_id = $1 AND id = $2 \
             RETURNING id, account_id, name, query, created_at";
        Ok(run!(self.on(), |c| sqlx::query_as(SQL).bind(account_id).bind(id).fetch_optional(&mut *c).await)?)
    }
}
