/**
 * The tables of ticks and candles. Trades and quotes are apart, because candles read trades alone and a live market
 * quotes many times as often as it trades; `market.market_ticks` shows them as one.
 */
import { locks } from './locks.ts'

const feeds = `
  -- One symbol as one source tells it. Ticks name it by number: its two names would be half of every row.
  create table market.feeds (
    id integer generated always as identity primary key,
    source text collate "C" not null check (octet_length(source) between 1 and 300),
    symbol text collate "C" not null check (octet_length(symbol) between 1 and 100),
    -- By the venue's clock: no trade, no quote of a later time is stored.
    traded_to timestamptz not null default '-infinity',
    quoted_to timestamptz not null default '-infinity',
    -- By the venue's clock: of trades up to here some have been dropped by age, and count in the candles.
    forgotten_to timestamptz not null default '-infinity',
    -- By our clock: when the last tick that is stored was received.
    heard_at timestamptz not null default '-infinity',
    unique (symbol, source)
  ) with (fillfactor = 50);

  -- Where ticks are missing, by the venue's clock, both ends included. Kept for good, as the candles are.
  create table market.gaps (
    id bigint generated always as identity primary key,
    feed integer not null references market.feeds,
    first_venue_at timestamptz not null,
    last_venue_at timestamptz not null check (first_venue_at <= last_venue_at),
    reason text collate "C" not null check (reason in ('overflow', 'refused', 'absent', 'missed')),
    -- Nobody knows how many there were while nobody listened.
    ticks bigint check (ticks > 0),
    recorded_at timestamptz not null default clock_timestamp()
  );
  create index gaps_feed on market.gaps (feed, last_venue_at);

  -- By the minute, the hour and the day (UTC), folded from the trades as they are stored.
  create table market.candles (
    feed integer not null references market.feeds,
    seconds integer not null check (seconds in (60, 3600, 86400)),
    start timestamptz not null,
    -- The venue's times of the first and the last trade: a late trade finds its place by them.
    opened_at timestamptz not null,
    closed_at timestamptz not null,
    trades bigint not null check (trades > 0),
    open numeric not null,
    high numeric not null,
    low numeric not null,
    close numeric not null,
    volume numeric not null,
    quote_volume numeric not null,
    primary key (feed, seconds, start)
  ) with (fillfactor = 70);`

/** Columns of fixed width first: no byte is lost to alignment. */
const tradeColumns = `
    received_at timestamptz not null,
    venue_at timestamptz not null,
    sequence bigint not null,
    feed integer not null,
    is_sell boolean not null,
    price numeric not null,
    quantity numeric not null,
    trade_id text collate "C" not null`
const quoteColumns = `
    received_at timestamptz not null,
    venue_at timestamptz not null,
    sequence bigint not null,
    feed integer not null,
    bid numeric not null,
    bid_quantity numeric not null,
    ask numeric not null,
    ask_quantity numeric not null`

/**
 * Old ticks go by whole days of our own clock: the venue's may be years old (a replay) or wrong, and what was just
 * stored must not be dropped for it. The one index of each table is the way of every reader and of the search for
 * what is stored already.
 */
const created = (options: string): string => `
    create table market.trades (${tradeColumns}) ${options};
    create table market.quotes (${quoteColumns}) ${options};
    create index trades_venue_at on market.trades (feed, venue_at);
    create index quotes_venue_at on market.quotes (feed, venue_at);`

const limited = `language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    set timezone = 'UTC'`

/** A table each day, hung in beside a busy writer and busy readers: neither waits for it. */
const nativeFunctions = `
    create function market.make_room(first date, days integer) returns integer ${limited} as $fn$
    declare
      day date; parent text; name text; made integer := 0;
    begin
      -- Two writers at midnight: the second finds it done.
      perform pg_advisory_xact_lock(${locks.tickPartitions});
      for day, parent in select first + d, p from generate_series(0, days - 1) d, unnest(array['trades', 'quotes']) p loop
        name := parent || '_' || to_char(day, 'YYYYMMDD');
        if to_regclass('market.' || name) is null then
          execute format('create table market.%I (like market.%I including defaults)', name, parent);
          -- CREATE TABLE … PARTITION OF would lock readers and writers out of the parent; ATTACH does not.
          execute format('alter table market.%I attach partition market.%I for values from (%L) to (%L)',
            parent, name, day::timestamptz, (day + 1)::timestamptz);
          made := made + 1;
        end if;
      end loop;
      return made;
    end $fn$;

    -- Drops one day of one table, the oldest that ends before; answers its name, or null where there is none.
    -- Whoever reads is not waited for, so that nobody waits behind this: it fails (55P03), and is asked again later.
    create function market.forget(before timestamptz) returns text ${limited}
    set lock_timeout = '50ms' as $fn$
    declare
      old record;
    begin
      if before > now() - interval '1 day' then
        raise exception 'ticks of the last day are not dropped' using errcode = '22023';
      end if;
      select c.relname as name, p.relname as parent into old
        from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
        where i.inhparent in ('market.trades'::regclass, 'market.quotes'::regclass)
          and to_date(right(c.relname, 8), 'YYYYMMDD') + 1 <= before::date
        order by right(c.relname, 8), c.relname limit 1;
      if not found then return null; end if;
      if old.parent = 'trades' then
        execute format('update market.feeds f set forgotten_to = greatest(f.forgotten_to, l.venue_at)
          from (select e.id, (select max(t.venue_at) from market.%I t where t.feed = e.id) as venue_at
            from market.feeds e) l
          where f.id = l.id and l.venue_at > f.forgotten_to', old.name);
      end if;
      execute format('drop table market.%I', old.name);
      return old.name;
    end $fn$;

    create function market.compress() returns text ${limited} as $fn$
    begin
      return null;
    end $fn$;`

