//! The forms of a name, kept together.

use alloc::string::String;
use core::ops::Range;

use triomphe::ThinArc;

/// The forms of one name, one behind the other in one allocation; a form that reads as the one before it is not stored
/// again. Shared, so that a clone costs a reference count: the name of somebody who is here stands in many tables.
#[derive(Clone)]
pub(super) struct Forms(ThinArc<Marks, u8>);

/// Where the forms of a name stand.
#[derive(Clone, Copy)]
struct Marks {
    /// As it is shown: from the beginning to here.
    shown_end: u16,
    /// After NFKC and case folding, ZWNJ removed: equal folds are one name.
    fold_start: u16,
    fold_end: u16,
    /// UTS #39 skeleton of the fold, where the fold itself stands or from here to the end: equal skeletons look alike.
    skeleton_start: u16,
}

impl Forms {
    pub(super) fn new(shown: &str, fold: &str, skeleton: &str) -> Self {
        let mark = |at: usize| u16::try_from(at).expect("no form of a name is longer than a few hundred bytes");
        let mut text = String::with_capacity(shown.len() + fold.len() + skeleton.len());
        text.push_str(shown);
        let shown_end = mark(text.len());
        let fold_start = if fold == shown { 0 } else { shown_end };
        if fold_start > 0 {
            text.push_str(fold);
        }
        let fold_end = mark(text.len());
        let skeleton_start = if skeleton == fold { fold_start } else { fold_end };
        if skeleton_start == fold_end {
            text.push_str(skeleton);
        }
        let marks = Marks { shown_end, fold_start, fold_end, skeleton_start };
        Self(ThinArc::from_header_and_slice(marks, text.as_bytes()))
    }

    fn marks(&self) -> Marks {
        self.0.header.header
    }

    fn bytes(&self, range: Range<u16>) -> &[u8] {
        &self.0.slice[usize::from(range.start)..usize::from(range.end)]
    }

    pub(super) fn shown(&self) -> &[u8] {
        self.bytes(0..self.marks().shown_end)
    }

    pub(super) fn fold(&self) -> &[u8] {
        let marks = self.marks();
        self.bytes(marks.fold_start..marks.fold_end)
    }

    pub(super) fn skeleton(&self) -> &[u8] {
        let marks = self.marks();
        if marks.skeleton_start == marks.fold_start {
            return self.fold();
        }
        &self.0.slice[usize::from(marks.skeleton_start)..]
    }
}

/// A form was made of text, and is text.
pub(super) fn as_text(form: &[u8]) -> &str {
    core::str::from_utf8(form).expect("each form of a name was stored as text")
}
