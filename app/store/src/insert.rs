//! Inserting many rows, from one list of the columns for both engines.

/// Inserts rows into a table. For each column, names it and says what it stores of a row.
///
/// PostgreSQL takes each column as an array, so there is one statement for any number of rows. SQLite has no arrays, and
/// binding single values is cheap because it runs in this process: it gets its rows in [`pieces`](crate::desk::pieces).
macro_rules! insert {
    (
        $on:expr, $table:literal, $rows:expr, |$row:pat_param| { $($column:ident: $value:expr),+ $(,)? } $(, $suffix:expr)?
    ) => {
        match $on {
            $crate::Connection::Sqlite(c) => {
                for piece in $crate::desk::pieces($rows) {
                    let mut sql = sqlx::QueryBuilder::<sqlx_sqlite::Sqlite>::new($crate::insert::BEGIN);
                    sql.push($table).push($crate::insert::columns(&[$(stringify!($column)),+]));
                    sql.push_values(piece, |mut values, $row| {
                        $(values.push_bind($value);)+
                    });
                    $(sql.push($suffix);)?
                    sql.build().execute(&mut *c).await?;
                }
            }
            $crate::Connection::Postgres(c) => {
                for piece in $rows.chunks($crate::insert::AT_ONCE) {
                    let mut sql = sqlx::QueryBuilder::<sqlx_postgres::Postgres>::new($crate::insert::BEGIN);
                    sql.push($table).push($crate::insert::columns(&[$(stringify!($column)),+]));
                    sql.push("SELECT * FROM UNNEST(");
                    let mut arrays = sql.separated(", ");
                    $({
                        // A column rarely needs every part of a row.
                        #[allow(unused_variables)]
                        let column: Vec<_> = piece.iter().map(|$row| $value).collect();
                        arrays.push_bind(column);
                    })+
                    sql.push(")");
                    $(sql.push($suffix);)?
                    sql.build().execute(&mut *c).await?;
                }
            }
        }
    };
}
pub(crate) use insert;

pub(crate) const BEGIN: &str = "INSERT INTO ";
/// Maximum number of rows per statement on PostgreSQL, which bounds the size of a message.
pub(crate) const AT_ONCE: usize = 4_096;

/// Returns the list of columns, in brackets.
pub(crate) fn columns(names: &[&str]) -> String {
    format!(" ({}) ", names.join(", "))
}
