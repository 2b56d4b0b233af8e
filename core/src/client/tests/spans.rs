//! Links and one's own name, in what stands in a timeline.

use super::*;

fn spans_of(desk: &Desk, at: usize) -> Vec<(SpanKind, String)> {
    let entry = desk.state().rooms[0].timeline.get(at).unwrap();
    entry.spans().iter().map(|span| (span.kind, entry.what()[span.range.clone()].into())).collect()
}

#[test]
fn spans_follow_what_a_message_reads() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "bob", "ada, see https://a.example"));
    assert_eq!(spans_of(&desk, 0), [(SpanKind::Mention, "ada".into()), (SpanKind::Link, "https://a.example".into())]);
    desk.tell(edited("lobby", 2, 1, "bob", "never mind, www.b.example"));
    assert_eq!(spans_of(&desk, 0), [(SpanKind::Link, "www.b.example".into())]);
    desk.tell(deleted("lobby", 3, 1, "bob"));
    assert_eq!(spans_of(&desk, 0), []);
}

#[test]
fn ones_own_message_mentions_nobody() {
    let mut desk = Desk::online();
    desk.submit("ada is me, https://a.example");
    assert_eq!(spans_of(&desk, 0), [(SpanKind::Link, "https://a.example".into())]);
}

#[test]
fn a_topic_may_hold_a_link() {
    let mut desk = Desk::online();
    let (place, text) = (place("lobby"), Note::parse("rules: https://a.example").unwrap());
    desk.tell(Event::Topic { place, id: MessageId(1), text, by: nick("bob"), at: Timestamp(0) });
    assert_eq!(spans_of(&desk, 0), [(SpanKind::Link, "https://a.example".into())]);
}

#[test]
fn spans_are_those_of_the_text_that_is_shown() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "bob", "a\u{202E}\tb ada\u{2069} https://a.example"));
    assert_eq!(spans_of(&desk, 0), [(SpanKind::Mention, "ada".into()), (SpanKind::Link, "https://a.example".into())]);
}
