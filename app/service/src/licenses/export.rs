//! Exports of licenses, as CSV and as JSON Lines.

use chrono::{DateTime, SecondsFormat, Utc};
use licensing::{
    EventKind, SubjectKind,
    feature::FeatureValues,
    license::{self, LicenseStatus, State},
    wire::terms::write_overrides,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::{
    Paging,
    licenses::{LicenseFilter, LicenseRow},
};
use uuid::Uuid;

use crate::{
    Actor, Error, LicenseQuery, Licenses, Result,
    audit::{Record, Subject},
    exports::{ExportFormat, Parts, csv, filled},
};

/// Number of licenses that are read at a time.
const PART: usize = 500;

/// An export of all licenses that match a filter, read part by part.
#[derive(Debug)]
pub struct Export {
    licenses: Licenses,
    filter: LicenseFilter,
    format: ExportFormat,
    with_codes: bool,
    next: Option<Paging>,
    has_begun: bool,
}

/// A license of an export. The names of its members are those of the CSV columns.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedLicense {
    id: Uuid,
    product: String,
    policy: String,
    customer: Option<String>,
    email: Option<String>,
    reference: Option<String>,
    notes: Option<String>,
    tags: Vec<String>,
    state: State,
    state_reason: Option<String>,
    status: LicenseStatus,
    seats: Option<u64>,
    seats_used: i64,
    issued_at: DateTime<Utc>,
    first_activated_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    last_seen_at: Option<DateTime<Utc>>,
    features: FeatureValues,
    overrides: Map<String, Value>,
    metadata: Map<String, Value>,
    batch: Option<Uuid>,
    code_tail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

impl Licenses {
    /// Begins an export of all licenses that match the query, newest first. Its event is written before anything is given
    /// out.
    ///
    /// # Errors
    /// `Invalid` for each part of the query that cannot be read: ignoring it would export more than was asked for.
    /// `Forbidden` if the actor has lost its permission; `Unavailable`.
    pub async fn export(
        &self,
        query: &LicenseQuery,
        format: ExportFormat,
        with_codes: bool,
        actor: &Actor,
    ) -> Result<Export> {
        self.export_of(query, &[], format, with_codes, actor).await
    }

    /// Like [`export`](Self::export), limited to these products unless there are none.
    ///
    /// # Errors
    /// As for [`export`](Self::export).
    pub async fn export_of(
        &self,
        query: &LicenseQuery,
        products: &[Uuid],
        format: ExportFormat,
        with_codes: bool,
        actor: &Actor,
    ) -> Result<Export> {
        // Not in the order of the list: a value that is changed during the export could move a license past its reader.
        let query = LicenseQuery { sort: String::new(), ..query.clone() };
        let (filter, wrong) = self.read_filter(&query).await?;
        let filter = LicenseFilter { products: products.to_vec(), ..wrong.or(filter)? };
        let filters = serde_json::to_value(&query).map_err(Error::defect)?;
        let filters = self.without_codes(filled(filters)).await?;
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        let name = if with_codes { "licenses with their codes" } else { "licenses" };
        let subject = Subject { kind: SubjectKind::License, id: None, name: name.to_owned(), license_id: None };
        Record::new(actor, EventKind::LicensesExported, subject)
            .made(&json!({ "format": format, "codes": with_codes, "filter": filters }))
            .write(&mut tx, now)
            .await?;
        tx.commit().await?;
        let next = Some(Paging::First);
        Ok(Export { licenses: self.clone(), filter, format, with_codes, next, has_begun: false })
    }
}

impl Parts for Export {
    async fn part(&mut self) -> Result<Option<String>> {
        let Some(paging) = self.next.take() else { return Ok(None) };
        let now = self.licenses.clock.now();
        let mut reading = self.licenses.store.read().await?;
        let page = reading.on().licenses(&self.filter, paging, PART, now).await?;
        let ids: Vec<Uuid> = page.rows.iter().map(|row| row.license.id).collect();
        let tags = reading.on().tags_of(&ids).await?;
        drop(reading);
        self.next = page.next.map(Paging::After);
        let mut text = String::new();
        if self.format == ExportFormat::Csv && !self.has_begun {
            text.push_str(&headings(self.with_codes));
        }
        self.has_begun = true;
        for row in page.rows {
            let own = tags.iter().filter(|(id, _)| *id == row.license.id).map(|(_, tag)| tag.clone()).collect();
            let license = self.exported(row, own, now)?;
            match self.format {
                ExportFormat::Csv => text.push_str(&license.to_csv()?),
                ExportFormat::Jsonl => {
                    let line = serde_json::to_string(&license).map_err(Error::defect)?;
                    text.push_str(&line);
                    text.push('\n');
                }
            }
        }
        Ok(Some(text))
    }
}

impl Export {
    fn exported(&self, row: LicenseRow, tags: Vec<String>, now: DateTime<Utc>) -> Result<ExportedLicense> {
        let (terms, own) = (row.policy_terms.with(&row.license.overrides), row.license);
        let ends_at = license::ends_at(terms.validity, own.issued_at, own.first_activated_at);
        let code = match self.with_codes {
            true => Some(self.licenses.unseal_code(&own.code_sealed)?),
            false => None,
        };
        Ok(ExportedLicense {
            id: own.id,
            product: row.product_code,
            policy: row.policy_name,
            customer: own.customer,
            email: own.email,
            reference: own.reference,
            notes: own.notes,
            tags,
            state: own.state,
            state_reason: own.state_reason,
            status: license::status(own.state, ends_at, own.first_activated_at, now),
            seats: terms.seats.limit(),
            seats_used: row.seats_used,
            issued_at: own.issued_at,
            first_activated_at: own.first_activated_at,
            ends_at,
            last_seen_at: row.last_seen_at,
            features: own.features,
            overrides: write_overrides(&own.overrides),
            metadata: own.metadata,
            batch: own.batch_id,
            code_tail: own.code_tail,
            code,
        })
    }
}

const COLUMNS: [&str; 22] = [
    "id",
    "product",
    "policy",
    "customer",
    "email",
    "reference",
    "notes",
    "tags",
    "state",
    "stateReason",
    "status",
    "seats",
    "seatsUsed",
    "issuedAt",
    "firstActivatedAt",
    "endsAt",
    "lastSeenAt",
    "features",
    "overrides",
    "metadata",
    "batch",
    "codeTail",
];

fn headings(with_codes: bool) -> String {
    csv::line(COLUMNS.into_iter().chain(with_codes.then_some("code")))
}

impl ExportedLicense {
    fn to_csv(&self) -> Result<String> {
        let time = |at: Option<DateTime<Utc>>| {
            at.map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)).unwrap_or_default()
        };
        let name = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let object = |value: Result<Value, serde_json::Error>| match value.map_err(Error::defect)? {
            Value::Object(members) if members.is_empty() => Ok(String::new()),
            value => Ok::<_, Error>(value.to_string()),
        };
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let status = serde_json::to_value(self.status).map_err(Error::defect)?;
        let cells = [
            self.id.to_string(),
            self.product.clone(),
            self.policy.clone(),
            text(&self.customer),
            text(&self.email),
            text(&self.reference),
            text(&self.notes),
            self.tags.join(", "),
            self.state.name().to_owned(),
            text(&self.state_reason),
            name(&status),
            self.seats.map(|seats| seats.to_string()).unwrap_or_default(),
            self.seats_used.to_string(),
            time(Some(self.issued_at)),
            time(self.first_activated_at),
            time(self.ends_at),
            time(self.last_seen_at),
            object(serde_json::to_value(&self.features))?,
            object(serde_json::to_value(&self.overrides))?,
            object(serde_json::to_value(&self.metadata))?,
            self.batch.map(|id| id.to_string()).unwrap_or_default(),
            self.code_tail.clone(),
        ];
        Ok(csv::line(cells.iter().chain(&self.code)))
    }
}
