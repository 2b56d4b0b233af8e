//! A hash of everything that happened, to tell whether two runs were the same.

/// A running hash, FNV-like over words: fast, and the same on every machine and in every build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Hash {
    /// Mixes a number in.
    pub fn number(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    }

    /// Mixes bytes in, and how many they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            let mut eight = [0; 8];
            eight.copy_from_slice(word);
            self.number(u64::from_le_bytes(eight));
        }
        for byte in words.remainder() {
            self.number(u64::from(*byte));
        }
    }

    /// What came out.
    pub fn finish(self) -> u64 {
        self.0
    }
}
