import { describe, expect, test } from 'vitest'
import { fc, prop } from '#testing/prop'
import { type Ending, endingOf, type Life, supervisor } from './supervisor.ts'

describe('a program that ends', () => {
  test('is started again, later each time, and each time it is said how it ended', async () => {
    const { keeper, programs, said, pauses, tick } = bench()
    const gateway = programs('gateway')
    await keeper.keep(gateway.program)
    for (let life = 0; life < 8; life += 1) {
      gateway.end({ code: null, signal: 'SIGKILL' })
      await tick()
    }
    expect(pauses).toStrictEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
    expect(gateway.started()).toBe(9)
    expect(said[0]).toBe(
      'gateway was ended by SIGKILL after 0 s; it is started again in 0.2 s. Its log: logs/gateway.log',
    )
  })
  test('begins with a short pause again when it was up for a minute', async () => {
    const { keeper, programs, pauses, tick, later } = bench()
    const gateway = programs('gateway')
    await keeper.keep(gateway.program)
    for (const upMs of [0, 0, 59_999, 60_000, 0]) {
      later(upMs)
      gateway.end({ code: 1, signal: null })
      await tick()
    }
    expect(pauses).toStrictEqual([200, 400, 800, 200, 400])
  })
  test('does not take the others with it', async () => {
    const { keeper, programs, tick } = bench()
    const [api, gateway] = [programs('api'), programs('gateway')]
    await keeper.keep(api.program)
    await keeper.keep(gateway.program)
    gateway.end({ code: 1, signal: null })
    await tick()
    expect([api.started(), gateway.started()]).toStrictEqual([1, 2])
  })
  test('with exit code 2 before it ever was ready is not started again', async () => {
    const { keeper, programs, wrong, tick } = bench()
    const api = programs('api')
    await keeper.keep(api.program)
    api.end({ code: 2, signal: null })
    await tick()
    expect([api.started(), wrong]).toStrictEqual([1, ['api']])
  })
  test('with exit code 2 after it was ready is started again: a port may come back', async () => {
    const { keeper, programs, wrong, tick } = bench()
    const api = programs('api')
    await keeper.keep(api.program)
    keeper.wasReady('api')
    api.end({ code: 2, signal: null })
    await tick()
    expect([api.started(), wrong]).toStrictEqual([2, []])
  })
})

describe('a program that cannot be started', () => {
  test('at first is the starter’s to know', async () => {
    const { keeper, programs } = bench()
    const database = programs('postgres')
    database.refuse(new Error('the disk is full'))
    await expect(keeper.keep(database.program)).rejects.toThrow('the disk is full')
  })
  test('later is tried again', async () => {
    const { keeper, programs, said, tick } = bench()
    const database = programs('postgres')
    await keeper.keep(database.program)
    database.refuse(new Error('no memory'))
    database.end({ code: 1, signal: null })
    await tick()
    await tick()
    expect(said[1]).toContain('postgres could not be started (no memory)')
    database.refuse(undefined)
    await tick()
    expect(database.started()).toBeGreaterThan(2)
  })
})

describe('stopping', () => {
  test('ends one after the other in the given order', async () => {
    const { keeper, programs, log } = bench()
    for (const name of ['postgres', 'gateway', 'api']) await keeper.keep(programs(name).program)
    expect(await keeper.stop(['api', 'gateway', 'postgres'])).toStrictEqual([])
    expect(log).toStrictEqual(['stop api', 'stop gateway', 'stop postgres'])
    expect(keeper.stopping.aborted).toBe(true)
  })
  test('kills who does not end when the asker is in a hurry, and says who', async () => {
    const { keeper, programs, log } = bench()
    const stuck = programs('gateway')
    stuck.ignoreStop()
    await keeper.keep(programs('api').program)
    await keeper.keep(stuck.program)
    const stopped = keeper.stop(['api', 'gateway'])
    keeper.hurry()
    expect(await stopped).toContain('gateway')
    expect(log).toContain('kill gateway')
  })
  test('is for good: nothing is started afterwards', async () => {
    const { keeper, programs } = bench()
    await keeper.stop([])
    const late = programs('api')
    await expect(keeper.keep(late.program)).rejects.toThrow('api is not wanted any more')
    expect(late.started()).toBe(0)
  })
  test('waits for nobody who is just waiting to be started again', async () => {
    const { keeper, programs, holdPauses } = bench()
    const api = programs('api')
    await keeper.keep(api.program)
    holdPauses()
    api.end({ code: 1, signal: null })
    expect(await keeper.stop(['api'])).toStrictEqual([])
    expect(api.started()).toBe(1)
  })
})

