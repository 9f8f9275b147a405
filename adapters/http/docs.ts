/** The documentation as one page of plain HTML: no script, nothing from elsewhere, so that any policy lets it be read. */
import { hash } from 'node:crypto'
import type { JsonSchema } from '#schemas/codec'
import type { OpenApi, Operation, Parameter, Response } from './openapi.ts'

export const docsPage = (document: OpenApi): string => {
  const operations = operationsOf(document)
  const { title, version, description } = document.info
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${text(title)} API</title>
<style>${style}</style>
</head>
<body>
<nav aria-label="Routes"><a class="home" href="#top">${text(title)} API</a>
${document.tags.map((tag) => navigation(tag.name, operations)).join('\n')}
<h2>shapes</h2>
<ul>${Object.keys(document.components.schemas)
    .map((name) => item(`#shape-${name}`, text(name)))
    .join('')}</ul>
</nav>
<main id="top">
<h1>${text(title)} API</h1>
<p>Version ${text(version)}. For programs: <a href="openapi.json">openapi.json</a>, OpenAPI ${text(document.openapi)}.</p>
<p>${text(description)}</p>
<p>Send your key as <code>Authorization: Bearer dbk_…</code>. Every answer has a <code>Request-Id</code>, which is in
every log line and event that the request led to. What is refused is answered as
<code>application/problem+json</code> with a stable <code>code</code>.</p>
${document.tags.map((tag) => chapter(tag, operations)).join('\n')}
<h2>shapes</h2>
${Object.entries(document.components.schemas).map(shape).join('\n')}
</main>
</body>
</html>
`
}

interface Placed {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}
const operationsOf = ({ paths }: OpenApi): readonly Placed[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  )

const text = (raw: string): string =>
  raw.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`)
const item = (href: string, inner: string): string =>
  `<li><a href="${text(href)}">${inner}</a></li>`

const navigation = (tag: string, operations: readonly Placed[]): string => {
  const mine = operations.filter(({ operation }) => operation.tags[0] === tag)
  if (mine.length === 0) return ''
  const items = mine.map(({ method, path, operation }) =>
    item(`#${operation.operationId}`, `${badge(method)} ${text(path)}`),
  )
  return `<h2>${text(tag)}</h2><ul>${items.join('')}</ul>`
}
const badge = (method: string): string =>
  `<b class="${text(method.toLowerCase())}">${text(method)}</b>`

const chapter = (
  { name, description }: OpenApi['tags'][number],
  operations: readonly Placed[],
): string => {
  const mine = operations.filter(({ operation }) => operation.tags[0] === name)
  if (mine.length === 0) return ''
  return `<h2>${text(name)}</h2><p>${text(description)}</p>${mine.map(section).join('\n')}`
}

const section = ({ method, path, operation }: Placed): string => {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  const body = requestBody === undefined ? '' : `<h4>Body</h4>${contentRow(requestBody.content)}`
  return `<section id="${text(operationId)}">
<h3>${badge(method)} <code>${text(path)}</code></h3>
<p>${text(summary)} <span class="access">${text(description)}</span></p>
${parameterTable(parameters)}${body}
<h4>Answers</h4>
<table><tbody>${Object.entries(responses).map(answerRow).join('')}</tbody></table>
</section>`
}

const parameterTable = (parameters: readonly Parameter[]): string => {
  if (parameters.length === 0) return ''
  const rows = parameters.map(
    ({ name, in: place, required, description = '', schema }) =>
      `<tr><td><code>${text(name)}</code></td><td>${place}${required ? ', required' : ''}</td>` +
      `<td>${typeOf(schema)}</td><td>${text(description)}</td></tr>`,
  )
  return `<h4>Parameters</h4><table><tbody>${rows.join('')}</tbody></table>`
}

const answerRow = ([status, response]: readonly [string, Response]): string => {
  const says =
    Number(status) < 400
      ? `${text(response.description)} ${contentRow(response.content)}`
      : response.description
          .split(', ')
          .map((code) => `<code>${text(code)}</code>`)
          .join(' ')
  return `<tr><td class="status">${text(status)}</td><td>${says}</td></tr>`
}
const contentRow = (content: Response['content'] = {}): string =>
  Object.entries(content)
    .map(([type, { schema }]) => (type === 'application/json' ? typeOf(schema) : text(type)))
    .join(' ')

const shape = ([name, schema]: readonly [string, JsonSchema]): string =>
  `<section id="shape-${text(name)}"><h3>${text(name)}</h3>${fieldsTable(schema) ?? `<p>${typeOf(schema)}</p>`}</section>`

