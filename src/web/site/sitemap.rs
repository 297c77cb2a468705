//! `/sitemap.xml` (sitemaps.org): the pages that search engines may find.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use axum::routing::get;

use super::Site;
use super::error::PageError;
use crate::domain::article::ArticleFilter;
use crate::domain::event::Kind;
use crate::domain::filter::EventFilter;
use crate::domain::links::{ARCHIVE, ARTICLES, SITEMAP, STANDARDS, TOPICS};
use crate::store::Snapshot;
use crate::web::kept::answer::{SentAs, respond};
use crate::web::kept::as_of::AsOf;
use crate::web::kept::feed::Feed;

/// No more may stand in one file; the newest events are those that are looked for.
const MOST: usize = 50_000;
/// Of these, no more are articles.
const ARTICLES_AT_MOST: usize = 5_000;

pub fn router() -> Router<Site> {
    Router::new().route(SITEMAP, get(sitemap))
}

/// As of a revision of the events, with these articles.
pub type Sitemap = AsOf<(i64, Vec<i64>), Feed>;

async fn sitemap(State(site): State<Site>, headers: HeaderMap) -> Result<Response<Body>, PageError> {
    let snapshot = site.snapshots.current().await?;
    let public = ArticleFilter { public_at: Some(site.store.now()), ..ArticleFilter::default() };
    let articles = site.store.articles(&public, 0, ARTICLES_AT_MOST).await?;
    let articles: Vec<i64> = articles.iter().map(|article| article.id).collect();
    let make = {
        let site = site.clone();
        move || {
            let version = (snapshot.head, articles.clone());
            site.sitemap.get(version, || Feed::of_text(text(&site, &snapshot, &articles), snapshot.changed_at))
        }
    };
    let sitemap = site.work.run(make).await?;
    let sent = SentAs { media_type: "application/xml", file_name: "sitemap.xml", max_age_s: 3600 };
    Ok(respond(&sitemap, &headers, &sent, site.store.now()))
}

fn text(site: &Site, snapshot: &Snapshot, articles: &[i64]) -> String {
    let links = site.config.site.links();
    let (every, mut seen) = (EventFilter::default().matcher(), Vec::new());
    let mut urls = vec![links.home(), links.subscribe(), links.at(TOPICS), links.at(STANDARDS)];
    urls.extend((!articles.is_empty()).then(|| links.at(ARTICLES)));
    urls.extend(site.config.public_digests().next().map(|_| links.at(ARCHIVE)));
    urls.extend(snapshot.topics().map(|(topic, _)| links.topic(topic)));
    urls.extend(snapshot.standards().map(|(standard, _)| links.standard(standard)));
    urls.extend(articles.iter().map(|id| links.article(*id)));
    let mut events: Vec<i64> = Vec::new();
    for it in snapshot.visible(&every) {
        events.push(it.event.id);
        if !seen.contains(&it.event.details.kind) {
            seen.push(it.event.details.kind);
        }
    }
    urls.extend(Kind::ALL.iter().filter(|kind| seen.contains(kind)).map(|kind| links.kind(*kind)));
    let room = MOST.saturating_sub(urls.len());
    urls.extend(events.iter().rev().take(room).map(|id| links.event(*id)));
    urls.truncate(MOST);
    let entries: String = urls.iter().map(|url| format!("<url><loc>{url}</loc></url>\n")).collect();
    let begin = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    format!("{begin}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{entries}</urlset>\n")
}
