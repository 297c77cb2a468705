//! What an editor changes about somebody who gets mail. Nothing here makes anybody agree: a digest that is joined is asked
//! about, or the consent was got elsewhere.

use super::{Consent, Hour, NewSubscriber, Subscriber};
use crate::domain::address::EmailAddress;
use crate::domain::event::Kind;
use crate::domain::refused::Refused;
use crate::domain::text::fold_case;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;

/// What becomes of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEdit<T> {
    /// It becomes this first; none: it is as it was.
    pub to: Option<Vec<T>>,
    pub add: Vec<T>,
    pub remove: Vec<T>,
}

impl<T> Default for ListEdit<T> {
    fn default() -> Self {
        Self { to: None, add: Vec::new(), remove: Vec::new() }
    }
}

/// What is changed; what is none stays, and none inside takes a value away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscriberEdit {
    /// Empty: they have none.
    pub name: Option<String>,
    /// By slug.
    pub digests: ListEdit<String>,
    /// An empty list means all.
    pub topics: ListEdit<String>,
    pub kinds: ListEdit<Kind>,
    pub timezone: Option<Option<Zone>>,
    pub send_hour: Option<Option<Hour>>,
    pub locale: Option<Option<Locale>>,
}

/// What an edit comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedSubscriber {
    /// With the new details; the subscriptions are as they were.
    pub subscriber: Subscriber,
    /// Digests that there is no consent for yet.
    pub joins: Vec<String>,
    pub leaves: Vec<String>,
    /// Of the details, in a fixed order.
    pub changes: Vec<DetailChange>,
}

/// The field of a change of digests.
const DIGESTS: &str = "digests";

/// A detail that was changed, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailChange {
    /// By its name in JSON.
    pub field: &'static str,
    pub before: String,
    pub after: String,
}

/// What became of an edit.
#[derive(Debug, Clone)]
pub struct Edited {
    /// As they are now.
    pub subscriber: Subscriber,
    /// Of the details, and at last of the digests.
    pub changes: Vec<DetailChange>,
    /// Digests, by slug.
    pub joined: Vec<String>,
    /// Those that a mail asks about.
    pub asked: Vec<String>,
    pub left: Vec<String>,
}

impl Edited {
    pub fn is_nothing(&self) -> bool {
        self.changes.is_empty() && self.joined.is_empty() && self.asked.is_empty() && self.left.is_empty()
    }

    /// For the log: what was changed, and of the person nothing.
    pub fn detail(&self) -> String {
        let details = self.changes.iter().filter(|change| change.field != DIGESTS);
        let fields = details.map(|change| change.field.to_owned());
        let moves = [("joined", &self.joined), ("asked about", &self.asked), ("left", &self.left)];
        let moves = moves.into_iter().flat_map(|(what, slugs)| slugs.iter().map(move |slug| format!("{what} {slug}")));
        fields.chain(moves).collect::<Vec<_>>().join(", ")
    }
}

impl SubscriberEdit {
    /// The same of somebody who is not known yet.
    pub fn of_new(&self, email: EmailAddress) -> NewSubscriber {
        NewSubscriber {
            name: self.name.clone(),
            topics: self.topics.to.clone(),
            kinds: self.kinds.to.clone(),
            timezone: self.timezone.clone().flatten(),
            send_hour: self.send_hour.flatten(),
            locale: self.locale.flatten().map(|locale| locale.to_string()),
            ..NewSubscriber::of(email, self.digests.add.clone())
        }
    }

