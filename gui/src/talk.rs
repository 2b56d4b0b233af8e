//! The sessions of the window: the one in front, and those whose goodbye is being said.

use std::time::Duration;

use parlor_core::client::{Intent, Link};
use parlor_core::secret::Secret;
use parlor_transport_tcp::target::Target;

use crate::bell::Bell;
use crate::chat::Chat;

/// What the window shows.
pub(crate) enum Screen {
    /// The dialog, and the chat that goes on until one is elsewhere.
    Dialog(Option<Box<Talk>>),
    Chat(Box<Talk>),
}

impl Screen {
    /// The session, whether it is in front or not.
    pub(crate) fn talk(&self) -> Option<&Talk> {
        match self {
            Screen::Dialog(behind) => behind.as_deref(),
            Screen::Chat(talk) => Some(talk),
        }
    }

    pub(crate) fn talk_mut(&mut self) -> Option<&mut Talk> {
        match self {
            Screen::Dialog(behind) => behind.as_deref_mut(),
            Screen::Chat(talk) => Some(talk),
        }
    }

    /// Puts the dialog over the chat. A session that is over is not come back to: it is given back.
    pub(crate) fn open_dialog(&mut self) -> Option<Talk> {
        let talk = match std::mem::replace(self, Screen::Dialog(None)) {
            Screen::Chat(talk) => talk,
            dialog @ Screen::Dialog(_) => {
                *self = dialog;
                return None;
            }
        };
        if matches!(talk.chat.session().state().link, Link::Closed { .. }) {
            return Some(*talk);
        }
        *self = Screen::Dialog(Some(talk));
        None
    }

    /// Takes the dialog away again.
    pub(crate) fn close_dialog(&mut self) {
        match std::mem::replace(self, Screen::Dialog(None)) {
            Screen::Dialog(Some(talk)) | Screen::Chat(talk) => *self = Screen::Chat(talk),
            Screen::Dialog(None) => {}
        }
    }
}

/// A session in the window.
pub(crate) struct Talk {
    /// Where, as it is told apart.
    pub(crate) server: String,
    /// As whom one began.
    pub(crate) nick: String,
    pub(crate) chat: Chat,
    pub(crate) bell: Bell,
    /// The password of this window's own server, to be given to it once.
    pub(crate) answer: Option<Secret>,
}

impl Talk {
    /// Whether nothing is said or kept any more.
    fn is_over(&self) -> bool {
        self.bell.is_finished() || self.chat.session().wait_finished(Duration::ZERO)
    }

    /// Whether it is one at this server under this name, which was given to it or is the one it has now.
    fn is(&self, target: &Target, nick: &str) -> bool {
        let names = || self.nick == nick || self.chat.session().state().own_nick() == nick;
        self.server == target.authority() && names()
    }
}

/// Those whose goodbye is being said.
#[derive(Default)]
pub(crate) struct Leaving(Vec<Talk>);

impl Leaving {
    /// Lets this one say goodbye in the background.
    pub(crate) fn add(&mut self, talk: Talk) {
        talk.chat.session().intent(Intent::Quit);
        self.0.retain(|talk| !talk.is_over());
        self.0.push(talk);
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Talk> {
        self.0.iter()
    }

    /// Whether one of them is still there under this name, or has yet to keep what was not sent.
    pub(crate) fn holds(&mut self, target: &Target, nick: &str) -> bool {
        self.0.retain(|talk| !talk.is_over());
        self.0.iter().any(|talk| talk.is(target, nick))
    }

    /// Cuts short the goodbye that is said there under this name.
    pub(crate) fn hurry(&self, target: &Target, nick: &str) {
        self.0.iter().filter(|talk| talk.is(target, nick)).for_each(|talk| talk.chat.session().intent(Intent::Quit));
    }
}