/** The fields of a record, whether it is written in one piece or in several. */
const fieldsTable = (schema: JsonSchema): string | undefined => {
  const parts = Array.isArray(schema['allOf']) ? (schema['allOf'] as JsonSchema[]) : [schema]
  if (!parts.every((part) => typeof part['properties'] === 'object')) return undefined
  const rows = parts.flatMap((part) => {
    const required = (part['required'] ?? []) as readonly string[]
    return Object.entries(part['properties'] as Readonly<Record<string, JsonSchema>>).map(
      ([key, field]) =>
        `<tr><td><code>${text(key)}</code></td><td>${required.includes(key) ? '' : 'optional'}</td>` +
        `<td>${typeOf(field)}</td></tr>`,
    )
  })
  return `<table><tbody>${rows.join('')}</tbody></table>`
}

const typeOf = (schema: JsonSchema): string => {
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    const name = reference.slice(reference.lastIndexOf('/') + 1)
    return `<a href="#shape-${text(name)}">${text(name)}</a>`
  }
  const members = schema['anyOf']
  if (Array.isArray(members)) return (members as JsonSchema[]).map(typeOf).join(' or ')
  const words = schema['enum']
  if (Array.isArray(words)) {
    return words.map((word) => `<code>${text(String(word))}</code>`).join(' ')
  }
  if ('const' in schema) return `<code>${text(String(schema['const']))}</code>`
  return `${kindOf(schema)}${rangeOf(schema)}`
}
const kindOf = (schema: JsonSchema): string => {
  const { type, items, properties, additionalProperties } = schema as Readonly<
    Record<string, JsonSchema | string | undefined>
  >
  if (type === 'array') return `list of ${typeof items === 'object' ? typeOf(items) : 'anything'}`
  if (typeof additionalProperties === 'object') {
    return `record of ${typeOf(additionalProperties)}`
  }
  if (typeof properties === 'object') return fieldsTable(schema) ?? 'record'
  if (type === 'object') return 'record'
  return typeof type === 'string' ? text(type) : 'anything'
}
const rangeOf = ({ pattern, minimum, maximum, description }: JsonSchema): string => {
  if (typeof description === 'string') return `, ${text(description)}`
  if (typeof minimum === 'number') return `, ${String(minimum)} to ${String(maximum)}`
  return typeof pattern === 'string' ? ` <code>${text(pattern)}</code>` : ''
}

const style = `
:root{--ink:#1c2330;--soft:#5a6475;--paper:#fff;--tint:#f5f7fa;--line:#dde2ea;--link:#0b57b0}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8ef;--soft:#9aa5b8;--paper:#12161d;--tint:#1a2029;--line:#2c3542;--link:#7ab4ff}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem}
body{margin:0;display:grid;grid-template-columns:19rem minmax(0,1fr);font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.25rem 1rem;background:var(--tint);border-right:1px solid var(--line);font-size:.85rem}
nav ul{list-style:none;margin:0;padding:0}nav li{margin:.15rem 0;overflow-wrap:anywhere}
nav h2{font-size:.75rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft);margin:1.1rem 0 .3rem}
.home{font-weight:700;font-size:1rem}
main{padding:1.5rem clamp(1rem,4vw,3rem) 5rem;max-width:62rem}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
h1{margin-top:0}main>h2{margin-top:3rem;text-transform:capitalize;border-bottom:1px solid var(--line)}
section{margin:1.5rem 0;padding:1rem 1.25rem;border:1px solid var(--line);border-radius:8px}
section:target{border-color:var(--link)}
h3{margin:.1rem 0 .4rem;font-size:1.05rem;overflow-wrap:anywhere}h4{margin:1rem 0 .3rem;font-size:.85rem;color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:.88rem}
td{border-top:1px solid var(--line);padding:.3rem .6rem .3rem 0;vertical-align:top;overflow-wrap:anywhere}
code{font:.88em ui-monospace,monospace;background:var(--tint);padding:.05em .3em;border-radius:4px}
.status{width:3.5rem;font-variant-numeric:tabular-nums;font-weight:600}.access{color:var(--soft)}
b{font:700 .72rem ui-monospace,monospace}.get{color:#1a7f4b}.post{color:#0b57b0}.put{color:#9a5b00}.delete{color:#b3261e}
@media(prefers-color-scheme:dark){.get{color:#5fd39a}.post{color:#7ab4ff}.put{color:#f0b35a}.delete{color:#ff8a80}}
@media(max-width:760px){body{display:block}nav{position:static;height:auto;max-height:40vh}}
`

/** Its own style, by its hash, and nothing else. */
export const docsPolicy =
  `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; img-src data:; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
