//! A connection to the server: lines of JSON, read one at a time.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::{Map, Value};

use crate::PATIENCE;

/// The connection is gone, as it is when the server is.
#[derive(Debug)]
pub(crate) struct Lost;

/// One frame: its name and its members.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) name: String,
    members: Map<String, Value>,
}

impl Frame {
    fn parse(line: &str) -> Self {
        let frame: Map<String, Value> = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(frame.len(), 1, "a frame has one member: {line}");
        let (name, members) = frame.into_iter().next().unwrap();
        let Value::Object(members) = members else { panic!("a frame's members are an object: {line}") };
        Self { name, members }
    }

    pub(crate) fn get(&self, member: &str) -> &Value {
        self.members.get(member).unwrap_or_else(|| panic!("{} has no {member}: {:?}", self.name, self.members))
    }

    pub(crate) fn text(&self, member: &str) -> &str {
        self.get(member).as_str().unwrap()
    }

    pub(crate) fn number(&self, member: &str) -> u64 {
        self.get(member).as_u64().unwrap()
    }

    pub(crate) fn maybe_number(&self, member: &str) -> Option<u64> {
        self.members.get(member).map(|value| value.as_u64().unwrap())
    }

    pub(crate) fn is(&self, member: &str) -> bool {
        self.get(member).as_bool().unwrap()
    }

    /// The messages of a page, as if each had come alone.
    pub(crate) fn messages(&self) -> Vec<Frame> {
        let list = self.get("messages").as_array().unwrap();
        let one = |value: &Value| Frame { name: "message".into(), members: value.as_object().unwrap().clone() };
        list.iter().map(one).collect()
    }

    pub(crate) fn names(&self, member: &str) -> Vec<String> {
        self.get(member).as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    }
}

/// An open connection.
pub(crate) struct Line {
    stream: BufReader<TcpStream>,
    buffer: String,
}

impl Line {
    pub(crate) fn open(port: u16) -> Result<Self, Lost> {
        let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|_| Lost)?;
        // Both can fail only where the other side is gone already.
        stream.set_read_timeout(Some(PATIENCE)).map_err(|_| Lost)?;
        stream.set_nodelay(true).map_err(|_| Lost)?;
        Ok(Self { stream: BufReader::new(stream), buffer: String::new() })
    }

    pub(crate) fn send(&mut self, line: &str) -> Result<(), Lost> {
        let mut bytes = line.to_owned();
        bytes.push('\n');
        self.stream.get_mut().write_all(bytes.as_bytes()).map_err(|_| Lost)
    }

    /// The next whole frame; half of one at the end is none.
    pub(crate) fn read(&mut self) -> Result<Frame, Lost> {
        self.buffer.clear();
        match self.stream.read_line(&mut self.buffer) {
            Ok(_) if self.buffer.ends_with('\n') => Ok(Frame::parse(&self.buffer)),
            Ok(_) => Err(Lost),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                panic!("nothing came for {} s", PATIENCE.as_secs())
            }
            Err(_) => Err(Lost),
        }
    }

    /// Reads until a frame of this name comes, which nothing but `passing` may precede, or the server's goodbye.
    pub(crate) fn until(&mut self, name: &str, passing: &[&str]) -> Result<Frame, Lost> {
        loop {
            let frame = self.read()?;
            if frame.name == name {
                return Ok(frame);
            }
            if frame.name == "bye" && frame.text("code") == "shutdown" {
                return Err(Lost);
            }
            assert!(passing.contains(&frame.name.as_str()), "{frame:?} came before {name}");
        }
    }
}
