//! The search: a line to type in, what was found above it with the newest below, and the way there.

use cursive::event::{Event, EventResult, Key, MouseEvent};
use cursive::{Printer, Vec2, View};
use parlor_core::client::{Around, Hit, Intent, Link, Search, State};
use parlor_core::id::MessageId;
use parlor_core::vocabulary::Place;
use parlor_core::words::Language;
use parlor_face::clock::Clock;
use parlor_transport_tcp::session::Session;

use crate::bidi::Bidi;
use crate::editor::{Editor, Row};
use crate::front;
use crate::keys;
use crate::lay::{self, Area, Block, Line};
use crate::look::Look;
use crate::paint::{self, Piece};
use crate::style;
use crate::term::{Caret, Extra};
use crate::words::Words;
use crate::words::dialogs::Dialogs;

/// The search's name among the views.
pub const NAME: &str = "search";
/// From this width on, a hit says the year.
const YEAR_CELLS_MIN: usize = 60;
const PROMPT: &str = "? ";

/// The view.
pub struct Searcher {
    session: Session,
    look: Look,
    caret: Caret,
    clock: Clock,
    editor: Editor,
    /// What stands in the line is what was looked for last; the first letter typed begins anew.
    is_old: bool,
    everywhere: bool,
    /// What is found now answers this.
    asked: Option<(String, bool)>,
    /// The hit that Enter goes to; 0 is the newest.
    selected: usize,
    /// The message in front of what stands around a hit, if the person chose another than the hit itself.
    chosen: Option<(Place, MessageId, usize)>,
    page: usize,
    title: (Piece, Piece),
    lines: Vec<Line>,
    status: (Piece, Piece),
    input: Option<Row>,
}

impl Searcher {
    /// A search over this session; begins with what was looked for last, where that is still known.
    pub fn new(session: Session, look: Look, caret: Caret, clock: Clock) -> Self {
        let mut editor = Editor::new(look);
        let (mut everywhere, mut asked, mut is_old) = (false, None, false);
        {
            let state = session.state();
            let here = state.shown_room().map(|room| room.key);
            if let Some(search) = &state.search {
                editor.set(&search.query);
                is_old = true;
                everywhere = search.room.is_none();
                let same = everywhere || search.room == here;
                asked = same.then(|| (search.query.clone(), everywhere));
            }
        }
        Self {
            session,
            look,
            caret,
            clock,
            editor,
            is_old,
            everywhere,
            asked,
            selected: 0,
            chosen: None,
            page: 1,
            title: Default::default(),
            lines: Vec::new(),
            status: Default::default(),
            input: None,
        }
    }

    fn search(&mut self) {
        let query = self.editor.text().trim().to_owned();
        self.asked = Some((query.clone(), self.everywhere));
        self.selected = 0;
        self.session.intent(Intent::Search { query, everywhere: self.everywhere });
    }

    fn begin_anew(&mut self) {
        if std::mem::take(&mut self.is_old) {
            self.editor.set("");
        }
    }

    /// Looks for what is typed; a second time, goes to the hit.
    fn enter(&mut self) -> EventResult {
        let query = (self.editor.text().trim().to_owned(), self.everywhere);
        if self.asked.as_ref() != Some(&query) {
            self.search();
            return EventResult::consumed();
        }
        let hit = {
            let state = self.session.state();
            let hits = state.search.as_ref().map_or(&[][..], |search| &search.hits);
            hits.get(self.selected).map(|hit| (hit.place.clone(), hit.id))
        };
        let Some((place, id)) = hit else { return EventResult::consumed() };
        self.chosen = None;
        self.session.intent(Intent::Jump { place, id });
        // What lies too far back is shown here.
        match self.session.state().around {
            Some(_) => EventResult::consumed(),
            None => EventResult::with_cb(front::close_search),
        }
    }

    /// Back from what stands around a hit to the hits, from the hits to the chat.
    fn back(&mut self) -> EventResult {
        let around = self.session.state().around.is_some();
        if around {
            self.session.intent(Intent::CloseAround);
            return EventResult::consumed();
        }
        self.session.intent(Intent::CloseSearch);
        EventResult::with_cb(front::close_search)
    }

    /// So many hits to older ones, or newer.
    fn step(&mut self, by: isize) {
        let more = {
            let state = self.session.state();
            if let Some(around) = &state.around {
                let last = around.messages.len().saturating_sub(1);
                let at = self.in_front(around).saturating_add_signed(by).min(last);
                self.chosen = Some((around.place.clone(), around.id, at));
                return;
            }
            let Some(search) = &state.search else { return };
            let last = search.hits.len().saturating_sub(1);
            let wanted = self.selected.saturating_add_signed(by);
            self.selected = wanted.min(last);
            wanted >= last && by > 0 && search.has_more && !search.loading
        };
        if more {
            self.session.intent(Intent::SearchMore);
        }
    }

