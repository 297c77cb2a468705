//! Neither the command line nor the API falls behind the other: what each can do is read from itself.

use std::collections::BTreeSet;

use clap::CommandFactory;
use kalends::cli::Cli;
use serde_json::Value;

use crate::support::Office;

/// What stands for a command in the API.
const DONE_BY: &[(&str, &[&str])] = &[
    ("event add", &["add_event", "put_event"]),
    ("event list", &["list_events"]),
    ("event show", &["show_event"]),
    ("event copy", &["copy_event"]),
    ("event edit", &["edit_event", "edit_events", "edit_occurrence", "put_event"]),
    ("event publish", &["publish_event", "publish_events"]),
    ("event review", &["publish_events", "edit_event", "remove_events"]),
    ("event cancel", &["cancel_event", "cancel_events"]),
    ("event restore", &["restore_event"]),
    ("event remove", &["remove_event", "remove_events"]),
    ("event history", &["event_history"]),
    ("import", &["import_events"]),
    ("export", &["export_events"]),
    ("extract", &["extract_events"]),
    ("article add", &["add_article", "add_article_image"]),
    ("article list", &["list_articles"]),
    ("article show", &["show_article"]),
    ("article edit", &["edit_article"]),
    ("article publish", &["publish_article"]),
    ("article remove", &["remove_article"]),
    ("article history", &["article_history"]),
    ("article image remove", &["remove_article_image"]),
    ("subscriber add", &["add_subscriber", "put_subscriber"]),
    ("subscriber edit", &["edit_subscriber"]),
    ("subscriber list", &["list_subscribers"]),
    ("subscriber show", &["show_subscriber"]),
    ("subscriber remove", &["remove_subscriber"]),
    ("subscriber calendar", &["subscriber_calendar"]),
    ("subscriber import", &["import_subscribers"]),
    ("subscriber export", &["export_subscribers", "export_subscriber"]),
    ("subscriber forget", &["forget_subscriber", "forget_address"]),
    ("subscriber suppress", &["suppress_subscriber"]),
    ("subscriber unsuppress", &["unsuppress_subscriber", "unsuppress_bounced"]),
    ("digest list", &["list_digests"]),
    ("digest schedule", &["digest_moments"]),
    ("digest preview", &["preview_digest"]),
    ("digest note", &["note_edition", "edition_notes", "clear_notes"]),
    ("digest approve", &["approve_edition"]),
    ("digest draft", &["draft_edition"]),
    ("digest leave-out", &["mark_entries", "unmark_entries"]),
    ("digest put-first", &["mark_entries", "unmark_entries"]),
    ("digest add", &["mark_entries", "unmark_entries"]),
    ("digest send", &["send_edition", "test_digest"]),
    ("digest correct", &["correct_edition"]),
    ("delivery resend", &["resend_edition"]),
    ("digest stop", &["stop_edition"]),
    ("digest go-on", &["go_on_with_edition"]),
    ("digest drop", &["drop_edition"]),
    ("digest status", &["show_digest", "list_editions", "show_edition"]),
    ("digest pause", &["pause_digest"]),
    ("digest resume", &["resume_digest"]),
    ("delivery list", &["list_deliveries"]),
    ("delivery retry", &["retry_deliveries"]),
    ("source list", &["list_sources"]),
    ("source sync", &["sync_source"]),
    ("bounce", &["take_bounce"]),
    ("bounce list", &["list_bounces"]),
    ("bounce show", &["show_bounce"]),
    ("acts", &["list_acts"]),
    ("status", &["status"]),
    ("check", &["check"]),
    ("webhook list", &["list_webhooks", "list_webhook_messages"]),
    ("webhook test", &["test_webhook"]),
    ("webhook replay", &["replay_webhook"]),
    ("config show", &["show_configuration"]),
];

/// What only who sits at the machine does: it starts, stops or replaces the office, its secrets and its doors.
const AT_THE_MACHINE: &[&str] = &[
    "init",
    "serve",
    "backup",
    "restore",
    "dkim-key",
    "completions",
    "man",
    "token add",
    "token list",
    "token revoke",
    "editor add",
    "editor address",
    "editor link",
    "editor list",
    "editor remove",
    "secret renew",
];

/// The commands that do something, by the words that call them.
fn commands(command: &clap::Command, before: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for command in command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        let name = format!("{before} {}", command.get_name()).trim_start().to_owned();
        let below = commands(command, &name);
        if below.is_empty() || !command.is_subcommand_required_set() {
            found.insert(name);
        }
        found.extend(below);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_command_line_does_the_api_does_and_the_other_way_round() {
    let office = Office::new();
    let daemon = office.serve();
    let document: Value = serde_json::from_str(&daemon.text("/api/v1/openapi.json").await).unwrap();
    let verbs = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let operations: BTreeSet<_> = verbs.map(|verb| verb["operationId"].as_str().unwrap().to_owned()).collect();
    let named: BTreeSet<_> = DONE_BY.iter().flat_map(|(_, by)| *by).map(|name| (*name).to_owned()).collect();
    assert_eq!(operations, named);

    let told = DONE_BY.iter().map(|(command, _)| *command).chain(AT_THE_MACHINE.iter().copied());
    let told: BTreeSet<_> = told.map(str::to_owned).collect();
    assert_eq!(commands(&Cli::command(), ""), told);

    // People find each of them on the page, too.
    let page = daemon.text("/api").await;
    for operation in operations {
        assert!(page.contains(&format!("id=\"{operation}\"")), "{operation}");
    }
}
