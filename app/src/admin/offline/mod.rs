//! Offline devices: the files that were read, and the responses.

pub mod acts;
pub mod response;
pub mod search;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::licenses::LicenseLine;
use crate::{Error, admin::ReadName};

/// The key under which the browser keeps a file between reading it and the act.
const OFFLINE_FILE: &str = "offline-file";
/// Maximum number of recent requests in the list.
const MOST: i64 = 20;
/// Maximum number of licenses to choose from. More than that are searched.
pub const MOST_CHOICES: usize = 50;

/// The requests that were granted last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentRequests {
    /// The requests, newest first.
    pub lines: Vec<RecentLine>,
    /// The license that a file is read for, if the user came from its page.
    pub license: Option<(Uuid, String)>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A granted request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentLine {
    /// The request's id.
    pub id: Uuid,
    /// The license's id.
    pub license: Uuid,
    /// The license's customer.
    pub customer: Option<String>,
    /// The product's name.
    pub product: String,
    /// The device's name.
    pub device: Option<String>,
    /// The time at which it was granted.
    pub at: DateTime<Utc>,
}

/// A file that was read, before it is granted or accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct OfflineFileDetail {
    /// The file's nonce, so that the act applies to this very file.
    pub nonce: String,
    /// The contents.
    pub says: Says,
    /// The time at which the device made it, by the device's clock.
    pub made_at: DateTime<Utc>,
    /// The error of its date, if it is too old or in the future.
    pub dated: Option<String>,
    /// The license, if the file's code or staff determine it.
    pub license: Option<LicenseLine>,
    /// The licenses to choose from, if neither does: id and text; at most [`MOST_CHOICES`].
    pub choices: Vec<(String, String)>,
    /// `true` if there are more licenses than choices.
    pub more: bool,
    /// `true` if neither determines the license, so that one has to be found.
    pub asks: bool,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// The contents of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Says {
    /// A request to activate a device.
    Request {
        /// The product's code.
        product: String,
        /// The device's name.
        device: Option<String>,
        /// The fingerprint.
        fingerprint: String,
        /// The device's platform.
        platform: Option<String>,
        /// The software's version.
        version: Option<String>,
        /// The requested lease, as text.
        lease: Option<String>,
        /// The e-mail address that was typed on the device.
        email: Option<String>,
    },
    /// A release: the device has deleted its token.
    Release {
        /// The device's name.
        device: Option<String>,
        /// The end of its last token.
        token_expires_at: DateTime<Utc>,
        /// `true` if the seat stays held until then.
        strict: bool,
    },
}

pub const LIST_REQUESTS: ReadName = ReadName("offline");

/// The requests that were granted last. `license` is the license whose page the user came from.
pub async fn list_requests(license: String) -> Result<RecentRequests, Error> {
    super::guard_read(LIST_REQUESTS)?;
    let service = super::service()?;
    let now = service.clock().now();
    let license = match license.parse() {
        Ok(id) => {
            let line = LicenseLine::of(service.licenses().license(id).await?, now);
            Some((id, line.name))
        }
        Err(_) => None,
    };
    let recent = service.store().read().await?.on().recent_requests(MOST).await?;
    let line = |row: service::store::offline::RecentRequest| RecentLine {
        id: row.id,
        license: row.license_id,
        customer: row.customer,
        product: row.product,
        device: row.device_name,
        at: row.used_at,
    };
    Ok(RecentRequests { lines: recent.into_iter().map(line).collect(), license, now })
}

pub const FIND_OFFLINE_FILE: ReadName = ReadName("offline/file");

/// The contents of the file that this browser has had read; `None` if there is none. `q` narrows the licenses to choose
/// from.
pub async fn find_offline_file(license: String, q: String) -> Result<Option<OfflineFileDetail>, Error> {
    use service::SignedOfflineFile;

    super::guard_read(FIND_OFFLINE_FILE)?;
    let Some(signed) = kept().await? else { return Ok(None) };
    let read = match signed {
        SignedOfflineFile::Request(signed) => {
            let dated = dated(super::service()?.offline().check_request_age(&signed));
            OfflineFileDetail { dated, ..read_request(&signed.request, license.parse().ok(), &q).await? }
        }
        SignedOfflineFile::Release(signed) => {
            let dated = dated(super::service()?.offline().check_release_age(&signed));
            OfflineFileDetail { dated, ..read_release(&signed).await? }
        }
    };
    Ok(Some(read))
}

