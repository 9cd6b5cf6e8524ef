//! The path of a value while a tree is walked: `a.b\.c[2]`.

/// A path that grows and shrinks with the walk.
#[derive(Debug, Clone, Default)]
pub(crate) struct ValuePath {
    text: String,
}

impl ValuePath {
    /// The path that begins with `text`.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// The path as it is now.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Does `work` one key further down. Dots of the key are escaped as in an override.
    pub(crate) fn in_key<T>(&mut self, key: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.text.len();
        if length > 0 {
            self.text.push('.');
        }
        self.text.push_str(&key.replace('.', "\\."));
        self.back_to(length, work)
    }

    /// Does `work` in the item `index`.
    pub(crate) fn in_item<T>(&mut self, index: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.text.len();
        self.text.push_str(&format!("[{index}]"));
        self.back_to(length, work)
    }

    fn back_to<T>(&mut self, length: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        let result = work(self);
        self.text.truncate(length);
        result
    }
}
