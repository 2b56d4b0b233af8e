//! What a scenario claims about somebody.

use std::time::Duration;

use crate::peer::{Peer, Program};
use crate::text::{matches, quoted, spoken};
use crate::world::World;

/// How long a paced client is given to hear what is on its way.
const PACED: Duration = Duration::from_secs(2);

pub(crate) fn is_expectation(verb: &str) -> bool {
    matches!(verb, "hears" | "never" | "reads" | "is" | "got" | "forgets")
}

pub(crate) fn expect(world: &mut World, who: &str, verb: &str, object: &str) -> Result<(), String> {
    match verb {
        "hears" if object == "nothing" => silent(world.peer(who)?),
        "hears" if object.starts_with("lines ") => hears_lines(world, who, object),
        "hears" => hears(world, who, &spoken(object)?),
        "never" => {
            let pattern = quoted(object.strip_prefix("hears ").ok_or("never hears PATTERN")?)?;
            let peer = world.peer(who)?;
            match peer.heard.iter().find(|row| matches(row, &pattern)) {
                Some(row) => Err(format!("{who} heard {row:?}")),
                None => Ok(()),
            }
        }
        "reads" if object == "on" => world.read_on(who),
        "reads" => reads(world, who, &spoken(object)?),
        "forgets" => {
            let peer = world.peer_mut(who)?;
            peer.told = peer.heard.len();
            peer.writes.clear();
            peer.writes_told = 0;
            Ok(())
        }
        "got" => {
            let count = world.peer(who)?.writes.len();
            if object == format!("{count} writes") { Ok(()) } else { Err(format!("it were {count}")) }
        }
        "is" => is(world.peer(who)?, object),
        _ => Err(format!("{verb} is no expectation")),
    }
}

/// The row is among those not yet told; those before it are told with it.
fn hears(world: &mut World, who: &str, pattern: &str) -> Result<(), String> {
    let end = world.instant() + PACED;
    loop {
        let peer = world.peer_mut(who)?;
        if let Some(at) = peer.heard[peer.told..].iter().position(|row| matches(row, pattern)) {
            peer.told += at + 1;
            return Ok(());
        }
        let paced = matches!(peer.program, Program::Nic | Program::Prompt);
        if !paced || !world.step(end)? {
            return Err(untold(world.peer(who)?));
        }
    }
}

/// `lines 1 to 200 of bob`: each once and in order, whatever stands between.
fn hears_lines(world: &mut World, who: &str, object: &str) -> Result<(), String> {
    let words: Vec<_> = object.split(' ').collect();
    let ["lines", first, "to", last, "of", speaker] = words[..] else {
        return Err(String::from("hears lines N to M of SPEAKER"));
    };
    let number = |word: &str| word.parse::<u32>().map_err(|e| e.to_string());
    let wanted: Vec<_> = (number(first)?..=number(last)?).map(|n| format!("{speaker}: line {n}")).collect();
    let peer = world.peer_mut(who)?;
    let prefix = format!("{speaker}: line ");
    let heard: Vec<_> = peer.heard[peer.told..].iter().filter(|row| row.starts_with(&prefix)).cloned().collect();
    if heard != wanted {
        return Err(format!("{} lines were heard, the last: {:?}", heard.len(), heard.last()));
    }
    peer.told = peer.heard.len();
    Ok(())
}

/// The next write is exactly this.
fn reads(world: &mut World, who: &str, bytes: &str) -> Result<(), String> {
    let end = world.instant() + PACED;
    while world.peer(who)?.writes.len() == world.peer(who)?.writes_told && world.step(end)? {}
    let peer = world.peer_mut(who)?;
    let Some(write) = peer.writes.get(peer.writes_told) else {
        return Err(String::from("nothing was written"));
    };
    if write != bytes.as_bytes() {
        return Err(format!("the next write is {:?}", String::from_utf8_lossy(write)));
    }
    peer.writes_told += 1;
    Ok(())
}

fn is(peer: &Peer, object: &str) -> Result<(), String> {
    let (right, now) = match (object, peer.closed) {
        ("here", closed) => (closed.is_none() && peer.conn.is_some(), closed),
        ("gone", closed) => (closed.is_some(), closed),
        (_, closed @ Some((reason, _))) => (object == format!("gone because {reason}"), closed),
        (_, None) => (false, None),
    };
    if right { Ok(()) } else { Err(format!("closed: {now:?}\n{}", untold(peer))) }
}

fn silent(peer: &Peer) -> Result<(), String> {
    if peer.told == peer.heard.len() { Ok(()) } else { Err(untold(peer)) }
}

fn untold(peer: &Peer) -> String {
    let short = |row: &String| row.chars().take(200).collect::<String>();
    format!("not yet told: {:#?}", peer.heard[peer.told..].iter().map(short).collect::<Vec<_>>())
}
