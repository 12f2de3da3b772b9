-- Access answers: the dates and purposes of look-ups concern a person by the scope of the look-up, so all look-ups since
-- the person was first seen are read; without an index that would cost the whole log.

create index event_lookup_idx on ledger.event (controller_id, position) where type = 'lookup.recorded';
