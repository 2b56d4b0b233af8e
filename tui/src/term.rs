//! The terminal: what the toolkit's stock backend does, and bracketed paste, focus events, a real caret, links besides.
//!
//! A paste would otherwise arrive as typed keys, each of its line ends sending a message; without focus events nobody
//! knows whether the person is looking; input methods and screen readers follow the real cursor, which the
//! stock backend hides; and that one ends the whole program where a terminal is closed while it is drawn on.

mod extra;
mod input;
mod output;
mod taken;

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::{cursor, queue, terminal};
use cursive::Vec2;
use cursive::backend::Backend;
use cursive::backends::crossterm::crossterm;
use cursive::event::Event;
use cursive::style::{Color, ColorPair, Effect};

use crate::alert;
use crate::bidi::Bidi;
use crate::links;
use crate::look::Look;
use crate::style::Colours;
pub use extra::{Caret, Extra};
use input::Input;
use output::Output;
pub use taken::GiveBack;
use taken::{Raw, Taken};

/// The backend.
pub struct Term {
    output: Output,
    input: Input,
    caret: Caret,
    look: Look,
    title: String,
    /// The link that what is printed now belongs to.
    link: Cell<Option<usize>>,
    /// Nobody knows what the terminal shows: each cell is to be printed, not only those that changed.
    unknown: Cell<bool>,
    /// To look whether it is still there, and when that was looked at last.
    tty: Option<File>,
    looked: Cell<Option<Instant>>,
}

impl Term {
    /// Takes the terminal over: raw mode, alternate screen, bracketed paste, focus events, keys told apart where it can.
    /// The mouse is left to the terminal unless the look wants it, so that text can be marked and copied. A look without
    /// colours drops every colour but keeps bold and reverse. Dropping the backend gives the terminal back, and so can
    /// whoever holds the second of the pair.
    ///
    /// # Errors
    /// There is no terminal, or the program has it already.
    pub fn init(caret: Caret, look: Look) -> io::Result<(Box<dyn Backend>, GiveBack)> {
        let tty = open_tty()?;
        let ours = tty.try_clone().ok();
        let taken = Taken::start(tty, Some(Raw::begin()?), taking(look)?, giving_back(look)?)?;
        let give_back = taken.give_back();
        let term = Term {
            tty: ours,
            looked: Cell::new(None),
            output: Output::new(taken),
            input: Input::start(look.mouse)?,
            caret,
            look,
            title: String::new(),
            link: Cell::new(None),
            unknown: Cell::new(false),
        };
        Ok((Box::new(term), give_back))
    }
}

fn open_tty() -> io::Result<File> {
    let path = if cfg!(windows) { "CONOUT$" } else { "/dev/tty" };
    OpenOptions::new().read(true).write(true).open(path)
}

/// What takes the terminal over.
fn taking(look: Look) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    queue!(bytes, terminal::EnterAlternateScreen, cursor::Hide, EnableBracketedPaste, EnableFocusChange)?;
    for part in [KEYS_APART, ask_for_order(look.bidi), alert::KEEP_TITLE, if look.mouse { MOUSE_ON } else { "" }] {
        bytes.extend_from_slice(part.as_bytes());
    }
    Ok(bytes)
}

/// What gives it back.
fn giving_back(look: Look) -> io::Result<Vec<u8>> {
    let order = if look.bidi == Bidi::Off { "" } else { USUAL_ORDER };
    // Not every terminal keeps the colours of the alternate screen to that.
    let mut bytes = [PLAIN, order, links::END, MOUSE_OFF, KEYS_AS_EVER, alert::OLD_TITLE].concat().into_bytes();
    queue!(bytes, DisableFocusChange, DisableBracketedPaste, terminal::LeaveAlternateScreen, cursor::Show)?;
    Ok(bytes)
}

/// Bi-directional support mode (ECMA-48, 7.2.1): reset, the terminal shows text in the order it gets it; set, it turns
/// text itself. 2501 lets it find each row's direction by the row's text. Terminals that know neither ignore both. Each
/// row keeps what held as it was begun (VTE), so all of them are begun anew.
fn ask_for_order(bidi: Bidi) -> &'static str {
    match bidi {
        Bidi::App => "\x1b[8l\x1b[2J",
        Bidi::Terminal => "\x1b[8h\x1b[?2501h\x1b[2J",
        Bidi::Off => "",
    }
}

/// What most terminals begin with.
const USUAL_ORDER: &str = "\x1b[?2501l\x1b[8h";

