//! The command line: one file a noun. Each command reads its arguments, calls the store or the parts, and prints.

mod article;
mod backup;
mod bounce;
mod browser;
mod check;
mod complete;
mod config;
mod correct;
mod delivery;
mod digest;
mod dkim;
mod document;
mod draft;
mod editor;
mod editor_program;
mod event;
mod exchange;
mod extract;
mod failure;
mod help;
mod hold;
mod init;
mod keys;
mod long;
mod man;
mod offers;
mod output;
mod pager;
mod person;
mod question;
mod ready;
mod refusal;
mod restore;
mod saying;
mod screen;
mod secret;
mod sending;
mod serve;
mod source;
mod status;
mod stop;
mod style;
mod subscriber;
mod token;
mod usage;
mod webhook;
mod width;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ColorChoice, Parser, Subcommand};

use crate::config::{Config, ConfigError, default_file, is_of_system};
use crate::documents::{READ_DOCUMENT, READ_PICTURE, READ_WORKBOOK};
use crate::domain::actor::Actor;
use crate::domain::refused::Code;
use crate::office::Office;
use crate::private;
use crate::progress::Progress;
use crate::store::{self, Store};
use complete::answer as answer_shell;
use failure::Failure;
use output::Output;

/// Keeps an office's dated events, publishes them as calendars and sends them as digest mails.
#[derive(Debug, Parser)]
#[command(name = "kalends", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// The configuration [default: config/kalends.toml, or else /etc/kalends/kalends.toml]
    #[arg(long, global = true, env = "KALENDS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print one JSON document and nothing else
    #[arg(long, global = true)]
    json: bool,
    /// When output is styled: auto (on a terminal), always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    color: ColorChoice,
    #[command(subcommand)]
    command: Command,
}

impl Cli {
    /// Whether it runs by itself, with as little around it as can be: no runtime, no threads.
    fn is_confined(&self) -> bool {
        matches!(self.command, Command::ReadDocument | Command::ReadWorkbook | Command::ReadPicture)
    }

    /// The configuration's file, whether or not it is there.
    fn config_file(&self) -> &Path {
        self.config.as_deref().unwrap_or(default_file())
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a commented configuration and make the database
    Init(init::InitArgs),
    /// Run the daemon: web site, scheduler, mailer
    Serve(serve::ServeArgs),
    /// Add, list and change events
    #[command(subcommand)]
    Event(Box<event::EventCommand>),
    /// Add, list and change the texts of the newsletter
    #[command(subcommand)]
    Article(article::ArticleCommand),
    /// Take in events from a file or a web address (iCalendar, CSV or JSON); "-" is standard input
    Import(exchange::ImportArgs),
    /// Print all events
    Export(exchange::ExportArgs),
    /// Find dated events in a text, English or Chinese (plain, Markdown, HTML, .docx, PDF or a mail), and propose them; "-" is
    /// standard input
    Extract(extract::ExtractArgs),
    /// Foreign calendars that are kept in step
    #[command(subcommand)]
    Source(source::SourceCommand),
    /// Add, list and remove the people who get mail
    #[command(subcommand)]
    Subscriber(subscriber::SubscriberCommand),
    /// The people who may change things
    #[command(subcommand)]
    Editor(editor::EditorCommand),
    /// The programs that may use the API
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Other programs and chats that are told what happens
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// Show what was done that no event's history tells: mail sent or stopped, people, editors; the newest first
    Acts(editor::ActsArgs),
    /// Digests: when they are due, what they look like, how sending goes
    #[command(subcommand)]
    Digest(digest::DigestCommand),
    /// The outbox
    #[command(subcommand)]
    Delivery(delivery::DeliveryCommand),
    /// Take one bounce, complaint or unsubscribe mail from standard input; list what came back
    Bounce(bounce::BounceArgs),
    /// Make a key that signs mail (DKIM) and print the DNS record to publish
    DkimKey(dkim::DkimKeyArgs),
    /// Write a consistent copy of the database, also while the daemon runs
    Backup { file: PathBuf },
    /// Put a backup in the place of the database; the daemon must be stopped, and a copy of what was there is kept
    Restore {
        /// One that `backup` or the daemon wrote
        file: PathBuf,
        /// Do not ask, on a terminal
        #[arg(long)]
        yes: bool,
    },
    /// The secret that links in mails are sealed with
    #[command(subcommand)]
    Secret(secret::SecretCommand),
    /// Try what can be tried (configuration, database, templates, schedules, mail, DNS) and say what to mend
    Check,
    /// Show how things stand at a glance, and what needs a hand
    Status(status::StatusArgs),
    /// The configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print a completion script
    Completions { shell: clap_complete::Shell },
    /// Print the manual page of a command, or write those of all
    Man(man::ManArgs),
    /// Tell the text of the document on standard input; for kalends itself
    #[command(name = READ_DOCUMENT, hide = true)]
    ReadDocument,
    /// Tell the lines of the workbook on standard input; for kalends itself
    #[command(name = READ_WORKBOOK, hide = true)]
    ReadWorkbook,
    /// Tell what is kept of the picture on standard input; for kalends itself
    #[command(name = READ_PICTURE, hide = true)]
    ReadPicture,
}

macro_rules! failed_from {
    ($($error:ty),+) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Failed(error.into())
            }
        }
    )+};
}
failed_from!(ConfigError, anyhow::Error, std::io::Error, serde_json::Error, csv::Error);

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Refused(refused) => refused.into(),
            // Its sentence tells the cause already; the chain would tell it twice.
            other => {
                let said = refusal::in_words(&other);
                match other {
                    store::Error::Missing(_) => Self::coded(Code::NotFound, said),
                    store::Error::NotOurs { .. } => Self::coded(Code::Forbidden, said),
                    store::Error::Locked(_) => Self::coded(Code::Busy, said),
                    _ => Self::failed(said),
                }
            }
        }
    }
}

