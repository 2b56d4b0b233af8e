//! What is said where messages are searched, and around one that was found.

parlor_core::phrases! {
    /// What is said where messages are searched, and around one that was found.
    pub(crate) trait FindWords {
        /// The button and field that search.
        search() { "Search", "Cerca", "جست‌وجو" }
        /// What it does.
        search_tip() {
            "Search this room (Ctrl+F)",
            "Cerca in questa stanza (Ctrl+F)",
            "جست‌وجو در این اتاق (Ctrl+F)",
        }
        /// The field.
        search_messages() { "Search messages", "Cerca nei messaggi", "جست‌وجوی پیام‌ها" }
        /// What may be written there.
        search_hint() {
            "Every word must be in the message. \"Words in quotation marks\" stand together; word* finds what begins so.",
            "Ogni parola deve essere nel messaggio. \"Parole tra virgolette\" stanno insieme; parola* trova ciò che inizia così.",
            "همهٔ واژه‌ها باید در پیام باشند. \"واژه‌های درون گیومه\" کنار هم می‌آیند؛ واژه* هر چه را که چنین آغاز شود پیدا می‌کند.",
        }
        /// The button that closes the search.
        close_search() { "Close the search", "Chiudi la ricerca", "بستن جست‌وجو" }
        /// What else closes it.
        close_search_tip() {
            "Close and stay here; Esc goes back to where you were",
            "Chiudi e resta qui; Esc torna dov’eri",
            "بستن و ماندن در همین‌جا؛ Esc شما را به جای پیشین برمی‌گرداند",
        }
        /// In the shown room alone.
        here() { "Here", "Qui", "اینجا" }
        /// The same in a sentence.
        in_room_alone(room) { "In {room} alone", "Solo in {room}", "فقط در {room}" }
        /// In all rooms.
        everywhere() { "Everywhere", "Ovunque", "همه‌جا" }
        /// The same in a sentence.
        everywhere_tip() {
            "In all your rooms and conversations",
            "In tutte le tue stanze e conversazioni",
            "در همهٔ اتاق‌ها و گفت‌وگوهای شما",
        }
        /// The key that searches.
        enter_key() { "Enter", "Invio", "Enter" }
        /// It is being searched.
        searching() { "Searching …", "Ricerca …", "در حال جست‌وجو …" }
        /// Nothing was found in a room.
        not_found_in(query, room) {
            "Nothing was found for “{query}” in {room}.",
            "Nessun risultato per «{query}» in {room}.",
            "برای «{query}» در {room} چیزی پیدا نشد.",
        }
        /// Nothing was found anywhere.
        not_found(query) {
            "Nothing was found for “{query}” anywhere.",
            "Nessun risultato per «{query}».",
            "برای «{query}» هیچ‌جا چیزی پیدا نشد.",
        }
        /// The button that searches all rooms.
        look_everywhere() { "Look everywhere", "Cerca ovunque", "جست‌وجو در همه‌جا" }
        /// What was found.
        one_hit() { "1 message", "1 messaggio", "۱ پیام" }
        /// What was found.
        many_hits(count) { "{count} messages", "{count} messaggi", "{count} پیام" }
        /// There is more.
        and_older(found) {
            "{found}, and there are older ones",
            "{found}, e ce ne sono di più vecchi",
            "{found}، و قدیمی‌تر هم هست",
        }
        /// The button that searches on.
        older_messages() { "Older messages", "Messaggi più vecchi", "پیام‌های قدیمی‌تر" }
        /// What it does.
        older_messages_tip() {
            "Search on, further back",
            "Continua la ricerca, più indietro",
            "ادامهٔ جست‌وجو در پیام‌های پیشین",
        }
        /// A message that was found, for those who hear it.
        hit(who, room, when, text) {
            "{who} in {room}, {when}: {text}",
            "{who} in {room}, {when}: {text}",
            "{who} در {room}، {when}: {text}",
        }
        /// Back from messages that lie far back.
        back_to_log() { "Back to the log", "Torna alla chat", "بازگشت به گفت‌وگو" }
        /// Above messages that lie far back.
        earlier_in(room) { "Earlier in {room}", "Prima, in {room}", "پیش‌تر در {room}" }
        /// The same for those who hear it.
        messages_around(room) {
            "Messages around one in {room}",
            "Messaggi attorno a uno in {room}",
            "پیام‌های پیرامون یک پیام در {room}",
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_phrase_is_said_whole_in_each_language() {
        parlor_core::words::prove(super::FindWords::each);
    }
}
