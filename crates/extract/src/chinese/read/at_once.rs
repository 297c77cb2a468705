//! What takes effect on the day on which a text was written: `自印发之日起施行`.

use super::{Reader, Told, standards_named};
use crate::chinese::naming::{document, tidy, width};
use crate::chinese::sentence::Sentence;
use crate::chinese::stamp::written;
use crate::chinese::titles::fit;
use crate::chinese::year::Meant;
use crate::event::{self, Kind, Point, When};

impl Reader<'_> {
    /// Adds it, if the sentence says so.
    pub fn effective_at_once(&mut self, at: usize, s: &Sentence, source: &str) {
        let days = [
            "自发布之日起",
            "自印发之日起",
            "自公布之日起",
            "自颁布之日起",
            "自下发之日起",
            "自发文之日起",
            "从发布之日起",
            "自批准之日起",
            "自通过之日起",
        ];
        let Some(since) = s
            .text
            .find(0..s.len(), &days)
            .filter(|_| s.mentions.is_empty() || s.mentions.iter().all(|mention| mention.place.start > 0))
        else {
            return;
        };
        let verb = s
            .text
            .one_of(since.end, &["正式施行", "正式实施", "施行", "实施", "执行", "生效", "试行"])
            .map(|end| since.end..end);
        let (Some(verb), Some(day)) = (verb, written(&self.stamps, at)) else { return };
        let before = s.clause_start(since.start, 0)..since.start;
        let name = document(s, before.clone())
            .or_else(|| (!self.around.document.is_empty()).then(|| self.around.document.clone()))
            .unwrap_or_else(|| tidy(&s.text.show(before)));
        let meant = Meant {
            when: When { start: Point::Day(day), end: None },
            year: event::Year::Understood,
            zone: None,
            is_zone_unknown: false,
        };
        let title = fit(&format!("{name}{}", s.text.show(verb)));
        if width(&title) > 2 {
            let standards = standards_named(s);
            let told =
                Told { kind: Kind::EffectiveDate, title, location: String::new(), organizer: String::new(), standards };
            self.keep(at, told, meant, s.text.show(since), None, source);
        }
    }
}
