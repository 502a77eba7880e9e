//! A receiver of webhooks on this machine.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_lc_rs::hmac;
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use tokio::{net::TcpListener, sync::mpsc, time::timeout};

/// Time after which a test fails for a message that does not arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// Answer of a receiver.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Signs challenges and accepts messages.
    Accepts,
    /// This status.
    Status(u16),
    /// This status, with a header.
    With(u16, &'static str, String),
    /// A challenge is answered by the handshake of CloudEvents only.
    Handshake,
    /// A success with ten megabytes.
    Huge,
    /// Closes the connection.
    Closes,
}

/// A request that a receiver got.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A receiver.
pub(crate) struct Receiver {
    pub(crate) url: String,
    key: [u8; 32],
    reply: Arc<Mutex<Reply>>,
    received: mpsc::UnboundedReceiver<Received>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        Self::replying(Reply::Accepts).await
    }

    pub(crate) async fn replying(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let (reply, key) = (Arc::new(Mutex::new(reply)), [7; 32]);
        let (sender, received) = mpsc::unbounded_channel();
        let now = Arc::clone(&reply);
        let answer = move |request: Request| {
            let (reply, sender) = (now.lock().unwrap().clone(), sender.clone());
            async move {
                let (head, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap();
                let response = respond(&reply, &head.method, &body, &key);
                // A test that has ended wants no more messages.
                drop(sender.send(Received { method: head.method, headers: head.headers, body }));
                response
            }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        Self { url, key, reply, received }
    }

    /// Changes the answer.
    pub(crate) fn replies(&self, reply: Reply) {
        *self.reply.lock().unwrap() = reply;
    }

    /// The secret, as subscriptions take it.
    pub(crate) fn secret(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.key))
    }

    /// The next request.
    pub(crate) async fn next(&mut self) -> Received {
        timeout(PATIENCE, self.received.recv()).await.expect("a message in time").expect("a receiver")
    }

    /// Asserts that nothing has arrived since the last call.
    pub(crate) fn is_idle(&mut self) {
        let found = self.received.try_recv();
        assert!(found.is_err(), "{found:?}");
    }
}

fn respond(reply: &Reply, method: &Method, body: &Bytes, key: &[u8]) -> Response<Body> {
    let challenge =
        serde_json::from_slice::<Value>(body).ok().and_then(|it| Some(it["data"]["challenge"].as_str()?.to_owned()));
    let status = |status: u16| Response::builder().status(status);
    match reply {
        Reply::Accepts => status(200).body(challenge.map_or_else(Body::empty, |it| signature(key, &it).into())),
        Reply::Status(code) => status(*code).body(Body::empty()),
        Reply::With(code, name, value) => status(*code).header(*name, value).body(Body::empty()),
        Reply::Handshake if method == Method::OPTIONS => {
            status(200).header("WebHook-Allowed-Origin", "licenses.example.com").body(Body::empty())
        }
        Reply::Handshake => status(200).body(Body::empty()),
        Reply::Huge => status(200).body(vec![b'x'; 10_000_000].into()),
        Reply::Closes => {
            let broken = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("closed"))]);
            status(200).body(Body::from_stream(broken))
        }
    }
    .unwrap()
}

/// The signature of a text: `v1,` and an HMAC-SHA-256 in base64.
pub(crate) fn signature(key: &[u8], text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    format!("v1,{}", STANDARD.encode(hmac::sign(&key, text.as_bytes()).as_ref()))
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The message.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The type of the message.
    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// Returns `true` if one of its signatures was made with the key of this secret.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let (id, timestamp) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let signed = signature(&key, &format!("{id}.{timestamp}.{}", str::from_utf8(&self.body).unwrap()));
        self.header("webhook-signature").split(' ').any(|one| one == signed)
    }
}
