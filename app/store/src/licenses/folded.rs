//! What licenses are searched by: their texts, folded in Rust and kept in columns of their own.

use licensing::fold;
use sqlx::FromRow;
use uuid::Uuid;

use super::License;
use crate::{Connection, Result, Tx, engine::run};

/// What stands before the texts that may be e-mail addresses: no text holds this control character.
pub(super) const ADDRESSES: char = '\u{1F}';

/// The folded columns of a license. Every statement that writes one of their sources writes them too.
#[derive(Debug)]
pub(super) struct Folded {
    /// Customer, address, reference and the end of the code, a line each; those with an `@` behind [`ADDRESSES`], so that a
    /// search can leave them out.
    pub(super) text: String,
    pub(super) customer: Option<Vec<u8>>,
    pub(super) email: Option<Vec<u8>>,
    pub(super) reference: Option<Vec<u8>>,
}

impl Folded {
    pub(super) fn of(license: &License) -> Self {
        let License { customer, email, reference, code_tail, .. } = license;
        Self::new([customer.as_deref(), email.as_deref(), reference.as_deref()], code_tail)
    }

    fn new(texts: [Option<&str>; 3], code_tail: &str) -> Self {
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
    /// Licenses whose texts are not folded yet, the oldest first, at most `most`.
    pub async fn unfolded_licenses(&mut self, most: i64) -> Result<Vec<Unfolded>> {
        const SQL: &str = "SELECT id, customer, email, reference, code_tail FROM licenses \
             WHERE folded IS NULL ORDER BY created_at, id LIMIT $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(most).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Folds the texts of these licenses. One that was written meanwhile stays as it is.
    pub async fn fold_licenses(&mut self, licenses: &[Unfolded]) -> Result<()> {
        const SQL: &str = "UPDATE licenses SET folded = $2, customer_key = $3, email_key = $4, reference_key = $5 \
             WHERE id = $1 AND folded IS NULL";
        // In the order of their ids, in which licenses are locked everywhere.
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
}
