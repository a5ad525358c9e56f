-- name: list_audit(before, subject, actor_id, count)
-- The trail, the newest first: of one subject and what belongs to it, of one person, or all of it.
select
    audit.id,
    audit.at,
    actors.username as actor,
    audit.address,
    audit.action,
    audit.subject,
    audit.before::text as before,
    audit.after::text as after
from audit
left join users as actors on actors.id = audit.actor_id
where (:before::bigint is null or audit.id < :before)
    and (
        :subject::text is null
        or audit.subject = :subject
        or starts_with(audit.subject, :subject || ' ')
        or starts_with(audit.subject, :subject || ',')
    )
    and (:actor_id::integer is null or audit.actor_id = :actor_id)
order by audit.id desc
limit :count;
