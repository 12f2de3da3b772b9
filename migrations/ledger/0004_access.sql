-- Access answers: the dates and purposes of look-ups concern a person by the scope of the look-up, so all look-ups since
-- the person was first seen are read; without an index that would cost the whole log.

create index event_lookup_idx on ledger.event (controller_id, position) where type = 'lookup.recorded';

-- Cases are few and folded from their events: all that is asked of them beside one case is the list of those that came in.
create index event_case_idx on ledger.event (controller_id, position) where type = 'access.received';
