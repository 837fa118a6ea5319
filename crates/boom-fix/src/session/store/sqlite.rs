//! A store in a database of SQLite.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use super::{Durability, Store, StoreError, expectable, following};

/// What is done under [`Durability::None`] before it is given to the system.
const LONGEST_TRANSACTION: u32 = 1024;
const MAX_MESSAGE: usize = 16 << 20;

/// Keeps messages and numbers in a database of SQLite, which it locks: table `session` has one row with `created`,
/// `next_outgoing` and `next_incoming`, table `message` the columns `number` and `bytes`.
///
/// It is for those who want to ask SQL. SQLite allocates and takes several system calls a message;
/// [`FileStore`](super::FileStore) takes one and allocates nothing. Sequence numbers end at 2^63 - 1.
///
/// Under [`Durability::Fsync`] each change is on the disk, under [`Durability::Flush`] it outlives the process, under
/// [`Durability::None`] changes are gathered until [`flush`](Store::flush), the drop, or 1,024 of them.
///
/// Where the disk is full SQLite may take back all that is gathered. The numbers stay as they are; the messages that were
/// taken back are not kept any more, as if the process had ended.
///
/// Under [`Durability::Flush`] and [`Durability::None`] a machine that loses power may leave a database that is damaged as a
/// whole, unless [`sync`](Store::sync) was the last thing done to it.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::{Durability, SqliteStore, Store, StoreError};
///
/// # let path = std::env::temp_dir().join(format!("boom-fix-doc-{}.sqlite", std::process::id()));
/// let mut store = SqliteStore::open(&path, Durability::Flush, 1_714_998_896_000_000_000)?;
/// store.append(1, b"8=FIX.4.4\x01...")?;
/// assert_eq!((store.next_outgoing(), store.created()), (2, 1_714_998_896_000_000_000));
/// # drop(store);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), StoreError>(())
/// ```
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    durability: Durability,
    next_outgoing: u64,
    next_incoming: u64,
    created: i64,
    /// Changes of the transaction that is open.
    pending: u32,
    /// The lowest number of a message that they touch.
    touched: u64,
}

impl SqliteStore {
    /// Opens the database in a file, or makes it: its numbers begin `now` then, in nanoseconds of Unix time.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`], and what SQLite says.
    pub fn open(
        path: impl AsRef<Path>,
        durability: Durability,
        now: i64,
    ) -> Result<Self, StoreError> {
        let path = path.as_ref();
        begin(path, durability, now).map_err(|error| named(error, path))
    }

    /// Changes messages from number `from` on, and numbers.
    fn change(
        &mut self,
        from: u64,
        change: impl FnOnce(&Connection) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        if self.durability != Durability::None {
            let transaction = self.connection.unchecked_transaction()?;
            change(&transaction)?;
            return Ok(transaction.commit()?);
        }
        // Before the change, which is not to be there where this fails.
        if self.pending >= LONGEST_TRANSACTION {
            self.flush()?;
        }
        if self.connection.is_autocommit() {
            self.gather()?;
        }
        // What fails in the middle must not take with it what came before.
        self.connection.execute_batch("SAVEPOINT change")?;
        self.pending += 1;
        self.touched = self.touched.min(from);
        let changed = change(&self.connection);
        // What SQLite has taken back as a whole has no savepoint any more.
        if !self.connection.is_autocommit() {
            if changed.is_err() {
                self.connection.execute_batch("ROLLBACK TO change")?;
            }
            self.connection.execute_batch("RELEASE change")?;
        }
        Ok(changed?)
    }

    /// Begins a transaction. Where SQLite took back the one before, as it does when it cannot write it, the numbers are
    /// written as they were given, and messages that they may not belong to are forgotten.
    fn gather(&self) -> Result<(), StoreError> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        if self.pending == 0 {
            return Ok(());
        }
        let mended = self.mend();
        if mended.is_err() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        mended
    }

    fn mend(&self) -> Result<(), StoreError> {
        let (outgoing, incoming) = (signed(self.next_outgoing)?, signed(self.next_incoming)?);
        let touched = i64::try_from(self.touched).unwrap_or(i64::MAX);
        self.connection
            .execute("DELETE FROM message WHERE number >= ?1", [touched])?;
        let set = "UPDATE session SET created = ?1, next_outgoing = ?2, next_incoming = ?3";
        self.connection
            .execute(set, [self.created, outgoing, incoming])?;
        Ok(())
    }
}