test('every ending is a few words', () => {
  expect(endingOf({ code: 0, signal: null })).toBe('ended by itself')
  expect(endingOf({ code: null, signal: null })).toBe('ended')
  expect(endingOf({ code: 1, signal: null })).toBe('ended with exit code 1')
  expect(endingOf({ code: null, signal: 'SIGSEGV' })).toBe('was ended by SIGSEGV')
})

prop(
  'whatever ends, exactly one life of each program is there at any time',
  fc.array(fc.constantFrom('api', 'gateway', 'projector'), { maxLength: 30 }),
  async (deaths) => {
    const { keeper, programs, tick } = bench()
    const all = Object.fromEntries(
      ['api', 'gateway', 'projector'].map((name) => [name, programs(name)]),
    )
    for (const { program } of Object.values(all)) await keeper.keep(program)
    for (const name of deaths) {
      all[name]?.end({ code: 1, signal: null })
      await tick()
      for (const { alive } of Object.values(all)) expect(alive()).toBe(1)
    }
    expect(await keeper.stop(['api', 'gateway', 'projector'])).toStrictEqual([])
    for (const { alive } of Object.values(all)) expect(alive()).toBe(0)
  },
)

/** A supervisor whose clock and pauses are ours, and programs that are only promises. */
const bench = () => {
  const said: string[] = []
  const pauses: number[] = []
  const wrong: string[] = []
  const log: string[] = []
  let now = 0
  let held = false
  const keeper = supervisor({
    say: (sentence) => said.push(sentence),
    nowMs: () => now,
    pause: async (ms, signal) => {
      pauses.push(ms)
      await immediate()
      if (held) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
    started: () => undefined,
    usedWrongly: (name) => wrong.push(name),
  })
  const programs = (name: string) => fakeProgram(name, log)
  const tick = async () => {
    for (let turn = 0; turn < 3; turn += 1) await immediate()
  }
  const later = (ms: number) => void (now += ms)
  return {
    keeper,
    programs,
    said,
    pauses,
    wrong,
    log,
    tick,
    later,
    holdPauses: () => (held = true),
  }
}

const immediate = () => new Promise((resolve) => setImmediate(resolve))

const fakeProgram = (name: string, log: string[]) => {
  let started = 0
  let alive = 0
  let refusal: Error | undefined
  let deaf = false
  let end: (ending: Ending) => void = () => undefined
  const start = async (): Promise<Life> => {
    started += 1
    if (refusal !== undefined) throw refusal
    alive += 1
    const ended = new Promise<Ending>((resolve) => {
      end = (ending) => {
        alive -= 1
        end = () => undefined
        resolve(ending)
      }
    })
    return {
      pid: started,
      ended,
      stop: () => {
        log.push(`stop ${name}`)
        if (!deaf) end({ code: 0, signal: null })
      },
      kill: () => {
        log.push(`kill ${name}`)
        end({ code: null, signal: 'SIGKILL' })
      },
    }
  }
  return {
    program: { name, logFile: `logs/${name}.log`, start },
    end: (ending: Ending) => end(ending),
    refuse: (error: Error | undefined) => (refusal = error),
    ignoreStop: () => (deaf = true),
    started: () => started,
    alive: () => alive,
  }
}
