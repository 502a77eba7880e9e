//! Devices: the list, a device's page, the blocked devices, and the panels that the pages of licenses and products show.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod authorized;
mod block;
mod blocked;
mod buttons;
mod detail;
mod dialogs;
mod list;
mod outlook;

pub(crate) use authorized::AuthorizedPanel;
pub use block::BlockPage;
pub use blocked::BlockedPage;
pub(crate) use blocked::{BlocksPanel, UnblockDialog, scope as block_scope};
pub(crate) use buttons::{row_acts, undo};
pub use detail::DevicePage;
pub(crate) use dialogs::{Asked, DeviceDialogs};
pub use list::DevicesPage;
pub(crate) use outlook::overlap_note;
