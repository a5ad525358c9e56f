-- name: take_hold(key)$
-- Whether this connection does the jobs from now on, until it ends.
select pg_try_advisory_lock(:key::bigint);

-- name: enter_jobs(names, firsts_s)!
-- A job that is new to the timetable is due for the first time in a while.
insert into jobs (name, due_at)
select entered.name, clock_timestamp() + make_interval(secs => entered.first_s)
from unnest(:names::text[], :firsts_s::double precision[]) as entered (name, first_s)
on conflict (name) do nothing;

-- name: read_due(running)
-- What is to be run now, the longest overdue first. Only the end of a run puts its job off: one that
-- was cut short is still due.
select name
from jobs
where name <> all(:running::text[])
    and due_at <= clock_timestamp()
order by due_at;

-- name: begin_job(name, worker)$
-- A run begins; the moment of it, by which its end is known.
update jobs
set
    started_at = clock_timestamp(),
    finished_at = null,
    outcome = null,
    detail = null,
    worker = :worker
where name = :name
returning started_at;

-- name: tell_job(name, worker, started_at, detail)!
-- How far a run has come.
update jobs
set detail = :detail
where name = :name
    and worker = :worker
    and started_at = :started_at
    and finished_at is null;

-- name: finish_job(name, worker, started_at, outcome, detail, every_s)!
-- A run ends, unless another has taken it over since. Who asked for one in the middle gets another.
update jobs
set
    finished_at = clock_timestamp(),
    succeeded_at = case when :outcome::text = 'done' then clock_timestamp() else succeeded_at end,
    duration_ms = extract(epoch from clock_timestamp() - started_at) * 1000,
    outcome = :outcome,
    detail = :detail,
    run_count = run_count + 1,
    failure_count = failure_count + (:outcome::text = 'failed')::integer,
    due_at = case
        when due_at > started_at then due_at
        else started_at + make_interval(secs => :every_s::double precision)
    end
where name = :name
    and worker = :worker
    and started_at = :started_at
    and finished_at is null;

-- name: ask_job(name)!
-- Somebody wants a run now, whoever does it.
insert into jobs (name, due_at)
values (:name, clock_timestamp())
on conflict (name) do update
set due_at = clock_timestamp();

-- name: list_jobs()
-- Each job's last run, with the database's clock beside it.
select
    name,
    due_at,
    started_at,
    finished_at,
    succeeded_at,
    duration_ms,
    outcome,
    detail,
    run_count,
    failure_count,
    worker,
    clock_timestamp() as now
from jobs
order by name;

-- name: read_overdue_phases()
-- Phases that take no slips any more and are not closed yet, the longest overdue first.
select id, name
from phases
where state = 'open'
    and closes_at <= clock_timestamp()
order by closes_at, id;

-- name: forget_answers(kept_for, count)$
-- What was answered long ago is told no more; that it was done, and with what status, stays. How many
-- were forgotten.
with forgotten as (
    update requests
    set body = null
    where (actor_id, operation, key) in (
        select old.actor_id, old.operation, old.key
        from requests as old
        where old.created_at < clock_timestamp() - :kept_for::interval
            and old.body is not null
        order by old.created_at
        limit :count
        for update
    )
    returning 1
)
select count(*)
from forgotten;
