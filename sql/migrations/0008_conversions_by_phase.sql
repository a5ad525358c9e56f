-- A statement asks what a phase made of its collector's bonus, and looked through every transfer for it.
-- depends: 0007_no_way_back

-- migrate: apply

create index transfers_conversion on transfers (phase_id) where reason = 'conversion';

-- migrate: rollback

drop index transfers_conversion;
