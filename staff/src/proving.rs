//! Where typed passwords and PINs are proved: one after the other, and apart from the store, whose writer waits for none.

use crate::answer::No;
use crate::desk::off_thread;
use axum::http::StatusCode;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many guesses from unknown browsers wait or are proved at once. A hash takes some hundredths of a second.
const STRANGERS: usize = 8;
/// So many from where their people are known, which wait for no more than those of the strangers.
const KNOWN: usize = 16;

/// The waiting rooms and the one turn.
#[derive(Debug)]
pub(crate) struct Proving {
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

impl Default for Proving {
    fn default() -> Proving {
        let places = |n| Arc::new(Semaphore::new(n));
        Proving { strangers: places(STRANGERS), known: places(KNOWN), turn: places(1) }
    }
}

impl Proving {
    /// Runs `work`, which hashes, in its turn.
    ///
    /// # Errors
    /// 429 when the waiting room is full; what `work` says.
    pub(crate) async fn prove<T, F>(&self, known: bool, work: F) -> Result<T, No>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, No> + Send + 'static,
    {
        let place = self.enter(known)?;
        let turn = self.turn.clone().acquire_owned().await;
        off_thread(move || {
            // Given back when the hash is made, whether or not somebody still waits for it.
            let _held = (place, turn);
            work()
        })
        .await
    }

    fn enter(&self, known: bool) -> Result<OwnedSemaphorePermit, No> {
        let room = if known { &self.known } else { &self.strangers };
        room.clone().try_acquire_owned().map_err(|_| crowded())
    }
}

/// The waiting room is full.
pub(crate) fn crowded() -> No {
    let mut no = No::bad(
        "Terlalu banyak yang sedang masuk. Coba lagi beberapa detik lagi.",
        "Too many are signing in just now. Try again in a few seconds.",
    );
    (no.status, no.code) = (StatusCode::TOO_MANY_REQUESTS, "too-many-requests".into());
    no
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_crowd_of_guessers_fills_its_own_room_and_a_known_browser_gets_its_turn() {
        let proving = Arc::new(Proving::default());
        let turn = proving.turn.clone().acquire_owned().await.unwrap();
        let crowd: Vec<_> = (0..STRANGERS)
            .map(|_| {
                let proving = proving.clone();
                tokio::spawn(async move { proving.prove(false, || Ok(())).await })
            })
            .collect();
        while proving.strangers.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let no = proving.prove(false, || Ok(())).await.unwrap_err();
        assert_eq!(no.status, StatusCode::TOO_MANY_REQUESTS);
        let known = {
            let proving = proving.clone();
            tokio::spawn(async move { proving.prove(true, || Ok("in")).await })
        };
        drop(turn);
        assert_eq!(known.await.unwrap().unwrap(), "in");
        for guess in crowd {
            guess.await.unwrap().unwrap();
        }
        assert_eq!(proving.prove(false, || Ok("in")).await.unwrap(), "in", "the room is free again");
    }
}
