//! Sign-in, identities, logins and API tokens.

pub(crate) mod api_tokens;
pub(crate) mod failed_sign_ins;
pub(crate) mod identities;
pub(crate) mod logins;
pub(crate) mod provider_token;
pub(crate) mod refusal_budget;
pub(crate) mod sign_in;
pub(crate) mod upstream_sessions;
