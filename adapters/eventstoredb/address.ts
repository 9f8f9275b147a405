/** The address of an EventStoreDB, checked here so that nothing of its client is loaded for it. */
import * as E from 'fp-ts/lib/Either.js'

export interface EventStoreAddress {
  /** For the client, with all that was given. It may hold a password. */
  readonly text: string
  /** Sent with every append, which keeps appends off the batch path. Without TLS the client drops them. */
  readonly credentials: { readonly username: string; readonly password: string }
  readonly isSecure: boolean
  /** As it may be shown. */
  readonly hosts: string
}

const grammar =
  /^esdb(?<discover>\+discover)?:\/\/(?:(?<user>[^:@/?#]+):(?<password>[^:@/?#]+)@)?(?<hosts>[a-z0-9._-]+(?::\d{1,5})?(?:,[a-z0-9._-]+(?::\d{1,5})?)*)\/?(?:\?(?<query>.*))?$/i
/** Brackets where the hosts are; a password may have them too. */
const hasIpv6 = /^esdb(?:\+discover)?:\/\/[^/?]*\[[^@/?]*(?:[/?]|$)/i

const numbers = ['maxDiscoverAttempts', 'discoveryInterval', 'gossipTimeout', 'keepAliveTimeout']
const files = ['tlsCAFile', 'userCertFile', 'userKeyFile']
const preferences = ['leader', 'follower', 'random', 'readOnlyReplica']
const options = ['tls', 'nodePreference', ...numbers, ...files]

/** Shorter than the client's own: a seed that is frozen must not take the time of the call. */
const gossipDefaults = { gossipTimeout: '1', maxDiscoverAttempts: '3' }

export const isEventStoreUrl = (text: string): boolean => /^esdb(\+discover)?:/i.test(text)

/** Or why it is no address, as a sentence that says what to give; it never repeats a password. */
export const parseAddress = (url: string): E.Either<string, EventStoreAddress> => {
  const parts = grammar.exec(url.trim())?.groups
  if (parts === undefined && hasIpv6.test(url.trim())) {
    return E.left('the client of EventStoreDB takes no IPv6 address: give a name for it')
  }
  if (parts === undefined) {
    return E.left(
      'an EventStoreDB address looks like esdb://user:password@host:2113?tls=true, or ' +
        'esdb+discover://… for a cluster; write : @ / ? # in a password as %3A %40 %2F %3F %23',
    )
  }
  const { discover, user, password, hosts = '', query } = parts
  const [username, secret] = [decoded(user ?? 'nobody'), decoded(password ?? 'nobody')]
  if (username === undefined || secret === undefined) {
    return E.left('write % in the user or password of an EventStoreDB address as %25')
  }
  const given = [...new URLSearchParams(query ?? '')]
  const fault = given.map(([key, value]) => faultIn(key, value)).find((one) => one !== undefined)
  if (fault !== undefined) return E.left(fault)
  const isSecure = !given.some(([key, value]) => key === 'tls' && value === 'false')
  if (isSecure && user === undefined) {
    return E.left('with TLS an EventStoreDB wants user:password@ before the host in its address')
  }
  const login = user === undefined ? '' : `${user}:${password ?? ''}@`
  const all = new Map([...Object.entries(gossipDefaults), ...given])
  const search = [...all].map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')
  // With esdb+discover the client asks the first host only; several are seeds of one cluster.
  const scheme = discover !== undefined && !hosts.includes(',') ? 'esdb+discover' : 'esdb'
  return E.right({
    text: `${scheme}://${login}${hosts}?${search}`,
    credentials: { username, password: secret },
    isSecure,
    hosts,
  })
}

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const faultIn = (key: string, value: string): string | undefined => {
  if (key === 'tlsVerifyCert') {
    return 'tlsVerifyCert has no effect in this client: name the authority with tlsCAFile=<path>, or set tls=false'
  }
  if (!options.includes(key)) {
    return `${JSON.stringify(key)} is no option of an EventStoreDB address; there are ${options.join(', ')}`
  }
  if (key === 'tls' && !['true', 'false'].includes(value)) return 'tls is either true or false'
  if (key === 'nodePreference' && !preferences.includes(value)) {
    return `nodePreference is one of ${preferences.join(', ')}`
  }
  if (numbers.includes(key) && !/^\d{1,9}$/.test(value)) return `${key} is a whole number`
  return value === '' ? `${key} has no value` : undefined
}
