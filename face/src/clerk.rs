//! A thread that writes what it is given: a disk may take its time, and whoever has something to keep is not to wait.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::file::Fault;

/// What waits to be written: of several things of one kind the newest alone.
pub(crate) trait Order: Default + Send + 'static {
    /// Nothing waits.
    fn is_empty(&self) -> bool;

    /// Takes out what waits.
    fn take(&mut self) -> Self;
}

/// How long is waited at the end: a disk that does not answer is no reason for a program to stay.
const FINISH_MAX: Duration = Duration::from_secs(3);

/// The thread. Its methods return at once but [`Clerk::finish`], which [`Drop`] calls.
#[derive(Debug)]
pub(crate) struct Clerk<O: Order> {
    shared: Arc<Shared<O>>,
    /// Where it writes.
    place: PathBuf,
}

#[derive(Debug, Default)]
struct Shared<O> {
    tray: Mutex<Tray<O>>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Tray<O> {
    order: O,
    /// Nothing more will come.
    ended: bool,
    /// That was told.
    closed: bool,
    /// Until when is waited for the end, from the first time it is waited for.
    until: Option<Instant>,
    /// The thread has ended.
    gone: bool,
    /// What could not be written when it was last tried.
    fault: Option<Fault>,
}

impl<O: Order> Clerk<O> {
    /// `write`, which writes in `place`, is called with each order, and at the end with an empty one and `true`. Its trouble
    /// is told to `told`, from the clerk's thread, once for as long as it stays the same.
    ///
    /// # Panics
    /// If the system cannot start a thread.
    pub(crate) fn start(
        place: impl Into<PathBuf>,
        mut write: impl FnMut(O, bool) -> Result<(), Fault> + Send + 'static,
        mut told: impl FnMut(Fault) + Send + 'static,
    ) -> Self {
        let shared = Arc::<Shared<O>>::default();
        let theirs = Arc::clone(&shared);
        let work = move || {
            let gone = Gone(theirs);
            while let Some((order, ended)) = gone.0.next() {
                let fault = write(order, ended).err();
                let last = std::mem::replace(&mut gone.0.lock().fault, fault.clone());
                if let Some(fault) = fault.filter(|fault| last.as_ref() != Some(fault)) {
                    told(fault);
                }
            }
        };
        let thread = thread::Builder::new().name("files".into()).spawn(work);
        thread.expect("the system can start one more thread");
        Self { shared, place: place.into() }
    }

    /// Changes what waits; `put` says whether it did.
    pub(crate) fn give(&self, put: impl FnOnce(&mut O) -> bool) {
        if put(&mut self.shared.lock().order) {
            self.shared.changed.notify_all();
        }
    }

    /// Nothing is taken any more, and from now on it is waited for the rest.
    pub(crate) fn end(&self) {
        let mut tray = self.shared.lock();
        tray.ended = true;
        tray.until.get_or_insert_with(|| Instant::now() + FINISH_MAX);
        self.shared.changed.notify_all();
    }

    /// Returns once everything is written, or a few seconds after the end; nothing is taken any more. What is told is what
    /// could not be written. May be called from several threads.
    pub(crate) fn finish(&self) -> Option<Fault> {
        self.end();
        let tray = self.shared.lock();
        let left = tray.until.map_or(FINISH_MAX, |until| until.saturating_duration_since(Instant::now()));
        let waited = self.shared.changed.wait_timeout_while(tray, left, |tray| !tray.gone);
        let tray = waited.unwrap_or_else(PoisonError::into_inner).0;
        if tray.gone { tray.fault.clone() } else { Some(Fault::Late(self.place.clone())) }
    }
}

/// Tells at the end of the thread, also of one that panicked, that it has ended.
struct Gone<O: Order>(Arc<Shared<O>>);

impl<O: Order> Drop for Gone<O> {
    fn drop(&mut self) {
        self.0.lock().gone = true;
        self.0.changed.notify_all();
    }
}

impl<O: Order> Drop for Clerk<O> {
    fn drop(&mut self) {
        self.finish();
    }
}

impl<O: Order> Shared<O> {
    fn lock(&self) -> MutexGuard<'_, Tray<O>> {
        self.tray.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be written next, and whether it is nothing, for the last time; waits for it. `None` after that.
    fn next(&self) -> Option<(O, bool)> {
        let waits = |tray: &mut Tray<O>| tray.order.is_empty() && !tray.ended;
        let mut tray = self.changed.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner);
        let last = tray.order.is_empty();
        if last && std::mem::replace(&mut tray.closed, true) {
            return None;
        }
        Some((tray.order.take(), last))
    }
}

