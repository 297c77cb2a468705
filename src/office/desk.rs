//! How editors come to their desk, and what they typed there.

use super::{Error, Office, Result};
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::desk::{Session, SignInLink, SignInTrouble, Typed, agent};
use crate::domain::editor::Editor;
use crate::domain::network::Network;
use crate::domain::refused::{Noun, Refused};
use crate::domain::ticket::Ticket;
use crate::domain::wording::Locale;
use crate::mail::sign_in;
use crate::random;
use crate::store::{AskedThere, NewSession, Notice};

/// What became of the wish for a link. The door tells nobody but the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedForLink {
    Mailed,
    NoEditor,
    TooOften,
}

impl Office {
    /// Mails an editor a link to sign in, whatever their address is as a reader's. `browser` is what the browser keeps by
    /// which it is known again, `to` the page of the desk that they came for.
    pub async fn ask_for_sign_in(
        &self,
        email: &EmailAddress,
        network: Network,
        browser: &Ticket,
        to: &str,
    ) -> Result<AskedForLink> {
        let Ok(editor) = self.editor(email).await else { return Ok(AskedForLink::NoEditor) };
        let ticket = new_ticket()?;
        let mail = sign_in::link(&self.config, self.locale_of(&editor), &ticket, to, self.store.is_demo());
        let mail = mail.map_err(|error| Error::Failed(error.to_string()))?;
        let Some(notice) = self.notice(&editor, mail) else { return Ok(AskedForLink::NoEditor) };
        let asked = AskedThere { network, browser: browser.hash(), notice: &notice };
        Ok(match self.store.make_sign_in(editor.id, ticket.hash(), Some(asked)).await? {
            true => AskedForLink::Mailed,
            false => AskedForLink::TooOften,
        })
    }

    /// A link to sign in, for who stands at the terminal: for the first time, or where mail does not go.
    pub async fn sign_in_address(&self, email: &EmailAddress) -> Result<String> {
        let editor = self.editor(email).await?;
        let ticket = new_ticket()?;
        self.store.make_sign_in(editor.id, ticket.hash(), None).await?;
        Ok(self.config.site.links().sign_in(ticket.expose(), ""))
    }

    /// What a link to sign in stands for, or why it does nothing.
    pub async fn behind_sign_in(&self, ticket: &str) -> Result<std::result::Result<SignInLink, SignInTrouble>> {
        let Some(ticket) = Ticket::read(ticket) else { return Ok(Err(SignInTrouble::Unknown)) };
        self.opened(&ticket).await
    }

    async fn opened(&self, ticket: &Ticket) -> Result<std::result::Result<SignInLink, SignInTrouble>> {
        let Some(link) = self.store.sign_in_link(ticket.hash()).await? else { return Ok(Err(SignInTrouble::Unknown)) };
        Ok(link.trouble(self.now()).map_or(Ok(link), Err))
    }

    /// Begins a session by a link, once; its editor is told by mail.
    pub async fn sign_in(&self, ticket: &str, browser: &str) -> Result<std::result::Result<Ticket, SignInTrouble>> {
        let Some(ticket) = Ticket::read(ticket) else { return Ok(Err(SignInTrouble::Unknown)) };
        let link = match self.opened(&ticket).await? {
            Ok(link) => link,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let (session, agent) = (new_ticket()?, agent(browser));
        let (locale, is_demo) = (self.locale_of(&link.editor), self.store.is_demo());
        // The sample's desk is opened by whoever starts it.
        let notice = match is_demo {
            true => None,
            false => {
                let mail = sign_in::began(&self.config, locale, self.now(), &agent, is_demo);
                self.notice(&link.editor, mail)
            }
        };
        let begun = NewSession { hash: session.hash(), agent: &agent, notice: notice.as_ref() };
        Ok(self.store.sign_in(ticket.hash(), begun).await?.map(|_| session))
    }

    /// Whose session a cookie is, whether it is in force or has ended.
    pub async fn session(&self, ticket: &Ticket) -> Result<Option<Session>> {
        Ok(self.store.session(ticket.hash()).await?)
    }

    /// Those in force, of one editor or of all; the last used first.
    pub async fn sessions(&self, editor: Option<i64>) -> Result<Vec<Session>> {
        Ok(self.store.sessions(editor).await?)
    }

    pub async fn end_session(&self, id: i64) -> Result<bool> {
        Ok(self.store.end_session(id).await?)
    }

    /// Changes the language of an editor's pages and mails.
    pub async fn choose_language(&self, editor: &Editor, locale: Locale) -> Result<()> {
        let Some(email) = &editor.email else { return Err(Refused::not_found(Noun::Editor, editor.id).into()) };
        let wish = crate::store::EditorWish { locale: Some(locale), ..Default::default() };
        self.store.put_editor(&Actor::Editor(editor.id), email, &wish).await?;
        Ok(())
    }

    pub async fn keep_typed(&self, editor: i64, place: &str, fields: &[(String, String)]) -> Result<()> {
        Ok(self.store.keep_typed(editor, place, fields).await?)
    }

    pub async fn typed(&self, editor: i64, place: &str) -> Result<Option<Typed>> {
        Ok(self.store.typed(editor, place).await?)
    }

    pub async fn drop_typed(&self, editor: i64, place: &str) -> Result<()> {
        Ok(self.store.drop_typed(editor, place).await?)
    }

    fn locale_of(&self, editor: &Editor) -> Locale {
        editor.locale.unwrap_or(self.config.site.locale)
    }

    fn notice(&self, editor: &Editor, mail: crate::domain::edition::Rendered) -> Option<Notice> {
        let mail_domain = self.config.mail.from.address.domain().to_owned();
        Some(Notice { to: editor.email.clone()?, mail, mail_domain })
    }
}

/// A secret that nobody can guess.
pub fn new_ticket() -> Result<Ticket> {
    Ok(Ticket::of(random::octets()?))
}
