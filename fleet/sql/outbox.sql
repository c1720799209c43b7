-- name: put
-- One message; the key makes it one, however often the same decision is written.
insert into outbox (key, channel, recipient, alert, work_order, body)
values (%(key)s, %(channel)s, %(recipient)s, %(alert)s, %(work_order)s, %(body)s)
on conflict (key) do nothing;

-- name: hint
-- Wake the sender at commit; what it sends comes from the table.
select pg_notify(%(channel)s, '');

-- name: cancel_alert
-- Nothing of this alert rings any more.
update outbox set state = 'cancelled', error = %(why)s, leased_until = null
where alert = %(alert)s and state = 'queued' and body->>'type' = any(%(types)s);

-- name: cancel_order
-- Nothing of one order rings any more: somebody else is asked, or nobody.
update outbox set state = 'cancelled', error = %(why)s, leased_until = null
where work_order = %(order)s and state = 'queued' and body->>'type' = any(%(types)s);

-- name: recall
-- A lead was told that it was over, and it is not: free the key for the next time.
update outbox
set key = key || ':' || id, leased_until = null,
    state = case when state = 'queued' then 'cancelled' else state end,
    error = case when state = 'queued' then 'recalled' else error end
where key = any(%(keys)s) returning work_order;

-- name: prune
-- The oldest of what is done with; a message of an order still open stays.
delete from outbox where id = any(array(
    select o.id from unnest(%(states)s::text[], %(ages)s::float8[]) k (state, age_s)
    cross join lateral (
        select x.id from outbox x
        where x.state = k.state and x.state <> 'queued'
          and x.created < now() - make_interval(secs => k.age_s)
          and not exists (
              select from work_order w where w.id = x.work_order
              and w.status in ('unassigned', 'offered', 'accepted', 'in_progress'))
        order by x.created limit %(most)s) o
    limit %(most)s));

-- name: claim
-- Take what is due on one channel under a lease; a dead sender's lease runs out by itself.
with due as (
    select id from outbox
    where state = 'queued' and channel = %(channel)s and next_at <= now()
      and (leased_until is null or leased_until <= now())
    order by next_at, id limit %(most)s for update skip locked)
update outbox o
set leased_until = now() + make_interval(secs => %(lease_s)s), attempts = o.attempts + 1
from due where o.id = due.id
returning o.id, o.key, o.recipient, o.alert, o.work_order, o.body, o.attempts, o.created;

-- name: check
-- Just before sending: is it still ours, and still this person's affair?
select o.state = 'queued' and o.attempts = %(attempts)s and o.leased_until > now() as ours,
    case
        when o.body->>'type' in ('order.offered', 'order.alarm') then coalesce(
            p.code = o.body->>'person' and w.status in ('unassigned', 'offered'), false)
        when o.body->>'type' = 'order.raised' then coalesce(
            p.code = o.body->>'person'
            and w.status in ('unassigned', 'offered', 'accepted', 'in_progress'), false)
        when o.body->>'type' = 'notice' then exists (
            select from duty_shift d join person n on n.id = d.person
            where n.code = o.body->>'person' and d.starts <= now() and now() < d.ends)
        else true
    end as current
from outbox o
left join work_order w on w.id = o.work_order
left join person p on p.id = w.lead
where o.id = %(id)s;

-- name: sent
-- Delivered; a row cancelled while it was under way keeps saying so.
update outbox
set state = case when state = 'queued' then 'sent' else state end, sent = now(),
    error = case when state = 'queued' then '' else error || ' (was under way)' end,
    leased_until = null
where id = %(id)s;

-- name: again
-- Not delivered: wait and try again, unless it was cancelled or is another sender's now.
update outbox
set next_at = now() + make_interval(secs => %(wait_s)s), leased_until = null,
    error = case when error like 'undelivered: %%' then 'undelivered: ' else '' end || %(error)s
where id = %(id)s and state = 'queued' and attempts = %(attempts)s
returning attempts;

-- name: release
-- Not tried after all: give it back as it was.
update outbox set leased_until = null, attempts = attempts - 1
where id = %(id)s and state = 'queued' and attempts = %(attempts)s;

-- name: fail
-- Given up: visible, and never sent later.
update outbox set state = 'failed', error = %(error)s, leased_until = null
where id = %(id)s and state = 'queued' and attempts = %(attempts)s
returning id;

-- name: supersede
-- Overtaken by events before it was sent.
update outbox set state = 'cancelled', error = %(why)s, leased_until = null
where id = %(id)s and state = 'queued' and attempts = %(attempts)s;

-- name: flag
-- What has waited a minute reaches nobody: said once a row.
update outbox set error = 'undelivered: ' || error
where state = 'queued' and channel = 'mqtt' and created < now() - make_interval(secs => %(old_s)s)
  and error not like 'undelivered: %%'
returning alert, work_order, body, error;

-- name: counts
-- The state of the outbox in figures.
select channel, state, count(*) as rows, max(attempts) as attempts,
       extract(epoch from now() - min(created))::float8 as oldest_s
from outbox group by channel, state order by channel, state;

-- name: cursor
-- The last event that was turned into webhook messages, locked against a second sender.
select seq from progress where part = 'webhook' for update skip locked;

-- name: begin
-- The first time, begin with what happens from now on.
insert into progress (part, seq) select 'webhook', seq from stream where name = 'event'
on conflict (part) do nothing;

-- name: events
-- What happened since, with the alert as it stands.
select e.seq, e.at, e.alert, e.work_order, e.vessel, e.grid, e.act, e.reason, e.detail,
       a.kind, a.severity, a.status, a.opened, a.cleared, a.acknowledged, a.closed, a.verdict,
       nullif(a.lon, 'NaN') as lon, nullif(a.lat, 'NaN') as lat,
       v.name as vessel_name, g.code as grid_code,
       e.act in ('open', 'raise', 'release', 'unshelve', 'offer', 'escalate', 'alarm') and exists (
           select from event x where x.alert = e.alert and x.seq > e.seq
           and (x.act = 'acknowledge' or e.work_order is null and x.act in ('suppress', 'shelve')))
           as overtaken
from event e
left join alert a on a.id = e.alert
left join vessel v on v.id = e.vessel
left join sea_grid g on g.id = coalesce(e.grid, a.grid)
where e.seq > %(seq)s order by e.seq limit %(most)s;

-- name: advance
-- The events up to here have their messages.
update progress set seq = %(seq)s where part = 'webhook';
