//! Search for parts of texts by trigrams: the one place where the two engines have different kinds of indexes.
//!
//! The databases maintain both from the column `licenses.folded`, so no statement has to. SQLite has a full-text table
//! (FTS5, `trigram` tokenizer, without content or positions) with triggers; PostgreSQL has a GIN index of the extension
//! `pg_trgm`. If the extension may not be created, searches find the beginnings of names by the indexes of keys, and
//! other parts of names among the newest licenses only.

use std::cmp::Reverse;

use sqlx::QueryBuilder;
use sqlx_postgres::{PgConnection, Postgres};
use sqlx_sqlite::{Sqlite, SqliteConnection};

/// Length of a trigram, in characters.
const SHORTEST: usize = 3;
/// Maximum number of a text's trigrams that are looked up. The matches are then compared with the whole text.
const MOST_TRIGRAMS: usize = 4;
/// Number of trigrams after which common ones are left out.
const ENOUGH: usize = 2;
/// Share of the sample that has a common trigram, in twentieths.
const COMMON: usize = 5;

/// Each row copies the text that a search compares and the time that it sorts by. Rows of licenses of the same age are
/// next to one another, whereas looking up the licenses themselves by their ids reads a page for each.
const SQLITE: &str = "\
CREATE TABLE IF NOT EXISTS license_search_rows \
    (number INTEGER PRIMARY KEY, license_id BLOB NOT NULL UNIQUE, created_at TIMESTAMPTZ NOT NULL, folded TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS license_search USING fts5 \
    (folded, content = '', contentless_delete = 1, detail = 'none', tokenize = 'trigram case_sensitive 1');
CREATE TRIGGER IF NOT EXISTS license_search_insert AFTER INSERT ON licenses WHEN new.folded IS NOT NULL BEGIN
    INSERT INTO license_search_rows (license_id, created_at, folded) VALUES (new.id, new.created_at, new.folded);
    INSERT INTO license_search (rowid, folded)
        VALUES ((SELECT number FROM license_search_rows WHERE license_id = new.id), new.folded);
END;
CREATE TRIGGER IF NOT EXISTS license_search_update AFTER UPDATE OF folded ON licenses
WHEN new.folded IS NOT old.folded AND new.folded IS NOT NULL BEGIN
    INSERT INTO license_search_rows (license_id, created_at, folded) VALUES (new.id, new.created_at, new.folded)
        ON CONFLICT (license_id) DO UPDATE SET folded = excluded.folded;
    INSERT OR REPLACE INTO license_search (rowid, folded)
        VALUES ((SELECT number FROM license_search_rows WHERE license_id = new.id), new.folded);
END;
CREATE TRIGGER IF NOT EXISTS license_search_unfold AFTER UPDATE OF folded ON licenses
WHEN new.folded IS NULL AND old.folded IS NOT NULL BEGIN
    DELETE FROM license_search WHERE rowid = (SELECT number FROM license_search_rows WHERE license_id = old.id);
    DELETE FROM license_search_rows WHERE license_id = old.id;
END;
CREATE TRIGGER IF NOT EXISTS license_search_delete AFTER DELETE ON licenses BEGIN
    DELETE FROM license_search WHERE rowid = (SELECT number FROM license_search_rows WHERE license_id = old.id);
    DELETE FROM license_search_rows WHERE license_id = old.id;
END;";
/// Sets the rows of an earlier version aside, which have no copies.
const SQLITE_BEFORE: &str = "\
DROP TRIGGER IF EXISTS license_search_insert;
DROP TRIGGER IF EXISTS license_search_update;
DROP TRIGGER IF EXISTS license_search_delete;
ALTER TABLE license_search_rows RENAME TO license_search_rows_before;";
/// Moves these rows into the new table, with copies.
const SQLITE_AFTER: &str = "\
INSERT INTO license_search_rows SELECT r.number, l.id, l.created_at, l.folded
    FROM license_search_rows_before r JOIN licenses l ON l.id = r.license_id ORDER BY r.number;
DROP TABLE license_search_rows_before;";

/// Lock under which instances that start at the same time create the index. The number is arbitrary.
const LOCK: &str = "SELECT pg_advisory_xact_lock(5282930175)";
const EXTENSION: &str = "CREATE EXTENSION IF NOT EXISTS pg_trgm";
/// The fill factor leaves room for another version of each row, so that an activation need not update the index. The
/// short pending list, which every search reads, keeps searches fast.
const POSTGRES: &str = "\
ALTER TABLE licenses SET (fillfactor = 80);
CREATE INDEX IF NOT EXISTS licenses_by_trigram ON licenses \
    USING GIN (folded gin_trgm_ops) WITH (gin_pending_list_limit = 256);";

