-- What was tried on stored history before it was switched on.

-- name: given_up
-- A run whose process says nothing any more is over.
update dry_run set status = 'failed', ended = now(), message = 'its process has ended'
where status = 'running' and beat < now() - make_interval(secs => %(silent_s)s)

-- name: tidy
-- Only the newest are kept.
delete from dry_run where status <> 'running'
  and id <= (select id from dry_run order by id desc offset %(kept)s limit 1)

-- name: begin
-- One at a time: a second one violates the index.
insert into dry_run (asked, actor, status) values (%(asked)s, %(actor)s, 'running') returning id

-- name: beat
-- How far it is; no row where somebody has cancelled it.
update dry_run set share = greatest(share, %(share)s), beat = now()
where id = %(id)s and status = 'running' returning id

-- name: end
-- How it ended; a run that was cancelled stays so.
update dry_run set status = %(status)s, ended = now(), message = %(message)s, result = %(result)s,
                   share = case when %(status)s = 'done' then 1 else share end
where id = %(id)s and status = 'running'

-- name: runs
-- The newest first, or one of them; the shape of its zone and the result of one alone.
select r.id, case when %(id)s::bigint is null then r.asked #- '{zone,geometry}' else r.asked end as asked,
       r.actor, coalesce(p.name, ac.login) as actor_name, r.at, r.share, r.ended,
       case when r.status = 'running' and r.beat < now() - make_interval(secs => %(silent_s)s)
            then 'failed' else r.status end as status,
       r.message, case when %(id)s::bigint is not null then r.result end as result
from dry_run r
left join account ac on ac.id = r.actor
left join person p on p.id = ac.person
where %(id)s::bigint is null or r.id = %(id)s
order by r.id desc
