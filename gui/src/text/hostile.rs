//! What a hostile peer might send to break whatever draws it.

const STRINGS: &[&str] = &[
    "",
    " ",
    "\n\n",
    "a\u{200F}b\u{200E}c",
    "a\u{200B}\u{200B}b",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "bell\u{7}\u{8}\u{7f}\u{85}\u{9b}2J",
    "a\tb\tc",
    "\u{FDFD}\u{FDFD}",
    "क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्",
    "ZWJ क्\u{200D}ष क्\u{200C}ष می\u{200C}خواهم",
    "👨\u{200D}👩\u{200D}👧\u{200D}👦👨\u{200D}👩\u{200D}👧 🇮🇷🇮🇹🇮 👍🏽 ❤\u{FE0F} 1\u{FE0F}\u{20E3}",
    "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
    "\u{202E}gnp.exe\u{202C}\u{2066}x\u{2069}",
    "\u{301}\u{301}\u{301}start",
    "\u{600}\u{600}\u{600}\u{600}\u{600}\u{600}a",
    "\u{1100}\u{1100}\u{1100}\u{1100}\u{1161}\u{11A8}",
    "⸻⸻\u{115F}\u{3164}\u{FFA0}",
    "سلام لالا لا دنیا، ۱۲۳",
    "你好世界ｆｕｌｌ",
    "\u{2028}\u{2029}\r\n\r\u{0}",
    "\u{FFFF}\u{10FFFF}\u{E000}\u{FEFF}",
    "ไม่มีช่องว่างระหว่างคำ",
];

/// All of them, and long ones: heaps of marks, of joiners, of words without a space.
pub(crate) fn strings() -> impl Iterator<Item = String> {
    let long = [
        format!("z{}a", "\u{301}".repeat(200)),
        format!("م{}", "\u{64E}".repeat(300)),
        "क्ष्".repeat(100),
        "👩\u{200D}".repeat(90),
        "\u{200D}".repeat(300),
        "🇮".repeat(101),
        "\u{1100}".repeat(300),
        "ﷺ".repeat(120),
        "سلام".repeat(200),
        "W".repeat(600),
    ];
    STRINGS.iter().map(|text| (*text).to_owned()).chain(long)
}
