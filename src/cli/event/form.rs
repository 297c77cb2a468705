//! An event in an editor.

use super::answer::tell;
use crate::cli::editor_program::Sheet;
use crate::cli::output::note;
use crate::cli::saying::Saying;
use crate::cli::{BY, Context, Done, Failure};
use crate::domain::event::{Details, EventPatch, Field};
use crate::domain::spoken;
use crate::domain::{FieldError, text};
use crate::intake::event_form::{marked, read, unmarked, write};
use crate::office::{Aim, Changed, Shown};

/// `kalends event edit ID` on a terminal.
pub async fn edit(context: &Context, aim: Aim) -> Done {
    match edited(context, aim).await? {
        Some(changed) => tell(context, &changed, "changed", aim.tell).await,
        None => {
            note("Nothing was changed.");
            Ok(())
        }
    }
}

/// What came of it; none where the text stayed as it was. A mistake comes back into the editor, with what is wrong above its
/// line, until there is none or it is left as it is.
pub async fn edited(context: &Context, aim: Aim) -> Result<Option<Changed>, Failure> {
    let Shown { event, version, .. } = context.office.event(aim.id).await?;
    let event = match aim.occurrence {
        Some(date) => event.occurrence(event.find_occurrence(date)?),
        None => event,
    };
    let aim = Aim { seen: aim.seen.or(Some(version)), ..aim };
    let saying = Saying::new(context.office.now(), event.details.when.zone());
    let mut sheet = Sheet::new(&format!("event-{}", aim.id), &write(&event.details))?;
    let mut before = None;
    loop {
        let written = match sheet.edit() {
            Ok(written) => written,
            Err(failure) => return Err(kept(&mut sheet, &failure, before.is_some())),
        };
        let given = unmarked(&written);
        if before.as_ref() == Some(&given) {
            let failure = Failure::failed("what is wrong was left as it is, and nothing was changed");
            return Err(kept(&mut sheet, &failure, true));
        }
        let wrong = match patch(given.as_bytes(), &event.details, &saying, context) {
            Ok(patch) if patch == EventPatch::default() => return Ok(None),
            Ok(patch) => match context.office.edit_event(BY, aim, &patch).await {
                Ok(changed) => {
                    saying.tell();
                    return Ok(Some(changed));
                }
                // Somebody else was there first, or the database is busy: what was typed is not lost.
                Err(error) => return Err(kept(&mut sheet, &error.into(), true)),
            },
            Err(wrong) => wrong,
        };
        note(&format!("line {}: {}", wrong.line, wrong.reason));
        sheet.write(&marked(given.as_bytes(), &wrong))?;
        before = Some(given);
    }
}

/// What the text says, judged as a whole, too.
fn patch(
    given: &[u8],
    details: &Details,
    saying: &Saying,
    context: &Context,
) -> Result<EventPatch, crate::intake::Rejected> {
    let patch = read(given, details, &|field, said| judged(field, said, details, saying))?;
    // What does not go together shows only here; its line is that of the field that it names.
    patch.onto(Some(details), context.office.zone()).map_err(|FieldError { field, reason }| {
        let text = String::from_utf8_lossy(given);
        let at = text.lines().position(|line| line.starts_with(&format!("{field}:"))).unwrap_or(0);
        crate::intake::Rejected::whole(at as u64 + 1, reason.to_string())
    })?;
    Ok(patch)
}

/// Dates and rules may be said in words.
fn judged(field: Field, said: &str, details: &Details, saying: &Saying) -> Result<String, FieldError> {
    let wrong = FieldError::of(field.as_str());
    match field {
        Field::Start | Field::End | Field::Rdates | Field::Exdates if !said.trim().is_empty() => {
            spoken::point(said, saying.now()).map(|point| point.to_string()).map_err(wrong)
        }
        Field::Repeat if !said.trim().is_empty() && !said.contains('=') => {
            spoken::every(said, Some(details.when.start()), saying.now()).map(|every| every.rule).map_err(wrong)
        }
        _ => Ok(said.to_owned()),
    }
}

/// The same failure, with where to find what was typed.
fn kept(sheet: &mut Sheet, failure: &Failure, is_worth_it: bool) -> Failure {
    match is_worth_it {
        true => Failure::failed(format!(
            "{}; what you wrote is in {}",
            text::single_line(&failure.to_string()),
            sheet.keep().display()
        )),
        false => Failure::failed(failure.to_string()),
    }
}
