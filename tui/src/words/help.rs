//! What F1 and `/help` show: every key and command, and what it does.

use parlor_core::words::Language;

parlor_core::phrases! {
    /// What keys and commands do.
    pub trait Does {
        /// Enter.
        send() { "send the message", "invia il messaggio", "ارسال پیام" }
        /// A line break.
        new_line() {
            "a new line in it; also Shift+Enter, where the terminal tells it apart",
            "va a capo; anche Shift+Enter, se il terminale lo distingue",
            "خط تازه در پیام؛ و Shift+Enter، اگر ترمینال آن را جدا بشناسد",
        }
        /// Completion.
        complete() {
            "complete a name, a command, a room; again: the next one",
            "completa un nome, un comando, una stanza; di nuovo: il prossimo",
            "کامل کردن نام، دستور یا اتاق؛ دوباره: بعدی",
        }
        /// What was typed before.
        history() { "what you typed before, and back", "ciò che hai scritto prima, e ritorno", "نوشته‌های پیشین شما، و برگشت" }
        /// Correct.
        correct() { "correct what you said last (Esc: cancel)", "modifica il tuo ultimo messaggio (Esc: annulla)", "ویرایش آخرین پیام خودتان (Esc: لغو)" }
        /// Pages.
        scroll() { "scroll the log", "scorri i messaggi", "جابه‌جایی در گفت‌وگو" }
        /// Lines.
        scroll_lines() { "scroll it line by line", "scorri riga per riga", "خط به خط" }
        /// Ends.
        ends() { "to its start, to its end", "all’inizio, alla fine", "به آغاز، به پایان" }
        /// Rooms.
        rooms() { "next, previous room (or Alt+Down, Alt+Up)", "stanza dopo, prima (o Alt+Giù, Alt+Su)", "اتاق بعدی، قبلی (یا Alt+Down و Alt+Up)" }
        /// Unread rooms.
        unread() { "next, previous room with something new", "stanza dopo, prima, con novità", "اتاق بعدی، قبلی با پیام تازه" }
        /// The switcher.
        switch() { "go to a room by its name", "vai a una stanza per nome", "رفتن به اتاق با نامش" }
        /// Search.
        search() { "search: here, with Tab everywhere", "cerca: qui, con Tab ovunque", "جست‌وجو: اینجا، با Tab همه‌جا" }
        /// Select.
        select() { "select an older, a newer message (Esc: none)", "scegli un messaggio più vecchio, più nuovo (Esc: nessuno)", "انتخاب پیام قدیمی‌تر، تازه‌تر (Esc: هیچ)" }
        /// Reply.
        reply() { "reply to it, or to the newest", "rispondi a quello, o all’ultimo", "پاسخ به آن، یا به تازه‌ترین" }
        /// Copy.
        copy() { "copy it", "copialo", "کپی آن" }
        /// Edit and delete.
        edit_delete() { "correct it, take it back", "modificalo, eliminalo", "ویرایش آن، حذف آن" }
        /// Open a link.
        open() { "open its link, or the newest", "apri il suo link, o l’ultimo", "باز کردن پیوند آن، یا تازه‌ترین پیوند" }
        /// Exact times.
        times() { "exact dates and times, and back", "date e ore esatte, e ritorno", "تاریخ و ساعت دقیق، و برگشت" }
        /// Again.
        again() { "connect now; send again what failed", "connetti subito; invia di nuovo ciò che non è partito", "اتصال همین حالا؛ ارسال دوبارهٔ ناموفق‌ها" }
        /// Line ends.
        line_ends() { "to the start, the end of the line you type", "all’inizio, alla fine della riga", "به آغاز، به پایان خط" }
        /// Words.
        words() { "a word to the left, to the right", "una parola a sinistra, a destra", "یک واژه به چپ، به راست" }
        /// Deleting.
        erase() { "delete the word, the line before the caret", "cancella la parola, la riga prima del cursore", "پاک کردن واژه، خط تا مکان‌نما" }
        /// Redraw.
        redraw() { "redraw the screen", "ridisegna lo schermo", "کشیدن دوبارهٔ صفحه" }
        /// Elsewhere.
        elsewhere() { "leave, and connect to another server", "esci e connettiti a un altro server", "ترک، و اتصال به سرور دیگر" }
        /// Quit.
        quit() { "say goodbye and quit", "saluta ed esci", "خداحافظی و خروج" }
        /// `/join`.
        join() { "enter a room, or make it", "entra in una stanza, o creala", "ورود به اتاق، یا ساختن آن" }
        /// `/part`.
        part() { "leave this room", "lascia questa stanza", "ترک این اتاق" }
        /// `/msg`.
        msg() { "talk to somebody in private", "parla con qualcuno in privato", "گفت‌وگوی خصوصی" }
        /// `/me`.
        me() { "say what you are doing", "di’ che cosa fai", "گفتن اینکه چه می‌کنید" }
        /// `/nick`.
        nick() { "take another name", "prendi un altro nickname", "انتخاب نام مستعار دیگر" }
        /// `/reply`.
        reply_to() { "reply to what was said here last", "rispondi all’ultimo messaggio qui", "پاسخ به آخرین پیام اینجا" }
        /// `/edit`.
        edit() { "correct what you said last here", "modifica il tuo ultimo messaggio qui", "ویرایش آخرین پیامتان در اینجا" }
        /// `/delete`.
        delete() { "take it back", "eliminalo", "حذف آن" }
        /// `/search`.
        search_all() { "search for them everywhere", "cercale ovunque", "جست‌وجو در همه‌جا" }
        /// `/find`.
        find() { "search for them in this room", "cercale in questa stanza", "جست‌وجو در این اتاق" }
        /// `/topic`.
        topic() { "set what this room is about", "cambia l’argomento della stanza", "تعیین موضوع اتاق" }
        /// `/rooms`, `/names`.
        list() { "list the rooms, the people here", "elenca le stanze, chi è qui", "فهرست اتاق‌ها، حاضران" }
        /// `/away`, `/back`.
        away() { "say that you are away, that you are back", "di’ che sei assente, che sei di nuovo qui", "اعلام غیبت، و بازگشت" }
        /// `/ignore`.
        ignore() { "hide what somebody says, show it again", "nascondi ciò che dice qualcuno, o mostralo", "پنهان کردن پیام‌های کسی، آشکار کردن دوباره" }
        /// `/kick`, `/mute`.
        operators() { "for the room's operators", "per gli operatori della stanza", "برای مدیران اتاق" }
        /// `/open`.
        open_link() { "open the newest link, or an older one by its number", "apri l’ultimo link, o uno prima per numero", "باز کردن تازه‌ترین پیوند، یا پیوندی با شماره‌اش" }
        /// `/set`.
        set() { "list the settings, change one", "elenca le impostazioni, cambiane una", "فهرست تنظیمات، تغییر یکی" }
        /// `//`.
        slashes() { "say something that begins with a slash", "di’ qualcosa che comincia con una barra", "گفتن چیزی که با / آغاز می‌شود" }
        /// `/names` where there is one room.
        names() { "list who was seen", "elenca chi si è visto", "فهرست دیده‌شده‌ها" }
        /// What the mouse does.
        mouse() {
            "The wheel scrolls; a click goes to a room, opens a link, or puts the caret there. With Shift held down the mouse marks text.",
            "La rotella scorre; un clic va a una stanza, apre un link o sposta il cursore. Con Maiusc il mouse seleziona il testo.",
            "چرخ ماوس متن را جابه‌جا می‌کند؛ کلیک به اتاق می‌رود، پیوند را باز می‌کند یا مکان‌نما را می‌گذارد. با Shift متن انتخاب می‌شود.",
        }
        /// What the mouse could do.
        no_mouse() {
            "After /set mouse true, from the next start on, the wheel scrolls and a click opens rooms and links.",
            "Dopo /set mouse true, dal prossimo avvio, la rotella scorre e un clic apre stanze e link.",
            "پس از \u{200E}/set mouse true\u{200E} و از اجرای بعد، چرخ ماوس متن را جابه‌جا می‌کند و کلیک اتاق‌ها و پیوندها را باز می‌کند.",
        }
        /// What a paste does.
        paste() {
            "Pasted text goes into the message box and waits there for your Enter.",
            "Un testo incollato va nel messaggio e aspetta il tuo Invio.",
            "متن چسبانده‌شده در جای نوشتن می‌ماند تا Enter بزنید.",
        }
    }
}

