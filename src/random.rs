//! Octets that nobody can guess.

#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandom;

pub fn octets<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut random = [0; N];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| NoRandom)?;
    Ok(random)
}
