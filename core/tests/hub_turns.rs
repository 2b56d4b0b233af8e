//! What is told within one turn, when some have taken it already and others have not.

mod world;

use parlor_core::hub::Input;
use parlor_core::id::ConnId;
use parlor_core::wire::Dialect;
use world::{World, config, say};

/// Something arrives, and nothing is written yet.
fn hears(world: &mut World, conn: ConnId, frame: &str) {
    world.input(Input::Received { conn, bytes: frame.as_bytes() });
}

fn join(world: &mut World, conn: ConnId, room: &str) {
    world.says(conn, &format!("{{\"join\":{{\"room\":\"{room}\"}}}}\n"));
}

/// The texts of the messages a connection was sent, in order.
fn heard(world: &mut World, conn: ConnId) -> Vec<String> {
    let frames = world.frames(conn);
    let messages = frames.iter().filter(|frame| frame.starts_with("{\"message\""));
    messages.map(|frame| world::member(frame, "text")).collect()
}

#[test]
fn whoever_has_taken_the_first_message_of_a_turn_is_told_the_second_alone_and_the_others_both() {
    let mut world = World::new();
    let people = ["ada", "bea", "eve", "kim"].map(|nick| world.native(nick));
    world.forget();
    let [ada, bea, eve, kim] = people;
    hears(&mut world, ada, &say("lobby", "one", "1"));
    world.write(bea);
    world.write(kim);
    assert_eq!(heard(&mut world, bea), ["one"]);
    hears(&mut world, ada, &say("lobby", "two", "2"));
    world.write(kim);
    hears(&mut world, eve, &say("lobby", "three", "3"));
    world.turn();
    assert_eq!(heard(&mut world, bea), ["two", "three"]);
    for conn in [ada, eve, kim] {
        assert_eq!(heard(&mut world, conn), ["one", "two", "three"]);
    }
}

#[test]
fn whoever_comes_in_or_goes_between_two_messages_of_a_turn_is_told_what_was_said_while_they_were_there() {
    let mut world = World::new();
    let [ada, bea, eve] = ["ada", "bea", "eve"].map(|nick| world.native(nick));
    let kim = world.native("kim");
    for conn in [ada, bea, eve] {
        join(&mut world, conn, "kitchen");
    }
    world.forget();
    hears(&mut world, ada, &say("kitchen", "one", "1"));
    hears(&mut world, kim, "{\"join\":{\"room\":\"kitchen\"}}\n");
    hears(&mut world, bea, "{\"part\":{\"room\":\"kitchen\"}}\n");
    hears(&mut world, ada, &say("kitchen", "two", "2"));
    world.turn();
    assert_eq!(heard(&mut world, bea), ["one"]);
    assert_eq!(heard(&mut world, kim), ["two"]);
    assert_eq!(heard(&mut world, eve), ["one", "two"]);
    assert_eq!(heard(&mut world, ada), ["one", "two"]);
}

#[test]
fn what_is_said_in_two_rooms_by_turns_reaches_the_members_of_each_in_order_and_nobody_else() {
    let mut world = World::new();
    let [ada, bea, eve] = ["ada", "bea", "eve"].map(|nick| world.native(nick));
    for (conn, room) in [(ada, "kitchen"), (bea, "kitchen"), (ada, "garden"), (eve, "garden")] {
        join(&mut world, conn, room);
    }
    world.forget();
    for number in 1..=3 {
        hears(&mut world, ada, &say("kitchen", &format!("k{number}"), &format!("k{number}")));
        hears(&mut world, ada, &say("garden", &format!("g{number}"), &format!("g{number}")));
    }
    world.turn();
    assert_eq!(heard(&mut world, bea), ["k1", "k2", "k3"]);
    assert_eq!(heard(&mut world, eve), ["g1", "g2", "g3"]);
    assert_eq!(heard(&mut world, ada), ["k1", "g1", "k2", "g2", "k3", "g3"]);
}

#[test]
fn rows_and_frames_of_one_room_are_told_side_by_side() {
    let mut world = World::new();
    let [ada, bea] = ["ada", "bea"].map(|nick| world.native(nick));
    let guest = world.guest(Dialect::Nic, "ali");
    world.forget();
    for text in ["one", "two"] {
        hears(&mut world, ada, &say("lobby", text, text));
    }
    world.turn();
    world.pass(std::time::Duration::from_secs(1));
    assert_eq!(heard(&mut world, bea), ["one", "two"]);
    assert_eq!(world.text(guest), "ada: one\nada: two\n");
}

#[test]
fn a_room_of_few_does_not_come_between_what_is_told_to_a_larger_one() {
    let mut config = config();
    config.limits.told_each_max = 2;
    let mut world = World::with(config);
    let [ada, bea, eve, kim] = ["ada", "bea", "eve", "kim"].map(|nick| world.native(nick));
    for conn in [eve, kim] {
        join(&mut world, conn, "corner");
    }
    world.forget();
    // They ride: both are offered the very same bytes, not copies.
    let ride = |world: &World| world.hub.transmit(ada).as_ptr() == world.hub.transmit(bea).as_ptr();
    hears(&mut world, kim, &say("lobby", "one", "1"));
    assert!(ride(&world));
    hears(&mut world, kim, &say("corner", "between", "2"));
    hears(&mut world, kim, &say("lobby", "two", "3"));
    assert!(ride(&world), "nobody in the lobby was brought a copy");
    world.turn();
    assert_eq!(heard(&mut world, ada), ["one", "two"]);
    assert_eq!(heard(&mut world, eve), ["one", "between", "two"]);
}
