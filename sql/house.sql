-- name: read_clock(timezone)$
-- What time it is there; refused where Postgres knows no such zone.
select clock_timestamp() at time zone :timezone;

-- name: write_timezone(timezone)!
-- The clock by which months begin and calendars go, as the settings have it.
update house_rules
set timezone = :timezone
where timezone <> :timezone;
