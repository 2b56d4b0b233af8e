//! The members of one frame, read as the types the vocabulary wants.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use super::value::{Object, Value, shown};
use crate::id::{LogId, MessageId};
use crate::limits::LIST_MAX;
use crate::name::{Nick, RoomName};
use crate::secret::Secret;
use crate::text::{BadText, Body, Note};
use crate::time::Timestamp;
use crate::vocabulary::{Code, Place, Tag};
use crate::wire::Malformed;

/// Most bytes of a token or password.
const SECRET_BYTES_MAX: usize = 1024;

/// One frame: its name, its members, and under which `ref` it wants its answer.
pub(super) struct Fields<'a> {
    pub(super) name: Cow<'a, str>,
    members: Object<'a>,
    pub(super) reference: Option<Tag>,
}

type Read<T> = Result<T, Malformed>;

impl<'a> Fields<'a> {
    /// Reads a line: an object with exactly one member, itself an object.
    pub(super) fn parse(line: &'a [u8]) -> Read<Self> {
        let bad = |text: &str| Malformed::new(Code::BadFrame, text, None);
        let text = core::str::from_utf8(line)
            .map_err(|_| Malformed::new(Code::BadUtf8, "The frame is not valid UTF-8.", None))?;
        let value = serde_json::from_str(text).map_err(|error| {
            Malformed::new(Code::BadFrame, format_args!("The frame is not valid JSON: {error}."), None)
        })?;
        let one = "A frame is a JSON object with exactly one member, named after the frame.";
        let Value::Object(Object(outer)) = value else { return Err(bad(one)) };
        let mut outer = outer.into_iter();
        let (Some((name, inner)), None) = (outer.next(), outer.next()) else { return Err(bad(one)) };
        let Value::Object(members) = inner else {
            return Err(bad("What a frame's name stands for must be an object, {} at least."));
        };
        let mut fields = Self { name, members, reference: None };
        fields.reference = fields.tag("ref")?;
        Ok(fields)
    }

    /// The members of an object that stands inside a frame.
    pub(super) fn inner(members: Object<'a>, name: &str) -> Self {
        Self { name: Cow::Owned(name.into()), members, reference: None }
    }

    /// A refusal of this frame.
    pub(super) fn refuse(&self, code: Code, text: impl core::fmt::Display) -> Malformed {
        Malformed::new(code, text, self.reference.clone())
    }

    fn wrong(&self, member: &str, wanted: &str) -> Malformed {
        self.refuse(Code::BadFrame, format_args!("In {:?}, {member:?} must be {wanted}.", shown(&self.name)))
    }

    /// The member, which must be there.
    pub(super) fn need<T>(&self, member: &str, value: Option<T>) -> Read<T> {
        value.ok_or_else(|| {
            self.refuse(Code::BadFrame, format_args!("The frame {:?} needs the member {member:?}.", shown(&self.name)))
        })
    }

