//! The source of a request.

/// The source of a request, for the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Network address.
    pub address: Option<String>,
    /// Id of the request.
    pub request_id: Option<String>,
}
