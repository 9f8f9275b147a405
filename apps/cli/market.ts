/** `daybook candles list`, `daybook ticks list`: what the market did. */
import { type Command, Option } from 'commander'
import { example, listing } from './command.ts'
import type { Terminal } from './terminal.ts'

export const intervals = ['1s', '5s', '15s', '1m', '5m', '15m', '1h', '4h', '1d']

const within = (command: Command): Command =>
  command
    .requiredOption('--symbol <symbol>', 'the instrument, such as BTC/USDT')
    .option('--from <time>', "at or after this time of the venue's, such as 2026-11-20T09:00:00Z")
    .option('--to <time>', 'before this time')
    .option('--source <source>', 'as this source told it; else the one heard last')
    .option('--limit <count>', 'how many, 1 to 1000', '100')
    .option('--starting-after <id>', 'what is older than this one')

export const candlesCommand = (program: Command, terminal: Terminal): void => {
  const command = within(
    program
      .command('candles')
      .description('Look at prices by the minute, hour or day')
      .command('list')
      .description('List candles made of trades, newest first'),
  ).addOption(
    new Option('--interval <interval>', 'how long each is').choices(intervals).default('1m'),
  )
  listing(command, terminal, {
    path: '/v1/candles',
    filters: ['symbol', 'interval', 'from', 'to', 'source', 'limit', 'startingAfter'],
    paged: false,
    columns: [
      'startAt',
      'open',
      'high',
      'low',
      'close',
      'volume',
      'quoteVolume',
      'trades',
      'closed',
      'complete',
    ],
  })
  example(command, terminal, 'candles list --symbol BTC/USDT --interval 1m --limit 10')
}

export const ticksCommand = (program: Command, terminal: Terminal): void => {
  const command = within(
    program
      .command('ticks')
      .description('Look at trades and quotes as they came in')
      .command('list')
      .description('List ticks, newest first'),
  ).addOption(new Option('--type <type>', 'trades or quotes alone').choices(['trade', 'quote']))
  listing(command, terminal, {
    path: '/v1/ticks',
    filters: ['symbol', 'type', 'from', 'to', 'source', 'limit', 'startingAfter'],
    paged: false,
    columns: [
      'venueAt',
      'type',
      'price',
      'quantity',
      'aggressor',
      'bid',
      'bidQuantity',
      'ask',
      'askQuantity',
      'tradeId',
    ],
  })
  example(command, terminal, 'ticks list --symbol BTC/USDT --type trade')
}
