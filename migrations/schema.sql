-- Generated from migrations/ by `npm run generate`: what they add up to, for reading and for reviewing differences.
-- Nothing runs this file.

-- The ledger database

-- role liggare_api login connect
-- role liggare_auditor login connect
-- role liggare_owner nologin
-- role liggare_purge login connect
-- role liggare_worker login connect

create schema ledger authorization liggare_owner;
comment on schema ledger is 'The log and what is needed to append to it. Nothing here can be made again from elsewhere.';
grant usage on schema ledger to liggare_api;
grant usage on schema ledger to liggare_auditor;
grant usage on schema ledger to liggare_purge;
grant usage on schema ledger to liggare_worker;

create schema liggare authorization liggare_owner;
comment on schema liggare is 'What Liggare notes about the database itself';
grant usage on schema liggare to liggare_api;
grant usage on schema liggare to liggare_auditor;
grant usage on schema liggare to liggare_purge;
grant usage on schema liggare to liggare_worker;

create schema model authorization liggare_owner;
comment on schema model is 'Read models: facts derived from ledger.event and ledger.event_part alone, rebuilt exactly by `liggare rebuild`.';
grant usage on schema model to liggare_api;
grant usage on schema model to liggare_auditor;
grant usage on schema model to liggare_purge;
grant usage on schema model to liggare_worker;

create table ledger.checkpoint (
  controller_id integer not null,
  size bigint not null,
  signed_at timestamp with time zone not null,
  note bytea not null,
  constraint checkpoint_size_check CHECK ((size >= 0)),
  constraint checkpoint_pkey PRIMARY KEY (controller_id, size)
);
alter table ledger.checkpoint owner to liggare_owner;
alter table ledger.checkpoint enable row level security;
alter table ledger.checkpoint force row level security;
create policy own_controller on ledger.checkpoint as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
comment on table ledger.checkpoint is 'Signed notes of the log''s size and root, as published. The newest stands also in a file outside the database.';
grant select on ledger.checkpoint to liggare_api;
grant select on ledger.checkpoint to liggare_auditor;
grant select on ledger.checkpoint to liggare_worker;

create table ledger.checkpoint_evidence (
  controller_id integer not null,
  size bigint not null,
  kind text not null,
  name text not null,
  content bytea not null,
  added_at timestamp with time zone not null,
  constraint checkpoint_evidence_kind_check CHECK ((kind = ANY (ARRAY['cosignature'::text, 'timestamp'::text]))),
  constraint checkpoint_evidence_pkey PRIMARY KEY (controller_id, size, kind, name)
);
alter table ledger.checkpoint_evidence owner to liggare_owner;
alter table ledger.checkpoint_evidence enable row level security;
alter table ledger.checkpoint_evidence force row level security;
create policy own_controller on ledger.checkpoint_evidence as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX checkpoint_evidence_name_idx ON ledger.checkpoint_evidence USING btree (controller_id, kind, name, size);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.checkpoint_evidence FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
comment on table ledger.checkpoint_evidence is 'What others say of a checkpoint: signature lines of witnesses (c2sp.org/tlog-cosignature), answers of a time-stamping authority (RFC 3161).';
grant select on ledger.checkpoint_evidence to liggare_api;
grant select on ledger.checkpoint_evidence to liggare_auditor;
grant select on ledger.checkpoint_evidence to liggare_worker;

create table ledger.condemned (
  controller_id integer not null,
  object_id uuid not null,
  "position" bigint not null,
  executed_at timestamp with time zone,
  constraint condemned_pkey PRIMARY KEY (controller_id, object_id)
) with (fillfactor=60);
alter table ledger.condemned owner to liggare_owner;
alter table ledger.condemned enable row level security;
alter table ledger.condemned force row level security;
create policy own_controller on ledger.condemned as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX condemned_position_idx ON ledger.condemned USING btree (controller_id, "position");
comment on table ledger.condemned is 'Objects named by a purge''s intent event (position): no event is added to them any more.';
grant select on ledger.condemned to liggare_api;
grant select on ledger.condemned to liggare_auditor;
grant select on ledger.condemned to liggare_purge;
grant select on ledger.condemned to liggare_worker;

create table ledger.controller (
  controller_id integer not null,
  slug text not null,
  created_at timestamp with time zone not null,
  constraint controller_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 63))),
  constraint controller_pkey PRIMARY KEY (controller_id),
  constraint controller_slug_key UNIQUE (slug)
);
alter table ledger.controller owner to liggare_owner;
alter table ledger.controller enable row level security;
alter table ledger.controller force row level security;
create policy directory on ledger.controller as permissive for all to liggare_owner using (true) with check (true);
create policy own_controller on ledger.controller as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.controller FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
comment on table ledger.controller is 'Directory of controllers: the number used inside, the slug used outside.';
grant select on ledger.controller to liggare_api;
grant select on ledger.controller to liggare_worker;

create table ledger.delivery (
  controller_id integer not null,
  delivery_id uuid not null,
  channel_id uuid not null,
  received_on date not null,
  platform text not null,
  mapper text not null,
  route text not null,
  bytes bigint not null,
  body bytea,
  indexed boolean not null,
  destroyed_by bigint,
  constraint delivery_bytes_check CHECK ((bytes >= 0)),
  constraint delivery_check CHECK (((destroyed_by IS NULL) OR (body IS NULL))),
  constraint delivery_route_check CHECK ((route = ANY (ARRAY['hook'::text, 'import'::text]))),
  constraint delivery_pkey PRIMARY KEY (controller_id, delivery_id)
);
alter table ledger.delivery owner to liggare_owner;
alter table ledger.delivery enable row level security;
alter table ledger.delivery force row level security;
create policy own_controller on ledger.delivery as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX delivery_destroyed_idx ON ledger.delivery USING btree (controller_id, destroyed_by) WHERE (destroyed_by IS NOT NULL);
CREATE INDEX delivery_kept_idx ON ledger.delivery USING btree (controller_id, received_on, delivery_id) WHERE (destroyed_by IS NULL);
comment on table ledger.delivery is 'Deliveries as they came, sealed (body null: in the file store, or destroyed). delivery_id = stream of delivery.received, and its key''s id in the keyring. destroyed_by = the intent or delivery.destroyed event. Not indexed: its import has not come to its end, so it may carry anything of its channel.';
grant select on ledger.delivery to liggare_api;
grant select on ledger.delivery to liggare_purge;
grant select on ledger.delivery to liggare_worker;

create table ledger.delivery_object (
  controller_id integer not null,
  object_id uuid not null,
  delivery_id uuid not null,
  constraint delivery_object_pkey PRIMARY KEY (controller_id, object_id, delivery_id)
);
alter table ledger.delivery_object owner to liggare_owner;
alter table ledger.delivery_object enable row level security;
alter table ledger.delivery_object force row level security;
create policy own_controller on ledger.delivery_object as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX delivery_object_delivery_idx ON ledger.delivery_object USING btree (controller_id, delivery_id);
comment on table ledger.delivery_object is 'Which objects a kept delivery carried: the first of them that is purged takes the delivery with it.';
grant select on ledger.delivery_object to liggare_api;
grant select on ledger.delivery_object to liggare_worker;

create table ledger.event (
  controller_id integer not null,
  "position" bigint not null,
  event_id uuid not null,
  stream_id uuid not null,
  stream_version integer not null,
  type text not null,
  channel_id uuid,
  thread_id uuid,
  capacity text,
  occurred_on date not null,
  recorded_at timestamp with time zone not null,
  header text not null,
  entry bytea not null,
  constraint event_check CHECK (((channel_id IS NOT NULL) OR (NOT starts_with(type, 'interaction.'::text)))),
  constraint event_entry_check CHECK ((octet_length(entry) = 32)),
  constraint event_position_check CHECK (("position" >= 0)),
  constraint event_stream_version_check CHECK ((stream_version > 0)),
  constraint event_pkey PRIMARY KEY (controller_id, "position")
);
alter table ledger.event owner to liggare_owner;
alter table ledger.event enable row level security;
alter table ledger.event force row level security;
create policy own_controller on ledger.event as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX event_case_idx ON ledger.event USING btree (controller_id, "position") WHERE (type = 'access.received'::text);
CREATE INDEX event_channel_idx ON ledger.event USING btree (controller_id, channel_id, "position") WHERE (channel_id IS NOT NULL);
CREATE UNIQUE INDEX event_event_id_key ON ledger.event USING btree (controller_id, event_id);
CREATE INDEX event_intent_idx ON ledger.event USING btree (controller_id, "position") WHERE (type = ANY (ARRAY['purge.intended'::text, 'delivery.destroyed'::text]));
CREATE INDEX event_lookup_idx ON ledger.event USING btree (controller_id, "position") WHERE (type = 'lookup.recorded'::text);
CREATE INDEX event_signing_idx ON ledger.event USING btree (controller_id, "position") WHERE (type = ANY (ARRAY['checkpoint.restore-accepted'::text, 'checkpoint.key-rotated'::text, 'checkpoint.restore-reported'::text]));
CREATE UNIQUE INDEX event_stream_key ON ledger.event USING btree (controller_id, stream_id, stream_version);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.event FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
comment on table ledger.event is 'The log. header is canonical JSON without names, texts or platform ids; entry = SHA-256("liggare/header/v1" || header) is the leaf input. Never updated, never deleted.';
grant select on ledger.event to liggare_api;
grant select on ledger.event to liggare_auditor;
grant select on ledger.event to liggare_purge;
grant select on ledger.event to liggare_worker;

create table ledger.event_part (
  controller_id integer not null,
  "position" bigint not null,
  ordinal smallint not null,
  subject_id uuid not null,
  role text not null,
  category text not null,
  digest bytea not null,
  constraint event_part_digest_check CHECK ((octet_length(digest) = 32)),
  constraint event_part_pkey PRIMARY KEY (controller_id, "position", ordinal)
);
alter table ledger.event_part owner to liggare_owner;
alter table ledger.event_part enable row level security;
alter table ledger.event_part force row level security;
create policy own_controller on ledger.event_part as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX event_part_subject_idx ON ledger.event_part USING btree (controller_id, subject_id, "position");
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.event_part FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
comment on table ledger.event_part is 'Which person stands in which part of an event. Outlives the sealed content: it is how a person is found.';
grant select on ledger.event_part to liggare_api;
grant select on ledger.event_part to liggare_auditor;
grant select on ledger.event_part to liggare_purge;
grant select on ledger.event_part to liggare_worker;

create table ledger.fact_digest (
  controller_id integer not null,
  digest bytea not null,
  "position" bigint not null,
  content bytea,
  constraint fact_digest_pkey PRIMARY KEY (controller_id, digest)
);
alter table ledger.fact_digest owner to liggare_owner;
alter table ledger.fact_digest enable row level security;
alter table ledger.fact_digest force row level security;
create policy own_controller on ledger.fact_digest as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX fact_digest_position_idx ON ledger.fact_digest USING btree (controller_id, "position");
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.fact_digest FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
comment on table ledger.fact_digest is 'Keyed digests by which a fact delivered again is recognised, with the keyed digest of its content. Moved to ledger.tombstone by a purge.';
grant select on ledger.fact_digest to liggare_api;
grant select on ledger.fact_digest to liggare_worker;

create table ledger.identity (
  controller_id integer not null,
  digest bytea not null,
  kind text not null,
  id uuid not null,
  constraint identity_kind_check CHECK ((kind = ANY (ARRAY['object'::text, 'subject'::text]))),
  constraint identity_pkey PRIMARY KEY (controller_id, digest)
);
alter table ledger.identity owner to liggare_owner;
alter table ledger.identity enable row level security;
alter table ledger.identity force row level security;
create policy own_controller on ledger.identity as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX identity_id_idx ON ledger.identity USING btree (controller_id, id);
comment on table ledger.identity is 'Keyed digest of a platform id -> the random id used in headers. Only what resolves by itself: a stable id, never a handle or a name.';
grant select on ledger.identity to liggare_api;
grant select on ledger.identity to liggare_worker;

create table ledger.log_head (
  controller_id integer not null,
  size bigint not null default 0,
  last_recorded_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  constraint log_head_size_check CHECK ((size >= 0)),
  constraint log_head_pkey PRIMARY KEY (controller_id)
) with (fillfactor=10);
alter table ledger.log_head owner to liggare_owner;
alter table ledger.log_head enable row level security;
alter table ledger.log_head force row level security;
create policy first_head on ledger.log_head as permissive for insert to liggare_owner with check (true);
create policy own_controller on ledger.log_head as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
comment on table ledger.log_head is 'One row per log; an append locks it. size = the next position.';
grant select on ledger.log_head to liggare_api;
grant select on ledger.log_head to liggare_auditor;
grant select on ledger.log_head to liggare_purge;
grant select on ledger.log_head to liggare_worker;

create table ledger.sealed_part (
  controller_id integer not null,
  "position" bigint not null,
  ordinal smallint not null,
  ciphertext bytea not null,
  commitment bytea not null,
  constraint sealed_part_commitment_check CHECK ((octet_length(commitment) = 32)),
  constraint sealed_part_pkey PRIMARY KEY (controller_id, "position", ordinal)
);
alter table ledger.sealed_part owner to liggare_owner;
alter table ledger.sealed_part enable row level security;
alter table ledger.sealed_part force row level security;
create policy own_controller on ledger.sealed_part as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE TRIGGER no_rewrite BEFORE UPDATE ON ledger.sealed_part FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.sealed_part FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
comment on table ledger.sealed_part is 'The only place of personal data: AES-256-GCM under a key that needs the keyring. Deleted by the purge role alone.';
grant select on ledger.sealed_part to liggare_api;
grant select on ledger.sealed_part to liggare_worker;

create table ledger.signing_alarm (
  controller_id integer not null,
  reason text not null,
  raised_at timestamp with time zone not null,
  constraint signing_alarm_pkey PRIMARY KEY (controller_id)
);
alter table ledger.signing_alarm owner to liggare_owner;
alter table ledger.signing_alarm enable row level security;
alter table ledger.signing_alarm force row level security;
create policy every_alarm on ledger.signing_alarm as permissive for select to liggare_owner using (true);
create policy own_controller on ledger.signing_alarm as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
comment on table ledger.signing_alarm is 'Logs whose next checkpoint was refused: entries that had been signed are gone or changed. Cleared by the next one signed.';

create table ledger.subject (
  controller_id integer not null,
  subject_id uuid not null,
  erased_position bigint,
  constraint subject_pkey PRIMARY KEY (controller_id, subject_id)
);
alter table ledger.subject owner to liggare_owner;
alter table ledger.subject enable row level security;
alter table ledger.subject force row level security;
create policy own_controller on ledger.subject as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX subject_erased_idx ON ledger.subject USING btree (controller_id, erased_position) WHERE (erased_position IS NOT NULL);
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.subject FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
comment on table ledger.subject is 'The persons (and the controller itself) that parts are sealed for. An erased one takes no more parts.';
grant select on ledger.subject to liggare_api;
grant select on ledger.subject to liggare_worker;

create table ledger.subject_trait (
  controller_id integer not null,
  digest bytea not null,
  subject_id uuid not null,
  kind text not null,
  constraint subject_trait_pkey PRIMARY KEY (controller_id, digest, subject_id)
);
alter table ledger.subject_trait owner to liggare_owner;
alter table ledger.subject_trait enable row level security;
alter table ledger.subject_trait force row level security;
create policy own_controller on ledger.subject_trait as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX subject_trait_subject_idx ON ledger.subject_trait USING btree (controller_id, subject_id);
comment on table ledger.subject_trait is 'Keyed digests of handles, e-mail addresses, URLs and folded name tokens: they propose a person, they never decide.';
grant select on ledger.subject_trait to liggare_api;
grant select on ledger.subject_trait to liggare_worker;

create table ledger.tile (
  controller_id integer not null,
  level smallint not null,
  tile_index bigint not null,
  width smallint not null,
  hashes bytea not null,
  constraint tile_check CHECK ((octet_length(hashes) = (32 * width))),
  constraint tile_level_check CHECK (((level >= 0) AND (level <= 63))),
  constraint tile_tile_index_check CHECK ((tile_index >= 0)),
  constraint tile_width_check CHECK (((width >= 1) AND (width <= 256))),
  constraint tile_pkey PRIMARY KEY (controller_id, level, tile_index, width)
);
alter table ledger.tile owner to liggare_owner;
alter table ledger.tile enable row level security;
alter table ledger.tile force row level security;
create policy own_controller on ledger.tile as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.tile FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
comment on table ledger.tile is 'Tiles of hashes. Of level 0 only full ones: its right edge is read from ledger.event.';
grant select on ledger.tile to liggare_api;
grant select on ledger.tile to liggare_auditor;
grant select on ledger.tile to liggare_worker;

