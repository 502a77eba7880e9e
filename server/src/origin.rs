//! Where a request comes from: an id for the log, the client's address, and the line that says what became of it.

use std::{
    net::{IpAddr, SocketAddr},
    time::Instant,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, header::FORWARDED};
use service::Origin;
use tracing::Instrument as _;

use crate::{AppState, config::Network};

#[cfg(test)]
mod tests;

/// The answer's header that names the request in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who is at the other end of the connection: a client, or a proxy. The accept loop puts it into every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Gives the request its [`Origin`], and logs what became of it: method, path, status and time. Never a query, a header or
/// a body: those may hold codes, tokens and addresses.
pub async fn note(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = state.service.clock().id().to_string();
    let peer = request.extensions().get::<Peer>().map(|Peer(peer)| peer.ip());
    let address = peer.map(|peer| client(peer, request.headers(), &state.config.trusted_proxies));
    let origin = Origin { address: address.map(|address| address.to_string()), request_id: Some(id.clone()) };
    let span = tracing::info_span!("request", %id, method = %request.method(), path = request.uri().path());
    request.extensions_mut().insert(origin);

    let mut answer = next.run(request).instrument(span.clone()).await;

    let (status, ms) = (answer.status().as_u16(), began.elapsed().as_millis());
    span.in_scope(|| match status {
        500.. => tracing::warn!(status, ms, "answered"),
        _ => tracing::info!(status, ms, "answered"),
    });
    if let Ok(id) = HeaderValue::try_from(id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer
}

/// The address of the client behind `peer`. Only a trusted proxy is believed, and of what it passes on only the last
/// address that is not itself such a proxy's: everything before that, the client may have made up. Two headers that
/// disagree are not believed either: the proxy wrote one of them, and we cannot know which.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    if !is_proxy(peer) {
        return peer;
    }
    let said = [(&X_FORWARDED_FOR, x_forwarded_for as fn(&str) -> Option<IpAddr>), (&FORWARDED, forwarded)];
    let said = said.into_iter().filter(|(name, _)| headers.contains_key(*name)).map(|(name, read)| {
        let mut client = peer;
        for hop in hops(headers, name) {
            match read(hop) {
                Some(address) => client = address.to_canonical(),
                None => return peer,
            }
            if !is_proxy(client) {
                break;
            }
        }
        client
    });
    let said: Vec<IpAddr> = said.collect();
    match said.as_slice() {
        [one] => *one,
        [one, other] if one == other => *one,
        _ => peer,
    }
}

/// The members of a header that is a list, the last one first.
fn hops<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines: Vec<&str> = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("unreadable")).collect();
    lines.into_iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim)
}

fn x_forwarded_for(hop: &str) -> Option<IpAddr> {
    address(hop)
}

/// `for=192.0.2.60;proto=https`, `For="[2001:db8::1]:4711"` (RFC 7239 §4).
fn forwarded(hop: &str) -> Option<IpAddr> {
    let pairs = hop.split(';').filter_map(|pair| pair.split_once('='));
    let node = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?.1;
    address(node.trim().trim_matches('"'))
}

/// An address, with or without brackets and port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}
