//! Scenarios: stories of people in a chat, told in text files, played on the real hub with a clock that the story moves.
//!
//! One statement a line; `#` begins a remark. A story begins with its `limit NAME = VALUE` and `password WORD` lines.
//!
//! | statement | meaning |
//! | --- | --- |
//! | `ada connects native [as NAME] [from ADDRESS]` | opens a connection: `native`, `nic`, `prompt`, or `netcat` on the prompt port |
//! | `ada introduces herself` | her program gives her name |
//! | `ada joins native [as NAME] [from ADDRESS]` | both, and what she heard on the way in is forgotten |
//! | `ada says TEXT` · `ada floods 200 lines` | to everybody, as her program sends it |
//! | `ada sends "GET / HTTP/1.1\r\n" + hex 16 03 + 20 times "a"` | these bytes, in one write |
//! | `ada quits` · `vanishes` · `returns` | a farewell; a broken connection; a new one with what she remembers |
//! | `ada stalls` · `reads on` · `ignores pings` | she takes nothing from her socket; takes it again; is not there |
//! | `ada tells @bob: TEXT` · `tells kitchen: TEXT` · `acts TEXT` · `repeats NONCE: TEXT` | native ways of saying |
//! | `ada goes away: TEXT` · `ada comes back` | she is away, and back again |
//! | `ada enters`, `leaves`, `titles`, `pages`, `becomes`, `kicks bob from`, `mutes bob in`, `types in`, `lists` | the other commands |
//! | `ada corrects 3 to TEXT` · `retracts 3` · `seeks [PLACE: ]WORDS` · `has read 3` | of what was said in the lobby |
//! | `ada hears ROW` | it is among what she has not yet told; with `…` at an end, anything may stand there |
//! | `ada hears nothing` · `never hears ROW` | nothing is untold; she never did, in the whole story |
//! | `ada hears lines 1 to 200 of bob` | each once, in order |
//! | `ada reads "BYTES"` · `got 3 writes` · `forgets all` | the next write is exactly this; so many came since she forgot |
//! | `ada is here` · `gone because REASON` · `refused REASON` | |
//! | `wait 30 s` · `hub drains` · `hub restarts` · `hub is empty` | a restart: without a word, with the same store |
//!
//! Besides what a story claims, the tutorials' programs die of what they would really die of: a write that is cut inside
//! a character, or over 1024 bytes, or too soon after the last, a second `NIC`, anything between `NIC` and its answer, a
//! bare FIN. The hub's invariants are checked after each input, and at the end of each story nothing is left in it.

mod expect;
mod peer;
mod render;
mod story;
mod text;
mod world;

macro_rules! scenarios {
    ($($name:ident)*) => {
        const TOLD: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                story::Story::tell(stringify!($name), include_str!(concat!(stringify!($name), ".txt")));
            }
        )*
    };
}

scenarios! {
    a_flooder
    a_gap
    a_password
    away
    bad_frames
    bad_hellos
    before_one_came
    corrections
    caps_of_an_address
    caps_of_the_server
    direct_messages
    everybody_together
    farewells
    forged_rows
    grace_and_resume
    liveness
    moderation
    native_basics
    native_rooms
    netcat
    nic_input
    nic_names
    nic_pace
    nic_table
    patience
    restarts
    searching
    spoken_to_while_away
    prompt_input
    prompt_names
    prompt_pace
    prompt_table
    slow_messenger
    slow_reader
    tutorial_news
    wrong_door
}

#[test]
fn every_scenario_in_the_directory_is_told() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");
    for entry in std::fs::read_dir(directory).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(name) = name.strip_suffix(".txt") {
            assert!(TOLD.contains(&name), "{name}.txt is not in the list of scenarios");
        }
    }
}
