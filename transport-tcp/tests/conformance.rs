//! The same scenarios over every transport: what holds over TCP holds over whatever else carries the bytes.

#[path = "conformance/world.rs"]
mod world;

use std::time::Duration;

use parlor_core::limits::{Limits, Pace};
use parlor_core::wire::Dialect;
use world::{Client, End, Running, Transport};

const HELLO_ADA: &str = "{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n";

/// Runs each scenario over each transport.
macro_rules! scenarios {
    ($($name:ident,)*) => {
        mod tcp {
            $(#[test] fn $name() { super::$name::<crate::world::Tcp>(); })*
        }
        mod memory {
            $(#[test] fn $name() { super::$name::<crate::world::Memory>(); })*
        }
    };
}

scenarios! {
    native_clients_join_chat_and_quit,
    the_messenger_tutorial_works,
    the_chatroom_tutorial_works,
    lines_are_spoken_with_netcat,
    all_kinds_meet_in_one_room,
    bytes_may_be_cut_anywhere,
    half_a_frame_holds_nobody_up,
    a_stalled_reader_is_put_out_while_others_go_on,
    everything_before_the_end_is_taken_in,
    a_reset_is_a_leave,
    stopping_says_goodbye_to_everybody,
    foreign_protocols_get_a_sentence,
    a_refused_connection_is_told_why,
    a_flooder_is_slowed_and_loses_nothing,
    a_large_room_is_served_whole,
    a_store_that_answers_later_changes_nothing,
}

fn say(text: &str) -> String {
    format!("{{\"say\":{{\"room\":\"lobby\",\"text\":\"{text}\"}}}}\n")
}

/// A native client that is in the lobby.
fn native<T: Transport>(server: &Running<T>, nick: &str) -> Client<T::Connection> {
    let mut client = server.connect(Dialect::Native);
    client.send(&format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"}}}}\n"));
    client.until("{\"room\":{\"room\":\"lobby\"");
    client.until("\n");
    client
}

fn native_clients_join_chat_and_quit<T: Transport>() {
    let server = Running::<T>::start(Limits::DEFAULT);
    let mut ada = native(&server, "ada");
    let mut bea = native(&server, "bea");
    ada.until("{\"joined\":{\"room\":\"lobby\",\"nick\":\"bea\"");
    ada.send("{\"say\":{\"room\":\"lobby\",\"text\":\"ciao, سلام 🙂\",\"nonce\":\"1\"}}\n");
    ada.until("{\"ack\":{\"nonce\":\"1\",\"room\":\"lobby\",\"id\":1}}\n{\"message\":{\"room\":\"lobby\",\"id\":1");
    bea.until("\"text\":\"ciao, سلام 🙂\"}}\n");
    bea.send("{\"quit\":{}}\n");
    bea.until("{\"bye\":{\"code\":\"quit\"");
    assert_eq!(bea.end(), End::Finished);
    ada.until("{\"parted\":{\"room\":\"lobby\",\"nick\":\"bea\"");
}

fn the_messenger_tutorial_works<T: Transport>() {
    let server = Running::<T>::start(Limits::DEFAULT);
    let mut ali = server.connect(Dialect::Nic);
    assert_eq!(ali.until("NIC"), "NIC");
    assert_eq!(ali.rest(), "", "the client takes nothing else for the question");
    ali.send("علی");
    assert_eq!(ali.until("server.\n"), "علی joined the chat!\nConnected to the server.\n");
    ali.send("علی: سلام\n");
    assert_eq!(ali.until("\n"), "علی: سلام\n");
    let mut second = server.connect(Dialect::Nic);
    second.until("NIC");
    second.send("علی");
    second.until("Connected to the server.\n");
    ali.until("joined the chat!\n");
    second.finish();
    ali.until("left the chat.\n");
}

fn the_chatroom_tutorial_works<T: Transport>() {
    let server = Running::<T>::start(Limits::DEFAULT);
    let mut ada = server.connect(Dialect::Prompt);
    ada.until("Please enter your name and press Enter");
    ada.send("ada");
    ada.until("Welcome to the chat ada. Write {quit} to leave.");
    let mut bob = server.connect(Dialect::Prompt);
    bob.until("press Enter");
    bob.send("bob");
    bob.until("to leave.");
    assert_eq!(ada.until("chat"), "bob joined the chat");
    bob.send("perché no?");
    assert_eq!(bob.until("no?"), "bob: perché no?");
    assert_eq!(ada.until("no?"), "bob: perché no?");
    bob.send("{quit}");
    assert_eq!(bob.until("{quit}"), "{quit}");
    assert_eq!(bob.end(), End::Finished);
    assert_eq!(ada.until("chat."), "bob left the chat.");
}

fn lines_are_spoken_with_netcat<T: Transport>() {
    let server = Running::<T>::start(Limits::DEFAULT);
    let mut ada = native(&server, "ada");
    let mut bob = server.connect(Dialect::Prompt);
    bob.until("press Enter");
    bob.send("bob\n");
    bob.until("to leave.\n");
    bob.send("one\ntwo\n");
    bob.until("bob: one\nbob: two\n");
    ada.until("\"from\":\"bob\"");
    ada.send(&say("hello"));
    bob.until("ada: hello\n");
}

fn all_kinds_meet_in_one_room<T: Transport>() {
    let server = Running::<T>::start(Limits::DEFAULT);
    let mut ada = native(&server, "ada");
    let mut nic = server.connect(Dialect::Nic);
    nic.until("NIC");
    nic.send("nic");
    nic.until("Connected to the server.\n");
    let mut prompt = server.connect(Dialect::Prompt);
    prompt.until("press Enter");
    prompt.send("prompt");
    prompt.until("to leave.");
    ada.send(&say("from native"));
    nic.until("ada: from native\n");
    prompt.until("ada: from native");
    nic.send("nic: from nic\n");
    ada.until("\"from\":\"nic\"");
    prompt.until("nic: from nic");
    prompt.send("from prompt");
    ada.until("\"from\":\"prompt\"");
    nic.until("prompt: from prompt\n");
}

fn bytes_may_be_cut_anywhere<T: Transport>() {
    let server = Running::<T>::start(Limits::DEFAULT);
    let mut ada = server.connect(Dialect::Native);
    let mut bytes = HELLO_ADA.as_bytes().to_vec();
    bytes.extend_from_slice(say("سلام 🙂").as_bytes());
    for byte in bytes {
        ada.send_bytes(&[byte]);
    }
    ada.until("\"text\":\"سلام 🙂\"}}\n");
}

fn half_a_frame_holds_nobody_up<T: Transport>() {
    let server = Running::<T>::start(Limits::DEFAULT);
    let mut ada = native(&server, "ada");
    let mut half = native(&server, "half");
    half.send("{\"say\":{\"room\":\"lobby\",\"te");
    let silent = server.connect(Dialect::Native);
    ada.send(&say("still here"));
    ada.until("still here");
    half.until("still here");
    drop(silent);
}

fn a_stalled_reader_is_put_out_while_others_go_on<T: Transport>() {
    let limits = Limits {
        pace: None,
        outbox_bytes_max: 256 * 1024,
        grace: Duration::ZERO,
        farewell_timeout: Duration::from_secs(20),
        ..Limits::DEFAULT
    };
    let server = Running::<T>::start(limits);
    let mut ada = native(&server, "ada");
    let mut bea = native(&server, "bea");
    let mut stalled = native(&server, "stalled");
    ada.until("\"nick\":\"stalled\"");
    bea.until("\"nick\":\"stalled\"");
    let text = "x".repeat(8_000);
    // Whatever the system holds for a stalled reader, it ends.
    for number in 0.. {
        assert!(number < 10_000, "80 MB were taken by somebody who reads nothing");
        ada.send(&say(&format!("{number} {text}")));
        let needle = format!("\"text\":\"{number} x");
        bea.until(&needle);
        if ada.until(&needle).contains("{\"parted\":{\"room\":\"lobby\",\"nick\":\"stalled\"") {
            break;
        }
    }
    stalled.until("{\"bye\":{\"code\":\"slow_reader\"");
    assert_eq!(stalled.end(), End::Finished);
    ada.send(&say("and on"));
    bea.until("and on");
}

fn everything_before_the_end_is_taken_in<T: Transport>() {
    let server = Running::<T>::start(Limits { grace: Duration::ZERO, ..Limits::DEFAULT });
    let mut ada = native(&server, "ada");
    let mut bob = server.connect(Dialect::Prompt);
    bob.send("bob\none\ntwo\nthree");
    bob.finish();
    ada.until("\"text\":\"one\"");
    ada.until("\"text\":\"two\"");
    ada.until("\"text\":\"three\"");
    ada.until("{\"parted\":{\"room\":\"lobby\",\"nick\":\"bob\"");
}

fn a_reset_is_a_leave<T: Transport>() {
    let server = Running::<T>::start(Limits { grace: Duration::ZERO, ..Limits::DEFAULT });
    let mut ada = native(&server, "ada");
    let bea = native(&server, "bea");
    ada.until("\"nick\":\"bea\"");
    bea.reset();
    ada.until("{\"parted\":{\"room\":\"lobby\",\"nick\":\"bea\",\"reason\":\"connection lost\"");
}

fn stopping_says_goodbye_to_everybody<T: Transport>() {
    let server = Running::<T>::start(Limits::DEFAULT);
    let mut ada = native(&server, "ada");
    let mut nic = server.connect(Dialect::Nic);
    nic.until("NIC");
    nic.send("nic");
    nic.until("Connected to the server.\n");
    let mut prompt = server.connect(Dialect::Prompt);
    prompt.until("press Enter");
    prompt.send("prompt");
    prompt.until("to leave.");
    ada.until("\"nick\":\"prompt\"");
    let stopping = server.stop();
    ada.until("{\"bye\":{\"code\":\"shutdown\"");
    assert_eq!(ada.end(), End::Finished);
    nic.until("The server is shutting down.\n");
    assert_eq!(nic.end(), End::Reset, "a tutorial client would spin for ever on a bare end");
    prompt.until("The server is shutting down.");
    assert_eq!(prompt.end(), End::Reset, "a tutorial client would spin for ever on a bare end");
    drop((ada, nic, prompt));
    stopping.wait();
}

fn foreign_protocols_get_a_sentence<T: Transport>() {
    let server = Running::<T>::start(Limits::DEFAULT);
    let mut ada = native(&server, "ada");
    for dialect in Dialect::ALL {
        let mut browser = server.connect(dialect);
        browser.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        browser.until("not a web server");
        browser.end();
        let mut tls = server.connect(dialect);
        tls.send_bytes(b"\x16\x03\x01\x02\x00\x01\x00");
        tls.until("This port is not encrypted");
        tls.end();
    }
    ada.send(&say("nobody came"));
    let seen = ada.until("nobody came");
    assert!(!seen.contains("joined"), "{seen}");
}

fn a_refused_connection_is_told_why<T: Transport>() {
    let server = Running::<T>::start(Limits { sessions_max: 1, handshakes_max: 1, ..Limits::DEFAULT });
    let mut ada = native(&server, "ada");
    for (dialect, end) in [(Dialect::Native, End::Finished), (Dialect::Nic, End::Reset), (Dialect::Prompt, End::Reset)]
    {
        let mut refused = server.connect(dialect);
        refused.until("The server is full; try again later.");
        assert_eq!(refused.end(), end, "{dialect:?}");
    }
    ada.send(&say("alone"));
    ada.until("alone");
}

fn a_flooder_is_slowed_and_loses_nothing<T: Transport>() {
    let pace = Some(Pace { burst: 64, per_second: 2_000 });
    let server = Running::<T>::start(Limits { pace, ..Limits::DEFAULT });
    let mut ada = native(&server, "ada");
    let mut flooder = native(&server, "flooder");
    let lines: String = (0..2_000).map(|number| say(&format!("line {number}."))).collect();
    flooder.send(&lines);
    for number in 0..2_000 {
        ada.until(&format!("\"text\":\"line {number}.\""));
        flooder.until(&format!("\"text\":\"line {number}.\""));
    }
}

fn a_large_room_is_served_whole<T: Transport>() {
    let server = Running::<T>::start(Limits::DEFAULT);
    let mut ada = native(&server, "ada");
    let mut crowd: Vec<_> = (0..300).map(|number| native(&server, &format!("guest{number}"))).collect();
    for number in 0..20 {
        ada.send(&say(&format!("to all {number}.")));
    }
    for client in &mut crowd {
        for number in 0..20 {
            client.until(&format!("to all {number}."));
        }
    }
}

fn a_store_that_answers_later_changes_nothing<T: Transport>() {
    let server = Running::<T>::start_with_late_store(Limits::DEFAULT);
    let mut ada = native(&server, "ada");
    let mut bob = server.connect(Dialect::Prompt);
    bob.until("press Enter");
    bob.send("bob\n");
    bob.until("to leave.\n");
    for n in 1..=30 {
        ada.send(&say(&format!("line {n}")));
    }
    ada.send("{\"ping\":{\"token\":\"after\"}}\n");
    for n in 1..=30 {
        bob.until(&format!("ada: line {n}\n"));
    }
    ada.until("\"line 30\"}}\n{\"pong\":{\"token\":\"after\"}}\n");
    bob.send("last words\n");
    bob.finish();
    ada.until("last words");
    ada.until("\"parted\"");
    ada.send("{\"quit\":{}}\n");
    ada.until("{\"bye\":{\"code\":\"quit\"");
    assert_eq!(ada.end(), End::Finished);
}
