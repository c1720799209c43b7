-- name: grids
-- Every sea grid, its geometry as text: equal text is parsed once.
select id, code, name, leader, geometry::text as geometry from sea_grid order by id;

-- name: on_duty
-- Who is on duty at a moment, in which capacity, and how much each has in hand.
select d.person, d.level, d.grid, coalesce(m.rank, 1) as rank, p.code, p.name,
       coalesce(o.kind || ' ' || o.name, '') as org,
       (select count(*) from work_order w
        where w.lead = d.person and w.status in ('offered', 'accepted', 'in_progress')) as load,
       (select max(a.offered) from assignment a where a.person = d.person) as asked
from duty_shift d
join person p on p.id = d.person and p.active
left join party_org o on o.id = p.org
left join grid_member m on m.grid = d.grid and m.person = d.person
where d.starts <= %(now)s and %(now)s < d.ends
order by d.level, d.grid, d.person;

-- name: shifts
-- Duty of active people that touches a stretch of time.
select d.level, d.grid, d.starts, d.ends from duty_shift d
join person p on p.id = d.person and p.active
where d.ends > %(starts)s and d.starts < %(ends)s;

-- name: contacts
-- Where messages for these people go.
select id, code, name, active from person where id = any(%(people)s);

-- name: terminals
-- The terminals aboard these vessels at a moment.
select vessel, value from vessel_identity
where kind = 'terminal' and vessel = any(%(vessels)s)
  and valid_from <= %(now)s and %(now)s < valid_to
order by vessel, value;
