/** What the log tells of each order: its terms, what was decided, what the venue said, what was filled, how it ended. */
import { sum, units } from './decimals.ts'
import { fillTypes, type Json, type LogRow, orderOf, termsOf } from './log-row.ts'

export interface Story {
  readonly id: string
  readonly terms: Json
  readonly intent: LogRow
  readonly approval: LogRow | undefined
  readonly accepted: LogRow | undefined
  readonly fills: readonly LogRow[]
  /** What says that nothing more will come of it. */
  readonly end: LogRow | undefined
}
type Open = { -readonly [Name in keyof Story]: Story[Name] } & { readonly fills: LogRow[] }

export const endTypes: readonly string[] = [
  'OrderCancelled',
  'OrderExpired',
  'OrderRefused',
  'OrderLapsed',
  'OrderDenied',
]

export const storiesOf = (rows: readonly LogRow[]): readonly Story[] => {
  const stories = new Map<string, Open>()
  const later: LogRow[] = []
  for (const row of rows) {
    if (row.type === 'OrderIntentRecorded') {
      const [id, terms] = [orderOf(row), termsOf(row)]
      const untold = { approval: undefined, accepted: undefined, end: undefined }
      stories.set(id, { id, terms, intent: row, fills: [], ...untold })
    } else later.push(row)
  }
  for (const row of later) {
    const story = stories.get(orderOf(row))
    if (story === undefined) continue
    if (row.type === 'OrderApproved') story.approval = row
    if (row.type === 'OrderAccepted') story.accepted ??= row
    if (fillTypes.includes(row.type)) story.fills.push(row)
    if (endTypes.includes(row.type)) story.end ??= row
  }
  return [...stories.values()]
}

export const filledOf = ({ fills }: Pick<Story, 'fills'>): bigint =>
  sum(fills.map(({ data }) => units(data['quantity'])))
export const isFilled = (story: Story): boolean => filledOf(story) >= units(story.terms['quantity'])
export const hasEnded = (story: Story): boolean => story.end !== undefined || isFilled(story)
