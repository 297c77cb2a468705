//! Editors, and the log of what was done.

use super::{Office, Result};
use crate::domain::act::Act;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::editor::{Editor, named};
use crate::domain::refused::{Noun, Refused};
use crate::store::{EditorWish, Stretch};

/// One line of the log of acts, with the names that its people have now.
pub struct ToldAct {
    pub by: String,
    /// What it is about: `digest weekly`, `subscriber ada@example.org`; `subscriber` alone of who is known no more.
    pub about: String,
    pub act: Act,
}

impl Office {
    /// Those who may change things, in the order in which they came.
    pub async fn editors(&self) -> Result<Vec<Editor>> {
        let mut editors = self.store.editors().await?;
        editors.retain(|editor| editor.left_at.is_none());
        Ok(editors)
    }

    /// Makes somebody an editor, or changes what is said of one; whether that changed anything.
    pub async fn add_editor(&self, by: &Actor, email: &EmailAddress, wish: &EditorWish) -> Result<(Editor, bool)> {
        let is_changed = self.store.put_editor(by, email, wish).await?;
        Ok((self.editor(email).await?, is_changed))
    }

    pub async fn editor(&self, email: &EmailAddress) -> Result<Editor> {
        let key = email.key();
        let mut editors = self.editors().await?.into_iter();
        let found = editors.find(|editor| editor.email.as_ref().is_some_and(|known| known.key() == key));
        Ok(found.ok_or_else(|| Refused::not_found(Noun::Editor, email))?)
    }

    /// From now on this person changes nothing more.
    pub async fn remove_editor(&self, by: &Actor, email: &EmailAddress) -> Result<()> {
        Ok(self.store.remove_editor(by, email).await?)
    }

    /// The newest first.
    pub async fn acts(&self, stretch: Stretch) -> Result<Vec<ToldAct>> {
        let editors = self.store.editors().await?;
        let mut told = Vec::new();
        for act in self.store.acts(stretch).await? {
            let name = match act.noun {
                Noun::Subscriber => self.store.address_of(&act.name).await?,
                Noun::Editor => act.name.parse().ok().and_then(|id: i64| {
                    let editor = editors.iter().find(|editor| editor.id == id)?;
                    Some(editor.email.as_ref()?.to_string())
                }),
                _ => Some(act.name.clone()),
            };
            let about = format!("{} {}", act.noun, name.unwrap_or_default()).trim_end().to_owned();
            told.push(ToldAct { by: named(&act.by, &editors), about, act });
        }
        Ok(told)
    }
}
