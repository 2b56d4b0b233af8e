//! What is said of a message that is chosen, and of the keys that choose it.

parlor_core::phrases! {
    /// What is said of a message that is chosen, and of the keys that choose it.
    pub(crate) trait RowWords {
        /// In the menu of a message: opens a link in it.
        follow_link(address) { "Open {address}", "Apri {address}", "باز کردن {address}" }
        /// In the menu of a message: shows what it answers.
        go_to_answered() {
            "Go to the message it answers",
            "Vai al messaggio a cui risponde",
            "رفتن به پیامی که پاسخ آن است",
        }
        /// Alt and letters.
        key_pick() {
            "choose the message above, below",
            "scegli il messaggio sopra, sotto",
            "انتخاب پیام بالایی، پایینی",
        }
        /// Where Enter does that.
        on_chosen() { "Enter on a chosen message", "Invio su un messaggio scelto", "Enter روی پیام انتخاب‌شده" }
        /// What Enter does there.
        key_deeds() { "what can be done with it", "che cosa farne", "کارهای ممکن با آن" }
        /// Alt and R.
        key_answer() {
            "reply to the chosen or newest message",
            "rispondi al messaggio scelto o all’ultimo",
            "پاسخ به پیام انتخاب‌شده یا تازه‌ترین",
        }
        /// Ctrl and C.
        key_copy() {
            "copy what is selected, or the chosen message",
            "copia la selezione, o il messaggio scelto",
            "کپی متن انتخاب‌شده، یا پیام انتخاب‌شده",
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_phrase_is_said_whole_in_each_language() {
        parlor_core::words::prove(super::RowWords::each);
    }
}
