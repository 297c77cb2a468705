//! `/admin/events`: what there is, several at once, and one by itself.

mod bulk;
mod dates;
mod form;
mod list;
mod page;

pub use list::Row;

use axum::Router;
use axum::routing::get;

use super::Desk;

pub fn router() -> Router<Desk> {
    Router::new()
        .route("/events", get(list::show).post(bulk::act))
        .route("/events/new", get(page::new).post(page::add))
        .route("/events/look", axum::routing::post(page::look))
        .route("/events/{id}", get(page::show).post(page::act))
        .route("/events/{id}/dates", get(dates::show).post(dates::act))
}
