//! A value that is made anew when what it is made of has changed.

use std::sync::{Arc, Mutex, PoisonError};

/// The newest such value, with the version of what it was made of.
pub struct AsOf<V, T>(Mutex<Option<(V, Arc<T>)>>);

impl<V, T> Default for AsOf<V, T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<V: PartialEq, T> AsOf<V, T> {
    /// The value of a version: one makes it, and who asks meanwhile waits.
    pub fn get(&self, version: V, make: impl FnOnce() -> T) -> Arc<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((known, value)) if *known == version => value.clone(),
            _ => {
                let value = Arc::new(make());
                *kept = Some((version, value.clone()));
                value
            }
        }
    }
}
