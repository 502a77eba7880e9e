//! Exports of activations, decisions and events, read part by part.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use licensing::{EventKind, SubjectKind};
use serde::Serialize;
use serde_json::{Value, json};
use store::{Page, Paging, Reading, activation_list::ActivationFilter, decisions::DecisionFilter, events::EventFilter};
use uuid::Uuid;

use super::{
    ExportFormat, Exports, Parts, csv, filled,
    rows::{ACTIVATION, DECISION, EVENT, activation, decision, event},
};
use crate::{
    Actor, Error, Result,
    audit::{Record, Subject},
};

/// Number of rows that are read at a time.
const PART: usize = 500;

/// Records to export, newest first.
#[derive(Clone, Debug)]
pub enum Records {
    /// Devices of licenses.
    Activations(ActivationFilter),
    /// Decisions.
    Decisions(DecisionFilter),
    /// The audit log.
    Events(EventFilter),
}

/// An export of records.
#[derive(Debug)]
pub struct RecordExport {
    exports: Exports,
    records: Records,
    format: ExportFormat,
    next: Option<Paging>,
    has_begun: bool,
}

impl Exports {
    /// Begins an export of records. Its event, with the filter as the caller wrote it but without codes, is written before
    /// anything is given out.
    ///
    /// # Errors
    /// `Forbidden` or `InvalidToken` if the actor has lost its permission; `Unavailable`.
    pub async fn records(
        &self,
        records: Records,
        filter: &impl Serialize,
        format: ExportFormat,
        actor: &Actor,
    ) -> Result<RecordExport> {
        let filter = self.licenses.without_codes(filled(serde_json::to_value(filter).map_err(Error::defect)?)).await?;
        let mut tx = self.store.begin().await?;
        let subject = Subject { kind: records.kind(), id: None, name: records.name().to_owned(), license_id: None };
        Record::new(actor, EventKind::RecordsExported, subject)
            .made(&json!({ "format": format, "filter": filter }))
            .write(&mut tx, self.clock.now())
            .await?;
        tx.commit().await?;
        Ok(RecordExport { exports: self.clone(), records, format, next: Some(Paging::First), has_begun: false })
    }
}

impl Records {
    const fn kind(&self) -> SubjectKind {
        match self {
            Self::Activations(_) => SubjectKind::Device,
            Self::Decisions(_) => SubjectKind::Request,
            Self::Events(_) => SubjectKind::Act,
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Activations(_) => "activations",
            Self::Decisions(_) => "decisions",
            Self::Events(_) => "the audit log",
        }
    }

    const fn columns(&self) -> &'static [&'static str] {
        match self {
            Self::Activations(_) => ACTIVATION,
            Self::Decisions(_) => DECISION,
            Self::Events(_) => EVENT,
        }
    }

    async fn page(&self, reading: &mut Reading, paging: Paging, now: DateTime<Utc>) -> Result<Page<Value>> {
        let products: HashMap<Uuid, String> =
            reading.on().products().await?.into_iter().map(|product| (product.id, product.code)).collect();
        let page = match self {
            Self::Activations(filter) => {
                let page = reading.on().activation_page(filter, paging, PART).await?;
                page.map(|row| activation(row, &products, now))
            }
            Self::Decisions(filter) => {
                reading.on().decisions(filter, paging, PART).await?.map(|row| decision(row, &products))
            }
            Self::Events(filter) => reading.on().events(filter, paging, PART).await?.map(event),
        };
        Ok(page)
    }
}

impl Parts for RecordExport {
    async fn part(&mut self) -> Result<Option<String>> {
        let Some(paging) = self.next.take() else { return Ok(None) };
        let now = self.exports.clock.now();
        let mut reading = self.exports.store.read().await?;
        let page = self.records.page(&mut reading, paging, now).await?;
        drop(reading);
        self.next = page.next.map(Paging::After);
        let mut text = String::new();
        if self.format == ExportFormat::Csv && !self.has_begun {
            text += &csv::line(self.records.columns());
        }
        self.has_begun = true;
        for row in page.rows {
            match self.format {
                ExportFormat::Csv => text += &csv::row(self.records.columns(), &row),
                ExportFormat::Jsonl => text += &(serde_json::to_string(&row).map_err(Error::defect)? + "\n"),
            }
        }
        Ok(Some(text))
    }
}
