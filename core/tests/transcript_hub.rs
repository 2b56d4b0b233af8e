//! The first transcript of PROTOCOL.md is not only well formed: it is what the hub says.

mod world;

use serde_json::Value;
use world::{World, config, say};

const PAGE: &str = include_str!("../../PROTOCOL.md");

/// What differs from run to run: the token, the log's name, the time.
fn masked(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                *member = match name.as_str() {
                    "token" | "log" | "at" | "server" => Value::from("*"),
                    _ => masked(member.take()),
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = masked(item.take())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    value
}

#[test]
fn the_hub_says_what_the_first_transcript_says() {
    let chapter = PAGE.split("## First steps").nth(1).expect("the chapter is there");
    let fence = chapter.split("```").nth(1).expect("it begins with a transcript");
    let mut settings = config();
    settings.limits.pace = None;
    let mut world = World::with(settings);
    let ali = world.native("علی");
    for n in 1..=41 {
        world.says(ali, &say("lobby", "earlier", &n.to_string()));
    }
    let ada = world.connect(parlor_core::wire::Dialect::Native);
    let (mut said, mut lines) = (Vec::new(), 0);
    for line in fence.lines().filter(|line| !line.is_empty()) {
        lines += 1;
        let (side, frame) = line.split_at(2);
        let expected: Value = serde_json::from_str(frame).expect("a transcript is JSON");
        if side == "C " {
            world.says(ada, &format!("{frame}\n"));
            said.extend(world.frames(ada));
            continue;
        }
        let from_ali = expected["message"]["from"] == "علی";
        if from_ali {
            world.says(ali, &say("lobby", expected["message"]["text"].as_str().unwrap(), "new"));
            said.extend(world.frames(ada));
        }
        assert!(!said.is_empty(), "the hub says no more, but the page does: {line}");
        let really: Value = serde_json::from_str(&said.remove(0)).expect("the hub writes JSON");
        assert_eq!(masked(really), masked(expected), "line {lines}");
    }
    assert!(lines >= 9, "the transcript was read");
    assert_eq!(said, Vec::<String>::new(), "the page says no more, but the hub does");
}
