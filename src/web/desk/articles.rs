//! `/admin/articles`: what there is, and one by itself, with how it reads beside it.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::Desk;
use super::chrome::{Choice, Chrome};
use super::events::Row as EventRow;
use super::field::{FieldView, FormView, beside, wrong_with};
use super::sent::Sent;
use super::trouble::{Trouble, status_of};
use super::visitor::{Articles, At};
use crate::domain::FieldError;
use crate::domain::article::{Article, ArticleField, ArticleFilter, ArticlePatch, ArticleStatus};
use crate::domain::event::{Said, typed_list};
use crate::domain::filter::EventFilter;
use crate::domain::links::{DESK, Links};
use crate::domain::picture::{PictureFile, hash_in};
use crate::domain::refused::Refused;
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::markdown;
use crate::office::{Error, ShownArticle};

/// So many are on a page, the newest first.
const ON_A_PAGE: usize = 50;
/// So many events are found for an article.
const FOUND: usize = 20;
/// Of a value in a history so much is shown, in characters.
const SHOWN_CHARS: usize = 200;

/// The fields of the form, in the order in which people think of them.
const FIELDS: [ArticleField; 8] = [
    ArticleField::Title,
    ArticleField::Byline,
    ArticleField::Date,
    ArticleField::Status,
    ArticleField::Topics,
    ArticleField::Events,
    ArticleField::Source,
    ArticleField::Body,
];

pub fn router() -> Router<Desk> {
    Router::new()
        .route("/articles", get(list))
        .route("/articles/new", get(new).post(add))
        .route("/articles/{id}", get(show).post(act))
        .route("/media/{name}", get(picture))
}

struct Row {
    url: String,
    title: String,
    day: String,
    byline: String,
    state: String,
}

#[derive(Template)]
#[template(path = "desk/articles.html")]
struct ListPage {
    chrome: Chrome,
    rows: Vec<Row>,
    done: String,
    next: String,
}

async fn list(at: At<Articles>) -> Result<Response, Trouble> {
    let locale = at.locale();
    let after = at.asked("after").and_then(|after| {
        let (day, id) = after.split_once('.')?;
        Some((day.parse().ok()?, id.parse().ok()?))
    });
    let page = at.office().articles_after(&ArticleFilter::default(), after, ON_A_PAGE).await?;
    let now = at.office().now();
    let rows = page.articles.iter().map(|article| Row {
        url: address_of(article.id),
        title: article.title.clone(),
        day: locale.day(article.date),
        byline: article.byline.clone(),
        state: match (article.published_at, article.is_public(now)) {
            (None, _) => locale.say("desk-draft"),
            (Some(_), false) => locale.say("desk-article-ahead"),
            (Some(_), true) => String::new(),
        },
    });
    let page = ListPage {
        rows: rows.collect(),
        chrome: at.chrome(locale.say("section-articles")).await?,
        done: at.done(),
        next: page.next.map(|(day, id)| format!("{DESK}/articles?after={day}.{id}")).unwrap_or_default(),
    };
    page.chrome.page(StatusCode::OK, &page)
}

fn address_of(id: i64) -> String {
    format!("{DESK}/articles/{id}")
}

/// What was done at one time by somebody.
struct Past {
    when: String,
    who: String,
    what: String,
}

#[derive(Template)]
#[template(path = "desk/article.html")]
struct ArticlePage {
    chrome: Chrome,
    form: FormView,
    /// None: a new one.
    id: Option<i64>,
    is_draft: bool,
    public_url: String,
    seen: i64,
    typed_at: String,
    /// How it reads.
    html: String,
    /// Its pictures, as its text names them.
    images: Vec<(String, String)>,
    /// What the next picture shows, in words.
    alt: String,
    events: Vec<EventRow>,
    find: String,
    found: Vec<EventRow>,
    history: Vec<Past>,
    done: String,
}

/// What the page is made of.
#[derive(Default)]
struct Made {
    sent: Sent,
    wrong: Vec<FieldError>,
    typed_at: String,
    seen: Option<i64>,
}

/// An article as its form shows it.
fn form_of(article: &Article) -> Sent {
    let text = |field: ArticleField| match field {
        ArticleField::Title => article.title.clone(),
        ArticleField::Byline => article.byline.clone(),
        ArticleField::Date => article.date.to_string(),
        ArticleField::Source => article.source.clone(),
        ArticleField::Topics => article.topics.join("; "),
        ArticleField::Events => article.events.iter().map(i64::to_string).collect::<Vec<_>>().join("; "),
        ArticleField::Status => article.status().to_string(),
        ArticleField::Body => article.body.clone(),
    };
    Sent::of(FIELDS.iter().map(|field| (field.as_str().to_owned(), text(*field))).collect())
}