/// Keys and commands with what they do; an empty pair is a blank line. `native`: what only our own servers understand is
/// among them. `mouse`: whether it is taken.
pub fn entries(l: Language, native: bool, mouse: bool) -> Vec<(&'static str, String)> {
    let (everywhere, ours) = (true, native);
    let paragraph = if mouse { l.mouse() } else { l.no_mouse() };
    [
        (everywhere, "Enter", l.send()),
        (everywhere, "Alt+Enter, Ctrl+J", l.new_line()),
        (everywhere, "Tab, Shift+Tab", l.complete()),
        (everywhere, "Ctrl+Up, Ctrl+Down", l.history()),
        (ours, "Up", l.correct()),
        (everywhere, "PageUp, PageDown", l.scroll()),
        (everywhere, "Shift+Up, Shift+Down", l.scroll_lines()),
        (everywhere, "Home, End", l.ends()),
        (ours, "Ctrl+N, Ctrl+P", l.rooms()),
        (ours, "Alt+Shift+Down, +Up", l.unread()),
        (ours, "Ctrl+K", l.switch()),
        (ours, "Ctrl+F", l.search()),
        (everywhere, "Alt+K, Alt+J", l.select()),
        (ours, "Alt+R", l.reply()),
        (everywhere, "Alt+C", l.copy()),
        (ours, "Alt+E, Alt+D", l.edit_delete()),
        (everywhere, "Alt+O", l.open()),
        (everywhere, "Ctrl+T", l.times()),
        (everywhere, "Ctrl+R", l.again()),
        (everywhere, "Ctrl+A, Ctrl+E", l.line_ends()),
        (everywhere, "Ctrl+Left, Ctrl+Right", l.words()),
        (everywhere, "Ctrl+W, Ctrl+U", l.erase()),
        (everywhere, "Ctrl+L", l.redraw()),
        (everywhere, "Ctrl+O", l.elsewhere()),
        (everywhere, "Ctrl+Q, Ctrl+C", l.quit()),
        (everywhere, "", String::new()),
        (ours, "/join ROOM", l.join()),
        (ours, "/part", l.part()),
        (ours, "/msg NICK TEXT", l.msg()),
        (everywhere, "/me waves", l.me()),
        (ours, "/nick NAME", l.nick()),
        (ours, "/reply TEXT", l.reply_to()),
        (ours, "/edit TEXT", l.edit()),
        (ours, "/delete", l.delete()),
        (ours, "/search WORDS", l.search_all()),
        (ours, "/find WORDS", l.find()),
        (ours, "/topic TEXT", l.topic()),
        (ours, "/rooms, /names", l.list()),
        (!ours, "/names", l.names()),
        (ours, "/away TEXT, /back", l.away()),
        (everywhere, "/ignore, /unignore", l.ignore()),
        (everywhere, "/open NUMBER", l.open_link()),
        (everywhere, "/set KEY VALUE", l.set()),
        (ours, "/kick, /mute, /unmute", l.operators()),
        (everywhere, "/quit", l.quit()),
        (everywhere, "//text", l.slashes()),
        (everywhere, "", String::new()),
        (everywhere, "", l.paste()),
        (everywhere, "", String::new()),
        (everywhere, "", paragraph),
    ]
    .into_iter()
    .filter_map(|(holds, key, does)| holds.then_some((key, does)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        parlor_core::words::prove(Does::each);
    }

    #[test]
    fn every_entry_is_said_in_every_language() {
        for language in Language::ALL {
            let entries = entries(language, true, true);
            assert!(entries.iter().all(|(key, does)| key.is_empty() || !does.is_empty()));
        }
    }
}
