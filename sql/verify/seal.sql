-- name: read_closing(phase_id)^
-- A phase, how many tickets it numbered, and what its settlement says of the closing, where there is
-- one.
select
    phases.state,
    phases.closed_at as phase_closed_at,
    phase_totals.last_sequence,
    settlements.total_in,
    settlements.commission,
    settlements.ticket_count,
    settlements.bet_count,
    settlements.tree_root,
    settlements.seal,
    settlements.closed_at
from phases
left join phase_totals on phase_totals.phase_id = phases.id
left join settlements on settlements.phase_id = phases.id
where phases.id = :phase_id;

-- name: read_tickets(phase_id)
-- All that the leaf of each ticket of a phase is made of, by sequence, and what its sums are.
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
    tickets.commission,
    tickets.bet_count,
    tickets.voided_at,
    tickets.leaf
from tickets
where tickets.phase_id = :phase_id
order by tickets.sequence;

-- name: read_noted(subject)^
-- What the trail was told of a closing when it happened; later rows of the subject change nothing of it.
select
    audit.id,
    audit.after ->> 'total_in' as total_in,
    audit.after ->> 'commission' as commission,
    audit.after ->> 'ticket_count' as ticket_count,
    audit.after ->> 'bet_count' as bet_count,
    audit.after ->> 'tree_root' as tree_root,
    audit.after ->> 'seal' as seal,
    audit.after ->> 'closed_at' as closed_at
from audit
where audit.subject = :subject
    and audit.action = 'added'
order by audit.id
limit 1;

-- name: is_noted(closed_at)$
-- Whether the trail was kept at a closing already: an older house had none.
select exists (
    select 1
    from audit
    where audit.at <= :closed_at
);

-- name: read_link(id)^
-- The links among which an audit row is, and whether it must be among any.
select
    chain_marks.audit_id >= :id::bigint as is_due,
    links.position,
    links.kind,
    links.ids,
    links.account_ids,
    links.hashes
from chain_marks
left join links
    on links.kind = 'audit'
    and links.ids @> array[:id::bigint]
order by links.position
limit 1;
