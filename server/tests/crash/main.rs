//! The real server, killed again and again while people talk: what anybody was told is there ever after.
//!
//! A dozen native clients say, correct and take back as fast as they are answered; the server dies by SIGKILL at drawn
//! moments (under load, while it starts, during a checkpoint, while it stops) and is started again on the same
//! directory; everybody comes back with token and `resume` and sends again what was not acknowledged. In the end
//! everything is read back and held against everything anybody was ever told (`claims.rs`); what concerns the moment
//! (order, holes, members, tokens) is claimed when it happens (`person.rs`).
//!
//! `PARLOR_KILLS` is how often it is killed (8 without it), `PARLOR_SEED` draws the same moments again:
//!
//! ```text
//! PARLOR_KILLS=200 cargo test --release -p server --test crash
//! ```
//!
//! What SIGKILL cannot show is a sync that was left out: the system keeps what a dead process wrote. The tests in
//! `power/` take the power away for that.
#![cfg(unix)]

mod claims;
mod newcomers;
mod person;
mod server;
mod speech;
mod wire;
mod world;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fastrand::Rng;
use person::{Person, Report};
use server::Server;
use world::{Alarm, World};

/// After this long, what is waited for does not come any more.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many talk.
const PEOPLE: usize = 12;

/// Where they talk.
const ROOMS: [&str; 3] = ["lobby", "class", "کتاب"];

/// Most acknowledgements in one life of the server.
const LIFE_MAX: u64 = 1_500;

fn nick_of(who: usize) -> String {
    format!("person{who}")
}

/// When the server dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    /// Everybody talks.
    Load,
    /// It starts: it recovers, or has just begun to listen.
    Start,
    /// What was committed is brought into the database.
    Checkpoint,
    /// It was asked to stop, and says goodbye.
    Stop,
}

const MOMENTS: [Moment; 4] = [Moment::Load, Moment::Start, Moment::Checkpoint, Moment::Stop];

/// Kills, by moment.
#[derive(Debug, Default)]
struct Killer {
    kills: [u32; MOMENTS.len()],
    /// The longest the server took to start.
    start: Duration,
    /// Checkpoints that were waited for and did not come, and orderly stops that were quicker than the kill.
    missed: u32,
}

impl Killer {
    fn total(&self) -> u32 {
        self.kills.iter().sum()
    }

    /// One life of the server, to its end at a moment of this kind.
    fn life(&mut self, moment: Moment, home: &Path, world: &World, rng: &mut Rng) {
        let server = Server::start(home);
        if moment == Moment::Start {
            // Nobody is told where it listens: with the first connection the store forgets who was here, and until the
            // hub has noted it anew, a moment later, a crash loses their places.
            let until = server.since + self.start.mul_f64(1.2 * rng.f64());
            let _ = server.announced(until.saturating_duration_since(Instant::now()));
            std::thread::sleep(until.saturating_duration_since(Instant::now()));
            return self.kill(moment, server, world);
        }
        let port = server.announced(PATIENCE).expect("it starts");
        self.start = self.start.max(server.since.elapsed());
        world.serve(Some(port));
        let mut moment = moment;
        match moment {
            Moment::Load | Moment::Start => wait_for_talk(world, rng.u64(1..LIFE_MAX)),
            Moment::Checkpoint => {
                if !wait_for_checkpoint(&server, world) {
                    self.missed += 1;
                    moment = Moment::Load;
                }
                std::thread::sleep(Duration::from_micros(rng.u64(..8_000)));
            }
            Moment::Stop => {
                wait_for_talk(world, rng.u64(1..LIFE_MAX / 2));
                server.ask_to_stop();
                std::thread::sleep(Duration::from_micros(rng.u64(..20_000)));
            }
        }
        self.kill(moment, server, world);
    }

    fn kill(&mut self, moment: Moment, server: Server, world: &World) {
        if server.kill() {
            self.kills[moment as usize] += 1;
        } else {
            self.missed += 1;
        }
        world.serve(None);
        world.stand();
    }
}

