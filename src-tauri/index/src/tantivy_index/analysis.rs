//! Records into terms, the way Tantivy asks for it.

use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::words::{MAX_TERM_BYTES, before_colons, fold, is_opaque, neighbours, next_run};

/// The name under which an index knows the analysis into words.
pub(super) const WORDS: &str = "crosscut";
/// … into words that stand beside others, with their positions.
pub(super) const NEIGHBOURS: &str = "crosscut-neighbours";
/// … into words before a colon and a value.
pub(super) const COLONS: &str = "crosscut-colons";

/// Makes the analyses known.
pub(super) fn register(tokenizers: &TokenizerManager) {
    tokenizers.register(WORDS, Runs);
    tokenizers.register(NEIGHBOURS, Neighbours::default());
    tokenizers.register(COLONS, Colons::default());
}

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

/// Finds the words that stand beside others.
#[derive(Debug, Clone, Default)]
pub(super) struct Neighbours {
    found: Vec<(Range<usize>, usize)>,
}

impl Tokenizer for Neighbours {
    type TokenStream<'a> = Found<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Found<'a> {
        neighbours(text, &mut self.found);
        Found::new(text, &self.found)
    }
}

/// Finds the words before colons.
#[derive(Debug, Clone, Default)]
pub(super) struct Colons {
    runs: Vec<Range<usize>>,
    found: Vec<(Range<usize>, usize)>,
}

impl Tokenizer for Colons {
    type TokenStream<'a> = Found<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Found<'a> {
        before_colons(text, &mut self.runs);
        self.found.clear();
        self.found.extend(self.runs.drain(..).map(|run| (run, 0)));
        Found::new(text, &self.found)
    }
}

/// Terms that were found, by their place in the text and their position.
#[derive(Debug)]
pub(super) struct Found<'a> {
    text: &'a str,
    left: std::slice::Iter<'a, (Range<usize>, usize)>,
    token: Token,
}

impl<'a> Found<'a> {
    fn new(text: &'a str, found: &'a [(Range<usize>, usize)]) -> Self {
        Self {
            text,
            left: found.iter(),
            token: Token::default(),
        }
    }
}

impl TokenStream for Found<'_> {
    fn advance(&mut self) -> bool {
        let Some((run, position)) = self.left.next() else {
            return false;
        };
        let run = self.text.get(run.clone()).unwrap_or_default();
        self.token.text.clear();
        self.token.text.extend(run.chars().map(fold));
        self.token.position = *position;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
