//! `kalends event edit`, `cancel`, `restore` and `remove`: of one event, or one of its dates; of several see `many`.

use super::add::saying;
use super::answer::{tell, told_of_cancelling};
use super::args::Meant;
use super::many::{self, Wish};
use super::{CancelArgs, EditArgs, RemoveArgs, form};
use crate::cli::output::{ask, confirm, may_ask};
use crate::cli::saying::Saying;
use crate::cli::{BY, Context, Done, Failure};
use crate::domain::event::EventPatch;
use crate::domain::tell::Tell;
use crate::domain::when::Point;
use crate::office::{Act, Aim};

pub async fn edit(context: Context, args: &EditArgs) -> Done {
    let filter = args.which.filter();
    let meant = Meant { ids: &args.ids, filter: &filter };
    let said = |fields: EventPatch| EventPatch {
        kind: args.kind,
        title: args.title.clone(),
        add_topics: args.labels.add_topic.clone(),
        remove_topics: args.labels.remove_topic.clone(),
        add_standards: args.labels.add_standard.clone(),
        remove_standards: args.labels.remove_standard.clone(),
        ..fields
    };
    let Some(&[id]) = meant.single_ids().as_deref() else {
        if args.occurrence.is_some() || args.seen.is_some() {
            return Err(Failure::Usage("--occurrence and --if-version are of one event: name one id".into()));
        }
        let saying = saying(&context, &args.fields, None)?;
        let patch = said(args.fields.patch(&saying, None)?);
        if patch == EventPatch::default() {
            return Err(nothing_said());
        }
        let wish = Wish { act: Act::Edit(Box::new(patch)), tell: args.told.tell, yes: args.yes, is_trial: false };
        return many::run(&context, &meant, &saying, wish).await;
    };
    let known = context.office.event(id).await?.event;
    let saying = saying(&context, &args.fields, Some(known.details.when.zone()))?;
    let occurrence = occurrence(&saying, args.occurrence.as_deref())?;
    let base = match occurrence {
        Some(date) => known.occurrence(known.find_occurrence(date)?),
        None => known,
    };
    let patch = said(args.fields.patch(&saying, Some(&base.details))?);
    let aim = Aim { id, occurrence, seen: args.seen, tell: args.told.tell };
    if patch == EventPatch::default() {
        return match may_ask() && context.out.is_for_people() {
            true => form::edit(&context, aim).await,
            false => Err(nothing_said()),
        };
    }
    saying.tell();
    tell(&context, &context.office.edit_event(BY, aim, &patch).await?, "changed", aim.tell).await
}

fn nothing_said() -> Failure {
    Failure::Usage("say what to change, for example --on 2020-10-02 or --location Beijing".into())
}

fn occurrence(saying: &Saying, said: Option<&str>) -> Result<Option<Point>, Failure> {
    said.map(|said| saying.event_point("occurrence", said)).transpose()
}

pub async fn cancel(context: Context, args: &CancelArgs) -> Done {
    let meant = Meant { ids: &args.ids, filter: &args.filter };
    let reason = args.reason.clone().unwrap_or_default();
    let Some(&[id]) = meant.single_ids().as_deref() else {
        if args.occurrence.is_some() {
            return Err(Failure::Usage("--occurrence is of one event: name one id".into()));
        }
        let saying = Saying::new(context.office.now(), context.office.zone());
        let wish = Wish { act: Act::Cancel { reason }, tell: args.told.tell, yes: args.yes, is_trial: args.dry_run };
        return many::run(&context, &meant, &saying, wish).await;
    };
    let known = context.office.event(id).await?.event;
    let saying = Saying::new(context.office.now(), known.details.when.zone());
    let occurrence = occurrence(&saying, args.occurrence.as_deref())?;
    let word = args.told.tell;
    // Scripts rely on its being done; a person sees first who hears of it.
    if args.dry_run || !args.yes && !context.out.is_json() && may_ask() {
        let event = match occurrence {
            Some(date) => known.occurrence(known.find_occurrence(date)?),
            None => known,
        };
        let hearers = context.office.hearers(&event, word).await?;
        let told = told_of_cancelling(&context, &event, &hearers);
        if args.dry_run {
            return context.out.show(&hearers, || format!("Nothing was done. {told}\n"));
        }
        ask(&format!("{told} Cancel it?"))?;
    }
    saying.tell();
    let aim = Aim { occurrence, tell: word, ..Aim::at(id) };
    tell(&context, &context.office.cancel_event(BY, aim, &reason).await?, "cancelled", word).await
}

pub async fn restore(context: Context, id: i64, occurrence: Option<&str>, word: Option<Tell>) -> Done {
    let saying = Saying::new(context.office.now(), context.office.zone());
    let occurrence = self::occurrence(&saying, occurrence)?;
    let aim = Aim { occurrence, tell: word, ..Aim::at(id) };
    let restored = context.office.restore_event(BY, aim).await?;
    saying.tell();
    tell(&context, &restored, "restored", word).await
}

pub async fn remove(context: Context, args: &RemoveArgs) -> Done {
    let meant = Meant { ids: &args.ids, filter: &args.filter };
    let Some(&[id]) = meant.single_ids().as_deref() else {
        let saying = Saying::new(context.office.now(), context.office.zone());
        let wish = Wish { act: Act::Remove, tell: args.told.tell, yes: args.yes, is_trial: false };
        return many::run(&context, &meant, &saying, wish).await;
    };
    let event = context.office.event(id).await?.event;
    confirm(&format!("Remove event {id}, “{}”?", event.details.title), args.yes)?;
    let aim = Aim { tell: args.told.tell, ..Aim::at(id) };
    tell(&context, &context.office.remove_event(BY, aim).await?, "removed", aim.tell).await
}
