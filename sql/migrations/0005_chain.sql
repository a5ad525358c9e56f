-- The chain of hashes over entries and audit rows, the jobs that keep it, and what they found.
-- depends: 0004_desk

-- migrate: apply

-- Links in batches: the first has `position`, each of the others the next. A link's hash is 32 bytes
-- of `hashes`, at its place: `sha256(hash before it || position || fields of the row)`. An entry is
-- named by its transfer (`ids`) and its account (`account_ids`), an audit row by its number.
create table links (
    position bigint primary key check (position > 0),
    kind text not null check (kind in ('entry', 'audit')),
    ids bigint[] not null,
    account_ids integer[],
    hashes bytea not null,
    sealed_at timestamptz not null default clock_timestamp(),
    check (cardinality(ids) > 0 and octet_length(hashes) = 32 * cardinality(ids)),
    check ((kind = 'entry') = (account_ids is not null)),
    check (coalesce(cardinality(account_ids) = cardinality(ids), true))
);

create trigger links_are_append_only before update or delete or truncate on links
    for each statement execute function refuse_change();

-- What a link holds of its row: fields, each the length of its bytes as four bytes, most significant
-- first, and then the bytes, UTF-8; a null is the length -1 alone. Numbers are decimal, times whole
-- microseconds since 1970.
create function link_field(content text)
returns bytea language sql stable parallel safe as $$
    select coalesce(
        int4send(octet_length(content)) || convert_to(content, 'UTF8'),
        int4send(-1)
    )
$$;

-- Sealing and verifying read the same two. They are bounded here, so that no plan reads all there is.
create function chained_entries(first bigint, last bigint)
returns table (transfer_id bigint, account_id integer, content bytea)
language sql stable parallel safe as $$
    select
        entries.transfer_id,
        entries.account_id,
        link_field('entry')
            || link_field(entries.transfer_id::text)
            || link_field(entries.account_id::text)
            || link_field(entries.amount::text)
            || link_field(entries.balance_after::text)
            || link_field(entries.sequence::text)
            || coalesce(booked.content, ''::bytea)
            || coalesce(counted.content, ''::bytea)
    from entries
    left join (
        select
            transfers.id,
            link_field(transfers.reason)
                || link_field(transfers.actor_id::text)
                || link_field(transfers.phase_id::text)
                || link_field(transfers.note)
                || link_field((extract(epoch from transfers.created_at) * 1000000)::bigint::text)
                as content
        from transfers
        where transfers.id between chained_entries.first and chained_entries.last
    ) as booked on booked.id = entries.transfer_id
    left join (
        select
            desk_transfers.transfer_id,
            link_field(desk_transfers.user_id::text)
                || link_field(desk_transfers.shift_id::text)
                || link_field(desk_transfers.amount::text)
                || link_field(desk_transfers.reverses_id::text)
                || link_field(desk_transfers.forced::text)
                || link_field(desk_transfers.approval_id::text)
                as content
        from desk_transfers
        where desk_transfers.transfer_id between chained_entries.first and chained_entries.last
    ) as counted on counted.transfer_id = entries.transfer_id
    where entries.transfer_id between chained_entries.first and chained_entries.last
$$;

create function chained_audit(first bigint, last bigint)
returns table (id bigint, content bytea)
language sql stable parallel safe as $$
    select
        audit.id,
        link_field('audit')
            || link_field(audit.id::text)
            || link_field((extract(epoch from audit.at) * 1000000)::bigint::text)
            || link_field(audit.actor_id::text)
            || link_field(audit.address)
            || link_field(audit.action)
            || link_field(audit.subject)
            || link_field(audit.before::text)
            || link_field(audit.after::text)
    from audit
    where audit.id between chained_audit.first and chained_audit.last
$$;

-- How far the chain reaches: every transfer and audit row up to these numbers is sealed or was never
-- committed. Numbers are given out before their transactions commit, so that what is `noted` counts
-- only when every transaction below `noted_xid` is over.
create table chain_marks (
    id boolean primary key default true check (id),
    position bigint not null,
    head bytea not null check (length(head) = 32),
    transfer_id bigint not null,
    audit_id bigint not null,
    noted_transfer_id bigint not null,
    noted_audit_id bigint not null,
    noted_xid bigint not null
);

insert into chain_marks (
    position, head, transfer_id, audit_id, noted_transfer_id, noted_audit_id, noted_xid
)
values (0, sha256(''::bytea), 0, 0, 0, 0, 0);

-- The timetable: each job's last run, and when it is due again. A run that is started and not
-- finished was cut short.
create table jobs (
    name text primary key,
    due_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    succeeded_at timestamptz,
    duration_ms integer,
    outcome text check (outcome in ('done', 'failed')),
    detail text,
    run_count bigint not null default 0,
    failure_count bigint not null default 0,
    worker text,
    check (finished_at is null or started_at is not null),
    check ((finished_at is null) = (outcome is null))
) with (fillfactor = 10);

-- Answers whose bodies are still kept, by age.
create index requests_kept on requests (created_at) where body is not null;

-- What each verification looked at and found. `up_to` is the last transfer and `position` the last
-- link of which it is sure that none before it is still to come: the next may begin there.
create table verifications (
    id integer generated always as identity primary key,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    whole boolean not null,
    up_to bigint not null,
    position bigint not null default 0,
    account_count integer not null,
    equal_count integer not null check (equal_count between 0 and account_count),
    findings jsonb not null
);

-- Where the last verification without a finding left each account: after the transfer `up_to` its
-- entries came to `total`, and the last of them had this sequence.
create table checkpoints (
    account_id integer primary key,
    up_to bigint not null,
    total numeric(24, 2) not null,
    sequence bigint not null
);

-- A verification of what came since begins with the voids since.
create index tickets_void on tickets (void_transfer_id) where void_transfer_id is not null;

-- The monitor's figures by minute; a figure of the house has no worker.
create table samples (
    minute timestamptz not null,
    figure text not null,
    worker text not null default '',
    value double precision not null,
    primary key (minute, figure, worker)
);

-- migrate: rollback

drop index requests_kept;
drop index tickets_void;
drop function chained_entries, chained_audit, link_field;
drop table samples, checkpoints, verifications, jobs, chain_marks, links;