/// The error of a file's date.
fn dated(checked: Result<(), licensing::Invalid>) -> Option<String> {
    checked.err().and_then(|invalid| invalid.0.into_iter().next()).map(|fault| fault.message)
}

/// The file that this browser keeps.
async fn kept() -> Result<Option<service::SignedOfflineFile>, Error> {
    let kept = super::browser()?.kept(OFFLINE_FILE).await?;
    Ok(kept.and_then(|file| service::SignedOfflineFile::read(&file).ok()))
}

async fn read_request(
    request: &licensing::offline::OfflineRequest,
    chosen: Option<Uuid>,
    q: &str,
) -> Result<OfflineFileDetail, Error> {
    use service::store::licenses::LicenseFilter;

    let service = super::service()?;
    let now = service.clock().now();
    let code_hmac = match &request.code {
        Some(code) => service.licenses().license_filter(code.written()).await?.code_hmac,
        None => None,
    };
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let row = match (&request.code, chosen) {
        (_, Some(id)) => on.license(id, now).await?,
        (Some(_), None) => {
            let by_code = LicenseFilter { code_hmac, ..LicenseFilter::default() };
            match code_hmac {
                Some(_) => on.licenses(&by_code, Default::default(), 1, now).await?.rows.pop(),
                None => None,
            }
        }
        (None, None) => None,
    };
    let (mut choices, mut more) = (vec![], false);
    let mut asks = row.is_none() && request.code.is_none();
    if asks {
        let product = on.product_of_code(&request.product).await?;
        asks = product.is_some();
        if let Some(product) = product {
            let text = service.licenses().license_filter(q).await?;
            let without_email = crate::http::context::visitor().hides_emails;
            let of_product = LicenseFilter { product_id: Some(product.id), without_email, ..text };
            let page = on.licenses(&of_product, Default::default(), MOST_CHOICES, now).await?;
            more = page.next.is_some();
            choices = page.rows.into_iter().map(|row| LicenseLine::of(row, now)).map(choice).collect();
        }
    }
    let asked = &request.request;
    Ok(OfflineFileDetail {
        nonce: request.nonce.clone(),
        says: Says::Request {
            product: request.product.clone(),
            device: request.device_name.clone(),
            fingerprint: request.fingerprint.as_str().to_owned(),
            platform: request.platform.clone(),
            version: asked.version.as_ref().map(ToString::to_string),
            lease: asked.lease.map(|lease| lease.to_string()),
            email: asked.email.as_ref().map(ToString::to_string),
        },
        made_at: request.made_at,
        dated: None,
        license: row.map(|row| LicenseLine::of(row, now)),
        choices,
        more,
        asks,
        now,
    })
}

fn choice(line: LicenseLine) -> (String, String) {
    let seats = match line.allowed {
        Some(allowed) => format!("{} of {allowed} seats in use", line.used),
        None => format!("{} seats in use", line.used),
    };
    (line.id.to_string(), format!("{} · {} · {seats}", line.name, line.policy))
}

async fn read_release(signed: &service::SignedRelease) -> Result<OfflineFileDetail, Error> {
    use licensing::terms::Strictness;

    let service = super::service()?;
    let now = service.clock().now();
    let session = service.offline().session_of_release(signed).await?;
    let row = service.licenses().license(session.license_id).await?;
    let strict = row.policy_terms.with(&row.license.overrides).strictness == Strictness::Strict;
    Ok(OfflineFileDetail {
        nonce: signed.release.nonce.clone(),
        says: Says::Release { device: session.device_name, token_expires_at: session.token_expires_at, strict },
        made_at: signed.release.made_at,
        dated: None,
        license: Some(LicenseLine::of(row, now)),
        choices: vec![],
        more: false,
        asks: false,
        now,
    })
}
