-- name: health
-- How each feed is, and what it brought since the last commit.
insert into feed as f (name, kind, address, format, state, detail, last_message, last_fix,
                       messages, fixes, duplicates, rejects, updated)
values (%(name)s, %(kind)s, %(address)s, %(format)s, %(state)s, %(detail)s, %(last_message)s,
        %(last_fix)s, %(messages)s, %(fixes)s, %(duplicates)s, %(rejects)s, now())
on conflict (name) do update
set kind = excluded.kind, address = excluded.address, format = excluded.format,
    state = excluded.state, detail = excluded.detail,
    last_message = greatest(f.last_message, excluded.last_message),
    last_fix = greatest(f.last_fix, excluded.last_fix),
    messages = f.messages + excluded.messages, fixes = f.fixes + excluded.fixes,
    duplicates = f.duplicates + excluded.duplicates,
    rejects = f.rejects || (
        select coalesce(jsonb_object_agg(
            key, value::bigint + coalesce((f.rejects ->> key)::bigint, 0)), '{}')
        from jsonb_each_text(excluded.rejects)),
    updated = excluded.updated;

-- name: sample
-- An example of what could not be read, unless there is one of just now.
insert into reject_sample (feed, reason, sample)
select %(feed)s, %(reason)s, %(sample)s
where not exists (
    select from reject_sample s where s.feed = %(feed)s and s.reason = %(reason)s
       and s.at > now() - make_interval(secs => %(pause)s));

-- name: prune
-- A few a feed and reason, none older than a month.
delete from reject_sample s
where s.feed = %(feed)s and s.reason = %(reason)s and (
    s.at < now() - interval '30 days' or s.id <= (
        select o.id from reject_sample o where o.feed = s.feed and o.reason = s.reason
        order by o.id desc offset %(kept)s limit 1));
