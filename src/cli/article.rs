//! `kalends article …`

mod pictures;

use std::io::Read;

use clap::Subcommand;
use jiff::civil::Date;

use super::output::{confirm, note, print, table};
use super::{BY, Context, Done, Failure};
use crate::domain::Invalid;
use crate::domain::article::{Article, ArticleFilter, ArticleStatus, Manuscript};
use crate::domain::event::{Event, Status};
use crate::domain::refused::{Code, Noun};
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::intake::Rejected;
use crate::intake::article::{MOST_OCTETS, read};
use crate::office::{self, ToldChange};
use crate::shape::article::{ArticleRecord, ChangeRecord, ShownArticle};
use crate::store::RevisedArticle;

/// How much of a value a history shows, in characters.
const SHOWN_CHARS: usize = 100;

#[derive(Debug, Subcommand)]
pub enum ArticleCommand {
    /// Add an article from a Markdown file with front matter ("-" is standard input); prints its id
    ///
    /// Pictures that it shows, as `![A seal](seal.png)`, are read from beside it: PNG, JPEG, GIF and WebP. What stands for
    /// one where it is not seen has to be said.
    Add {
        #[arg(value_name = "FILE.md")]
        file: String,
        /// Nobody outside sees it until it is published
        #[arg(long)]
        draft: bool,
    },
    /// List articles, newest first
    List {
        /// Only with this topic; may be given several times
        #[arg(long)]
        topic: Vec<String>,
        /// published or draft, or both with a comma between them
        #[arg(long, value_delimiter = ',')]
        status: Vec<ArticleStatus>,
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// Show one article with its events
    Show {
        #[arg(value_parser = id)]
        id: i64,
    },
    /// Replace all of an article but its id by what a file says; whether it is a draft stays, if the file is silent
    Edit {
        #[arg(value_parser = id)]
        id: i64,
        #[arg(value_name = "FILE.md")]
        file: String,
        /// Only if it still is this version, as `article show --json` tells it
        #[arg(long = "if-version", value_name = "N")]
        seen: Option<i64>,
    },
    /// Make a draft public; with a date ahead, from that day on
    Publish {
        #[arg(value_parser = id)]
        id: i64,
    },
    /// Delete an article
    Remove {
        #[arg(value_parser = id)]
        id: i64,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// The pictures of articles
    #[command(subcommand)]
    Image(pictures::ImageCommand),
    /// Show what was changed, when and by whom
    History {
        #[arg(value_parser = id)]
        id: i64,
    },
}

fn id(text: &str) -> Result<i64, Invalid> {
    text.parse().map_err(|_| Invalid(format!("`{text}` is not an id: `kalends article list` shows the ids")))
}

pub async fn run(context: Context, command: &ArticleCommand) -> Done {
    let office = &context.office;
    match command {
        ArticleCommand::Add { file, draft } => add(context, file, *draft).await,
        ArticleCommand::List { topic, status, limit } => {
            let filter = ArticleFilter { topics: topic.clone(), statuses: status.clone(), public_at: None };
            list(context, &filter, limit.unwrap_or(usize::MAX)).await
        }
        ArticleCommand::Show { id } => {
            let office::ShownArticle { article, version, events } = office.article(*id).await?;
            let shown = ShownArticle { article: ArticleRecord::from(&article), version };
            context.out.show(&shown, || describe(&article, &events, &context))
        }
        ArticleCommand::Edit { id, file, seen } => {
            let edited = office.edit_article(BY, *id, *seen, manuscript(file)?).await;
            tell(&context, edited.map_err(|error| about_file(file, error))?, "changed")
        }
        ArticleCommand::Publish { id } => tell(&context, office.publish_article(BY, *id).await?, "published"),
        ArticleCommand::Remove { id, yes } => {
            let article = office.article(*id).await?.article;
            confirm(&format!("Remove article {id}, “{}”?", article.title), *yes)?;
            let article = office.remove_article(BY, *id, None).await?;
            context.out.show(&ArticleRecord::from(&article), || format!("Article {id} removed.\n"))
        }
        ArticleCommand::Image(command) => pictures::run(&context, command).await,
        ArticleCommand::History { id } => history(&context, *id).await,
    }
}

async fn history(context: &Context, id: i64) -> Done {
    let lines = context.office.article_history(id).await?;
    let records: Vec<_> = lines.iter().map(|line| ChangeRecord::of(&line.by, &line.change)).collect();
    context.out.show(&records, || {
        let rows = lines.iter().map(|ToldChange { by, change }| {
            let at = context.office.zone().at(change.at).strftime("%Y-%m-%d %H:%M:%S").to_string();
            let text = |value: &Option<String>| {
                text::clip(&text::single_line(value.as_deref().unwrap_or_default()), SHOWN_CHARS)
            };
            let field = change.field.clone().unwrap_or_default();
            vec![at, by.clone(), change.action.to_string(), field, text(&change.before), text(&change.after)]
        });
        table(&["AT", "BY", "WHAT", "FIELD", "FROM", "TO"], rows.collect())
    })
}

async fn add(context: Context, file: &str, draft: bool) -> Done {
    let manuscript = manuscript(file)?;
    let manuscript = Manuscript { draft: if draft { Some(true) } else { manuscript.draft }, ..manuscript };
    let added = context.office.add_article(BY, manuscript).await;
    let article = added.map_err(|error| about_file(file, error))?;
    context.out.show(&ArticleRecord::from(&article), || format!("{}\n", article.id))?;
    note_when_ahead(&context, &article);
    Ok(())
}

/// What came of a change.
fn tell(context: &Context, RevisedArticle { article, changes, .. }: RevisedArticle, done: &str) -> Done {
    let id = article.id;
    if context.out.is_json() {
        return context.out.show(&ArticleRecord::from(&article), String::new);
    }
    if changes.is_empty() {
        note(&format!("Article {id} is so already; nothing was changed."));
        return Ok(());
    }
    print(&format!("Article {id} {done}.\n"))?;
    note_when_ahead(context, &article);
    Ok(())
}

fn note_when_ahead(context: &Context, article: &Article) {
    if let Some(from) = shown_later(context, article) {
        note(&format!("It is shown from {} on.", Locale::default().day(from)));
    }
}

/// The day from which a published article is shown, if that lies ahead.
fn shown_later(context: &Context, article: &Article) -> Option<Date> {
    let from = article.published_at.filter(|&at| at > context.office.now())?;
    Some(context.office.zone().at(from).date())
}

/// The article in a file, or on standard input.
fn manuscript(file: &str) -> Result<Manuscript, Failure> {
    let mut octets = Vec::new();
    // One more than is allowed tells that there is too much.
    let limit = MOST_OCTETS as u64 + 1;
    match file {
        "-" => std::io::stdin().lock().take(limit).read_to_end(&mut octets),
        path => std::fs::File::open(path).and_then(|opened| opened.take(limit).read_to_end(&mut octets)),
    }
    .map_err(|error| Failure::unread(name(file), &error))?;
    let wrong = |wrong: Rejected| {
        Failure::coded(Code::Invalid, format!("{}, line {}: {}", name(file), wrong.line, wrong.reason))
    };
    let mut manuscript = read(&octets).map_err(wrong)?;
    pictures::enclose(file, &mut manuscript)?;
    Ok(manuscript)
}

fn name(file: &str) -> &str {
    if file == "-" { "standard input" } else { file }
}

/// What a file says of events and pictures that are not there is wrong in the file.
fn about_file(file: &str, error: office::Error) -> Failure {
    match error {
        office::Error::Refused(refused) if refused.is_missing(Noun::Event) => {
            Failure::in_file(&format!("{}, events: ", name(file)), refused)
        }
        office::Error::Refused(refused) if refused.field == Some("images") => {
            Failure::in_file(&format!("{}, ", name(file)), refused)
        }
        _ => error.into(),
    }
}

async fn list(context: Context, filter: &ArticleFilter, limit: usize) -> Done {
    let articles = context.office.articles(filter, limit).await?;
    let records: Vec<_> = articles.iter().map(ArticleRecord::from).collect();
    context.out.show(&records, || {
        if articles.is_empty() {
            return "No articles.\n".into();
        }
        let rows = articles.iter().map(|article| {
            vec![
                article.id.to_string(),
                Locale::default().day(article.date),
                article.title.clone(),
                article.byline.clone(),
                article.topics.join("; "),
                status(&context, article),
            ]
        });
        table(&["ID", "DATE", "TITLE", "BYLINE", "TOPICS", "STATUS"], rows.collect())
    })
}

/// Nothing for what is shown, as it is with events.
fn status(context: &Context, article: &Article) -> String {
    match (article.status(), shown_later(context, article)) {
        (ArticleStatus::Draft, _) => "draft".into(),
        (ArticleStatus::Published, Some(from)) => format!("from {}", Locale::default().day(from)),
        (ArticleStatus::Published, None) => String::new(),
    }
}

/// One article, a line a field; empty fields are left out.
fn describe(article: &Article, events: &[Event], context: &Context) -> String {
    let status = match status(context, article) {
        shown if shown.is_empty() => ArticleStatus::Published.to_string(),
        other => other,
    };
    let fields = [
        ("Article", article.id.to_string()),
        ("Title", article.title.clone()),
        ("Byline", article.byline.clone()),
        ("Date", Locale::default().day(article.date)),
        ("Source", article.source.clone()),
        ("Topics", article.topics.join("; ")),
        ("Status", status),
        ("Changed", article.updated_at.to_string()),
    ];
    let about = events.iter().map(|event| ("Event", about_event(event)));
    let shows = article.images.iter().map(|image| ("Picture", pictures::line(image)));
    let lines = fields.into_iter().filter(|(_, value)| !value.is_empty()).chain(about).chain(shows);
    let head: String = lines.map(|(name, value)| format!("{name:<13} {value}\n")).collect();
    format!("{head}\n{}\n", article.body)
}

/// `5, 14–20 September 2020: China Cybersecurity Week (draft)`.
fn about_event(event: &Event) -> String {
    let details = &event.details;
    let status = match details.status {
        Status::Confirmed => String::new(),
        other => format!(" ({other})"),
    };
    format!("{}, {}: {}{status}", event.id, Locale::default().when(&details.when), details.title)
}
