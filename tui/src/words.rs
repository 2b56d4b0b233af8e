//! What this program says on the screen; the rest is said by the client machine and by what both clients share.
//!
//! Names of keys stay as they are printed on keyboards in English and Persian; Italian keyboards have names of their own.

pub mod dialogs;
pub mod help;

parlor_core::phrases! {
    /// What the chat screen says.
    pub trait Words {
        /// Somebody quits while messages wait for a connection.
        unsent() {
            "Not everything has been sent yet. Repeat to quit anyway.",
            "Non è stato ancora inviato tutto. Ripeti per uscire comunque.",
            "هنوز همهٔ پیام‌ها فرستاده نشده‌اند. برای خروج، تکرار کنید.",
        }
        /// A message is in the box to be corrected.
        correcting() {
            "Correcting your message. Enter: save, Esc: cancel.",
            "Modifica del tuo messaggio. Invio: salva, Esc: annulla.",
            "ویرایش پیامتان. Enter: ثبت، Esc: لغو.",
        }
        /// A message is being replied to.
        replying(who) {
            "Replying to {who}. Enter: send, Esc: cancel.",
            "Risposta a {who}. Invio: manda, Esc: annulla.",
            "پاسخ به {who}. Enter: ارسال، Esc: بدون پاسخ.",
        }
        /// A correction was emptied.
        nothing_left() {
            "Nothing is left of the message; /delete takes it back.",
            "Non ne resta niente; /delete elimina un messaggio.",
            "چیزی از آن نمانده؛ \u{200E}/delete پیام را حذف می‌کند.",
        }
        /// Something was sent before one was in any room.
        not_connected() {
            "Not connected yet: your text stays here.",
            "Non c’è ancora connessione: il testo resta qui.",
            "هنوز وصل نیستید؛ نوشته‌تان همین‌جا می‌ماند.",
        }
        /// Nothing is lost and nothing failed.
        nothing_again() {
            "There is nothing to send again.",
            "Non c’è niente da inviare di nuovo.",
            "چیزی برای فرستادن دوباره نیست.",
        }
        /// What is typed or pasted is more than the message box bears.
        too_much() {
            "That is too much for the message box; nothing was added.",
            "È troppo per un messaggio; non è stato aggiunto niente.",
            "برای یک پیام زیاد است؛ چیزی اضافه نشد.",
        }
        /// A tutorial's server keeps nothing.
        no_search() {
            "This kind of server has no search.",
            "Su questo tipo di server non si può cercare.",
            "در این نوع سرور نمی‌توان جست‌وجو کرد.",
        }
        /// Tab was pressed, and nothing begins like this.
        nothing_fits() { "Nothing starts with that.", "Niente comincia così.", "چیزی با این آغاز نمی‌شود." }
        /// A key that needs a message, and there is none.
        no_message() { "There is no message here.", "Qui non ci sono messaggi.", "اینجا پیامی نیست." }
        /// A key that needs one's own message.
        not_yours() {
            "Only your own messages can be changed.",
            "Si possono cambiare solo i propri messaggi.",
            "فقط پیام‌های خودتان را می‌توان تغییر داد.",
        }
        /// A key that needs a link.
        no_link() { "There is no link here.", "Qui non ci sono link.", "اینجا پیوندی نیست." }
        /// A link was opened.
        opened(link) { "Opened {link}", "Aperto: {link}", "باز شد: {link}" }
        /// A link is not what it seems; it was not opened yet.
        deceiving(host) {
            "This link leads to {host}. Repeat to open it.",
            "Questo link porta a {host}. Ripeti per aprirlo.",
            "این پیوند به {host} می‌رود. برای باز کردن، تکرار کنید.",
        }
        /// A message is about to be taken back.
        really_delete() {
            "Repeat to take this message back.",
            "Ripeti per eliminare questo messaggio.",
            "برای حذف این پیام، تکرار کنید.",
        }
        /// A message was handed to the terminal for its clipboard; whether it took it, it does not tell.
        copied() {
            "Sent to the terminal's clipboard.",
            "Inviato agli appunti del terminale.",
            "به کلیپ‌بورد ترمینال فرستاده شد.",
        }
        /// A message is selected, and what the keys do with it; `when` it was said.
        selected(when) {
            "{when}; Alt+R reply, +C copy, +E edit, +D delete, +O open",
            "{when}; Alt+R rispondi, +C copia, +E modifica, +D elimina, +O apri",
            "{when}؛ Alt+R پاسخ، ‎+C کپی، ‎+E ویرایش، ‎+D حذف، ‎+O باز کردن",
        }
        /// The same of one that did not get through.
        selected_failed(when) {
            "{when}; Ctrl+R send again, Alt+C copy",
            "{when}; Ctrl+R invia di nuovo, Alt+C copia",
            "{when}؛ Ctrl+R ارسال دوباره، Alt+C کپی",
        }
        /// One person is in the room.
        person() { "1 person", "1 persona", "۱ نفر" }
        /// More are.
        people(count) { "{count} people", "{count} persone", "{count} نفر" }
        /// Above the list of who is in the room.
        here() { "Here", "Presenti", "حاضران" }
        /// The same where it is whoever was seen.
        seen_here() { "Seen here", "Visti qui", "دیده‌شده‌ها" }
        /// Behind the name of somebody who is away.
        away() { "away", "assente", "غایب" }
        /// Older messages are on their way.
        fetching() {
            "Fetching older messages …",
            "Caricamento dei messaggi più vecchi …",
            "در حال دریافت پیام‌های قدیمی‌تر …",
        }
        /// The reader is scrolled up; nothing new came.
        more_below() { "▼ more below (End)", "▼ altro sotto (Fine)", "▼ ادامه در پایین (End)" }
        /// So many messages came meanwhile.
        new_below(count) { "▼ {count} new (End)", "▼ {count} nuovi (Fine)", "▼ {count} تازه (End)" }
        /// What opens the help.
        f1(key) { "{key} help", "{key} aiuto", "{key} راهنما" }
        /// A later one.
        connecting_again(address, attempt) {
            "Connecting to {address} … (try {attempt})",
            "Connessione a {address} … (tentativo {attempt})",
            "در حال اتصال به {address} … (تلاش {attempt})",
        }
        /// The server answers, one is not in yet.
        greeting(address, nick) {
            "Connected to {address}, saying hello as {nick} …",
            "Connesso a {address}, ingresso come {nick} …",
            "متصل به {address}؛ در حال ورود با نام {nick} …",
        }
        /// All is well.
        online(nick, address) { "{nick} at {address}", "{nick} su {address}", "{nick} در {address}" }
        /// All is well, and something is new in other rooms.
        online_new(nick, address, count) {
            "{nick} at {address}, {count} new elsewhere (Ctrl+N)",
            "{nick} su {address}, {count} nuovi altrove (Ctrl+N)",
            "{nick} در {address}، {count} تازه در جای دیگر (Ctrl+N)",
        }
        /// All is well, and one has said that one is away.
        online_away(nick, address) {
            "{nick} (away) at {address}",
            "{nick} (assente) su {address}",
            "{nick} (غایب) در {address}",
        }
        /// The connection is lost and tried again by itself.
        waiting(seconds, why) {
            "Offline, next try in {seconds} s (Ctrl+R: now): {why}",
            "Non connesso, nuovo tentativo tra {seconds} s (Ctrl+R: subito): {why}",
            "قطع شد؛ {seconds} ثانیه تا تلاش بعد (Ctrl+R: همین حالا): {why}",
        }
        /// It is not tried again by itself.
        closed(why) {
            "Offline (Ctrl+R: connect): {why}",
            "Non connesso (Ctrl+R: connetti): {why}",
            "قطع شد (Ctrl+R: اتصال): {why}",
        }
        /// On the line before what is new.
        new() { "new", "nuovi", "تازه" }
        /// Behind a message that was corrected.
        edited() { "(edited)", "(modificato)", "(ویرایش‌شده)" }
        /// Behind a message of which nobody knows whether it arrived.
        unconfirmed() {
            "(not confirmed; Ctrl+R sends it again)",
            "(non confermato; Ctrl+R lo invia di nuovo)",
            "(تأیید نشد؛ Ctrl+R دوباره می‌فرستد)",
        }
        /// Behind a message that was refused.
        failed(why) {
            "(not sent: {why} Ctrl+R tries again)",
            "(non inviato: {why} Ctrl+R riprova)",
            "(فرستاده نشد: {why} Ctrl+R: ارسال دوباره)",
        }
        /// In place of a message that is replied to and that is not held.
        earlier() { "an earlier message", "un messaggio precedente", "پیامی قدیمی‌تر" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        parlor_core::words::prove(Words::each);
    }
}
