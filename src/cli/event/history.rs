//! `kalends event history`

use crate::cli::output::table;
use crate::cli::{Context, Done};
use crate::domain::event::Aspect;
use crate::office::ToldEntry;

pub async fn run(context: Context, id: i64) -> Done {
    let lines = context.office.event_history(id).await?;
    let records: Vec<_> = lines.iter().map(ToldEntry::record).collect();
    context.out.show(&records, || {
        let are_several = lines.iter().any(|line| line.event != id);
        let rows = lines.iter().map(|ToldEntry { event, by, entry }| {
            let at = context.office.zone().at(entry.at).strftime("%Y-%m-%d %H:%M:%S").to_string();
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let date = entry.occurrence.map(|start| start.to_string()).unwrap_or_default();
            let about = entry.about.as_ref().map(Aspect::to_string).unwrap_or_default();
            let (before, after) = (text(&entry.before), text(&entry.after));
            let mut row = vec![at, by.clone(), entry.action.to_string(), date, about, before, after];
            if are_several {
                row.insert(0, event.to_string());
            }
            row
        });
        let heads = ["EVENT", "AT", "BY", "WHAT", "DATE", "FIELD", "FROM", "TO"];
        table(&heads[usize::from(!are_several)..], rows.collect())
    })
}
