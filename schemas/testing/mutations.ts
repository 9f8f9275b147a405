/** JSON that was right and has been damaged somewhere. */
import fc from 'fast-check'

/** A value and the same value with one to three things wrong in it; often it is still acceptable. */
export const damaged = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(value, fc.array(fc.tuple(fc.nat(), anyDamage), { minLength: 1, maxLength: 3 }))
    .map(([whole, damages]) =>
      damages.reduce((json, [place, damage]) => {
        const count = nodesIn(json)
        return change(json, place % count, damage).json
      }, structuredClone(whole)),
    )

/** What takes the place of one node; undefined takes the node away. */
type Damage = (node: unknown) => unknown

/** What people, clients and other versions have sent instead. */
const odd: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e300,
  2 ** 53,
  '',
  ' ',
  'abc',
  'NaN',
  'Infinity',
  '1e5',
  '+1',
  '01',
  '.5',
  '5.',
  '0x10',
  '1,5',
  ' 1',
  '1\n',
  '0',
  '-0',
  '0.0',
  '-1',
  '1.50',
  '٣',
  '1'.repeat(21),
  '1'.repeat(41),
  `0.${'1'.repeat(19)}`,
  `1.${'0'.repeat(19)}`,
  `1.${'0'.repeat(200)}`,
  '2026-02-30T00:00:00Z',
  '2024-02-29T23:59:59.999999Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:00.1234567Z',
  '2026-01-01T00:00:00+00:00',
  '2026-01-01t00:00:00z',
  '2255-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  'BUY',
  'toString',
  'constructor',
  [],
  {},
  [[]],
]

export const hostileTexts: readonly string[] = odd.filter((one) => typeof one === 'string')

const isRecord = (node: unknown): node is Record<string, unknown> =>
  typeof node === 'object' && node !== null && !Array.isArray(node)

const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.constantFrom(...odd).map((instead) => () => instead),
  fc.constant<Damage>(() => undefined),
  fc.jsonValue().map((instead) => () => instead),
  fc.string().map((instead) => () => instead),
  // An unknown key, a key in another case, a key too many.
  fc.tuple(fc.constantFrom('extra', 'type', 'x y', 'limitprice'), fc.jsonValue()).map(
    ([key, extra]) =>
      (node: unknown) =>
        isRecord(node) ? { ...node, [key]: extra } : node,
  ),
  fc.nat(20).map((place) => (node: unknown) => {
    if (!isRecord(node)) return Array.isArray(node) ? [...(node as unknown[]), node[0]] : node
    const entries = Object.entries(node)
    return Object.fromEntries(
      entries.map(([key, item], index) =>
        index === place % entries.length ? [key.toUpperCase(), item] : [key, item],
      ),
    )
  }),
  // One character more or less in a text.
  fc.tuple(fc.nat(40), fc.constantFrom('', '0', '.', '-', 'Z', 'a', ' ')).map(
    ([place, letter]) =>
      (node: unknown) =>
        typeof node === 'string' ? node.slice(0, place) + letter + node.slice(place + 1) : node,
  ),
)

const childrenOf = (node: unknown): readonly unknown[] =>
  typeof node === 'object' && node !== null ? Object.values(node) : []
const nodesIn = (node: unknown): number =>
  childrenOf(node).reduce<number>((count, child) => count + nodesIn(child), 1)

/** Damages the node that comes `place`-th in reading order. */
const change = (
  node: unknown,
  place: number,
  damage: Damage,
): { readonly json: unknown; readonly left: number } => {
  if (place === 0) return { json: damage(node), left: -1 }
  let left = place - 1
  const visit = (child: unknown): unknown => {
    if (left < 0) return child
    const changed = change(child, left, damage)
    left = changed.left
    return changed.json
  }
  if (Array.isArray(node)) return { json: node.map(visit).filter(isThere), left }
  if (!isRecord(node)) return { json: node, left }
  const entries = Object.entries(node).map(([key, child]) => [key, visit(child)] as const)
  return { json: Object.fromEntries(entries.filter(([, child]) => isThere(child))), left }
}
const isThere = (node: unknown): boolean => node !== undefined
