//! Acts on a file from an offline device: reading it, and then granting the request or accepting the release.

use leptos::prelude::*;

use crate::{
    Error,
    admin::{browser, guard, offline, origin, service},
    http::{address, done::Done},
};

/// Reads a file and shows its contents. A request that was granted before leads to its response, which may have been
/// lost.
#[server(endpoint = "offline/read")]
pub async fn read_offline_file(
    #[server(default)] file: String,
    #[server(default)] license: String,
) -> Result<(), Error> {
    use licensing::offline::armor;
    use service::SignedOfflineFile;

    guard::<ReadOfflineFile>()?;
    let (service, browser) = (service()?, browser()?);
    let signed = SignedOfflineFile::read(&file).map_err(at_the_field)?;
    match &signed {
        SignedOfflineFile::Request(request) => {
            if let Some(id) = service.offline().granted_before(request).await? {
                Done::OfflineBefore.at(&format!("/offline/{id}"));
                return Ok(());
            }
        }
        SignedOfflineFile::Release(release) => {
            service.offline().session_of_release(release).await.map_err(|error| match error {
                service::Error::Invalid(invalid) => at_the_field(invalid),
                other => other.into(),
            })?;
        }
    }
    let body = armor::open(&file).map_err(|error| Error::field("file", error.to_string()))?.body;
    browser.keep(offline::OFFLINE_FILE, body.clone()).await?;
    if browser.kept(offline::OFFLINE_FILE).await? != Some(body) {
        let long = "is too long for this page: post it to /api/v1/activations/offline instead";
        return Err(Error::field("file", long));
    }
    let of = license.parse::<uuid::Uuid>().map(|id| format!("?license={id}")).unwrap_or_default();
    address::go(&format!("/offline/read{of}"));
    Ok(())
}

/// Grants the request that was read.
#[server(endpoint = "offline/grant")]
pub async fn grant_offline_request(
    #[server(default)] nonce: String,
    #[server(default)] license: String,
    #[server(default)] of_any_age: String,
) -> Result<(), Error> {
    use service::SignedOfflineFile;

    let actor = guard::<GrantOfflineRequest>()?;
    let Some(SignedOfflineFile::Request(request)) = offline::kept().await? else { return Err(gone()) };
    if request.request.nonce != nonce {
        return Err(gone());
    }
    let license = license.parse().ok();
    if license.is_none() && request.request.code.is_none() {
        return Err(Error::field("license", "must be chosen: the request holds no activation code"));
    }
    let service = service()?;
    let request = match of_any_age.as_str() {
        "on" => service.offline().let_pass(*request, license, &actor).await?,
        _ => *request,
    };
    let response =
        service.offline().activate_offline(request, license, Some(actor), origin()).await.map_err(in_words)?;
    browser()?.take(offline::OFFLINE_FILE).await?;
    Done::OfflineGranted.at(&format!("/offline/{}", response.id));
    Ok(())
}

/// Frees the seat of the device whose offline release was read.
#[server(endpoint = "offline/release")]
pub async fn take_release(
    #[server(default)] nonce: String,
    #[server(default)] of_any_age: String,
) -> Result<(), Error> {
    use service::SignedOfflineFile;

    let actor = guard::<TakeRelease>()?;
    let Some(SignedOfflineFile::Release(release)) = offline::kept().await? else { return Err(gone()) };
    if release.release.nonce != nonce {
        return Err(gone());
    }
    let service = service()?;
    let license = service.offline().session_of_release(&release).await.map_err(in_words)?.license_id;
    let release = match of_any_age.as_str() {
        "on" => service.offline().let_release_pass(release, &actor).await.map_err(in_words)?,
        _ => release,
    };
    service.offline().release_offline(&release, Some(actor), origin()).await.map_err(in_words)?;
    browser()?.take(offline::OFFLINE_FILE).await?;
    Done::DeviceReleased.at(&format!("/licenses/{license}"));
    Ok(())
}

fn gone() -> Error {
    Error::Conflict("Another file was read in this browser in the meantime. Read this one again.".to_owned())
}

/// All errors of a file, at the field that it was pasted into.
fn at_the_field(invalid: licensing::Invalid) -> Error {
    Error::field("file", faults(invalid))
}

fn faults(invalid: licensing::Invalid) -> String {
    let fault = |fault: licensing::FieldError| match fault.field.as_str() {
        "request" => fault.message,
        "signature" => format!("has a signature that {}", fault.message),
        _ => format!("has an error in “{}”, which {}", fault.field, fault.message),
    };
    invalid.0.into_iter().map(fault).collect::<Vec<_>>().join("; ")
}

/// The errors of a file that was read before, as a sentence, since its field is no longer on the page.
fn in_words(error: service::Error) -> Error {
    match error {
        service::Error::Invalid(invalid) => Error::Refused(format!("The file {}.", faults(invalid))),
        other => other.into(),
    }
}
