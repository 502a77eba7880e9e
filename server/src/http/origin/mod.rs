//! Origin of a request: its id, the client's address, and its line in the log.

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

/// Response header with the request's id in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Path prefix of health checks, which proxies send themselves, without a client.
const HEALTH: &str = "/health/";

/// The other end of the connection: a client or a proxy. The accept loop adds it to every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Adds the [`Origin`] to the request, and logs its result: method, path, status and time. Never logs a query, a header
/// or a body, since those may contain codes, tokens and addresses.
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

/// Returns the address of the client behind `peer`, or `None` if it is unknown. Only a trusted proxy may name it, and
/// only in the header that it sets: any other header comes from the client unchanged. In a header with a list, the last
/// address that is not a trusted proxy's counts, since the client may have made up everything before it.
///
/// If the header cannot be read, the proxy's own address would be wrong: a client can make a proxy drop the header
/// (`Connection: X-Forwarded-For`), and would gain access that only the proxy's network has.
fn client(peer: IpAddr, headers: &HeaderMap, config: &Config) -> Option<IpAddr> {
    let peer = peer.to_canonical();
    let is_proxy = |address: IpAddr| config.trusted_proxies.iter().any(|network| network.holds(address));
    if !is_proxy(peer) {
        return Some(peer);
    }
    let name = &config.client_address_header;
    if *name != FORWARDED && *name != X_FORWARDED_FOR {
        // One proxy writes one address there. If there are two, the client wrote at least one.
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

/// Warns once that settings and proxy do not match. Any client can cause this, so it must not fill the log.
fn warn_of_unknown(peer: IpAddr, header: &HeaderName) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!(
            %peer, %header,
            "a trusted proxy sent no readable client address: set LATCHKEY_CLIENT_ADDRESS_HEADER to the header \
             that it sets; until then, the address of such clients is unknown"
        );
    });
}

/// Yields the members of a list header, last one first.
fn hops<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines: Vec<&str> = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("unreadable")).collect();
    lines.into_iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim)
}

/// Parses `for=192.0.2.60;proto=https` or `For="[2001:db8::1]:4711"` (RFC 7239 §4).
fn forwarded(hop: &str) -> Option<IpAddr> {
    let pairs = hop.split(';').filter_map(|pair| pair.split_once('='));
    let node = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?.1;
    address(node.trim().trim_matches('"'))
}

/// Parses an address with or without brackets and port. Load balancers add ports if configured to, and some then omit
/// the brackets (`2001:db8::1:4711` is indistinguishable from an address, and is parsed as one).
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}
