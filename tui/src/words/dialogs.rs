//! What the dialogs, the search and the settings say.

parlor_core::phrases! {
    /// What the dialogs, the search and the settings say.
    pub trait Dialogs {
        /// What kind of server.
        kind() { "Kind", "Tipo", "نوع" }
        /// What the keys do there.
        connect_keys() {
            "Enter: connect. Tab: next. ← →: choose. Ctrl+Q: quit.",
            "Invio: connetti. Tab: avanti. ← →: scegli. Ctrl+Q: esci.",
            "Enter: اتصال. Tab: بعدی. ← →: انتخاب. Ctrl+Q: خروج.",
        }
        /// A field is missing.
        fill_in() { "Please fill in every field.", "Compila tutti i campi.", "لطفاً همهٔ خانه‌ها را پر کنید." }
        /// There is no host.
        no_host(example) {
            "Please enter the server's name or address, for example {example}.",
            "Inserisci il nome o l’indirizzo del server, per esempio {example}.",
            "نام یا نشانی سرور را بنویسید، مثلاً \u{200E}{example}\u{200E}.",
        }
        /// There is no nickname.
        no_nick() {
            "Please choose a nickname; it is what others see.",
            "Scegli un nickname: è quello che vedono gli altri.",
            "نام مستعاری انتخاب کنید؛ دیگران آن را می‌بینند.",
        }
        /// Title where a nickname was refused.
        another_nick() { "Choose another nickname", "Scegli un altro nickname", "نام مستعار دیگری انتخاب کنید" }
        /// A nickname without anything.
        nick_empty() {
            "A nickname needs at least one letter.",
            "Un nickname ha almeno una lettera.",
            "نام مستعار دست‌کم یک حرف دارد.",
        }
        /// What the keys do where the server asks.
        answer_keys() {
            "Enter: continue. Ctrl+Q: quit.",
            "Invio: continua. Ctrl+Q: esci.",
            "Enter: ادامه. Ctrl+Q: خروج.",
        }
        /// Title of the room switcher.
        go_to() { "Go to a room", "Vai a una stanza", "رفتن به اتاق" }
        /// What the keys do there.
        go_to_keys() { "Enter: go. Esc: back.", "Invio: vai. Esc: indietro.", "Enter: رفتن. Esc: بازگشت." }
        /// No room's name holds what was typed.
        no_room() {
            "No room has that name. Enter: join it.",
            "Nessuna stanza si chiama così. Invio: entra.",
            "اتاقی به این نام نیست. Enter: ورود به آن.",
        }
        /// What the empty line of the search says.
        words_to_find() { "Words to look for", "Parole da cercare", "واژه‌هایی برای جست‌وجو" }
        /// Title of the search.
        search_here(room) { "Search in {room}", "Cerca in {room}", "جست‌وجو در {room}" }
        /// The same everywhere.
        search_everywhere() { "Search everywhere", "Cerca ovunque", "جست‌وجو در همه‌جا" }
        /// What Tab does there.
        tab_here() { "Tab: in this room ", "Tab: in questa stanza ", "Tab: در این اتاق " }
        /// The same.
        tab_everywhere() { "Tab: everywhere ", "Tab: ovunque ", "Tab: همه‌جا " }
        /// What Escape does.
        back() { "Esc: back ", "Esc: indietro ", "Esc: بازگشت " }
        /// Nothing was looked for yet.
        enter_searches() { "Enter: search", "Invio: cerca", "Enter: جست‌وجو" }
        /// It is being looked for.
        looking() { "Searching …", "Ricerca …", "در حال جست‌وجو …" }
        /// There is none.
        nothing_found() { "Nothing was found.", "Nessun risultato.", "چیزی پیدا نشد." }
        /// So many.
        found(count) {
            "{count} found; Enter: go there",
            "{count} trovati; Invio: vai",
            "{count} مورد؛ Enter: رفتن",
        }
        /// So many, and there are older ones.
        found_more(count) {
            "{count} found; Enter: go there; PageUp: older",
            "{count} trovati; Invio: vai; PagSu: più vecchi",
            "{count} مورد؛ Enter: رفتن؛ PageUp: قدیمی‌ترها",
        }
        /// So many, and nobody to ask just now.
        found_offline(count) {
            "{count} found (offline); Enter: go there",
            "{count} trovati (non connesso); Invio: vai",
            "{count} مورد (اتصال قطع است)؛ Enter: رفتن",
        }
        /// Title over what stands around a message.
        around(room) {
            "Around a message in {room}",
            "Messaggi attorno a uno in {room}",
            "پیام‌های پیرامون یک پیام در {room}",
        }
        /// It is on its way.
        reading() { "Loading …", "Caricamento …", "در حال دریافت …" }
        /// It is there.
        from_long_ago() {
            "Too far back for the log: read it here",
            "È di tanto tempo fa: leggi qui",
            "از مدت‌ها پیش؛ همین‌جا بخوانید",
        }
        /// Title of the help.
        help() { "Help", "Aiuto", "راهنما" }
        /// Below a page that does not fit.
        more_back() { "Down: more, Esc: back", "Giù: altro, Esc: indietro", "Down: ادامه، Esc: بازگشت" }
        /// Below a page that fits.
        page_back() { "Esc: back", "Esc: indietro", "Esc: بازگشت" }
        /// Title of the settings.
        settings() { "Settings", "Impostazioni", "تنظیمات" }
        /// Below the list of settings; `path` is the file.
        settings_kept(path) {
            "/set KEY VALUE changes one. They are kept in {path}.",
            "/set CHIAVE VALORE ne cambia una. Sono in {path}.",
            "\u{200E}/set KEY VALUE\u{200E} یکی را تغییر می‌دهد. جای نگه‌داری: \u{200E}{path}\u{200E}",
        }
        /// What was set.
        setting_is(key, value) {
            "{key} is now {value}.",
            "{key} ora è {value}.",
            "\u{200E}{key}\u{200E} اکنون \u{200E}{value}\u{200E} است.",
        }
        /// There is no such key.
        setting_none(key) {
            "There is no setting {key}; /set lists them.",
            "Non c’è nessuna impostazione {key}; /set le elenca.",
            "تنظیمی به نام {key} نیست؛ \u{200E}/set\u{200E} همه را نشان می‌دهد.",
        }
        /// Set, but not kept: the sentence says why.
        setting_not_kept(why) {
            "For this session only: {why}",
            "Solo per ora: {why}",
            "فقط برای این بار: {why}",
        }
        /// What holds from the next start on.
        setting_later(key) {
            "{key} takes effect at the next start.",
            "{key} vale dal prossimo avvio.",
            "\u{200E}{key}\u{200E} از اجرای بعد به کار می‌رود.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        parlor_core::words::prove(Dialogs::each);
    }
}
