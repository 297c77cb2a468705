//! What an editor says of a change beside the change: whether readers are told.

use super::words;

words! {
    /// Whether editions tell a change; where nothing is said, they tell what matters to who has planned to come.
    pub enum Tell, "way to tell a change" {
        /// The next one does, whatever it is.
        Next => "next",
        /// None does: readers find it as it is.
        Never => "never",
    }
}