    /// Which message of those around a hit is in front; 0 is the newest.
    fn in_front(&self, around: &Around) -> usize {
        match &self.chosen {
            Some((place, id, at)) if (place, *id) == (&around.place, around.id) => *at,
            _ => around.messages.iter().rev().position(|hit| hit.id == around.id).unwrap_or(0),
        }
    }

    fn compose(&mut self, size: Vec2) {
        let state = self.session.state();
        let height = size.y.saturating_sub(3);
        let clock = &self.clock;
        let (width, look, language) = (size.x, self.look, self.look.language);
        let back = Piece::new(style::bar(), language.back());
        if let Some(around) = &state.around {
            let title = language.around(lay::isolated(&around.title));
            self.title = (Piece::new(style::bar(), title), Piece::default());
            let hits: Vec<&Hit> = around.messages.iter().rev().collect();
            let front = self.in_front(around);
            self.lines =
                window(&hits, front, height, |at, hit| lines(hit, width, (look, clock), false, true, at == front));
            self.status = (Piece::new(style::bar(), around_status(around, language)), back);
            self.input = None;
            return;
        }
        let place = match (self.everywhere, state.shown_room()) {
            (false, Some(room)) => language.search_here(lay::isolated(&room.title)),
            (true, _) | (_, None) => language.search_everywhere(),
        };
        let other = if self.everywhere { language.tab_here() } else { language.tab_everywhere() };
        self.title = (Piece::new(style::bar(), place), Piece::new(style::bar(), other));
        let search = state.search.as_ref();
        let hits: Vec<&Hit> = search.map(|search| search.hits.iter().collect()).unwrap_or_default();
        let rooms = search.is_none_or(|search| search.room.is_none());
        self.selected = self.selected.min(hits.len().saturating_sub(1));
        let selected = self.selected;
        self.lines = window(&hits, selected, height, |at, hit| {
            lines(hit, width, (look, clock), rooms, at == selected, at == selected)
        });
        self.status = (Piece::new(style::bar(), status(search, &state, language)), back);
        let rows = self.editor.rows(width.saturating_sub(PROMPT.len() + 1), false);
        self.input = rows.into_iter().find(|row| row.caret.is_some());
    }
}

fn status(search: Option<&Search>, state: &State, language: Language) -> String {
    let Some(search) = search else {
        return language.enter_searches();
    };
    match (&search.problem, search.loading, search.hits.len()) {
        (Some(problem), _, _) => problem.to_string(),
        (None, true, _) => language.looking(),
        (None, false, 0) => language.nothing_found(),
        (None, false, found) => {
            let found = language.digits(found);
            match (&state.link, search.has_more) {
                (Link::Online, false) => language.found(found),
                (Link::Online, true) => language.found_more(found),
                // Somebody may be away from the server and still look at what was found.
                _ => language.found_offline(found),
            }
        }
    }
}

fn around_status(around: &Around, language: Language) -> String {
    match (&around.problem, around.loading) {
        (Some(problem), _) => problem.to_string(),
        (None, true) => language.reading(),
        (None, false) => language.from_long_ago(),
    }
}

/// The lines in sight: the selected hit whole, as near the middle as the others allow; the newest stands lowest.
fn window(hits: &[&Hit], selected: usize, height: usize, lines: impl Fn(usize, &Hit) -> Vec<Line>) -> Vec<Line> {
    let Some(hit) = hits.get(selected) else { return Vec::new() };
    let mut middle = lines(selected, hit);
    middle.truncate(height);
    let free = height - middle.len();
    let mut newer: Vec<Line> = Vec::new();
    for (at, hit) in hits.iter().enumerate().take(selected).rev() {
        if newer.len() >= free {
            break;
        }
        newer.extend(lines(at, hit));
    }
    // Bottom up, as the older ones are met.
    let mut older: Vec<Line> = Vec::new();
    for (at, hit) in hits.iter().enumerate().skip(selected + 1) {
        if older.len() >= free {
            break;
        }
        older.extend(lines(at, hit).into_iter().rev());
    }
    let above = older.len().min(free - newer.len().min(free / 2));
    older.truncate(above);
    newer.truncate(free - above);
    older.into_iter().rev().chain(middle).chain(newer).collect()
}

