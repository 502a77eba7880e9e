//! Offline devices: reading their files, granting their requests, and writing the responses.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod file;
mod home;
mod response;

pub use file::OfflineFilePage;
pub use home::OfflinePage;
pub use response::ResponsePage;

/// Returns the address of the page that reads files, for one license or for any.
fn home(license: Option<uuid::Uuid>) -> String {
    license.map_or_else(|| "/offline".to_owned(), |id| format!("/offline?license={id}"))
}
