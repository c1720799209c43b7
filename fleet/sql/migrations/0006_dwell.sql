-- How long boats may stay in a zone: `zone_dwell` uses it.

alter table zone add column dwell_min double precision check (dwell_min > 0);