/// Lets people talk until so much more was acknowledged. It looks again and again rather than waiting to be told, so
/// that the moment of death has nothing to do with what anybody does.
fn wait_for_talk(world: &World, acks: u64) {
    let enough = world.acknowledged() + acks;
    let since = Instant::now();
    while world.acknowledged() < enough {
        world.stand();
        assert!(since.elapsed() < PATIENCE, "nothing is acknowledged any more");
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Lets people talk until the database is written into, which is what a checkpoint does. `false` if it never was.
fn wait_for_checkpoint(server: &Server, world: &World) -> bool {
    let (before, since) = (server.checkpointed(), Instant::now());
    while server.checkpointed() == before {
        world.stand();
        if since.elapsed() > PATIENCE / 6 {
            return false;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    true
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")))
}

/// On the terminal, whatever becomes of the test's own output.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn everybody(world: &Arc<World>, seed: u64) -> Vec<JoinHandle<Person>> {
    let start = |who: usize| {
        let world = Arc::clone(world);
        std::thread::spawn(move || {
            let _alarm = Alarm(Arc::clone(&world));
            Person::new(who, world, seed).live()
        })
    };
    (0..PEOPLE).map(start).collect()
}

#[test]
fn what_anybody_was_told_survives_every_kill() {
    let kills = u32::try_from(number("PARLOR_KILLS").unwrap_or(8)).unwrap();
    let seed = number("PARLOR_SEED").unwrap_or_else(|| fastrand::u64(..));
    say(&format!("crash test: PARLOR_KILLS={kills} PARLOR_SEED={seed}"));
    let (mut rng, since) = (Rng::with_seed(seed), Instant::now());
    let home = tempfile::tempdir().unwrap();
    let world = Arc::new(World::default());
    let people = everybody(&world, seed);
    let newcomers = {
        let world = Arc::clone(&world);
        std::thread::spawn(move || {
            let _alarm = Alarm(Arc::clone(&world));
            newcomers::come(&world)
        })
    };

    // Everybody comes in before the first kill: from then on nobody is to be told of anybody's leaving.
    let server = Server::start(home.path());
    let port = server.announced(PATIENCE).expect("it starts");
    let mut killer = Killer { start: server.since.elapsed(), ..Killer::default() };
    world.serve(Some(port));
    world.everybody_arrived();
    wait_for_talk(&world, 100);
    killer.kill(Moment::Load, server, &world);
    let mut lives = 0;
    while killer.total() < kills {
        // The first four are one of each.
        let moment = MOMENTS.get(lives).copied().unwrap_or_else(|| MOMENTS[rng.usize(..MOMENTS.len())]);
        lives += 1;
        killer.life(moment, home.path(), &world, &mut rng);
    }

    // A last life in which everything is answered, an orderly stop, and everybody looks at what there is.
    let server = Server::start(home.path());
    world.serve(server.announced(PATIENCE));
    wait_for_talk(&world, 100);
    world.finish();
    let people: Vec<Person> = people.into_iter().map(|person| person.join().unwrap()).collect();
    let newcomers = newcomers.join().unwrap();
    world.serve(None);
    server.ask_to_stop();
    assert!(server.ended().success(), "an orderly stop");
    let server = Server::start(home.path());
    let port = server.announced(PATIENCE).expect("it starts");
    world.serve(Some(port));
    let reports: Vec<Report> = people.into_iter().map(Person::see_the_end).collect();
    for newcomer in &newcomers {
        let mut line = wire::Line::open(port).expect("nothing is killed any more");
        newcomer.come_back(&mut line).expect("nothing is killed any more");
    }
    let messages = claims::hold(port, &world.ledger(), &reports, &mut rng);
    server.ask_to_stop();
    assert!(server.ended().success(), "an orderly stop");
    claims::hold_of_the_file(&home.path().join("data").join(::server::store::FILE));
    tell(&killer, &world, &reports, (messages, newcomers.len()), since.elapsed());
}

/// One line for people; too little to mean anything is a failure.
fn tell(killer: &Killer, world: &World, reports: &[Report], (messages, newcomers): (usize, usize), time: Duration) {
    let sum = |of: fn(&Report) -> u64| reports.iter().map(of).sum::<u64>();
    let (kills, acknowledged) = (killer.total(), world.acknowledged());
    let (comebacks, gaps) = (sum(|report| report.comebacks), sum(|report| report.gaps));
    let (repeats, shown) = (sum(|report| report.repeats), sum(|report| report.shown));
    let [load, start, checkpoint, stop] = killer.kills;
    say(&format!(
        "crash test: {kills} kills ({load} under load, {start} while starting, {checkpoint} in a checkpoint, {stop} \
         while stopping; {} moments missed), {acknowledged} acknowledged, {messages} messages read back, {shown} shown, \
         {comebacks} comebacks, {gaps} gaps, {repeats} sent again and known, {newcomers} newcomers, {:.1} s",
        killer.missed,
        time.as_secs_f64(),
    ));
    assert!(acknowledged >= 50 * u64::from(kills), "too little was said to mean anything");
    assert!(messages as u64 >= 30 * u64::from(kills), "too little is left to mean anything");
    assert!(comebacks >= 2 * u64::from(kills), "too few came back to mean anything");
    if kills >= 8 {
        assert!(start > 0, "it was never killed while starting");
        assert!(load > 0, "it was never killed under load");
    }
    if kills >= 100 {
        assert!(checkpoint > 0, "it was never killed in a checkpoint");
        assert!(stop > 0, "it was never killed while stopping");
        assert!(gaps > 0, "nobody missed too much");
        assert!(repeats > 0, "nothing was stored without its ack being heard");
    }
}
