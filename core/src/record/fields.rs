//! How each type of the hub's interface is written: one list per type, from which both directions follow.
//!
//! Whole numbers are LEB128, texts and bytes have their length in front, alternatives a byte. Reading takes nothing on
//! trust: a number, length, alternative or name that cannot be gives `None`, and nothing is reserved ahead.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::IpAddr;
use core::time::Duration;

use crate::hub::{Closing, HubConfig, Output, Peer, Refused};
use crate::id::{ConnId, IdentityId, LogId, MessageId, Ticket};
use crate::limits::{Limits, Pace};
use crate::name::{Nick, RoomName};
use crate::secret::{Secret, SecretHash};
use crate::store::{
    Absentee, Answer, Append, Ask, Change, Cursor, Entry, Hit, Opened, Peer as Other, Search, Subject, Unread,
    Verified, Verify,
};
use crate::text::{Body, Note};
use crate::time::{Instant, Now, Timestamp};
use crate::vocabulary::{Place, Reason, Span, Tag};
use crate::wire::Dialect;

/// Something that can be written into a record and read back.
pub(super) trait Field: Sized {
    /// Appends it.
    fn put(&self, out: &mut Vec<u8>);

    /// Takes it from the front of `from`; `None` where there is no such thing.
    fn get(from: &mut &[u8]) -> Option<Self>;
}

/// Takes so many bytes from the front.
fn take<'a>(from: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, rest) = from.split_at_checked(len)?;
    *from = rest;
    Some(taken)
}

/// Takes bytes with their length in front.
pub(super) fn get_bytes<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = usize::get(from)?;
    take(from, len)
}

/// Appends bytes with their length in front.
pub(super) fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    bytes.len().put(out);
    out.extend_from_slice(bytes);
}

fn get_text<'a>(from: &mut &'a [u8]) -> Option<&'a str> {
    core::str::from_utf8(get_bytes(from)?).ok()
}

impl Field for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut left = *self;
        while left >= 0x80 {
            out.push(left as u8 | 0x80);
            left >>= 7;
        }
        out.push(left as u8);
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = u8::get(from)?;
            let bits = u64::from(byte & 0x7F);
            if bits.leading_zeros() < shift {
                return None;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

impl Field for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        take(from, 1)?.first().copied()
    }
}

impl Field for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        u64::from(*self).put(out);
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        u64::get(from)?.try_into().ok()
    }
}

impl Field for usize {
    fn put(&self, out: &mut Vec<u8>) {
        (*self as u64).put(out);
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        u64::get(from)?.try_into().ok()
    }
}

/// Small in either direction is short: the sign goes last.
impl Field for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        ((self << 1) ^ (self >> 63)).cast_unsigned().put(out);
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        let value = u64::get(from)?;
        let sign = if value & 1 == 1 { -1 } else { 0 };
        Some((value >> 1).cast_signed() ^ sign)
    }
}

impl Field for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        match u8::get(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl<T: Field> Field for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        Some(if bool::get(from)? { Some(T::get(from)?) } else { None })
    }
}

impl<T: Field> Field for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        T::put(self, out);
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        T::get(from).map(Box::new)
    }
}

impl<T: Field> Field for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        for value in self {
            value.put(out);
        }
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        let len = usize::get(from)?;
        let mut values = Vec::new();
        for _ in 0..len {
            values.push(T::get(from)?);
        }
        Some(values)
    }
}

impl<A: Field, B: Field> Field for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        Some((A::get(from)?, B::get(from)?))
    }
}

impl Field for Box<[u8]> {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self, out);
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        get_bytes(from).map(Box::from)
    }
}

impl Field for Duration {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_secs().put(out);
        self.subsec_nanos().put(out);
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        let (secs, nanos) = (u64::get(from)?, u32::get(from)?);
        (nanos < 1_000_000_000).then(|| Duration::new(secs, nanos))
    }
}

impl Field for IpAddr {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            IpAddr::V4(address) => put_bytes(&address.octets(), out),
            IpAddr::V6(address) => put_bytes(&address.octets(), out),
        }
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        let octets = get_bytes(from)?;
        let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
        v4.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from)).ok()
    }
}

/// What a secret leaves behind: that it was there.
impl Field for Secret {
    fn put(&self, _out: &mut Vec<u8>) {}

    fn get(_from: &mut &[u8]) -> Option<Self> {
        Some(Secret::new("replaced"))
    }
}

/// What the hash of a secret leaves behind: that it was there.
impl Field for SecretHash {
    fn put(&self, _out: &mut Vec<u8>) {}

    fn get(_from: &mut &[u8]) -> Option<Self> {
        Some(SecretHash([0; 32]))
    }
}

macro_rules! numbers {
    ($($name:ident($make:path, $read:expr),)*) => {
        $(impl Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $read(self).put(out);
            }

            fn get(from: &mut &[u8]) -> Option<Self> {
                Field::get(from).map($make)
            }
        })*
    };
}

numbers! {
    Instant(Instant::from_micros, |at: &Instant| at.as_micros()),
    Timestamp(Timestamp, |at: &Timestamp| at.0),
    Ticket(Ticket, |ticket: &Ticket| ticket.0),
    MessageId(MessageId, |id: &MessageId| id.0),
    LogId(LogId, |log: &LogId| log.0),
    IdentityId(IdentityId, |identity: &IdentityId| identity.0),
    Cursor(Cursor, |cursor: &Cursor| cursor.0),
}

