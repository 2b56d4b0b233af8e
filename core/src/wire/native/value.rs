//! JSON, strictly: no duplicate members, no lone surrogates; and the typed reading of a frame's members.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value that borrows its text where no escape stands in the way. Its depth is bounded by the parser (128), its
/// size by the frame.
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    /// A number that no member of ours may be.
    Float,
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Object(Object<'a>),
}

/// Members in the order written, each name once.
pub(super) struct Object<'a>(pub(super) Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Object<'a> {
    /// The member of this name; one that is `null` is as good as absent.
    pub(super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(key, value)| key == name && !matches!(value, Value::Null)).map(|(_, value)| value)
    }

    /// The name of a member that stands here twice. Few are compared each with each; for many that would take a
    /// hostile frame's length squared, so a set does it.
    fn duplicate(&self) -> Option<&str> {
        const FEW: usize = 12;
        let mut names = self.0.iter().map(|(key, _)| key.as_ref());
        if self.0.len() <= FEW {
            return names.find(|name| self.0.iter().filter(|(key, _)| key == name).nth(1).is_some());
        }
        let mut seen = BTreeSet::new();
        names.find(|name| !seen.insert(*name))
    }
}

/// As much of a peer's own word as a sentence may quote: escaped, a longer one would make the answer's frame too long.
pub(super) fn shown(word: &str) -> &str {
    const CHARS_MAX: usize = 32;
    word.char_indices().nth(CHARS_MAX).and_then(|(end, _)| word.get(..end)).unwrap_or(word)
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(Value::Unsigned(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Signed(value))
    }

    fn visit_f64<E: Error>(self, _value: f64) -> Result<Value<'de>, E> {
        Ok(Value::Float)
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(value.into())))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value<'de>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            members.push((key, map.next_value()?));
        }
        let object = Object(members);
        match object.duplicate() {
            Some(name) => Err(A::Error::custom(format_args!("the member {:?} stands there twice", shown(name)))),
            None => Ok(Value::Object(object)),
        }
    }
}

/// The name of a member, borrowed where possible.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member's name")
            }

            fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E: Error>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.into())))
            }
        }

        deserializer.deserialize_str(KeyVisitor)
    }
}