fn begin(path: &Path, durability: Durability, now: i64) -> rusqlite::Result<SqliteStore> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match durability {
        Durability::Fsync => "FULL",
        Durability::Flush | Durability::None => "OFF",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.execute_batch(
        "BEGIN IMMEDIATE;
         CREATE TABLE IF NOT EXISTS session (
             id INTEGER PRIMARY KEY CHECK (id = 1),
             created INTEGER NOT NULL,
             next_outgoing INTEGER NOT NULL,
             next_incoming INTEGER NOT NULL
         );
         CREATE TABLE IF NOT EXISTS message (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
         COMMIT;",
    )?;
    connection.execute("INSERT OR IGNORE INTO session VALUES (1, ?1, 1, 1)", [now])?;
    let numbers = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
    let (created, next_outgoing, next_incoming) = connection.query_row(
        "SELECT created, next_outgoing, next_incoming FROM session",
        [],
        numbers,
    )?;
    Ok(SqliteStore {
        connection,
        durability,
        next_outgoing: next_outgoing as u64,
        next_incoming: next_incoming as u64,
        created,
        pending: 0,
        touched: u64::MAX,
    })
}

fn named(error: rusqlite::Error, path: &Path) -> StoreError {
    let is_locked = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    );
    if is_locked {
        let path: Arc<Path> = path.into();
        return StoreError::Locked { path };
    }
    error.into()
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Box::new(error))
    }
}

/// As SQLite has it.
fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Number { number })
}

impl Store for SqliteStore {
    fn next_outgoing(&self) -> u64 {
        self.next_outgoing
    }

    fn next_incoming(&self) -> u64 {
        self.next_incoming
    }

    fn set_next_outgoing(&mut self, number: u64) -> Result<(), StoreError> {
        let next = signed(expectable(number)?)?;
        self.change(number, |connection| {
            let mut forget = connection.prepare_cached("DELETE FROM message WHERE number >= ?1")?;
            forget.execute([next])?;
            let mut set = connection.prepare_cached("UPDATE session SET next_outgoing = ?1")?;
            set.execute([next]).map(drop)
        })?;
        self.next_outgoing = number;
        Ok(())
    }

    fn set_next_incoming(&mut self, number: u64) -> Result<(), StoreError> {
        let next = signed(expectable(number)?)?;
        self.change(u64::MAX, |connection| {
            let mut set = connection.prepare_cached("UPDATE session SET next_incoming = ?1")?;
            set.execute([next]).map(drop)
        })?;
        self.next_incoming = number;
        Ok(())
    }

    fn append(&mut self, number: u64, message: &[u8]) -> Result<(), StoreError> {
        let following = following(number)?;
        let (row, next) = (signed(number)?, signed(following)?);
        let (length, max) = (message.len(), MAX_MESSAGE);
        if length > max {
            return Err(StoreError::TooLong { length, max });
        }
        let is_again = number < self.next_outgoing;
        self.change(number, |connection| {
            if is_again {
                let mut forget =
                    connection.prepare_cached("DELETE FROM message WHERE number >= ?1")?;
                forget.execute([row])?;
            }
            let mut insert = connection.prepare_cached("INSERT INTO message VALUES (?1, ?2)")?;
            insert.execute(params![row, message])?;
            let mut set = connection.prepare_cached("UPDATE session SET next_outgoing = ?1")?;
            set.execute([next]).map(drop)
        })?;
        self.next_outgoing = following;
        Ok(())
    }

    fn read(&mut self, number: u64, into: &mut Vec<u8>) -> Result<bool, StoreError> {
        into.clear();
        let Ok(row) = i64::try_from(number) else {
            return Ok(false);
        };
        let mut select = self
            .connection
            .prepare_cached("SELECT bytes FROM message WHERE number = ?1")?;
        let copied = select.query_row([row], |row| {
            into.extend_from_slice(row.get_ref(0)?.as_blob()?);
            Ok(())
        });
        Ok(copied.optional()?.is_some())
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn reset(&mut self, now: i64) -> Result<(), StoreError> {
        self.change(1, |connection| {
            connection.execute("DELETE FROM message", [])?;
            let set = "UPDATE session SET created = ?1, next_outgoing = 1, next_incoming = 1";
            connection.execute(set, [now]).map(drop)
        })?;
        (self.next_outgoing, self.next_incoming) = (1, 1);
        self.created = now;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        if self.pending == 0 {
            return Ok(());
        }
        if self.connection.is_autocommit() {
            self.gather()?;
        }
        self.connection.execute_batch("COMMIT")?;
        (self.pending, self.touched) = (0, u64::MAX);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.flush()?;
        // A checkpoint puts on the disk what no commit did. One that has nothing left to move syncs nothing, so it is given
        // something; what does not change is not written.
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        self.connection.execute_batch(
            "BEGIN;
             UPDATE session SET created = ~created;
             UPDATE session SET created = ~created;
             COMMIT;",
        )?;
        let checkpoint = "PRAGMA wal_checkpoint(FULL)";
        self.connection.query_row(checkpoint, [], |_| Ok(()))?;
        if self.durability != Durability::Fsync {
            self.connection.pragma_update(None, "synchronous", "OFF")?;
        }
        Ok(())
    }
}

impl Drop for SqliteStore {
    /// What is gathered is written. Whether that succeeds only [`flush`](Store::flush) tells.
    fn drop(&mut self) {
        let _ = self.flush();
    }
}
