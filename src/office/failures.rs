//! What did not go, by its reasons.

use crate::domain::edition::DeliveryStatus;
use crate::mail::breaker::{likeness, nameless};
use crate::shape::status::FailureRecord;
use crate::store::Miscarried;

/// More reasons than anybody reads.
const MOST: usize = 20;

/// Those that are alike, whatever ids, numbers and addresses they name, together; the newest first, as they come.
pub fn alike(found: Vec<Miscarried>) -> Vec<FailureRecord> {
    let mut groups: Vec<(String, DeliveryStatus, bool, FailureRecord)> = Vec::new();
    for delivery in found {
        let Miscarried { id, edition, address, status, is_tried_again, error } = delivery;
        let words = likeness(&error, &address);
        let known =
            groups.iter_mut().find(|(said, of, again, _)| (said, *of, *again) == (&words, status, is_tried_again));
        if let Some((.., record)) = known {
            record.deliveries += 1;
            continue;
        }
        let record = FailureRecord {
            status: status.as_str(),
            is_tried_again,
            reason: if error.is_empty() { "no reason is known".into() } else { nameless(&error, &address) },
            deliveries: 1,
            newest: id,
            edition: edition.map(|edition| edition.to_string()),
        };
        groups.push((words, status, is_tried_again, record));
    }
    groups.into_iter().map(|(.., record)| record).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::edition::EditionName;

    #[test]
    fn what_is_alike_is_told_once_with_nobodys_address() {
        let delivery = |id: i64, address: &str, status, error: &str| Miscarried {
            id,
            edition: Some(EditionName { digest: "weekly".into(), number: 3 }),
            address: address.into(),
            status,
            is_tried_again: status != DeliveryStatus::Failed,
            error: error.into(),
        };
        let found = alike(vec![
            delivery(
                9,
                "cyd@example.org",
                DeliveryStatus::Failed,
                "550 5.1.1 <cyd@example.org>: no such user, id 4Xy9",
            ),
            delivery(8, "bob@example.org", DeliveryStatus::Deferred, "451 4.7.1 greylisted"),
            delivery(
                7,
                "ada@example.org",
                DeliveryStatus::Failed,
                "550 5.1.1 <ada@example.org>: no such user, id 4Xz7",
            ),
            delivery(6, "dan@example.org", DeliveryStatus::Failed, ""),
        ]);
        let told: Vec<_> = found.iter().map(|f| (f.status, f.deliveries, f.newest, f.reason.as_str())).collect();
        assert_eq!(
            told,
            [
                ("failed", 2, 9, "550 5.1.1 … no such user, id 4Xy9"),
                ("deferred", 1, 8, "451 4.7.1 greylisted"),
                ("failed", 1, 6, "no reason is known"),
            ]
        );
        assert_eq!(found[0].edition.as_deref(), Some("weekly/3"));
    }
}
