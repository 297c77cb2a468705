//! `/articles`: the texts of the newsletter.

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use jiff::civil::Date;

use super::cards::Card;
use super::chrome::Chrome;
use super::error::PageError;
use super::id::Id;
use super::language::Language;
use super::query::FilterQuery;
use super::{Site, json_ld, moved};
use crate::domain::article::{Article, ArticleFilter};
use crate::domain::event::Event;
use crate::domain::links::{ARTICLES, ARTICLES_FEED, Links};
use crate::domain::wording::Locale;
use crate::feed::{FeedInfo, Format, atom};
use crate::markdown;
use crate::web::kept::answer::{SentAs, respond};
use crate::web::kept::feed::Feed;

pub fn router() -> Router<Site> {
    Router::new().route(ARTICLES, get(list)).route("/articles/{id}", get(article))
}

pub fn feeds() -> Router<Site> {
    Router::new().route(ARTICLES_FEED, get(feed))
}

/// An article as lists show it.
pub struct ListedArticle {
    pub url: String,
    pub title: String,
    /// When, and by whom.
    pub facts: Vec<String>,
    pub excerpt: String,
    pub topics: Vec<String>,
}

/// How long an excerpt may be, in characters.
const EXCERPT: usize = 280;

impl ListedArticle {
    fn of(article: &Article, locale: Locale) -> Self {
        let facts = [locale.day(article.date), article.byline.clone()];
        Self {
            url: Links::HERE.article(article.id),
            title: article.title.clone(),
            facts: facts.into_iter().filter(|fact| !fact.is_empty()).collect(),
            excerpt: markdown::excerpt(&article.body, EXCERPT),
            topics: article.topics.clone(),
        }
    }
}

/// The newest articles, for a page that is about more.
pub async fn newest(site: &Site, locale: Locale, most: usize) -> Result<Vec<ListedArticle>, PageError> {
    let articles = site.store.articles(&public(site, Vec::new()), 0, most).await?;
    Ok(articles.iter().map(|article| ListedArticle::of(article, locale)).collect())
}

/// Those in which what is asked for is found.
pub async fn found(
    site: &Site,
    query: &FilterQuery,
    locale: Locale,
    most: usize,
) -> Result<Vec<ListedArticle>, PageError> {
    let Some(search) = query.one("q") else { return Ok(Vec::new()) };
    let articles = site.shelf.found(&site.store, search, &query.all("topic"), most).await?;
    Ok(articles.iter().map(|article| ListedArticle::of(article, locale)).collect())
}

/// The newest with a topic of their own.
pub async fn with_topic(site: &Site, topic: &str, locale: Locale) -> Result<Vec<ListedArticle>, PageError> {
    let articles = site.store.articles(&public(site, vec![topic.to_owned()]), 0, SHOWN).await?;
    Ok(articles.iter().map(|article| ListedArticle::of(article, locale)).collect())
}

/// The articles about an event.
pub async fn about(site: &Site, event: &Event, locale: Locale) -> Result<Vec<ListedArticle>, PageError> {
    let (articles, now) = (site.store.articles_of_event(event.id).await?, site.store.now());
    let public = articles.iter().filter(|article| article.is_public(now));
    Ok(public.map(|article| ListedArticle::of(article, locale)).collect())
}

fn public(site: &Site, topics: Vec<String>) -> ArticleFilter {
    ArticleFilter { topics, public_at: Some(site.store.now()), ..ArticleFilter::default() }
}

#[derive(Template)]
#[template(path = "page/articles.html")]
struct ArticlesPage {
    chrome: Chrome,
    /// Those asked for.
    topics: Vec<String>,
    articles: Vec<ListedArticle>,
    feed_path: String,
    earlier_url: Option<String>,
}

/// How many articles a page or a feed has.
const SHOWN: usize = 20;

/// The question for another page of the list, from 1.
const PAGE: &str = "page";

