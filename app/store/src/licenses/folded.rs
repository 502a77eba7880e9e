//! Search columns of licenses: their texts, folded in Rust and stored separately.

use licensing::fold;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// Separates the other texts from those that may be e-mail addresses. No text contains this control character.
pub(super) const ADDRESSES: char = '\u{1F}';

/// Folded columns of a license. Every statement that writes one of their sources writes them too.
#[derive(Debug)]
pub(super) struct Folded {
    /// Customer, e-mail address, reference and last characters of the code, one per line; those with an `@` after
    /// [`ADDRESSES`], so that a search can exclude them.
    pub(super) text: String,
    pub(super) customer: Option<Vec<u8>>,
    pub(super) email: Option<Vec<u8>>,
    pub(super) reference: Option<Vec<u8>>,
}

impl Folded {
    pub(super) fn new(texts: [Option<&str>; 3], code_tail: &str) -> Self {
        let [customer, email, reference] = texts.map(|text| text.map(fold));
        let lines = [customer.clone(), email.clone(), reference.clone(), Some(fold(code_tail))];
        let (addresses, others): (Vec<_>, Vec<_>) = lines.into_iter().flatten().partition(|line| line.contains('@'));
        let text = format!("{}{ADDRESSES}{}", others.join("\n"), addresses.join("\n"));
        let [customer, email, reference] = [customer, email, reference].map(|key| key.map(String::into_bytes));
        Self { text, customer, email, reference }
    }
}

/// A license that was written by a version of the server without folded columns.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Unfolded {
    id: Uuid,
    customer: Option<String>,
    email: Option<String>,
    reference: Option<String>,
    code_tail: String,
}

impl Connection<'_> {
    /// Returns at most `most` licenses whose texts are not folded yet, oldest first.
    pub async fn unfolded_licenses(&mut self, most: i64) -> Result<Vec<Unfolded>> {
        const SQL: &str = "SELECT id, customer, email, reference, code_tail FROM licenses \
             WHERE folded IS NULL ORDER BY created_at, id LIMIT $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(most).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Folds the texts of these licenses. A license that was written in the meantime is not changed.
    pub async fn fold_licenses(&mut self, licenses: &[Unfolded]) -> Result<()> {
        const SQL: &str = "UPDATE licenses SET folded = $2, customer_key = $3, email_key = $4, reference_key = $5 \
             WHERE id = $1 AND folded IS NULL";
        // In the order of ids, as everywhere that locks licenses.
        let mut licenses: Vec<_> = licenses.iter().collect();
        licenses.sort_unstable_by_key(|license| license.id);
        for license in licenses {
            let Unfolded { id, customer, email, reference, code_tail } = license;
            let folded = Folded::new([customer.as_deref(), email.as_deref(), reference.as_deref()], code_tail);
            run!(self.on(), |c| sqlx::query(SQL)
                .bind(id)
                .bind(folded.text)
                .bind(folded.customer)
                .bind(folded.email)
                .bind(folded.reference)
                .execute(c)
                .await
                .map(drop))?;
        }
        Ok(())
    }

    /// Drops PostgreSQL's index until the database is opened the next time, before many licenses are written: keeping it
    /// costs several times as much as creating it afterwards. Until then, searches work as without the extension.
    /// SQLite's index stays.
    pub async fn drop_search_index(&mut self) -> Result<()> {
        if let Connection::Postgres(c) = self.on() {
            sqlx::query("DROP INDEX IF EXISTS licenses_by_trigram").execute(c).await?;
        }
        Ok(())
    }
}
