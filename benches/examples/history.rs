//! How history is kept, beside a bare loop of the same SQLite transactions:
//! `cargo run --release -p benches --example history`.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use benches::figures::{Micros, median, thousands};
use benches::history::bare::Bare;
use benches::history::keeper::{Keeper, Part};
use benches::history::texts::{EVERYWHERE, NOWHERE, SELDOM, Texts};
use benches::history::{Wrote, served, sync_alone};
use benches::process;
use clap::Parser;
use server::store::FILE;

/// Measures the durable store: messages a second, the wait of a lonely sender, pages, searches, start-up, memory and
/// disk, on databases that are made for it and thrown away.
#[derive(Parser)]
struct Options {
    /// How often writing is measured, each time on new databases; the tables show medians.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Messages of one measurement of many senders.
    #[arg(long, default_value_t = 40_000)]
    each: usize,
    /// Messages in the large database.
    #[arg(long, default_value_t = 1_000_000)]
    messages: usize,
    /// Where databases are made; the system's place for temporary files if it is not said.
    #[arg(long)]
    directory: Option<std::path::PathBuf>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    let binary = process::server_binary()?;
    let place = options.directory.clone().unwrap_or_else(std::env::temp_dir);
    println!("Load of the machine before: {}", load());
    let sync = sync_alone(&place, 2_000)?;
    println!("4 KiB appended and synced: {}; {} a second\n", times(sync), thousands(1e6 / sync.p50));
    writing(options, &place, &binary)?;
    reading(options, &place, &binary)?;
    println!("\nLoad of the machine after: {}", load());
    Ok(())
}

/// Who writes.
#[derive(Clone, Copy)]
enum Writer {
    /// The bare loop, so many messages in a transaction.
    Bare(usize),
    /// The store, so many messages under way.
    Store(usize),
    /// The server, so many connections and so many messages under way on each.
    Server(usize, usize),
}

const WRITERS: [Writer; 10] = [
    Writer::Bare(1),
    Writer::Bare(16),
    Writer::Bare(256),
    Writer::Store(1),
    Writer::Store(64),
    Writer::Store(512),
    Writer::Store(1_024),
    Writer::Server(1, 1),
    Writer::Server(8, 16),
    Writer::Server(16, 64),
];

impl Writer {
    fn name(self) -> String {
        match self {
            Writer::Bare(1) => "bare loop, 1 message a transaction".into(),
            Writer::Bare(batch) => format!("bare loop, {batch} messages a transaction"),
            Writer::Store(1) => "store, one lonely sender".into(),
            Writer::Store(under_way) => format!("store, {under_way} under way"),
            Writer::Server(1, 1) => "server over loopback, one lonely sender".into(),
            Writer::Server(people, each) => format!("server over loopback, {people} senders, {each} under way each"),
        }
    }

    fn write(self, options: &Options, place: &Path, binary: &Path) -> Result<Wrote, String> {
        let home = home(place)?;
        let (mut texts, few) = (Texts::new(5), options.each.min(3_000));
        let mut keeper = Keeper::open(home.path())?;
        match self {
            Writer::Store(1) => keeper.write(&mut texts, few, 1),
            Writer::Store(under_way) => keeper.write(&mut texts, options.each, under_way),
            Writer::Bare(batch) => {
                drop(keeper);
                let messages = if batch == 1 { few } else { options.each };
                Bare::open(&home.path().join(FILE))?.write(&mut texts, messages, batch)
            }
            Writer::Server(people, each) => {
                drop(keeper);
                let messages = if each == 1 { few } else { options.each };
                apart(|| served::write(binary, home.path(), messages, (people, each)))
            }
        }
    }
}

fn writing(options: &Options, place: &Path, binary: &Path) -> Result<(), String> {
    let mut runs: Vec<Vec<Wrote>> = WRITERS.iter().map(|_| Vec::new()).collect();
    for round in 1..=options.rounds {
        eprintln!("Writing, round {round} of {}", options.rounds);
        for (writer, runs) in WRITERS.iter().zip(&mut runs) {
            runs.push(writer.write(options, place, binary)?);
        }
    }
    println!("| durable and searchable | messages/s | transactions/s | ÷ bare, 256 | CPU µs each | p50 | p99 |");
    println!("|---|---|---|---|---|---|---|");
    let best = |runs: &[Wrote]| median(runs.iter().map(Wrote::per_second));
    let bare = best(&runs[2]);
    for (writer, runs) in WRITERS.iter().zip(&runs) {
        let per_second = best(runs);
        let transactions = match writer {
            Writer::Bare(batch) => thousands(per_second / *batch as f64),
            Writer::Store(1) | Writer::Server(1, 1) => thousands(per_second),
            Writer::Store(_) | Writer::Server(..) => "–".into(),
        };
        let of = |what: fn(&Wrote) -> f64| median(runs.iter().map(what));
        println!(
            "| {} | {} | {transactions} | {:.2} | {:.1} | {} | {} |",
            writer.name(),
            thousands(per_second),
            per_second / bare,
            of(|wrote| wrote.processor_micros),
            time(of(|wrote| wrote.latency.p50)),
            time(of(|wrote| wrote.latency.p99)),
        );
    }
    println!("\nOf the bare loop p50 and p99 are those of a transaction, otherwise those of a message until its ack.");
    Ok(())
}

