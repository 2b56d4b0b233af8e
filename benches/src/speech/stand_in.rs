//! Servers of a few lines that speak what the peers speak, to try each speech on.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::{Speech, Target};
use crate::crowd::Crowd;
use crate::drive::{Load, Phase, drive};

/// What one end of a connection has sent, cut into commands; and what follows from them.
type Serve = fn(&mut Room, who: usize, unread: &mut Vec<u8>);

#[derive(Default)]
struct Room {
    streams: Vec<TcpStream>,
    names: Vec<String>,
    members: Vec<usize>,
}

impl Room {
    fn tell(&mut self, who: usize, bytes: &[u8]) {
        // Whoever is gone needs nothing.
        let _ = self.streams[who].write_all(bytes);
    }

    fn tell_all(&mut self, but: Option<usize>, bytes: &[u8]) {
        for member in self.members.clone() {
            if Some(member) != but {
                self.tell(member, bytes);
            }
        }
    }
}

/// Serves until the test is over, a thread for each connection. Everything happens under one lock, so that all see
/// the same order.
fn listen(serve: Serve) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let room = Arc::new(Mutex::new(Room::default()));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let room = Arc::clone(&room);
            thread::spawn(move || attend(stream, &room, serve));
        }
    });
    address
}

fn attend(mut stream: TcpStream, room: &Mutex<Room>, serve: Serve) {
    let who = {
        let mut room = room.lock().unwrap();
        room.streams.push(stream.try_clone().unwrap());
        room.names.push(String::new());
        room.streams.len() - 1
    };
    let (mut unread, mut buffer) = (Vec::new(), [0; 512]);
    while let Ok(taken @ 1..) = stream.read(&mut buffer) {
        unread.extend_from_slice(&buffer[..taken]);
        serve(&mut room.lock().unwrap(), who, &mut unread);
    }
}

fn next_line(unread: &mut Vec<u8>) -> Option<String> {
    let end = unread.iter().position(|&byte| byte == b'\n')?;
    let line: Vec<u8> = unread.drain(..=end).collect();
    Some(String::from_utf8(line).unwrap().trim_end().to_owned())
}

fn irc(room: &mut Room, who: usize, unread: &mut Vec<u8>) {
    while let Some(line) = next_line(unread) {
        let name = room.names[who].clone();
        match line.split_once(' ').unwrap() {
            ("NICK", name) => room.names[who] = name.to_owned(),
            ("USER", _) => room.tell(who, b"PING :proof\r\n"),
            ("PONG", token) => {
                assert_eq!(token, ":proof");
                room.tell(who, format!(":irc.test 001 {name} :Welcome\r\n").as_bytes());
            }
            ("JOIN", channel) => {
                room.members.push(who);
                room.tell_all(None, format!(":{name}!~{name}@irc.test JOIN {channel}\r\n").as_bytes());
                room.tell(who, format!(":irc.test 366 {name} {channel} :End\r\n").as_bytes());
            }
            ("PRIVMSG", rest) => {
                room.tell_all(Some(who), format!(":{name}!~{name}@irc.test PRIVMSG {rest}\r\n").as_bytes());
            }
            (other, _) => panic!("{other} is no command of the load generator"),
        }
    }
}

fn nats(room: &mut Room, who: usize, unread: &mut Vec<u8>) {
    loop {
        if let Some(size) = unread.strip_prefix(b"PUB lobby ") {
            let Some(line) = size.iter().position(|&byte| byte == b'\n') else { return };
            let bytes: usize = std::str::from_utf8(&size[..line]).unwrap().trim_end().parse().unwrap();
            let whole = "PUB lobby ".len() + line + 1 + bytes + 2;
            if unread.len() < whole {
                return;
            }
            let command: Vec<u8> = unread.drain(..whole).collect();
            let payload = &command[whole - bytes - 2..];
            let message = [format!("MSG lobby 1 {bytes}\r\n").as_bytes(), payload].concat();
            room.tell_all(None, &message);
            continue;
        }
        let Some(line) = next_line(unread) else { return };
        match line.as_str() {
            "PING" => room.tell(who, b"PONG\r\n"),
            "SUB lobby 1" => room.members.push(who),
            "PONG" => {}
            _ if line.starts_with("CONNECT {") => room.tell(who, b"INFO {\"max_payload\":1024}\r\nPING\r\n"),
            _ => panic!("{line} is no command of the load generator"),
        }
    }
}

fn mqtt(room: &mut Room, who: usize, unread: &mut Vec<u8>) {
    while let Some(whole) = super::mqtt::length(unread) {
        let packet: Vec<u8> = unread.drain(..whole).collect();
        match packet[0] {
            0x10 => room.tell(who, &[0x20, 2, 0, 0]),
            0x82 => {
                room.members.push(who);
                room.tell(who, &[0x90, 3, packet[2], packet[3], 0]);
            }
            0x30 => room.tell_all(None, &packet),
            other => panic!("{other:#x} is no packet of the load generator"),
        }
    }
}

/// Six that read and three that speak, for two hundred messages.
fn talk(speech: Speech, serve: Serve) {
    let mut crowd = Crowd::join(Target { speech, address: listen(serve) }, 6, 3, "").unwrap();
    for phase in [Phase::Serial, Phase::Saturated { in_flight: 10 }] {
        let load = Load {
            phase,
            payload: 100,
            warm_up: std::time::Duration::ZERO,
            measure: std::time::Duration::from_secs(60),
            messages_max: 100,
            server: None,
        };
        let figures = drive(&mut crowd, &load).unwrap();
        let readers = if speech.echoes() { 9 } else { 8 };
        assert_eq!((figures.messages, figures.deliveries), (100, 100 * readers));
        assert!(figures.first.p50 <= figures.last.p50);
        // Who does not hear itself is given its places in the order afterwards: there the middle is known but roughly.
        if speech.echoes() {
            assert!(figures.first.p50 <= figures.median.p50);
            assert!(figures.median.p50 <= figures.last.p50);
        }
    }
}

#[test]
fn over_irc_every_message_reaches_all_others_and_is_counted_once() {
    talk(Speech::Irc, irc);
}

#[test]
fn over_nats_every_message_reaches_everybody_and_is_counted_once() {
    talk(Speech::Nats, nats);
}

#[test]
fn over_mqtt_every_message_reaches_everybody_and_is_counted_once() {
    talk(Speech::Mqtt, mqtt);
}

#[test]
fn who_is_refused_is_told_in_one_sentence() {
    let refusals: [(Speech, Serve, &str); 3] = [
        (Speech::Irc, |room, who, _| room.tell(who, b":irc.test 433 * r0 :Nickname is in use\r\n"), "433"),
        (Speech::Nats, |room, who, _| room.tell(who, b"-ERR 'Authorization Violation'\r\n"), "Violation"),
        (Speech::Mqtt, |room, who, _| room.tell(who, &[0x20, 2, 0, 5]), r"was told  \x02\x00\x05"),
    ];
    for (speech, serve, part) in refusals {
        let refused = Crowd::join(Target { speech, address: listen(serve) }, 1, 1, "").unwrap_err();
        assert!(refused.contains(part), "{refused}");
    }
}
