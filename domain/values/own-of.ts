/** Reading what people have named: `constructor` and its like are names of venues and strategies too. */
export const ownOf = <Value>(
  values: Readonly<Record<string, Value>> | undefined,
  name: string,
): Value | undefined =>
  values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined
