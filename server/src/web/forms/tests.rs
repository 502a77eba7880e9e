//! A tiny app with one form, which is posted as by a browser without scripts.

use app::{
    Error,
    components::TextField,
    form::{Form, Submit, act},
    http::address,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    response::Response,
};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list, handle_server_fns_with_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router as Pages, Routes},
    path,
};
use tower::ServiceExt as _;

use super::with_forms;

#[server(endpoint = "test/paint", prefix = "/admin/api")]
async fn paint(
    #[server(default)] color: String,
    #[server(default)] password: String,
    #[server(default)] then: String,
) -> Result<(), Error> {
    if color != "red" {
        return Err(Error::field("color", format!("must be red, and the secret is {} long", password.len())));
    }
    if !then.is_empty() {
        leptos_axum::redirect(&then);
    }
    Ok(())
}

#[component]
fn TinyApp() -> impl IntoView {
    leptos_meta::provide_meta_context();
    view! {
        <Pages>
            <Routes fallback=|| "nothing">
                <Route path=path!("/wall") view=Wall ssr=SsrMode::Async />
            </Routes>
        </Pages>
    }
}

#[component]
fn Wall() -> impl IntoView {
    let action = act::<Paint>();
    view! {
        <Form action id="wall">
            <TextField name="color" label="Color" value="white" />
            <TextField name="password" label="Password" kind="password" />
            <Submit>"Paint"</Submit>
        </Form>
    }
}

fn tiny_app() -> Router {
    let options = LeptosOptions::builder().output_name("tiny").build();
    let routes = generate_route_list(TinyApp);
    let inside = Router::new()
        .route("/admin/api/{*function}", axum::routing::post(|request| handle_server_fns_with_context(|| (), request)))
        .leptos_routes(&options, routes, TinyApp)
        .with_state(options);
    with_forms(inside)
}

async fn post(page: &str, body: &str) -> (StatusCode, Option<String>, String) {
    let request = Request::post(page)
        .header(header::ACCEPT, "text/html,application/xhtml+xml")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("_action=/admin/api/test/paint&_form=wall&{body}")))
        .unwrap();
    read(tiny_app().oneshot(request).await.unwrap()).await
}

async fn read(response: Response) -> (StatusCode, Option<String>, String) {
    let location = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, location, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_bad_form_returns_filled_in_with_the_message_at_its_field() {
    let (status, location, page) = post("/wall?tab=2", "color=dark+blue&password=hunter2hunter2").await;
    assert_eq!((status, location), (StatusCode::UNPROCESSABLE_ENTITY, None));
    let input = page.split("<input").find(|it| it.contains("id=\"wall-color\"")).unwrap();
    let input = input.split('>').next().unwrap();
    assert!(input.contains("value=\"dark blue\""), "{input}");
    assert!(input.contains("aria-invalid=\"true\""), "{input}");
    assert!(input.contains("aria-describedby=\"wall-color-error\""), "{input}");
    assert!(page.contains("Color must be red, and the secret is 14 long."), "{page}");
    assert!(page.contains("Check 1 field"), "{page}");
    assert!(!page.contains("hunter2"), "the password is in the page");
}

#[tokio::test]
async fn a_good_form_redirects_as_the_function_says_or_back_to_its_page() {
    assert_eq!(to(post("/wall?tab=2&dialog=paint", "color=red").await), "/wall?tab=2");
    assert_eq!(to(post("/wall", "color=red&then=%2Fhouse%3Fdone%3Dpainted").await), "/house?done=painted");
}

#[tokio::test]
async fn no_form_redirects_the_browser_to_another_site() {
    for evil in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("color", "red")
            .append_pair("then", evil)
            .finish();
        assert_eq!(to(post("/wall", &body).await), address::HOME, "{evil}");
    }
    assert_eq!(to(post("//evil.example/wall", "color=red").await), address::HOME);
}

fn to((status, location, _): (StatusCode, Option<String>, String)) -> String {
    assert_eq!(status, StatusCode::SEE_OTHER);
    location.unwrap()
}

#[tokio::test]
async fn the_script_gets_the_same_refusal_with_the_same_status() {
    let request = Request::post("/admin/api/test/paint")
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("color=blue"))
        .unwrap();
    let (status, _, body) = read(tiny_app().oneshot(request).await.unwrap()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(body, r#"{"Invalid":[{"field":"color","message":"must be red, and the secret is 0 long"}]}"#);
}

#[tokio::test]
async fn a_form_with_an_unknown_function_is_an_ordinary_post() {
    let request = Request::post("/wall")
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("_action=/health/live"))
        .unwrap();
    assert_eq!(read(tiny_app().oneshot(request).await.unwrap()).await.0, StatusCode::METHOD_NOT_ALLOWED);
}
