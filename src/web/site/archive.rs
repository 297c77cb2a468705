//! `/archive`: past editions, for everybody.

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::chrome::Chrome;
use super::error::PageError;
use super::id::Id;
use super::language::Language;
use super::query::FilterQuery;
use super::{Site, moved};
use crate::config::{Config, DigestConfig};
use crate::domain::archive::ArchiveEntry;
use crate::domain::links::{ARCHIVE, Links};
use crate::domain::wording::Locale;
use crate::feed::{FeedInfo, Format, atom};
use crate::store::Neighbours;
use crate::web::http::validators::{http_date, is_fresh, weak_etag};
use crate::web::kept::answer::{SentAs, respond};
use crate::web::kept::feed::Feed;

pub fn router() -> Router<Site> {
    Router::new()
        .route(ARCHIVE, get(all))
        .route("/archive/{digest}", get(of_digest))
        .route("/archive/{digest}/{number}", get(edition))
}

pub fn feeds() -> Router<Site> {
    Router::new().route("/archive.atom", get(feed_of_all))
}

fn public_digest<'a>(config: &'a Config, slug: &str) -> Result<&'a DigestConfig, PageError> {
    config.public_digests().find(|digest| digest.slug.as_str() == slug).ok_or(PageError::NotFound)
}

#[derive(Template)]
#[template(path = "page/archive.html")]
struct ArchivePage {
    chrome: Chrome,
    title: String,
    /// Of one digest, its own words on itself.
    description: String,
    feed_path: String,
    editions: Vec<ListedEdition>,
    /// Where those before them are.
    earlier_url: Option<String>,
    /// The archives of single digests: title and address.
    single: Vec<(String, String)>,
    can_subscribe: bool,
}

/// An edition in the list.
struct ListedEdition {
    url: String,
    subject: String,
    /// The language of subject and headlines.
    locale: String,
    /// Which it is, of which digest, from when.
    facts: Vec<String>,
    headlines: String,
}

/// How many editions a page or a feed lists.
const SHOWN: usize = 30;

/// The question for editions before one, by its id.
const BEFORE: &str = "before";

async fn all(State(site): State<Site>, language: Language, query: FilterQuery) -> Result<Response, PageError> {
    let digests: Vec<_> = site.config.public_digests().collect();
    list(&site, &language, &query, ARCHIVE, &digests).await
}

/// `/archive/{digest}` for people, `/archive/{digest}.atom` for their programs.
async fn of_digest(
    State(site): State<Site>,
    Path(name): Path<String>,
    language: Language,
    query: FilterQuery,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    if let Some(slug) = name.strip_suffix(".atom") {
        let digest = public_digest(&site.config, slug)?;
        return Ok(feed(
            &site,
            &headers,
            &Links::HERE.archive_of(slug),
            site.config.title_of(digest, site.config.site.locale),
            &[digest],
        )
        .await?
        .into_response());
    }
    let digest = public_digest(&site.config, &name)?;
    list(&site, &language, &query, &Links::HERE.archive_of(&name), &[digest]).await
}

fn slugs(digests: &[&DigestConfig]) -> Vec<String> {
    digests.iter().map(|digest| digest.slug.as_str().to_owned()).collect()
}

