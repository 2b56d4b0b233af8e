//! Reads a record entry by entry.

use std::io::{ErrorKind, Read};

use parlor_core::record::{Entry, HEAD_BYTES, Unreadable, decode, decode_head};

use super::Failed;

/// Bytes read at a time.
const READ_BYTES: usize = 256 * 1024;

pub(super) struct Reader<R> {
    from: R,
    held: Vec<u8>,
    /// How much of `held` was handed out.
    used: usize,
    /// Where in the record `held` begins.
    begin: u64,
    at_end: bool,
}

pub(super) enum Next<'a> {
    /// The next entry, and its bytes.
    Entry(Entry<'a>, &'a [u8]),
    /// There is no whole one any more; so many bytes are left.
    Cut(usize),
}

impl<R: Read> Reader<R> {
    pub(super) fn open(from: R) -> Result<Self, Failed> {
        let mut this = Self { from, held: Vec::new(), used: 0, begin: 0, at_end: false };
        while this.held.len() < HEAD_BYTES && !this.at_end {
            this.fill()?;
        }
        let head = this.held.first_chunk::<HEAD_BYTES>();
        let read = head.map_or(Err(Unreadable::NoRecord), decode_head);
        read.map_err(|why| Failed::Unreadable { why, at: 0, calls: 0 })?;
        this.used = HEAD_BYTES;
        Ok(this)
    }

    /// Where in the record the next entry begins.
    pub(super) fn at(&self) -> u64 {
        self.begin + self.used as u64
    }

    pub(super) fn next(&mut self) -> Result<Next<'_>, Failed> {
        let len = loop {
            match decode(&self.held[self.used..]) {
                Ok(Some((_, len))) => break len,
                Ok(None) if self.at_end => return Ok(Next::Cut(self.held.len() - self.used)),
                Ok(None) => self.fill()?,
                Err(why) => return Err(Failed::Unreadable { why, at: self.at(), calls: 0 }),
            }
        };
        let raw = &self.held[self.used..self.used + len];
        self.used += len;
        match decode(raw) {
            Ok(Some((entry, _))) => Ok(Next::Entry(entry, raw)),
            Ok(None) | Err(_) => unreachable!("it was read a moment ago"),
        }
    }

    /// Forgets what was handed out and reads on.
    fn fill(&mut self) -> Result<(), Failed> {
        self.held.drain(..self.used);
        self.begin += self.used as u64;
        self.used = 0;
        let len = self.held.len();
        self.held.resize(len + READ_BYTES, 0);
        let read = loop {
            match self.from.read(&mut self.held[len..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read.map_err(Failed::Io)?,
            }
        };
        self.held.truncate(len + read);
        self.at_end = read == 0;
        Ok(())
    }
}
