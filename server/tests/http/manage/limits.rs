//! The limit on calls of one token.

use axum::http::StatusCode;
use testing::contract;

use super::api::Api;
use crate::fixture::Server;

contract!(a_token_may_make_a_hundred_calls_at_once_and_ten_a_second, async |db| {
    let server = Server::limited_on(db).await;
    let (api, other) = (Api::of(&server).await, Api::of(&server).await);
    for left in (0..100).rev() {
        let answer = api.get("/products").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("ratelimit-policy"), "\"calls\";q=600;w=60");
        assert_eq!(answer.header("ratelimit"), format!("\"calls\";r={left};t=1"));
    }
    let refused = api.get("/products").await;
    assert_eq!(refused.problem(), (429, "rate_limited".to_owned()));
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("1", "\"calls\";r=0;t=1"));
    assert_eq!(other.get("/products").await.status, StatusCode::OK, "each token has its own");
    server.clock.advance(1);
    let after = api.get("/licenses/x").await;
    assert_eq!((after.status.as_u16(), after.header("ratelimit")), (404, "\"calls\";r=9;t=1"), "on problems, too");
});
