//! What programs were answered, so that a request that is made again is not done again.

use super::{Office, Result};
use crate::store::{Asked, KeptAnswer};

impl Office {
    /// Takes a key of a token for a request; of what it says only a keyed hash is kept.
    pub async fn ask_once(&self, token_id: i64, key: &str, request: &[u8]) -> Result<Asked> {
        Ok(self.store.ask_once(token_id, key, &self.key.digest_of_request(request)).await?)
    }

    pub async fn keep_answer(&self, id: i64, answer: &KeptAnswer) -> Result<()> {
        Ok(self.store.keep_answer(id, answer).await?)
    }

    /// Nothing was done: the key may be used again.
    pub async fn drop_answer(&self, id: i64) -> Result<()> {
        Ok(self.store.drop_answer(id).await?)
    }
}
