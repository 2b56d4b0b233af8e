//! Texts as a scenario writes them.

/// A text as it stands, or in quotes with escapes: `\n \t \r \\ \" \xNN \u{N}`.
pub(crate) fn quoted(text: &str) -> Result<String, String> {
    let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Ok(text.to_owned());
    };
    let mut out = String::new();
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some(c @ ('\\' | '"')) => out.push(c),
            Some('u') => {
                let code: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                let c = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                out.push(c.ok_or_else(|| format!("\\u{{{code}}} is no character"))?);
            }
            other => return Err(format!("no such escape: {other:?}")),
        }
    }
    Ok(out)
}

/// Bytes: `"text"`, `hex 16 03 01` and `20 times "a"`, joined by ` + `.
pub(crate) fn raw(object: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    for part in object.split(" + ") {
        if let Some(hex) = part.strip_prefix("hex ") {
            for byte in hex.split(' ') {
                bytes.push(u8::from_str_radix(byte, 16).map_err(|e| e.to_string())?);
            }
        } else if let Some((count, text)) = part.split_once(" times ") {
            bytes.extend(quoted(text)?.repeat(number(count)?).into_bytes());
        } else {
            bytes.extend(quoted(part)?.into_bytes());
        }
    }
    Ok(bytes)
}

/// A text as it stands, in quotes, or `20 times "a"` and the like.
pub(crate) fn spoken(object: &str) -> Result<String, String> {
    if object.contains(" times \"") {
        String::from_utf8(raw(object)?).map_err(|e| e.to_string())
    } else {
        quoted(object)
    }
}

pub(crate) fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

/// Splits at a word that must be there.
pub(crate) fn between<'a>(text: &'a str, word: &str) -> Result<(&'a str, &'a str), String> {
    text.split_once(word).ok_or_else(|| format!("{word:?} is missing"))
}

/// Whether a row is what was meant: equal, or up to a `…` at either end.
pub(crate) fn matches(row: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('…'), pattern.strip_suffix('…')) {
        (Some(_), Some(_)) => row.contains(pattern.trim_matches('…')),
        (Some(end), None) => row.ends_with(end),
        (None, Some(start)) => row.starts_with(start),
        (None, None) => row == pattern,
    }
}
