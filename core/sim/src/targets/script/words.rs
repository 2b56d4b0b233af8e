//! What the servers of a script say, and what its person types.

use parlor_core::vocabulary::{Event, Features, Reason, Tag, Welcome, WelcomeLimits};
use parlor_core::wire::{Dialect, Flavour};

use super::{bytes, draw};
use crate::tape::Dice;

/// Commands, right and wrong.
const TYPED: [&str; 30] = [
    "/join garden",
    "/join @bob",
    "/part",
    "/part bye",
    "/msg bob psst",
    "/me waves",
    "/topic moss",
    "/nick bea",
    "/nick a b",
    "/names",
    "/rooms",
    "/kick bob",
    "/mute bob loud",
    "/unmute bob",
    "/help",
    "//x",
    "/",
    "/join",
    "/query eve2",
    "/nonsense x",
    "/edit better",
    "/delete",
    "/search \"one two\" wor*",
    "/search",
    "/ignore bob",
    "/unignore Bob",
    "/ignore",
    "/away tea",
    "/back",
    "/reply hm",
];

/// What a person types into the box.
pub(super) fn typed(dice: &mut Dice<'_>) -> String {
    draw::word(dice, &TYPED).into()
}

/// What a person types for a name: as long as it may look, and anything at all.
pub(super) fn name(dice: &mut Dice<'_>) -> String {
    draw::text(dice).chars().take(40).collect()
}

/// A frame, some of one, or noise.
pub(super) fn native(dice: &mut Dice<'_>, tags: &[Tag]) -> Vec<u8> {
    const NOISE: [&[u8]; 6] = [
        b"\n",
        b"{\"message\":[]}\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"{\"later\":{}}\n",
        b"\xff\xd8\n",
        b"{\"ping\":{\"token\":\"a\"}}\n{\"ping\":{\"token\":\"b\"}}\n{\"bye\":{\"code\":\"shutdown\",\"text\":\"\"}}\n",
    ];
    match dice.below(16) {
        0 => NOISE[dice.below(NOISE.len())].to_vec(),
        1 => (0..dice.below(24)).map(|_| dice.byte()).collect(),
        2 | 3 => bytes(Flavour::Native, &Event::Welcome(Box::new(plain_welcome(dice)))),
        _ => bytes(Flavour::Native, &draw::event(dice, tags)),
    }
}

fn plain_welcome(dice: &mut Dice<'_>) -> Welcome {
    let limits = WelcomeLimits {
        nick_bytes: 64,
        room_bytes: 64,
        text_bytes: 8_192,
        topic_bytes: 512,
        frame_bytes: 16_384,
        page: 200,
        rooms: 64,
    };
    let (nick, resumed) = (draw::nick(dice), dice.one_in(2));
    Welcome {
        server: "parlor/0.1.0".into(),
        nick,
        instead_of: None,
        token: None,
        resumed,
        limits,
        features: Features { away: true },
    }
}

/// A row of either kind of server, an echo of what the client wrote, or noise.
pub(super) fn tutorial(dice: &mut Dice<'_>, dialect: Dialect, written: &[u8]) -> Vec<u8> {
    const ROWS: [&str; 16] = [
        "NIC",
        "Please enter your name and press Enter",
        "b'ada' joined the chat!",
        "Connected to the server.",
        "Welcome to the chat ada. Write {quit} to leave.",
        "{quit}",
        "ada: hello",
        "ada: hello\n",
        "bob joined the chat",
        "bob left the chat.",
        "Connected to the server.\n",
        "The name ada is taken here; others see you as ada2.\n",
        "What is your name?",
        "That name is taken. Please enter your name and press Enter",
        "  and so on\n",
        ": \n\n",
    ];
    let flavour = match (dialect, dice.one_in(3)) {
        (Dialect::Nic, _) => Flavour::Nic,
        (Dialect::Prompt, false) => Flavour::PromptChunks,
        (Dialect::Prompt | Dialect::Native, _) => Flavour::PromptLines,
    };
    match dice.below(16) {
        0 => (0..dice.below(24)).map(|_| dice.byte()).collect(),
        1..=6 => draw::word(dice, &ROWS).into(),
        7..=9 if dialect == Dialect::Prompt => [b"ada: ", written].concat(),
        7..=9 => written.to_vec(),
        10 => bytes(flavour, &Event::Greeting),
        11 => bytes(flavour, &Event::Welcome(Box::new(plain_welcome(dice)))),
        12 => bytes(flavour, &Event::Bye { reason: *dice.pick(Reason::ALL), text: draw::text(dice).into() }),
        _ => bytes(flavour, &draw::event(dice, &[])),
    }
}