create table ledger.tombstone (
  controller_id integer not null,
  digest bytea not null,
  "position" bigint not null,
  constraint tombstone_pkey PRIMARY KEY (controller_id, digest)
);
alter table ledger.tombstone owner to liggare_owner;
alter table ledger.tombstone enable row level security;
alter table ledger.tombstone force row level security;
create policy own_controller on ledger.tombstone as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX tombstone_position_idx ON ledger.tombstone USING brin (controller_id, "position") WITH (autosummarize='on');
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.tombstone FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
comment on table ledger.tombstone is 'Digests under the tombstone key of facts and objects that were disposed of: they do not come back by importing the same file. position = the intent.';
grant select on ledger.tombstone to liggare_api;
grant select on ledger.tombstone to liggare_auditor;
grant select on ledger.tombstone to liggare_worker;

create table liggare.migration (
  version integer not null,
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (version)
);
alter table liggare.migration owner to liggare_owner;
comment on table liggare.migration is 'The files of migrations/ that were applied here';
grant select on liggare.migration to liggare_api;
grant select on liggare.migration to liggare_auditor;
grant select on liggare.migration to liggare_purge;
grant select on liggare.migration to liggare_worker;

create table model.capacity_ruling (
  controller_id integer not null,
  object_id uuid not null,
  ruling_id uuid not null,
  "position" bigint not null,
  version integer not null,
  capacity text not null,
  ground text not null,
  quarantine_until date,
  hold_id uuid,
  contested_position bigint,
  contest_hold_id uuid,
  approved_position bigint,
  constraint capacity_ruling_pkey PRIMARY KEY (controller_id, object_id)
);
alter table model.capacity_ruling owner to liggare_owner;
alter table model.capacity_ruling enable row level security;
alter table model.capacity_ruling force row level security;
create policy own_controller on model.capacity_ruling as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX capacity_ruling_approved_idx ON model.capacity_ruling USING btree (controller_id, approved_position) WHERE (approved_position IS NOT NULL);
CREATE INDEX capacity_ruling_position_idx ON model.capacity_ruling USING btree (controller_id, "position");
comment on table model.capacity_ruling is 'In what capacity somebody acted, as a person has ruled it last: since when its content is quarantined, whether it is contested, whether another person has said that the content be destroyed.';
grant select on model.capacity_ruling to liggare_api;
grant select on model.capacity_ruling to liggare_auditor;
grant select on model.capacity_ruling to liggare_purge;
grant select on model.capacity_ruling to liggare_worker;

create table model.channel_reach (
  controller_id integer not null,
  channel_id uuid not null,
  earlier uuid[] not null,
  subjects bigint not null,
  constraint channel_reach_pkey PRIMARY KEY (controller_id, channel_id, earlier)
) with (fillfactor=50);
alter table model.channel_reach owner to liggare_owner;
alter table model.channel_reach enable row level security;
alter table model.channel_reach force row level security;
create policy own_controller on model.channel_reach as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
comment on table model.channel_reach is 'How many persons were seen on a channel after these others, each counted once for each channel. The persons of any set of channels are the sum of those rows of its channels that name none of the set as earlier: what it costs to know does not grow with them.';
grant select on model.channel_reach to liggare_api;
grant select on model.channel_reach to liggare_auditor;
grant select on model.channel_reach to liggare_purge;
grant select on model.channel_reach to liggare_worker;

create table model.channel_subject (
  controller_id integer not null,
  channel_id uuid not null,
  subject_id uuid not null,
  constraint channel_subject_pkey PRIMARY KEY (controller_id, channel_id, subject_id)
);
alter table model.channel_subject owner to liggare_owner;
alter table model.channel_subject enable row level security;
alter table model.channel_subject force row level security;
create policy own_controller on model.channel_subject as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
comment on table model.channel_subject is 'Which persons are seen on which channel.';
grant select on model.channel_subject to liggare_api;
grant select on model.channel_subject to liggare_auditor;
grant select on model.channel_subject to liggare_purge;
grant select on model.channel_subject to liggare_worker;

create table model.declaration (
  controller_id integer not null,
  kind text not null,
  id uuid not null,
  version integer not null,
  "position" bigint not null,
  declared_at timestamp with time zone not null,
  document jsonb not null,
  constraint declaration_pkey PRIMARY KEY (controller_id, kind, id)
);
alter table model.declaration owner to liggare_owner;
alter table model.declaration enable row level security;
alter table model.declaration force row level security;
create policy own_controller on model.declaration as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
comment on table model.declaration is 'The newest version of each declared document: controller, channel, activity, rule. Earlier versions stand in the log.';
grant select on model.declaration to liggare_api;
grant select on model.declaration to liggare_auditor;
grant select on model.declaration to liggare_purge;
grant select on model.declaration to liggare_worker;

create table model.diary_entry (
  controller_id integer not null,
  entry_id uuid not null,
  "position" bigint not null,
  version integer not null,
  entered_on date not null,
  direction text not null,
  designation text not null,
  correspondent text,
  person boolean not null,
  brief text,
  left_out text[] not null,
  object_id uuid,
  constraint diary_entry_pkey PRIMARY KEY (controller_id, entry_id)
);
alter table model.diary_entry owner to liggare_owner;
alter table model.diary_entry enable row level security;
alter table model.diary_entry force row level security;
create policy own_controller on model.diary_entry as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX diary_entry_day_idx ON model.diary_entry USING btree (controller_id, entered_on, "position");
comment on table model.diary_entry is 'The public diary (OSL 5:2) as last entered or corrected. Columns left out for secrecy, and persons, stand sealed in the event.';
grant select on model.diary_entry to liggare_api;
grant select on model.diary_entry to liggare_auditor;
grant select on model.diary_entry to liggare_purge;
grant select on model.diary_entry to liggare_worker;

create table model.disclosed_object (
  controller_id integer not null,
  object_id uuid not null,
  disclosure_id uuid not null,
  constraint disclosed_object_pkey PRIMARY KEY (controller_id, object_id, disclosure_id)
);
alter table model.disclosed_object owner to liggare_owner;
alter table model.disclosed_object enable row level security;
alter table model.disclosed_object force row level security;
create policy own_controller on model.disclosed_object as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX disclosed_object_disclosure_idx ON model.disclosed_object USING btree (controller_id, disclosure_id);
comment on table model.disclosed_object is 'Which objects a disclosure handed over.';
grant select on model.disclosed_object to liggare_api;
grant select on model.disclosed_object to liggare_auditor;
grant select on model.disclosed_object to liggare_purge;
grant select on model.disclosed_object to liggare_worker;

create table model.disclosure (
  controller_id integer not null,
  disclosure_id uuid not null,
  "position" bigint not null,
  recipient_kind text not null,
  organisation text,
  person boolean not null,
  ground text not null,
  provision text,
  reference text,
  disclosed_on date not null,
  objects integer not null,
  constraint disclosure_pkey PRIMARY KEY (controller_id, disclosure_id)
);
alter table model.disclosure owner to liggare_owner;
alter table model.disclosure enable row level security;
alter table model.disclosure force row level security;
create policy own_controller on model.disclosure as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX disclosure_position_idx ON model.disclosure USING btree (controller_id, "position");
comment on table model.disclosure is 'To whom records were handed, on what ground, when. A person as recipient and the purpose stand sealed in the event.';
grant select on model.disclosure to liggare_api;
grant select on model.disclosure to liggare_auditor;
grant select on model.disclosure to liggare_purge;
grant select on model.disclosure to liggare_worker;

create table model.hold (
  controller_id integer not null,
  hold_id uuid not null,
  kind text not null,
  target_id uuid not null,
  ground text not null,
  review_on date,
  case_id uuid,
  verb text,
  from_on date,
  to_on date,
  placed_position bigint not null,
  lifted_position bigint,
  constraint hold_pkey PRIMARY KEY (controller_id, hold_id)
);
alter table model.hold owner to liggare_owner;
alter table model.hold enable row level security;
alter table model.hold force row level security;
create policy own_controller on model.hold as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX hold_active_idx ON model.hold USING btree (controller_id, kind, target_id) WHERE (lifted_position IS NULL);
comment on table model.hold is 'Holds on an object, a thread, a subject, a channel, or a query: a channel narrowed by verb and days, whatever comes to lie there. While one is active nothing under it is destroyed.';
grant select on model.hold to liggare_api;
grant select on model.hold to liggare_auditor;
grant select on model.hold to liggare_purge;
grant select on model.hold to liggare_worker;

create table model.intent (
  controller_id integer not null,
  "position" bigint not null,
  purge_id uuid not null,
  class_id integer,
  objects integer not null,
  disposed_position bigint,
  constraint intent_pkey PRIMARY KEY (controller_id, "position")
);
alter table model.intent owner to liggare_owner;
alter table model.intent enable row level security;
alter table model.intent force row level security;
create policy own_controller on model.intent as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX intent_purge_idx ON model.intent USING btree (controller_id, purge_id);
comment on table model.intent is 'Intents of purges: of which class and how many objects each condemned, and where the purge that destroyed them ended. An object was disposed of if the intent that condemned it was. Those of released intents are gone.';
grant select on model.intent to liggare_api;
grant select on model.intent to liggare_auditor;
grant select on model.intent to liggare_purge;
grant select on model.intent to liggare_worker;

create table model.object (
  controller_id integer not null,
  object_id uuid not null,
  class_id integer not null,
  created boolean not null,
  first_position bigint not null,
  last_position bigint not null,
  events integer not null,
  thread_id uuid,
  occurred_on date not null,
  received_on date not null,
  closed_on date,
  obsolete_on date,
  withdrawn_on date,
  delivered_on date,
  mark text collate "C" not null default ''::text,
  changed_position bigint,
  condemned_position bigint,
  constraint object_pkey PRIMARY KEY (controller_id, object_id)
);
alter table model.object owner to liggare_owner;
alter table model.object enable row level security;
alter table model.object force row level security;
create policy own_controller on model.object as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX object_condemned_idx ON model.object USING btree (controller_id, condemned_position) WHERE (condemned_position IS NOT NULL);
CREATE INDEX object_occurred_idx ON model.object USING btree (controller_id, class_id, mark, occurred_on) WHERE (condemned_position IS NULL);
CREATE INDEX object_received_idx ON model.object USING btree (controller_id, class_id, mark, received_on) WHERE (condemned_position IS NULL);
CREATE INDEX object_thread_idx ON model.object USING btree (controller_id, thread_id) WHERE (thread_id IS NOT NULL);
CREATE INDEX object_triggered_idx ON model.object USING btree (controller_id, class_id) WHERE ((condemned_position IS NULL) AND ((closed_on IS NOT NULL) OR (obsolete_on IS NOT NULL) OR (withdrawn_on IS NOT NULL) OR (delivered_on IS NOT NULL)));
comment on table model.object is 'The unit of retention: an object with all its events. Days are facts; whether it is due is computed from the rules when read.';
comment on column model.object.mark is 'What people have said of it since: the capacity they ruled, a slash, its tags in order, by commas. Empty when nothing. Together with the class it decides which rules apply.';
comment on column model.object.changed_position is 'The last event that changed its mark or a day that somebody declares: an intent planned before it is refused.';
grant select on model.object to liggare_api;
grant select on model.object to liggare_auditor;
grant select on model.object to liggare_purge;
grant select on model.object to liggare_worker;

create table model.observation (
  controller_id integer not null,
  channel_id uuid not null,
  verb text not null,
  category text not null,
  capacity text not null,
  records bigint not null,
  first_on date not null,
  last_on date not null,
  constraint observation_pkey PRIMARY KEY (controller_id, channel_id, verb, category, capacity)
) with (fillfactor=50);
alter table model.observation owner to liggare_owner;
alter table model.observation enable row level security;
alter table model.observation force row level security;
create policy own_controller on model.observation as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
comment on table model.observation is 'What the log holds, counted by channel, verb, category and capacity: the observed side of the register.';
grant select on model.observation to liggare_api;
grant select on model.observation to liggare_auditor;
grant select on model.observation to liggare_purge;
grant select on model.observation to liggare_worker;

create table model.platform_demand (
  controller_id integer not null,
  demand_id uuid not null,
  channel_id uuid not null,
  object_id uuid,
  action text not null,
  demands integer not null,
  demanded_position bigint not null,
  demanded_on date not null,
  decision text,
  decided_position bigint,
  constraint platform_demand_pkey PRIMARY KEY (controller_id, demand_id)
);
alter table model.platform_demand owner to liggare_owner;
alter table model.platform_demand enable row level security;
alter table model.platform_demand force row level security;
create policy own_controller on model.platform_demand as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX platform_demand_open_idx ON model.platform_demand USING btree (controller_id, demanded_position) WHERE (decided_position IS NULL);
comment on table model.platform_demand is 'What platforms want changed or gone: a case each, open until somebody has decided to follow, keep or restrict.';
grant select on model.platform_demand to liggare_api;
grant select on model.platform_demand to liggare_auditor;
grant select on model.platform_demand to liggare_purge;
grant select on model.platform_demand to liggare_worker;

create table model.purge (
  controller_id integer not null,
  purge_id uuid not null,
  ordered_position bigint not null,
  rules_position bigint not null,
  planned integer not null,
  object_limit integer not null,
  approval boolean not null,
  wait_hours integer not null,
  approved_position bigint,
  paused_position bigint,
  aborted_position bigint,
  intents integer not null,
  objects integer not null,
  deferred_position bigint,
  deferred_until timestamp with time zone,
  revoked_position bigint,
  released integer not null,
  released_position bigint,
  begun_position bigint,
  executed_position bigint,
  swept_position bigint,
  constraint purge_pkey PRIMARY KEY (controller_id, purge_id)
);
alter table model.purge owner to liggare_owner;
alter table model.purge enable row level security;
alter table model.purge force row level security;
create policy own_controller on model.purge as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
comment on table model.purge is 'Purges: ordered, approved by another actor where the order says so, intended in parts, paused, aborted, deferred for a time in which it can be revoked (then its objects are released), begun, executed (destroyed), swept (irrecoverable). None takes more objects than its limit.';
grant select on model.purge to liggare_api;
grant select on model.purge to liggare_auditor;
grant select on model.purge to liggare_purge;
grant select on model.purge to liggare_worker;

create table model.retention_class (
  controller_id integer not null,
  class_id integer not null,
  channel_id uuid not null,
  verb text not null,
  capacity text not null,
  constraint retention_class_pkey PRIMARY KEY (controller_id, class_id)
);
alter table model.retention_class owner to liggare_owner;
alter table model.retention_class enable row level security;
alter table model.retention_class force row level security;
create policy own_controller on model.retention_class as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE UNIQUE INDEX retention_class_facts_key ON model.retention_class USING btree (controller_id, channel_id, verb, capacity);
comment on table model.retention_class is 'The facts that rules are scoped by, interned. No rule stands here: rules become cut-off days when read.';
grant select on model.retention_class to liggare_api;
grant select on model.retention_class to liggare_auditor;
grant select on model.retention_class to liggare_purge;
grant select on model.retention_class to liggare_worker;

create table model.rule_version (
  controller_id integer not null,
  rule_id uuid not null,
  version integer not null,
  "position" bigint not null,
  declared_at timestamp with time zone not null,
  approval boolean not null,
  approved_position bigint,
  document jsonb not null,
  constraint rule_version_pkey PRIMARY KEY (controller_id, rule_id, version)
);
alter table model.rule_version owner to liggare_owner;
alter table model.rule_version enable row level security;
alter table model.rule_version force row level security;
create policy own_controller on model.rule_version as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
comment on table model.rule_version is 'Every version of each retention rule: one that begins later leaves the one before it in force till then. A version that needs approval has no force until another actor has approved it.';
grant select on model.rule_version to liggare_api;
grant select on model.rule_version to liggare_auditor;
grant select on model.rule_version to liggare_purge;
grant select on model.rule_version to liggare_worker;

create table model.supervision_alarm (
  controller_id integer not null,
  channel_id uuid not null,
  due_at timestamp with time zone not null,
  "position" bigint not null,
  constraint supervision_alarm_pkey PRIMARY KEY (controller_id, channel_id, due_at)
);
alter table model.supervision_alarm owner to liggare_owner;
alter table model.supervision_alarm enable row level security;
alter table model.supervision_alarm force row level security;
create policy own_controller on model.supervision_alarm as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
comment on table model.supervision_alarm is 'Rounds that did not come in time: one alarm for each day that was missed, however often it is looked.';
grant select on model.supervision_alarm to liggare_api;
grant select on model.supervision_alarm to liggare_auditor;
grant select on model.supervision_alarm to liggare_purge;
grant select on model.supervision_alarm to liggare_worker;

create table model.supervision_item (
  controller_id integer not null,
  item_id uuid not null,
  channel_id uuid not null,
  object_id uuid,
  source text not null,
  known_at timestamp with time zone not null,
  "position" bigint not null,
  action text,
  acted_at timestamp with time zone,
  acted_position bigint,
  constraint supervision_item_pkey PRIMARY KEY (controller_id, item_id)
);
alter table model.supervision_item owner to liggare_owner;
alter table model.supervision_item enable row level security;
alter table model.supervision_item force row level security;
create policy own_controller on model.supervision_item as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX supervision_item_channel_idx ON model.supervision_item USING btree (controller_id, channel_id, known_at);
CREATE INDEX supervision_item_open_idx ON model.supervision_item USING btree (controller_id, known_at) WHERE (acted_position IS NULL);
comment on table model.supervision_item is 'What somebody came to know of on a channel, by a round, a report or a notice, and what was done about it when.';
grant select on model.supervision_item to liggare_api;
grant select on model.supervision_item to liggare_auditor;
grant select on model.supervision_item to liggare_purge;
grant select on model.supervision_item to liggare_worker;

