//! Which colour a name has.

use crate::name;

/// A number from which views choose the colour of a name: the same for all spellings of one name, in every run, on
/// every machine and in every version. It is FNV-1a (32 bits) of the folded name (NFKC, without case and ZWNJ).
/// Take it modulo the number of colours there are.
pub fn hue(nick: &str) -> u32 {
    const OFFSET: u32 = 0x811C_9DC5;
    const PRIME: u32 = 0x0100_0193;
    name::fold(nick).bytes().fold(OFFSET, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::hue;

    #[test]
    fn the_colour_of_a_name_is_written_in_stone() {
        // The first three are in every list of samples of FNV-1a.
        assert_eq!([hue(""), hue("a"), hue("foobar")], [0x811C_9DC5, 0xE40C_292C, 0xBF9C_F968]);
        assert_eq!(hue("علی"), 0x940A_8568);
    }

    #[test]
    fn all_spellings_of_a_name_have_one_colour() {
        assert_eq!(hue("ADA"), hue("ada"));
        assert_eq!(hue("می\u{200C}نا"), hue("مینا"));
        assert_eq!(hue("e\u{301}"), hue("É"));
        assert_ne!(hue("ada"), hue("bea"));
    }
}
