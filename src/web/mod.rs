//! What HTTP asks of the daemon. Each door has a folder and a router with layers of its own: `site` for readers.

pub mod api;
pub mod desk;
pub mod hooks;
pub mod http;
pub mod kept;
pub mod site;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, header};
use axum::{Router, middleware};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use api::Api;
use desk::{Desk, Live};
use hooks::Hooks;
use http::fixed;
use http::server::Door;
use site::Site;

/// A year: browsers then come by https alone.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// All that is answered at `[http] listen`.
pub fn door(site: &Site, api: &Api, hooks: &Hooks, live: &Live) -> Door {
    let desk = Desk::new(site.office.clone(), live.clone());
    Door::new(router(site.clone(), api.clone(), hooks.clone(), desk), &site.config.http.trusted_proxies)
}

/// What is told at `[metrics] listen`.
pub fn metrics_door(site: &Site) -> Door {
    Door::new(metrics(site.clone()), &[])
}

fn router(site: Site, api: Api, hooks: Hooks, desk: Desk) -> Router {
    let is_https = site.config.site.base_url.is_https();
    let hsts = SetResponseHeaderLayer::if_not_present(header::STRICT_TRANSPORT_SECURITY, is_https.then_some(HSTS));
    // Older browsers go by this, and it knows no way to allow all.
    let denied = |response: &Response<Body>| {
        let policy = response.headers().get(header::CONTENT_SECURITY_POLICY);
        (policy != Some(&site::EMBEDDED)).then_some(HeaderValue::from_static("DENY"))
    };
    let base = site.config.http.base_path.clone();
    let whole = site::router(&site)
        .with_state(site)
        .nest("/api", api::router(api))
        .nest("/hooks", hooks::router(hooks))
        .merge(desk::router(desk))
        // The first is the outermost. Together they are one step of a request; each by itself would be one more.
        .layer((
            TraceLayer::new_for_http().make_span_with(http::log::span),
            middleware::from_fn(http::count::count),
            middleware::from_fn(http::vary_in_one),
            hsts,
            fixed(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
            fixed(header::REFERRER_POLICY, "no-referrer"),
            SetResponseHeaderLayer::if_not_present(header::X_FRAME_OPTIONS, denied),
            fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ));
    http::below::nested(&base, whole)
}

fn metrics(site: Site) -> Router {
    site::metrics::router().layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff")).with_state(site)
}
