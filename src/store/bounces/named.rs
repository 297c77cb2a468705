//! Which delivery a mail was that names itself.

use super::super::{Result, Store};

impl Store {
    /// By its Message-ID, without angle brackets. A relay that gives mails another puts what it called the mail before the @.
    pub async fn delivery_called(&self, message_id: &str) -> Result<Option<i64>> {
        let relay_id = message_id.split('@').next().unwrap_or(message_id);
        let found = sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM delivery WHERE message_id = $1
               UNION ALL SELECT id FROM delivery WHERE relay_id = $2 LIMIT 1"#,
            message_id,
            relay_id
        );
        Ok(found.fetch_optional(&self.read).await?)
    }

    /// The last mail of a digest to who has this subscription.
    pub async fn last_delivery_of(&self, subscription: i64) -> Result<Option<i64>> {
        let found = sqlx::query_scalar!(
            r#"SELECT max(delivery.id) AS "id: i64" FROM subscription
               JOIN delivery ON delivery.subscriber_id = subscription.subscriber_id AND tried_since IS NOT NULL
               JOIN edition ON edition.id = delivery.edition_id AND edition.digest_id = subscription.digest_id
               WHERE subscription.id = $1"#,
            subscription
        );
        Ok(found.fetch_one(&self.read).await?)
    }
}
