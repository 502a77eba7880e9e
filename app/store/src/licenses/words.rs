//! Searching licenses by words in any order, and by words with a typing error.
//!
//! A word with one error still has a part without it: of two halves, one is intact, unless two neighboring letters
//! changed places where the halves meet. Such parts are looked up like any other text, and the matches are then compared
//! with the whole word.

use chrono::{DateTime, Utc};
use licensing::fold;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{LicenseRow, folded::ADDRESSES};
use crate::{
    Connection, Result,
    engine::run,
    search::{Trigrams, has_trigram, like, rarest_of},
};

/// Number of the newest licenses that are scanned before the index is used. Common words fill a page from these.
const SCANNED: i64 = 2_000;
/// Maximum number of licenses that the index returns for words that occur exactly.
const MOST_FOUND: i64 = 2_000;
/// The same for a part of a misspelled word.
const MOST_CANDIDATES: i64 = 1_000;
/// Number of words that are searched; further ones are ignored.
const MOST_WORDS: usize = 6;
/// Number of words that are tried as the misspelled one, longest first.
const MOST_MISSPELLED: usize = 2;
/// Minimum length of a word that may be misspelled, in characters.
const SHORTEST_MISSPELLED: usize = 5;

/// Splits a text into folded words: runs of letters and digits.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let all = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> = Vec::new();
    for word in all {
        if words.len() < MOST_WORDS && !words.iter().any(|other| other == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// Pattern of a folded text for `LIKE … ESCAPE '!'`; outside the addresses if these are excluded.
fn pattern(folded: &str, without_email: bool) -> String {
    let behind = if without_email { format!("%{ADDRESSES}%") } else { "%".to_owned() };
    format!("%{}{behind}", like(folded))
}

/// Texts of which a word with a single typing error contains at least one.
fn parts(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    let middle = chars.len() / 2;
    let (head, tail) = chars.split_at_checked(middle).unwrap_or_default();
    let text = |part: &[char]| part.iter().collect::<String>();
    let mut exchanged = chars.clone();
    if middle > 0 {
        exchanged.swap(middle - 1, middle);
    }
    // The halves of a word of five letters are too short, so its first and last three letters stand for them.
    let (first, last) =
        (chars.get(..3).unwrap_or(&chars), chars.get(chars.len().saturating_sub(3)..).unwrap_or(&chars));
    let halves = if head.len() < 3 { [text(first), text(last)] } else { [text(head), text(tail)] };
    halves.into_iter().chain([text(&exchanged)]).collect()
}

/// Number of typing errors that a word of this length may have.
fn allowed_errors(word: &str) -> usize {
    if word.chars().count() < 8 { 1 } else { 2 }
}

/// Number of typing errors between the word and the most similar word of a folded text.
fn errors(word: &str, folded: &str) -> usize {
    let others = folded.split(|c: char| !c.is_alphanumeric()).filter(|other| !other.is_empty());
    others.map(|other| strsim::osa_distance(word, other)).min().unwrap_or(usize::MAX)
}

impl Connection<'_> {
    /// Returns at most `most` licenses whose customer, e-mail address, reference or code's last characters contain every
    /// word of the text, in any order. With `without_email`, addresses are not searched.
    pub async fn licenses_with_words(
        &mut self,
        text: &str,
        without_email: bool,
        most: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<LicenseRow>> {
        let ids = self.ids_with_words(&words(text), without_email, most).await?;
        self.license_rows(&ids, now).await
    }

    async fn ids_with_words(&mut self, words: &[String], without_email: bool, most: i64) -> Result<Vec<Uuid>> {
        if words.is_empty() {
            return Ok(vec![]);
        }
        let patterns: Vec<String> = words.iter().map(|word| pattern(word, without_email)).collect();
        let found: Vec<Uuid> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT l.id FROM (SELECT l.id, l.folded FROM licenses l ");
            sql.push("ORDER BY l.created_at DESC, l.id DESC LIMIT ").push_bind(SCANNED).push(") AS l WHERE 1 = 1");
            for pattern in &patterns {
                sql.push(" AND l.folded LIKE ").push_bind(pattern.clone()).push(" ESCAPE '!'");
            }
            sql.push(" LIMIT ").push_bind(most);
            sql.build_query_scalar().fetch_all(&mut **c).await
        })?;
        if i64::try_from(found.len()).is_ok_and(|found| found >= most) {
            return Ok(found);
        }
        let indexed = self.indexed_licenses(words, without_email, MOST_FOUND, most).await?;
        let mut ids = found;
        for (id, _) in indexed {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(ids)
    }

    /// Returns at most `most` licenses that contain every word of the text if one word is misspelled, the most similar
    /// first.
    pub async fn licenses_like(
        &mut self,
        text: &str,
        without_email: bool,
        most: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<LicenseRow>> {
        let words = words(text);
        let mut longest: Vec<&String> =
            words.iter().filter(|word| word.chars().count() >= SHORTEST_MISSPELLED).collect();
        longest.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let mut found: Vec<(usize, Uuid)> = Vec::new();
        for misspelled in longest.into_iter().take(MOST_MISSPELLED) {
            let others: Vec<String> = words.iter().filter(|word| *word != misspelled).cloned().collect();
            for part in parts(misspelled) {
                let wanted = [others.as_slice(), &[part]].concat();
                for (id, folded) in
                    self.indexed_licenses(&wanted, without_email, MOST_CANDIDATES, MOST_CANDIDATES).await?
                {
                    let shown =
                        if without_email { folded.split(ADDRESSES).next().unwrap_or_default() } else { &folded };
                    let errors = errors(misspelled, shown);
                    if errors <= allowed_errors(misspelled) && !found.iter().any(|(_, other)| *other == id) {
                        found.push((errors, id));
                    }
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        found.sort_unstable();
        found.truncate(most);
        let ids: Vec<Uuid> = found.into_iter().map(|(_, id)| id).collect();
        let mut rows = self.license_rows(&ids, now).await?;
        rows.sort_by_key(|row| ids.iter().position(|id| *id == row.license.id));
        Ok(rows)
    }

    /// Returns the ids and folded texts of at most `most` licenses that contain all texts, among at most `looked_up`
    /// that the index of trigrams finds. Returns none if no text has a trigram.
    async fn indexed_licenses(
        &mut self,
        texts: &[String],
        without_email: bool,
        looked_up: i64,
        most: i64,
    ) -> Result<Vec<(Uuid, String)>> {
        let longest = texts.iter().filter(|text| has_trigram(text)).max_by_key(|text| text.chars().count());
        let Some(longest) = longest else { return Ok(vec![]) };
        let sample = self.sampled_texts().await?;
        Ok(run!(self, |c| {
            let trigrams = rarest_of::<Db>(texts, &sample);
            let mut sql = QueryBuilder::<Db>::new("SELECT l.id, l.folded FROM ");
            Db::push(&mut sql, &trigrams, &pattern(longest, without_email), looked_up, false);
            for text in texts {
                // Concatenation keeps PostgreSQL from looking up further trigrams.
                sql.push(" AND l.folded || '' LIKE ").push_bind(pattern(text, without_email)).push(" ESCAPE '!'");
            }
            sql.push(" LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_into_different_words() {
        assert_eq!(words("Pixel & Reel, reel GmbH"), ["pixel", "reel", "gmbh"]);
        assert_eq!(words("Jiménez"), ["jimenez"]);
        assert!(words(" &-% ").is_empty());
    }

    #[test]
    fn a_word_with_one_error_contains_a_part_of_the_right_word() {
        let right = "jimenez";
        for typed in ["jimenz", "jimennez", "jimemez", "ijmenez", "jimneez", "jiemnez", "yimenez", "jimeneZ"] {
            let typed = fold(typed);
            assert!(parts(&typed).iter().any(|part| right.contains(part.as_str())), "{typed}");
            assert!(errors(&typed, "ana jimenez\nsfyx") <= 1, "{typed}");
        }
        assert_eq!(parts("pixel"), ["pix", "xel", "pxiel"]);
    }
}
