//! What F1 and `/help` show: every key and command, and what it does.

use parlor_core::words::Language;

parlor_core::phrases! {
    /// What keys and commands do.
    pub trait Does {
        /// Enter.
        send() { "send the message", "invia il messaggio", "ارسال پیام" }
        /// A line break.
        new_line() { "a new line in it", "va a capo", "خط تازه در پیام" }
        /// Completion.
        complete() {
            "finish a name, a command, a room; again: the next one",
            "completa un nome, un comando, una stanza; di nuovo: il prossimo",
            "کامل کردن نام، دستور یا اتاق؛ دوباره: بعدی",
        }
        /// What was typed before.
        history() { "what you typed before, and back", "ciò che hai scritto prima, e ritorno", "نوشته‌های پیشین شما، و برگشت" }
        /// Correct.
        correct() { "correct what you said last (Esc: leave it)", "modifica il tuo ultimo messaggio (Esc: annulla)", "ویرایش آخرین پیام خودتان (Esc: لغو)" }
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
        line_ends() { "to the start, the end of the typed line", "all’inizio, alla fine della riga", "به آغاز، به پایان خط" }
        /// Deleting.
        erase() { "delete a word, the line", "cancella una parola, la riga", "پاک کردن واژه، خط" }
        /// Redraw.
        redraw() { "draw the screen anew", "ridisegna lo schermo", "کشیدن دوبارهٔ صفحه" }
        /// Elsewhere.
        elsewhere() { "leave, and connect to another server", "esci e connettiti a un altro server", "ترک، و اتصال به سرور دیگر" }
        /// Quit.
        quit() { "say goodbye and quit", "saluta ed esci", "خداحافظی و خروج" }
        /// `/join`.
        join() { "enter a room, or make it", "entra in una stanza, o creala", "ورود به اتاق، یا ساختن آن" }
        /// `/part`.
        part() { "leave this room", "lascia questa stanza", "ترک این اتاق" }
        /// `/msg`.
        msg() { "talk to somebody alone", "parla con qualcuno in privato", "گفت‌وگوی خصوصی" }
        /// `/me`.
        me() { "say what you do", "di’ che cosa fai", "گفتن اینکه چه می‌کنید" }
        /// `/nick`.
        nick() { "take another name", "prendi un altro nickname", "انتخاب نام مستعار دیگر" }
        /// `/edit`.
        edit() { "correct what you said last here", "modifica il tuo ultimo messaggio qui", "ویرایش آخرین پیامتان در اینجا" }
        /// `/delete`.
        delete() { "take it back", "eliminalo", "حذف آن" }
        /// `/search`.
        search_all() { "look for them everywhere", "cercale ovunque", "جست‌وجو در همه‌جا" }
        /// `/find`.
        find() { "look for them in this room", "cercale in questa stanza", "جست‌وجو در این اتاق" }
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
        open_link() { "open the newest link, or the one before by its number", "apri l’ultimo link, o uno prima per numero", "باز کردن تازه‌ترین پیوند، یا پیوندی با شماره‌اش" }
        /// `/set`.
        set() { "list the settings, change one", "elenca le impostazioni, cambiane una", "فهرست تنظیمات، تغییر یکی" }
        /// `//`.
        slashes() { "say something that begins with a slash", "di’ qualcosa che comincia con una barra", "گفتن چیزی که با / آغاز می‌شود" }
        /// What a paste does.
        paste() {
            "A pasted text goes into the message box and waits there for your Enter.",
            "Un testo incollato va nel messaggio e aspetta il tuo Invio.",
            "متن چسبانده‌شده در جای نوشتن می‌ماند تا Enter بزنید.",
        }
    }
}

/// Keys and commands with what they do; an empty pair is a blank line.
pub fn entries(language: Language) -> Vec<(&'static str, String)> {
    let l = language;
    let mut entries = vec![
        ("Enter", l.send()),
        ("Alt+Enter, Ctrl+J", l.new_line()),
        ("Tab, Shift+Tab", l.complete()),
        ("Ctrl+Up, Ctrl+Down", l.history()),
        ("Up", l.correct()),
        ("PageUp, PageDown", l.scroll()),
        ("Shift+Up, Shift+Down", l.scroll_lines()),
        ("Home, End", l.ends()),
        ("Ctrl+N, Ctrl+P", l.rooms()),
        ("Alt+Shift+Down, +Up", l.unread()),
        ("Ctrl+K", l.switch()),
        ("Ctrl+F", l.search()),
        ("Alt+K, Alt+J", l.select()),
        ("Alt+R", l.reply()),
        ("Alt+C", l.copy()),
        ("Alt+E, Alt+D", l.edit_delete()),
        ("Alt+O", l.open()),
        ("Ctrl+T", l.times()),
        ("Ctrl+R", l.again()),
        ("Ctrl+A, Ctrl+E", l.line_ends()),
        ("Ctrl+W, Ctrl+U", l.erase()),
        ("Ctrl+L", l.redraw()),
        ("Ctrl+O", l.elsewhere()),
        ("Ctrl+Q, Ctrl+C", l.quit()),
        ("", String::new()),
        ("/join ROOM", l.join()),
        ("/part", l.part()),
        ("/msg NICK TEXT", l.msg()),
        ("/me waves", l.me()),
        ("/nick NAME", l.nick()),
        ("/edit TEXT", l.edit()),
        ("/delete", l.delete()),
        ("/search WORDS", l.search_all()),
        ("/find WORDS", l.find()),
        ("/topic TEXT", l.topic()),
        ("/rooms, /names", l.list()),
        ("/away TEXT, /back", l.away()),
        ("/ignore, /unignore", l.ignore()),
        ("/open NUMBER", l.open_link()),
        ("/set KEY VALUE", l.set()),
        ("/kick, /mute NICK", l.operators()),
        ("/quit", l.quit()),
        ("//text", l.slashes()),
        ("", String::new()),
    ];
    entries.push(("", l.paste()));
    entries
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
            assert!(entries(language).iter().all(|(key, does)| key.is_empty() || !does.is_empty()));
        }
    }
}