async fn list(State(site): State<Site>, language: Language, query: FilterQuery) -> Result<Response, PageError> {
    let page: usize = query.one(PAGE).and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
    let filter = public(&site, query.all("topic"));
    let offset = (page - 1).saturating_mul(SHOWN);
    // One more than is shown tells whether there are more.
    let mut articles = site.store.articles(&filter, offset, SHOWN + 1).await?;
    let has_more = articles.len() > SHOWN;
    articles.truncate(SHOWN);
    let earlier = || {
        let mut earlier = questions(&filter.topics);
        format!("{ARTICLES}?{}", earlier.append_pair(PAGE, &(page + 1).to_string()).finish())
    };
    let page = ArticlesPage {
        articles: articles.iter().map(|article| ListedArticle::of(article, language.locale())).collect(),
        earlier_url: has_more.then(earlier),
        feed_path: feed_path(&filter.topics),
        topics: filter.topics,
        chrome: Chrome::of(&site, &language),
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}

fn questions(topics: &[String]) -> url::form_urlencoded::Serializer<'static, String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(topics.iter().map(|topic| ("topic", topic)));
    query
}

fn feed_path(topics: &[String]) -> String {
    match questions(topics).finish() {
        questions if questions.is_empty() => ARTICLES_FEED.to_owned(),
        questions => format!("{ARTICLES_FEED}?{questions}"),
    }
}

/// The newest articles, whole, in the order of the list.
async fn feed(
    State(site): State<Site>,
    query: FilterQuery,
    headers: HeaderMap,
) -> Result<axum::http::Response<Body>, PageError> {
    let filter = public(&site, query.all("topic"));
    let articles = site.store.articles(&filter, 0, SHOWN).await?;
    let info = FeedInfo::of(&site.config, &feed_path(&filter.topics));
    let changed_at = articles.iter().map(Article::changed_at).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let feed = Feed::of_text(atom::articles(&articles, &info), changed_at);
    Ok(respond(&feed, &headers, &SentAs::feed(Format::Atom, "articles.atom"), site.store.now()))
}

#[derive(Template)]
#[template(path = "page/article.html")]
struct ArticlePage {
    chrome: Chrome,
    title: String,
    /// `2020-10-19`, and in words.
    date: Date,
    day: String,
    byline: String,
    source: String,
    topics: Vec<String>,
    body: String,
    /// What it is about.
    events: Vec<Card>,
    json_ld: String,
}

/// Editors show pictures from where they lie.
const ARTICLE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https:; \
                              form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

async fn article(
    State(site): State<Site>,
    Path(id): Path<String>,
    language: Language,
    uri: Uri,
) -> Result<Response, PageError> {
    let Id(id) = id.parse()?;
    let (article, now) = (site.store.article(id).await?, site.store.now());
    if !article.is_public(now) {
        return Err(PageError::NotFound);
    }
    if let Some(moved) = moved::to(&Links::HERE.article(id), &uri) {
        return Ok(moved);
    }
    let locale = language.locale();
    let today = site.config.site.timezone.at(now).date();
    let snapshot = site.snapshots.current().await?;
    let find = |id: &i64| snapshot.public(*id).map(|event| &**event).filter(|event| !event.removed);
    let events: Vec<&Event> = article.events.iter().filter_map(find).collect();
    // Of what repeats, the date that comes next.
    let card = |event: &&Event| match event.details.repeat {
        Some(_) => Card::of(event.next_occurrence(now).as_ref().unwrap_or(event), today, locale),
        None => Card::of(event, today, locale),
    };
    let page = ArticlePage {
        day: locale.day(article.date),
        events: events.iter().map(card).collect(),
        body: markdown::pictures::html(&article, Links::HERE),
        json_ld: json_ld::article(&article, &events, &site.config),
        title: article.title,
        date: article.date,
        byline: article.byline,
        source: article.source,
        topics: article.topics,
        chrome: Chrome::of(&site, &language),
    };
    let mut response = page.chrome.page(StatusCode::OK, &page)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(ARTICLE_POLICY));
    Ok(response)
}
