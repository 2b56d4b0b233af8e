//! Native clients against the hub, frame by frame.

mod world;

use std::time::Duration;

use world::World;

fn say(room: &str, text: &str, nonce: &str) -> String {
    format!("{{\"say\":{{\"room\":\"{room}\",\"text\":\"{text}\",\"nonce\":\"{nonce}\"}}}}\n")
}

fn has(frames: &[String], part: &str) -> bool {
    frames.iter().any(|frame| frame.contains(part))
}

#[test]
fn a_message_reaches_everybody_and_its_ack_stands_right_before_it() {
    let mut world = World::new();
    let ada = world.native("ada");
    let bea = world.native("bea");
    assert!(has(&world.frames(ada), "\"joined\""));
    world.says(ada, &say("lobby", "ciao, سلام!", "1"));
    let ada_heard = world.frames(ada);
    assert_eq!(ada_heard.len(), 2, "{ada_heard:?}");
    assert!(ada_heard[0].starts_with("{\"ack\""));
    assert!(ada_heard[1].contains("ciao, سلام!"));
    assert_eq!(world.frames(bea), ada_heard[1..]);
}