/// Creates SQLite's index, in the transaction of the migrations.
pub(crate) async fn set_up_sqlite(c: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    const LACKS_COPIES: &str = "SELECT EXISTS (SELECT 1 FROM pragma_table_info('license_search_rows')) \
         AND NOT EXISTS (SELECT 1 FROM pragma_table_info('license_search_rows') WHERE name = 'folded')";
    let is_old = sqlx::query_scalar(LACKS_COPIES).fetch_one(&mut *c).await?;
    let steps: &[&'static str] = if is_old { &[SQLITE_BEFORE, SQLITE, SQLITE_AFTER] } else { &[SQLITE] };
    for sql in steps {
        sqlx::raw_sql(*sql).execute(&mut *c).await?;
    }
    Ok(())
}

/// Creates PostgreSQL's index, unless it exists or the extension may not be created.
pub(crate) async fn set_up_postgres(c: &mut PgConnection) -> Result<(), sqlx::Error> {
    use sqlx::Connection as _;

    const IS_THERE: &str = "SELECT to_regclass('licenses_by_trigram') IS NOT NULL";
    if sqlx::query_scalar(IS_THERE).fetch_one(&mut *c).await? {
        return Ok(());
    }
    let mut tx = c.begin().await?;
    sqlx::raw_sql(LOCK).execute(&mut *tx).await?;
    for sql in [EXTENSION, POSTGRES] {
        if let Err(error) = sqlx::raw_sql(sql).execute(&mut *tx).await {
            tracing::warn!(
                %error,
                "PostgreSQL's extension pg_trgm is not available: searches find the beginnings of names only. \
                 Have a superuser create it, then restart"
            );
            return tx.rollback().await;
        }
    }
    tx.commit().await
}

/// Trigram search of an engine.
pub(crate) trait Trigrams: sqlx::Database {
    /// Maximum number of licenses to look up by the beginning of a text that has trigrams, as an SQL expression. The
    /// trigrams find them anyway, and faster if they are many.
    const MOST_BEGINNING: &str;

    /// Returns `true` if the engine's index can look the trigram up.
    fn is_indexed(trigram: [char; SHORTEST]) -> bool;

    /// Adds tables and conditions (`… WHERE …`) for the licenses `l` that contain all of these trigrams, or those of
    /// `pattern` if there are none. Adds at most `most` of them, the newest, if the engine's index is in their order.
    /// `l` has all columns if `whole`, otherwise at least `id`, `created_at` and `folded`.
    fn push(sql: &mut QueryBuilder<Self>, trigrams: &[String], pattern: &str, most: i64, whole: bool);
}

impl Trigrams for Sqlite {
    const MOST_BEGINNING: &str = "250";

    fn is_indexed(_: [char; SHORTEST]) -> bool {
        true
    }

    fn push(sql: &mut QueryBuilder<Self>, trigrams: &[String], _: &str, most: i64, whole: bool) {
        let quoted = trigrams.iter().map(|trigram| format!("\"{}\"", trigram.replace('"', "\"\"")));
        sql.push("(SELECT rowid AS number FROM license_search WHERE license_search MATCH ");
        sql.push_bind(quoted.collect::<Vec<_>>().join(" AND ")).push(" ORDER BY rowid DESC LIMIT ").push_bind(most);
        sql.push(if whole {
            ") s CROSS JOIN license_search_rows r CROSS JOIN licenses l WHERE r.number = s.number AND l.id = r.license_id"
        } else {
            ") s CROSS JOIN (SELECT number, license_id AS id, created_at, folded FROM license_search_rows) l \
              WHERE l.number = s.number"
        });
    }
}

impl Trigrams for Postgres {
    const MOST_BEGINNING: &str = "CASE WHEN to_regclass('licenses_by_trigram') IS NULL THEN 5000 ELSE 250 END";

    /// `pg_trgm` indexes words, each with blanks around it. It therefore finds no trigram in a pattern with a separator
    /// between two characters, and depends on the database's locale for letters outside ASCII.
    fn is_indexed(trigram: [char; SHORTEST]) -> bool {
        let is_in_word = trigram.map(|c| c.is_ascii_alphanumeric());
        trigram.iter().all(char::is_ascii) && matches!(is_in_word, [_, true, true] | [true, true, _])
    }

    fn push(sql: &mut QueryBuilder<Self>, trigrams: &[String], pattern: &str, _: i64, _: bool) {
        // Without the index, this would scan the whole table.
        sql.push("licenses l WHERE to_regclass('licenses_by_trigram') IS NOT NULL");
        if trigrams.is_empty() {
            sql.push(" AND l.folded LIKE ").push_bind(pattern.to_owned()).push(" ESCAPE '!'");
        }
        for trigram in trigrams {
            sql.push(" AND l.folded LIKE ").push_bind(format!("%{}%", like(trigram))).push(" ESCAPE '!'");
        }
    }
}

/// Escapes `%`, `_` and `!` in a text for a `LIKE … ESCAPE '!'` pattern.
pub(crate) fn like(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern
}

/// Returns `true` if the text has a trigram.
pub(crate) fn has_trigram(text: &str) -> bool {
    text.chars().nth(SHORTEST - 1).is_some()
}

/// Selects trigrams of the text for [`rarest_of`].
pub(crate) fn rarest<DB: Trigrams>(text: &str, sample: &[String]) -> Vec<String> {
    rarest_of::<DB>(&[text.to_owned()], sample)
}

/// Selects the trigrams of these texts that rarely occur together in the sample, since they are the fastest to look up.
/// Reading the long list of a common trigram takes longer than comparing the few matches of rare ones with the whole text.
pub(crate) fn rarest_of<DB: Trigrams>(texts: &[String], sample: &[String]) -> Vec<String> {
    let mut trigrams: Vec<(usize, String)> = Vec::new();
    for text in texts {
        let chars: Vec<char> = text.chars().collect();
        let start = trigrams.last().map_or(0, |(place, _)| place + SHORTEST);
        let windows = chars.array_windows::<SHORTEST>().enumerate().filter(|(_, three)| DB::is_indexed(**three));
        trigrams.extend(windows.map(|(place, three)| (start + place, three.iter().collect())));
    }
    // Share of the sample with a trigram, in twentieths.
    let share = |trigram: &str| sample.iter().filter(|text| text.contains(trigram)).count() * 20 / sample.len().max(1);
    let mut texts: Vec<&str> = sample.iter().map(String::as_str).collect();
    let mut chosen: Vec<(usize, String)> = vec![];
    while chosen.len() < MOST_TRIGRAMS {
        let together = |trigram: &str| texts.iter().filter(|text| text.contains(trigram)).count();
        // Neighbors mostly occur together, so a distant trigram leaves fewer matches.
        let distance = |place: usize| chosen.iter().map(|(other, _)| place.abs_diff(*other)).min().unwrap_or_default();
        let next = trigrams
            .iter()
            .min_by_key(|(place, trigram)| (together(trigram), share(trigram), Reverse(distance(*place))));
        let Some(next) = next.cloned() else { break };
        texts.retain(|text| text.contains(&next.1));
        trigrams.retain(|(_, trigram)| *trigram != next.1);
        chosen.push(next);
        if chosen.len() == ENOUGH {
            trigrams.retain(|(_, trigram)| share(trigram) < COMMON);
        }
    }
    chosen.into_iter().map(|(_, trigram)| trigram).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<String> {
        (0..100).map(|n| format!("customer {n}\norder {n}")).collect()
    }

    #[test]
    fn the_rarest_trigrams_of_a_text_are_looked_up() {
        assert_eq!(rarest::<Sqlite>("order qxz", &sample()), ["r q", "qxz", " qx"], "none that a quarter of them have");
        assert_eq!(rarest::<Sqlite>("order", &sample()), ["ord", "der"]);
        assert_eq!(rarest::<Sqlite>("abcabcabcabc", &sample()), ["abc", "cab", "bca"], "each of them once");
        assert_eq!(rarest::<Sqlite>("dariusz sorlie", &[]), ["dar", "lie", "sz ", "sor"], "far apart");
    }

    #[test]
    fn postgresql_is_asked_only_for_trigrams_of_its_index() {
        assert_eq!(rarest::<Postgres>("a b-12@ör", &sample()), ["-12", "12@"]);
        assert_eq!(rarest::<Postgres>("größe", &sample()), Vec::<String>::new());
    }
}