    /// What adds all that a wish names to what is known of somebody, and takes nothing from them.
    pub fn adding(wish: &NewSubscriber, known: &Subscriber) -> Self {
        // Who follows none in particular follows all.
        fn wider<T: Clone>(wanted: Option<&Vec<T>>, followed: &[T]) -> ListEdit<T> {
            let add = wanted.filter(|_| !followed.is_empty()).cloned().unwrap_or_default();
            ListEdit { add, ..ListEdit::default() }
        }
        fn first<T: Clone>(wanted: Option<&T>, known: bool) -> Option<Option<T>> {
            wanted.filter(|_| !known).map(|value| Some(value.clone()))
        }
        let locale = wish.locale.as_ref().and_then(|tag| tag.parse().ok());
        Self {
            name: wish.name.clone().filter(|_| known.name.is_empty()),
            digests: ListEdit { add: wish.digests.clone(), ..ListEdit::default() },
            topics: wider(wish.topics.as_ref(), &known.topics),
            kinds: wider(wish.kinds.as_ref(), &known.kinds),
            timezone: first(wish.timezone.as_ref(), known.timezone.is_some()),
            send_hour: first(wish.send_hour.as_ref(), known.send_hour.is_some()),
            locale: first(locale.as_ref(), known.locale.is_some()),
        }
    }
}

impl Subscriber {
    /// This person with an edit, or why it can't be.
    pub fn edited(&self, edit: &SubscriberEdit) -> Result<EditedSubscriber, Refused> {
        let mut new = self.clone();
        if let Some(name) = &edit.name {
            new.name = name.clone();
        }
        new.topics = followed("topic", &self.topics, &edit.topics, |topic| fold_case(topic))?;
        new.kinds = followed("kind", &self.kinds, &edit.kinds, |kind| *kind)?;
        new.kinds.sort();
        if let Some(zone) = &edit.timezone {
            new.timezone = zone.clone();
        }
        if let Some(hour) = edit.send_hour {
            new.send_hour = hour;
        }
        if let Some(locale) = edit.locale {
            new.locale = locale.map(|locale| locale.to_string());
        }
        let (joins, leaves) = self.moves(&edit.digests)?;
        let changes = self.changes_to(&new);
        Ok(EditedSubscriber { subscriber: new, joins, leaves, changes })
    }

    /// Whether this digest was never spoken of with them: neither asked about, nor agreed to, nor left.
    pub fn is_new_to(&self, slug: &str) -> bool {
        self.subscriptions.iter().all(|subscription| subscription.digest != slug)
    }

    /// What became of the digests, if that differs from what it was.
    pub fn digests_since(&self, before: &Self) -> Option<DetailChange> {
        let told = |person: &Self| {
            let live = person.subscriptions.iter().filter(|subscription| subscription.status != Consent::Left);
            let told = live.map(|subscription| match subscription.status {
                Consent::Pending => format!("{} (to be confirmed)", subscription.digest),
                _ => subscription.digest.clone(),
            });
            told.collect::<Vec<_>>().join("; ")
        };
        let (before, after) = (told(before), told(self));
        (before != after).then_some(DetailChange { field: DIGESTS, before, after })
    }

    /// The digests that are joined and left.
    fn moves(&self, edit: &ListEdit<String>) -> Result<(Vec<String>, Vec<String>), Refused> {
        let has = |slug: &String, is: fn(Consent) -> bool| {
            self.subscriptions.iter().any(|subscription| subscription.digest == *slug && is(subscription.status))
        };
        let is_there = |consent| consent != Consent::Left;
        let is_agreed = |consent| consent == Consent::Confirmed;
        if let Some(stray) = edit.remove.iter().find(|slug| !has(slug, is_there)) {
            return Err(Refused::conflict(format!("{} does not get {stray}", self.email)));
        }
        let wanted = edit.to.iter().flatten().chain(&edit.add);
        // Whom nothing may be sent to has yet to prove that mail arrives again, whatever was agreed to before.
        let is_open = |slug: &&String| self.suppression.is_some() || !has(slug, is_agreed);
        let mut joins: Vec<String> = wanted.clone().filter(is_open).cloned().collect();
        joins.retain(|slug| !edit.remove.contains(slug));
        joins.sort();
        joins.dedup();
        let is_left = |slug: &String| match &edit.to {
            Some(_) => !wanted.clone().any(|wanted| wanted == slug) || edit.remove.contains(slug),
            None => edit.remove.contains(slug),
        };
        let theirs = self.subscriptions.iter().filter(|subscription| is_there(subscription.status));
        let leaves = theirs.map(|subscription| subscription.digest.clone()).filter(is_left).collect();
        Ok((joins, leaves))
    }

