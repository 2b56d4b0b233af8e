//! What is wrong, in the languages that a protocol does not speak: on the wire and in errors every sentence is English.

use alloc::format;
use alloc::string::{String, ToString};

use super::Language;
use crate::name::{BadName, NAME_BYTES_MAX, NAME_GRAPHEMES_MAX};
use crate::search::{BadQuery, QUERY_BYTES_MAX, QUERY_WORDS_MAX};
use crate::text::BadText;
use crate::vocabulary::{Code, Reason};

impl Language {
    /// Why a text is no name.
    pub fn bad_name(self, bad: BadName) -> String {
        let (most, bytes) = (self.digits(NAME_GRAPHEMES_MAX), self.digits(NAME_BYTES_MAX));
        match (self, bad) {
            (Self::English, _) => bad.to_string(),
            (Self::Italian, BadName::Empty) => "Un nome ha almeno una lettera.".into(),
            (Self::Persian, BadName::Empty) => "نام دست‌کم یک حرف دارد.".into(),
            (Self::Italian, BadName::TooLong) => {
                format!("Un nome ha al massimo {most} lettere ({bytes} byte); scegline uno più corto.")
            }
            (Self::Persian, BadName::TooLong) => {
                format!("نام حداکثر {most} حرف دارد ({bytes} بایت)؛ نام کوتاه‌تری انتخاب کنید.")
            }
            (Self::Italian, BadName::Character(c)) if c.is_whitespace() => {
                "Un nome non ha spazi; al loro posto scrivi _.".into()
            }
            (Self::Persian, BadName::Character(c)) if c.is_whitespace() => {
                "نام فاصله ندارد؛ به جای آن _ بنویسید.".into()
            }
            (Self::Italian, BadName::Character(c)) => {
                format!("Un nome ha solo lettere, cifre e _ - . [ ] ^, non {}.", shown(c))
            }
            (Self::Persian, BadName::Character(c)) => {
                format!("نام تنها حرف، رقم و \u{200E}_ - . [ ] ^\u{200E} دارد، نه {}.", shown(c))
            }
            (Self::Italian, BadName::LeadingMark) => "Un nome comincia con una lettera, non con un accento.".into(),
            (Self::Persian, BadName::LeadingMark) => "نام با حرف آغاز می‌شود، نه با اعراب.".into(),
        }
    }

    /// Why a text cannot be sent.
    pub fn bad_text(self, bad: BadText) -> String {
        match (self, bad) {
            (Self::English, _) => bad.to_string(),
            (Self::Italian, BadText::Empty) => "Un messaggio vuoto non si invia.".into(),
            (Self::Persian, BadText::Empty) => "پیام خالی فرستاده نمی‌شود.".into(),
            (Self::Italian, BadText::TooLong(max)) => format!("Il testo è troppo lungo; al massimo {max} byte."),
            (Self::Persian, BadText::TooLong(max)) => {
                format!("متن بیش از اندازه بلند است؛ حداکثر {} بایت.", self.digits(max))
            }
            (Self::Italian, BadText::Control(c)) => {
                format!("Il testo contiene il carattere di controllo {}; toglilo e invia di nuovo.", code_point(c))
            }
            (Self::Persian, BadText::Control(c)) => {
                format!("در متن نویسهٔ کنترلی {} هست؛ آن را بردارید و دوباره بفرستید.", code_point(c))
            }
        }
    }

    /// Why nothing can be looked for with a text.
    pub fn bad_query(self, bad: BadQuery) -> String {
        let (bytes, words) = (self.digits(QUERY_BYTES_MAX), self.digits(QUERY_WORDS_MAX));
        match (self, bad) {
            (Self::English, _) => bad.to_string(),
            (Self::Italian, BadQuery::Empty) => "Scrivi almeno una parola da cercare.".into(),
            (Self::Persian, BadQuery::Empty) => "دست‌کم یک واژه برای جست‌وجو بنویسید.".into(),
            (Self::Italian, BadQuery::TooLong) => {
                format!("La ricerca è troppo lunga; al massimo {bytes} byte. Cerca meno parole.")
            }
            (Self::Persian, BadQuery::TooLong) => {
                format!("عبارت جست‌وجو بیش از اندازه بلند است؛ حداکثر {bytes} بایت. واژه‌های کمتری بنویسید.")
            }
            (Self::Italian, BadQuery::TooManyWords) => {
                format!("La ricerca ha troppe parole; al massimo {words}. Cercane meno.")
            }
            (Self::Persian, BadQuery::TooManyWords) => {
                format!("عبارت جست‌وجو واژه‌های زیادی دارد؛ حداکثر {words} تا. واژه‌های کمتری بنویسید.")
            }
        }
    }