#[cfg(test)]
impl<O: Order> Clerk<O> {
    /// Waits until all that was given so far was taken to be written.
    pub(crate) fn wait_taken(&self) {
        while !self.shared.lock().order.is_empty() {
            thread::yield_now();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    impl Order for Option<u32> {
        fn is_empty(&self) -> bool {
            self.is_none()
        }

        fn take(&mut self) -> Self {
            Option::take(self)
        }
    }

    fn give(clerk: &Clerk<Option<u32>>, number: u32) {
        clerk.give(|order| {
            *order = Some(number);
            true
        });
    }

    #[test]
    fn nobody_waits_for_the_disk_and_of_what_waits_the_newest_is_written() {
        let (sender, written) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let write = move |order: Option<u32>, _| {
            let _ = wait.recv();
            let _ = sender.send(order);
            Ok(())
        };
        let clerk = Clerk::start("", write, |_| {});
        // Nothing is let through yet: whoever waited for the disk would never come to the end of this.
        (0..1_000).for_each(|number| give(&clerk, number));
        drop(go);
        clerk.finish();
        let all: Vec<_> = written.try_iter().flatten().collect();
        assert!(all.len() <= 2, "{} were written", all.len());
        assert_eq!(all.last(), Some(&999));
        give(&clerk, 1_000);
        assert_eq!(written.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected), "the thread has ended");
    }

    #[test]
    fn trouble_that_was_over_is_told_again() {
        let (sender, told) = mpsc::channel();
        let write = |order: Option<u32>, _| match order {
            Some(1..3) => Err(Fault::NoHome),
            Some(_) | None => Ok(()),
        };
        let clerk = Clerk::start("", write, move |fault| drop(sender.send(fault)));
        let passes = |number| {
            give(&clerk, number);
            clerk.wait_taken();
        };
        [1, 2, 3, 1].into_iter().for_each(passes);
        clerk.finish();
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [Fault::NoHome, Fault::NoHome]);
    }

    #[test]
    fn a_disk_that_does_not_answer_holds_nobody_for_ever() {
        let (go, wait) = mpsc::channel::<()>();
        let write = move |_: Option<u32>, _| {
            let _ = wait.recv();
            Ok(())
        };
        let (sender, finished) = mpsc::channel();
        let clerk = Clerk::start("disk", write, |_| {});
        give(&clerk, 1);
        thread::spawn(move || {
            sender.send((clerk.finish(), clerk.finish())).unwrap();
            drop(clerk);
            sender.send((None, None)).unwrap();
        });
        let late = Some(Fault::Late("disk".into()));
        assert_eq!(finished.recv_timeout(PATIENCE), Ok((late.clone(), late)));
        assert_eq!(finished.recv_timeout(PATIENCE), Ok((None, None)), "and it is not waited for again");
        drop(go);
    }

    #[test]
    fn what_could_not_be_written_is_told_at_the_end() {
        let clerk = Clerk::start("disk", |_: Option<u32>, _| Err(Fault::NoHome), |_| {});
        give(&clerk, 1);
        assert_eq!(clerk.finish(), Some(Fault::NoHome));
    }
}
