//! What is said of the connection to the server.

crate::phrases! {
    /// What is said of the connection to the server.
    pub(in crate::client) trait LinkWords {
        /// A server that is none of ours.
        wrong_server() {
            "This server speaks another protocol; check the kind of server, the address and the port.",
            "Questo server parla un altro protocollo; controlla tipo di server, indirizzo e porta.",
            "این سرور پروتکل دیگری دارد؛ نوع سرور، نشانی و درگاه را بررسی کنید.",
        }
        /// A server that does not answer a greeting.
        no_greeting() {
            "The server does not answer as this kind of server does; check the kind, the address and the port.",
            "Il server non risponde come questo tipo di server; controlla tipo, indirizzo e porta.",
            "پاسخ سرور با این نوع سرور جور نیست؛ نوع سرور، نشانی و درگاه را بررسی کنید.",
        }
        /// A server that makes no sense.
        not_understood() {
            "The server sends what this program does not understand.",
            "Il server manda cose che questo programma non capisce.",
            "سرور چیزهایی می‌فرستد که این برنامه نمی‌فهمد.",
        }
        /// A server that does not read.
        takes_nothing() {
            "The server takes nothing any more.",
            "Il server non riceve più niente.",
            "سرور دیگر چیزی دریافت نمی‌کند.",
        }
        /// A server that does not answer pings.
        silent() {
            "The server has not answered for too long.",
            "Il server non risponde da troppo tempo.",
            "سرور مدت زیادی است که پاسخ نمی‌دهد.",
        }
        /// A tutorial's server asks again.
        nick_refused() {
            "The server does not take this name; choose another one.",
            "Il server non accetta questo nome; scegline un altro.",
            "سرور این نام را نمی‌پذیرد؛ نام دیگری انتخاب کنید.",
        }
        /// A tutorial's server ends.
        goodbye() { "The server said goodbye.", "Il server ha salutato.", "سرور خداحافظی کرد." }
        /// See [`crate::client::Loss`], as what follows.
        lost_closed() {
            "the server closed the connection",
            "il server ha chiuso la connessione",
            "سرور اتصال را بست",
        }
        /// Reset.
        lost_broken() {
            "the server broke the connection off",
            "il server ha interrotto la connessione",
            "سرور اتصال را قطع کرد",
        }
        /// Timed out.
        lost_silent() {
            "the server does not answer any more",
            "il server non risponde più",
            "سرور دیگر پاسخ نمی‌دهد",
        }
        /// Unplugged.
        lost_network() { "the network is gone", "la rete non c’è più", "شبکه قطع شده است" }
        /// Anything else.
        lost_failed(why) {
            "the connection failed: {why}",
            "la connessione è fallita: {why}",
            "اتصال از کار افتاد: {why}",
        }
        /// Not found.
        no_address(host) {
            "there is no address for {host}; check the name, and whether you are online",
            "non c’è nessun indirizzo per {host}; controlla il nome e se sei in rete",
            "برای {host} نشانی‌ای پیدا نشد؛ نام را بررسی کنید و ببینید آنلاین هستید یا نه",
        }
        /// Refused.
        nobody_answers(at) {
            "nobody answers at {at}; is the server running?",
            "nessuno risponde a {at}; il server è acceso?",
            "در {at} کسی پاسخ نمی‌دهد؛ آیا سرور روشن است؟",
        }
        /// Too late.
        no_answer(at, seconds) {
            "{at} did not answer within {seconds} s; is the address right?",
            "{at} non ha risposto entro {seconds} s; l’indirizzo è giusto?",
            "سرور {at} تا {seconds} ثانیه پاسخ نداد؛ آیا نشانی درست است؟",
        }
        /// No way there.
        unreachable(at) {
            "{at} cannot be reached from here; are you online?",
            "{at} non si raggiunge da qui; sei in rete?",
            "از اینجا به {at} راهی نیست؛ آیا آنلاین هستید؟",
        }
        /// Anything else while dialling.
        not_connected(at, why) {
            "no connection to {at}: {why}",
            "nessuna connessione a {at}: {why}",
            "اتصال به {at} برقرار نشد: {why}",
        }
        /// A port that nobody can listen on.
        no_port(host, zero) {
            "port {zero} is for servers; name the port that {host} listens on",
            "la porta {zero} è per i server; indica la porta su cui {host} ascolta",
            "درگاه {zero} برای سرورهاست؛ درگاهی را بنویسید که {host} به آن گوش می‌دهد",
        }
    }
}