macro_rules! texts {
    ($($name:ident($read:expr),)*) => {
        $(impl Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                put_bytes(self.as_str().as_bytes(), out);
            }

            fn get(from: &mut &[u8]) -> Option<Self> {
                let text = get_text(from)?;
                let read: fn(&str) -> Option<Self> = $read;
                read(text).filter(|value| value.as_str() == text)
            }
        })*
    };
}

texts! {
    Nick(|text| Nick::parse(text).ok()),
    RoomName(|text| RoomName::parse(text).ok()),
    Body(|text| Body::parse(text).ok()),
    Note(|text| Note::parse(text).ok()),
    Tag(Tag::parse),
    Reason(|text| Some(Reason::parse(text))),
}

impl Field for Box<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self.as_bytes(), out);
    }

    fn get(from: &mut &[u8]) -> Option<Self> {
        get_text(from).map(Box::from)
    }
}

macro_rules! records {
    ($($name:ident { $($field:ident),* $(,)? })*) => {
        $(impl Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($field.put(out);)*
            }

            fn get(from: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: Field::get(from)?),* })
            }
        })*
    };
}

records! {
    Now { instant, timestamp }
    ConnId { slot, generation }
    Peer { dialect, address }
    Refused { reason, farewell, how }
    Pace { burst, per_second }
    HubConfig { limits, default_room, server, password }
    Limits {
        sessions_max, sessions_per_address_max, handshakes_max, handshakes_per_address_max, sessions_per_identity_max,
        rooms_max, rooms_per_session_max, questions_max, appends_per_session_max, outbox_bytes_max,
        outbox_bytes_total_max, turn_bytes_max, told_each_max, inbox_bytes_max, replay_max, tutorial_lines, pace,
        pace_costly, faults_max, hello_tries_max, handshake_timeout, handshake_timeout_tutorial, ping_interval, ping_timeout, stall_timeout,
        farewell_timeout, reset_delay, grace, nic_completion, nic_write_interval, prompt_write_interval,
        prompt_rows_merge, presence_members_max, presence_interval,
    }
    Verify { presented, fresh, nick, password, at }
    Append { log, from, nick, at, change, nonce, operator }
    Entry { id, from, nick, at, change, edited }
    Opened { log, first, last, topic, operator, peer }
    Search { by, logs, own, query, before, limit }
    Hit { log, place, entry, cursor }
    Absentee { identity, nick, rooms }
    Verified { identity, known, reads, unread }
    Unread { log, peer, nick }
}

macro_rules! alternatives {
    ($($name:ident { $($number:literal $variant:ident { $($field:tt: $bound:ident),* })* })*) => {
        $(impl Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant { $($field: $bound),* } => {
                        out.push($number);
                        $($bound.put(out);)*
                    })*
                }
            }

            fn get(from: &mut &[u8]) -> Option<Self> {
                Some(match u8::get(from)? {
                    $($number => Self::$variant { $($field: Field::get(from)?),* },)*
                    _ => return None,
                })
            }
        })*
    };
}

alternatives! {
    Dialect { 0 Native {} 1 Nic {} 2 Prompt {} }
    Closing { 0 Finish {} 1 Reset {} }
    Output {
        0 Wake { 0: conn }
        1 Close { conn: conn, reason: reason, how: how }
        2 Pause { 0: conn }
        3 Resume { 0: conn }
        4 Ask { ticket: ticket, ask: ask }
    }
    Ask {
        0 Verify { 0: verify }
        1 Rename { identity: identity, nick: nick }
        2 Seen { identity: identity, at: at }
        3 Open { 0: subject }
        4 Append { 0: append }
        5 Closed { log: log }
        6 History { log: log, span: span, limit: limit }
        7 Search { 0: search }
        8 Read { identity: identity, log: log, id: id }
        9 Present { identity: identity, log: log, here: here }
        10 Absent {}
    }
    Subject { 0 Room { room: room, founder: founder } 1 Direct { me: me, peer: peer } }
    Other { 0 Present { 0: identity, 1: nick } 1 Named { 0: nick } }
    Change {
        0 Message { text: text, action: action, reply_to: reply_to }
        1 Topic { 0: topic }
        2 Edit { target: target, text: text }
        3 Delete { target: target }
    }
    Place { 0 Room { 0: room } 1 Direct { 0: nick } }
    Span { 0 Latest {} 1 Before { 0: id } 2 After { 0: id } }
    Answer {
        0 Verified { 0: verified }
        1 NickTaken {}
        2 PasswordRequired {}
        3 BadPassword {}
        4 Done {}
        5 Opened { 0: opened }
        6 NoSuchNick {}
        7 Appended { id: id, at: at, repeated: repeated }
        8 Page { entries: entries, has_more: has_more }
        9 Failed {}
        10 Elsewhere {}
        11 NoSuchMessage {}
        12 NotYours {}
        13 Found { hits: hits, cursor: cursor }
        14 Absent { 0: absentees }
    }
}
