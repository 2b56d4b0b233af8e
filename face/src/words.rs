//! What both clients say alike, besides what the client machine says.

use parlor_core::words::Language;

parlor_core::phrases! {
    /// What both clients say alike.
    pub trait Words {
        /// The day that is.
        today() { "Today", "Oggi", "امروز" }
        /// The day before.
        yesterday() { "Yesterday", "Ieri", "دیروز" }
        /// A value in the file of settings that means nothing.
        setting_wrong(key, value, allowed) {
            "The setting {key} cannot be {value}; it may be {allowed}.",
            "L’impostazione {key} non può essere {value}; può essere {allowed}.",
            "مقدار {value} برای تنظیم {key} معتبر نیست؛ مقدارهای ممکن: {allowed}.",
        }
        /// A key in the file of settings that no client knows.
        setting_unknown(key) {
            "There is no setting called {key}; it is left as it is.",
            "Non c’è nessuna impostazione {key}; resta com’è.",
            "تنظیمی به نام {key} وجود ندارد؛ به همان شکل می‌ماند.",
        }
        /// The file of settings is no TOML.
        settings_damaged(path, line) {
            "{path} makes no sense from line {line} on; the defaults stand in.",
            "{path} non ha senso dalla riga {line} in poi; valgono i valori predefiniti.",
            "پروندهٔ {path} از خط {line} به بعد نامفهوم است؛ مقدارهای پیش‌فرض به کار می‌روند.",
        }
        /// The file of settings cannot be read.
        settings_unreadable(path, why) {
            "{path} cannot be read: {why}; the defaults stand in.",
            "{path} non si può leggere: {why}; valgono i valori predefiniti.",
            "پروندهٔ {path} خوانده نمی‌شود: {why}؛ مقدارهای پیش‌فرض به کار می‌روند.",
        }
        /// A kept file cannot be read.
        file_unreadable(path, why) {
            "{path} cannot be read: {why}.",
            "{path} non si può leggere: {why}.",
            "پروندهٔ {path} خوانده نمی‌شود: {why}.",
        }
        /// A kept file made no sense.
        file_damaged(path, aside) {
            "{path} was damaged; it is kept as {aside} and begun anew.",
            "{path} era danneggiato; resta come {aside} e si ricomincia da capo.",
            "پروندهٔ {path} آسیب دیده بود؛ با نام {aside} نگه داشته شد و از نو آغاز می‌شود.",
        }
        /// The same, and it stays where it is.
        file_stuck(path, why) {
            "{path} is damaged and cannot be moved aside: {why}.",
            "{path} è danneggiato e non si può spostare: {why}.",
            "پروندهٔ {path} آسیب دیده است و نمی‌توان آن را کنار گذاشت: {why}.",
        }
        /// A kept file cannot be written.
        file_unwritable(path, why) {
            "{path} cannot be written: {why}.",
            "{path} non si può scrivere: {why}.",
            "در پروندهٔ {path} نمی‌توان نوشت: {why}.",
        }
        /// The directory for kept files cannot be made.
        no_directory(path, why) {
            "{path} cannot be made: {why}.",
            "{path} non si può creare: {why}.",
            "پوشهٔ {path} ساخته نمی‌شود: {why}.",
        }
        /// A disk that does not answer, or a file that another program holds for too long.
        file_late(path) {
            "{path} could not be written in time: the disk does not answer, or another program holds it.",
            "{path} non si è potuto scrivere in tempo: il disco non risponde o un altro programma lo tiene occupato.",
            "در {path} به‌موقع نوشته نشد: دیسک پاسخ نمی‌دهد یا برنامهٔ دیگری آن را در اختیار دارد.",
        }
        /// There is no place for kept files.
        no_home() {
            "There is no home directory to keep anything in; set HOME.",
            "Non c’è una cartella home in cui conservare qualcosa; imposta HOME.",
            "پوشهٔ خانه‌ای برای نگه‌داری چیزی پیدا نشد؛ \u{200E}HOME را تنظیم کنید.",
        }
        /// A link of a kind that is never opened.
        link_not_opened() {
            "Only links to web pages and mail addresses are opened.",
            "Si aprono solo i link a pagine web e indirizzi di posta.",
            "فقط پیوند صفحه‌های وب و نشانی‌های ایمیل باز می‌شود.",
        }
        /// There is no program for links.
        link_without_browser() {
            "Nothing on this computer opens the link; copy it instead.",
            "Su questo computer niente apre il link; copialo invece.",
            "برنامه‌ای برای باز کردن این پیوند پیدا نشد؛ آن را کپی کنید.",
        }
        /// The heading of a notification of a message in a room.
        notice_in(who, room) { "{who} in {room}", "{who} in {room}", "{who} در {room}" }
        /// The heading of a notification of a message to oneself.
        notice_direct(who) { "{who} to you", "{who} a te", "{who} به شما" }

        // Whom to connect to.

        /// The field of the server's name or address.
        host() { "Host", "Server", "سرور" }
        /// The field of its port.
        port() { "Port", "Porta", "درگاه" }
        /// The field of one's own name.
        nickname() { "Nickname", "Nickname", "نام مستعار" }
        /// The field of the server's password.
        password() { "Password", "Password", "گذرواژه" }
        /// The button or title that connects.
        connect() { "Connect", "Connetti", "اتصال" }
        /// What was written as a port is none.
        port_range() {
            "A port is a number from 1 to 65535.",
            "Una porta è un numero da 1 a 65535.",
            "درگاه عددی از ۱ تا ۶۵۵۳۵ است.",
        }

        // How things stand.

        /// The server is being dialled.
        connecting(address) { "Connecting to {address} …", "Connessione a {address} …", "در حال اتصال به {address} …" }
        /// One is leaving.
        saying_goodbye() { "Saying goodbye …", "Saluti in corso …", "در حال خداحافظی …" }
        /// One has left.
        goodbye() { "Goodbye.", "Arrivederci.", "خدانگهدار." }
        /// At once; see [`when`].
        now() { "now", "adesso", "همین حالا" }
        /// After so many seconds; see [`when`].
        in_seconds(seconds) { "in {seconds} s", "tra {seconds} s", "تا {seconds} ثانیهٔ دیگر" }

        // A room.

        /// What the empty message box says.
        write_here() { "Write your messages here.", "Scrivi qui i tuoi messaggi.", "پیامتان را اینجا بنویسید." }
        /// Below a list of people that is too long.
        and_more(count) { "and {count} more", "e altri {count}", "و {count} نفر دیگر" }
        /// Nothing lies before the oldest message.
        beginning() { "This is the beginning.", "Questo è l’inizio.", "اینجا آغاز گفت‌وگوست." }
        /// The server has forgotten what lies before it.
        older_not_kept() {
            "Older messages are not kept.",
            "I messaggi più vecchi non vengono conservati.",
            "پیام‌های قدیمی‌تر نگه داشته نمی‌شوند.",
        }
        /// What lies before it is more than a client holds.
        older_not_held() {
            "Older messages are not shown here; a search finds them.",
            "I messaggi più vecchi non si vedono qui; una ricerca li trova.",
            "پیام‌های قدیمی‌تر اینجا نیستند؛ با جست‌وجو پیدا می‌شوند.",
        }
        /// Somebody is typing; see [`typing`].
        typing_one(who) { "{who} is typing …", "{who} sta scrivendo …", "{who} می‌نویسد …" }
        /// Two are.
        typing_two(one, other) {
            "{one} and {other} are typing …",
            "{one} e {other} stanno scrivendo …",
            "{one} و {other} می‌نویسند …",
        }
        /// More are.
        typing_many(count) {
            "{count} people are typing …",
            "{count} persone stanno scrivendo …",
            "{count} نفر می‌نویسند …",
        }
        /// A message waits for a connection; see [`waiting`].
        one_waits() {
            "One message waits; it is sent once there is a connection.",
            "Un messaggio aspetta; parte appena c’è una connessione.",
            "یک پیام در انتظار است؛ با برقراری اتصال فرستاده می‌شود.",
        }
        /// More do.
        many_wait(count) {
            "{count} messages wait; they are sent once there is a connection.",
            "{count} messaggi aspettano; partono appena c’è una connessione.",
            "{count} پیام در انتظارند؛ با برقراری اتصال فرستاده می‌شوند.",
        }
    }
}

