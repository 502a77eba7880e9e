//! Results of jobs: their items, with the codes of the licenses that they created.

use licensing::{EventKind, SubjectKind};
use serde::Serialize;
use serde_json::json;
use store::jobs::{ItemState, JobItem, JobState};
use uuid::Uuid;

use super::Jobs;
use crate::{
    Actor, Error, ExportFormat, Result,
    audit::{Record, Subject},
    exports::{Parts, csv},
};

/// Number of items that are read at a time.
const PART: i64 = 500;

/// The result of a job, read part by part.
#[derive(Debug)]
pub struct JobResult {
    jobs: Jobs,
    job: Uuid,
    format: ExportFormat,
    with_codes: bool,
    /// Number of the last item that was read.
    last: i64,
    is_done: bool,
}

/// An item of a result. The names of its members are those of the CSV columns.
#[derive(Debug, Serialize)]
struct ResultItem {
    n: i64,
    state: &'static str,
    license: Option<Uuid>,
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

impl Jobs {
    /// Begins to read the result of a job that has ended. If it has codes, its event is written before anything is given
    /// out.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the job is running.
    pub async fn result(&self, id: Uuid, format: ExportFormat, with_codes: bool, actor: &Actor) -> Result<JobResult> {
        let job = self.store.read().await?.on().job(id).await?.ok_or(Error::NotFound("job"))?;
        if job.state == JobState::Running {
            return Err(Error::Conflict("This job is still running: its result is available once it ends.".to_owned()));
        }
        if with_codes {
            let mut tx = self.store.begin().await?;
            let name = "licenses with their codes".to_owned();
            let subject = Subject { kind: SubjectKind::License, id: None, name, license_id: None };
            Record::new(actor, EventKind::LicensesExported, subject)
                .made(&json!({ "format": format, "codes": true, "job": id }))
                .write(&mut tx, self.clock.now())
                .await?;
            tx.commit().await?;
        }
        Ok(JobResult { jobs: self.clone(), job: id, format, with_codes, last: 0, is_done: false })
    }
}

impl Parts for JobResult {
    async fn part(&mut self) -> Result<Option<String>> {
        if self.is_done {
            return Ok(None);
        }
        let mut reading = self.jobs.store.read().await?;
        let items = reading.on().job_items_after(self.job, None, self.last, PART).await?;
        let created = |item: &JobItem| item.license_id.filter(|_| self.with_codes && item.state == ItemState::Done);
        let ids: Vec<Uuid> = items.iter().filter_map(created).collect();
        let codes = reading.on().sealed_codes(&ids).await?;
        drop(reading);
        let mut text = String::new();
        if self.format == ExportFormat::Csv && self.last == 0 {
            text += if self.with_codes { "n,state,license,error,code\r\n" } else { "n,state,license,error\r\n" };
        }
        self.is_done = i64::try_from(items.len()).is_ok_and(|read| read < PART);
        for item in items {
            self.last = item.n;
            let sealed = codes.iter().find(|(id, _)| Some(*id) == item.license_id).map(|(_, code)| code);
            let code = sealed.map(|sealed| self.jobs.licenses.unseal_code(sealed)).transpose()?;
            let JobItem { n, state, license_id: license, error, .. } = item;
            text += &self.line(&ResultItem { n, state: state.name(), license, error, code })?;
        }
        Ok(Some(text))
    }
}

impl JobResult {
    fn line(&self, item: &ResultItem) -> Result<String> {
        if self.format == ExportFormat::Jsonl {
            return Ok(serde_json::to_string(item).map_err(Error::defect)? + "\n");
        }
        let license = item.license.map(|id| id.to_string()).unwrap_or_default();
        let error = item.error.clone().unwrap_or_default();
        let mut cells = vec![item.n.to_string(), item.state.to_owned(), license, error];
        if self.with_codes {
            cells.push(item.code.clone().unwrap_or_default());
        }
        Ok(csv::line(&cells))
    }
}
