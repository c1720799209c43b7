-- name: begin
-- The row that fences, made once.
insert into progress (part, seq) values (%(part)s, 0) on conflict (part) do nothing;

-- name: progress
-- The last batch committed.
select seq from progress where part = %(part)s;

-- name: advance
-- Compare and set: a worker that was overtaken hits no row.
update progress set seq = %(new)s where part = %(part)s and seq = %(old)s;

-- name: lock
-- Nobody counts a batch until this transaction ends; it may think for a while.
set local idle_in_transaction_session_timeout = '2min';

-- name: free
-- End sessions of workers that stopped in the middle of a COPY: while the server waits for more of
-- it, no timeout ends that statement, and its transaction holds the row that fences.
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and usename = current_user and application_name = %(of)s
  and pid <> pg_backend_pid() and state = 'active' and wait_event = 'ClientRead'
  and xact_start < now() - make_interval(secs => %(frozen)s);

-- name: lock_row
-- The last batch committed, and a stop for everybody else.
select seq from progress where part = %(part)s for update;

-- name: hold
-- Still the one? Waits for nobody who only reads.
select seq from progress where part = %(part)s for share;

-- name: write
-- What was fed, in the transaction that holds what came of it.
insert into journal (part, seq, now, kind, body)
values (%(part)s, %(seq)s, %(now)s, %(kind)s, %(body)s);

-- name: entry
-- Exactly this entry, to learn whether a commit whose answer was lost was done.
select seq from journal
where part = %(part)s and seq = %(seq)s and now = %(now)s and kind = %(kind)s
  and body = %(body)s;

-- name: entries
-- Everything fed since, in order.
select seq, now, kind, body from journal where part = %(part)s and seq > %(seq)s order by seq;

-- name: snapshot
-- The state to start from.
select seq, revision, layout, body from snapshot where part = %(part)s;

-- name: keep
-- A newer state replaces the older; an older one comes too late.
insert into snapshot as s (part, seq, revision, layout, body)
values (%(part)s, %(seq)s, %(revision)s, %(layout)s, %(body)s)
on conflict (part) do update
set seq = excluded.seq, revision = excluded.revision, layout = excluded.layout,
    body = excluded.body
where s.seq <= excluded.seq;

-- name: forget
-- What the snapshot holds need not be fed again; its own entry stays, to be recognised.
delete from journal where part = %(part)s and seq < %(seq)s;

-- name: beat
-- The worker lives; `batch_at` and `watermark` move only forward.
insert into worker as w (part, started, beat, batch_at, watermark, lag_s, pid, host)
values (%(part)s, %(started)s, now(), %(batch_at)s, %(watermark)s, %(lag_s)s, %(pid)s, %(host)s)
on conflict (part) do update
set started = excluded.started, beat = excluded.beat,
    batch_at = greatest(w.batch_at, excluded.batch_at),
    watermark = greatest(w.watermark, excluded.watermark),
    lag_s = excluded.lag_s, pid = excluded.pid, host = excluded.host;

-- name: parameters
-- Thresholds in force: the newest version of each kind, or the versions asked for.
select distinct on (kind) kind, version, params, scopes, source, enabled from rule_version
where not %(exact)s or (kind, version) in
      (select * from unnest(%(kinds)s::text[], %(versions)s::int[]))
order by kind, version desc;