/// How often it is looked at whether the terminal is still there.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Neither colours nor effects.
const PLAIN: &str = "\x1b[0m";

/// Presses, releases and the wheel (DECSET 1000) in the form that has no edge (1006).
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// Asks for keys that are told apart, Shift+Enter from Enter among them (kitty keyboard protocol, "disambiguate escape
/// codes"). It holds for the alternate screen and is taken back before that is left. Terminals that do not know it pass
/// over it, and those that know an older way go on in that.
const KEYS_APART: &str = "\x1b[>1u";
const KEYS_AS_EVER: &str = "\x1b[<1u";

impl Backend for Term {
    fn poll_event(&mut self) -> Option<Event> {
        // Whoever reads from a terminal that is gone may never hear of it; whoever writes does, or looks.
        if self.output.is_gone() || self.is_hung_up() {
            return Some(Event::Exit);
        }
        if self.output.catches_up() {
            self.output.print(&alert::title(&self.title));
            self.unknown.set(true);
            return Some(Event::Refresh);
        }
        let event = self.input.next();
        // A terminal cuts and moves its rows as its size changes, which may be back at the old one when it is asked for.
        if matches!(event, Some(Event::WindowResize | Event::CtrlChar('l'))) {
            self.unknown.set(true);
        }
        event
    }

    fn refresh(&mut self) {
        self.follow(None);
        self.caret.links().next_frame();
        self.caret.hand_over(|told| self.output.tell(told));
        self.output.place(self.caret.get());
        self.output.flush();
        self.unknown.set(false);
    }

    fn set_color(&self, colours: ColorPair) -> ColorPair {
        if self.coloured() {
            self.output.set_colours(colours)
        } else {
            self.output.set_colours(ColorPair::terminal_default())
        }
    }

    fn clear(&self, colour: Color) {
        self.output.clear(if self.coloured() { colour } else { Color::TerminalDefault });
    }

    fn has_colors(&self) -> bool {
        self.coloured()
    }

    fn is_persistent(&self) -> bool {
        !self.unknown.get()
    }

    fn set_title(&mut self, title: String) {
        self.output.print(&alert::title(&title));
        self.title = title;
    }

    fn screen_size(&self) -> Vec2 {
        self.output.size()
    }

    fn move_to(&self, at: Vec2) {
        self.output.move_to(at);
    }

    fn print(&self, text: &str) {
        match text.char_indices().next_back().and_then(|(at, last)| links::number(last).map(|number| (at, number))) {
            Some((end, number)) => {
                self.follow(Some(number));
                self.output.print(text.get(..end).unwrap_or_default());
            }
            None => {
                self.follow(None);
                self.output.print(text);
            }
        }
    }

    fn set_effect(&self, effect: Effect) {
        self.output.set_effect(effect);
    }

    fn unset_effect(&self, effect: Effect) {
        self.output.unset_effect(effect);
    }

    fn name(&self) -> &str {
        "terminal"
    }
}

impl Term {
    /// Whether the terminal was closed, looked at about once a second: where nobody says anything, nothing is written.
    fn is_hung_up(&self) -> bool {
        let looked = self.looked.get();
        let due = looked.is_none_or(|at| at.elapsed() >= LOOK_EVERY);
        if due {
            self.looked.set(Some(Instant::now()));
        }
        due && self.tty.as_ref().is_some_and(|tty| !tty.is_terminal())
    }

    fn coloured(&self) -> bool {
        self.look.colours != Colours::None
    }

