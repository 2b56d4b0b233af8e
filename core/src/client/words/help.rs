//! What `/help` says.

use crate::words::Language;

/// What can be typed at a native server.
pub(in crate::client) const fn native(language: Language) -> &'static str {
    match language {
        Language::English => {
            "What you can type:
  /join ROOM             enter a room, or make it
  /part [REASON]         leave this room
  /msg NICK [TEXT]       talk to somebody alone
  /me TEXT               say what you do
  /nick NAME             take another name
  /reply TEXT            answer what was said here last
  /edit TEXT             correct the last thing you said here
  /delete                take it back
  /search WORDS          look for what was said, everywhere
  /find WORDS            look for it in this room
  /topic [TEXT]          set what this room is about
  /rooms                 list the rooms
  /names                 list who is here
  /kick NICK [REASON]    put somebody out of this room
  /mute NICK [REASON]    silence somebody in this room
  /unmute NICK           let them speak again
  /ignore NICK           hide what somebody says
  /unignore NICK         show it again
  /away TEXT             tell that you are away, and why
  /back                  tell that you are back
  /quit                  say goodbye and leave
  //text                 say something that begins with a slash"
        }
        Language::Italian => {
            "Cosa puoi scrivere:
  /join STANZA           entra in una stanza, o la crea
  /part [MOTIVO]         lascia questa stanza
  /msg NOME [TESTO]      parla con qualcuno a quattr’occhi
  /me TESTO              dice cosa fai
  /nick NOME             prende un altro nome
  /reply TESTO           risponde a ciò che qui si è detto per ultimo
  /edit TESTO            modifica il tuo ultimo messaggio qui
  /delete                lo elimina
  /search PAROLE         cerca in tutto ciò che è stato detto
  /find PAROLE           cerca in questa stanza
  /topic [TESTO]         dice di cosa si parla in questa stanza
  /rooms                 elenca le stanze
  /names                 elenca chi è qui
  /kick NOME [MOTIVO]    allontana qualcuno da questa stanza
  /mute NOME [MOTIVO]    toglie la parola a qualcuno in questa stanza
  /unmute NOME           gliela ridà
  /ignore NOME           nasconde ciò che qualcuno scrive
  /unignore NOME         lo mostra di nuovo
  /away TESTO            dice che non ci sei, e perché
  /back                  dice che sei di nuovo qui
  /quit                  saluta ed esce
  //testo                dice qualcosa che comincia con una barra"
        }
        Language::Persian => {
            "چیزهایی که می‌توانید بنویسید:
  \u{200E}/join اتاق             وارد اتاقی شوید یا آن را بسازید
  \u{200E}/part [دلیل]           این اتاق را ترک کنید
  \u{200E}/msg نام [متن]         با کسی خصوصی گفت‌وگو کنید
  \u{200E}/me متن                بگویید چه می‌کنید
  \u{200E}/nick نام              نام دیگری انتخاب کنید
  \u{200E}/reply متن             به آخرین پیام دیگران در اینجا پاسخ دهید
  \u{200E}/edit متن              آخرین پیام خود را در اینجا ویرایش کنید
  \u{200E}/delete                آن را حذف کنید
  \u{200E}/search واژه‌ها         در همه‌جا جست‌وجو کنید
  \u{200E}/find واژه‌ها           در این اتاق جست‌وجو کنید
  \u{200E}/topic [متن]           موضوع این اتاق را تعیین کنید
  \u{200E}/rooms                 فهرست اتاق‌ها
  \u{200E}/names                 فهرست کسانی که اینجا هستند
  \u{200E}/kick نام [دلیل]       کسی را از این اتاق بیرون کنید
  \u{200E}/mute نام [دلیل]       کسی را در این اتاق ساکت کنید
  \u{200E}/unmute نام            بگذارید دوباره صحبت کند
  \u{200E}/ignore نام            گفته‌های کسی را پنهان کنید
  \u{200E}/unignore نام          دوباره نشانشان دهید
  \u{200E}/away متن              بگویید که نیستید و چرا
  \u{200E}/back                  بگویید که برگشتید
  \u{200E}/quit                  خداحافظی کنید و بروید
  \u{200E}//متن                  متنی بنویسید که با خط کج آغاز می‌شود"
        }
    }
}

/// What can be typed at a tutorial's server.
pub(in crate::client) const fn tutorial(language: Language) -> &'static str {
    match language {
        Language::English => {
            "What you can type here:
  /me TEXT               say what you do
  /names                 list who was seen
  /ignore NICK           hide what somebody says
  /unignore NICK         show it again
  /quit                  say goodbye and leave
  //text                 say something that begins with a slash"
        }
        Language::Italian => {
            "Cosa puoi scrivere qui:
  /me TESTO              dice cosa fai
  /names                 elenca chi si è visto
  /ignore NOME           nasconde ciò che qualcuno scrive
  /unignore NOME         lo mostra di nuovo
  /quit                  saluta ed esce
  //testo                dice qualcosa che comincia con una barra"
        }
        Language::Persian => {
            "چیزهایی که اینجا می‌توانید بنویسید:
  \u{200E}/me متن                بگویید چه می‌کنید
  \u{200E}/names                 فهرست کسانی که دیده شده‌اند
  \u{200E}/ignore نام            گفته‌های کسی را پنهان کنید
  \u{200E}/unignore نام          دوباره نشانشان دهید
  \u{200E}/quit                  خداحافظی کنید و بروید
  \u{200E}//متن                  متنی بنویسید که با خط کج آغاز می‌شود"
        }
    }
}

/// The commands that a help lists, without their slash: the first words of its lines, but for what only escapes a slash.
pub(in crate::client) fn commands(help: &'static str) -> impl Iterator<Item = &'static str> {
    help.lines()
        .filter_map(|line| line.trim_start_matches([' ', '\u{200E}']).strip_prefix('/')?.split(' ').next())
        .filter(|word| !word.starts_with('/'))
}
