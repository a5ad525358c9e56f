-- name: links(few)
-- The batches follow each other without a gap, and end where the marks say.
with batches as (
    select
        links.position,
        octet_length(links.hashes) / 32 as link_count,
        lag(links.position + octet_length(links.hashes) / 32, 1, 1::bigint)
            over (order by links.position) as expected
    from links
),

ends as (
    select
        chain_marks.position as marked,
        chain_marks.head as marked_head,
        chain_marks.transfer_id as marked_transfer,
        chain_marks.audit_id as marked_audit,
        coalesce(last.position + octet_length(last.hashes) / 32 - 1, 0) as position,
        coalesce(
            substring(last.hashes from greatest(octet_length(last.hashes) - 31, 1)), sha256('')
        ) as head,
        coalesce(last_entry.id, 0) as transfer_id,
        coalesce(last_audit.id, 0) as audit_id
    from (values (true)) as one (row)
    left join chain_marks on true
    left join (select * from links order by links.position desc limit 1) as last on true
    left join (
        select links.ids[cardinality(links.ids)] as id
        from links
        where links.kind = 'entry'
        order by links.position desc
        limit 1
    ) as last_entry on true
    left join (
        select links.ids[cardinality(links.ids)] as id
        from links
        where links.kind = 'audit'
        order by links.position desc
        limit 1
    ) as last_audit on true
)

select
    format('link %s', coalesce(batches.position::text, 'without a position')) as row,
    format('the link before it has position %s', batches.expected - 1) as detail
from batches
where batches.position is distinct from batches.expected
    or batches.link_count is null
union all
select
    'the end of the chain',
    format(
        'the marks say link %s, %s, transfer %s and audit row %s; the last links are %s, %s, %s and %s',
        coalesce(ends.marked::text, 'none'),
        coalesce(encode(ends.marked_head, 'hex'), 'none'),
        coalesce(ends.marked_transfer::text, 'none'),
        coalesce(ends.marked_audit::text, 'none'),
        ends.position,
        encode(ends.head, 'hex'),
        ends.transfer_id,
        ends.audit_id
    )
from ends
where (ends.marked, ends.marked_head, ends.marked_transfer, ends.marked_audit)
    is distinct from (ends.position, ends.head, ends.transfer_id, ends.audit_id)
limit :few;

-- name: unsealed(few, since, position)
-- Every row up to the marks is linked. They are looked for one by one only where their number is not
-- that of the links.
with sealed as (
    select
        coalesce(sum(octet_length(links.hashes) / 32) filter (where links.kind = 'entry'), 0)
            as entry_count,
        coalesce(sum(octet_length(links.hashes) / 32) filter (where links.kind = 'audit'), 0)
            as audit_count
    from links
    where links.position > :position::bigint
),

marks as materialized (
    select
        chain_marks.transfer_id,
        chain_marks.audit_id,
        coalesce((
            select links.ids[cardinality(links.ids)]
            from links
            where links.kind = 'audit'
                and links.position <= :position
            order by links.position desc
            limit 1
        ), 0) as audit_since
    from chain_marks
)

select
    format('entry of transfer %s on account %s', entries.transfer_id, entries.account_id) as row,
    'no link names it' as detail
from entries
where entries.transfer_id <= (select marks.transfer_id from marks)
    and (:since::bigint = 0 or entries.transfer_id > :since)
    and (select sealed.entry_count from sealed) <> (
        select count(*)
        from entries as counted
        where counted.transfer_id <= (select marks.transfer_id from marks)
            and (:since::bigint = 0 or counted.transfer_id > :since)
    )
    and not exists (
        select 1
        from links
        cross join lateral unnest(links.ids, links.account_ids) as item (id, account_id)
        where links.kind = 'entry'
            and item.id = entries.transfer_id
            and item.account_id = entries.account_id
    )
union all
select format('audit row %s', audit.id), 'no link names it'
from audit
where audit.id <= (select marks.audit_id from marks)
    and audit.id > (select marks.audit_since from marks)
    and (select sealed.audit_count from sealed) <> (
        select count(*)
        from audit as counted
        where counted.id <= (select marks.audit_id from marks)
            and counted.id > (select marks.audit_since from marks)
    )
    and not exists (
        select 1
        from links
        cross join lateral unnest(links.ids) as item (id)
        where links.kind = 'audit'
            and item.id = audit.id
    )
limit :few;

-- name: read_end()$
-- Where the last batch of links begins.
select coalesce(max(links.position), 0)
from links;

-- name: read_batches(after, end, most)
-- The next batches of links after a position.
select links.position, links.kind, links.ids, links.account_ids, links.hashes
from links
where links.position > :after
    and links.position <= :end
order by links.position
limit :most;

-- name: read_hash_before(position)$
-- The hash that the first link after a position follows; null where it is the first of all.
select substring(links.hashes from greatest(octet_length(links.hashes) - 31, 1))
from links
where links.position <= :position
order by links.position desc
limit 1;

-- name: read_entries(first, last, most)
-- What the links of some transfers are made of.
select linked.transfer_id, linked.account_id, linked.content
from chained_entries(:first, :last) as linked
limit :most;

-- name: read_audit(first, last, most)
-- What the links of some audit rows are made of.
select linked.id, linked.content
from chained_audit(:first, :last) as linked
limit :most;

-- name: read_entries_one_by_one(ids)
-- The same, for numbers that may be anything.
select linked.transfer_id, linked.account_id, linked.content
from unnest(:ids::bigint[]) as named (id)
cross join lateral chained_entries(named.id, named.id) as linked;

-- name: read_audit_one_by_one(ids)
-- The same, for numbers that may be anything.
select linked.id, linked.content
from unnest(:ids::bigint[]) as named (id)
cross join lateral chained_audit(named.id, named.id) as linked;
