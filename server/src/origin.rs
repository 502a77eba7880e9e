//! Where a request comes from: an id for the log, the client's address, and the line that says what became of it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Once,
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

use crate::{AppState, Config};

#[cfg(test)]
mod tests;

/// The answer's header that names the request in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The proxies' own requests, to which no client belongs.
const HEALTH: &str = "/health/";

/// Who is at the other end of the connection: a client, or a proxy. The accept loop puts it into every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Gives the request its [`Origin`], and logs what became of it: method, path, status and time. Never a query, a header or
/// a body: those may hold codes, tokens and addresses.
pub async fn note(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = state.service.clock().id().to_string();
    let peer = request.extensions().get::<Peer>().map(|Peer(peer)| peer.ip());
    let address = peer.and_then(|peer| {
        let client = client(peer, request.headers(), &state.config);
        if client.is_none() && !request.uri().path().starts_with(HEALTH) {
            warn_of_unknown(peer, &state.config.client_address_header);
        }
        client
    });
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

/// The address of the client behind `peer`; none where that cannot be told. Only a trusted proxy is believed, and only in
/// the header that it writes: any other comes from the client as it is. Of a header that is a list, the last address that
/// is not itself such a proxy's counts: the client may have made up everything before it.
///
/// Without a readable header the proxy's own address would be the wrong answer: a client can have a proxy drop the header
/// (`Connection: X-Forwarded-For`), and would then be let in where only the proxy's network may.
fn client(peer: IpAddr, headers: &HeaderMap, config: &Config) -> Option<IpAddr> {
    let peer = peer.to_canonical();
    let is_proxy = |address: IpAddr| config.trusted_proxies.iter().any(|network| network.holds(address));
    if !is_proxy(peer) {
        return Some(peer);
    }
    let name = &config.client_address_header;
    if *name != FORWARDED && *name != X_FORWARDED_FOR {
        // One proxy writes one address there. Of two, the client wrote at least one.
        let mut lines = headers.get_all(name).iter();
        let only = lines.next().filter(|_| lines.next().is_none())?;
        return address(only.to_str().ok()?.trim()).map(|address| address.to_canonical());
    }
    let read = if *name == FORWARDED { forwarded } else { address };
    let mut client = None;
    for hop in hops(headers, name) {
        let address = read(hop)?.to_canonical();
        client = Some(address);
        if !is_proxy(address) {
            break;
        }
    }
    client
}

/// Tells the operator once that the settings and the proxy do not fit. Anybody can cause it, so it must not fill the log.
fn warn_of_unknown(peer: IpAddr, header: &HeaderName) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!(
            %peer, %header,
            "a trusted proxy sent no client’s address that can be read: set LATCHKEY_CLIENT_ADDRESS_HEADER to the header \
             that it writes, or such requests come from nowhere"
        );
    });
}

/// The members of a header that is a list, the last one first.
fn hops<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines: Vec<&str> = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("unreadable")).collect();
    lines.into_iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim)
}

/// `for=192.0.2.60;proto=https`, `For="[2001:db8::1]:4711"` (RFC 7239 §4).
fn forwarded(hop: &str) -> Option<IpAddr> {
    let pairs = hop.split(';').filter_map(|pair| pair.split_once('='));
    let node = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?.1;
    address(node.trim().trim_matches('"'))
}

/// An address, with or without brackets and port: load balancers add ports where they are told to, and a few leave out the
/// brackets then (`2001:db8::1:4711` cannot be told from an address and is taken as one).
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}