/**
 * TimescaleDB makes chunks itself, and drops and compresses them when asked. No policies: they run only under an
 * owner who may log in (timescale/timescaledb#1709), and the owner of these tables must not.
 */
const timescaleFunctions = `
    execute format($make$
    create function market.make_room(first date, days integer) returns integer ${limited} as $fn$
    begin
      return 0;
    end $fn$;

    create function market.forget(before timestamptz) returns text ${limited}
    set lock_timeout = '50ms' as $fn$
    declare
      relation text; chunk regclass; dropped text;
    begin
      if before > now() - interval '1 day' then
        raise exception 'ticks of the last day are not dropped' using errcode = '22023';
      end if;
      for chunk in select %1$I.show_chunks('market.trades'::regclass, older_than => before) loop
        execute format('update market.feeds f set forgotten_to = greatest(f.forgotten_to, l.venue_at)
          from (select t.feed, max(t.venue_at) as venue_at from %%s t group by t.feed) l
          where f.id = l.feed', chunk);
      end loop;
      foreach relation in array array['market.trades', 'market.quotes'] loop
        select min(c) into dropped from %1$I.drop_chunks(relation::regclass, older_than => before) c;
        if dropped is not null then return dropped; end if;
      end loop;
      return null;
    end $fn$;

    -- Compresses one chunk that is two days old; answers its name, or null where there is none.
    create function market.compress() returns text ${limited}
    set lock_timeout = '50ms' as $fn$
    declare
      chunk text;
    begin
      -- The edition under the Apache licence has no compression.
      if coalesce(current_setting('timescaledb.license', true), '') <> 'timescale' then return null; end if;
      select format('%%I.%%I', c.chunk_schema, c.chunk_name) into chunk from timescaledb_information.chunks c
        where c.hypertable_schema = 'market' and c.hypertable_name in ('trades', 'quotes')
          and not c.is_compressed and c.range_end < now() - interval '2 days'
        order by c.range_end limit 1;
      if chunk is not null then perform %1$I.compress_chunk(chunk::regclass); end if;
      return chunk;
    end $fn$;
    $make$, extension);`

const view = `
  create view market.market_ticks as
    select 'trade'::text as type, f.source, f.symbol, t.sequence, t.venue_at, t.received_at, t.trade_id,
      t.price, t.quantity, case when t.is_sell then 'sell' else 'buy' end as aggressor,
      null::numeric as bid, null::numeric as bid_quantity, null::numeric as ask, null::numeric as ask_quantity
    from market.trades t join market.feeds f on f.id = t.feed
    union all
    select 'quote', f.source, f.symbol, q.sequence, q.venue_at, q.received_at, null,
      null, null, null, q.bid, q.bid_quantity, q.ask, q.ask_quantity
    from market.quotes q join market.feeds f on f.id = q.feed;`

/**
 * Where the extension TimescaleDB stands in this database when it is migrated, the tables of ticks are hypertables.
 * Nothing is installed here: that takes a superuser and a setting of the server.
 */
export const tickTables = `
  ${feeds}
  do $do$
  declare
    extension name := (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
      where e.extname = 'timescaledb');
    relation text;
  begin
    if extension is null then
      ${created('partition by range (received_at)')}
      ${nativeFunctions}
    else
      if (select string_to_array(substring(extversion from '^[0-9]+[.][0-9]+'), '.')::integer[] < array[2, 13]
        from pg_extension where extname = 'timescaledb')
      then
        raise exception 'TimescaleDB is older than 2.13: alter extension timescaledb update';
      end if;
      ${created('')}
      foreach relation in array array['market.trades', 'market.quotes'] loop
        execute format('select %1$I.create_hypertable(%2$L::regclass, %1$I.by_range(''received_at'', interval ''1 day''),
          create_default_indexes => false)', extension, relation);
        if coalesce(current_setting('timescaledb.license', true), '') = 'timescale' then
          execute format('alter table %s set (timescaledb.compress, timescaledb.compress_segmentby = ''feed'',
            timescaledb.compress_orderby = ''venue_at, received_at'')', relation);
        end if;
      end loop;
      ${timescaleFunctions}
    end if;
  end $do$;
  ${view}`
