//! Reasons why a call with an idempotency key or a ticket is not performed.

/// A reason why a call cannot be done, independent of the licensing rules. Each message is a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallFault {
    /// A call with the same key is still in progress.
    #[error("A call with this Idempotency-Key is still in progress: send it again in a second.")]
    InFlight,
    /// The key was used for a different request.
    #[error("This Idempotency-Key was used for a different request: use a new key for each new request.")]
    OtherBody,
    /// The release ticket was already used.
    #[error(
        "This release ticket was already used: activate again, and use the new ticket if the license is still full."
    )]
    TicketUsed,
    /// The device belongs to another license than the ticket.
    #[error(
        "This device and the release ticket belong to different licenses: choose a device that was listed with the ticket."
    )]
    ForeignSession,
}
