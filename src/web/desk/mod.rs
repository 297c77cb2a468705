//! The desk: what editors and operators see, by a session of theirs. Each page asks for a right, and changes nothing but by
//! a form that was made for this session.

mod articles;
mod assets;
mod chrome;
mod coming;
mod deliveries;
mod drafts;
mod editions;
mod events;
mod field;
mod frame;
mod guard;
mod languages;
mod machine;
mod readers;
mod returned;
mod sent;
mod sign_in;
mod sources;
mod tallies;
mod team;
mod today;
mod trouble;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Redirect;
use axum::routing::get;
use axum::{Router, middleware};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

pub use editions::live::Live;

use self::coming::Coming;
use self::languages::Languages;
use self::tallies::Tallies;
use crate::domain::links::DESK;
use crate::office::Office;
use crate::web::http::{below, fixed};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What pages may load: what is the site's own.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every handler may use.
#[derive(Clone)]
pub struct Desk(Arc<Parts>);

struct Parts {
    office: Office,
    live: Live,
    languages: Languages,
    coming: Coming,
    tallies: Tallies,
}

impl std::ops::Deref for Desk {
    type Target = Office;

    fn deref(&self) -> &Office {
        &self.0.office
    }
}

impl Desk {
    pub fn new(office: Office, live: Live) -> Self {
        let (languages, coming, tallies) = (Languages::default(), Coming::default(), Tallies::default());
        Self(Arc::new(Parts { office, live, languages, coming, tallies }))
    }

    fn live(&self) -> &Live {
        &self.0.live
    }

    fn coming(&self) -> &Coming {
        &self.0.coming
    }

    fn tallies(&self) -> &Tallies {
        &self.0.tallies
    }

    fn languages(&self) -> &Languages {
        &self.0.languages
    }

    /// Whether readers and editors come by https.
    fn is_https(&self) -> bool {
        self.config.site.base_url.is_https()
    }
}

/// All pages of the desk, at their whole addresses.
pub fn router(desk: Desk) -> Router {
    let policy = HeaderValue::from_static(POLICY);
    let pages = Router::new()
        .merge(today::router())
        .merge(events::router())
        .merge(drafts::router())
        .merge(articles::router())
        .merge(editions::router())
        .merge(deliveries::router())
        .merge(readers::router())
        .merge(sources::router())
        .merge(returned::router())
        .merge(team::router())
        .merge(machine::router())
        .merge(sign_in::sessions())
        .fallback(trouble::not_found)
        .layer(middleware::from_fn_with_state(desk.clone(), guard::guard))
        .merge(sign_in::router())
        .layer(middleware::from_fn_with_state(desk.clone(), trouble::show))
        .layer(fixed(header::CACHE_CONTROL, "no-store"));
    Router::new()
        .nest(DESK, pages.merge(assets::router()))
        // A router that is nested does not see this one.
        .route(&format!("{DESK}/"), get(|| async { Redirect::permanent(DESK) }))
        .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, policy))
        .layer(fixed(HeaderName::from_static("x-robots-tag"), "noindex"))
        // Without it browsers say of a form's origin that it is `null`.
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(middleware::from_fn_with_state(desk.config.http.base_path.clone(), below::lead))
        // Nothing is packed: how well a page packs would tell of the secret in its forms to who may have words put beside it.
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .with_state(desk)
}
