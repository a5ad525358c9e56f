-- name: read_sealed(id)^
-- What goes into a ticket's leaf, and the root and the seal that its phase was closed with; these are
-- null where it was not closed.
select
    tickets.phase_id,
    tickets.sequence,
    tickets.id::text as id,
    tickets.collector_id,
    tickets.placed_at,
    tickets.numbers,
    tickets.cents,
    tickets.factors,
    (tickets.total * 100)::bigint as total_cents,
    phases.state,
    settlements.tree_root,
    settlements.seal,
    settlements.closed_at
from tickets
join phases on phases.id = tickets.phase_id
left join settlements on settlements.phase_id = tickets.phase_id
where tickets.id = :id;

-- name: read_run(phase_id, first, last)$
-- The leaves of some neighbours, one after another.
select coalesce(string_agg(tickets.leaf, ''::bytea order by tickets.sequence), ''::bytea)
from tickets
where tickets.phase_id = :phase_id
    and tickets.sequence between :first and :last;

-- name: read_leaves(phase_id, after, most)^
-- The next leaves of a phase after a sequence, one after another, and the last of their sequences.
select
    coalesce(string_agg(next.leaf, ''::bytea order by next.sequence), ''::bytea) as leaves,
    max(next.sequence) as last
from (
    select tickets.sequence, tickets.leaf
    from tickets
    where tickets.phase_id = :phase_id
        and tickets.sequence > :after
    order by tickets.sequence
    limit :most
) as next;

-- name: read_voided(phase_id, closed_at)
-- The tickets of a phase that were void at its closing; later ones may be, with the whole phase.
select tickets.sequence
from tickets
where tickets.phase_id = :phase_id
    and tickets.voided_at <= :closed_at
order by tickets.sequence;

-- name: read_closing(phase_id)^
-- A phase as its closing left it, and when its draw was entered; null where it was not closed.
select
    phases.id as phase_id,
    phases.name,
    phases.state,
    settlements.closed_at,
    settlements.ticket_count,
    settlements.bet_count,
    settlements.total_in,
    settlements.tree_root,
    settlements.seal,
    settlements.settled_at,
    users.username as closed_by,
    clock_timestamp() as now,
    (
        select count(*)
        from tickets
        where tickets.phase_id = phases.id
            and tickets.voided_at <= settlements.closed_at
    ) as voided_count
from phases
left join settlements on settlements.phase_id = phases.id
left join users on users.id = settlements.closed_by
where phases.id = :phase_id;