    pub(super) fn text(&self, member: &str) -> Read<Option<&str>> {
        match self.members.get(member) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(member, "a string")),
        }
    }

    pub(super) fn flag(&self, member: &str) -> Read<Option<bool>> {
        match self.members.get(member) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong(member, "true or false")),
        }
    }

    pub(super) fn number(&self, member: &str) -> Read<Option<u64>> {
        match self.members.get(member) {
            None => Ok(None),
            Some(Value::Unsigned(number)) => Ok(Some(*number)),
            Some(_) => Err(self.wrong(member, "a whole number, 0 or more")),
        }
    }

    /// A number of which only the lower part of the range means anything: one that is larger is the largest.
    pub(super) fn count(&self, member: &str) -> Read<Option<u32>> {
        Ok(self.number(member)?.map(|number| u32::try_from(number).unwrap_or(u32::MAX)))
    }

    pub(super) fn id(&self, member: &str) -> Read<Option<MessageId>> {
        Ok(self.number(member)?.map(MessageId))
    }

    pub(super) fn timestamp(&self, member: &str) -> Read<Timestamp> {
        let wrong = || self.wrong(member, "milliseconds since 1970, a whole number");
        match self.members.get(member) {
            None => self.need(member, None),
            Some(Value::Unsigned(at)) => i64::try_from(*at).map(Timestamp).map_err(|_| wrong()),
            Some(Value::Signed(at)) => Ok(Timestamp(*at)),
            Some(_) => Err(wrong()),
        }
    }

    /// The 16 hexadecimal digits of a log.
    pub(super) fn log(&self, member: &str) -> Read<LogId> {
        let text = self.need(member, self.text(member)?)?;
        let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let log = digits.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        log.map(LogId).ok_or_else(|| self.wrong(member, "a log's 16 hexadecimal digits"))
    }

    pub(super) fn tag(&self, member: &str) -> Read<Option<Tag>> {
        let Some(text) = self.text(member)? else { return Ok(None) };
        let too_long = || {
            let max = Tag::BYTES_MAX;
            self.refuse(Code::TooLong, format_args!("In {:?}, {member:?} has at most {max} bytes.", shown(&self.name)))
        };
        Tag::parse(text).map(Some).ok_or_else(too_long)
    }

    pub(super) fn secret(&self, member: &str) -> Read<Option<Secret>> {
        match self.text(member)? {
            Some(text) if text.len() > SECRET_BYTES_MAX => Err(self.refuse(
                Code::TooLong,
                format_args!("In {:?}, {member:?} has at most {SECRET_BYTES_MAX} bytes.", shown(&self.name)),
            )),
            text => Ok(text.map(Secret::new)),
        }
    }

    pub(super) fn nick(&self, member: &str) -> Read<Option<Nick>> {
        let Some(text) = self.text(member)? else { return Ok(None) };
        Nick::parse(text).map(Some).map_err(|bad| self.refuse(Code::BadNick, bad))
    }

    pub(super) fn needed_nick(&self, member: &str) -> Read<Nick> {
        self.need(member, self.nick(member)?)
    }

    pub(super) fn place(&self) -> Read<Place> {
        let text = self.need("room", self.text("room")?)?;
        self.place_named(text)
    }

    pub(super) fn place_named(&self, text: &str) -> Read<Place> {
        let code = if text.starts_with('@') { Code::BadNick } else { Code::BadRoom };
        Place::parse(text).map_err(|bad| self.refuse(code, bad))
    }

    /// A room where a conversation will not do.
    pub(super) fn room(&self, member: &str) -> Read<Option<RoomName>> {
        let Some(text) = self.text(member)? else { return Ok(None) };
        if text.starts_with('@') {
            return Err(
                self.refuse(Code::NotHere, "That is for rooms; a conversation with one person has no such thing.")
            );
        }
        RoomName::parse(text).map(Some).map_err(|bad| self.refuse(Code::BadRoom, bad))
    }

    pub(super) fn needed_room(&self) -> Read<RoomName> {
        self.need("room", self.room("room")?)
    }

    pub(super) fn body(&self) -> Read<Body> {
        let text = self.need("text", self.text("text")?)?;
        Body::parse(text).map_err(|bad| self.bad_text(bad))
    }

    /// A short text; absent is the same as empty.
    pub(super) fn note(&self, member: &str) -> Read<Note> {
        Note::parse(self.text(member)?.unwrap_or_default()).map_err(|bad| self.bad_text(bad))
    }

    /// What somebody says who is away; absent is the same as empty.
    pub(super) fn away(&self, member: &str) -> Read<Note> {
        Note::parse_away(self.text(member)?.unwrap_or_default()).map_err(|bad| self.bad_text(bad))
    }

    /// An object whose members are named after people, and what each of them says who is away.
    pub(super) fn aways(&mut self, member: &str) -> Read<Vec<(Nick, Note)>> {
        let Some(object) = self.take_object(member)? else { return Ok(Vec::new()) };
        let bound = LIST_MAX as usize;
        if object.0.len() > bound {
            return Err(self.refuse(
                Code::TooLong,
                format_args!("In {:?}, {member:?} has at most {bound} entries.", shown(&self.name)),
            ));
        }
        let absent = |(_, text): &(Cow<'a, str>, Value<'a>)| matches!(text, Value::Null);
        let each = |(nick, text): (Cow<'a, str>, Value<'a>)| {
            let nick = Nick::parse(&nick).map_err(|bad| self.refuse(Code::BadNick, bad))?;
            let Value::Text(text) = text else { return Err(self.wrong(member, "an object of strings")) };
            Ok((nick, Note::parse_away(&text).map_err(|bad| self.bad_text(bad))?))
        };
        object.0.into_iter().filter(|member| !absent(member)).map(each).collect()
    }

    fn bad_text(&self, bad: BadText) -> Malformed {
        match bad {
            BadText::TooLong(_) => self.refuse(Code::TooLong, bad),
            BadText::Empty | BadText::Control(_) => self.refuse(Code::BadText, bad),
        }
    }

    /// A list of texts, each read by `read`; `None` if there is no such member.
    pub(super) fn texts<T>(&self, member: &str, read: impl Fn(&str) -> Read<T>) -> Read<Option<Vec<T>>> {
        let Some(list) = self.list(member)? else { return Ok(None) };
        let each = |value: &Value<'a>| match value {
            Value::Text(text) => read(text),
            _ => Err(self.wrong(member, "a list of strings")),
        };
        list.iter().map(each).collect::<Read<Vec<T>>>().map(Some)
    }

    pub(super) fn nicks(&self, member: &str) -> Read<Vec<Nick>> {
        let read = |text: &str| Nick::parse(text).map_err(|bad| self.refuse(Code::BadNick, bad));
        self.need(member, self.texts(member, read)?)
    }

    fn list(&self, member: &str) -> Read<Option<&[Value<'a>]>> {
        match self.members.get(member) {
            None => Ok(None),
            Some(Value::List(list)) if list.len() > LIST_MAX as usize => Err(self.refuse(
                Code::TooLong,
                format_args!("In {:?}, {member:?} has at most {LIST_MAX} entries.", shown(&self.name)),
            )),
            Some(Value::List(list)) => Ok(Some(list)),
            Some(_) => Err(self.wrong(member, "a list")),
        }
    }

    /// A list of objects, taken out of the frame.
    pub(super) fn take_objects(&mut self, member: &str) -> Read<Vec<Object<'a>>> {
        self.list(member)?;
        let at = self.members.0.iter().position(|(key, _)| key == member);
        let taken = at.map(|at| self.members.0.swap_remove(at).1);
        let Some(Value::List(list)) = taken else { return self.need(member, None) };
        let each = |value| match value {
            Value::Object(object) => Ok(object),
            _ => Err(self.wrong(member, "a list of objects")),
        };
        list.into_iter().map(each).collect()
    }

    /// An object, taken out of the frame; `None` if there is no such member.
    pub(super) fn take_object(&mut self, member: &str) -> Read<Option<Object<'a>>> {
        if self.members.get(member).is_none() {
            return Ok(None);
        }
        let at = self.members.0.iter().position(|(key, _)| key == member);
        match at.map(|at| self.members.0.swap_remove(at).1) {
            Some(Value::Object(object)) => Ok(Some(object)),
            _ => Err(self.wrong(member, "an object")),
        }
    }

    /// A text of any length, as the server's own programs write it.
    pub(super) fn prose(&self, member: &str) -> Read<Box<str>> {
        Ok(self.need(member, self.text(member)?)?.into())
    }
}
