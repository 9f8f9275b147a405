/** Maps in maps, where a key made of two texts would have to be made, and hashed, for every question. */
export const innerOf = <Outer, Inner, Value>(
  map: Map<Outer, Map<Inner, Value>>,
  key: Outer,
): Map<Inner, Value> => {
  const known = map.get(key)
  if (known !== undefined) return known
  const fresh = new Map<Inner, Value>()
  map.set(key, fresh)
  return fresh
}