/// A hit at this width: in one line, or `whole`.
fn lines(hit: &Hit, width: usize, (look, clock): (Look, &Clock), room: bool, whole: bool, selected: bool) -> Vec<Line> {
    let base = if selected { style::bar() } else { style::plain() };
    let mut head = Vec::new();
    let when = look.line(&clock.short(hit.at, width >= YEAR_CELLS_MIN));
    if !when.is_empty() {
        head.push(Piece::new(if selected { base } else { style::dim() }, format!("{when} ")));
    }
    if room {
        let title = lay::isolated(&look.clean(&hit.title)) + " ";
        head.push(Piece::new(if selected { base } else { style::dim() }, title));
    }
    let nick = if hit.mine { style::bold() } else { look.colours.nick(&hit.from) };
    let action = if hit.action { "* " } else { "" };
    let from = lay::isolated(&look.clean(&hit.from));
    head.push(Piece::new(if selected { base } else { nick }, format!("{action}{from}")));
    head.push(Piece::new(base, if hit.action { " " } else { ": " }));
    let tail = hit
        .edited
        .then(|| Piece::new(if selected { base } else { style::dim() }, format!(" {}", look.language.edited())));
    let texts: Vec<String> = match whole {
        true => hit.text.split('\n').map(|line| look.clean(line)).collect(),
        false => vec![look.clean(&hit.text.replace('\n', " "))],
    };
    let last = texts.len().saturating_sub(1);
    let mut lines = Vec::new();
    for (number, text) in texts.into_iter().enumerate() {
        let block = Block {
            head: std::mem::take(&mut head),
            body: vec![Piece::new(base, text)],
            tail: tail.clone().filter(|_| number == last),
            rtl: look.is_rtl(&hit.text),
            continued: number > 0,
        };
        lay::lay(&mut lines, look, block, Area::new(0, width));
    }
    if !whole {
        // Where the terminal turns text, the first line may have the head alone.
        lines.truncate(if look.bidi == Bidi::Terminal && look.is_rtl(&hit.text) { 2 } else { 1 });
    }
    lines
}

impl View for Searcher {
    fn required_size(&mut self, room: Vec2) -> Vec2 {
        room
    }

    fn layout(&mut self, size: Vec2) {
        self.page = size.y.saturating_sub(4).max(1);
        self.compose(size);
    }

    fn draw(&self, printer: &Printer) {
        self.caret.set(None);
        let size = printer.size;
        for y in 0..size.y {
            paint::fill(printer, y, style::plain());
        }
        let bottom = size.y.saturating_sub(1);
        let status = bottom.saturating_sub(1);
        if size.y >= 3 {
            paint::bar(printer, 0, self.look, &self.title);
            for (y, line) in self.lines.iter().rev().enumerate() {
                if let Some(y) = status.checked_sub(y + 1).filter(|y| *y > 0) {
                    paint::print_pieces(printer, (line.0, y), line.1.iter());
                }
            }
        }
        if size.y >= 2 {
            paint::bar(printer, status, self.look, &self.status);
        }
        let Some(input) = &self.input else { return };
        let x = paint::print(printer, (0, bottom), style::bold(), PROMPT);
        paint::print(printer, (x, bottom), style::plain(), &input.text);
        if self.editor.is_empty() {
            paint::print(printer, (x, bottom), style::dim(), &self.look.line(&self.look.language.words_to_find()));
        }
        if let Some(at) = input.caret {
            self.caret.set(Some(printer.offset + (x + at, bottom)));
        }
    }

    fn on_event(&mut self, event: Event) -> EventResult {
        match Extra::from_event(&event) {
            Some(Extra::Paste(text)) => {
                self.begin_anew();
                self.editor.insert(&text.replace(['\r', '\n'], " "));
                return EventResult::consumed();
            }
            Some(Extra::Focus(_)) | None => {}
        }
        match event {
            Event::Char(_) => self.begin_anew(),
            Event::Key(Key::Left | Key::Right | Key::Home | Key::End | Key::Backspace) => self.is_old = false,
            _ => {}
        }
        let page = isize::try_from(self.page).unwrap_or(1);
        match event {
            Event::Key(Key::Enter) if self.session.state().around.is_some() => return self.back(),
            Event::Key(Key::Enter) => return self.enter(),
            Event::Key(Key::Esc) => return self.back(),
            Event::Key(Key::Tab) => {
                self.everywhere = !self.everywhere;
                if self.asked.is_some() {
                    self.search();
                }
            }
            Event::Key(Key::Up) | Event::Mouse { event: MouseEvent::WheelUp, .. } => self.step(1),
            Event::Key(Key::Down) | Event::Mouse { event: MouseEvent::WheelDown, .. } => self.step(-1),
            Event::Key(Key::PageUp) => self.step(page),
            Event::Key(Key::PageDown) => self.step(-page),
            Event::Ctrl(Key::Home) => self.step(isize::MAX / 2),
            Event::Ctrl(Key::End) => self.step(isize::MIN / 2),
            Event::Key(Key::Home) => self.editor.home(),
            Event::Key(Key::End) => self.editor.end(),
            event if self.input.is_some() && keys::edit(&mut self.editor, &event) => {}
            _ => return EventResult::Ignored,
        }
        EventResult::consumed()
    }
}