    /// What a server's refusal means. `None` where its own sentence is better: in English, and for a code that this
    /// version does not know.
    pub const fn refusal(self, code: Code) -> Option<&'static str> {
        let (italian, persian) = match code {
            Code::BadUtf8 => ("Il testo non è UTF-8 valido.", "این متن UTF-8 درستی نیست."),
            Code::BadFrame | Code::UnknownFrame => {
                ("Il server non capisce ciò che questo programma ha inviato.", "سرور آنچه را این برنامه فرستاد نفهمید.")
            }
            Code::FrameTooLong | Code::TooLong => {
                ("È troppo lungo per il server; accorcialo.", "این برای سرور بیش از اندازه بلند است؛ کوتاهش کنید.")
            }
            Code::AlreadyWelcome => ("Sei già dentro.", "شما پیش‌تر وارد شده‌اید."),
            Code::NickTaken => (
                "Questo nome è già di qualcuno, o gli somiglia troppo; scegline un altro.",
                "این نام از آنِ کس دیگری است یا به آن بسیار شبیه است؛ نام دیگری انتخاب کنید.",
            ),
            Code::BadNick => {
                ("Questo nome non va; scegline un altro.", "این نام پذیرفتنی نیست؛ نام دیگری انتخاب کنید.")
            }
            Code::BadRoom => (
                "Una stanza non si può chiamare così; scegli un altro nome.",
                "اتاق را نمی‌توان چنین نامید؛ نام دیگری انتخاب کنید.",
            ),
            Code::BadText => ("Il server non accetta questo testo.", "سرور این متن را نمی‌پذیرد."),
            Code::NotInRoom => ("Non sei in quella stanza.", "شما در آن اتاق نیستید."),
            Code::NoSuchNick => ("Non c’è nessuno con questo nome.", "کسی با این نام نیست."),
            Code::NoSuchRoom => ("Non c’è nessuna stanza così.", "چنین اتاقی وجود ندارد."),
            Code::NoSuchMessage => {
                ("Qui non c’è nessun messaggio così, o è stato eliminato.", "چنین پیامی اینجا نیست یا حذف شده است.")
            }
            Code::NotYours => ("È il messaggio di qualcun altro.", "این پیام از آنِ کس دیگری است."),
            Code::BadQuery => {
                ("Questo non si può cercare; scrivi altre parole.", "این را نمی‌توان جست‌وجو کرد؛ واژه‌های دیگری بنویسید.")
            }
            Code::NotHere => ("Qui questo non si può fare.", "این کار اینجا شدنی نیست."),
            Code::NotOperator => {
                ("Questo lo può fare solo chi gestisce la stanza.", "این کار را تنها مدیر اتاق می‌تواند انجام دهد.")
            }
            Code::Muted => ("Qui ti è stata tolta la parola.", "شما را اینجا ساکت کرده‌اند."),
            Code::PasswordRequired => ("Questo server chiede una password.", "این سرور گذرواژه می‌خواهد."),
            Code::BadPassword => ("Non è la password del server.", "گذرواژهٔ سرور این نیست."),
            Code::RateLimited => {
                ("Troppo in fretta; attendi un momento e riprova.", "خیلی سریع بود؛ کمی صبر کنید و دوباره امتحان کنید.")
            }
            Code::TooManyRooms => {
                ("Hai già tutte le stanze che si possono avere.", "نمی‌توانید در اتاق‌های بیشتری باشید.")
            }
            Code::ServerFull => ("Il server ha già tutte le stanze che può avere.", "سرور جای اتاق‌های بیشتری ندارد."),
            Code::Unavailable => (
                "Ora il server non ci riesce; riprova tra un momento.",
                "سرور اکنون از عهدهٔ این کار برنمی‌آید؛ کمی بعد دوباره امتحان کنید.",
            ),
            Code::Other => return None,
        };
        self.other(italian, persian)
    }

    /// Why a server ended the connection. `None` where its own sentence is better, as with [`Language::refusal`].
    pub const fn farewell(self, reason: Reason) -> Option<&'static str> {
        let (italian, persian) = match reason {
            Reason::Quit => ("Arrivederci.", "خدانگهدار."),
            Reason::Replaced => (
                "Il tuo nome è connesso da troppi posti; questa connessione, la più vecchia, è stata chiusa.",
                "از جاهای زیادی متصل شده‌اید؛ این اتصال که از همه قدیمی‌تر بود بسته شد.",
            ),
            Reason::SlowReader => (
                "La tua connessione era troppo lenta per stare dietro ai messaggi.",
                "اتصال شما کندتر از آن بود که به پیام‌ها برسد.",
            ),
            Reason::Stalled => {
                ("La tua connessione non ha ricevuto dati per troppo tempo.", "اتصال شما مدت زیادی داده‌ای نگرفت.")
            }
            Reason::Shutdown => ("Il server si spegne.", "سرور خاموش می‌شود."),
            Reason::Version => (
                "Questo server parla un’altra versione del protocollo; usa un programma che la parli.",
                "این سرور نسخهٔ دیگری از پروتکل را دارد؛ برنامه‌ای به کار ببرید که آن را بشناسد.",
            ),
            Reason::HelloFirst => {
                ("Il server non capisce come questo programma si presenta.", "سرور سلام این برنامه را نفهمید.")
            }
            Reason::HandshakeTimeout => ("La presentazione non è arrivata in tempo.", "معرفی شما به‌موقع نرسید."),
            Reason::HandshakeRefused => (
                "Troppi tentativi; connettiti di nuovo con un altro nome o un’altra password.",
                "تلاش‌ها از اندازه گذشت؛ با نام یا گذرواژهٔ دیگری دوباره متصل شوید.",
            ),
            Reason::PingTimeout => ("Non hai risposto per troppo tempo.", "مدت زیادی پاسخی از شما نرسید."),
            Reason::Faults => {
                ("Questo programma ha inviato troppe cose sbagliate.", "این برنامه چیزهای نادرست زیادی فرستاد.")
            }
            Reason::Http | Reason::OtherPort => (
                "Questa porta è per altri programmi; uno di Parlor si connette a un’altra, di solito la 7667.",
                "این درگاه برای برنامه‌های دیگری است؛ برنامه‌های Parlor به درگاه دیگری وصل می‌شوند، معمولاً ۷۶۶۷.",
            ),
            Reason::Tls => {
                ("Questa porta non è cifrata; connettiti senza TLS.", "این درگاه رمزگذاری ندارد؛ بدون TLS متصل شوید.")
            }
            Reason::ServerFull => ("Il server è pieno; riprova più tardi.", "سرور پر است؛ بعداً دوباره امتحان کنید."),
            Reason::AddressFull => (
                "Dal tuo indirizzo ci sono troppe connessioni; chiudine una e riprova.",
                "از نشانی شما اتصال‌های زیادی برقرار است؛ یکی را ببندید و دوباره امتحان کنید.",
            ),
            Reason::PasswordRequired => (
                "Questo server chiede una password, che questo tipo di programma non può dare; usane uno di Parlor.",
                "این سرور گذرواژه‌ای می‌خواهد که این نوع برنامه نمی‌تواند بدهد؛ برنامه‌های Parlor می‌توانند.",
            ),
            Reason::Lost => ("La connessione si è persa.", "اتصال قطع شد."),
            Reason::Other => return None,
        };
        self.other(italian, persian)
    }

    const fn other(self, italian: &'static str, persian: &'static str) -> Option<&'static str> {
        match self {
            Self::English => None,
            Self::Italian => Some(italian),
            Self::Persian => Some(persian),
        }
    }
}

