//! The store that forgets when the program ends.
/// Keeps everything in memory.
#[derive(Debug)]
pub struct MemoryStore {
    _private: (),
}
