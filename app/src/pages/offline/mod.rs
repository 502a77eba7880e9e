//! Offline devices: reading their files, granting their requests, and writing the responses.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod home;
mod paper;
mod response;

pub use home::OfflinePage;
pub use paper::PaperPage;
pub use response::ResponsePage;

/// Returns the address of the page that reads files, for one license or for any.
fn home(license: Option<uuid::Uuid>) -> String {
    license.map_or_else(|| "/offline".to_owned(), |id| format!("/offline?license={id}"))
}
