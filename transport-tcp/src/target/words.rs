//! What is wrong with an address, in the languages that people are spoken to in.

parlor_core::phrases! {
    /// What is wrong with an address. `like` is one that is right.
    pub(super) trait Words {
        /// Nothing was written.
        address_empty(like) {
            "The address is empty; write one like {like}.",
            "L’indirizzo è vuoto; scrivine uno come {like}.",
            "نشانی خالی است؛ نشانی‌ای مانند \u{2066}{like}\u{2069} بنویسید.",
        }
        /// Nothing valid comes near that length.
        address_too_long(bytes, like) {
            "The address is longer than {bytes} bytes; write one like {like}.",
            "L’indirizzo supera {bytes} byte; scrivine uno come {like}.",
            "نشانی از {bytes} بایت بلندتر است؛ نشانی‌ای مانند \u{2066}{like}\u{2069} بنویسید.",
        }
        /// There is a name or password before the host.
        address_with_user(like) {
            "An address holds no user name or password; write one like {like}.",
            "Un indirizzo non contiene nome utente né password; scrivine uno come {like}.",
            "در نشانی نام کاربری یا گذرواژه نمی‌آید؛ نشانی‌ای مانند \u{2066}{like}\u{2069} بنویسید.",
        }
        /// There is a question mark.
        address_with_query(like) {
            "An address has nothing after a question mark; write one like {like}.",
            "Un indirizzo non ha niente dopo un punto interrogativo; scrivine uno come {like}.",
            "در نشانی پس از علامت سؤال چیزی نمی‌آید؛ نشانی‌ای مانند \u{2066}{like}\u{2069} بنویسید.",
        }
        /// There is no host, or none that can be one.
        address_without_host(text, like) {
            "The address {text} names no host; write one like {like}.",
            "L’indirizzo {text} non nomina nessun server; scrivine uno come {like}.",
            "نشانی \u{2068}{text}\u{2069} سروری را نام نمی‌برد؛ نشانی‌ای مانند \u{2066}{like}\u{2069} بنویسید.",
        }
        /// There is no scheme.
        address_without_scheme(text, like) {
            "The address {text} does not say what is spoken there; write {like}.",
            "L’indirizzo {text} non dice che protocollo si usa lì; scrivi {like}.",
            "نشانی \u{2068}{text}\u{2069} نمی‌گوید آنجا با چه قراردادی سخن گفته می‌شود؛ بنویسید \u{2066}{like}\u{2069}.",
        }
        /// There is another one.
        scheme_unknown(scheme, like) {
            "Nothing here speaks {scheme}; use parlor, nic or prompt, as in {like}.",
            "Qui niente parla {scheme}; usa parlor, nic o prompt, come in {like}.",
            "قرارداد \u{2068}{scheme}\u{2069} اینجا شناخته نیست؛ از parlor، nic یا prompt استفاده کنید، مانند \u{2066}{like}\u{2069}.",
        }
        /// The port is none.
        address_port(text, like) {
            "The port in {text} is not a number from 0 to 65535; write an address like {like}.",
            "La porta in {text} non è un numero da 0 a 65535; scrivi un indirizzo come {like}.",
            "درگاه \u{2068}{text}\u{2069} عددی از ۰ تا ۶۵۵۳۵ نیست؛ نشانی‌ای مانند \u{2066}{like}\u{2069} بنویسید.",
        }
        /// What is in brackets is no address of IPv6.
        address_ipv6(text, like) {
            "The IPv6 address in {text} is not one; write it in brackets, as in {like}.",
            "L’indirizzo IPv6 in {text} non è valido; scrivilo tra parentesi, come in {like}.",
            "نشانی آی‌پی نسخهٔ ۶ در \u{2068}{text}\u{2069} درست نیست؛ آن را در کروشه بنویسید، مانند \u{2066}{like}\u{2069}.",
        }
        /// It is no URL.
        address_unreadable(text, like) {
            "The address {text} cannot be read; write one like {like}.",
            "L’indirizzo {text} non si capisce; scrivine uno come {like}.",
            "نشانی \u{2068}{text}\u{2069} خوانده نمی‌شود؛ نشانی‌ای مانند \u{2066}{like}\u{2069} بنویسید.",
        }
        /// There is more than one room.
        address_rooms(like) {
            "An address names one room; write one like {like}.",
            "Un indirizzo nomina una sola stanza; scrivine uno come {like}.",
            "نشانی تنها یک اتاق را نام می‌برد؛ نشانی‌ای مانند \u{2066}{like}\u{2069} بنویسید.",
        }
        /// There is a room, at a tutorial's server.
        address_no_rooms(scheme, like) {
            "A {scheme} server has no rooms; write {like}.",
            "Un server {scheme} non ha stanze; scrivi {like}.",
            "سرور {scheme} اتاق ندارد؛ بنویسید \u{2066}{like}\u{2069}.",
        }
        /// The room's name is no text.
        address_room_not_text(like) {
            "The room's name is not UTF-8; write an address like {like}.",
            "Il nome della stanza non è UTF-8; scrivi un indirizzo come {like}.",
            "نام اتاق متن درستی نیست؛ نشانی‌ای مانند \u{2066}{like}\u{2069} بنویسید.",
        }
        /// It cannot be a name; the reason is a sentence.
        address_room_bad(room, why, like) {
            "The room {room} cannot be: {why} Write an address like {like}.",
            "La stanza {room} non può esistere: {why} Scrivi un indirizzo come {like}.",
            "اتاق \u{2068}{room}\u{2069} نمی‌تواند باشد: {why} نشانی‌ای مانند \u{2066}{like}\u{2069} بنویسید.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_said_in_each_language() {
        parlor_core::words::prove(Words::each);
    }
}
