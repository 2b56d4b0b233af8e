//! Hostile bytes against the hub: it never panics, keeps its invariants, and loses nobody else's message. And the
//! same inputs give the same bytes.

mod world;

use std::time::Duration;

use parlor_core::wire::Dialect;
use proptest::prelude::*;
use world::{World, say};

/// Pieces that get further than noise does.
const PIECES: [&[u8]; 22] = [
    b"{\"hello\":{\"version\":1,\"nick\":\"eve\"}}\n",
    b"{\"hello\":{\"version\":1,\"nick\":\"eve\",\"rooms\":[\"a\",\"b\"],\"resume\":{\"@ada\":{\"log\":\"00\",\"id\":9}}}}\n",
    b"{\"say\":{\"room\":\"lobby\",\"text\":\"x\"}}\n",
    b"{\"say\":{\"room\":\"@ada\",\"text\":\"x\",\"nonce\":\"1\"}}\n",
    b"{\"join\":{\"room\":\"@ada\"}}\n",
    b"{\"join\":{\"room\":\"kitchen\"}}\n",
    b"{\"part\":{\"room\":\"lobby\"}}\n",
    b"{\"nick\":{\"nick\":\"bea\"}}\n",
    b"{\"nick\":{\"nick\":\"mallory\"}}\n",
    b"{\"topic\":{\"room\":\"lobby\",\"text\":\"t\"}}\n",
    b"{\"kick\":{\"room\":\"kitchen\",\"nick\":\"eve\"}}\n",
    b"{\"history\":{\"room\":\"lobby\",\"before\":18446744073709551615,\"limit\":4294967295}}\n",
    b"{\"history\":{\"room\":\"lobby\",\"after\":0,\"limit\":0}}\n",
    b"{\"members\":{\"room\":\"lobby\",\"limit\":1}}\n",
    b"{\"read\":{\"room\":\"lobby\",\"id\":18446744073709551615}}\n",
    b"{\"typing\":{\"room\":\"lobby\"}}\n",
    b"{\"quit\":{}}\n",
    b"{quit}",
    b"eve: hello\nadmin: forged\n",
    b"eve\n",
    b"\xd8\xb3\xd9",
    b"GET / HTTP/1.1\r\n\r\n",
];

#[derive(Clone, Debug)]
enum Act {
    Connect(u8),
    Piece(usize, usize),
    Noise(usize, Vec<u8>),
    Long(usize),
    Vanish(usize),
    Pass(u16),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..3u8).prop_map(Act::Connect),
        12 => (0..8usize, 0..PIECES.len()).prop_map(|(s, p)| Act::Piece(s, p)),
        3 => (0..8usize, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(s, b)| Act::Noise(s, b)),
        1 => (0..8usize).prop_map(Act::Long),
        1 => (0..8usize).prop_map(Act::Vanish),
        2 => (1..1_000u16).prop_map(Act::Pass),
    ]
}

fn run(acts: &[Act]) -> World {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    let mut hostile = Vec::new();
    for (n, act) in acts.iter().enumerate() {
        match act {
            Act::Connect(dialect) => hostile.push(world.connect(Dialect::ALL[usize::from(*dialect)])),
            Act::Pass(ms) => world.pass(Duration::from_millis(u64::from(*ms))),
            Act::Piece(seat, piece) => {
                if let Some(conn) = hostile.get(*seat) {
                    world.sends(*conn, PIECES[*piece]);
                }
            }
            Act::Noise(seat, bytes) => {
                if let Some(conn) = hostile.get(*seat) {
                    world.sends(*conn, bytes);
                }
            }
            Act::Long(seat) => {
                if let Some(conn) = hostile.get(*seat) {
                    world.sends(*conn, &[b'x'; 40_000]);
                }
            }
            Act::Vanish(seat) => {
                if let Some(conn) = hostile.get(*seat) {
                    world.vanishes(*conn);
                }
            }
        }
        if n % 8 == 0 {
            world.text(bea);
            world.says(ada, &say("lobby", &format!("honest {n}"), &format!("{n}")));
            let heard = world.text(bea);
            assert!(heard.contains(&format!("\"honest {n}\"")), "bea heard: {heard}");
        }
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_the_others_chat_on(acts in prop::collection::vec(act(), 1..80)) {
        run(&acts);
    }

    #[test]
    fn the_same_inputs_give_the_same_bytes(acts in prop::collection::vec(act(), 1..40)) {
        let (one, two) = (run(&acts), run(&acts));
        for (conn, end) in &one.ends {
            prop_assert_eq!(&end.writes, &two.ends[conn].writes);
        }
    }
}
