//! What sets the kinds of events apart. Whoever treats them differently asks here, and names no kind.

use super::Kind;
use crate::domain::section::Section;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    /// Whether people spend the time of it there; a release or a deadline blocks nobody's day.
    pub is_attended: bool,
    /// Where an edition tells what goes on or is near.
    pub coming: Section,
    /// Where an edition tells what is over. Nowhere, if whoever missed it can't make up for it.
    pub past: Option<Section>,
    /// Whether one that is sure, and of which the month alone is known, is over as soon as its month begins.
    pub is_out_with_its_month: bool,
    /// On a light page and on a dark one, as CSS writes them.
    pub colours: [&'static str; 2],
}

/// What most have in common.
const USUAL: Traits = Traits {
    is_attended: false,
    coming: Section::Upcoming,
    past: Some(Section::Held),
    is_out_with_its_month: false,
    colours: ["#7b8794", "#9aa5b1"],
};

impl Kind {
    pub fn traits(self) -> Traits {
        match self {
            Kind::Meeting => Traits { is_attended: true, colours: ["#2f6fb2", "#6aa9e6"], ..USUAL },
            Kind::Forum => Traits { is_attended: true, colours: ["#1f8a70", "#4fc3a1"], ..USUAL },
            Kind::Release => Traits {
                past: Some(Section::Released),
                is_out_with_its_month: true,
                colours: ["#6b4fa0", "#a98be0"],
                ..USUAL
            },
            Kind::EffectiveDate => Traits {
                coming: Section::Effective,
                past: Some(Section::Effective),
                colours: ["#d98200", "#f0b04c"],
                ..USUAL
            },
            Kind::Deadline => {
                Traits { coming: Section::Deadlines, past: None, colours: ["#c92a37", "#ff8088"], ..USUAL }
            }
            Kind::Other => USUAL,
        }
    }
}

impl Traits {
    /// Whether the heading under which an edition tells it says already what kind of event it is.
    pub fn has_own_section(self) -> bool {
        self.coming != Section::Upcoming
    }
}