fn reading(options: &Options, place: &Path, binary: &Path) -> Result<(), String> {
    let (small, large) = (home(place)?, home(place)?);
    let few = options.messages.min(10_000);
    Keeper::open(small.path())?.write(&mut Texts::new(5), few, 1_024)?;
    let mut texts = Texts::new(5);
    let mut keeper = Keeper::open(large.path())?;
    eprintln!("Writing {} messages", options.messages);
    let wrote = keeper.write(&mut texts, options.messages, 1_024)?;
    let (number, rate) = (thousands(options.messages as f64), thousands(wrote.per_second()));
    println!("\n{number} messages written in {:.1} s, {rate} a second.", wrote.time.as_secs_f64());
    drop(keeper);
    let size = std::fs::metadata(large.path().join(FILE)).map_err(|error| format!("No database: {error}."))?.len();
    println!("On the disk: {} bytes a message.\n", size / options.messages as u64);

    let starts = |home: &Path| -> Result<f64, String> {
        let runs: Result<Vec<f64>, String> =
            (0..5).map(|_| apart(|| served::start_up(binary, home)).map(|time| time.as_secs_f64() * 1e6)).collect();
        Ok(median(runs?))
    };
    println!("| server | {} messages | {number} messages |", thousands(few as f64));
    println!("|---|---|---|");
    println!(
        "| from start to the first page, median | {} | {} |",
        time(starts(small.path())?),
        time(starts(large.path())?)
    );
    let memory = |home: &Path| apart(|| served::resident(binary, home)).map(|bytes| bytes as f64 / f64::from(1 << 20));
    println!("| resident after the same work | {:.1} MiB | {:.1} MiB |", memory(small.path())?, memory(large.path())?);

    let since = Instant::now();
    let mut keeper = Keeper::open(large.path())?;
    println!("\nThe store alone opens {number} messages in {}.\n", time(since.elapsed().as_secs_f64() * 1e6));
    println!("| read from {number} messages | p50 | p99 | hits |");
    println!("|---|---|---|---|");
    for (name, part) in [("front", Part::Front), ("anywhere", Part::Middle), ("end", Part::End)] {
        let page = keeper.pages(part, 2_000);
        println!("| page of 50, {name} | {} | {} | |", time(page.p50), time(page.p99));
    }
    searching(&mut keeper, &texts);
    Ok(())
}

fn searching(keeper: &mut Keeper, texts: &Texts) {
    let (latin, persian, han) = (texts.latin(), texts.persian(), texts.han());
    let two = format!("{} {}", latin[0], latin[3]);
    let both = format!("{EVERYWHERE} {SELDOM}");
    let beginning = format!("{}*", latin[300]);
    for (name, query, is_one_room) in [
        ("a word of every message", EVERYWHERE, false),
        ("a word of every message, one room", EVERYWHERE, true),
        ("a word of 1 message in 100,000", SELDOM, false),
        ("that word and one of every message", &both, false),
        ("two frequent words", &two, false),
        ("a frequent Persian word", &persian[0], false),
        ("a seldom Persian word", &persian[9_000], false),
        ("a frequent Chinese word", &han[0], false),
        ("a seldom Chinese word", &han[9_000], false),
        ("a frequent word, one room", &latin[0], true),
        ("a seldom word, one room", &latin[9_000], true),
        ("the beginning of a word", &beginning, false),
        ("a word nobody said", NOWHERE, false),
    ] {
        let (latency, hits) = keeper.search(query, is_one_room, 200);
        println!("| search for {name} | {} | {} | {hits} |", time(latency.p50), time(latency.p99));
    }
}

/// On a thread of its own, which the server's start binds to a processor, so that nothing else is bound.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().expect("it does not panic"))
}

fn home(place: &Path) -> Result<tempfile::TempDir, String> {
    let directory = tempfile::Builder::new().prefix("parlor-bench").tempdir_in(place);
    directory.map_err(|error| format!("{} cannot be used: {error}.", place.display()))
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or("?").to_owned()
}

fn times(of: Micros) -> String {
    format!("p50 {}, p99 {}", time(of.p50), time(of.p99))
}

/// Microseconds, for people.
fn time(micros: f64) -> String {
    match Duration::from_secs_f64(micros / 1e6) {
        long if long >= Duration::from_secs(1) => format!("{:.2} s", micros / 1e6),
        some if some >= Duration::from_millis(1) => format!("{:.2} ms", micros / 1e3),
        _ => format!("{micros:.0} µs"),
    }
}
