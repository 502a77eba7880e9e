//! Why somebody did not come in, in words for them, for the log and for the audit log.

use app::context::Trouble as Told;
use http::StatusCode;

use super::{exchange::ExchangeError, outbound::CallError};
use crate::config::IdentityProvider;

/// Why a sign-in did not succeed.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The provider is away; why, for the log.
    Away(String),
    /// The browser brings back no attempt of ours, or another one, or one that is too old.
    Stale(&'static str),
    /// The person said no at the provider, or the provider did.
    Denied,
    /// The provider reports an error, by its code.
    Reported(String),
    /// What the provider sent is not to be trusted; why.
    Untrusted(String),
    /// They were to prove themselves again, and did not.
    NotAgain,
    /// They are known, and have no role here.
    NoRole { name: String, subject: String, email: Option<String> },
    /// Their account is disabled.
    Disabled(String),
    /// There is no owner yet.
    NoOwner,
    /// The identity that was to be connected is the way in to another account.
    Anothers,
    /// An identity was to be connected, and was not; why.
    NotConnected(Box<Trouble>),
    /// Our own fault or our database's.
    Ours(service::Error),
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        if error.is_away() { Self::Away(error.to_string()) } else { Self::Untrusted(error.to_string()) }
    }
}

impl From<ExchangeError> for Trouble {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Call(error) => error.into(),
            ExchangeError::Refused(code) => Self::Reported(code),
            ExchangeError::Untrusted(why) => Self::Untrusted(why),
        }
    }
}

impl From<service::Error> for Trouble {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Conflict(_) => Self::Stale("the attempt was used before"),
            other => Self::Ours(other),
        }
    }
}

impl Trouble {
    /// The status of the page.
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

    /// What the audit log keeps of it; nothing where the act has written its own event, or nobody tried anything.
    pub(crate) fn event(&self) -> Option<String> {
        match self {
            Self::Away(why) | Self::Untrusted(why) => Some(why.clone()),
            Self::Stale(why) => Some((*why).to_owned()),
            Self::Denied => Some("access was denied at the provider".to_owned()),
            Self::Reported(code) => Some(format!("the provider reports {code}")),
            Self::NotAgain => Some("the person did not prove themselves again".to_owned()),
            Self::Anothers => Some("the identity is another account’s way in".to_owned()),
            Self::NotConnected(why) => why.event().map(|why| format!("an identity was not connected: {why}")),
            Self::NoRole { .. } | Self::Disabled(_) | Self::NoOwner | Self::Ours(_) => None,
        }
    }

    /// What the person is told.
    pub(crate) fn told(&self, provider: &IdentityProvider) -> Told {
        let name = &provider.name;
        let (title, words) = match self {
            Self::Away(_) => (
                "Sign-in is not possible right now",
                vec![
                    format!(
                        "{name} does not answer, so nobody can sign in there at the moment. Try again in a little while."
                    ),
                    "Activations go on meanwhile, and so does whoever is signed in.".to_owned(),
                ],
            ),
            Self::Stale(_) => (
                "This sign-in cannot be completed",
                vec![
                    "It took longer than ten minutes, was used already, or began in another browser. Begin again."
                        .to_owned(),
                ],
            ),
            Self::Denied => (
                "You were not signed in",
                vec![format!("{name} says that access was denied: by you, or by whoever runs it. You can try again.")],
            ),
            Self::Reported(_) => (
                "You were not signed in",
                vec![format!(
                    "{name} reports an error. Try again; if it stays like this, an owner finds the reason in the audit log."
                )],
            ),
            Self::Untrusted(_) => (
                "You were not signed in",
                vec![format!(
                    "What {name} answered cannot be trusted, so nobody was signed in. Try again; if it stays like this, an owner finds the reason in the audit log."
                )],
            ),
            Self::NotAgain => (
                "You were not asked to prove yourself",
                vec![format!("This takes a fresh sign-in, and {name} did not say that there was one. Try again.")],
            ),
            Self::NoRole { name: person, subject, email } => {
                let address = email.as_ref().map(|email| format!(", {email}")).unwrap_or_default();
                (
                    "You have no role here",
                    vec![
                        format!(
                            "{name} knows you as {person}{address}, but nobody has given you a role on this server."
                        ),
                        format!(
                            "Ask an owner to invite you, or to give you a role at {name}. Tell them this id, which is yours there: {subject}"
                        ),
                    ],
                )
            }
            Self::Disabled(person) => (
                "This account is disabled",
                vec![format!("{person}, an owner has disabled your account. Ask them to enable it again.")],
            ),
            Self::NoOwner => (
                "This server has no owner yet",
                vec![
                    "Its first owner is set up with the link that it prints at its start. After that, you can sign in."
                        .to_owned(),
                ],
            ),
            Self::Anothers => (
                "That is the way in to another account",
                vec![
                    format!(
                        "Whoever signs in at {name} with that identity comes in to another account of this server."
                    ),
                    "Sign in there with it instead; if that account lacks a role that you need, an owner can give it."
                        .to_owned(),
                ],
            ),
            Self::NotConnected(why) => {
                let Told { title, words } = why.told(provider);
                let signs_in = matches!(**why, Self::Denied | Self::Reported(_) | Self::Untrusted(_));
                let title = if signs_in { format!("{name} was not connected") } else { title };
                return Told { title, words };
            }
            Self::Ours(_) => (
                "Something went wrong on our side",
                vec!["Try again in a moment. The server’s log says more.".to_owned()],
            ),
        };
        Told { title: title.to_owned(), words }
    }
}
