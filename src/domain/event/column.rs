//! The columns of a table of events, and the names of what a record of one holds.

use super::Field;

/// What stands in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Field(Field),
    Id,
    Uid,
    /// How exactly the start is known; it follows from that.
    Precision,
    Sequence,
    CreatedAt,
    UpdatedAt,
    CancelReason,
    /// Of one date of a repeating event: the start that the rule gives it.
    Occurrence,
}

/// In the order that was promised; what came later stands behind.
const PROMISED: [Column; 23] = [
    Column::Id,
    Column::Uid,
    Column::Field(Field::Kind),
    Column::Field(Field::Title),
    Column::Field(Field::Start),
    Column::Field(Field::End),
    Column::Field(Field::Timezone),
    Column::Precision,
    Column::Field(Field::Status),
    Column::Field(Field::Location),
    Column::Field(Field::Organizer),
    Column::Field(Field::Topics),
    Column::Field(Field::Standards),
    Column::Field(Field::Url),
    Column::Field(Field::Description),
    Column::Field(Field::Repeat),
    Column::Sequence,
    Column::CreatedAt,
    Column::UpdatedAt,
    Column::CancelReason,
    Column::Field(Field::Rdates),
    Column::Field(Field::Exdates),
    Column::Occurrence,
];

impl Column {
    /// An export has all, in this order; an import may leave most out.
    pub fn all() -> impl Iterator<Item = Self> {
        let later = Field::ALL.iter().map(|field| Self::Field(*field)).filter(|column| column.is_later());
        PROMISED.into_iter().chain(later)
    }

    /// Those that were not promised from the beginning.
    pub fn is_later(self) -> bool {
        !PROMISED.contains(&self)
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|column| column.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Field(field) => field.as_str(),
            Self::Id => "id",
            Self::Uid => "uid",
            Self::Precision => "precision",
            Self::Sequence => "sequence",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::CancelReason => "cancel_reason",
            Self::Occurrence => "occurrence",
        }
    }
}
