/** log.append: many independent appends in one transaction, each at its exact revision, all in one order. */
import { logOwner } from './role-names.ts'

/**
 * One append of one event, the most frequent: a statement that begins no list, and no second one where it may be
 * written. Whatever stands against it, the others find out what.
 */
const alone = `
    if total = 1 and cardinality(streams) = 1 then
      insert into log.events (position, stream, revision, id, type, recorded_at, data, metadata)
      select before + 1, streams[1], expected[1] + 1, ids[1], types[1], now_, datas[1], metadatas[1]
      from log.writers w
      where w.role = writer_ and w.type = types[1] and starts_with(streams[1], w.prefix)
        and expected[1] = coalesce((
          select e.revision from log.events e where e.stream = streams[1] order by e.revision desc limit 1), -1);
      get diagnostics written = row_count;
      if written = 1 then
        perform pg_notify('daybook_log', (before + 1) || ' ' || types[1]);
        return query select 'all', null::bigint, before + 1, before + 1;
        return;
      end if;
    end if;`

/** Where every expectation holds, as nearly always: two set-based statements. */
const together = `
  if not exists (
    select from unnest(streams, expected) a (stream, expected)
    where a.expected <> coalesce((
      select e.revision from log.events e where e.stream = a.stream order by e.revision desc limit 1), -1)
  ) then
    insert into log.events (position, stream, revision, id, type, recorded_at, data, metadata)
    select before + e.place, e.stream, e.revision, e.id, e.type, now_, e.data, e.metadata
    from unnest(event_streams, event_revisions, ids, types, datas, metadatas)
      with ordinality e (stream, revision, id, type, data, metadata, place)
      join log.writers w on w.role = writer_ and w.type = e.type and starts_with(e.stream, w.prefix);
    get diagnostics written = row_count;
    if written <> total then
      raise exception '% does not write such an event to such a stream', writer_ using errcode = '42501';
    end if;
    perform pg_notify('daybook_log', log.news(before + total, types));
    return query select 'all', null::bigint, before + 1, before + total;
    return;
  end if;`

/** Else one after the other. What stands there already with the same content is answered as if it were new. */
const oneByOne = `
  position_ := before;
  for k in 1 .. cardinality(streams) loop
    from_ := to_ + 1;
    to_ := to_ + counts[k];
    current_ := coalesce((
      select e.revision from log.events e where e.stream = streams[k] order by e.revision desc limit 1), -1);
    select count(x.id),
      count(x.id) filter (where x.stream = streams[k] and x.type = p.type and x.data = p.data
        and x.metadata = p.metadata and (expected[k] = -4 or x.revision = expected[k] + p.place)),
      min(x.revision - p.place), max(x.revision - p.place), min(x.position), max(x.position)
      into known, same, base, base_max, position_min, position_max
      from unnest(ids[from_ : to_], types[from_ : to_], datas[from_ : to_], metadatas[from_ : to_])
        with ordinality p (id, type, data, metadata, place)
        join log.events x on x.id = p.id;
    if known > 0 and same = counts[k] and base = base_max then
      return query select 'already', base + counts[k], position_min, position_max;
    elsif same < known or base <> base_max then
      return query select 'reused', current_, null::bigint, null::bigint;
    elsif known = 0 and (expected[k] = current_ or (expected[k] = -4 and current_ >= 0)) then
      insert into log.events (position, stream, revision, id, type, recorded_at, data, metadata)
      select position_ + p.place, streams[k], current_ + p.place, p.id, p.type, now_, p.data, p.metadata
      from unnest(ids[from_ : to_], types[from_ : to_], datas[from_ : to_], metadatas[from_ : to_])
        with ordinality p (id, type, data, metadata, place)
        join log.writers w on w.role = writer_ and w.type = p.type and starts_with(streams[k], w.prefix)
        -- A kill switch alone is written without an exact revision: it must never lose a race.
        where expected[k] <> -4 or p.type = 'KillSwitchEngaged';
      get diagnostics written = row_count;
      if written <> counts[k] then
        raise exception '% does not write such an event to such a stream', writer_ using errcode = '42501';
      end if;
      return query select 'appended', current_ + written, position_ + 1, position_ + written;
      position_ := position_ + written;
    else
      return query select 'conflict', current_, null::bigint, null::bigint;
    end if;
  end loop;
  update log.head set position = position_;
  if position_ > before then
    perform pg_notify('daybook_log', log.news(position_, types));
  end if;`

/**
 * An append is (stream, expected revision: -1 none yet, -4 any but none; count), its events follow each other in
 * the event arrays. No stream is named twice in one call. Answers one row ('all') where every append was written
 * as expected, else a row for each: appended, already, conflict, reused.
 */
const append = (create: string, first: string): string => `${create} function log.append(
    streams text[], expected bigint[], counts int[],
    event_streams text[], event_revisions bigint[], ids uuid[], types text[], datas text[], metadatas text[])
  returns table (outcome text, revision bigint, first_position bigint, last_position bigint)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  -- Plans are made once in a session, perhaps while the table is still small, and must do for millions of rows.
  set enable_seqscan = off
  set enable_bitmapscan = off
  set plan_cache_mode = force_generic_plan as $$
  #variable_conflict use_column
  declare
    writer_ text := log.writer();
    total bigint := cardinality(ids);
    before bigint; position_ bigint; now_ timestamptz; written bigint;
    from_ int; to_ int := 0; current_ bigint; known bigint; same bigint;
    base bigint; base_max bigint; position_min bigint; position_max bigint;
  begin
    -- An event that was acknowledged is on the disk, whatever this session or server was told.
    if current_setting('synchronous_commit') = 'off' then
      perform set_config('synchronous_commit', 'on', true);
    end if;
    -- The lock that makes the order; a statement of its own, so that the next ones see what it waited for.
    update log.head h set position = h.position + total returning h.position - total into before;
    now_ := clock_timestamp();${first}
    ${together}
    ${oneByOne}
  end $$;`

export const appendFunction = `
  -- What followers are woken with: how far the log goes now, and which types of events are new.
  create function log.news(head bigint, types text[]) returns text language sql stable
    set search_path = pg_catalog, pg_temp
    return head || ' ' || (select string_agg(distinct t, ',') from unnest(types) t);
  alter function log.news owner to ${logOwner};

  ${append('create', '')}
  alter function log.append owner to ${logOwner};`

/**
 * The same with a way of its own for one event, and with a name of the writer that is worked out in place: a
 * function that sets its own search path is called, and this one names nothing that a path could change.
 */
export const quickerAppend = `
  set local role ${logOwner};
  create or replace function log.writer() returns text language sql stable
    return coalesce(nullif(current_setting('role'), 'none'), session_user);
  ${append('create or replace', alone)}
  reset role;`
