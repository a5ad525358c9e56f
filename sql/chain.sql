-- name: read_numbers()^
-- The highest numbers in sight, and whether this transaction has written nothing yet: a bound on who
-- may still hold a lower number must be younger than the numbers.
select
    coalesce((select max(transfers.id) from transfers), 0) as transfer_id,
    coalesce((select max(audit.id) from audit), 0) as audit_id,
    pg_current_xact_id_if_assigned() is null as is_unwritten;

-- name: lock_marks()^
-- How far the chain reaches; two sealers take turns.
select
    chain_marks.position,
    chain_marks.head,
    chain_marks.transfer_id,
    chain_marks.audit_id,
    chain_marks.noted_transfer_id,
    chain_marks.noted_audit_id,
    chain_marks.noted_xid
from chain_marks
for update;

-- name: read_horizon()^
-- Every transaction numbered below `ended_below` is over, and what it wrote is in sight of the next
-- statement; none has been numbered `next_xid` or higher to its end.
select
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint as ended_below,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next_xid;

-- name: next_transfers(after, up_to, most)^
-- The transfers whose entries are sealed next: whole ones, with so many entries at most (but the first
-- of them however many), and whether these are all; null where there are none.
with rest as (
    select entries.transfer_id
    from entries
    where entries.transfer_id > :after
        and entries.transfer_id <= :up_to
    order by entries.transfer_id, entries.account_id
    offset :most
    limit 1
)

select
    coalesce(
        (
            select max(entries.transfer_id)
            from entries
            where entries.transfer_id > :after
                and entries.transfer_id < (select rest.transfer_id from rest)
        ),
        (select rest.transfer_id from rest),
        (
            select max(entries.transfer_id)
            from entries
            where entries.transfer_id > :after
                and entries.transfer_id <= :up_to
        )
    ) as last,
    not exists (select 1 from rest) as is_all;

-- name: next_audit(after, up_to, most)^
-- The audit rows that are sealed next, so many at most, and whether these are all; null where there
-- are none.
with rest as (
    select audit.id
    from audit
    where audit.id > :after
        and audit.id <= :up_to
    order by audit.id
    offset :most
    limit 1
)

select
    (
        select max(audit.id)
        from audit
        where audit.id > :after
            and audit.id <= :up_to
            and audit.id < coalesce((select rest.id from rest), 9223372036854775807)
    ) as last,
    not exists (select 1 from rest) as is_all;

-- name: read_entries(first, last)
-- The entries to be sealed next, in the order of the chain.
select linked.transfer_id, linked.account_id, linked.content
from chained_entries(:first, :last) as linked
order by linked.transfer_id, linked.account_id;

-- name: read_audit(first, last)
-- The audit rows to be sealed next, in the order of the chain.
select linked.id, linked.content
from chained_audit(:first, :last) as linked
order by linked.id;

-- name: write_links(position, kind, ids, account_ids, hashes)!
-- A batch of links.
insert into links (position, kind, ids, account_ids, hashes)
values (:position, :kind, :ids, :account_ids, :hashes);

-- name: advance(position, head, transfer_id, audit_id)!
-- The chain as the pass leaves it.
update chain_marks
set
    position = :position,
    head = :head,
    transfer_id = :transfer_id,
    audit_id = :audit_id;

-- name: note(transfer_id, audit_id)!
-- What the next passes seal, once every transaction that may hold a number up to these is over: each
-- had its own number before it took one of them, and so before this transaction got its own.
update chain_marks
set
    noted_transfer_id = :transfer_id,
    noted_audit_id = :audit_id,
    noted_xid = pg_current_xact_id()::text::bigint;

-- name: read_lag()$
-- For how many seconds the oldest row has been waiting to be sealed; 0 where none waits.
select coalesce(extract(epoch from clock_timestamp() - min(waiting.at)), 0)::double precision
from chain_marks
cross join lateral (
    (
        select transfers.created_at as at
        from transfers
        where transfers.id > chain_marks.transfer_id
        order by transfers.id
        limit 1
    )
    union all
    (
        select audit.at
        from audit
        where audit.id > chain_marks.audit_id
        order by audit.id
        limit 1
    )
) as waiting;

-- name: read_head()^
-- The last link: what a person keeps elsewhere.
select chain_marks.position, chain_marks.head as hash, links.sealed_at as at
from chain_marks
left join lateral (
    select links.sealed_at
    from links
    order by links.position desc
    limit 1
) as links on true;

-- name: read_hash(position)$
-- The hash of one link; null where there is no such link.
select substring(
    links.hashes
    from (32 * (:position::bigint - links.position) + 1)::integer
    for 32
)
from links
where links.position <= :position
    and links.position + octet_length(links.hashes) / 32 > :position
order by links.position desc
limit 1;