/// A character as it can be put into a sentence.
fn shown(c: char) -> String {
    if crate::name::is_printable(c) { c.into() } else { code_point(c) }
}

/// What a character is called that cannot be shown.
fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::text::{Direction, direction};

    /// Everything that is said here in a language; where the server says it best, what it is about.
    fn all(language: Language) -> Vec<String> {
        let names = [BadName::Empty, BadName::TooLong, BadName::Character(' '), BadName::Character('@')];
        let names = names.into_iter().chain([BadName::Character('\u{1b}'), BadName::LeadingMark]);
        let texts = [BadText::Empty, BadText::TooLong(8192), BadText::Control('\u{1b}')];
        let queries = [BadQuery::Empty, BadQuery::TooLong, BadQuery::TooManyWords];
        let mut all: Vec<String> = names.map(|bad| language.bad_name(bad)).collect();
        all.extend(texts.map(|bad| language.bad_text(bad)));
        all.extend(queries.map(|bad| language.bad_query(bad)));
        all.extend(Code::ALL.iter().map(|code| language.refusal(*code).unwrap_or(code.as_str()).to_string()));
        all.extend(Reason::ALL.iter().map(|reason| language.farewell(*reason).unwrap_or(reason.as_str()).to_string()));
        all
    }

    #[test]
    fn everything_that_is_wrong_is_said_in_each_language() {
        let [english, italian, persian] = Language::ALL.map(all);
        for ((english, italian), persian) in english.iter().zip(&italian).zip(&persian) {
            assert!(!italian.is_empty());
            assert_ne!(italian, english);
            assert_eq!(direction(persian), Some(Direction::RightToLeft), "{persian}");
            // What has no Persian name.
            let persian = persian.replace("UTF-8", "").replace("U+001B", "");
            assert_eq!(crate::words::fault(Language::Persian, &[], &persian), None, "{persian}");
        }
    }

    #[test]
    fn in_english_and_where_the_code_is_unknown_the_server_says_it_best() {
        assert_eq!(Language::English.refusal(Code::Muted), None);
        assert_eq!(Language::English.farewell(Reason::Shutdown), None);
        assert_eq!(Language::Persian.refusal(Code::Other), None);
        assert_eq!(Language::Italian.farewell(Reason::Other), None);
        assert_eq!(Language::Italian.refusal(Code::Muted), Some("Qui ti è stata tolta la parola."));
    }

    #[test]
    fn what_cannot_be_shown_is_called_by_its_number() {
        assert!(Language::Italian.bad_name(BadName::Character('@')).ends_with("non @."));
        assert!(Language::Italian.bad_name(BadName::Character('\u{1b}')).ends_with("non U+001B."));
        assert!(Language::Persian.bad_text(BadText::TooLong(8192)).contains("۸۱۹۲"));
    }
}
