//! Searches that never end, and what they may not hold up.

use std::time::Duration;

use async_channel::Receiver;
use parlor_core::id::{IdentityId, LogId, Ticket};
use parlor_core::store::{Answer, Ask};
use parlor_transport_tcp::hub_loop::Store;
use server::store::{DurableStore, FILE, Opened, Options};

use crate::world::*;

/// After this long, what is waited for does not come any more.
const PATIENCE: Duration = Duration::from_secs(60);

const ADA: IdentityId = IdentityId(1);

/// Looks for words that stand in every message, but never one after the other as they are asked for.
fn hostile(log: LogId) -> Ask {
    search(ADA, &[log], "\"beta alpha\"", None, 50)
}

/// A room in which so many messages were written, and the store that has it.
fn opened(world: &mut World, messages: usize, options: Options) -> (Opened, LogId) {
    let log = world.open("lobby").log;
    world.ask_all((0..messages).map(|_| append(log, ADA, message("alpha beta"), 0)).collect());
    world.stop();
    (DurableStore::open(&world.path(), options).unwrap(), log)
}

fn next(answers: &Receiver<(Ticket, Answer)>) -> (Ticket, Answer) {
    let next = async { Some(answers.recv().await.unwrap()) };
    let late = async {
        smol::Timer::after(PATIENCE).await;
        None
    };
    smol::block_on(smol::future::or(next, late)).expect("an answer comes")
}

#[test]
fn the_log_stays_short_although_somebody_searches_all_the_time() {
    const SAID: u64 = 1_500;
    const WAL_PAGES: u32 = 64;
    let mut world = World::new();
    let (Opened { mut store, answers }, log) =
        opened(&mut world, 20_000, Options { wal_pages: WAL_PAGES, ..Options::default() });
    let (mut said, mut longest, mut searches) = (0, 0, 0);
    for _ in 0..3 {
        assert_eq!(store.ask(Ticket(0), hostile(log)), None);
    }
    assert_eq!(store.ask(Ticket(1), append(log, ADA, message("gamma"), 0)), None);
    while said < SAID {
        match next(&answers) {
            (Ticket(0), answer) => {
                assert!(matches!(answer, Answer::Found { .. }), "{answer:?}");
                searches += 1;
                store.ask(Ticket(0), hostile(log));
            }
            (_, answer) => {
                assert!(matches!(answer, Answer::Appended { .. }), "{answer:?}");
                said += 1;
                let wal = world.path().with_file_name(format!("{FILE}-wal"));
                longest = longest.max(std::fs::metadata(wal).map_or(0, |wal| wal.len()));
                store.ask(Ticket(1), append(log, ADA, message("gamma"), 0));
            }
        }
    }
    assert!(searches > 0);
    let most = 6 * u64::from(WAL_PAGES) * 4_096;
    assert!(longest < most, "{longest} bytes, after {searches} searches");
}

#[test]
fn stopping_waits_for_no_search_and_every_one_is_answered() {
    const SEARCHES: u64 = 200;
    let mut world = World::new();
    let (Opened { mut store, answers }, log) = opened(&mut world, 20_000, Options::default());
    for ticket in 0..SEARCHES {
        assert_eq!(store.ask(Ticket(ticket), hostile(log)), None);
    }
    assert_eq!(store.ask(Ticket(SEARCHES), append(log, ADA, message("last"), 0)), None);
    drop(store);
    let answers: Vec<_> = std::iter::from_fn(|| answers.try_recv().ok()).collect();
    let failed = answers.iter().filter(|(_, answer)| *answer == Answer::Failed).count() as u64;
    assert!(failed > SEARCHES / 2, "{failed} of {SEARCHES} were not waited for");
    let mut tickets: Vec<_> = answers.into_iter().map(|(ticket, _)| ticket.0).collect();
    tickets.sort_unstable();
    assert!(tickets.into_iter().eq(0..=SEARCHES), "each is answered once");
}
