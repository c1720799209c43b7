-- name: add_texts
-- Safety texts, but not what the same sender said to the same addressee a moment ago.
insert into safety_message (vessel, t, received, type, addressee, text)
select vessel, t, received, type, addressee, text
from unnest(%(vessel)s::int[], %(t)s::timestamptz[], %(received)s::timestamptz[],
            %(type)s::smallint[], %(addressee)s::int[], %(text)s::text[])
     w (vessel, t, received, type, addressee, text)
where not exists (
    select from safety_message m
    where m.vessel = w.vessel and m.t between w.t - make_interval(secs => %(window)s)
                                          and w.t + make_interval(secs => %(window)s)
      and (m.type, m.addressee, m.text) = (w.type, w.addressee, w.text))
order by w.t, w.vessel;

-- name: add_others
-- Whatever else was sent, in the same way.
insert into ais_record (vessel, t, received, type, addressee, dac, fi, payload, fields)
select vessel, t, received, type, addressee, dac, fi, payload, fields
from unnest(%(vessel)s::int[], %(t)s::timestamptz[], %(received)s::timestamptz[],
            %(type)s::smallint[], %(addressee)s::int[], %(dac)s::smallint[], %(fi)s::smallint[],
            %(payload)s::bytea[], %(fields)s::jsonb[])
     w (vessel, t, received, type, addressee, dac, fi, payload, fields)
where not exists (
    select from ais_record m
    where m.vessel = w.vessel and m.t between w.t - make_interval(secs => %(window)s)
                                          and w.t + make_interval(secs => %(window)s)
      and (m.type, m.addressee, m.dac, m.fi, m.payload, m.fields)
          = (w.type, w.addressee, w.dac, w.fi, w.payload, w.fields))
order by w.t, w.vessel;

-- name: texts
-- Safety messages of vessels the caller may see, newest first.
select sm.id, sm.vessel, v.name as vessel_name, m.mmsi, sm.t, sm.received, sm.type, sm.addressee,
       sm.text
from safety_message sm
join vessel v on v.id = sm.vessel
{mmsi}
where (%(words)s::text is null
       or to_tsvector('simple', sm.text) @@ to_tsquery('simple', %(words)s))
  and (%(vessel)s::int is null or sm.vessel = %(vessel)s)
  and (%(since)s::timestamptz is null or sm.t >= %(since)s)
  and (%(before)s::bigint is null or sm.id < %(before)s)
  and {vessel_visible}
order by sm.id desc
limit %(limit)s;
