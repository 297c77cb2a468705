//! What the dates told so far say of the next ones.

use jiff::civil::Date;

use super::Reader;
use crate::chinese::stamp::written;
use crate::chinese::year::{Clock, Meant};
use crate::event::{self, Kind, Point};

impl Reader<'_> {
    pub fn clock(&self, at: usize, named: Option<i16>) -> Clock {
        Clock {
            told: self.told,
            written: written(&self.stamps, at).or(self.known.written),
            named: named.or(self.named),
            elsewhere: self.last.or(self.first),
            today: self.known.today,
            guessed: self.guessed,
            held: self.held,
            term: self.term,
        }
    }

    pub fn remember(&mut self, meant: &Meant, kind: Option<Kind>) {
        if meant.year == event::Year::Guessed {
            self.guessed = Some(meant.when.start.first_day());
        } else {
            let first = meant.when.start.first_day();
            // Of a year that is told alone any month may follow.
            let day = match meant.when.start {
                Point::Year(year) => Date::new(year, 7, 1).unwrap_or(first),
                _ => first,
            };
            self.told = Some(day);
            // What takes effect does so long after all else that a text tells.
            if kind != Some(Kind::EffectiveDate) || self.last.is_none() {
                self.last = Some(day);
            }
        }
    }
}