type Done = Result<(), Failure>;

/// What most commands need.
struct Context {
    office: Office,
    out: Output,
}

/// Whoever sits at the terminal.
const BY: &Actor = &Actor::Operator;

impl Context {
    async fn open(cli: &Cli) -> Result<Self, Failure> {
        let config = Config::load(cli.config.as_deref())?;
        let store = Store::open(config.database.url.path()).await?;
        store.register_digests(config.slugs()).await?;
        let office = Office::new(store.telling(Progress::watched()), Arc::new(config)).await?;
        Ok(Self { office, out: Output::new(cli.json) })
    }
}

/// The program: reads what was typed, does it, and tells by its exit code how that went.
pub fn main() -> ExitCode {
    if let Some(code) = answer_shell() {
        return code;
    }
    let cli = match parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    if cli.is_confined() {
        return run_confined(&cli);
    }
    private::make_files_private();
    let is_json = cli.json;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = runtime.map_err(Failure::from).and_then(|runtime| {
        let result = runtime.block_on(run(cli));
        // A look-up of a name that hangs must not hold the exit up.
        runtime.shutdown_background();
        result
    });
    failure::end(result, is_json)
}

/// What was typed; or the exit code, where help or what is wrong is told already.
fn parse() -> Result<Cli, ExitCode> {
    usage::parse(std::env::args_os().collect())
}

/// For commands that are confined.
fn run_confined(cli: &Cli) -> ExitCode {
    let done = match cli.command {
        Command::ReadWorkbook => document::run_workbook(),
        Command::ReadPicture => document::run_picture(),
        _ => document::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(failure.exit_code()),
    }
}

/// Where a package put the configuration, the daemon is a user of its own, which could not read or write what root leaves
/// beside the database.
fn expect_own_user(cli: &Cli) -> Done {
    let is_of_office = !matches!(cli.command, Command::Completions { .. } | Command::Man(_) | Command::Config(_));
    if !is_of_office || !private::is_root() || !is_of_system(cli.config_file()) {
        return Ok(());
    }
    let database = Config::database_path(cli.config.as_deref());
    match private::owner_of(&database) {
        owner if owner == "root" => Ok(()),
        owner => Err(Failure::coded(
            Code::Forbidden,
            format!(
                "{} is of the user {owner}, and what root does there the daemon could not undo: run it as that user \
                 (sudo -u {owner} kalends …)",
                database.display()
            ),
        )),
    }
}

async fn run(cli: Cli) -> Done {
    style::choose(cli.color);
    expect_own_user(&cli)?;
    match &cli.command {
        Command::Init(args) => init::run(&cli, args).await,
        Command::Serve(args) => serve::run(&cli, args).await,
        Command::Event(command) => event::run(Context::open(&cli).await?, command).await,
        Command::Article(command) => article::run(Context::open(&cli).await?, command).await,
        Command::Import(args) => exchange::import(Context::open(&cli).await?, args).await,
        Command::Export(args) => exchange::export(Context::open(&cli).await?, args).await,
        Command::Extract(args) => extract::run(&cli, args).await,
        Command::Source(command) => source::run(Context::open(&cli).await?, command).await,
        Command::Subscriber(command) => subscriber::run(Context::open(&cli).await?, command).await,
        Command::Editor(command) => editor::run(Context::open(&cli).await?, command).await,
        Command::Token(command) => token::run(Context::open(&cli).await?, command).await,
        Command::Webhook(command) => webhook::run(Context::open(&cli).await?, command).await,
        Command::Acts(args) => editor::acts(Context::open(&cli).await?, args).await,
        Command::Digest(command) => digest::run(Context::open(&cli).await?, command).await,
        Command::Delivery(command) => delivery::run(Context::open(&cli).await?, command).await,
        Command::Bounce(args) => bounce::run(&cli, args).await,
        Command::DkimKey(args) => dkim::run(&cli, args),
        Command::Backup { file } => backup::run(Context::open(&cli).await?, file).await,
        Command::Restore { file, yes } => restore::run(&cli, file, *yes).await,
        Command::Secret(command) => secret::run(Context::open(&cli).await?, command).await,
        Command::Check => check::run(&cli).await,
        Command::Status(args) => status::run(&cli, args).await,
        Command::Config(command) => config::run(&cli, command).await,
        Command::Completions { shell } => complete::script(*shell),
        Command::Man(args) => man::run(&cli, args),
        Command::ReadDocument => document::run(),
        Command::ReadWorkbook => document::run_workbook(),
        Command::ReadPicture => document::run_picture(),
    }
}
