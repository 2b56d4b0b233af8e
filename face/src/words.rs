//! What both clients say alike, besides what the client machine says.

parlor_core::phrases! {
    /// What both clients say alike.
    pub trait Words {
        /// A value in the file of settings that means nothing.
        setting_wrong(key, value, allowed) {
            "The setting {key} cannot be {value}; it may be {allowed}.",
            "L’impostazione {key} non può essere {value}; può essere {allowed}.",
            "مقدار {value} برای تنظیم {key} معتبر نیست؛ مقدارهای ممکن: {allowed}.",
        }
        /// A key in the file of settings that no client knows.
        setting_unknown(key) {
            "There is no setting called {key}; it is left as it is.",
            "Non c’è nessuna impostazione {key}; resta com’è.",
            "تنظیمی به نام {key} وجود ندارد؛ به همان شکل می‌ماند.",
        }
        /// The file of settings is no TOML.
        settings_damaged(path, line) {
            "{path} makes no sense from line {line} on; the defaults stand in.",
            "{path} non ha senso dalla riga {line} in poi; valgono i valori predefiniti.",
            "پروندهٔ {path} از سطر {line} به بعد نامفهوم است؛ مقدارهای پیش‌فرض به کار می‌روند.",
        }
        /// The file of settings cannot be read.
        settings_unreadable(path, why) {
            "{path} cannot be read: {why}; the defaults stand in.",
            "{path} non si può leggere: {why}; valgono i valori predefiniti.",
            "پروندهٔ {path} خوانده نمی‌شود: {why}؛ مقدارهای پیش‌فرض به کار می‌روند.",
        }
    }
}