    /// Begins and ends links as what is printed changes from one to the other.
    fn follow(&self, link: Option<usize>) {
        if self.link.replace(link) != link {
            self.output
                .print(&link.and_then(|number| self.caret.links().begin(number)).unwrap_or(links::END.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What is written to a terminal, or that it is gone.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Option<Vec<u8>>>>);

    impl Paper {
        fn here() -> Self {
            Self(Arc::new(Mutex::new(Some(Vec::new()))))
        }

        fn take(&self) -> String {
            String::from_utf8(std::mem::take(self.0.lock().unwrap().as_mut().unwrap())).unwrap()
        }
    }

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut paper = self.0.lock().unwrap();
            paper.as_mut().ok_or(io::ErrorKind::BrokenPipe)?.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A terminal that reports these events.
    fn term(paper: &Paper, events: &[Event]) -> Term {
        Term {
            output: Output::new(Taken::start(paper.clone(), None, Vec::new(), Vec::new()).unwrap()),
            input: Input::of(events),
            caret: Caret::default(),
            look: Look::new(Colours::Many),
            title: String::new(),
            link: Cell::new(None),
            unknown: Cell::new(false),
            tty: None,
            looked: Cell::new(None),
        }
    }

    #[test]
    fn everything_is_printed_anew_after_a_change_of_size_and_on_demand() {
        let mut term = term(&Paper::here(), &[Event::Char('a'), Event::WindowResize, Event::CtrlChar('l')]);
        for whole in [false, true, true] {
            assert!(term.poll_event().is_some());
            assert_eq!(!term.is_persistent(), whole);
            term.refresh();
            assert!(term.is_persistent());
        }
    }

    #[test]
    fn what_was_dim_and_is_bold_stays_bold() {
        let paper = Paper::here();
        let mut term = term(&paper, &[]);
        let mut after = |change: &dyn Fn(&Term)| {
            change(&term);
            term.refresh();
            term.output.settle();
            paper.take()
        };
        after(&|term| term.set_effect(Effect::Dim));
        after(&|term| term.set_effect(Effect::Bold));
        assert!(after(&|term| term.unset_effect(Effect::Dim)).contains("\x1b[22m\x1b[1m"));
        assert!(!after(&|term| term.unset_effect(Effect::Bold)).contains("\x1b[1m"));
    }

    #[test]
    fn a_frame_is_written_at_once_with_its_caret() {
        let paper = Paper::here();
        let mut term = term(&paper, &[]);
        term.move_to(Vec2::new(2, 0));
        term.print("سلام");
        assert_eq!(paper.take(), "", "nothing before the frame is whole");
        term.caret.set(Some(Vec2::new(6, 0)));
        term.refresh();
        term.output.settle();
        assert_eq!(paper.take(), "\x1b[1;3Hسلام\x1b[1;7H\x1b[?25h");
        term.caret.set(None);
        term.refresh();
        term.output.settle();
        assert_eq!(paper.take(), "\x1b[?25l");
    }

    #[test]
    fn a_terminal_that_is_gone_ends_the_program_and_not_by_a_fault() {
        let mut term = term(&Paper::default(), &[Event::Char('a')]);
        assert_eq!(term.poll_event(), Some(Event::Char('a')));
        term.clear(Color::TerminalDefault);
        term.print("ciao");
        term.refresh();
        term.output.settle();
        for _ in 0..3 {
            assert_eq!(term.poll_event(), Some(Event::Exit));
            term.print("ciao");
            term.refresh();
        }
    }

    #[test]
    fn a_terminal_that_was_closed_is_noticed_where_nothing_is_written() {
        let mut term = term(&Paper::here(), &[Event::Char('a')]);
        term.tty = Some(File::open(if cfg!(windows) { "NUL" } else { "/dev/null" }).unwrap());
        assert_eq!(term.poll_event(), Some(Event::Exit));
    }

    #[test]
    fn a_terminal_that_took_nothing_for_a_while_is_shown_everything_once_it_takes_something() {
        let paper = Paper::here();
        let mut term = term(&paper, &[Event::Char('a')]);
        term.set_effect(Effect::Bold);
        term.set_title("lobby".into());
        term.refresh();
        term.output.settle();
        let held = paper.0.lock().unwrap();
        for _ in 0..1_000 {
            term.print(&"x".repeat(1_000));
            term.refresh();
        }
        assert_eq!(term.poll_event(), Some(Event::Char('a')), "whoever types is heard");
        drop(held);
        term.output.settle();
        assert!(paper.take().len() < 100_000);
        assert_eq!(term.poll_event(), Some(Event::Refresh));
        assert!(!term.is_persistent());
        term.print("whole");
        term.refresh();
        term.output.settle();
        let (title, link) = (alert::title("lobby"), links::END);
        assert_eq!(paper.take(), format!("\x1b[0m{link}\x1b[1m{title}whole\x1b[?25l"));
        assert_ne!(term.poll_event(), Some(Event::Refresh));
    }

    #[test]
    fn what_a_terminal_is_told_that_takes_nothing_is_told_later() {
        let paper = Paper::here();
        let mut term = term(&paper, &[]);
        let held = paper.0.lock().unwrap();
        let copied = ["a", "b", "c"].map(|letter| letter.repeat(30_000));
        for text in &copied {
            term.caret.tell(text);
            term.refresh();
        }
        drop(held);
        term.output.settle();
        while term.poll_event() == Some(Event::Refresh) {
            term.refresh();
            term.output.settle();
        }
        let written = paper.take();
        assert!(copied.iter().all(|text| written.contains(text)), "only {} bytes", written.len());
    }
}
