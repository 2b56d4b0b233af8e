//! What is said in what covers the window: settings, keys, the room switcher, hosting.

parlor_core::phrases! {
    /// What is said in what covers the window.
    pub(crate) trait CoverWords {
        // Settings.

        /// Their title.
        settings() { "Settings", "Impostazioni", "تنظیمات" }
        /// The button that opens them.
        settings_tip() { "Settings (Ctrl+,)", "Impostazioni (Ctrl+,)", "تنظیمات (Ctrl+,)" }
        /// Which language.
        language() { "Language", "Lingua", "زبان" }
        /// As the machine has it.
        as_the_system() { "As the system", "Come il sistema", "مانند سیستم" }
        /// Dark or light.
        colours() { "Colours", "Colori", "رنگ‌ها" }
        /// Dark.
        dark() { "Dark", "Scuri", "تیره" }
        /// Light.
        light() { "Light", "Chiari", "روشن" }
        /// How large.
        text_size() { "Text size", "Dimensione del testo", "اندازهٔ متن" }
        /// Smaller.
        smaller() { "Smaller", "Più piccolo", "کوچک‌تر" }
        /// Larger.
        larger() { "Larger", "Più grande", "بزرگ‌تر" }
        /// So large.
        points(size) { "{size} points", "{size} punti", "{size} پوینت" }
        /// What a notification tells.
        notifications() { "Notifications", "Notifiche", "اعلان‌ها" }
        /// Who and what.
        notify_text() { "Who and what", "Chi e che cosa", "نام و متن" }
        /// Who.
        notify_name() { "Only who", "Solo chi", "فقط نام" }
        /// Nothing.
        notify_off() { "None", "Nessuna", "هیچ" }
        /// Which calendar.
        calendar() { "Calendar", "Calendario", "تقویم" }
        /// That of the language.
        as_the_language() { "As the language", "Come la lingua", "مانند زبان" }
        /// Gregorian.
        gregorian() { "Gregorian", "Gregoriano", "میلادی" }
        /// Persian.
        persian() { "Persian", "Persiano", "خورشیدی" }
        /// Joins and leaves are folded.
        fold_presence() {
            "Fold who comes and goes into one line",
            "Riunisci in una riga chi entra e chi esce",
            "آمدورفت‌ها در یک خط جمع شوند",
        }
        /// Others see one typing.
        tell_typing() {
            "Tell others that I am typing",
            "Mostra agli altri che sto scrivendo",
            "دیگران ببینند که در حال نوشتن هستم",
        }
        /// AM and PM.
        twelve_hours() {
            "Times of twelve hours: 9:05 pm",
            "Orologio a 12 ore: 9:05 pm",
            "ساعت دوازده‌ساعته: ۹:۰۵ ب.ظ",
        }
        /// Where all that is kept.
        kept_in(path) {
            "Kept in {path}, which you may also edit.",
            "Conservate in {path}, che puoi anche modificare.",
            "در {path} نگه داشته می‌شود؛ می‌توانید آن را ویرایش هم بکنید.",
        }
        /// Nothing can be kept.
        kept_nowhere() {
            "They hold until you close the window.",
            "Valgono finché non chiudi la finestra.",
            "تا بستن پنجره برقرارند.",
        }

        // The room switcher.

        /// Its title and field.
        go_to() { "Go to a room", "Vai a una stanza", "رفتن به اتاق" }
        /// No room is called so.
        no_such_room() { "No room is called so.", "Nessuna stanza si chiama così.", "اتاقی با این نام نیست." }

        // Hosting.

        /// The button and title.
        host_a_chat() {
            "Host a chat on this computer",
            "Ospita una chat su questo computer",
            "میزبانی گفت‌وگو روی این رایانه",
        }
        /// What that means.
        host_about() {
            "Starts a server that runs for as long as this window is open.",
            "Avvia un server che resta attivo finché questa finestra è aperta.",
            "سروری راه می‌افتد که تا باز بودن این پنجره کار می‌کند.",
        }
        /// Who may connect.
        who_may_come() { "Who may come", "Chi può entrare", "چه کسانی می‌توانند وارد شوند" }
        /// Nobody else.
        only_here() { "Only this computer", "Solo questo computer", "فقط همین رایانه" }
        /// The network.
        whole_network() { "Everybody on my network", "Tutti sulla mia rete", "همه در شبکهٔ من" }
        /// The field of the password.
        password_if_any() {
            "Password, if there is to be one",
            "Password, se la vuoi",
            "گذرواژه، اگر لازم است",
        }
        /// The button that starts it.
        start_hosting() { "Start", "Avvia", "آغاز" }
        /// It is starting.
        starting() { "Starting …", "Avvio …", "در حال آغاز …" }
        /// There is no server to start.
        no_server_program() {
            "parlor-server was not found: put it beside this program, or install it where programs are found.",
            "parlor-server non è stato trovato: mettilo accanto a questo programma o installalo dove il sistema cerca i programmi.",
            "‎parlor-server پیدا نشد: آن را کنار این برنامه بگذارید یا در جایی نصب کنید که سیستم برنامه‌ها را می‌جوید.",
        }
        /// It cannot be started.
        server_not_started(why) {
            "The server cannot be started: {why}.",
            "Il server non si può avviare: {why}.",
            "سرور راه نمی‌افتد: {why}.",
        }
        /// It has ended by itself.
        server_ended(why) {
            "Your server has ended: {why}",
            "Il tuo server è terminato: {why}",
            "سرور شما پایان یافت: {why}",
        }
        /// The same, where it did not say why.
        server_ended_untold() {
            "Your server has ended, and did not say why.",
            "Il tuo server è terminato senza dire perché.",
            "سرور شما پایان یافت و نگفت چرا.",
        }
        /// Above the addresses.
        you_are_hosting() { "You are hosting this chat", "Stai ospitando questa chat", "شما میزبان این گفت‌وگو هستید" }
        /// What to do with them.
        give_addresses() {
            "Give one of these addresses to the others:",
            "Dai uno di questi indirizzi agli altri:",
            "یکی از این نشانی‌ها را به دیگران بدهید:",
        }
        /// Where nobody else may come.
        only_here_address() {
            "Programs on this computer connect to:",
            "I programmi su questo computer si connettono a:",
            "برنامه‌های همین رایانه به این نشانی وصل می‌شوند:",
        }
        /// Where nobody else can come.
        no_network() {
            "This computer has no network address to give to others:",
            "Questo computer non ha un indirizzo di rete da dare agli altri:",
            "این رایانه نشانی شبکه‌ای برای دادن به دیگران ندارد:",
        }
        /// How it ends.
        hosting_ends() {
            "The chat ends when you close this window.",
            "La chat finisce quando chiudi questa finestra.",
            "با بستن این پنجره گفت‌وگو پایان می‌یابد.",
        }
        /// The button that shows them again.
        hosting_tip() { "Addresses of this chat", "Indirizzi di questa chat", "نشانی‌های این گفت‌وگو" }
        /// Others would be sent away.
        others_here() { "Others are still here.", "Ci sono ancora altre persone.", "دیگران هنوز اینجا هستند." }
        /// The server of this window runs, and one is not there oneself.
        hosting_still() { "Your server is still running.", "Il tuo server è ancora attivo.", "سرور شما هنوز کار می‌کند." }
        /// How.
        ends_for_all() {
            "You are hosting this chat. If you close the window, it ends for everybody.",
            "Stai ospitando questa chat. Se chiudi la finestra, finisce per tutti.",
            "شما میزبان این گفت‌وگو هستید. اگر پنجره را ببندید، برای همه پایان می‌یابد.",
        }

        // The list of keys.

        /// Its title.
        keys() { "Keys", "Tasti", "کلیدها" }
        /// What else there is.
        keys_more() {
            "/help in the message box lists what can be typed there.",
            "/help nella casella dei messaggi elenca ciò che vi si può scrivere.",
            "‎/help در کادر پیام فهرست دستورها را نشان می‌دهد.",
        }
        /// The key Enter.
        key_send() { "send", "invia", "ارسال" }
        /// Shift and Enter.
        key_line() { "a new line", "una riga nuova", "خط تازه" }
        /// The key Tab.
        key_complete() { "finish a name or command", "completa un nome o un comando", "کامل کردن نام یا دستور" }
        /// Up.
        key_correct() {
            "correct what you said last",
            "modifica il tuo ultimo messaggio",
            "ویرایش آخرین پیام خود",
        }
        /// Ctrl and an arrow.
        key_recall() { "say again what you said", "ripeti ciò che hai scritto", "نوشته‌های پیشین خودتان" }
        /// Where Up does that.
        in_empty_box() { "↑ in an empty box", "↑ nella casella vuota", "↑ در کادر خالی" }
        /// Ctrl and F.
        key_search() { "search in this room", "cerca in questa stanza", "جست‌وجو در این اتاق" }
        /// Ctrl, Shift and F.
        key_search_all() { "search everywhere", "cerca ovunque", "جست‌وجو در همه‌جا" }
        /// Where arrows choose.
        in_search() { "↑, ↓, Enter in the search", "↑, ↓, Invio nella ricerca", "↑، ↓ و Enter در جست‌وجو" }
        /// What they choose.
        key_choose() {
            "choose a message, go there",
            "scegli un messaggio, vai lì",
            "انتخاب پیام و رفتن به آن",
        }
        /// The pages.
        key_pages() { "move in the log", "scorri i messaggi", "پیمایش پیام‌ها" }
        /// The key Escape.
        key_escape() {
            "cancel, close, back to the newest message",
            "annulla, chiudi, torna all’ultimo messaggio",
            "لغو، بستن، بازگشت به تازه‌ترین پیام",
        }
        /// Ctrl and K.
        key_rooms() { "go to a room by its name", "vai a una stanza per nome", "رفتن به اتاق با نامش" }
        /// Alt and arrows.
        key_cycle() {
            "previous, next room (or Ctrl+Page\u{a0}Up, Page\u{a0}Down)",
            "stanza precedente, successiva (o Ctrl+Pag\u{a0}Su, Giù)",
            "اتاق قبلی، بعدی (یا Ctrl+Page\u{a0}Up و Page\u{a0}Down)",
        }
        /// Alt, Shift and arrows.
        key_unread() {
            "previous, next room with something unread",
            "stanza precedente, successiva con non letti",
            "اتاق قبلی، بعدی با پیام نخوانده",
        }
        /// The sizes.
        key_size() { "larger, smaller, usual size", "più grande, più piccolo, normale", "بزرگ‌تر، کوچک‌تر، اندازهٔ معمول" }
        /// Ctrl and comma.
        key_settings() { "settings", "impostazioni", "تنظیمات" }
        /// Ctrl and O.
        key_elsewhere() { "connect to another server", "connetti a un altro server", "اتصال به سروری دیگر" }
        /// Ctrl and Q.
        key_quit() { "say goodbye and close", "saluta e chiudi", "خداحافظی و بستن" }
        /// The key F1.
        key_help() { "this list", "questo elenco", "همین فهرست" }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_phrase_is_said_whole_in_each_language() {
        parlor_core::words::prove(super::CoverWords::each);
    }
}
