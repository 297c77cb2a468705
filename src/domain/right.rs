//! What somebody may do at the desk, by their role: one table.

use super::editor::Role;
use super::words;

words! {
    /// Something that a role allows.
    pub enum Right, "right" {
        /// Dates, drafts among them.
        Events => "events",
        Articles => "articles",
        /// What goes out next, and how it went.
        Editions => "editions",
        /// Foreign calendars and pages.
        Sources => "sources",
        /// How many readers there are, their addresses masked.
        Numbers => "numbers",
        /// Who they are, what they got; adding, importing, exporting, forgetting them.
        Readers => "readers",
        /// Who came from where: relays, returned mail, what `check` finds, the configuration.
        Machine => "machine",
        /// Editors, their sessions, the tokens of programs.
        Team => "team",
    }
}

impl Role {
    pub fn may(self, right: Right) -> bool {
        match right {
            Right::Events | Right::Articles | Right::Editions | Right::Sources | Right::Numbers => true,
            Right::Readers | Right::Machine | Right::Team => self == Self::Operator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_table_says() {
        let table = Right::ALL.iter().map(|right| {
            let may = |role: Role| if role.may(*right) { "yes" } else { "no" };
            format!("{right} {} {}\n", may(Role::Editor), may(Role::Operator))
        });
        let table: String = table.collect();
        assert_eq!(
            table,
            "events yes yes\narticles yes yes\neditions yes yes\nsources yes yes\nnumbers yes yes\n\
             readers no yes\nmachine no yes\nteam no yes\n"
        );
    }
}
