//! Errors of a sign-in, with their text for the person, the log and the audit log.

use app::http::context::SignInNotice;
use http::StatusCode;

use super::exchange::ExchangeError;
use crate::{config::IdentityProvider, outbound::CallError};

/// Error of a sign-in.
#[derive(Debug)]
pub(crate) enum SignInError {
    /// The provider is unavailable; the reason is for the log.
    Away(String),
    /// The browser sent no attempt of ours, or a different or expired one.
    Stale(&'static str),
    /// The person or the provider denied access.
    Denied,
    /// The provider reports an error, with this code.
    Reported(String),
    /// The provider's answer cannot be trusted, for this reason.
    Untrusted(String),
    /// The person was to sign in again at the provider, and did not.
    NotAgain,
    /// The person is known but has no role here.
    NoRole { name: String, subject: String, email: Option<String> },
    /// The account is disabled.
    Disabled(String),
    /// The server has no owner yet.
    NoOwner,
    /// The identity to connect is already connected to another account.
    Anothers,
    /// An identity could not be connected, for this reason.
    NotConnected(Box<SignInError>),
    /// Internal error, or the database is unavailable.
    Ours(service::Error),
}

impl From<CallError> for SignInError {
    fn from(error: CallError) -> Self {
        if error.is_away() { Self::Away(error.to_string()) } else { Self::Untrusted(error.to_string()) }
    }
}

impl From<ExchangeError> for SignInError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Call(error) => error.into(),
            ExchangeError::Refused(code) => Self::Reported(code),
            ExchangeError::Untrusted(why) => Self::Untrusted(why),
        }
    }
}

impl From<service::Error> for SignInError {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Conflict(_) => Self::Stale("the attempt was already used"),
            other => Self::Ours(other),
        }
    }
}

impl SignInError {
    /// Returns the status of the page.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Stale(_) => StatusCode::BAD_REQUEST,
            Self::Denied | Self::NotAgain | Self::NoRole { .. } | Self::Disabled(_) | Self::NoOwner => {
                StatusCode::FORBIDDEN
            }
            Self::Anothers => StatusCode::CONFLICT,
            Self::NotConnected(why) => why.status(),
            Self::Reported(_) | Self::Untrusted(_) => StatusCode::BAD_GATEWAY,
            Self::Ours(service::Error::Unavailable | service::Error::Contended) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Ours(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the reason for the audit log; `None` if the act has recorded its own event, or if there was no attempt.
    pub(crate) fn event(&self) -> Option<String> {
        match self {
            Self::Away(why) | Self::Untrusted(why) => Some(why.clone()),
            Self::Stale(why) => Some((*why).to_owned()),
            Self::Denied => Some("access was denied at the provider".to_owned()),
            Self::Reported(code) => Some(format!("the provider reports {code}")),
            Self::NotAgain => Some("the person did not sign in again at the provider".to_owned()),
            Self::Anothers => Some("the identity is connected to another account".to_owned()),
            Self::NotConnected(why) => why.event().map(|why| format!("an identity was not connected: {why}")),
            Self::NoRole { .. } | Self::Disabled(_) | Self::NoOwner | Self::Ours(_) => None,
        }
    }

    /// Returns the text for the person.
    pub(crate) fn notice(&self, provider: &IdentityProvider) -> SignInNotice {
        let name = &provider.name;
        let (title, paragraphs) = match self {
            Self::Away(_) => (
                "Sign-in is not possible right now",
                vec![
                    format!(
                        "{name} does not answer, so no one can sign in there at the moment. Try again in a few minutes."
                    ),
                    "Activations continue, and people who are signed in stay signed in.".to_owned(),
                ],
            ),
            Self::Stale(_) => (
                "This sign-in cannot be completed",
                vec![
                    "It took longer than ten minutes, was already used, or started in another browser. Start again."
                        .to_owned(),
                ],
            ),
            Self::Denied => (
                "You were not signed in",
                vec![format!("{name} reports that access was denied, by you or by its administrator. You can try again.")],
            ),
            Self::Reported(_) => (
                "You were not signed in",
                vec![format!(
                    "{name} reports an error. Try again. If it happens again, an owner can find the reason in the audit log."
                )],
            ),
            Self::Untrusted(_) => (
                "You were not signed in",
                vec![format!(
                    "The answer from {name} could not be verified. Try again. If it happens again, an owner can find the reason in the audit log."
                )],
            ),
            Self::NotAgain => (
                "You were not asked to sign in again",
                vec![format!("This action requires a new sign-in, and {name} did not confirm one. Try again.")],
            ),
            Self::NoRole { name: person, subject, email } => {
                let address = email.as_ref().map(|email| format!(", {email}")).unwrap_or_default();
                (
                    "You have no role here",
                    vec![
                        format!(
                            "{name} knows you as {person}{address}, but you have not been given a role on this server."
                        ),
                        format!(
                            "Ask an owner to invite you, or to give you a role at {name}. Your id there is: {subject}"
                        ),
                    ],
                )
            }
            Self::Disabled(person) => (
                "This account is disabled",
                vec![format!("{person}, an owner has disabled your account. Ask an owner to enable it again.")],
            ),
            Self::NoOwner => (
                "This server has no owner yet",
                vec![
                    "The first owner account is created with the link that the server prints when it starts. After that, you can sign in."
                        .to_owned(),
                ],
            ),
            Self::Anothers => (
                "This identity belongs to another account",
                vec![
                    format!(
                        "Signing in at {name} with this identity opens another account of this server."
                    ),
                    "Sign in with it instead. If that account lacks a role that you need, an owner can assign it."
                        .to_owned(),
                ],
            ),
            Self::NotConnected(why) => {
                let SignInNotice { title, paragraphs } = why.notice(provider);
                let signs_in = matches!(**why, Self::Denied | Self::Reported(_) | Self::Untrusted(_));
                let title = if signs_in { format!("{name} was not connected") } else { title };
                return SignInNotice { title, paragraphs };
            }
            Self::Ours(_) => (
                "Something went wrong on our side",
                vec!["Try again in a moment. Details are in the server’s log.".to_owned()],
            ),
        };
        SignInNotice { title: title.to_owned(), paragraphs }
    }
}
