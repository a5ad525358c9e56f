-- unbound_requests: request lost of user 5 to place
-- a key without an answer
insert into requests (actor_id, operation, key, fingerprint)
values (5, 'place', 'lost', sha256('x'));

-- slip_answers: request lost of user 5 to place
-- an answer that names no ticket
insert into requests (actor_id, operation, key, fingerprint, status, body)
values (5, 'place', 'lost', sha256('x'), 201, '{"id":"1"}');

-- slip_answers: request first of user 5 to place
-- an answer that is no text
update requests set body = '\xff00fe'::bytea where key = 'first';

-- slip_answers: request first of user 6 to place
-- a request given to another collector
update requests set actor_id = 6 where key = 'first';

-- slip_answers: request first of user 5 to place
-- a refusal that is bound
update requests set status = 409 where key = 'first';

-- ticket_requests: ticket 1 of phase 1
-- a ticket that nobody asked for
delete from requests where key = 'first';

-- ticket_requests: ticket 1 of phase 1
-- a ticket asked for twice
insert into requests (actor_id, operation, key, fingerprint, status, body)
select actor_id, operation, 'twice', fingerprint, status, body
from requests
where key = 'first';

-- receipts: request first of user 5 to place
-- an answer cut short
update requests set body = substring(body from 1 for 70) where key = 'first';

-- receipts: request first of user 5 to place
-- another total told
update requests
set body = convert_to(replace(convert_from(body, 'UTF8'), '650.00', '651.00'), 'UTF8')
where key = 'first';

-- receipts: request first of user 5 to place
-- another number told
update requests
set body = convert_to(replace(convert_from(body, 'UTF8'), '"124"', '"125"'), 'UTF8')
where key = 'first';

-- desk_answers: of user 4 to deposit
-- an answer that names no deposit
update requests set body = '{}' where operation = 'deposit';

-- desk_answers: request paid-out of user 4 to withdraw
-- an answer that names a stake
update requests
set body = convert_to('{"transfer_id":"5"}', 'UTF8')
where key = 'paid-out';

-- desk_requests: transfer 18 (withdrawal)
-- a withdrawal that nobody asked for
delete from requests where key = 'paid-out';

-- desk_receipts: request paid-out of user 4 to withdraw
-- another amount told
update requests
set body = convert_to(replace(convert_from(body, 'UTF8'), '"50.00"', '"60.00"'), 'UTF8')
where key = 'paid-out';

-- desk_receipts: request paid-out of user 4 to withdraw
-- an answer cut short
update requests set body = substring(body from 1 for 30) where key = 'paid-out';
