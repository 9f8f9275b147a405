/** `daybook books open|list`: a book is the unit of risk, and its accounts never leave it. */
import { type Command, Option } from 'commander'
import { type Errand, example, given, listing, sending, type Written } from './command.ts'
import { type LimitWords, limitsGiven, withLimitWords } from './limit-words.ts'
import { type Row, showOne } from './output.ts'
import { controls } from './risk-control.ts'
import type { Terminal } from './terminal.ts'

interface Open extends Written, LimitWords {
  readonly currency: string
  readonly control?: string
  readonly time?: string
  readonly zone?: string
}

export const booksCommand = (program: Command, terminal: Terminal): void => {
  const books = program
    .command('books')
    .description('Open books, each with limits of its own; look at them')
  const list = books.command('list').description('List books and what binds them')
  listing(list, terminal, {
    path: '/v1/books',
    filters: [],
    paged: true,
    columns: ['id', 'currency', 'control', 'state', 'tradingDay', 'openedAt'],
  })
  example(list, terminal, 'books list')
  const open = books
    .command('open')
    .description('Open a book: its currency and trading day are for ever')
    .argument('<id>', 'its name: up to 32 of a-z, 0-9 and _')
    .requiredOption('--currency <currency>', 'the currency of its limits, such as USDT')
    .addOption(
      new Option(
        '--control <control>',
        'single: one person runs it; dual: loosening and releasing need two (dual)',
      ).choices(controls),
    )
    .option('--time <time>', 'when its trading day begins, a local time (00:00)')
    .option('--zone <zone>', 'in which time zone, such as America/New_York (UTC)')
  withLimitWords(open)
  sending<Open>(open, terminal, requestOf, showBook)
  example(
    open,
    terminal,
    'books open main --currency USDT --control single',
    'books open futures --currency USDT --time 17:00 --zone America/New_York --set maxOrderNotional=20000',
  )
}

const requestOf = ({ currency, control, time, zone, set, file }: Open, id = '') => {
  const tradingDay = given({ time, zone })
  return {
    method: 'POST' as const,
    path: '/v1/books',
    body: given({
      id,
      currency,
      control,
      tradingDay: Object.keys(tradingDay).length === 0 ? undefined : tradingDay,
      limits: limitsGiven({ set, ...(file === undefined ? {} : { file }) }),
    }),
  }
}

const showBook = async ({ terminal, options, say }: Errand<Open>, book: Row): Promise<void> => {
  await showOne(terminal, options.output, book)
  if (options.control === undefined && book['control'] === 'dual')
    say(
      'It is under dual control: loosening limits and releasing kill switches take two persons with the role risk, none of whom engaged what is released.',
    )
}