async fn list(
    site: &Site,
    language: &Language,
    query: &FilterQuery,
    path: &str,
    digests: &[&DigestConfig],
) -> Result<Response, PageError> {
    let locale = language.locale();
    let before = query.one(BEFORE).and_then(|id| id.parse().ok());
    // One more than is shown tells whether there are more.
    let mut entries = site.store.archived_editions(&slugs(digests), locale.tag(), before, SHOWN + 1).await?;
    let has_more = entries.len() > SHOWN;
    entries.truncate(SHOWN);
    let one = if path == ARCHIVE { None } else { digests.first() };
    let titled = |digest: &DigestConfig| site.config.title_of(digest, locale).to_owned();
    let link = |digest: &&DigestConfig| (titled(digest), Links::HERE.archive_of(digest.slug.as_str()));
    let page = ArchivePage {
        title: one.map_or_else(|| locale.say("archive"), |digest| titled(digest)),
        description: one.map_or("", |digest| site.config.description_of(digest, locale)).to_owned(),
        feed_path: format!("{path}.atom"),
        earlier_url: entries.last().filter(|_| has_more).map(|last| format!("{path}?{BEFORE}={}", last.edition_id)),
        editions: entries.iter().map(|entry| ListedEdition::of(entry, site, locale, digests)).collect(),
        single: digests.iter().map(link).collect(),
        can_subscribe: !site.config.digests.is_empty(),
        chrome: Chrome::of(site, language),
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}

impl ListedEdition {
    fn of(entry: &ArchiveEntry, site: &Site, locale: Locale, digests: &[&DigestConfig]) -> Self {
        let digest = digests.iter().find(|digest| digest.slug.as_str() == entry.digest);
        let zone = digest.map_or(&site.config.site.timezone, |digest| site.config.zone_of(digest));
        let title = digest.filter(|_| digests.len() > 1).map(|digest| site.config.title_of(digest, locale).to_owned());
        let number = locale.with("archive-number", "number", entry.number.to_string());
        let day = locale.long_day(zone.at(entry.scheduled_for).date());
        Self {
            url: Links::HERE.edition(&entry.digest, entry.number),
            subject: entry.subject.clone(),
            locale: entry.locale.clone(),
            facts: title.into_iter().chain([number, day]).collect(),
            headlines: entry.preheader.clone(),
        }
    }
}

/// What is new in the archive, in the site's language, like all feeds.
pub async fn newest(site: &Site) -> Result<Vec<ArchiveEntry>, PageError> {
    let digests: Vec<_> = site.config.public_digests().collect();
    Ok(site.store.archived_editions(&slugs(&digests), site.config.site.locale.tag(), None, SHOWN).await?)
}

async fn feed_of_all(State(site): State<Site>, headers: HeaderMap) -> Result<axum::http::Response<Body>, PageError> {
    let digests: Vec<_> = site.config.public_digests().collect();
    feed(&site, &headers, ARCHIVE, site.config.feed_title(), &digests).await
}

/// In the site's language, like all feeds.
async fn feed(
    site: &Site,
    headers: &HeaderMap,
    path: &str,
    title: &str,
    digests: &[&DigestConfig],
) -> Result<axum::http::Response<Body>, PageError> {
    let locale = site.config.site.locale;
    let entries = site.store.archived_editions(&slugs(digests), locale.tag(), None, SHOWN).await?;
    let info = FeedInfo { title: title.to_owned(), ..FeedInfo::of(&site.config, &format!("{path}.atom")) };
    let changed_at = entries.iter().map(|entry| entry.composed_at).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let feed = Feed::of_text(atom::editions(&entries, &info, path), changed_at);
    Ok(respond(&feed, headers, &SentAs::feed(Format::Atom, "archive.atom"), site.store.now()))
}

/// What an edition may load: it was made for mail, where styles stand in the elements.
const EDITION_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https:; form-action 'none'; \
                              base-uri 'none'; frame-ancestors 'none'";

/// Leads from an edition to those beside it.
#[derive(Template)]
#[template(path = "page/beside.html")]
struct Beside<'a> {
    slug: &'a str,
    locale: Locale,
    beside: Neighbours,
}

impl Beside<'_> {
    fn url(&self, number: &i64) -> String {
        Links::HERE.edition(self.slug, number)
    }

    fn named(&self, number: &i64) -> String {
        self.locale.with("archive-number", "number", number.to_string())
    }
}

/// The document with ways to its neighbours at its end: which those are was not known when it was made.
fn with_neighbours(html: &str, beside: &Beside<'_>) -> String {
    let (Some(end), Ok(ways)) = (html.rfind("</body>"), beside.render()) else { return html.to_owned() };
    format!("{}{ways}{}", &html[..end], &html[end..])
}

/// The document as it was made, under what was corrected since, and with ways to those beside it.
async fn edition(
    State(site): State<Site>,
    Path((slug, number)): Path<(String, String)>,
    language: Language,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let digest = public_digest(&site.config, &slug)?;
    let Id(number) = number.parse()?;
    let found = site.office.archived_edition(digest, number, language.locale()).await?;
    let (edition, made_at) = found.ok_or(PageError::NotFound)?;
    if let Some(moved) = moved::to(&Links::HERE.edition(&slug, number), &uri) {
        return Ok(moved);
    }
    let beside = site.store.archive_neighbours(&slug, number).await?;
    let made_at = beside.followed_at.map_or(made_at, |followed_at| made_at.max(followed_at));
    let locale = edition.locale.parse().unwrap_or(language.locale());
    let html = with_neighbours(&edition.html, &Beside { slug: &slug, locale, beside });
    let hash = HEXLOWER.encode(&Sha256::digest(&html)[..16]);
    // Weak, since the same is sent packed and unpacked.
    let fields = [
        (header::ETAG, weak_etag(&hash)),
        (header::LAST_MODIFIED, http_date(made_at.min(site.store.now()))),
        (header::CACHE_CONTROL, "public, max-age=3600".to_owned()),
        (header::CONTENT_LANGUAGE, edition.locale),
        (header::CONTENT_SECURITY_POLICY, EDITION_POLICY.to_owned()),
    ];
    let mut response = match is_fresh(&headers, &hash, Some(made_at)) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Html(html).into_response(),
    };
    let value = |(name, text): (HeaderName, String)| Some((name, HeaderValue::from_str(&text).ok()?));
    response.headers_mut().extend(fields.into_iter().filter_map(value));
    Ok(response)
}
