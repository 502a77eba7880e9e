//! The admin app's side of HTTP: browsers, their logins, forms and files.

pub(crate) mod acts;
pub(crate) mod asking;
pub mod assets;
pub(crate) mod browser;
pub(crate) mod cookies;
pub(crate) mod csrf;
pub(crate) mod existing;
pub(crate) mod export;
pub mod forms;
pub(crate) mod leptos_context;
pub(crate) mod live;
pub(crate) mod logins;
pub(crate) mod mask_emails;
pub(crate) mod streams;
pub(crate) mod visitor;
