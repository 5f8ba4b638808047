//! Records into terms, the way Tantivy asks for it.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::words::{MAX_TERM_BYTES, is_opaque, next_run};

/// The name under which an index knows the analysis.
pub(super) const ANALYSIS: &str = "crosscut";

/// The term of records with a run that is too long to be one. No run holds this character.
pub(super) const LONG: &str = "\u{1}";

/// Cuts a text into the terms described in [`crate::words`].
#[derive(Debug, Clone, Default)]
pub(super) struct Runs;

impl Tokenizer for Runs {
    type TokenStream<'a> = RunStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> RunStream<'a> {
        // Positions are not kept, so all terms may stand at one.
        RunStream {
            text,
            at: 0,
            token: Token {
                position: 0,
                ..Token::default()
            },
        }
    }
}

/// The terms of one text.
#[derive(Debug)]
pub(super) struct RunStream<'a> {
    text: &'a str,
    at: usize,
    token: Token,
}

impl TokenStream for RunStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some(end) = next_run(self.text, self.at, &mut self.token.text) {
            self.at = end;
            if is_opaque(&self.token.text) {
                continue;
            }
            if self.token.text.len() > MAX_TERM_BYTES {
                self.token.text.clear();
                self.token.text.push_str(LONG);
            }
            return true;
        }
        false
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
