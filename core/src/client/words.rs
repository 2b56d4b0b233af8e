//! What the client machine says to people.
//!
//! In Persian, what is typed stands behind an LRM (`\u{200E}/join`), for a slash before Latin letters would be shown
//! behind them there.

pub(super) mod help;
mod link;

pub(super) use link::LinkWords;

crate::phrases! {
    /// What the client machine says to people.
    pub(super) trait Words {
        // What happened.

        /// Somebody came into a room.
        joined(nick) { "{nick} joined", "{nick} entra", "{nick} آمد" }
        /// Somebody left it; the reason begins with a space, or is nothing.
        left(nick, because) { "{nick} left{because}", "{nick} esce{because}", "{nick} رفت{because}" }
        /// Why somebody left: their connection broke.
        connection_lost() { "connection lost", "connessione persa", "اتصال قطع شد" }
        /// Their connection took too little.
        too_slow() { "too slow", "troppo lento", "اتصال خیلی کند بود" }
        /// Their program spoke no sense.
        faulty_frames() { "faulty frames", "messaggi errati", "داده‌های نادرست" }
        /// Several came.
        joined_all(names) { "{names} joined", "{names} entrano", "{names} آمدند" }
        /// Several left.
        left_all(names) { "{names} left", "{names} escono", "{names} رفتند" }
        /// Somebody came and left again.
        came_and_went(names) { "{names} came and went", "{names} entra ed esce", "{names} آمد و رفت" }
        /// Several did.
        came_and_went_all(names) { "{names} came and went", "{names} entrano ed escono", "{names} آمدند و رفتند" }
        /// Somebody left and came again.
        came_back(names) { "{names} left and came back", "{names} esce e rientra", "{names} رفت و برگشت" }
        /// Several did.
        came_back_all(names) { "{names} left and came back", "{names} escono e rientrano", "{names} رفتند و برگشتند" }
        /// The last of several names.
        and(names, last) { "{names} and {last}", "{names} e {last}", "{names} و {last}" }
        /// People who are not named; at least two.
        others(count) { "{count} others", "altri {count}", "{count} نفر دیگر" }
        /// Between two parts of a sentence.
        semicolon() { "; ", "; ", "؛ " }
        /// A topic was set.
        topic_set(by, text) {
            "{by} set the topic: {text}",
            "{by} ha scelto l’argomento: {text}",
            "{by} موضوع را تعیین کرد: {text}",
        }
        /// There is no topic any more.
        topic_taken(by) {
            "{by} removed the topic",
            "{by} ha tolto l’argomento",
            "{by} موضوع را برداشت",
        }
        /// The topic, as it was asked for.
        topic_is(text) { "The topic is: {text}", "L’argomento è: {text}", "موضوع: {text}" }
        /// There is none.
        topic_none() { "There is no topic.", "Non c’è nessun argomento.", "موضوعی تعیین نشده است." }
        /// Somebody was put out.
        removed(nick, by, because) {
            "{nick} was removed by {by}{because}",
            "{by} ha allontanato {nick}{because}",
            "{nick} را {by} از اتاق بیرون کرد{because}",
        }
        /// Oneself was.
        removed_you(by, because) {
            "You were removed by {by}{because}",
            "{by} ti ha allontanato{because}",
            "{by} شما را از اتاق بیرون کرد{because}",
        }
        /// Somebody was silenced.
        muted(nick, by, because) {
            "{nick} was muted by {by}{because}",
            "{by} ha tolto la parola a {nick}{because}",
            "{nick} را {by} ساکت کرد{because}",
        }
        /// Oneself was.
        muted_you(by, because) {
            "You were muted by {by}{because}",
            "{by} ti ha tolto la parola{because}",
            "{by} شما را ساکت کرد{because}",
        }
        /// Somebody may speak again.
        unmuted(nick, by, because) {
            "{nick} may speak again, says {by}{because}",
            "{by} ha ridato la parola a {nick}{because}",
            "{by} به {nick} اجازه داد دوباره صحبت کند{because}",
        }
        /// Oneself may.
        unmuted_you(by, because) {
            "You may speak again, says {by}{because}",
            "{by} ti ha ridato la parola{because}",
            "{by} به شما اجازه داد دوباره صحبت کنید{because}",
        }
        /// Somebody has another name.
        renamed(from, to) { "{from} is now known as {to}", "{from} ora si chiama {to}", "نام {from} از این پس {to} است" }
        /// Oneself has.
        renamed_you(to) { "You are now known as {to}.", "Ora ti chiami {to}.", "نام شما از این پس {to} است." }
        /// Somebody one talks to is away.
        nick_is_away(nick, text) { "{nick} is away: {text}", "{nick} non c’è: {text}", "{nick} نیست: {text}" }
        /// Oneself is.
        you_are_away(text) {
            "You are away: {text} (/back ends it)",
            "Risulti assente: {text} (/back lo annulla)",
            "اعلام کردید که نیستید: {text} (با \u{200E}/back برگردید)",
        }
        /// Oneself is not any more.
        you_are_back() { "You are back.", "Sei di nuovo qui.", "برگشتید." }
        /// Somebody's words are hidden.
        ignoring(nick) {
            "What {nick} says is hidden from now on; /unignore {nick} shows it again.",
            "D’ora in poi ciò che scrive {nick} è nascosto; /unignore {nick} lo mostra di nuovo.",
            "از این پس گفته‌های {nick} پنهان است؛ \u{200E}/unignore {nick} دوباره نشانشان می‌دهد.",
        }
        /// They are shown again.
        not_ignoring(nick) {
            "What {nick} says is shown again.",
            "Ciò che scrive {nick} si vede di nuovo.",
            "گفته‌های {nick} دوباره نشان داده می‌شود.",
        }
        /// Whose words are hidden.
        ignored_are(names) { "You ignore: {names}", "Nascosti: {names}", "پنهان‌شده‌ها: {names}" }
        /// Nobody's.
        ignored_nobody() {
            "You ignore nobody. /ignore NICK hides what somebody says.",
            "Non ignori nessuno. /ignore NOME nasconde ciò che qualcuno scrive.",
            "کسی را نادیده نمی‌گیرید. برای پنهان کردن گفته‌های کسی بنویسید \u{200E}/ignore نام.",
        }
        /// Before the list of rooms.
        rooms() { "Rooms:", "Stanze:", "اتاق‌ها:" }
        /// A list goes on.
        and_more() { "and more", "e altri ancora", "و چند تای دیگر" }
        /// Between two names.
        comma() { ", ", ", ", "، " }
        /// Who is in a room.
        names_in(room, names) { "In {room}: {names}", "In {room}: {names}", "در {room}: {names}" }
        /// Who was seen where a server does not tell.
        names_seen(names) { "Seen here: {names}", "Visti qui: {names}", "دیده‌شده‌ها: {names}" }
        /// A log was replaced by another.
        new_history() {
            "The server has begun a new history of this room.",
            "Il server ha cominciato una nuova cronologia di questa stanza.",
            "سرور تاریخچهٔ تازه‌ای برای این اتاق آغاز کرده است.",
        }
        /// Not all of what was missed could be fetched.
        gap() {
            "More was said here while you were away than is shown.",
            "Mentre non c’eri sono stati scritti più messaggi di quanti se ne vedano qui.",
            "در نبود شما بیش از آنچه می‌بینید اینجا گفته شده است.",
        }
        /// The last room was left.
        you_left(room) {
            "You left {room}. /join ROOM takes you to another room.",
            "Non sei più in {room}. /join STANZA ti porta in un’altra stanza.",
            "از {room} بیرون آمدید. با \u{200E}/join نام_اتاق به اتاق دیگری می‌روید.",
        }
        /// What stands in the place of a message that was taken back.
        deleted() { "(deleted)", "(eliminato)", "(حذف شد)" }

        // What cannot be done.

        /// Without a connection.
        offline() {
            "There is no connection just now; try again once there is.",
            "Ora non c’è connessione; riprova quando c’è.",
            "اکنون اتصالی نیست؛ وقتی برقرار شد دوباره امتحان کنید.",
        }
        /// With a tutorial's server.
        one_room() {
            "This kind of server has one room and no such command; /help lists what you can type.",
            "Questo tipo di server ha una sola stanza e nessun comando così; /help elenca ciò che si può scrivere.",
            "این نوع سرور تنها یک اتاق دارد و چنین دستوری ندارد؛ \u{200E}/help می‌گوید چه می‌توانید بنویسید.",
        }
        /// An unknown command.
        no_command(word) {
            "There is no command /{word}; /help lists what you can type.",
            "Non c’è il comando /{word}; /help elenca ciò che si può scrivere.",
            "دستور \u{200E}/{word} وجود ندارد؛ \u{200E}/help می‌گوید چه می‌توانید بنویسید.",
        }
        /// A command lacks its name.
        write_nick() { "Write /nick NAME.", "Scrivi /nick NOME.", "بنویسید \u{200E}/nick نام." }
        /// A command lacks its room.
        write_join() { "Write /join ROOM.", "Scrivi /join STANZA.", "بنویسید \u{200E}/join نام_اتاق." }
        /// A command lacks its name and text.
        write_msg() { "Write /msg NICK TEXT.", "Scrivi /msg NOME TESTO.", "بنویسید \u{200E}/msg نام متن." }
        /// A command lacks its text.
        write_me() { "Write /me and what you do.", "Scrivi /me e cosa fai.", "بنویسید \u{200E}/me و کاری که می‌کنید." }
        /// A command lacks its text.
        write_edit() {
            "Write /edit and the new text.",
            "Scrivi /edit e il nuovo testo.",
            "بنویسید \u{200E}/edit و متن تازه.",
        }
        /// A command lacks its text.
        write_away() {
            "Write /away and why; /back ends it.",
            "Scrivi /away e il motivo; /back lo annulla.",
            "بنویسید \u{200E}/away و دلیلش؛ با \u{200E}/back برمی‌گردید.",
        }
        /// A command lacks its text.
        write_reply() {
            "Write /reply and your answer.",
            "Scrivi /reply e la tua risposta.",
            "بنویسید \u{200E}/reply و پاسختان.",
        }
        /// What is answered is gone.
        answered_gone() {
            "The message you answer is not held any more: nothing was said.",
            "Il messaggio a cui rispondi non c’è più: non è stato inviato niente.",
            "پیامی که به آن پاسخ می‌دهید دیگر اینجا نیست؛ چیزی فرستاده نشد.",
        }
        /// There is nobody to answer.
        nothing_to_answer() {
            "Nobody else has said anything here yet.",
            "Qui nessun altro ha ancora detto niente.",
            "اینجا هنوز کس دیگری چیزی نگفته است.",
        }
        /// Somebody is to be shown again who is not hidden.
        not_ignored(nick) {
            "You do not ignore {nick}; /ignore lists whom you do.",
            "Non ignori {nick}; /ignore elenca chi ignori.",
            "شما {nick} را نادیده نمی‌گیرید؛ \u{200E}/ignore فهرست را نشان می‌دهد.",
        }
        /// As many as may be are.
        ignored_full() {
            "You ignore as many people as one can; /unignore one of them first.",
            "Ignori già il massimo di persone; prima togline una con /unignore.",
            "فهرست نادیده‌گرفته‌ها پر است؛ نخست یکی را با \u{200E}/unignore بردارید.",
        }
        /// Oneself cannot be.
        ignore_yourself() {
            "That is you.",
            "Sei tu.",
            "این خود شما هستید.",
        }
        /// A server that is too old for it.
        no_away() {
            "This server cannot tell the others that you are away.",
            "Questo server non può dire agli altri che non ci sei.",
            "این سرور نمی‌تواند به دیگران بگوید که در دسترس نیستید.",
        }
        /// A command lacks its words.
        write_search(word) {
            "Write /{word} and what to look for.",
            "Scrivi /{word} e cosa cercare.",
            "بنویسید \u{200E}/{word} و واژه‌های جست‌وجو.",
        }
        /// A command lacks its name.
        write_command(word) { "Write /{word} NICK.", "Scrivi /{word} NOME.", "بنویسید \u{200E}/{word} نام." }
        /// A command for rooms, in a conversation.
        no_room() {
            "This is a conversation, not a room.",
            "Questa è una conversazione, non una stanza.",
            "اینجا گفت‌وگوی دونفره است، نه اتاق.",
        }
        /// As many conversations as are kept.
        too_many_rooms() {
            "There are too many conversations; /part one.",
            "Le conversazioni sono troppe; lasciane una con /part.",
            "گفت‌وگوها بیش از اندازه شده‌اند؛ با \u{200E}/part یکی را ببندید.",
        }
        /// Something is to be said where one is not.
        not_in(room) {
            "You are not in {room}; /join {room} takes you there.",
            "Non sei in {room}; /join {room} ti ci porta.",
            "شما در {room} نیستید؛ با \u{200E}/join {room} به آنجا می‌روید.",
        }
        /// What waited to be said there is refused.
        not_in_any_more(room) {
            "You are not in {room} any more.",
            "Non sei più in {room}.",
            "شما دیگر در {room} نیستید.",
        }
        /// A search goes on in a room that was left.
        not_in_that_room() {
            "You are not in that room any more.",
            "Non sei più in quella stanza.",
            "شما دیگر در آن اتاق نیستید.",
        }
        /// As many messages as may wait.
        too_many_wait() {
            "Too many messages wait to be sent; wait a moment.",
            "Troppi messaggi aspettano di partire; attendi un momento.",
            "پیام‌های زیادی در انتظار ارسال‌اند؛ کمی صبر کنید.",
        }
        /// A text that fits no frame.
        too_long_escaped() {
            "The text is too long with all its quotes and line ends; send it in two parts.",
            "Il testo è troppo lungo con tutte le virgolette e gli a capo; invialo in due parti.",
            "متن با این همه گیومه و خط تازه بیش از اندازه بلند است؛ آن را دو بخش کنید و بفرستید.",
        }
        /// A message that failed is to be sent again.
        no_resend(room) {
            "This cannot be sent again now: you are not in {room}, or too much waits.",
            "Ora non si può inviare di nuovo: non sei in {room}, o troppo aspetta di partire.",
            "این پیام اکنون دوباره فرستاده نمی‌شود: یا در {room} نیستید یا پیام‌های زیادی در انتظارند.",
        }
        /// A name is to be changed at a tutorial's server.
        nick_only_anew() {
            "This kind of server takes another name only when one connects anew.",
            "Questo tipo di server accetta un altro nome solo con una nuova connessione.",
            "این نوع سرور نام دیگر را تنها هنگام اتصال دوباره می‌پذیرد.",
        }
        /// A message is to be changed at a tutorial's server.
        no_changes() {
            "On this kind of server nothing can be corrected or taken back.",
            "Su questo tipo di server niente si può modificare o eliminare.",
            "در این نوع سرور پیامی را نمی‌توان ویرایش یا حذف کرد.",
        }
        /// A search at a tutorial's server.
        no_search() {
            "On this kind of server nothing can be looked for.",
            "Su questo tipo di server niente si può cercare.",
            "در این نوع سرور نمی‌توان جست‌وجو کرد.",
        }
        /// A message is to be made empty.
        edit_is_empty() {
            "There is no text; /delete takes a message back.",
            "Non c’è testo; /delete elimina un messaggio.",
            "متنی ننوشته‌اید؛ برای حذف پیام \u{200E}/delete بنویسید.",
        }
        /// A command means one's newest message, and there is none.
        nothing_own() {
            "There is no message of yours here.",
            "Qui non c’è nessun tuo messaggio.",
            "شما اینجا پیامی ندارید.",
        }
        /// What is to be changed is no message.
        no_message() {
            "This is no message that could be changed.",
            "Questo non è un messaggio che si possa cambiare.",
            "این پیامی نیست که بتوان تغییرش داد.",
        }
        /// What is to be changed is not stored.
        not_stored() {
            "The server has no such message yet.",
            "Il server non ha ancora questo messaggio.",
            "این پیام هنوز به سرور نرسیده است.",
        }
        /// What is to be changed is gone.
        deleted_already() {
            "This message was taken back already.",
            "Questo messaggio è già stato eliminato.",
            "این پیام پیش‌تر حذف شده است.",
        }
        /// What is to be changed is not one's own.
        not_yours() {
            "That is somebody else's message.",
            "È il messaggio di qualcun altro.",
            "این پیام از آنِ کس دیگری است.",
        }
        /// A correction was refused; keeps what was typed.
        not_changed(why, text) {
            "{why} Not changed to: {text}",
            "{why} Non cambiato in: {text}",
            "{why} تغییر نکرد به: {text}",
        }
        /// The history is to be gone back in.
        no_history_now() {
            "The history cannot be read just now; try again in a moment.",
            "Ora la cronologia non si può leggere; riprova tra un momento.",
            "اکنون نمی‌توان تاریخچه را خواند؛ کمی بعد دوباره امتحان کنید.",
        }
        /// A message that was found is not there.
        not_shown() {
            "This message cannot be shown: it was taken back, or the server keeps it no longer.",
            "Questo messaggio non si può mostrare: è stato eliminato, o il server non lo conserva più.",
            "این پیام را نمی‌توان نشان داد: یا حذف شده یا سرور دیگر آن را نگه نمی‌دارد.",
        }
        /// The same, where its neighbours are.
        not_kept() {
            "This message was taken back, or the server keeps it no longer.",
            "Questo messaggio è stato eliminato, o il server non lo conserva più.",
            "این پیام حذف شده یا سرور دیگر آن را نگه نمی‌دارد.",
        }
        /// What was asked for was not answered in time.
        lost_before_answer() {
            "The connection was lost before the server answered.",
            "La connessione si è persa prima che il server rispondesse.",
            "پیش از آنکه سرور پاسخ دهد اتصال قطع شد.",
        }
        /// Too many questions are open.
        unanswered() {
            "The server leaves too much unanswered.",
            "Il server lascia troppe domande senza risposta.",
            "سرور پرسش‌های زیادی را بی‌پاسخ می‌گذارد.",
        }
    }
}
