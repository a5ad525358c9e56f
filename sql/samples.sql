-- name: keep_samples(worker, figures, values, mosts)!
-- Adds to the figures of the present minute, or raises those of which the minute's most is kept.
insert into samples (minute, figure, worker, value)
select date_trunc('minute', clock_timestamp()), kept.figure, :worker, kept.value
from unnest(:figures::text[], :values::double precision[]) as kept (figure, value)
on conflict (minute, figure, worker) do update
set value = case
    when excluded.figure = any(:mosts::text[]) then greatest(samples.value, excluded.value)
    else samples.value + excluded.value
end;

-- name: set_samples(figures, values)!
-- What the house's figures are now; the minute ends with the last of them.
insert into samples (minute, figure, value)
select date_trunc('minute', clock_timestamp()), kept.figure, kept.value
from unnest(:figures::text[], :values::double precision[]) as kept (figure, value)
on conflict (minute, figure, worker) do update
set value = excluded.value;

-- name: hold_sampling(key)!
-- One sampling at a time: what is counted since the last one is counted once.
select pg_advisory_xact_lock(:key::bigint);

-- name: read_update_count()$
-- How often a purse's balance has changed, ever.
select coalesce(sum(last_sequence), 0)::bigint
from accounts
where user_id is not null;

-- name: read_last_update_count()$
-- The same when it was sampled last.
select value
from samples
where figure = 'update count'
    and worker = ''
order by minute desc
limit 1;

-- name: read_minutes(count, mosts)
-- The figures of the last minutes, the present one not over yet, `age` in minutes. Workers are added
-- up; of a figure whose most is kept the worst worker counts.
select
    figure,
    extract(epoch from date_trunc('minute', clock_timestamp()) - minute)::integer / 60 as age,
    case when figure = any(:mosts::text[]) then max(value) else sum(value) end as value
from samples
where minute > date_trunc('minute', clock_timestamp()) - make_interval(mins => :count)
group by figure, minute;

-- name: read_standing()^
-- How the house stands now. A verification of what is new does not see what an older one found: the
-- last whole one counts as long as no other whole one has come after it.
with ever as (
    select id, finished_at, account_count, equal_count, findings
    from verifications
    order by id desc
    limit 1
), whole as (
    select id, finished_at, account_count, equal_count, findings
    from verifications
    where whole
    order by id desc
    limit 1
), standing as (
    select * from ever
    union
    select * from whole
)
select
    greatest(0, coalesce((select max(id) from transfers), 0) - marks.transfer_id)
        + greatest(0, coalesce((select max(id) from audit), 0) - marks.audit_id) as seal_lag_rows,
    greatest(0, coalesce(extract(epoch from clock_timestamp() - least(
        (select created_at from transfers where id > marks.transfer_id order by id limit 1),
        (select at from audit where id > marks.audit_id order by id limit 1)
    )), 0))::double precision as seal_lag_s,
    (select max(finished_at) from standing) as verified_at,
    extract(epoch from clock_timestamp() - (select max(finished_at) from standing))
        ::double precision as verified_ago_s,
    (
        select min(equal_count / nullif(account_count, 0)::double precision)
        from standing
    ) as consistency,
    (select sum(jsonb_array_length(findings)) from standing)::bigint as finding_count
from chain_marks as marks;

-- name: list_verifications(count)
-- What was verified last, the newest first, and the last whole one however long ago it was.
with newest as (
    select *
    from verifications
    order by id desc
    limit :count
), whole as (
    select *
    from verifications
    where whole
    order by id desc
    limit 1
)
select
    id,
    started_at,
    finished_at,
    whole,
    account_count,
    equal_count,
    findings
from newest
union
select
    id,
    started_at,
    finished_at,
    whole,
    account_count,
    equal_count,
    findings
from whole
order by id desc;

-- name: forget_samples(kept_for, count)$
-- Figures of long ago serve nobody. How many were forgotten.
with forgotten as (
    delete from samples
    where (minute, figure, worker) in (
        select old.minute, old.figure, old.worker
        from samples as old
        where old.minute < clock_timestamp() - :kept_for::interval
        limit :count
        for update skip locked
    )
    returning 1
)
select count(*)
from forgotten;
