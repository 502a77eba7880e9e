//! A look at the pages; not part of the product.
use std::sync::{Arc, Mutex};
use app::context::{Browser, Doing, SignedIn, Theme, Visitor};
use axum::{Router, extract::Request, response::{IntoResponse, Response}, http::StatusCode};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list, handle_server_fns_with_context};
use service::{Clock, SealingKey, Service};
use std::collections::HashMap;
#[derive(Clone, Default)]
struct One(Arc<Mutex<(Option<uuid::Uuid>, HashMap<&'static str, String>)>>);
impl Browser for One {
    fn sign_in(&self, a: uuid::Uuid) -> Doing<'_, ()> { self.0.lock().unwrap().0 = Some(a); Box::pin(async { Ok(()) }) }
    fn sign_out(&self) -> Doing<'_, ()> { self.0.lock().unwrap().0 = None; Box::pin(async { Ok(()) }) }
    fn keep(&self, k: &'static str, v: String) -> Doing<'_, ()> { self.0.lock().unwrap().1.insert(k, v); Box::pin(async { Ok(()) }) }
    fn kept(&self, k: &'static str) -> Doing<'_, Option<String>> { let v = self.0.lock().unwrap().1.get(k).cloned(); Box::pin(async { Ok(v) }) }
    fn take(&self, k: &'static str) -> Doing<'_, Option<String>> { let v = self.0.lock().unwrap().1.remove(k); Box::pin(async { Ok(v) }) }
}
#[tokio::main]
async fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let store = service::store::Store::open(&format!("sqlite:{dir}/look.db")).await.unwrap();
    let key = std::path::Path::new(&dir).join("key");
    let key = match std::fs::read_to_string(&key) { Ok(t) => SealingKey::read(&t).unwrap(), Err(_) => { let k = SealingKey::generate().unwrap(); std::fs::write(&key, k.to_text()).unwrap(); k } };
    let addr: std::net::SocketAddr = "127.0.0.1:3222".parse().unwrap();
    let service = Service::open(store, &key, Clock::system(), format!("http://{addr}")).await.unwrap();
    if let Some(t) = service.new_setup_link().await.unwrap() { println!("http://{addr}/first-start?token={t}"); }
    let one = One::default();
    let options = LeptosOptions::builder().output_name("latchkey").site_pkg_dir(server::site::pkg_dir().unwrap()).site_addr(addr).build();
    let context = { let (one, service) = (one.clone(), service.clone()); move || {
        provide_context(service.clone());
        provide_context::<Arc<dyn Browser>>(Arc::new(one.clone()));
        if let Some(v) = use_context::<http::request::Parts>().and_then(|p| p.extensions.get::<Visitor>().cloned()) { provide_context(v); }
    } };
    let c2 = context.clone();
    let o2 = options.clone();
    let o3 = options.clone();
    let c3 = context.clone();
    let routes = generate_route_list(app::App);
    let inside = Router::new()
        .route("/admin/api/{*f}", axum::routing::post(move |r| handle_server_fns_with_context(context.clone(), r)))
        .leptos_routes_with_context(&options, routes, c2, move || app::shell(o2.clone()))
        .fallback(move |r: Request| { let o = o3.clone(); let c = c3.clone(); async move {
            if let Some(a) = server::site::answer(r.method(), r.uri().path(), r.headers()) { return a; }
            leptos_axum::render_app_async_with_context(c, move || app::shell(o.clone()))(r).await.into_response()
        } })
        .with_state(options);
    let app = server::forms::with_forms(inside);
    let app = app.layer(axum::middleware::from_fn(move |mut r: Request, n: axum::middleware::Next| { let (one, service) = (one.clone(), service.clone()); async move {
        let id = one.0.lock().unwrap().0;
        let account = match id { Some(id) => service.signed_in(id).await.unwrap().map(SignedIn::from), None => None };
        let theme = r.headers().get("cookie").and_then(|c| c.to_str().ok()).map(Theme::from_cookies).unwrap_or_default();
        let provider = Some(service.provider().await.unwrap().name).filter(|n| !n.is_empty());
        r.extensions_mut().insert(Visitor { account, theme, provider, request_id: "01kaz9e4-test-x7".into(), address: Some("127.0.0.1".into()) });
        let a: Response = n.run(r).await; a
    } }));
    let _ = StatusCode::OK;
    let l = tokio::net::TcpListener::bind(addr).await.unwrap();
    axum::serve(l, app).await.unwrap();
}