/// What the form says otherwise than the article does, and all that is wrong with it.
fn read(sent: &Sent, base: Option<&Article>) -> (ArticlePatch, Vec<FieldError>) {
    let (mut patch, mut wrong) = (ArticlePatch::default(), Vec::new());
    let before = base.map(form_of);
    for field in FIELDS {
        let Some(typed) = sent.one(field.as_str()) else { continue };
        let known = before.as_ref().map(|before| before.text(field.as_str())).unwrap_or_default();
        if text::multi_line(typed).trim() == text::multi_line(known).trim() {
            continue;
        }
        let said = match field {
            ArticleField::Topics | ArticleField::Events => Said::List(typed_list(typed)),
            _ => Said::Text(typed),
        };
        wrong.extend(patch.say(field, said).err());
    }
    (patch, wrong)
}

async fn new(at: At<Articles>) -> Result<Response, Trouble> {
    let today = at.office().zone().at(at.office().now()).date().to_string();
    let begun = [("status", "draft"), ("date", today.as_str())];
    let begun = begun.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let (sent, typed_at) = at.typed_or(Sent::of(begun)).await?;
    page(&at, None, Made { sent, typed_at, ..Made::default() }, StatusCode::OK).await
}

async fn add(at: At<Articles>, sent: Sent) -> Result<Response, Trouble> {
    let (patch, wrong) = read(&sent, None);
    if !wrong.is_empty() {
        return page(&at, None, Made { sent, wrong, ..Made::default() }, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if sent.button() == "look" {
        return page(&at, None, Made { sent, ..Made::default() }, StatusCode::ACCEPTED).await;
    }
    match at.office().add_told_article(&at.by(), patch).await {
        Ok(article) => Ok(Redirect::to(&format!("{}?done=added", address_of(article.id))).into_response()),
        Err(Error::Refused(refused)) => {
            let status = status_of(refused.code);
            page(&at, None, Made { sent, wrong: vec![beside(refused)], ..Made::default() }, status).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn show(at: At<Articles>, Path(id): Path<i64>) -> Result<Response, Trouble> {
    let shown = at.office().article(id).await?;
    let (sent, typed_at) = at.typed_or(form_of(&shown.article)).await?;
    let made = Made { seen: sent.text("seen").parse().ok(), sent, typed_at, ..Made::default() };
    page(&at, Some(&shown), made, StatusCode::OK).await
}

async fn act(at: At<Articles>, Path(id): Path<i64>, sent: Sent) -> Result<Response, Trouble> {
    let (office, by) = (at.office(), at.by());
    let shown = office.article(id).await?;
    let seen = sent.text("seen").parse().ok();
    let acted = match sent.button() {
        "publish" => office.publish_article(&by, id).await.map(|_| "published"),
        "remove" => match office.remove_article(&by, id, seen).await {
            Ok(_) => return Ok(Redirect::to(&format!("{DESK}/articles?done=gone")).into_response()),
            Err(error) => Err(error),
        },
        "picture" => return add_picture(&at, &shown, sent, seen).await,
        "take-back" => office.take_back_image(&by, id, sent.text("image")).await.map(|_| "saved"),
        "" | "save" | "look" => {
            let (patch, wrong) = read(&sent, Some(&shown.article));
            if !wrong.is_empty() {
                let made = Made { sent, wrong, seen, ..Made::default() };
                return page(&at, Some(&shown), made, StatusCode::UNPROCESSABLE_ENTITY).await;
            }
            if sent.button() == "look" {
                return page(&at, Some(&shown), Made { sent, seen, ..Made::default() }, StatusCode::ACCEPTED).await;
            }
            match patch == ArticlePatch::default() {
                true => Ok("same"),
                false => office.change_article(&by, id, seen, patch).await.map(|_| "saved"),
            }
        }
        _ => return Err(Trouble::NotFound),
    };
    match acted {
        Ok(done) => Ok(Redirect::to(&format!("{}?done={done}", address_of(id))).into_response()),
        Err(Error::Refused(refused)) => {
            let status = status_of(refused.code);
            // What somebody else has changed meanwhile is told; whoever saves again has seen it.
            page(&at, Some(&shown), Made { sent, wrong: vec![beside(refused)], ..Made::default() }, status).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A picture, also one that nobody else may see yet.
async fn picture(at: At<Articles>, Path(name): Path<String>) -> Result<Response, Trouble> {
    let address = format!("/media/{name}");
    let hash = hash_in(&address).ok_or(Trouble::NotFound)?;
    let picture = at.office().kept_picture(hash).await?.ok_or(Trouble::NotFound)?;
    Ok(([(header::CONTENT_TYPE, picture.format.media_type())], picture.octets).into_response())
}

/// Adds a picture, which stands at the end of the text as it is typed, and saves nothing else.
async fn add_picture(
    at: &At<Articles>,
    shown: &ShownArticle,
    sent: Sent,
    seen: Option<i64>,
) -> Result<Response, Trouble> {
    let office = at.office();
    let added = match sent.file("picture") {
        Some(file) => {
            let (alt, octets) = (sent.text("alt").to_owned(), file.octets.to_vec());
            let file = PictureFile { name: String::new(), alt, said: None, octets, line: None };
            office.add_image(&at.by(), shown.article.id, file).await
        }
        None => Err(Refused::invalid("choose a picture first").in_field("picture").into()),
    };
    match added {
        Ok((image, _)) => {
            let body = sent.text("body").trim_end();
            let gap = if body.is_empty() { "" } else { "\n\n" };
            let alt = image.alt.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
            let body = format!("{body}{gap}![{alt}]({})\n", image.name);
            let sent = sent.replaced("body", body).replaced("alt", String::new());
            let now = office.article(shown.article.id).await?;
            // Of the article as it was then, nobody else has changed anything.
            let seen = if seen == Some(shown.version) { Some(now.version) } else { seen };
            let sent = match seen {
                Some(seen) => sent.replaced("seen", seen.to_string()),
                None => sent,
            };
            page(at, Some(&now), Made { sent, seen, ..Made::default() }, StatusCode::ACCEPTED).await
        }
        Err(Error::Refused(refused)) => {
            let status = status_of(refused.code);
            page(at, Some(shown), Made { sent, wrong: vec![beside(refused)], seen, ..Made::default() }, status).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    at: &At<Articles>,
    shown: Option<&ShownArticle>,
    made: Made,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let Made { sent, wrong, typed_at, seen } = made;
    let title = shown.map_or_else(|| locale.say("desk-new-article"), |shown| shown.article.title.clone());
    let find = at.asked("find").unwrap_or_default().to_owned();
    let found = match find.is_empty() {
        true => Vec::new(),
        false => {
            let filter = EventFilter { search: find.clone(), ..EventFilter::default() };
            office.events_after(&filter, None, FOUND).await?.events
        }
    };
    let mut history = Vec::new();
    if let Some(shown) = shown {
        history.extend(office.article_history(shown.article.id).await?.into_iter().rev().map(|line| Past {
            when: at.moment(line.change.at),
            who: line.by,
            what: match &line.change.field {
                Some(field) => {
                    let after = line.change.after.as_deref().unwrap_or_default();
                    let known = FIELDS.into_iter().find(|known| known.as_str() == field);
                    let field = known.map_or_else(|| field.clone(), |known| locale.tell(words(known).0, []));
                    format!("{field}: {}", text::clip(&text::single_line(after), SHOWN_CHARS))
                }
                None => locale.article_action(line.change.action),
            },
        }));
    }
    let html = match shown {
        // With its pictures, as what is typed shows them.
        Some(shown) => {
            let article = Article { body: sent.text("body").to_owned(), ..shown.article.clone() };
            markdown::pictures::html(&article, Links::new(DESK))
        }
        None => markdown::article_html(sent.text("body")),
    };
    let fields = FIELDS.iter().map(|field| field_of(*field, &sent, &wrong, locale)).collect();
    let events = shown.map(|shown| shown.events.as_slice()).unwrap_or_default();
    let page = ArticlePage {
        chrome: at.chrome(title).await?,
        form: FormView::of(fields, &wrong, shown.is_none(), locale),
        id: shown.map(|shown| shown.article.id),
        is_draft: shown.is_some_and(|shown| shown.article.published_at.is_none()),
        public_url: match shown {
            Some(shown) if shown.article.is_public(office.now()) => Links::HERE.article(shown.article.id),
            _ => String::new(),
        },
        seen: seen.or(shown.map(|shown| shown.version)).unwrap_or_default(),
        typed_at,
        html,
        alt: sent.text("alt").to_owned(),
        images: shown
            .map(|shown| shown.article.images.iter().map(|image| (image.name.clone(), image.alt.clone())).collect())
            .unwrap_or_default(),
        events: events.iter().map(|event| EventRow::of(event, locale)).collect(),
        found: found.iter().map(|event| EventRow::of(event, locale)).collect(),
        find,
        history,
        done: at.done(),
    };
    page.chrome.page(status, &page)
}

fn field_of(field: ArticleField, sent: &Sent, wrong: &[FieldError], locale: Locale) -> FieldView {
    let name = field.as_str();
    let (label, help) = words(field);
    let value = sent.text(name).to_owned();
    FieldView {
        name,
        label: locale.tell(label, []),
        help: if help.is_empty() { String::new() } else { locale.tell(help, []) },
        wrong: wrong_with(name, wrong, locale),
        choices: match field {
            ArticleField::Status => ArticleStatus::ALL
                .iter()
                .map(|status| Choice {
                    value: status.to_string(),
                    label: match status {
                        ArticleStatus::Draft => locale.say("desk-draft"),
                        ArticleStatus::Published => locale.say("desk-article-published"),
                    },
                    is_chosen: value == status.as_str(),
                })
                .collect(),
            _ => Vec::new(),
        },
        is_long: field == ArticleField::Body,
        list: "",
        value,
    }
}

/// The phrases for what a field is called, and for what helps to fill it in.
fn words(field: ArticleField) -> (&'static str, &'static str) {
    match field {
        ArticleField::Title => ("desk-field-title", ""),
        ArticleField::Byline => ("desk-field-byline", ""),
        ArticleField::Date => ("desk-field-date", "desk-help-date"),
        ArticleField::Status => ("desk-field-status", ""),
        ArticleField::Topics => ("desk-field-topics", "desk-help-topics"),
        ArticleField::Events => ("desk-field-events", "desk-help-events"),
        ArticleField::Source => ("desk-field-source", "desk-help-url"),
        ArticleField::Body => ("desk-field-body", "desk-help-description"),
    }
}
