//! What a batch was answered.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::pieces;
use crate::{Result, Tx, engine::run};

/// A recorded decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// Its id.
    pub id: Uuid,
    /// The license.
    pub license_id: Uuid,
    /// The activation that it granted.
    pub activation_id: Option<Uuid>,
    /// `granted`, or the refusal's code.
    pub outcome: &'static str,
    /// The rule that decided.
    pub rule: &'static str,
    /// When.
    pub at: DateTime<Utc>,
    /// From which network address.
    pub address: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
}

impl Tx {
    /// Records decisions.
    pub async fn insert_decisions(&mut self, decisions: &[DecisionRow]) -> Result<()> {
        for piece in pieces(decisions) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new(
                    "INSERT INTO decisions (id, license_id, activation_id, outcome, rule, at, address, request_id) ",
                );
                sql.push_values(piece, |mut row, d| {
                    row.push_bind(d.id)
                        .push_bind(d.license_id)
                        .push_bind(d.activation_id)
                        .push_bind(d.outcome)
                        .push_bind(d.rule)
                        .push_bind(d.at)
                        .push_bind(&d.address)
                        .push_bind(&d.request_id);
                });
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }
}