    fn changes_to(&self, new: &Self) -> Vec<DetailChange> {
        let told = |person: &Self| {
            let list = |list: Vec<&str>| if list.is_empty() { "all".to_owned() } else { list.join("; ") };
            [
                ("name", person.name.clone()),
                ("topics", list(person.topics.iter().map(String::as_str).collect())),
                ("kinds", list(person.kinds.iter().map(|kind| kind.as_str()).collect())),
                ("timezone", person.timezone.as_ref().map(ToString::to_string).unwrap_or_default()),
                ("send_hour", person.send_hour.map(Hour::on_a_clock).unwrap_or_default()),
                ("locale", person.locale.clone().unwrap_or_default()),
            ]
        };
        let both = told(self).into_iter().zip(told(new));
        both.filter(|(before, after)| before != after)
            .map(|((field, before), (_, after))| DetailChange { field, before, after })
            .collect()
    }
}

/// A list of what somebody follows, with an edit. An empty one means all of them, so it has to be asked for.
fn followed<T: Clone + ToString, K: PartialEq>(
    what: &str,
    known: &[T],
    edit: &ListEdit<T>,
    key: impl Fn(&T) -> K,
) -> Result<Vec<T>, Refused> {
    let mut list = edit.to.clone().unwrap_or_else(|| known.to_vec());
    let has = |list: &[T], wanted: &T| list.iter().any(|one| key(one) == key(wanted));
    if let Some(stray) = edit.remove.iter().find(|stray| !has(&list, stray) && !has(known, stray)) {
        let all = if known.is_empty() { ": they follow all of them" } else { "" };
        return Err(Refused::conflict(format!("they do not follow the {what} `{}`{all}", stray.to_string())));
    }
    // Who follows all has what is added already.
    if edit.to.is_some() || !known.is_empty() {
        for new in &edit.add {
            if !has(&list, new) {
                list.push(new.clone());
            }
        }
    }
    let was_empty = list.is_empty();
    list.retain(|one| !has(&edit.remove, one));
    if list.is_empty() && !was_empty {
        return Err(Refused::conflict(format!("no {what} would be left, and none means all of them")));
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::{Subscription, Suppression, SuppressionReason};
    use super::*;

    fn ada(topics: &[&str], digests: &[(&str, Consent)]) -> Subscriber {
        let subscription = |(digest, status): &(&str, Consent)| Subscription {
            id: 1,
            digest: (*digest).into(),
            status: *status,
            consent_at: None,
            consent_note: None,
            left_at: None,
        };
        Subscriber {
            id: 1,
            nonce: None,
            email: "ada@example.org".parse().unwrap(),
            name: String::new(),
            topics: words(topics),
            kinds: Vec::new(),
            timezone: None,
            send_hour: None,
            locale: None,
            suppression: None,
            created_at: Timestamp::UNIX_EPOCH,
            subscriptions: digests.iter().map(subscription).collect(),
        }
    }

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|word| (*word).to_owned()).collect()
    }

    fn topics(to: Option<&[&str]>, add: &[&str], remove: &[&str]) -> SubscriberEdit {
        let topics = ListEdit { to: to.map(words), add: words(add), remove: words(remove) };
        SubscriberEdit { topics, ..SubscriberEdit::default() }
    }

    #[test]
    fn topics_are_replaced_added_and_removed() {
        for (known, edit, expected) in [
            (&["a", "b"][..], topics(Some(&["c"]), &[], &[]), &["c"][..]),
            (&["a", "b"], topics(None, &["c", "A"], &["b"]), &["a", "c"]),
            (&["a"], topics(None, &["c"], &["a"]), &["c"]),
            (&["a"], topics(Some(&[]), &[], &[]), &[]),
            (&[], topics(None, &["c"], &[]), &[]),
            (&[], topics(Some(&["a"]), &["c"], &[]), &["a", "c"]),
        ] {
            assert_eq!(ada(known, &[]).edited(&edit).unwrap().subscriber.topics, words(expected), "{edit:?}");
        }
        let edited = ada(&["a", "b"], &[]).edited(&topics(Some(&["c"]), &[], &[])).unwrap();
        assert_eq!(edited.changes, [DetailChange { field: "topics", before: "a; b".into(), after: "c".into() }]);
    }

    #[test]
    fn nobody_comes_to_follow_everything_by_losing_the_last_topic() {
        let error = ada(&["a"], &[]).edited(&topics(None, &[], &["a"])).unwrap_err();
        assert_eq!(error.said, "no topic would be left, and none means all of them");
        let error = ada(&[], &[]).edited(&topics(None, &[], &["a"])).unwrap_err();
        assert_eq!(error.said, "they do not follow the topic `a`: they follow all of them");
    }

    #[test]
    fn digests_are_joined_and_left_and_who_agreed_is_not_asked() {
        let person =
            ada(&[], &[("daily", Consent::Left), ("monthly", Consent::Pending), ("weekly", Consent::Confirmed)]);
        let edit = |to: Option<&[&str]>, add: &[&str], remove: &[&str]| {
            let digests = ListEdit { to: to.map(words), add: words(add), remove: words(remove) };
            let edit = SubscriberEdit { digests, ..SubscriberEdit::default() };
            person.edited(&edit).map(|edited| (edited.joins.join(" "), edited.leaves.join(" ")))
        };
        let both = |joins: &str, leaves: &str| Ok((joins.to_owned(), leaves.to_owned()));
        assert_eq!(edit(None, &["weekly", "daily", "yearly"], &[]), both("daily yearly", ""));
        assert_eq!(edit(Some(&["daily"]), &[], &[]), both("daily", "monthly weekly"));
        assert_eq!(edit(Some(&[]), &[], &[]), both("", "monthly weekly"));
        assert_eq!(edit(None, &["monthly"], &["weekly"]), both("monthly", "weekly"));
        assert!(edit(None, &[], &["daily"]).is_err());
        let reason = SuppressionReason::Bounced;
        let suppression = Some(Suppression { reason, at: Timestamp::UNIX_EPOCH });
        let held = Subscriber { suppression, ..person.clone() };
        let digests = ListEdit { add: words(&["weekly"]), ..ListEdit::default() };
        assert_eq!(held.edited(&SubscriberEdit { digests, ..SubscriberEdit::default() }).unwrap().joins, ["weekly"]);
    }

    #[test]
    fn a_wish_takes_nothing_from_who_is_known() {
        let mut known = ada(&["a"], &[("weekly", Consent::Confirmed)]);
        known.name = "Ada".into();
        let wish = NewSubscriber {
            name: Some("Countess".into()),
            topics: Some(words(&["b"])),
            kinds: Some(vec![Kind::Meeting]),
            send_hour: Some("7".parse().unwrap()),
            ..NewSubscriber::of(known.email.clone(), words(&["daily", "weekly"]))
        };
        let edited = known.edited(&SubscriberEdit::adding(&wish, &known)).unwrap();
        let person = &edited.subscriber;
        assert_eq!((person.name.as_str(), person.topics.join(" "), person.kinds.len()), ("Ada", "a b".into(), 0));
        assert_eq!(person.send_hour, wish.send_hour);
        assert_eq!((edited.joins.join(" "), edited.leaves.len()), ("daily".into(), 0));
    }
}