/// Who is typing, in one line; `None` where nobody is.
pub fn typing(language: Language, names: &[String]) -> Option<String> {
    match names {
        [] => None,
        [one] => Some(language.typing_one(one)),
        [one, other] => Some(language.typing_two(one, other)),
        [_, _, _, ..] => Some(language.typing_many(language.digits(names.len()))),
    }
}

/// That so many messages wait for a connection, in one line; `None` where none does.
pub fn waiting(language: Language, unsent: usize) -> Option<String> {
    match unsent {
        0 => None,
        1 => Some(language.one_waits()),
        many => Some(language.many_wait(language.digits(many))),
    }
}

/// When something happens that happens after so many seconds: `now`, `in 8 s`.
pub fn when(language: Language, seconds: u64) -> String {
    match seconds {
        0 => language.now(),
        seconds => language.in_seconds(language.digits(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_said_in_each_language() {
        parlor_core::words::prove(Words::each);
    }

    #[test]
    fn one_two_and_many_are_told_apart() {
        let people = ["ada", "bob", "carla"].map(String::from);
        let said = |count: usize| typing(Language::English, &people[..count]);
        assert_eq!(said(0), None);
        assert_eq!(said(1).as_deref(), Some("ada is typing …"));
        assert_eq!(said(2).as_deref(), Some("ada and bob are typing …"));
        assert_eq!(typing(Language::Persian, &people).as_deref(), Some("۳ نفر می‌نویسند …"));
        assert_eq!(waiting(Language::Italian, 0), None);
        assert_eq!(
            waiting(Language::Italian, 1).as_deref(),
            Some("Un messaggio aspetta; parte appena c’è una connessione.")
        );
        assert!(waiting(Language::Persian, 12).is_some_and(|line| line.starts_with("۱۲ پیام ")));
        assert_eq!(when(Language::English, 0), "now");
        assert_eq!(when(Language::Persian, 8), "تا ۸ ثانیهٔ دیگر");
    }
}
