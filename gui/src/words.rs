//! What the desktop client says, in three languages. What both clients say stands in `parlor_face::words`.

mod cover;
mod find;
mod rows;

pub(crate) use cover::CoverWords;
pub(crate) use find::FindWords;
pub(crate) use rows::RowWords;

parlor_core::phrases! {
    /// What the desktop client says.
    pub(crate) trait Words {
        // Links.

        /// A link may not lead to where it seems to.
        link_leads_elsewhere(host) {
            "This link leads to {host}, which may not be what it looks like.",
            "Questo link porta a {host}, che potrebbe non essere ciò che sembra.",
            "این پیوند به {host} می‌رود که شاید آن نباشد که به نظر می‌رسد.",
        }
        /// Opens it all the same.
        open_link() { "Open it", "Apri", "باز کردن" }
        /// Leaves it.
        open_no_link() { "Leave it", "Lascia stare", "باز نکردن" }

        // The dialog that asks whom to connect to.

        /// Its title.
        join_a_chat() { "Join a chat", "Entra in una chat", "ورود به گفت‌وگو" }
        /// What it asks.
        whom_to_join() {
            "Which server, and what shall they call you?",
            "Quale server, e come ti devono chiamare?",
            "به کدام سرور وصل می‌شوید و شما را چه صدا کنند؟",
        }
        /// Above the kinds of servers.
        kind_of_server() { "Kind of server", "Tipo di server", "نوع سرور" }
        /// What a Parlor server is.
        kind_native() {
            "A Parlor server, with rooms and history.",
            "Un server Parlor, con stanze e cronologia.",
            "سرور Parlor، با اتاق‌ها و تاریخچه.",
        }
        /// What a server of that tutorial is.
        kind_nic() {
            "A server of the “Messenger” tutorial.",
            "Un server del tutorial «Messenger».",
            "سرور آموزش «Messenger».",
        }
        /// What a server of that tutorial is.
        kind_prompt() {
            "A server of the “ChatRoom” tutorial.",
            "Un server del tutorial «ChatRoom».",
            "سرور آموزش «ChatRoom».",
        }
        /// There is no host.
        write_host(example) {
            "Write the server's name or address, for example {example}.",
            "Scrivi il nome o l’indirizzo del server, per esempio {example}.",
            "نام یا نشانی سرور را بنویسید، برای نمونه {example}.",
        }
        /// The host is none.
        bad_host(example) {
            "That is no name or address of a computer; write one like {example}.",
            "Non è il nome o l’indirizzo di un computer; scrivine uno come {example}.",
            "این نام یا نشانی رایانه نیست؛ چیزی مانند {example} بنویسید.",
        }
        /// There is no nickname.
        write_nick() {
            "Write a nickname; the others will see it.",
            "Scrivi un nickname; gli altri lo vedranno.",
            "نام مستعاری بنویسید؛ دیگران آن را می‌بینند.",
        }
        /// The nickname has lines.
        nick_on_one_line() {
            "A nickname is written on one line.",
            "Un nickname sta su una riga sola.",
            "نام مستعار باید تنها یک خط باشد.",
        }

        // How things stand.

        /// All is well.
        connected(address, nick) {
            "Connected to {address} as {nick}",
            "Connesso a {address} come {nick}",
            "متصل به {address} با نام {nick}",
        }
        /// It is being dialled again.
        connecting_again(address, attempt) {
            "Connecting to {address}, try {attempt} …",
            "Connessione a {address}, tentativo {attempt} …",
            "در حال اتصال به {address}، تلاش {attempt} …",
        }
        /// It answers.
        entering(address) { "Entering {address} …", "Ingresso in {address} …", "در حال ورود به {address} …" }
        /// The connection is lost.
        not_connected(address) { "Not connected to {address}", "Non connesso a {address}", "اتصال به {address} برقرار نیست" }
        /// One has left.
        left(address) { "Left {address}", "Hai lasciato {address}", "از {address} بیرون آمدید" }
        /// The same, in a sentence.
        you_have_left() { "You have left.", "Hai lasciato il server.", "از سرور بیرون آمدید." }
        /// Why the connection is lost, and when it is tried again.
        trying_again(why, when) {
            "{why} Trying again {when}.",
            "{why} Nuovo tentativo {when}.",
            "{why} تلاش دوباره {when}.",
        }
        /// The button that tries at once.
        try_now() { "Try now", "Riprova ora", "تلاش همین حالا" }
        /// The button that leads to the dialog.
        connect_elsewhere() { "Another server …", "Un altro server …", "سروری دیگر …" }
        /// The button of the dialog that leads back to the chat.
        back_to(address) { "Back to {address}", "Torna a {address}", "بازگشت به {address}" }
        /// The button that sends a warning away.
        ok() { "OK", "OK", "باشد" }
        /// Before there is anything to read.
        one_moment() { "One moment …", "Un momento …", "یک لحظه …" }
        /// There is no connection and nothing to read.
        not_yet_in() { "You are not connected.", "Non sei connesso.", "متصل نیستید." }
        /// One is marked as away.
        you_are_away(text) { "away: {text}", "assente: {text}", "غایب: {text}" }

        // Rooms and members.

        /// The list of rooms.
        rooms() { "Rooms", "Stanze", "اتاق‌ها" }
        /// How to get more of them.
        rooms_tip() {
            "/join NAME enters another room, /msg NICK TEXT writes to one person.",
            "/join NOME entra in un’altra stanza, /msg NOME TESTO scrive a una persona.",
            "با \u{200e}/join و نام اتاق به اتاق دیگری می‌روید، با \u{200e}/msg و نام و متن به یک نفر پیام می‌دهید.",
        }
        /// What is unread in a room, for those who hear it.
        room_unread(room, unread) { "{room}, {unread} unread", "{room}, {unread} non letti", "{room}، {unread} نخوانده" }
        /// The same where some are for oneself.
        room_unread_for_you(room, unread, mentions) {
            "{room}, {unread} unread, {mentions} for you",
            "{room}, {unread} non letti, {mentions} per te",
            "{room}، {unread} نخوانده، {mentions} برای شما",
        }
        /// Many.
        many() { "99+", "99+", "۹۹+" }
        /// One is not in the room that is shown.
        not_in_room() { "you are not in this room", "non sei in questa stanza", "شما در این اتاق نیستید" }
        /// How many are in a room.
        members(count) { "Members · {count}", "Membri · {count}", "اعضا ({count})" }
        /// How many were seen.
        seen_here(count) { "Seen here · {count}", "Visti qui · {count}", "دیده‌شده‌ها ({count})" }
        /// Why they were only seen.
        seen_here_tip() {
            "This server does not tell who is there; these spoke or came in since you joined.",
            "Questo server non dice chi c’è; questi hanno parlato o sono entrati dopo di te.",
            "این سرور نمی‌گوید چه کسانی هستند؛ این‌ها پس از آمدن شما نوشته‌اند یا وارد شده‌اند.",
        }
        /// Behind one's own name.
        you() { "(you)", "(tu)", "(شما)" }
        /// Behind the name of somebody who is away, for those who hear it.
        is_away() { "away", "assente", "غایب" }
        /// In the menu of a member.
        write_to(nick) { "Message {nick}", "Scrivi a {nick}", "پیام به {nick}" }
        /// In the menu of a member.
        mention(nick) { "Mention {nick}", "Menziona {nick}", "نام بردن از {nick}" }
        /// In the menu of a member.
        ignore(nick) { "Ignore {nick}", "Ignora {nick}", "نادیده گرفتن {nick}" }
        /// In the menu of a member.
        unignore(nick) { "No longer ignore {nick}", "Non ignorare più {nick}", "لغو نادیده گرفتن {nick}" }
        /// In the menu of a member.
        kick(nick) { "Remove {nick} from the room", "Allontana {nick} dalla stanza", "بیرون کردن {nick} از اتاق" }
        /// In the menu of a member.
        mute(nick) { "Mute {nick}", "Togli la parola a {nick}", "ساکت کردن {nick}" }

        // The message box.

        /// What it is called.
        message() { "Message", "Messaggio", "پیام" }
        /// The button that sends.
        send() { "Send", "Invia", "ارسال" }
        /// How it is sent.
        send_tip() {
            "Enter sends, Shift+Enter begins a new line",
            "Invio manda, Maiusc+Invio va a capo",
            "‏Enter می‌فرستد، Shift+Enter به خط تازه می‌رود",
        }
        /// The button that saves a correction.
        save() { "Save", "Salva", "ذخیره" }
        /// How it is saved.
        save_tip() { "Enter saves, Esc cancels", "Invio salva, Esc annulla", "‏Enter ذخیره می‌کند، Esc لغو می‌کند" }
        /// The button that cancels.
        cancel() { "Cancel", "Annulla", "لغو" }
        /// A message is being corrected.
        correcting() {
            "Correcting your message: Enter saves, Esc cancels.",
            "Modifica del tuo messaggio: Invio salva, Esc annulla.",
            "ویرایش پیام شما: Enter ذخیره می‌کند، Esc لغو می‌کند.",
        }
        /// A message is being corrected while there is no connection.
        correcting_offline() {
            "Correcting your message: it can be saved once there is a connection.",
            "Modifica del tuo messaggio: si potrà salvare quando c’è connessione.",
            "ویرایش پیام شما: با برقراری اتصال می‌توانید ذخیره‌اش کنید.",
        }

        // The log.

        /// The log, for those who hear it.
        messages_in(room) { "Messages in {room}", "Messaggi in {room}", "پیام‌های {room}" }
        /// The log is empty.
        nothing_said() {
            "Nothing has been said here yet.",
            "Qui non è ancora stato detto niente.",
            "هنوز چیزی اینجا گفته نشده است.",
        }
        /// More is being read.
        loading_older() {
            "Loading older messages …",
            "Caricamento dei messaggi più vecchi …",
            "در حال دریافت پیام‌های قدیمی‌تر …",
        }
        /// Something is being read.
        loading() { "Loading …", "Caricamento …", "در حال دریافت …" }
        /// To the end of the log.
        newest() { "▼ newest", "▼ ultimi", "▼ تازه‌ترین" }
        /// To the end of the log, where something is new.
        new_below(count) { "▼ {count} new", "▼ {count} nuovi", "▼ {count} تازه" }
        /// Above what is new.
        new_messages() { "New messages", "Messaggi nuovi", "پیام‌های تازه" }
        /// Behind a message that was corrected.
        edited() { "edited", "modificato", "ویرایش‌شده" }
        /// Below a message that did not arrive.
        not_sent(why) { "Not sent: {why}", "Non inviato: {why}", "فرستاده نشد: {why}" }
        /// Below a message that nobody confirmed.
        not_confirmed() {
            "Not confirmed: it may or may not have arrived.",
            "Non confermato: può essere arrivato o no.",
            "تأیید نشد: شاید رسیده باشد، شاید نه.",
        }
        /// The button that sends again what nobody confirmed.
        send_again() { "Send again", "Invia di nuovo", "ارسال دوباره" }
        /// The button that sends again what was refused.
        retry() { "Retry", "Riprova", "تلاش دوباره" }
        /// Whether a message is to be taken back.
        really_delete() {
            "Delete this message for everybody?",
            "Eliminare questo messaggio per tutti?",
            "این پیام برای همه حذف شود؟",
        }
        /// The button that takes it back.
        delete() { "Delete", "Elimina", "حذف" }
        /// The button that does not.
        keep() { "Keep", "Conserva", "نگه داشتن" }
        /// In the menu of a message.
        copy_message() { "Copy message", "Copia il messaggio", "کپی پیام" }
        /// In the menu of a message.
        copy_with_name() { "Copy with name", "Copia con il nome", "کپی با نام" }
        /// In the menu of a message.
        edit() { "Edit", "Modifica", "ویرایش" }
        /// In the menu of a message: it will be asked about.
        delete_asking() { "Delete …", "Elimina …", "حذف …" }
        /// Why something cannot be done.
        no_connection() {
            "There is no connection just now.",
            "Ora non c’è connessione.",
            "اکنون اتصالی برقرار نیست.",
        }

        // What covers the window.

        /// The server wants another name.
        another_nick() { "Another nickname, please", "Un altro nickname, per favore", "لطفاً نام مستعار دیگری انتخاب کنید" }
        /// The button that takes it.
        use_nick() { "Use this name", "Usa questo nome", "انتخاب این نام" }
        /// The server wants a password.
        has_password() { "This server has a password", "Questo server ha una password", "این سرور گذرواژه دارد" }
        /// The button that goes in with it.
        enter() { "Enter", "Entra", "ورود" }
        /// There is no password.
        write_password() {
            "Write the password; whoever runs the server knows it.",
            "Scrivi la password; chi gestisce il server la conosce.",
            "گذرواژه را بنویسید؛ مدیر سرور آن را می‌داند.",
        }
        /// What would be lost.
        one_unsent() {
            "One message has not been sent.",
            "Un messaggio non è stato inviato.",
            "یک پیام فرستاده نشده است.",
        }
        /// What would be lost.
        many_unsent(count) {
            "{count} messages have not been sent.",
            "{count} messaggi non sono stati inviati.",
            "{count} پیام فرستاده نشده است.",
        }
        /// That it would be lost.
        one_lost() {
            "There is no connection just now. If you close the window, it is lost.",
            "Ora non c’è connessione. Se chiudi la finestra, va perso.",
            "اکنون اتصالی برقرار نیست. اگر پنجره را ببندید، از دست می‌رود.",
        }
        /// That they would be lost.
        many_lost() {
            "There is no connection just now. If you close the window, they are lost.",
            "Ora non c’è connessione. Se chiudi la finestra, vanno persi.",
            "اکنون اتصالی برقرار نیست. اگر پنجره را ببندید، از دست می‌روند.",
        }
        /// Nothing would be lost.
        kept_for_next_time() {
            "There is no connection just now. What was not sent will be in the message box the next time.",
            "Ora non c’è connessione. Ciò che non è stato inviato sarà nella casella la prossima volta.",
            "اکنون اتصالی برقرار نیست. آنچه فرستاده نشده، بار بعد در کادر پیام خواهد بود.",
        }
        /// The button that stays.
        stay() { "Stay", "Resta", "ماندن" }
        /// The button that closes.
        close_anyway() { "Close anyway", "Chiudi comunque", "به هر حال بستن" }
        /// The button that closes what covers the window.
        close() { "Close", "Chiudi", "بستن" }
        /// Answers a message.
        answer() { "Reply", "Rispondi", "پاسخ" }
        /// What is typed answers this.
        answering(who, text) {
            "Replying to {who}: {text}",
            "Risposta a {who}: {text}",
            "در پاسخ به {who}: {text}",
        }
        /// A message answers this.
        answers(line) { "In reply to {line}", "In risposta a {line}", "در پاسخ به {line}" }
        /// The button that copies.
        copy() { "Copy", "Copia", "کپی" }
        /// The button of the list of keys.
        keys_tip(key) { "Keys ({key})", "Tasti ({key})", "کلیدها ({key})" }
        /// The button that leads to the dialog.
        elsewhere_tip(key) {
            "Connect to another server ({key})",
            "Connetti a un altro server ({key})",
            "اتصال به سروری دیگر ({key})",
        }
        /// The button that makes it bright.
        use_light() { "Use light colours", "Usa colori chiari", "رنگ‌های روشن" }
        /// The button that makes it dark.
        use_dark() { "Use dark colours", "Usa colori scuri", "رنگ‌های تیره" }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_phrase_is_said_whole_in_each_language() {
        parlor_core::words::prove(super::Words::each);
    }
}
