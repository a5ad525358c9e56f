-- name: write_timezone(timezone)!
-- The clock by which months begin and calendars go, as the settings have it.
update house_rules
set timezone = :timezone
where timezone <> :timezone;
