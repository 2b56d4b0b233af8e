//! Records a session: a client of ours and a hub of ours, talking to each other the same way each time.

use std::time::Duration;

use parlor_core::client::{Client, Input, Intent, Profile};
use parlor_core::id::ConnId;
use parlor_core::wire::Dialect;
use parlor_sim::targets::Hall;

/// What one connection carried, read by read.
#[derive(Debug, Default)]
pub struct Session {
    /// From the client to the server.
    pub sent: Vec<Vec<u8>>,
    /// From the server to the client.
    pub told: Vec<Vec<u8>>,
}

/// `ada` comes, talks with `bea`, and leaves.
pub fn session(dialect: Dialect) -> Session {
    let mut hall = Hall::new();
    let bea = hall.enter("bea");
    let profile = Profile::new(dialect, &format!("{}://127.0.0.1:7", dialect.scheme()), "ada", "test/1");
    let mut client = Client::new(profile, [3; 32], hall.now());
    let conn = hall.connect(dialect);
    let mut session = Session::default();
    while client.poll_output().is_some() {}
    client.handle_input(hall.now(), Input::Connected);
    talk(&mut hall, conn, &mut client, &mut session, 10);
    hall.hear(bea, b"{\"say\":{\"room\":\"lobby\",\"text\":\"welcome, ada\"}}\n");
    let mut deeds = vec!["ciao, سلام!", "/me waves"];
    if dialect == Dialect::Native {
        deeds.extend(["/msg bea psst", "/join garden", "/topic ferns", "/part"]);
    }
    for deed in deeds {
        client.handle_input(hall.now(), Input::Intent(Intent::Submit(deed.into())));
        talk(&mut hall, conn, &mut client, &mut session, 6);
    }
    client.handle_input(hall.now(), Input::Intent(Intent::Quit));
    talk(&mut hall, conn, &mut client, &mut session, 20);
    session
}

/// Carries bytes to and fro for so many moments.
fn talk(hall: &mut Hall, conn: ConnId, client: &mut Client, session: &mut Session, moments: usize) {
    for _ in 0..moments {
        while client.poll_output().is_some() {}
        let bytes = client.transmit().to_vec();
        if !bytes.is_empty() && hall.is_open(conn) {
            client.transmitted(bytes.len());
            hall.hear(conn, &bytes);
            session.sent.push(bytes);
        }
        hall.pass(Duration::from_millis(60));
        for told in hall.writes(conn).into_iter().filter(|told| !told.is_empty()) {
            client.handle_input(hall.now(), Input::Received(&told));
            while client.poll_output().is_some() {}
            session.told.push(told);
        }
        client.handle_timeout(hall.now());
    }
}
