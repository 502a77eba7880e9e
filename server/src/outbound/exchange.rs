//! One request and its response, over a connection that exists.

use std::{fmt::Display, time::Duration};

use http::{
    HeaderValue, Request, Response, StatusCode,
    header::{HOST, USER_AGENT},
};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// Error of a call: it was not allowed, it failed, or its response is unusable.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("its documents refer to {0}, which the settings do not allow")]
    NotAllowed(String),
    #[error("it did not answer within {} seconds", .0.as_secs())]
    Late(Duration),
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    #[error("its answer is larger than a mebibyte")]
    TooLarge,
    #[error("it answered with status {0}")]
    Status(StatusCode),
    #[error("its answer cannot be read: {0}")]
    Nonsense(String),
}

impl CallError {
    /// Creates an error for an unreadable response. Text from the other server is cut to a line, for the log and the
    /// event.
    pub(crate) fn nonsense(what: impl Display) -> Self {
        Self::Nonsense(plain(what))
    }

    /// Returns `true` if the other server is unavailable, so that the same call may succeed later.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Late(_) | Self::Unreachable(_) => true,
            Self::Status(status) => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
            Self::NotAllowed(_) | Self::TooLarge | Self::Nonsense(_) => false,
        }
    }
}

/// Makes foreign text safe for a log line: removes control characters, and cuts it at 300 characters.
pub(crate) fn plain(what: impl Display) -> String {
    what.to_string().chars().filter(|c| !c.is_control()).take(300).collect()
}

/// Maximum size of a response, in bytes, and the treatment of a larger one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Largest {
    /// An error.
    Refused(usize),
    /// The rest is not read.
    Cut(usize),
}

/// Sends a request over this connection, and reads the response. Follows no redirect.
pub(super) async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Vec<u8>>,
    largest: Largest,
) -> Result<Response<Vec<u8>>, CallError> {
    let unreachable = |error: hyper::Error| CallError::Unreachable(error.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
    // Ends when the sender is dropped or the peer closes.
    tokio::spawn(async move { drop(connection.await) });
    let (mut head, body) = request.into_parts();
    let host = head.uri.authority().map(|authority| authority.as_str().to_owned()).unwrap_or_default();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    head.uri = path.parse().map_err(|_| CallError::Nonsense("an address".to_owned()))?;
    head.headers.insert(HOST, HeaderValue::try_from(host).map_err(CallError::nonsense)?);
    head.headers.insert(USER_AGENT, HeaderValue::from_static("Latchkey"));
    let request = Request::from_parts(head, Full::new(Bytes::from(body)));
    let (head, mut body) = sender.send_request(request).await.map_err(unreachable)?.into_parts();
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(unreachable)?.into_data() else { continue };
        read.extend_from_slice(&data);
        match largest {
            Largest::Refused(most) if read.len() > most => return Err(CallError::TooLarge),
            Largest::Cut(most) if read.len() >= most => {
                read.truncate(most);
                break;
            }
            Largest::Refused(_) | Largest::Cut(_) => {}
        }
    }
    Ok(Response::from_parts(head, read))
}