create table model.supervision_round (
  controller_id integer not null,
  round_id uuid not null,
  channel_id uuid not null,
  "position" bigint not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  seen integer not null,
  acted integer not null,
  constraint supervision_round_pkey PRIMARY KEY (controller_id, round_id)
);
alter table model.supervision_round owner to liggare_owner;
alter table model.supervision_round enable row level security;
alter table model.supervision_round force row level security;
create policy own_controller on model.supervision_round as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
CREATE INDEX supervision_round_channel_idx ON model.supervision_round USING btree (controller_id, channel_id, to_at);
comment on table model.supervision_round is 'Who looked through a channel stands sealed in the event; here when, how much was seen and how much acted on.';
grant select on model.supervision_round to liggare_api;
grant select on model.supervision_round to liggare_auditor;
grant select on model.supervision_round to liggare_purge;
grant select on model.supervision_round to liggare_worker;

create table model.unpublication (
  controller_id integer not null,
  object_id uuid not null,
  "position" bigint not null,
  ground text not null,
  constraint unpublication_pkey PRIMARY KEY (controller_id, object_id)
);
alter table model.unpublication owner to liggare_owner;
alter table model.unpublication enable row level security;
alter table model.unpublication force row level security;
create policy own_controller on model.unpublication as permissive for all to public using ((controller_id = ( SELECT ledger.current_controller() AS current_controller))) with check ((controller_id = ( SELECT ledger.current_controller() AS current_controller)));
comment on table model.unpublication is 'Objects taken off their channel while their copy is kept.';
grant select on model.unpublication to liggare_api;
grant select on model.unpublication to liggare_auditor;
grant select on model.unpublication to liggare_purge;
grant select on model.unpublication to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.append(p_controller integer, p_recorded_at timestamp with time zone, p_event_id uuid[], p_stream_id uuid[], p_expected integer[], p_group integer[], p_type text[], p_channel_id uuid[], p_thread_id uuid[], p_capacity text[], p_occurred_on date[], p_header text[], p_entry bytea[], p_digest bytea[], p_alias bytea[], p_content bytea[], p_tomb_item integer[], p_tomb_digest bytea[], p_identity_item integer[], p_identity_digest bytea[], p_identity_kind text[], p_identity_id uuid[], p_identity_fresh boolean[], p_trait_item integer[], p_trait_digest bytea[], p_trait_subject uuid[], p_trait_kind text[], p_subject_item integer[], p_subject_id uuid[], p_subject_fresh boolean[], p_part_item integer[], p_part_ordinal smallint[], p_part_subject uuid[], p_part_role text[], p_part_category text[], p_part_digest bytea[], p_part_ciphertext bytea[], p_part_commitment bytea[])
 RETURNS TABLE(outcome smallint, "position" bigint, version integer, same boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'model', 'ledger', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  v_size bigint;
  v_last timestamptz;
  v_outcome smallint[];
  v_version int[];
  v_prior bigint[];
  v_same boolean[];
  v_position bigint[];
  v_stored int;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  -- Statement 1 waits for the head; only statements after it see what the previous holder committed.
  select h.size, h.last_recorded_at into v_size, v_last from ledger.log_head h where h.controller_id = p_controller for update;
  if not found then
    raise exception 'no log of controller %', p_controller using errcode = 'LG004';
  end if;
  if p_recorded_at < v_last then
    raise exception 'recorded_at is older than the log' using errcode = 'LG002';
  end if;

  -- Scalar correlated subqueries: a join or NOT EXISTS is planned as a hash over the whole table.
  with item as materialized (
    select i.n, i.stream_id, i.expected, i.grp, i.digest, i.alias, i.content,
      coalesce((select f.position from ledger.fact_digest f where f.controller_id = p_controller and f.digest = i.digest),
               (select f.position from ledger.fact_digest f where f.controller_id = p_controller and f.digest = i.alias)) as prior,
      coalesce((select e.stream_version from ledger.event e where e.controller_id = p_controller and e.stream_id = i.stream_id
                order by e.stream_version desc limit 1), 0) as version,
      (select c.position from ledger.condemned c where c.controller_id = p_controller and c.object_id = i.stream_id) as condemned
    from unnest(p_stream_id, p_expected, p_group, p_digest, p_alias, p_content) with ordinality i(stream_id, expected, grp, digest, alias, content, n)
  ), named as materialized (
    select d.n, d.id, d.fresh, (select i.id from ledger.identity i where i.controller_id = p_controller and i.digest = d.digest) as found
    from unnest(p_identity_item, p_identity_digest, p_identity_id, p_identity_fresh) d(n, digest, id, fresh)
  ), moved as materialized (
    select array_agg(x.n) as items from named x
    where x.found is distinct from x.id and not (x.found is null and x.fresh)
  ), buried as materialized (
    select array_agg(x.n) as items, array_agg(x.position) as positions from (
      select d.n, (select t.position from ledger.tombstone t where t.controller_id = p_controller and t.digest = d.digest) as position
      from unnest(p_tomb_item, p_tomb_digest) d(n, digest)) x
    where x.position is not null
  ), gone as materialized (
    select array_agg(x.n) as items from (
      select d.n, d.fresh, (select s.erased_position is null from ledger.subject s where s.controller_id = p_controller and s.subject_id = d.subject_id) as alive
      from unnest(p_subject_item, p_subject_id, p_subject_fresh) d(n, subject_id, fresh)) x
    where not coalesce(x.alive, x.fresh)
  ), verdict as materialized (
    select item.n, item.grp, item.version, item.prior, item.condemned, item.stream_id,
      case
        when item.prior is not null then 1
        when item.n::int = any ((select items from buried)::int[]) then 5
        when item.condemned is not null then 6
        when item.expected <> item.version then 2
        when item.n::int = any ((select items from moved)::int[]) then 4
        when item.n::int = any ((select items from gone)::int[]) then 3
        else 0
      end::smallint as own,
      case when item.prior is not null then
        (select f.content is not distinct from item.content from ledger.fact_digest f where f.controller_id = p_controller and f.digest in (item.digest, item.alias) and f.position = item.prior limit 1)
      end as same
    from item
  ), decided as materialized (
    select v.*, case when v.own = 0 and v.grp is not null and bool_or(v.own <> 0) over (partition by v.grp) then 7::smallint else v.own end as outcome
    from verdict v
  ), numbered as (
    select d.*,
      case when d.outcome = 0 then v_size - 1 + sum(case when d.outcome = 0 then 1 else 0 end) over (order by d.n) else -1 end as at,
      case when d.outcome = 0 then d.version + row_number() over (partition by d.stream_id, d.outcome order by d.n)::int end as next
    from decided d
  )
  select array_agg(n.outcome order by n.n), array_agg(coalesce(n.next, n.version) order by n.n), array_agg(n.at::bigint order by n.n), array_agg(n.same order by n.n),
    array_agg(coalesce(n.prior, n.condemned, (select b.positions[array_position(b.items, n.n::int)] from buried b)) order by n.n),
    count(*) filter (where n.outcome = 0)
  into v_outcome, v_version, v_position, v_same, v_prior, v_stored
  from numbered n;

  if v_stored > 0 then
    insert into ledger.event (controller_id, position, event_id, stream_id, stream_version, type, channel_id, thread_id, capacity, occurred_on, recorded_at, header, entry)
      select p_controller, v_position[i.n], i.event_id, i.stream_id, v_version[i.n], i.type, i.channel_id, i.thread_id, i.capacity, i.occurred_on, p_recorded_at, i.header, i.entry
      from unnest(p_event_id, p_stream_id, p_type, p_channel_id, p_thread_id, p_capacity, p_occurred_on, p_header, p_entry)
        with ordinality i(event_id, stream_id, type, channel_id, thread_id, capacity, occurred_on, header, entry, n)
      where v_position[i.n] >= 0;
    insert into ledger.fact_digest (controller_id, digest, position, content)
      select p_controller, d.digest, v_position[d.n], d.content
      from (select i.digest, i.content, i.n from unnest(p_digest, p_content) with ordinality i(digest, content, n)
            union all
            select i.alias, i.content, i.n from unnest(p_alias, p_content) with ordinality i(alias, content, n)) d
      where d.digest is not null and v_position[d.n] >= 0;
    insert into ledger.subject (controller_id, subject_id)
      select distinct p_controller, d.subject_id from unnest(p_subject_item, p_subject_id, p_subject_fresh) d(n, subject_id, fresh)
      where d.fresh and v_position[d.n] >= 0
      on conflict (controller_id, subject_id) do nothing;
    insert into ledger.identity (controller_id, digest, kind, id)
      select distinct on (d.digest) p_controller, d.digest, d.kind, d.id
      from unnest(p_identity_item, p_identity_digest, p_identity_kind, p_identity_id, p_identity_fresh) d(n, digest, kind, id, fresh)
      where d.fresh and v_position[d.n] >= 0
      order by d.digest
      on conflict (controller_id, digest) do nothing;
    insert into ledger.subject_trait (controller_id, digest, subject_id, kind)
      select distinct p_controller, d.digest, d.subject_id, d.kind
      from unnest(p_trait_item, p_trait_digest, p_trait_subject, p_trait_kind) d(n, digest, subject_id, kind)
      where v_position[d.n] >= 0
      on conflict (controller_id, digest, subject_id) do nothing;
    with part as materialized (
      select v_position[d.n] as position, d.*
      from unnest(p_part_item, p_part_ordinal, p_part_subject, p_part_role, p_part_category, p_part_digest, p_part_ciphertext, p_part_commitment)
        d(n, ordinal, subject_id, role, category, digest, ciphertext, commitment)
      where v_position[d.n] >= 0
    ), index_entry as (
      insert into ledger.event_part (controller_id, position, ordinal, subject_id, role, category, digest)
        select p_controller, position, ordinal, subject_id, role, category, digest from part
    )
    insert into ledger.sealed_part (controller_id, position, ordinal, ciphertext, commitment)
      select p_controller, position, ordinal, ciphertext, commitment from part;
    update ledger.log_head set size = v_size + v_stored, last_recorded_at = p_recorded_at where controller_id = p_controller;
    perform model.project(p_controller, v_size, v_size + v_stored);
  end if;

  return query
    select o.outcome, case when o.outcome = 0 then o.at else o.prior end, o.version, o.same
    from unnest(v_outcome, v_position, v_prior, v_version, v_same) with ordinality o(outcome, at, prior, version, same, n)
    order by o.n;
end
$function$;
alter function ledger.append(integer,timestamp with time zone,uuid[],uuid[],integer[],integer[],text[],uuid[],uuid[],text[],date[],text[],bytea[],bytea[],bytea[],bytea[],integer[],bytea[],integer[],bytea[],text[],uuid[],boolean[],integer[],bytea[],uuid[],text[],integer[],uuid[],boolean[],integer[],smallint[],uuid[],text[],text[],bytea[],bytea[],bytea[]) owner to liggare_owner;
comment on function ledger.append(integer,timestamp with time zone,uuid[],uuid[],integer[],integer[],text[],uuid[],uuid[],text[],date[],text[],bytea[],bytea[],bytea[],bytea[],integer[],bytea[],integer[],bytea[],text[],uuid[],boolean[],integer[],bytea[],uuid[],text[],integer[],uuid[],boolean[],integer[],smallint[],uuid[],text[],text[],bytea[],bytea[],bytea[]) is 'The only way into the log. One outcome per item, in the order given; all stored items get contiguous positions in one transaction.';
grant execute on function ledger.append(integer,timestamp with time zone,uuid[],uuid[],integer[],integer[],text[],uuid[],uuid[],text[],date[],text[],bytea[],bytea[],bytea[],bytea[],integer[],bytea[],integer[],bytea[],text[],uuid[],boolean[],integer[],bytea[],uuid[],text[],integer[],uuid[],boolean[],integer[],smallint[],uuid[],text[],text[],bytea[],bytea[],bytea[]) to liggare_api;
grant execute on function ledger.append(integer,timestamp with time zone,uuid[],uuid[],integer[],integer[],text[],uuid[],uuid[],text[],date[],text[],bytea[],bytea[],bytea[],bytea[],integer[],bytea[],integer[],bytea[],text[],uuid[],boolean[],integer[],bytea[],uuid[],text[],integer[],uuid[],boolean[],integer[],smallint[],uuid[],text[],text[],bytea[],bytea[],bytea[]) to liggare_purge;
grant execute on function ledger.append(integer,timestamp with time zone,uuid[],uuid[],integer[],integer[],text[],uuid[],uuid[],text[],date[],text[],bytea[],bytea[],bytea[],bytea[],integer[],bytea[],integer[],bytea[],text[],uuid[],boolean[],integer[],bytea[],uuid[],text[],integer[],uuid[],boolean[],integer[],smallint[],uuid[],text[],text[],bytea[],bytea[],bytea[]) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.blocked_objects(p_controller integer, p_objects uuid[])
 RETURNS TABLE(object_id uuid, reason text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'model', 'ledger', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select x.object_id, x.reason from (
      select c.object_id,
        case
          when o.object_id is null then 'unknown'
          when o.condemned_position is not null then 'condemned'
          when exists (select from hold h where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'object' and h.target_id = c.object_id) then 'held'
          when exists (select from hold h where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'thread' and h.target_id in (o.thread_id, c.object_id)) then 'held'
          when exists (select from hold h join retention_class r on r.controller_id = p_controller and r.class_id = o.class_id
                       where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'channel' and h.target_id = r.channel_id) then 'held'
          when exists (select from hold h join retention_class r on r.controller_id = p_controller and r.class_id = o.class_id
                       where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'query' and h.target_id = r.channel_id
                         and r.verb = coalesce(h.verb, r.verb) and o.occurred_on between coalesce(h.from_on, '-infinity') and coalesce(h.to_on, 'infinity')) then 'held'
          when exists (select from hold h where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'subject')
            and exists (
              select from ledger.event e
              join ledger.event_part p on p.controller_id = p_controller and p.position = e.position
              join hold h on h.controller_id = p_controller and h.lifted_position is null and h.kind = 'subject' and h.target_id = p.subject_id
              where e.controller_id = p_controller and e.stream_id = c.object_id) then 'held'
        end as reason
      from unnest(p_objects) c(object_id)
      left join object o on o.controller_id = p_controller and o.object_id = c.object_id) x
    where x.reason is not null;
end
$function$;
alter function ledger.blocked_objects(integer,uuid[]) owner to liggare_owner;
comment on function ledger.blocked_objects(integer,uuid[]) is 'Those of the objects that may not be condemned now, and why: unknown, condemned already, held.';
grant execute on function ledger.blocked_objects(integer,uuid[]) to liggare_api;
grant execute on function ledger.blocked_objects(integer,uuid[]) to liggare_purge;
grant execute on function ledger.blocked_objects(integer,uuid[]) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.condemn(p_controller integer, p_recorded_at timestamp with time zone, p_event_id uuid, p_purge_id uuid, p_occurred_on date, p_header text, p_entry bytea, p_objects uuid[], p_rules_position bigint, p_class integer, p_seen bigint)
 RETURNS TABLE(outcome text, object_id uuid, "position" bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'model', 'ledger', 'pg_temp'
AS $function$
#variable_conflict use_column
declare
  v_size bigint;
  v_last timestamptz;
  v_rules bigint;
  v_blocked int;
  v_purge purge%rowtype;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  select h.size, h.last_recorded_at into v_size, v_last from ledger.log_head h where h.controller_id = p_controller for update;
  if p_recorded_at < v_last then
    raise exception 'recorded_at is older than the log' using errcode = 'LG002';
  end if;
  select p.* into v_purge from purge p where p.controller_id = p_controller and p.purge_id = p_purge_id;
  if v_purge.purge_id is null or coalesce(v_purge.executed_position, v_purge.aborted_position, v_purge.revoked_position, v_purge.deferred_position) is not null then
    return query select 'closed'::text, null::uuid, coalesce(v_purge.aborted_position, v_purge.executed_position, v_purge.revoked_position, v_purge.deferred_position);
    return;
  end if;
  if v_purge.paused_position is not null then
    return query select 'paused'::text, null::uuid, v_purge.paused_position;
    return;
  end if;
  if v_purge.approval and v_purge.approved_position is null then
    return query select 'unapproved'::text, null::uuid, v_purge.ordered_position;
    return;
  end if;
  if v_purge.objects + cardinality(p_objects) > v_purge.object_limit then
    return query select 'limit'::text, null::uuid, (v_purge.object_limit - v_purge.objects)::bigint;
    return;
  end if;
  -- What somebody has approved, they have approved under the rules of the order.
  select greatest(-1, max(d.position), (select max(r.approved_position) from rule_version r where r.controller_id = p_controller)) into v_rules
    from declaration d where d.controller_id = p_controller and d.kind in ('rule', 'activity', 'channel', 'controller');
  if v_rules <> p_rules_position or (v_purge.approval and v_rules <> v_purge.rules_position) then
    return query select 'rules-changed'::text, null::uuid, v_rules;
    return;
  end if;
  return query select coalesce(b.reason, 'changed'), c, null::bigint from unnest(p_objects) c
      left join ledger.blocked_objects(p_controller, p_objects) b on b.object_id = c
      left join object o on o.controller_id = p_controller and o.object_id = c
     where b.object_id is not null or o.class_id <> p_class or o.changed_position >= p_seen;
  get diagnostics v_blocked = row_count;
  if v_blocked > 0 then
    return;
  end if;
  insert into ledger.event (controller_id, position, event_id, stream_id, stream_version, type, occurred_on, recorded_at, header, entry)
    values (p_controller, v_size, p_event_id, p_purge_id,
      1 + coalesce((select max(e.stream_version) from ledger.event e where e.controller_id = p_controller and e.stream_id = p_purge_id), 0),
      'purge.intended', p_occurred_on, p_recorded_at, p_header, p_entry);
  insert into ledger.condemned (controller_id, object_id, position) select p_controller, c, v_size from unnest(p_objects) c;
  update ledger.log_head set size = v_size + 1, last_recorded_at = p_recorded_at where controller_id = p_controller;
  perform model.project(p_controller, v_size, v_size + 1);
  return query select 'intended'::text, null::uuid, v_size;
end
$function$;
alter function ledger.condemn(integer,timestamp with time zone,uuid,uuid,date,text,bytea,uuid[],bigint,integer,bigint) owner to liggare_owner;
comment on function ledger.condemn(integer,timestamp with time zone,uuid,uuid,date,text,bytea,uuid[],bigint,integer,bigint) is 'The purge''s intent event, or the objects that forbid it. Stores nothing unless the outcome is "intended".';
grant execute on function ledger.condemn(integer,timestamp with time zone,uuid,uuid,date,text,bytea,uuid[],bigint,integer,bigint) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.create_controller(p_slug text, p_created_at timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
declare v_id int;
begin
  lock table ledger.controller in share row exclusive mode;
  if exists (select from ledger.controller where slug = p_slug) then
    return null;
  end if;
  select coalesce(max(controller_id), 0) + 1 into v_id from ledger.controller;
  insert into ledger.controller values (v_id, p_slug, p_created_at);
  insert into ledger.log_head (controller_id) values (v_id);
  return v_id;
end
$function$;
alter function ledger.create_controller(text,timestamp with time zone) owner to liggare_owner;
comment on function ledger.create_controller(text,timestamp with time zone) is 'Opens an empty log. Null when the slug is taken.';
grant execute on function ledger.create_controller(text,timestamp with time zone) to liggare_api;
grant execute on function ledger.create_controller(text,timestamp with time zone) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.current_controller()
 RETURNS integer
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare
  setting text := current_setting('liggare.controller', true);
begin
  if setting is null or setting = '' then
    raise exception 'no controller is set for this transaction'
      using errcode = 'LG001', hint = 'Every transaction begins with set_config(''liggare.controller'', id, true).';
  end if;
  return setting::int;
end
$function$;
alter function ledger.current_controller() owner to liggare_owner;
comment on function ledger.current_controller() is 'The controller this transaction serves. Raises when unset: an empty answer would look complete.';
grant execute on function ledger.current_controller() to liggare_api;
grant execute on function ledger.current_controller() to liggare_auditor;
grant execute on function ledger.current_controller() to liggare_purge;
grant execute on function ledger.current_controller() to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.destroy_deliveries(p_controller integer, p_deliveries uuid[], p_position bigint)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
declare
  v_destroyed bigint;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  update ledger.delivery d set body = null, destroyed_by = p_position
    where d.controller_id = p_controller and d.delivery_id = any (p_deliveries) and d.destroyed_by is null;
  get diagnostics v_destroyed = row_count;
  delete from ledger.delivery_object o where o.controller_id = p_controller and o.delivery_id = any (p_deliveries);
  return v_destroyed;
end
$function$;
alter function ledger.destroy_deliveries(integer,uuid[],bigint) owner to liggare_owner;
comment on function ledger.destroy_deliveries(integer,uuid[],bigint) is 'Deletes what is left of deliveries whose keys are gone. Answers how many it was now; repeating it finds none.';
grant execute on function ledger.destroy_deliveries(integer,uuid[],bigint) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.dispose(p_controller integer, p_position bigint, p_tombstones bytea[], p_now timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  v_objects uuid[];
  v_positions bigint[];
  v_parts bigint;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  select array_agg(c.object_id) into v_objects from ledger.condemned c where c.controller_id = p_controller and c.position = p_position;
  select array_agg(e.position) into v_positions from unnest(v_objects) o(id)
    join ledger.event e on e.controller_id = p_controller and e.stream_id = o.id;
  insert into ledger.tombstone (controller_id, digest, position)
    select distinct p_controller, t, p_position from unnest(p_tombstones) t
    on conflict (controller_id, digest) do nothing;
  delete from ledger.fact_digest f using unnest(v_positions) e(position)
    where f.controller_id = p_controller and f.position = e.position;
  delete from ledger.identity i using unnest(v_objects) o(id)
    where i.controller_id = p_controller and i.id = o.id and i.kind = 'object';
  delete from ledger.sealed_part s using unnest(v_positions) e(position)
    where s.controller_id = p_controller and s.position = e.position;
  get diagnostics v_parts = row_count;
  update ledger.condemned c set executed_at = p_now
    where c.controller_id = p_controller and c.position = p_position and c.executed_at is null;
  return v_parts;
end
$function$;
alter function ledger.dispose(integer,bigint,bytea[],timestamp with time zone) owner to liggare_owner;
comment on function ledger.dispose(integer,bigint,bytea[],timestamp with time zone) is 'Deletes the sealed parts, digests and platform identities of the objects an intent named. Answers the number of parts deleted now.';
grant execute on function ledger.dispose(integer,bigint,bytea[],timestamp with time zone) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.due_deliveries(p_controller integer, p_cutoff date, p_channels uuid[], p_limit integer)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'model', 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select d.delivery_id from ledger.delivery d
    where d.controller_id = p_controller and d.destroyed_by is null and d.received_on <= p_cutoff
      and (p_channels is null or d.channel_id = any (p_channels))
      and not exists (
        select from hold h where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'channel' and h.target_id = d.channel_id)
      and not (
        exists (select from hold h where h.controller_id = p_controller and h.lifted_position is null)
        and exists (
          select from ledger.blocked_objects(p_controller,
            array(select o.object_id from ledger.delivery_object o where o.controller_id = p_controller and o.delivery_id = d.delivery_id)) b
          where b.reason = 'held'))
    order by d.received_on, d.delivery_id limit p_limit;
end
$function$;
alter function ledger.due_deliveries(integer,date,uuid[],integer) owner to liggare_owner;
comment on function ledger.due_deliveries(integer,date,uuid[],integer) is 'The kept deliveries that a rule of theirs lets go, oldest first.';
grant execute on function ledger.due_deliveries(integer,date,uuid[],integer) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.find_channel(p_channel uuid)
 RETURNS integer
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'model', 'ledger', 'pg_temp'
AS $function$
declare v_controller int;
begin
  -- One log after the other, each under its own controller: no policy of model.declaration has to look across them.
  for v_controller in select c.controller_id from ledger.controller c order by c.controller_id loop
    perform set_config('liggare.controller', v_controller::text, true);
    if exists (select from model.declaration d where d.controller_id = v_controller and d.kind = 'channel' and d.id = p_channel) then
      return v_controller;
    end if;
  end loop;
  return null;
end
$function$;
alter function ledger.find_channel(uuid) owner to liggare_owner;
comment on function ledger.find_channel(uuid) is 'The number of the controller that has declared a channel, null when none has. Tells nothing else of either.';
grant execute on function ledger.find_channel(uuid) to liggare_api;
grant execute on function ledger.find_channel(uuid) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.find_controller(p_slug text)
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$ select controller_id from ledger.controller where slug = p_slug $function$;
alter function ledger.find_controller(text) owner to liggare_owner;
comment on function ledger.find_controller(text) is 'The number of a controller, null when there is none. Tells nothing else of it.';
grant execute on function ledger.find_controller(text) to liggare_api;
grant execute on function ledger.find_controller(text) to liggare_auditor;
grant execute on function ledger.find_controller(text) to liggare_purge;
grant execute on function ledger.find_controller(text) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.forget_persons(p_controller integer, p_position bigint)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'model', 'ledger', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  v_named uuid[];
begin
  perform set_config('liggare.controller', p_controller::text, true);
  select array_agg(distinct p.subject_id) into v_named
    from ledger.condemned c
    join ledger.event e on e.controller_id = p_controller and e.stream_id = c.object_id
    join ledger.event_part p on p.controller_id = p_controller and p.position = e.position
    where c.controller_id = p_controller and c.position = p_position;
  perform from ledger.log_head h where h.controller_id = p_controller for update;
  -- The newest record first: who is alive is most likely so in it. Scalar, so that it is looked up and never hashed.
  update ledger.subject s set erased_position = p_position
    from unnest(v_named) n(subject_id)
    where s.controller_id = p_controller and s.subject_id = n.subject_id and s.erased_position is null
      and (select true from ledger.event_part q
             join ledger.event f on f.controller_id = p_controller and f.position = q.position
             left join ledger.condemned k on k.controller_id = p_controller and k.object_id = f.stream_id
            where q.controller_id = p_controller and q.subject_id = n.subject_id
              and (k.object_id is null or (k.executed_at is null and k.position <> p_position))
            order by q.position desc limit 1) is null
      and (select true from hold h where h.controller_id = p_controller and h.kind = 'subject' and h.target_id = n.subject_id
              and (h.lifted_position is null or (h.case_id is not null and (
                select true from ledger.event g where g.controller_id = p_controller and g.stream_id = h.case_id and g.type = 'erasure.granted' limit 1) is null))
            limit 1) is null;
  delete from ledger.identity i using ledger.subject s
    where s.controller_id = p_controller and s.erased_position = p_position
      and i.controller_id = p_controller and i.id = s.subject_id and i.kind = 'subject';
  delete from ledger.subject_trait t using ledger.subject s
    where s.controller_id = p_controller and s.erased_position = p_position
      and t.controller_id = p_controller and t.subject_id = s.subject_id;
  return query select s.subject_id from ledger.subject s where s.controller_id = p_controller and s.erased_position = p_position;
end
$function$;
alter function ledger.forget_persons(integer,bigint) owner to liggare_owner;
comment on function ledger.forget_persons(integer,bigint) is 'Deletes identities and traits of persons whose last record an intent condemned, and answers who they are: their keys go next.';
grant execute on function ledger.forget_persons(integer,bigint) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.forgotten_persons(p_controller integer, p_intent uuid)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select s.subject_id from ledger.event e
    join ledger.subject s on s.controller_id = p_controller and s.erased_position = e.position
    where e.controller_id = p_controller and e.event_id = p_intent;
end
$function$;
alter function ledger.forgotten_persons(integer,uuid) owner to liggare_owner;
comment on function ledger.forgotten_persons(integer,uuid) is 'The persons whom an intent took the last record of, as far as this log has carried it out.';
grant execute on function ledger.forgotten_persons(integer,uuid) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.index_delivery(p_controller integer, p_delivery uuid, p_from bigint[], p_to bigint[], p_end text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
declare
  v_condemned bigint;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  perform from ledger.delivery d
    where d.controller_id = p_controller and d.delivery_id = p_delivery and d.destroyed_by is null for update;
  if not found then
    return false;
  end if;
  insert into ledger.delivery_object (controller_id, object_id, delivery_id)
    select distinct p_controller, e.stream_id, p_delivery
    from unnest(p_from, p_to) r(first, last)
    cross join lateral (
      select q.stream_id from ledger.event q where q.controller_id = p_controller and q.position >= r.first and q.position <= r.last offset 0) e
    on conflict (controller_id, object_id, delivery_id) do nothing;
  perform from ledger.log_head h where h.controller_id = p_controller for update;
  select min(c.position) into v_condemned
    from ledger.delivery_object o join ledger.condemned c on c.controller_id = p_controller and c.object_id = o.object_id
    where o.controller_id = p_controller and o.delivery_id = p_delivery;
  if v_condemned is null and p_end = 'let-go' then
    select h.size - 1 into v_condemned from ledger.log_head h where h.controller_id = p_controller;
  end if;
  if v_condemned is not null then
    update ledger.delivery d set body = null, destroyed_by = v_condemned where d.controller_id = p_controller and d.delivery_id = p_delivery;
    delete from ledger.delivery_object o where o.controller_id = p_controller and o.delivery_id = p_delivery;
  elsif p_end = 'closed' then
    update ledger.delivery d set indexed = true where d.controller_id = p_controller and d.delivery_id = p_delivery;
  end if;
  return v_condemned is null;
end
$function$;
alter function ledger.index_delivery(integer,uuid,bigint[],bigint[],text) owner to liggare_owner;
comment on function ledger.index_delivery(integer,uuid,bigint[],bigint[],text) is 'Notes which objects a delivery carried, by their positions; p_end: closed = these were the last; let-go = it carries what was disposed of before; null = more come. False where it is not kept (any more).';
grant execute on function ledger.index_delivery(integer,uuid,bigint[],bigint[],text) to liggare_api;
grant execute on function ledger.index_delivery(integer,uuid,bigint[],bigint[],text) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.intended_deliveries(p_controller integer, p_position bigint)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select o.delivery_id from ledger.condemned c
      join ledger.delivery_object o on o.controller_id = p_controller and o.object_id = c.object_id
      where c.controller_id = p_controller and c.position = p_position
    union
    select d.delivery_id from ledger.delivery d
      where d.controller_id = p_controller and d.destroyed_by is null and not d.indexed
        and d.channel_id in (
          select e.channel_id from ledger.condemned c join ledger.event e on e.controller_id = p_controller and e.stream_id = c.object_id
          where c.controller_id = p_controller and c.position = p_position)
    union
    select d.delivery_id from ledger.delivery d where d.controller_id = p_controller and d.destroyed_by = p_position;
end
$function$;
alter function ledger.intended_deliveries(integer,bigint) owner to liggare_owner;
comment on function ledger.intended_deliveries(integer,bigint) is 'The deliveries that go with what an intent condemned, and those that have gone with it.';
grant execute on function ledger.intended_deliveries(integer,bigint) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.intended_digests(p_controller integer, p_position bigint)
 RETURNS TABLE(digest bytea)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select f.digest from ledger.condemned c
      join ledger.event e on e.controller_id = p_controller and e.stream_id = c.object_id
      join ledger.fact_digest f on f.controller_id = p_controller and f.position = e.position
      where c.controller_id = p_controller and c.position = p_position
    union all
    select i.digest from ledger.condemned c
      join ledger.identity i on i.controller_id = p_controller and i.id = c.object_id and i.kind = 'object'
      where c.controller_id = p_controller and c.position = p_position;
end
$function$;
alter function ledger.intended_digests(integer,bigint) owner to liggare_owner;
comment on function ledger.intended_digests(integer,bigint) is 'The digests of what an intent condemned, for the purge to turn into tombstones.';
grant execute on function ledger.intended_digests(integer,bigint) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.intended_parts(p_controller integer, p_position bigint)
 RETURNS TABLE(object_id uuid, event_id uuid, "position" bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select c.object_id, e.event_id, e.position
    from ledger.condemned c
    join ledger.event e on e.controller_id = p_controller and e.stream_id = c.object_id
    where c.controller_id = p_controller and c.position = p_position;
end
$function$;
alter function ledger.intended_parts(integer,bigint) owner to liggare_owner;
grant execute on function ledger.intended_parts(integer,bigint) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.intent_pending(p_controller integer, p_position bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$ select c.executed_at is null from ledger.condemned c where c.controller_id = p_controller and c.position = p_position limit 1 $function$;
alter function ledger.intent_pending(integer,bigint) owner to liggare_owner;
comment on function ledger.intent_pending(integer,bigint) is 'Whether what an intent condemned waits to be disposed of; null if it condemned nothing. All of an intent is disposed of at once: one row tells.';

CREATE OR REPLACE FUNCTION ledger.intent_tombstones(p_controller integer, p_position bigint)
 RETURNS SETOF bytea
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select t.digest from ledger.tombstone t where t.controller_id = p_controller and t.position = p_position order by t.digest;
end
$function$;
alter function ledger.intent_tombstones(integer,bigint) owner to liggare_owner;
comment on function ledger.intent_tombstones(integer,bigint) is 'The tombstones that an intent left: with them a lost journal is made again.';
grant execute on function ledger.intent_tombstones(integer,bigint) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.intents(p_controller integer)
 RETURNS TABLE(event_id uuid, "position" bigint, purge_id uuid, pending boolean, executed boolean, closed boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select e.event_id, e.position, e.stream_id,
      ledger.intent_pending(p_controller, e.position) is true,
      ledger.intent_pending(p_controller, e.position) is false
        or exists (select from ledger.delivery d where d.controller_id = p_controller and d.destroyed_by = e.position),
      e.type = 'delivery.destroyed' or exists (select from ledger.event o where o.controller_id = p_controller and o.stream_id = e.stream_id and o.type in ('purge.ordered', 'purge.executed'))
    from ledger.event e
    where e.controller_id = p_controller and e.type in ('purge.intended', 'delivery.destroyed')
    order by e.position;
end
$function$;
alter function ledger.intents(integer) owner to liggare_owner;
comment on function ledger.intents(integer) is 'Every intent of the log, also those by which deliveries were destroyed: whether objects of it wait to be disposed of, whether some have been, and whether its purge is known by more than its intents.';
grant execute on function ledger.intents(integer) to liggare_api;
grant execute on function ledger.intents(integer) to liggare_purge;
grant execute on function ledger.intents(integer) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.keep_delivery(p_controller integer, p_delivery uuid, p_channel uuid, p_received_on date, p_platform text, p_mapper text, p_route text, p_bytes bigint, p_body bytea)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  insert into ledger.delivery (controller_id, delivery_id, channel_id, received_on, platform, mapper, route, bytes, body, indexed)
    values (p_controller, p_delivery, p_channel, p_received_on, p_platform, p_mapper, p_route, p_bytes, p_body, false)
    on conflict (controller_id, delivery_id) do nothing;
end
$function$;
alter function ledger.keep_delivery(integer,uuid,uuid,date,text,text,text,bigint,bytea) owner to liggare_owner;
comment on function ledger.keep_delivery(integer,uuid,uuid,date,text,text,text,bigint,bytea) is 'Keeps a sealed delivery. Until ledger.index_delivery has closed it, it counts as carrying anything of its channel.';
grant execute on function ledger.keep_delivery(integer,uuid,uuid,date,text,text,text,bigint,bytea) to liggare_api;
grant execute on function ledger.keep_delivery(integer,uuid,uuid,date,text,text,text,bigint,bytea) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.last_recorded_at(p_controller integer)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return (select h.last_recorded_at from ledger.log_head h where h.controller_id = p_controller);
end
$function$;
alter function ledger.last_recorded_at(integer) owner to liggare_owner;
grant execute on function ledger.last_recorded_at(integer) to liggare_api;
grant execute on function ledger.last_recorded_at(integer) to liggare_purge;
grant execute on function ledger.last_recorded_at(integer) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.link_facts(p_controller integer, p_position bigint[], p_digest bytea[], p_content bytea[], p_object bytea[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  -- As an append: whoever condemns meanwhile either sees these digests or is seen here.
  perform from ledger.log_head h where h.controller_id = p_controller for update;
  insert into ledger.fact_digest (controller_id, digest, position, content)
    select distinct on (l.digest) p_controller, l.digest, l.at, l.content
    from unnest(p_position, p_digest, p_content) l(at, digest, content)
    where l.digest is not null
      and exists (select from ledger.fact_digest f where f.controller_id = p_controller and f.position = l.at)
      and (select c.position from ledger.event e join ledger.condemned c on c.controller_id = p_controller and c.object_id = e.stream_id
           where e.controller_id = p_controller and e.position = l.at) is null
    on conflict (controller_id, digest) do nothing;
  insert into ledger.identity (controller_id, digest, kind, id)
    select distinct on (l.object) p_controller, l.object, 'object', e.stream_id
    from unnest(p_position, p_object) l(at, object)
    join ledger.event e on e.controller_id = p_controller and e.position = l.at
    where l.object is not null
      and (select c.position from ledger.condemned c where c.controller_id = p_controller and c.object_id = e.stream_id) is null
    on conflict (controller_id, digest) do nothing;
end
$function$;
alter function ledger.link_facts(integer,bigint[],bytea[],bytea[],bytea[]) owner to liggare_owner;
comment on function ledger.link_facts(integer,bigint[],bytea[],bytea[],bytea[]) is 'Adds digests (and of creating facts the object''s) to facts that stand in the log, unless they are condemned.';
grant execute on function ledger.link_facts(integer,bigint[],bytea[],bytea[],bytea[]) to liggare_api;
grant execute on function ledger.link_facts(integer,bigint[],bytea[],bytea[],bytea[]) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.list_controllers()
 RETURNS TABLE(controller_id integer, slug text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$ select controller_id, slug from ledger.controller order by controller_id $function$;
alter function ledger.list_controllers() owner to liggare_owner;
grant execute on function ledger.list_controllers() to liggare_api;
grant execute on function ledger.list_controllers() to liggare_auditor;
grant execute on function ledger.list_controllers() to liggare_purge;
grant execute on function ledger.list_controllers() to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.look_up(p_controller integer, p_identities bytea[], p_facts bytea[], p_tombstones bytea[])
 RETURNS TABLE(source smallint, ordinal integer, id uuid, "position" bigint, content bytea)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select 1::smallint, d.n::int, (select i.id from ledger.identity i where i.controller_id = p_controller and i.digest = d.digest), null::bigint, null::bytea
      from unnest(p_identities) with ordinality d(digest, n)
    union all
    select 2::smallint, d.n::int, null, f.position, f.content
      from unnest(p_facts) with ordinality d(digest, n)
      cross join lateral (select f.position, f.content from ledger.fact_digest f where f.controller_id = p_controller and f.digest = d.digest limit 1) f
    union all
    select 3::smallint, d.n::int, null, t.position, null
      from unnest(p_tombstones) with ordinality d(digest, n)
      cross join lateral (select t.position from ledger.tombstone t where t.controller_id = p_controller and t.digest = d.digest limit 1) t;
end
$function$;
alter function ledger.look_up(integer,bytea[],bytea[],bytea[]) owner to liggare_owner;
comment on function ledger.look_up(integer,bytea[],bytea[],bytea[]) is 'What is known of some digests before sealing: a hint that saves work. Only ledger.append decides, under the lock.';
grant execute on function ledger.look_up(integer,bytea[],bytea[],bytea[]) to liggare_api;
grant execute on function ledger.look_up(integer,bytea[],bytea[],bytea[]) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.missing_events(p_controller integer, p_events uuid[])
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select i from unnest(p_events) i
    where (select e.position from ledger.event e where e.controller_id = p_controller and e.event_id = i) is null
      and (select d.delivery_id from ledger.delivery d
           where d.controller_id = p_controller and d.delivery_id = i and d.destroyed_by is null) is null;
end
$function$;
alter function ledger.missing_events(integer,uuid[]) owner to liggare_owner;
comment on function ledger.missing_events(integer,uuid[]) is 'Those of the ids that neither an event of the log nor a kept delivery has.';
grant execute on function ledger.missing_events(integer,uuid[]) to liggare_api;
grant execute on function ledger.missing_events(integer,uuid[]) to liggare_purge;
grant execute on function ledger.missing_events(integer,uuid[]) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.newest_sealed(p_controller integer, p_before bigint, p_limit integer)
 RETURNS TABLE(event_id uuid, "position" bigint, interaction boolean, condemned boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select e.event_id, e.position, starts_with(e.type, 'interaction.'),
      exists (select from ledger.condemned c where c.controller_id = p_controller and c.object_id = e.stream_id)
    from (select distinct s.position from (
            select q.position from ledger.sealed_part q
              where q.controller_id = p_controller and q.position < p_before order by q.position desc limit p_limit) s) n
    join ledger.event e on e.controller_id = p_controller and e.position = n.position
    order by e.position desc;
end
$function$;
alter function ledger.newest_sealed(integer,bigint,integer) owner to liggare_owner;
comment on function ledger.newest_sealed(integer,bigint,integer) is 'The events of the newest sealed parts before a position: a keyring without their keys is older than the log.';
grant execute on function ledger.newest_sealed(integer,bigint,integer) to liggare_api;
grant execute on function ledger.newest_sealed(integer,bigint,integer) to liggare_purge;
grant execute on function ledger.newest_sealed(integer,bigint,integer) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.raise_signing_alarm(p_controller integer, p_reason text, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  insert into ledger.signing_alarm as a (controller_id, reason, raised_at) values (p_controller, p_reason, p_now)
    on conflict (controller_id) do update set reason = excluded.reason where a.reason <> excluded.reason;
end
$function$;
alter function ledger.raise_signing_alarm(integer,text,timestamp with time zone) owner to liggare_owner;
grant execute on function ledger.raise_signing_alarm(integer,text,timestamp with time zone) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'ledger.% is append-only', tg_table_name using errcode = 'LG003';
end
$function$;
alter function ledger.refuse_change() owner to liggare_owner;

CREATE OR REPLACE FUNCTION ledger.release(p_controller integer, p_recorded_at timestamp with time zone, p_event_id uuid, p_purge_id uuid, p_occurred_on date, p_header text, p_entry bytea, p_intent bigint)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'model', 'ledger', 'pg_temp'
AS $function$
declare
  v_size bigint;
  v_last timestamptz;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  select h.size, h.last_recorded_at into v_size, v_last from ledger.log_head h where h.controller_id = p_controller for update;
  if p_recorded_at < v_last then
    raise exception 'recorded_at is older than the log' using errcode = 'LG002';
  end if;
  if ledger.intent_pending(p_controller, p_intent) is not true
    or not exists (select from purge p join ledger.event i on i.controller_id = p_controller and i.position = p_intent and i.stream_id = p.purge_id
                    where p.controller_id = p_controller and p.purge_id = p_purge_id and p.revoked_position is not null) then
    return null;
  end if;
  insert into ledger.event (controller_id, position, event_id, stream_id, stream_version, type, occurred_on, recorded_at, header, entry)
    values (p_controller, v_size, p_event_id, p_purge_id,
      1 + coalesce((select max(e.stream_version) from ledger.event e where e.controller_id = p_controller and e.stream_id = p_purge_id), 0),
      'purge.released', p_occurred_on, p_recorded_at, p_header, p_entry);
  delete from ledger.condemned c where c.controller_id = p_controller and c.position = p_intent and c.executed_at is null;
  update ledger.log_head set size = v_size + 1, last_recorded_at = p_recorded_at where controller_id = p_controller;
  perform model.project(p_controller, v_size, v_size + 1);
  return v_size;
end
$function$;
alter function ledger.release(integer,timestamp with time zone,uuid,uuid,date,text,bytea,bigint) owner to liggare_owner;
comment on function ledger.release(integer,timestamp with time zone,uuid,uuid,date,text,bytea,bigint) is 'Un-condemns the objects of one intent of a revoked purge, with the event that says so.';
grant execute on function ledger.release(integer,timestamp with time zone,uuid,uuid,date,text,bytea,bigint) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.replay_intent(p_controller integer, p_recorded_at timestamp with time zone, p_event_id uuid, p_purge_id uuid, p_occurred_on date, p_header text, p_entry bytea, p_objects uuid[], p_tombstones bytea[])
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'model', 'ledger', 'pg_temp'
AS $function$
declare
  v_size bigint;
  v_last timestamptz;
  v_known bigint;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  select h.size, h.last_recorded_at into v_size, v_last from ledger.log_head h where h.controller_id = p_controller for update;
  if p_recorded_at < v_last then
    raise exception 'recorded_at is older than the log' using errcode = 'LG002';
  end if;
  select e.position into v_known from ledger.event e where e.controller_id = p_controller and e.event_id = p_event_id;
  if found then
    return v_known;
  end if;
  insert into ledger.event (controller_id, position, event_id, stream_id, stream_version, type, occurred_on, recorded_at, header, entry)
    values (p_controller, v_size, p_event_id, p_purge_id,
      1 + coalesce((select max(e.stream_version) from ledger.event e where e.controller_id = p_controller and e.stream_id = p_purge_id), 0),
      'purge.intended', p_occurred_on, p_recorded_at, p_header, p_entry);
  insert into ledger.condemned (controller_id, object_id, position) select p_controller, o, v_size from unnest(p_objects) o;
  -- Also of objects that this log has not seen yet: importing them must not bring them back.
  insert into ledger.tombstone (controller_id, digest, position) select distinct p_controller, t, v_size from unnest(p_tombstones) t
    on conflict (controller_id, digest) do nothing;
  update ledger.log_head set size = v_size + 1, last_recorded_at = p_recorded_at where controller_id = p_controller;
  perform model.project(p_controller, v_size, v_size + 1);
  return v_size;
end
$function$;
alter function ledger.replay_intent(integer,timestamp with time zone,uuid,uuid,date,text,bytea,uuid[],bytea[]) owner to liggare_owner;
comment on function ledger.replay_intent(integer,timestamp with time zone,uuid,uuid,date,text,bytea,uuid[],bytea[]) is 'Writes an intent that a restored log has lost again, under its own event id. Repeating it answers where it stands.';
grant execute on function ledger.replay_intent(integer,timestamp with time zone,uuid,uuid,date,text,bytea,uuid[],bytea[]) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.replayable_objects(p_controller integer, p_objects uuid[])
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select o from unnest(p_objects) o
    where exists (select from ledger.event e where e.controller_id = p_controller and e.stream_id = o)
      and not exists (select from ledger.condemned c where c.controller_id = p_controller and c.object_id = o);
end
$function$;
alter function ledger.replayable_objects(integer,uuid[]) owner to liggare_owner;
comment on function ledger.replayable_objects(integer,uuid[]) is 'Those of the objects that stand in this log and that no intent of it has condemned.';
grant execute on function ledger.replayable_objects(integer,uuid[]) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.signing_alarms()
 RETURNS TABLE(slug text, reason text, raised_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
  select c.slug, a.reason, a.raised_at from ledger.signing_alarm a join ledger.controller c on c.controller_id = a.controller_id order by c.slug
$function$;
alter function ledger.signing_alarms() owner to liggare_owner;
comment on function ledger.signing_alarms() is 'All logs that could not be signed: readiness and metrics ask for it.';
grant execute on function ledger.signing_alarms() to liggare_api;
grant execute on function ledger.signing_alarms() to liggare_auditor;
grant execute on function ledger.signing_alarms() to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.store_checkpoint(p_controller integer, p_size bigint, p_note bytea, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  if p_size > (select h.size from ledger.log_head h where h.controller_id = p_controller) then
    raise exception 'a checkpoint beyond the log' using errcode = 'LG009';
  end if;
  insert into ledger.checkpoint (controller_id, size, signed_at, note) values (p_controller, p_size, p_now, p_note)
    on conflict (controller_id, size) do nothing;
  delete from ledger.signing_alarm where controller_id = p_controller;
end
$function$;
alter function ledger.store_checkpoint(integer,bigint,bytea,timestamp with time zone) owner to liggare_owner;
comment on function ledger.store_checkpoint(integer,bigint,bytea,timestamp with time zone) is 'Publishes a signed checkpoint and takes back the alarm.';
grant execute on function ledger.store_checkpoint(integer,bigint,bytea,timestamp with time zone) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.store_checkpoint_evidence(p_controller integer, p_size bigint, p_kind text, p_name text, p_content bytea, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  if not exists (select from ledger.checkpoint c where c.controller_id = p_controller and c.size = p_size) then
    raise exception 'evidence of no checkpoint' using errcode = 'LG009';
  end if;
  insert into ledger.checkpoint_evidence (controller_id, size, kind, name, content, added_at)
    values (p_controller, p_size, p_kind, p_name, p_content, p_now)
    on conflict (controller_id, size, kind, name) do nothing;
end
$function$;
alter function ledger.store_checkpoint_evidence(integer,bigint,text,text,bytea,timestamp with time zone) owner to liggare_owner;
comment on function ledger.store_checkpoint_evidence(integer,bigint,text,text,bytea,timestamp with time zone) is 'Keeps what a witness or a time-stamping authority says of a checkpoint; the first word of each stays.';
grant execute on function ledger.store_checkpoint_evidence(integer,bigint,text,text,bytea,timestamp with time zone) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.store_tiles(p_controller integer, p_level smallint[], p_index bigint[], p_width smallint[], p_hashes bytea[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  insert into ledger.tile (controller_id, level, tile_index, width, hashes)
    select p_controller, t.level, t.tile_index, t.width, t.hashes
    from unnest(p_level, p_index, p_width, p_hashes) t(level, tile_index, width, hashes)
    on conflict (controller_id, level, tile_index, width) do nothing;
  -- A signer that died has left tiles behind; the same place must then hold the same hashes.
  if exists (
    select from unnest(p_level, p_index, p_width, p_hashes) t(level, tile_index, width, hashes)
    where (select s.hashes from ledger.tile s where s.controller_id = p_controller and s.level = t.level and s.tile_index = t.tile_index and s.width = t.width)
      is distinct from t.hashes
  ) then
    raise exception 'a tile is stored with other hashes' using errcode = 'LG008';
  end if;
end
$function$;
alter function ledger.store_tiles(integer,smallint[],bigint[],smallint[],bytea[]) owner to liggare_owner;
comment on function ledger.store_tiles(integer,smallint[],bigint[],smallint[],bytea[]) is 'Stores tiles; those that stand there already must be the same (LG008).';
grant execute on function ledger.store_tiles(integer,smallint[],bigint[],smallint[],bytea[]) to liggare_worker;

CREATE OR REPLACE FUNCTION ledger.streams_of(p_controller integer, p_events uuid[])
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select distinct (select e.stream_id from ledger.event e where e.controller_id = p_controller and e.event_id = i) as stream
    from unnest(p_events) i
    where exists (select from ledger.event e where e.controller_id = p_controller and e.event_id = i);
end
$function$;
alter function ledger.streams_of(integer,uuid[]) owner to liggare_owner;
comment on function ledger.streams_of(integer,uuid[]) is 'The objects whose events these are, as far as they stand in this log.';
grant execute on function ledger.streams_of(integer,uuid[]) to liggare_purge;

CREATE OR REPLACE FUNCTION ledger.unexecuted_intents(p_controller integer)
 RETURNS TABLE("position" bigint, purge_id uuid, objects bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select e.position, e.stream_id, (select count(*) from ledger.condemned c where c.controller_id = p_controller and c.position = e.position)
    from ledger.event e
    where e.controller_id = p_controller and e.type = 'purge.intended' and ledger.intent_pending(p_controller, e.position)
    order by e.position;
end
$function$;
alter function ledger.unexecuted_intents(integer) owner to liggare_owner;
grant execute on function ledger.unexecuted_intents(integer) to liggare_purge;

CREATE OR REPLACE FUNCTION model.project(p_controller integer, p_from bigint, p_to bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_other boolean;
  v_interaction boolean;
begin
  select bool_or(starts_with(e.type, 'interaction.')), bool_or(not starts_with(e.type, 'interaction.')) into v_interaction, v_other
    from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to;

  if v_interaction then
    insert into retention_class (controller_id, class_id, channel_id, verb, capacity)
      select p_controller,
        (select coalesce(max(c.class_id), 0) from retention_class c where c.controller_id = p_controller) + row_number() over (order by f.first_position),
        f.channel_id, f.verb, f.capacity
      from (
        select e.channel_id, substr(e.type, 13) as verb, coalesce(e.capacity, 'undetermined') as capacity, min(e.position) as first_position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and starts_with(e.type, 'interaction.')
        group by 1, 2, 3) f
      where (select c.class_id from retention_class c
             where c.controller_id = p_controller and c.channel_id = f.channel_id and c.verb = f.verb and c.capacity = f.capacity) is null;

    -- The class and the day of an object are those of the event that created it, else of its first event: an edit may
    -- arrive before what it edits, and the end must be the same.
    insert into object as o (controller_id, object_id, class_id, created, first_position, last_position, events, thread_id, occurred_on, received_on)
      select p_controller, s.stream_id,
        (select c.class_id from retention_class c
         where c.controller_id = p_controller and c.channel_id = s.channel_id and c.verb = substr(s.type, 13) and c.capacity = coalesce(s.capacity, 'undetermined')),
        s.created, s.first_position, s.last_position, s.events, s.thread_id, s.occurred_on, s.received_on
      from (
        select distinct on (e.stream_id) e.stream_id, e.channel_id, e.type, e.capacity, e.thread_id, e.occurred_on,
          e.type in ('interaction.published', 'interaction.commented', 'interaction.replied', 'interaction.shared', 'interaction.messaged') as created,
          min(e.position) over w as first_position, max(e.position) over w as last_position, count(*) over w as events,
          (min(e.recorded_at) over w at time zone 'Europe/Stockholm')::date as received_on
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and starts_with(e.type, 'interaction.')
        window w as (partition by e.stream_id)
        order by e.stream_id,
          (e.type in ('interaction.published', 'interaction.commented', 'interaction.replied', 'interaction.shared', 'interaction.messaged')) desc, e.position) s
      on conflict (controller_id, object_id) do update set
        class_id = case when excluded.created and not o.created then excluded.class_id else o.class_id end,
        occurred_on = case when excluded.created and not o.created then excluded.occurred_on else o.occurred_on end,
        thread_id = case when excluded.created and not o.created then excluded.thread_id else o.thread_id end,
        created = o.created or excluded.created,
        last_position = excluded.last_position,
        events = o.events + excluded.events;

    -- Each event's parts by their key, behind OFFSET 0: a join of two ranges is planned as their product while the
    -- tables are small, and the plan stays cached when they have grown.
    with seen as materialized (
      select e.position, e.channel_id, substr(e.type, 13) as verb, coalesce(e.capacity, 'undetermined') as capacity, e.occurred_on, p.category, p.subject_id
      from ledger.event e
      cross join lateral (
        select q.category, q.subject_id from ledger.event_part q where q.controller_id = p_controller and q.position = e.position order by q.ordinal offset 0) p
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and starts_with(e.type, 'interaction.')
    ), counted as (
      insert into observation as o (controller_id, channel_id, verb, category, capacity, records, first_on, last_on)
        select p_controller, s.channel_id, s.verb, s.category, s.capacity, count(distinct s.position), min(s.occurred_on), max(s.occurred_on)
        from seen s
        group by 2, 3, 4, 5
        on conflict (controller_id, channel_id, verb, category, capacity) do update set
          records = o.records + excluded.records, first_on = least(o.first_on, excluded.first_on), last_on = greatest(o.last_on, excluded.last_on)
    ), met as (
      select s.channel_id, s.subject_id,
        array_agg(s.channel_id) over (partition by s.subject_id order by min(s.position) rows between unbounded preceding and 1 preceding) as before
      from seen s group by 1, 2
    ), fresh as (
      insert into channel_subject (controller_id, channel_id, subject_id)
        select p_controller, m.channel_id, m.subject_id from met m
        on conflict (controller_id, channel_id, subject_id) do nothing
        returning channel_id, subject_id
    ), channel as materialized (
      select distinct c.channel_id from retention_class c where c.controller_id = p_controller
    )
    -- Only who is new to a channel costs anything here. Grouped, not joined, for the reason above; `channel_subject` is
    -- as it was before this statement.
    insert into channel_reach as r (controller_id, channel_id, earlier, subjects)
      select p_controller, n.channel_id, n.earlier, count(*)
      from (
        select f.channel_id, array(
            select c.channel_id from channel c
            where c.channel_id <> f.channel_id and (c.channel_id = any (f.before)
              or exists (select from channel_subject k where k.controller_id = p_controller and k.channel_id = c.channel_id and k.subject_id = f.subject_id))
            order by c.channel_id) as earlier
        from (
          select u.channel_id, u.subject_id, max(u.before) as before
          from (
            select m.channel_id, m.subject_id, m.before, false as is_new from met m
            union all
            select w.channel_id, w.subject_id, null, true from fresh w) u
          group by 1, 2
          having bool_or(u.is_new)) f) n
      group by 2, 3
      on conflict (controller_id, channel_id, earlier) do update set subjects = r.subjects + excluded.subjects;
  end if;

  if v_other then
    insert into declaration as d (controller_id, kind, id, version, position, declared_at, document)
      select distinct on (split_part(e.type, '.', 1), e.stream_id) p_controller, split_part(e.type, '.', 1), e.stream_id, e.stream_version, e.position, e.recorded_at, e.header::jsonb -> 'data' -> 'document'
      from ledger.event e
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type like '%.declared'
      order by split_part(e.type, '.', 1), e.stream_id, e.position desc
      on conflict (controller_id, kind, id) do update set
        version = excluded.version, position = excluded.position, declared_at = excluded.declared_at, document = excluded.document;

    insert into rule_version (controller_id, rule_id, version, position, declared_at, approval, document)
      select p_controller, e.stream_id, e.stream_version, e.position, e.recorded_at,
        coalesce((e.header::jsonb -> 'data' ->> 'approval')::boolean, false), e.header::jsonb -> 'data' -> 'document'
      from ledger.event e
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'rule.declared';
    -- Four eyes: what the author says of a version is no approval.
    update rule_version r set approved_position = a.position
      from (
        select q.rule_id, q.version, min(e.position) as position
        from ledger.event e
        join ledger.event_part w on w.controller_id = p_controller and w.position = e.position and w.role = 'actor'
        join rule_version q on q.controller_id = p_controller and q.rule_id = (e.header::jsonb -> 'data' ->> 'rule')::uuid
          and q.version = (e.header::jsonb -> 'data' ->> 'version')::int and q.position < e.position
        left join ledger.event_part f on f.controller_id = p_controller and f.position = q.position and f.role = 'actor' and f.subject_id = w.subject_id
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'rule.approved' and f.subject_id is null
        group by 1, 2) a
      where r.controller_id = p_controller and r.rule_id = a.rule_id and r.version = a.version and r.approved_position is null;

    -- What names objects means those that stand in the log before it: here later ones may have been projected already.
    update object o set
        closed_on = coalesce(t.closed_on, o.closed_on), obsolete_on = coalesce(t.obsolete_on, o.obsolete_on),
        withdrawn_on = coalesce(t.withdrawn_on, o.withdrawn_on), delivered_on = coalesce(t.delivered_on, o.delivered_on),
        changed_position = greatest(o.changed_position, t.position)
      from (
        select x.object_id, max(x.position) as position,
          (array_agg(x.day order by x.position desc) filter (where x.trigger = 'archiveDelivered'))[1] as delivered_on,
          (array_agg(x.day order by x.position desc) filter (where x.trigger = 'matterClosed'))[1] as closed_on,
          (array_agg(x.day order by x.position desc) filter (where x.trigger = 'declaredObsolete'))[1] as obsolete_on,
          (array_agg(x.day order by x.position desc) filter (where x.trigger = 'withdrawn'))[1] as withdrawn_on
        from (
          select d.position, d.trigger, d.day, y.id::uuid as object_id
          from (
            select c.position, c.data -> 'objects' as objects, (c.data ->> 'day')::date as day,
              case c.type when 'archive.delivered' then 'archiveDelivered' else c.data ->> 'trigger' end as trigger
            from (
              select e.position, e.type, e.header::jsonb -> 'data' as data
              from ledger.event e
              where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type in ('retention.triggered', 'archive.delivered')
              offset 0) c
            offset 0) d
          cross join lateral jsonb_array_elements_text(d.objects) y(id)) x
        cross join lateral (
          select o.object_id from object o
          where o.controller_id = p_controller and o.object_id = x.object_id and o.first_position < x.position offset 0) n
        where x.day is not null
        group by 1) t
      where o.controller_id = p_controller and o.object_id = t.object_id;

    -- Tags and ruled capacities: of each word the last event counts, so that how the range is cut does not matter.
    -- The header of such an event is large: it is read once for each event (OFFSET 0), and objects are found by their key.
    with said as materialized (
      select d.position, d.type, d.tags, d.capacity, n.object_id, n.mark
      from (
        select c.position, c.type, c.data -> 'objects' as objects, c.data -> 'tags' as tags, c.data ->> 'capacity' as capacity
        from (
          select e.position, e.type, e.header::jsonb -> 'data' as data
          from ledger.event e
          where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type in ('object.tagged', 'object.untagged', 'capacity.ruled')
          offset 0) c
        offset 0) d
      cross join lateral jsonb_array_elements_text(d.objects) x(id)
      cross join lateral (
        select o.object_id, o.mark from object o
        where o.controller_id = p_controller and o.object_id = x.id::uuid and o.first_position < d.position offset 0) n
    ), word as (
      select s.object_id, t.tag, s.position, s.type = 'object.tagged' as stands, null as capacity
      from said s cross join lateral jsonb_array_elements_text(s.tags) t(tag)
      where s.type in ('object.tagged', 'object.untagged')
      union all
      select s.object_id, null, s.position, true, s.capacity from said s where s.type = 'capacity.ruled'
      union all
      select s.object_id, u.tag, -1, true, null
      from said s cross join lateral unnest(string_to_array(nullif(split_part(s.mark, '/', 2), ''), ',')) u(tag)
      union all
      select s.object_id, null, -1, true, split_part(s.mark, '/', 1) from said s
    ), last as (
      select distinct on (w.object_id, w.tag) w.object_id, w.tag, w.position, w.stands, w.capacity
      from word w order by w.object_id, w.tag, w.position desc
    ), marked as (
      select l.object_id, max(l.position) as position, max(l.capacity) as capacity,
        coalesce(string_agg(l.tag, ',' order by l.tag collate "C") filter (where l.stands), '') as tags
      from last l group by l.object_id
    )
    update object o set changed_position = greatest(o.changed_position, m.position),
        mark = case when m.capacity = '' and m.tags = '' then '' else m.capacity || '/' || m.tags end
      from marked m
      where o.controller_id = p_controller and o.object_id = m.object_id;

    insert into platform_demand (controller_id, demand_id, channel_id, object_id, action, demands, demanded_position, demanded_on)
      select p_controller, d.stream_id, d.channel_id, d.object_id, d.action, d.n, d.position, d.occurred_on
      from (
        select distinct on (e.stream_id) e.stream_id, e.channel_id, (e.header::jsonb -> 'data' ->> 'object')::uuid as object_id,
          coalesce(e.header::jsonb -> 'data' ->> 'action', 'unknown') as action, count(*) over (partition by e.stream_id)::int as n, e.position, e.occurred_on
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'platform.demanded' and e.channel_id is not null
        order by e.stream_id, e.position) d
      on conflict (controller_id, demand_id) do update set demands = platform_demand.demands + excluded.demands;
    update platform_demand d set decided_position = x.position, decision = x.decision
      from (
        select distinct on (e.header::jsonb -> 'data' ->> 'demand') (e.header::jsonb -> 'data' ->> 'demand')::uuid as demand_id,
          e.header::jsonb -> 'data' ->> 'decision' as decision, e.position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'platform.decided'
        order by e.header::jsonb -> 'data' ->> 'demand', e.position desc) x
      where d.controller_id = p_controller and d.demand_id = x.demand_id and d.demanded_position < x.position;

    insert into hold (controller_id, hold_id, kind, target_id, ground, review_on, case_id, verb, from_on, to_on, placed_position)
      select p_controller, h.stream_id, h.data ->> 'kind', (h.data ->> 'target')::uuid, h.data ->> 'ground', (h.data ->> 'reviewOn')::date, (h.data ->> 'case')::uuid,
        h.data ->> 'verb', (h.data ->> 'from')::date, (h.data ->> 'to')::date, h.position
      from (
        select e.stream_id, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'hold.placed') h;
    update hold h set lifted_position = l.position
      from (
        select e.stream_id, min(e.position) as position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'hold.lifted'
        group by e.stream_id) l
      where h.controller_id = p_controller and h.hold_id = l.stream_id and h.lifted_position is null;

    -- An object can be condemned, released and condemned again: the last intent that names it counts, unless it is released.
    if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.intended') then
      with named as materialized (
        select e.position, e.stream_id, (e.header::jsonb -> 'data' ->> 'classId')::int as class_id, e.header::jsonb -> 'data' -> 'objects' as objects
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.intended'
      ), noted as (
        insert into intent (controller_id, position, purge_id, class_id, objects)
          select p_controller, n.position, n.stream_id, n.class_id, jsonb_array_length(n.objects) from named n
      )
      update object o set condemned_position = c.position
        from (
          select k.object_id, max(k.position) as position
          from (select n.position, jsonb_array_elements_text(n.objects)::uuid as object_id from named n) k
          group by k.object_id) c
        where o.controller_id = p_controller and o.object_id = c.object_id;
    end if;
    if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.released') then
      with released as materialized (
        select e.position, (e.header::jsonb -> 'data' ->> 'intent')::bigint as intent
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.released'
      ), freed as (
        update object o set condemned_position = null from released r where o.controller_id = p_controller and o.condemned_position = r.intent
      )
      delete from intent i using released r where i.controller_id = p_controller and i.position = r.intent;
    end if;
    -- An order that does not say how much it may take takes nothing, and waits for approval.
    insert into purge (controller_id, purge_id, ordered_position, rules_position, planned, object_limit, approval, wait_hours, intents, objects, released)
      select p_controller, o.stream_id, o.position, coalesce((o.data ->> 'rulesPosition')::bigint, -1),
        coalesce((o.data ->> 'objects')::int, 0), coalesce((o.data ->> 'limit')::int, 0), coalesce((o.data ->> 'approval')::boolean, true), coalesce((o.data ->> 'waitHours')::int, 0), 0, 0, 0
      from (
        select e.stream_id, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.ordered') o;
    -- Four eyes: what the orderer says is no approval, whoever let it into the log.
    update purge p set approved_position = a.position
      from (
        select e.stream_id, min(e.position) as position
        from ledger.event e
        join ledger.event_part w on w.controller_id = p_controller and w.position = e.position and w.role = 'actor'
        join purge q on q.controller_id = p_controller and q.purge_id = e.stream_id and q.ordered_position < e.position
        left join ledger.event_part f on f.controller_id = p_controller and f.position = q.ordered_position and f.role = 'actor' and f.subject_id = w.subject_id
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.approved' and f.subject_id is null
        group by e.stream_id) a
      where p.controller_id = p_controller and p.purge_id = a.stream_id and p.approved_position is null;
    update purge p set intents = p.intents + i.intents, objects = p.objects + i.objects
      from (
        select e.stream_id, count(*) as intents, sum(jsonb_array_length(e.header::jsonb -> 'data' -> 'objects')) as objects
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.intended'
        group by e.stream_id) i
      where p.controller_id = p_controller and p.purge_id = i.stream_id;
    update purge p set executed_position = x.position
      from (
        select e.stream_id, min(e.position) as position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.executed'
        group by e.stream_id) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id and p.executed_position is null;
    update purge p set aborted_position = x.position
      from (
        select e.stream_id, min(e.position) as position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.aborted'
        group by e.stream_id) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id and p.aborted_position is null
        and (p.executed_position is null or p.executed_position > x.position);
    -- One row for each intent, however many objects: this runs under the lock of the head.
    update intent i set disposed_position = x.position
      from (
        select e.stream_id, min(e.position) as position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.executed'
        group by e.stream_id) x
      where i.controller_id = p_controller and i.purge_id = x.stream_id and i.position < x.position and i.disposed_position is null;
    update purge p set paused_position = x.position
      from (
        select distinct on (e.stream_id) e.stream_id, case e.type when 'purge.paused' then e.position end as position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type in ('purge.paused', 'purge.resumed')
        order by e.stream_id, e.position desc) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id;
    update purge p set deferred_position = x.position, deferred_until = x.until
      from (
        select distinct on (e.stream_id) e.stream_id, e.position, (e.header::jsonb -> 'data' ->> 'until')::timestamptz as until
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.deferred'
        order by e.stream_id, e.position) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id and p.deferred_position is null;
    -- Either comes first, and then the other counts for nothing: after execution has begun there is no undo.
    update purge p set begun_position = coalesce(p.begun_position, x.begun), revoked_position = coalesce(p.revoked_position, x.revoked)
      from (
        select e.stream_id,
          case when (array_agg(e.type order by e.position))[1] = 'purge.begun' then min(e.position) end as begun,
          case when (array_agg(e.type order by e.position))[1] = 'purge.revoked' then min(e.position) end as revoked
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type in ('purge.begun', 'purge.revoked')
        group by e.stream_id) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id and p.begun_position is null and p.revoked_position is null;
    update purge p set released = p.released + x.objects, released_position = coalesce(p.released_position, x.last)
      from (
        select e.stream_id, sum((e.header::jsonb -> 'data' ->> 'objects')::int) as objects,
          min(e.position) filter (where e.header::jsonb -> 'data' ->> 'left' = '0') as last
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.released'
        group by e.stream_id) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id;
    update purge p set swept_position = s.position
      from (
        select x.purge_id, min(x.position) as position
        from (
          select e.position, jsonb_array_elements_text(e.header::jsonb -> 'data' -> 'purges')::uuid as purge_id
          from ledger.event e
          where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'keyring.swept') x
        group by 1) s
      where p.controller_id = p_controller and p.purge_id = s.purge_id and p.swept_position is null;
    perform model.project_oversight(p_controller, p_from, p_to);
  end if;
end
$function$;
alter function model.project(integer,bigint,bigint) owner to liggare_owner;
comment on function model.project(integer,bigint,bigint) is 'Applies the events of [from, to) to the read models found on the search_path.';
grant execute on function model.project(integer,bigint,bigint) to liggare_api;
grant execute on function model.project(integer,bigint,bigint) to liggare_auditor;
grant execute on function model.project(integer,bigint,bigint) to liggare_worker;

CREATE OR REPLACE FUNCTION model.project_oversight(p_controller integer, p_from bigint, p_to bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'disclosure.made') then
    insert into disclosure (controller_id, disclosure_id, position, recipient_kind, organisation, person, ground, provision, reference, disclosed_on, objects)
      select p_controller, d.stream_id, d.position, d.data ->> 'recipient', d.data ->> 'organisation', (d.data ->> 'person')::boolean,
        d.data ->> 'ground', d.data ->> 'provision', d.data ->> 'reference', (d.data ->> 'disclosedOn')::date, jsonb_array_length(d.data -> 'objects')
      from (
        select e.stream_id, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'disclosure.made') d;
    insert into disclosed_object (controller_id, object_id, disclosure_id)
      select p_controller, jsonb_array_elements_text(e.header::jsonb -> 'data' -> 'objects')::uuid, e.stream_id
      from ledger.event e
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'disclosure.made';
  end if;
  if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and starts_with(e.type, 'capacity.')) then
    perform model.project_rulings(p_controller, p_from, p_to);
  end if;
  if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'diary.entered') then
    insert into diary_entry as y (controller_id, entry_id, position, version, entered_on, direction, designation, correspondent, person, brief, left_out, object_id)
      select distinct on (d.stream_id) p_controller, d.stream_id, d.position, d.stream_version, (d.data ->> 'enteredOn')::date, d.data ->> 'direction', d.data ->> 'designation',
        d.data ->> 'correspondent', coalesce((d.data ->> 'person')::boolean, false), d.data ->> 'brief',
        array(select jsonb_array_elements_text(coalesce(d.data -> 'leftOut', '[]'))), (d.data ->> 'object')::uuid
      from (
        select e.stream_id, e.stream_version, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'diary.entered') d
      order by d.stream_id, d.position desc
      on conflict (controller_id, entry_id) do update set
        position = excluded.position, version = excluded.version, entered_on = excluded.entered_on, direction = excluded.direction, designation = excluded.designation,
        correspondent = excluded.correspondent, person = excluded.person, brief = excluded.brief, left_out = excluded.left_out, object_id = excluded.object_id;
  end if;
  if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to
             and (starts_with(e.type, 'supervision.') or e.type = 'object.unpublished')) then
    insert into supervision_round (controller_id, round_id, channel_id, position, from_at, to_at, seen, acted)
      select p_controller, r.stream_id, r.channel_id, r.position, (r.data ->> 'from')::timestamptz, (r.data ->> 'to')::timestamptz, (r.data ->> 'seen')::int, (r.data ->> 'acted')::int
      from (
        select e.stream_id, e.channel_id, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'supervision.looked-through') r;
    insert into supervision_item (controller_id, item_id, channel_id, object_id, source, known_at, position)
      select p_controller, n.stream_id, n.channel_id, (n.data ->> 'object')::uuid, n.data ->> 'source', (n.data ->> 'knownAt')::timestamptz, n.position
      from (
        select e.stream_id, e.channel_id, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'supervision.noticed') n;
    update supervision_item i set action = a.action, acted_at = a.acted_at, acted_position = a.position
      from (
        select distinct on (e.stream_id) e.stream_id, e.position, e.header::jsonb -> 'data' ->> 'action' as action, (e.header::jsonb -> 'data' ->> 'actedAt')::timestamptz as acted_at
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'supervision.acted'
        order by e.stream_id, e.position) a
      where i.controller_id = p_controller and i.item_id = a.stream_id and i.acted_position is null;
    insert into supervision_alarm (controller_id, channel_id, due_at, position)
      select p_controller, o.channel_id, o.due_at, min(o.position)
      from (
        select e.channel_id, (e.header::jsonb -> 'data' ->> 'dueAt')::timestamptz as due_at, e.position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'supervision.overdue') o
      group by 2, 3
      on conflict (controller_id, channel_id, due_at) do nothing;
    insert into unpublication (controller_id, object_id, position, ground)
      select distinct on (u.object_id) p_controller, u.object_id, u.position, u.ground
      from (
        select (e.header::jsonb -> 'data' ->> 'object')::uuid as object_id, e.position, e.header::jsonb -> 'data' ->> 'ground' as ground
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'object.unpublished') u
      order by u.object_id, u.position
      on conflict (controller_id, object_id) do nothing;
  end if;
end
$function$;
alter function model.project_oversight(integer,bigint,bigint) owner to liggare_owner;
comment on function model.project_oversight(integer,bigint,bigint) is 'The part of model.project that applies disclosures, rulings on capacity, the diary and supervision.';
grant execute on function model.project_oversight(integer,bigint,bigint) to liggare_api;
grant execute on function model.project_oversight(integer,bigint,bigint) to liggare_auditor;
grant execute on function model.project_oversight(integer,bigint,bigint) to liggare_worker;

CREATE OR REPLACE FUNCTION model.project_rulings(p_controller integer, p_from bigint, p_to bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  with ruled as materialized (
    select e.position, e.header::jsonb -> 'data' ->> 'capacity' as capacity, x.object_id::uuid
    from ledger.event e cross join lateral jsonb_array_elements_text(e.header::jsonb -> 'data' -> 'objects') x(object_id)
    where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'capacity.ruled'
  ), standing as materialized (
    select x.object_id, x.position, x.capacity, lag(x.capacity) over w as before_capacity, lag(x.position) over w as before_position
    from (
      select r.object_id, r.position, r.capacity from ruled r
      union all
      select c.object_id, c.position, c.capacity from capacity_ruling c
      where c.controller_id = p_controller and c.object_id in (select r.object_id from ruled r)) x
    window w as (partition by x.object_id order by x.position)
  ), moved as materialized (
    select e.channel_id, substr(e.type, 13) as verb, p.category, e.occurred_on, s.capacity as after,
      case when s.before_position > e.position then s.before_capacity else coalesce(e.capacity, 'undetermined') end as before
    from standing s
    join ledger.event e on e.controller_id = p_controller and e.stream_id = s.object_id and e.position < s.position and starts_with(e.type, 'interaction.')
    cross join lateral (select distinct q.category from ledger.event_part q where q.controller_id = p_controller and q.position = e.position) p
    where s.position >= p_from
  )
  insert into observation as o (controller_id, channel_id, verb, category, capacity, records, first_on, last_on)
    select p_controller, d.channel_id, d.verb, d.category, d.capacity, sum(d.records), coalesce(min(d.day), 'infinity'), coalesce(max(d.day), '-infinity')
    from (
      select m.channel_id, m.verb, m.category, m.after as capacity, 1 as records, m.occurred_on as day from moved m where m.after <> m.before
      union all
      select m.channel_id, m.verb, m.category, m.before, -1, null from moved m where m.after <> m.before) d
    group by 2, 3, 4, 5
    on conflict (controller_id, channel_id, verb, category, capacity) do update set
      records = o.records + excluded.records, first_on = least(o.first_on, excluded.first_on), last_on = greatest(o.last_on, excluded.last_on);

  insert into capacity_ruling as c (controller_id, object_id, ruling_id, position, version, capacity, ground, quarantine_until, hold_id)
    select distinct on (r.object_id) p_controller, r.object_id, r.stream_id, r.position, r.stream_version,
      r.data ->> 'capacity', r.data ->> 'ground', (r.data ->> 'quarantineUntil')::date, (r.data ->> 'hold')::uuid
    from (
      select e.stream_id, e.stream_version, e.position, e.header::jsonb -> 'data' as data, x.object_id::uuid
      from ledger.event e cross join lateral jsonb_array_elements_text(e.header::jsonb -> 'data' -> 'objects') x(object_id)
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'capacity.ruled') r
    order by r.object_id, r.position desc
    on conflict (controller_id, object_id) do update set
      ruling_id = excluded.ruling_id, position = excluded.position, version = excluded.version, capacity = excluded.capacity, ground = excluded.ground,
      quarantine_until = excluded.quarantine_until, hold_id = excluded.hold_id,
      contested_position = null, contest_hold_id = null, approved_position = null;
  -- What was said of a ruling that another has taken the place of says nothing of that one.
  update capacity_ruling c set contested_position = x.position, contest_hold_id = x.hold_id
    from (
      select distinct on (e.stream_id) e.stream_id, e.position, (e.header::jsonb -> 'data' ->> 'hold')::uuid as hold_id
      from ledger.event e
      join capacity_ruling r on r.controller_id = p_controller and r.ruling_id = e.stream_id and r.position < e.position
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'capacity.contested'
      order by e.stream_id, e.position) x
    where c.controller_id = p_controller and c.ruling_id = x.stream_id and c.contested_position is null;
  -- Four eyes: who has ruled does not say that the content be destroyed, whoever let it into the log.
  update capacity_ruling c set approved_position = x.position
    from (
      select e.stream_id, min(e.position) as position
      from ledger.event e
      join ledger.event_part w on w.controller_id = p_controller and w.position = e.position and w.role = 'actor'
      join capacity_ruling r on r.controller_id = p_controller and r.ruling_id = e.stream_id and r.position < e.position
      left join ledger.event_part f on f.controller_id = p_controller and f.position = r.position and f.role = 'actor' and f.subject_id = w.subject_id
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'capacity.destruction-approved' and f.subject_id is null
      group by e.stream_id) x
    where c.controller_id = p_controller and c.ruling_id = x.stream_id and c.approved_position is null;
end
$function$;
alter function model.project_rulings(integer,bigint,bigint) owner to liggare_owner;
comment on function model.project_rulings(integer,bigint,bigint) is 'Applies rulings on capacity, their contestation and the second person''s word to the read models on the search_path.';
grant execute on function model.project_rulings(integer,bigint,bigint) to liggare_api;
grant execute on function model.project_rulings(integer,bigint,bigint) to liggare_auditor;
grant execute on function model.project_rulings(integer,bigint,bigint) to liggare_worker;

-- The keyring database

-- role liggare_keyring login connect
-- role liggare_keyring_owner nologin

create schema keyring authorization liggare_keyring_owner;
grant usage on schema keyring to liggare_keyring;

create schema liggare authorization liggare_keyring_owner;
comment on schema liggare is 'What Liggare notes about the database itself';
grant usage on schema liggare to liggare_keyring;

create table keyring.destroyed_intent (
  controller_id integer not null,
  intent uuid not null,
  kind text not null,
  destroyed_at timestamp with time zone not null,
  constraint destroyed_intent_kind_check CHECK ((kind = ANY (ARRAY['record'::text, 'subject'::text]))),
  constraint destroyed_intent_pkey PRIMARY KEY (controller_id, intent, kind)
);
alter table keyring.destroyed_intent owner to liggare_keyring_owner;
alter table keyring.destroyed_intent enable row level security;
alter table keyring.destroyed_intent force row level security;
create policy own_controller on keyring.destroyed_intent as permissive for all to public using ((controller_id = ( SELECT keyring.current_controller() AS current_controller))) with check ((controller_id = ( SELECT keyring.current_controller() AS current_controller)));
comment on table keyring.destroyed_intent is 'The intents whose keys were destroyed here, each in the transaction that destroyed them. Missing after a restore: to be destroyed again.';

create table keyring.epoch (
  epoch integer not null,
  state text not null,
  wrap integer not null default 1,
  created_at timestamp with time zone not null,
  destroyed_at timestamp with time zone,
  constraint epoch_state_check CHECK ((state = ANY (ARRAY['current'::text, 'draining'::text, 'dropped'::text, 'destroyed'::text]))),
  constraint epoch_wrap_check CHECK ((wrap > 0)),
  constraint epoch_pkey PRIMARY KEY (epoch)
);
alter table keyring.epoch owner to liggare_keyring_owner;
CREATE UNIQUE INDEX epoch_current_key ON keyring.epoch USING btree (state) WHERE (state = 'current'::text);
comment on table keyring.epoch is 'Epoch keys by number. The keys themselves are with the key provider.';
comment on column keyring.epoch.wrap is 'Of the current epoch: the version of the wrap keys under which keys of persons are stored from now on.';
grant select on keyring.epoch to liggare_keyring;

create table keyring.key_check (
  singleton boolean not null default true,
  digest bytea not null,
  created_at timestamp with time zone not null,
  constraint key_check_digest_check CHECK ((octet_length(digest) = 32)),
  constraint key_check_singleton_check CHECK (singleton),
  constraint key_check_pkey PRIMARY KEY (singleton)
);
alter table keyring.key_check owner to liggare_keyring_owner;
comment on table keyring.key_check is 'A keyed digest that tells whether the key file at hand is the one this keyring was made with.';
grant select on keyring.key_check to liggare_keyring;

create table keyring.record_key (
  controller_id integer not null,
  event_id uuid not null,
  epoch integer not null,
  wrapped bytea not null,
  created_at timestamp with time zone not null,
  constraint record_key_pkey PRIMARY KEY (epoch, controller_id, event_id)
) partition by LIST (epoch);
alter table keyring.record_key owner to liggare_keyring_owner;
alter table keyring.record_key enable row level security;
alter table keyring.record_key force row level security;
create policy own_controller on keyring.record_key as permissive for all to public using ((controller_id = ( SELECT keyring.current_controller() AS current_controller))) with check ((controller_id = ( SELECT keyring.current_controller() AS current_controller)));
comment on table keyring.record_key is 'The secrets of an event''s parts, wrapped by the key of a numbered epoch. Keyed by event id: positions are used again after a restore.';

create table keyring.subject_key (
  controller_id integer not null,
  subject_id uuid not null,
  wrapped bytea not null,
  wrap integer not null,
  created_at timestamp with time zone not null,
  constraint subject_key_pkey PRIMARY KEY (controller_id, subject_id)
);
alter table keyring.subject_key owner to liggare_keyring_owner;
alter table keyring.subject_key enable row level security;
alter table keyring.subject_key force row level security;
create policy own_controller on keyring.subject_key as permissive for all to public using ((controller_id = ( SELECT keyring.current_controller() AS current_controller))) with check ((controller_id = ( SELECT keyring.current_controller() AS current_controller)));
comment on table keyring.subject_key is 'One key per person, wrapped by the controller''s wrap key of the version `wrap`.';

create table keyring.tombstone (
  controller_id integer not null,
  kind text not null,
  id uuid not null,
  intent uuid not null,
  destroyed_at timestamp with time zone not null,
  constraint tombstone_kind_check CHECK ((kind = ANY (ARRAY['record'::text, 'subject'::text]))),
  constraint tombstone_pkey PRIMARY KEY (controller_id, kind, id)
);
alter table keyring.tombstone owner to liggare_keyring_owner;
alter table keyring.tombstone enable row level security;
alter table keyring.tombstone force row level security;
create policy own_controller on keyring.tombstone as permissive for all to public using ((controller_id = ( SELECT keyring.current_controller() AS current_controller))) with check ((controller_id = ( SELECT keyring.current_controller() AS current_controller)));
CREATE INDEX tombstone_intent_idx ON keyring.tombstone USING brin (controller_id, intent) WITH (autosummarize='on');
comment on table keyring.tombstone is 'Keys that were destroyed: the keyring''s copy of the erasure journal. A key named here is never stored again.';
grant select on keyring.tombstone to liggare_keyring;

create table keyring.wrap_rotation (
  controller_id integer not null,
  wrap integer not null,
  stream uuid not null,
  begun_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint wrap_rotation_pkey PRIMARY KEY (controller_id, wrap)
);
alter table keyring.wrap_rotation owner to liggare_keyring_owner;
alter table keyring.wrap_rotation enable row level security;
alter table keyring.wrap_rotation force row level security;
create policy own_controller on keyring.wrap_rotation as permissive for all to public using ((controller_id = ( SELECT keyring.current_controller() AS current_controller))) with check ((controller_id = ( SELECT keyring.current_controller() AS current_controller)));
comment on table keyring.wrap_rotation is 'Rotations of wrap keys, of each controller that had a log then, and the stream of the event that says so. Unfinished: some keys are still wrapped by an earlier one.';

create table liggare.migration (
  version integer not null,
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (version)
);
alter table liggare.migration owner to liggare_keyring_owner;
comment on table liggare.migration is 'The files of migrations/ that were applied here';
grant select on liggare.migration to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.begin_wrap(p_controllers integer[], p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
declare
  v_wrap int;
  v_controller int;
begin
  lock table keyring.epoch in share row exclusive mode;
  select e.wrap into v_wrap from keyring.epoch e where e.state = 'current';
  foreach v_controller in array p_controllers loop
    perform set_config('liggare.controller', v_controller::text, true);
    if exists (select from keyring.wrap_rotation r where r.controller_id = v_controller and r.finished_at is null) then
      return v_wrap; -- one is under way: it goes on, no second one begins
    end if;
  end loop;
  update keyring.epoch e set wrap = e.wrap + 1 where e.state = 'current' returning e.wrap into v_wrap;
  foreach v_controller in array p_controllers loop
    perform set_config('liggare.controller', v_controller::text, true);
    insert into keyring.wrap_rotation (controller_id, wrap, stream, begun_at) values (v_controller, v_wrap, gen_random_uuid(), p_now);
  end loop;
  return v_wrap;
end
$function$;
alter function keyring.begin_wrap(integer[],timestamp with time zone) owner to liggare_keyring_owner;
comment on function keyring.begin_wrap(integer[],timestamp with time zone) is 'Begins a rotation of the wrap keys of all controllers, or answers the version of the one that is under way.';
grant execute on function keyring.begin_wrap(integer[],timestamp with time zone) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.close_epoch(p_epoch integer, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
begin
  update keyring.epoch set state = 'destroyed', destroyed_at = p_now where epoch = p_epoch and state = 'dropped';
end
$function$;
alter function keyring.close_epoch(integer,timestamp with time zone) owner to liggare_keyring_owner;
grant execute on function keyring.close_epoch(integer,timestamp with time zone) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.count_wrapped(p_controller integer)
 RETURNS TABLE(wrap integer, keys bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select k.wrap, count(*) from keyring.subject_key k where k.controller_id = p_controller group by k.wrap order by k.wrap;
end
$function$;
alter function keyring.count_wrapped(integer) owner to liggare_keyring_owner;
grant execute on function keyring.count_wrapped(integer) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.current_controller()
 RETURNS integer
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare
  setting text := current_setting('liggare.controller', true);
begin
  if setting is null or setting = '' then
    raise exception 'no controller is set for this transaction' using errcode = 'LG001';
  end if;
  return setting::int;
end
$function$;
alter function keyring.current_controller() owner to liggare_keyring_owner;
grant execute on function keyring.current_controller() to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.destroy(p_controller integer, p_records uuid[], p_subjects uuid[], p_intent uuid, p_now timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
declare
  v_deleted bigint;
  v_subjects bigint;
  v_epoch int;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  perform pg_advisory_xact_lock(7151, p_controller);
  insert into keyring.tombstone (controller_id, kind, id, intent, destroyed_at)
    select distinct p_controller, k.kind, k.id, p_intent, p_now
    from (select 'record' as kind, i as id from unnest(p_records) i union all select 'subject', i from unnest(p_subjects) i) k
    on conflict (controller_id, kind, id) do nothing;
  v_deleted := 0;
  for v_epoch in select e.epoch from keyring.epoch e where e.state in ('current', 'draining') loop
    delete from keyring.record_key k using unnest(p_records) i(id)
      where k.epoch = v_epoch and k.controller_id = p_controller and k.event_id = i.id;
    get diagnostics v_subjects = row_count;
    v_deleted := v_deleted + v_subjects;
  end loop;
  delete from keyring.subject_key k using unnest(p_subjects) i(id) where k.controller_id = p_controller and k.subject_id = i.id;
  get diagnostics v_subjects = row_count;
  insert into keyring.destroyed_intent (controller_id, intent, kind, destroyed_at) values (p_controller, p_intent, 'record', p_now)
    on conflict (controller_id, intent, kind) do nothing;
  return v_deleted + v_subjects;
end
$function$;
alter function keyring.destroy(integer,uuid[],uuid[],uuid,timestamp with time zone) owner to liggare_keyring_owner;
comment on function keyring.destroy(integer,uuid[],uuid[],uuid,timestamp with time zone) is 'Destroyed = the rows are deleted. Irrecoverable only after the sweep has destroyed the epoch key: see services/README.md.';
grant execute on function keyring.destroy(integer,uuid[],uuid[],uuid,timestamp with time zone) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.destroyed_intents(p_controller integer)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select d.intent from keyring.destroyed_intent d where d.controller_id = p_controller and d.kind = 'record' order by d.intent;
end
$function$;
alter function keyring.destroyed_intents(integer) owner to liggare_keyring_owner;
comment on function keyring.destroyed_intents(integer) is 'The intents whose record keys this keyring has destroyed.';
grant execute on function keyring.destroyed_intents(integer) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.destroyed_records(p_controller integer, p_intent uuid)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select t.id from keyring.tombstone t
    where t.controller_id = p_controller and t.intent = p_intent and t.kind = 'record' order by t.id;
end
$function$;
alter function keyring.destroyed_records(integer,uuid) owner to liggare_keyring_owner;
comment on function keyring.destroyed_records(integer,uuid) is 'The events whose keys an intent destroyed: with them a lost journal is made again.';
grant execute on function keyring.destroyed_records(integer,uuid) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.drop_epoch(p_epoch integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
declare
  v_left boolean;
begin
  lock table keyring.epoch in share row exclusive mode;
  if not exists (select from keyring.epoch e where e.epoch = p_epoch and e.state = 'draining') then
    return;
  end if;
  -- The whole first and then its part, as whoever reads keys locks them: the other way round is a deadlock.
  lock table keyring.record_key in access exclusive mode;
  -- No policy hides a row from this count: the partition is opened to its owner for the length of this transaction.
  execute format('alter table keyring.record_key_%s no force row level security', p_epoch);
  execute format('select exists (select from keyring.record_key_%s)', p_epoch) into v_left;
  if v_left then
    raise exception 'epoch % still holds keys', p_epoch using errcode = 'LG007';
  end if;
  execute format('drop table keyring.record_key_%s', p_epoch);
  update keyring.epoch set state = 'dropped' where epoch = p_epoch;
end
$function$;
alter function keyring.drop_epoch(integer) owner to liggare_keyring_owner;
grant execute on function keyring.drop_epoch(integer) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.epoch_used(p_epoch integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
declare
  v_used boolean;
begin
  -- Size, not rows: the owner sees no row without a controller, and here all of them count.
  select pg_relation_size(format('keyring.record_key_%s', p_epoch)::regclass) > 0 into v_used;
  return v_used;
end
$function$;
alter function keyring.epoch_used(integer) owner to liggare_keyring_owner;
comment on function keyring.epoch_used(integer) is 'Whether a key was ever stored under an epoch: then its epoch key must exist and is never made anew.';
grant execute on function keyring.epoch_used(integer) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.fetch_record_keys(p_controller integer, p_event uuid[])
 RETURNS TABLE(event_id uuid, epoch integer, wrapped bytea)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select k.event_id, k.epoch, k.wrapped from keyring.record_key k
    where k.epoch in (select e.epoch from keyring.epoch e where e.state in ('current', 'draining')) and k.controller_id = p_controller and k.event_id = any (p_event);
end
$function$;
alter function keyring.fetch_record_keys(integer,uuid[]) owner to liggare_keyring_owner;
grant execute on function keyring.fetch_record_keys(integer,uuid[]) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.fetch_subject_keys(p_controller integer, p_subject uuid[])
 RETURNS TABLE(subject_id uuid, wrapped bytea, wrap integer)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select k.subject_id, k.wrapped, k.wrap from keyring.subject_key k where k.controller_id = p_controller and k.subject_id = any (p_subject);
end
$function$;
alter function keyring.fetch_subject_keys(integer,uuid[]) owner to liggare_keyring_owner;
grant execute on function keyring.fetch_subject_keys(integer,uuid[]) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.finish_wrap(p_controller integer, p_wrap integer, p_now timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  if exists (select from keyring.subject_key k where k.controller_id = p_controller and k.wrap < p_wrap) then
    raise exception 'keys are still wrapped by an earlier wrap key than %', p_wrap using errcode = 'LG007';
  end if;
  update keyring.wrap_rotation r set finished_at = p_now where r.controller_id = p_controller and r.wrap = p_wrap and r.finished_at is null;
end
$function$;
alter function keyring.finish_wrap(integer,integer,timestamp with time zone) owner to liggare_keyring_owner;
grant execute on function keyring.finish_wrap(integer,integer,timestamp with time zone) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.lock_old(p_controller integer, p_epoch integer, p_limit integer)
 RETURNS TABLE(event_id uuid, wrapped bytea, created_at timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  perform pg_advisory_xact_lock(7151, p_controller);
  return query select k.event_id, k.wrapped, k.created_at from keyring.record_key k
    where k.epoch = p_epoch and k.controller_id = p_controller order by k.event_id limit p_limit;
end
$function$;
alter function keyring.lock_old(integer,integer,integer) owner to liggare_keyring_owner;
grant execute on function keyring.lock_old(integer,integer,integer) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.lock_wrapped(p_controller integer, p_wrap integer, p_after uuid, p_limit integer)
 RETURNS TABLE(subject_id uuid, wrapped bytea, wrap integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  perform pg_advisory_xact_lock(7151, p_controller);
  return query select k.subject_id, k.wrapped, k.wrap from keyring.subject_key k
    where k.controller_id = p_controller and k.subject_id > p_after and k.wrap < p_wrap order by k.subject_id limit p_limit;
end
$function$;
alter function keyring.lock_wrapped(integer,integer,uuid,integer) owner to liggare_keyring_owner;
grant execute on function keyring.lock_wrapped(integer,integer,uuid,integer) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.move(p_controller integer, p_from integer, p_to integer, p_event uuid[], p_wrapped bytea[], p_orphans uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  insert into keyring.record_key (controller_id, event_id, epoch, wrapped, created_at)
    select p_controller, x.e, p_to, x.w, k.created_at from unnest(p_event, p_wrapped) x(e, w)
    join keyring.record_key k on k.epoch = p_from and k.controller_id = p_controller and k.event_id = x.e;
  delete from keyring.record_key k
    where k.epoch = p_from and k.controller_id = p_controller and (k.event_id = any (p_event) or k.event_id = any (p_orphans));
end
$function$;
alter function keyring.move(integer,integer,integer,uuid[],bytea[],uuid[]) owner to liggare_keyring_owner;
grant execute on function keyring.move(integer,integer,integer,uuid[],bytea[],uuid[]) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.open_epoch(p_now timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
declare
  v_epoch int;
  v_wrap int;
begin
  lock table keyring.epoch in share row exclusive mode;
  select e.epoch, e.wrap into v_epoch, v_wrap from keyring.epoch e where e.state = 'current';
  if found and exists (select from keyring.epoch e where e.state in ('draining', 'dropped')) then
    return v_epoch; -- a sweep is under way: it goes on, no second one begins
  end if;
  update keyring.epoch set state = 'draining' where state = 'current';
  select coalesce(max(e.epoch), 0) + 1 into v_epoch from keyring.epoch e;
  insert into keyring.epoch (epoch, state, wrap, created_at) values (v_epoch, 'current', coalesce(v_wrap, 1), p_now);
  execute format('create table keyring.record_key_%s partition of keyring.record_key for values in (%s)', v_epoch, v_epoch);
  execute format('alter table keyring.record_key_%s enable row level security', v_epoch);
  execute format('alter table keyring.record_key_%s force row level security', v_epoch);
  return v_epoch;
end
$function$;
alter function keyring.open_epoch(timestamp with time zone) owner to liggare_keyring_owner;
comment on function keyring.open_epoch(timestamp with time zone) is 'Begins a new epoch, or answers the current one while an older is still being drained.';
grant execute on function keyring.open_epoch(timestamp with time zone) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.pin_key(p_digest bytea, p_now timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
begin
  insert into keyring.key_check (digest, created_at) values (p_digest, p_now) on conflict (singleton) do nothing;
  return (select k.digest = p_digest from keyring.key_check k);
end
$function$;
alter function keyring.pin_key(bytea,timestamp with time zone) owner to liggare_keyring_owner;
comment on function keyring.pin_key(bytea,timestamp with time zone) is 'On first use remembers which key file this keyring belongs to; afterwards tells whether the one at hand is it.';
grant execute on function keyring.pin_key(bytea,timestamp with time zone) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.put(p_controller integer, p_now timestamp with time zone, p_subject uuid[], p_subject_wrapped bytea[], p_epoch integer, p_event uuid[], p_event_wrapped bytea[], p_wrap integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  perform from keyring.epoch e where e.epoch = p_epoch and e.state = 'current' and e.wrap = p_wrap for share;
  if not found then
    raise exception 'epoch % or wrap key % is not current', p_epoch, p_wrap using errcode = 'LG005';
  end if;
  insert into keyring.subject_key (controller_id, subject_id, wrapped, wrap, created_at)
    select p_controller, s, w, p_wrap, p_now from unnest(p_subject, p_subject_wrapped) x(s, w)
    on conflict (controller_id, subject_id) do nothing;
  -- After the insert, which waits for whoever is deleting the same key: what has been destroyed meanwhile is seen here.
  if exists (select from unnest(p_subject) s
             where (select t.id from keyring.tombstone t where t.controller_id = p_controller and t.kind = 'subject' and t.id = s) is not null) then
    raise exception 'a destroyed key is never made again' using errcode = 'LG006';
  end if;
  insert into keyring.record_key (controller_id, event_id, epoch, wrapped, created_at)
    select p_controller, e, p_epoch, w, p_now from unnest(p_event, p_event_wrapped) x(e, w);
end
$function$;
alter function keyring.put(integer,timestamp with time zone,uuid[],bytea[],integer,uuid[],bytea[],integer) owner to liggare_keyring_owner;
grant execute on function keyring.put(integer,timestamp with time zone,uuid[],bytea[],integer,uuid[],bytea[],integer) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.rewrap(p_controller integer, p_wrap integer, p_subject uuid[], p_wrapped bytea[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  update keyring.subject_key k set wrapped = x.w, wrap = p_wrap
    from unnest(p_subject, p_wrapped) x(s, w)
    where k.controller_id = p_controller and k.subject_id = x.s and k.wrap < p_wrap;
end
$function$;
alter function keyring.rewrap(integer,integer,uuid[],bytea[]) owner to liggare_keyring_owner;
grant execute on function keyring.rewrap(integer,integer,uuid[],bytea[]) to liggare_keyring;

CREATE OR REPLACE FUNCTION keyring.rotating(p_controller integer)
 RETURNS TABLE(wrap integer, stream uuid)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'keyring', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select r.wrap, r.stream from keyring.wrap_rotation r where r.controller_id = p_controller and r.finished_at is null;
end
$function$;
alter function keyring.rotating(integer) owner to liggare_keyring_owner;
grant execute on function keyring.rotating(integer) to liggare_keyring;
